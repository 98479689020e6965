"""Codes by which the public enters: made from the installation's key whenever they are needed, never kept."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from seawall.platform import clock, secrets, sql
from seawall.reference import selectors as reference
from seawall.terms.actor import Actor
from seawall.terms.acts import Refusal

from .. import identity, tables
from .persons import HOLDERS, indexes_of

SLIP = """
SELECT person_id, until FROM people_deskcode WHERE act = %s AND post_id = %s AND used_at IS NULL AND until > %s
"""


@dataclass(frozen=True, slots=True)
class SlipRow:
    """A code on paper as the desk that made it prints it."""

    person_id: int
    code: str
    until: datetime


def holder_of(number: str) -> int | None:
    """The person whose document this is. The same work is done whether or not there is one."""
    rows = sql.fetch(HOLDERS, [indexes_of(number)])
    return int(rows[0][0]) if len(rows) == 1 else None


def mistyped(number: str) -> Refusal | None:
    """Why this is no number of the city's own documents although it looks like one; says nothing about who exists."""
    found = identity.check(reference.city().document, number)
    return found if isinstance(found, Refusal) and found.code == reference.WRONG_DIGIT else None


def code(made_for: UUID, way: str) -> str:
    """The code of a ticket or slip, by the key in force."""
    return _digits(secrets.keyed_index(f"entry/{made_for}"), way)


def codes(made_for: UUID, way: str) -> list[str]:
    """The code by every key of the ring: one that is out when the key changes still opens."""
    return [_digits(index, way) for index in secrets.indexes([f"entry/{made_for}"])]


def _digits(index: bytes, way: str) -> str:
    digits = tables.entry_ways()[way].digits
    return f"{int.from_bytes(index) % 10**digits:0{digits}d}"


def slip(actor: Actor, act: UUID) -> SlipRow | None:
    """A slip that this very post made out, as long as it opens something."""
    rows = sql.fetch(SLIP, [act, actor.post_id, clock.system_now()])
    return SlipRow(rows[0][0], code(act, "paper"), rows[0][1]) if rows else None
