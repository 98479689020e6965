"""Syringes, boxes, forms and drugs at each place: how long they last, what a site must keep, what the book lacked, what expires."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from seawall.reference import selectors as reference
from seawall.reference.selectors import PlaceRow
from seawall.terms.codes import LotState, PlaceKind, ProductKind, StockState
from seawall.terms.names import Name
from seawall.terms.stock import NEVER, CoverRow, StockRow

from .. import needs, selectors

SOON = timedelta(days=30)  # in which what a site must keep is warned of before it expires


@dataclass(frozen=True, slots=True)
class GoodsHere:
    """Ancillary goods at a place.

    `on_hand`: units that may be used; `days`: how long they last at the pace of the last days; `kept`: how many a site keeps at
    all times; `lacked`: units that closings needed and the book did not have; `until`: when the first of them expires.
    """

    place_id: int
    place: Name
    code: str
    product: Name
    kind: ProductKind
    on_hand: int
    per_day: float
    days: float | None
    kept: int
    lacked: int
    until: date | None
    expires_soon: bool

    @property
    def short(self) -> bool:
        """Fewer than the site keeps at all times."""
        return self.on_hand < self.kept

    def troubled(self, least_days: float) -> bool:
        """Whether somebody must act: it runs out, is short, was used without being booked, or expires where it must be kept."""
        runs_out = self.days is not None and self.days < least_days
        return runs_out or self.short or self.lacked > 0 or self.expires_soon


def goods_here(
    places: Sequence[PlaceRow], stock: Iterable[StockRow], cover: Iterable[CoverRow], on: date
) -> tuple[GoodsHere, ...]:
    """The goods at these places, those to act on first; `stock` and `cover` with ancillary goods, as they stand on a day."""
    known = {row.code: row for row in reference.goods(on) if row.kind != ProductKind.VACCINE}
    named = {place.place_id: Name.of(place) for place in places}
    kept = needs.kept(reference.needs(on))
    hand, until = _usable(stock, known, on)
    pace = {(row.place_id, row.product): row.used_per_day for row in cover if row.product in known}
    lacked = {(row.place_id, row.product): row.units for row in selectors.shortfalls(named)}
    sites = [place.place_id for place in places if place.kind == PlaceKind.SITE]
    keys = {*hand, *pace, *lacked, *((site, good) for site in sites for good in kept)}
    rows = []
    for place, good in sorted(key for key in keys if key[0] in named and key[1] in known):
        used, last = pace.get((place, good), 0.0), until.get((place, good))
        must = kept.get(good, 0) if place in sites else 0
        rows.append(
            GoodsHere(
                place_id=place,
                place=named[place],
                code=good,
                product=Name.of(known[good]),
                kind=known[good].kind,
                on_hand=hand[place, good],
                per_day=used,
                days=hand[place, good] / used if used else None,
                kept=must,
                lacked=lacked.get((place, good), 0),
                until=last,
                expires_soon=bool(must and last and last <= on + SOON),
            )
        )
    return tuple(sorted(rows, key=_first))


def _usable(
    stock: Iterable[StockRow], known: Collection[str], on: date
) -> tuple[Counter[tuple[int, str]], dict[tuple[int, str], date]]:
    """Units that may be used, and the day on which the first of them expire."""
    hand, days = Counter[tuple[int, str]](), defaultdict[tuple[int, str], list[date]](list)
    for row in stock:
        usable = row.state == StockState.ON_HAND and row.lot_state == LotState.RELEASED and row.expires >= on
        if usable and row.product in known:
            hand[row.place_id, row.product] += row.doses
            days[row.place_id, row.product] += [row.expires] if row.expires != NEVER else []
    return hand, {key: min(found) for key, found in days.items() if found}


def _first(row: GoodsHere) -> tuple[bool, float, bool, int, int, str]:
    """What is short or runs out first on top."""
    days = 0.0 if row.short else row.days
    return (days is None, days or 0.0, not row.expires_soon, -row.lacked, row.place_id, row.code)
