"""Counting at one place: a blind sheet, differences that are open, and explanations that wait for a second person."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from seawall.platform import access, clock, sql
from seawall.reference import selectors as reference
from seawall.staff import selectors as staff
from seawall.terms.actor import Actor
from seawall.terms.acts import Refused
from seawall.terms.codes import VIRTUAL, StockState
from seawall.terms.names import Name
from seawall.terms.stock import CountRow

from .. import selectors, tables

EXPLANATIONS = """
SELECT act, count, lot, code, doses, cause, account_id, post_id, at, signed_post_id, signed_at FROM supply_explanation
WHERE place_id = %s AND (signed_at IS NULL OR signed_at >= %s) ORDER BY signed_at NULLS FIRST, at DESC LIMIT 60
"""
REMOVALS = """
SELECT lot, doses, kind, reason, certificate, witness, at FROM supply_removal WHERE place_id = %s ORDER BY at DESC LIMIT 20
"""


@dataclass(frozen=True, slots=True)
class ToCount:
    """A line of the sheet: what lies there, and no number of the book."""

    lot: str
    product: Name | None
    expires: date
    apart: bool


@dataclass(frozen=True, slots=True)
class Explained:
    """A part of a difference, its cause, and who said so; `own`: by the account that reads this."""

    explanation: UUID
    lot: str
    code: str
    doses: int
    cause: Name
    by: staff.Owner | None
    at: datetime
    signed_by: staff.Owner | None
    signed_at: datetime | None
    own: bool


@dataclass(frozen=True, slots=True)
class Removed:
    """Doses destroyed, or lost before a second person."""

    lot: str
    doses: int
    kind: str
    reason: str
    certificate: str
    witness: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CountingPage:
    """What a keeper counts at one place, and what did not agree."""

    place: reference.PlaceRow
    day: date
    sheet: tuple[ToCount, ...]
    differences: tuple[CountRow, ...]
    waiting: tuple[Explained, ...]
    signed: tuple[Explained, ...]
    removed: tuple[Removed, ...]


def counting_page(actor: Actor, place_id: int) -> CountingPage:
    """The sheet and the differences of a place in the actor's reach."""
    place = reference.place(place_id)
    if place is None or place.kind in VIRTUAL or not access.sees_site(actor, place_id):
        raise Refused(access.OUT_OF_AREA)
    day = clock.today()
    names, lying = reference.product_names(day), {}
    for row in selectors.stock([place_id]):
        if row.state != StockState.IN_TRANSIT:
            apart = row.state == StockState.QUARANTINED
            lying[row.lot, apart] = ToCount(row.lot, names.get(row.product), row.expires, apart)
    causes = {code: Name(zh, en) for code, (zh, en) in tables.difference_causes().items()}
    month = clock.now().replace(day=1, hour=0, minute=0)
    told = [
        Explained(act, lot, code, doses, causes[cause], staff.owner(post), at, staff.owner(by), signed_at, account == actor.account_id)
        for act, _count, lot, code, doses, cause, account, post, at, by, signed_at in sql.fetch(EXPLANATIONS, [place_id, month])
    ]  # fmt: skip
    return CountingPage(
        place=place,
        day=day,
        sheet=tuple(lying[key] for key in sorted(lying)),
        differences=tuple(selectors.open_differences([place_id])),
        waiting=tuple(row for row in told if row.signed_at is None),
        signed=tuple(row for row in told if row.signed_at is not None),
        removed=tuple(Removed(*row) for row in sql.fetch(REMOVALS, [place_id])),
    )
