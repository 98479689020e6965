"""Counting at one place: a blind sheet; and apart from it differences that are open, and explanations that wait for a second person."""

from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from seawall.platform import clock, sql
from seawall.reference import selectors as reference
from seawall.staff import selectors as staff
from seawall.terms.actor import Actor
from seawall.terms.codes import StockState
from seawall.terms.names import Name
from seawall.terms.stock import CountRow

from .. import selectors, tables, typed_codes
from .place import kept_place
from .seconds import seconds

EXPLANATIONS = """
SELECT act, count, lot, code, doses, cause, account_id, post_id, at, signed_post_id, signed_at FROM supply_explanation
WHERE place_id = %s AND (signed_at IS NULL OR signed_at >= %s) ORDER BY signed_at NULLS FIRST, at DESC LIMIT 60
"""
COUNTED = "SELECT lot, max(counted_at) FROM supply_count WHERE place_id = %s AND counted_at >= %s GROUP BY lot"
REMOVALS = """
SELECT lot, doses, kind, reason, certificate, witness, photo, at FROM supply_removal WHERE place_id = %s ORDER BY at DESC LIMIT 20
"""


@dataclass(frozen=True, slots=True)
class ToCount:
    """A line of the sheet: what lies there, and no number of the book. `apart`: some of it, or all, may not be used."""

    lot: str
    product: Name | None
    expires: date
    apart: bool
    counted_at: datetime | None  # today


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
    """Doses destroyed, or lost before a second person or with a picture."""

    lot: str
    doses: int
    kind: str
    reason: Name
    certificate: str
    witness: str
    photo: UUID | None
    at: datetime


@dataclass(frozen=True, slots=True)
class SheetPage:
    """What a keeper counts at one place: blind."""

    place: reference.PlaceRow
    day: date
    sheet: tuple[ToCount, ...]
    differences: int


@dataclass(frozen=True, slots=True)
class DifferencesPage:
    """What did not agree at one place. `alone`: a code was typed that nobody has compared with its pack; `seconds` may."""

    place: reference.PlaceRow
    differences: tuple[CountRow, ...]
    waiting: tuple[Explained, ...]
    signed: tuple[Explained, ...]
    removed: tuple[Removed, ...]
    alone: bool
    seconds: tuple[staff.PostRow, ...]


def sheet_page(actor: Actor, place_id: int) -> SheetPage:
    """The lots that lie at a place in the actor's reach, each once."""
    place, day, lying = kept_place(actor, place_id), clock.today(), dict[str, ToCount]()
    names = reference.goods_names(day)
    done = dict(sql.fetch(COUNTED, [place_id, datetime.combine(day, time(), clock.zone())]))
    for row in selectors.stock([place_id], ancillary=True):
        if row.state != StockState.IN_TRANSIT:
            apart = row.state == StockState.QUARANTINED or (row.lot in lying and lying[row.lot].apart)
            lying[row.lot] = ToCount(row.lot, names.get(row.product), row.expires, apart, done.get(row.lot))
    sheet = tuple(lying[lot] for lot in sorted(lying))
    return SheetPage(place, day, sheet, len(selectors.open_differences([place_id])))


def differences_page(actor: Actor, place_id: int, typed: str = "") -> DifferencesPage:
    """The differences of a place in the actor's reach; `typed`: the code of an explanation that was typed by hand."""
    place = kept_place(actor, place_id)
    causes = {code: Name(zh, en) for code, (zh, en) in tables.difference_causes().items()}
    month = clock.now().replace(day=1, hour=0, minute=0)
    told = [
        Explained(act, lot, code, doses, causes[cause], staff.owner(post), at, staff.owner(by), signed_at, account == actor.account_id)
        for act, _count, lot, code, doses, cause, account, post, at, by, signed_at in sql.fetch(EXPLANATIONS, [place_id, month])
    ]  # fmt: skip
    alone = bool(typed and typed_codes.unconfirmed({(place_id, clock.today(), typed)}))
    return DifferencesPage(
        place=place,
        differences=tuple(selectors.open_differences([place_id])),
        waiting=tuple(row for row in told if row.signed_at is None),
        signed=tuple(row for row in told if row.signed_at is not None),
        removed=_removed(place_id),
        alone=alone,
        seconds=seconds(actor, place_id) if alone else (),
    )


def _removed(place_id: int) -> tuple[Removed, ...]:
    reasons = {code: Name(zh, en) for code, (zh, en) in tables.waste_reasons().items()}
    return tuple(
        Removed(lot, doses, kind, reasons.get(reason, Name(reason, reason)), *rest)
        for lot, doses, kind, reason, *rest in sql.fetch(REMOVALS, [place_id])
    )
