"""The desk that lets somebody into the portal: who laid a document down, and the slip that was made out."""

from dataclasses import dataclass

from seawall.terms.actor import Actor
from seawall.terms.people import PersonRow

from ..selectors.persons import present
from ..services.entering import DESK


@dataclass(frozen=True, slots=True)
class DeskCodesBoard:
    """Whose document the number is; nobody where none was asked for, or nobody holds it."""

    wanted: bool
    found: PersonRow | None


def desk_codes(actor: Actor, number: str) -> DeskCodesBoard:
    """By the number of the document alone; the look is on record."""
    return DeskCodesBoard(bool(number), present(actor, number, DESK) if number else None)
