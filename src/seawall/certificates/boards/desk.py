"""The desk: somebody lays a document down and wants a certificate, or a number is looked up."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from seawall.people import selectors as people
from seawall.platform import access
from seawall.terms.actor import Actor
from seawall.terms.people import PersonRow

from ..codes import dcc
from ..reach import DESK, within
from ..selectors.kept import owner_of


@dataclass(frozen=True, slots=True)
class DeskPage:
    """Whom the text names, or whose certificate has the number; nobody where nothing was asked."""

    wanted: str
    found: Sequence[PersonRow]


def desk(actor: Actor, wanted: str) -> DeskPage:
    """By document, or by whole name and birth date, anybody who stands there; by name, or by a certificate's number, in reach."""
    if not wanted:
        return DeskPage("", ())
    number = _number(wanted)
    if number:
        owner = owner_of(number)
        near = within(actor, [owner]) if owner else frozenset()
        return DeskPage(wanted, tuple(people.persons(people.reaching(actor, near), sorted(near), DESK).values()))
    rows = people.search(actor, wanted, DESK)
    if not rows and access.may(actor, "visit_arrive"):
        shown = people.present(actor, wanted, DESK)
        rows = [shown] if shown else people.introduced(actor, wanted, DESK)
    return DeskPage(wanted, rows)


def _number(text: str) -> UUID | None:
    """Of a certificate, as the console writes it or as the identifier printed on it."""
    try:
        return UUID(text)
    except ValueError:
        return dcc.certificate_of(text)
