"""Supply: where will doses run out, expire or warm up first, and which move cures it?"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from seawall.platform import access, clock
from seawall.reference import selectors as reference
from seawall.reference.selectors import PlaceRow
from seawall.reports import selectors as reports
from seawall.reports.boards import Balance, balance_of, city_balance
from seawall.sites import selectors as sites
from seawall.supply import selectors as supply
from seawall.supply.boards.apart import Apart, OpenDifference, apart, open_differences
from seawall.supply.boards.cover import (
    Cover,
    Expiring,
    Names,
    PlaceCover,
    UnitCover,
    expiring,
    least_cover,
    place_covers,
    product_name,
    unit_covers,
    units_of,
)
from seawall.supply.boards.goods import GoodsHere, goods_here
from seawall.supply.boards.underway import OnTheWay, on_the_way
from seawall.terms.actor import Actor
from seawall.terms.closings import Stamp
from seawall.terms.codes import PlaceKind, StockState
from seawall.terms.names import Name
from seawall.terms.stock import CoverRow, ReserveRow, StockRow

from ..watch import limits
from .clearing import Clearing, clearings
from .later import LaterDoses, later_doses
from .moves import Proposals, proposals

PROMPT = timedelta(days=30)  # shipments whose hours and accuracy are shown
EXPIRING, WASTED = timedelta(days=30), timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Alarm:
    """A word of the page, at which place, since or on which day."""

    state: str
    code: str
    where: Name | None = None
    on: date | datetime | None = None


@dataclass(frozen=True, slots=True)
class Product:
    """A product in stock or in use."""

    code: str
    name: Name


@dataclass(frozen=True, slots=True)
class Wasted:
    """Doses lost over the last days for one reason."""

    reason: Name
    doses: int


@dataclass(frozen=True, slots=True)
class LevelRow:
    """A store, what it supplies, and the doses there and below it.

    `least`: the fewest days that any product used there or below lasts, at the pace of those places; `runs_out`: which.
    """

    place_id: int
    name: Name
    depth: int
    places: int
    here: int
    below: int
    reserved: int
    least: float | None
    runs_out: Name | None


@dataclass(frozen=True, slots=True)
class SupplyPage:
    """Stock, cover, moves, shipments and the cold chain, inside the actor's reach; `whole`: that is the city.

    Of the sites that used vaccine in the last days (`using`) some have none of a vaccine they use (`without`).
    `unit` and `product` are what the cover was asked for; the rest of the page is about all.
    """

    stamp: Stamp
    products: tuple[Product, ...]
    all_products: tuple[Product, ...]
    units: tuple[UnitCover, ...]
    unit: UnitCover | None
    product: str
    places: tuple[PlaceCover, ...]
    goods: tuple[GoodsHere, ...]  # ancillary goods that somebody must act on, at sites
    proposed: Proposals
    clearings: tuple[Clearing, ...]
    later: LaterDoses
    levels: tuple[LevelRow, ...]
    shipments: tuple[OnTheWay, ...]
    prompt: supply.Promptness
    using: int
    without: int
    cold: tuple[Apart, ...]
    expired: tuple[Expiring, ...]
    expiring: tuple[Expiring, ...]
    wasted: tuple[Wasted, ...]
    differences: tuple[OpenDifference, ...]
    totals: Balance
    whole: bool
    tomorrow: date

    @property
    def wasted_days(self) -> int:
        return WASTED.days

    @property
    def least_move(self) -> int:
        return int(limits()["MOVE_LEAST"])

    @property
    def verdict(self) -> Alarm:
        """The worst alarm of the page, in its own word, at its place, since its moment."""
        return next(self._alarms(), Alarm("normal", "STOCK_BALANCED"))

    def _alarms(self) -> Iterator[Alarm]:
        for row in self._cold("warm"):
            yield Alarm("stop", "COLD_CHAIN_ALARM", row.place, row.since)
        for differs in self.differences:
            yield Alarm("stop", "STOCK_DIFFERS", differs.place)
        for place in self.places:
            if place.kind == PlaceKind.SITE and place.least is not None and place.least < limits()["COVER_DAYS"]:
                yield Alarm("attention", "STOCK_RUNS_OUT", place.name, self.tomorrow)
        for lack in self.later.rows:
            yield Alarm("attention", "LATER_DOSES_LACK", lack.place, self.tomorrow)
        for row in self._cold("quarantined"):
            yield Alarm("attention", "STOCK_HELD", row.place, row.since)
        for code, rows in (("STOCK_EXPIRED", self.expired), ("STOCK_EXPIRES", self.expiring)):
            for stock in rows:
                yield Alarm("attention", code, stock.place, stock.expires)
        for row in self._cold("recalled"):
            yield Alarm("attention", "STOCK_RECALLED", row.place, row.since)

    def _cold(self, state: str) -> Iterator[Apart]:
        return (row for row in self.cold if row.state == state)


def supply_page(actor: Actor, day: date, unit: str = "", product: str = "") -> SupplyPage:
    """Stock as it stands now; moves and what is late by a day. A unit or product that is not there narrows nothing."""
    stores_and_sites = reference.places([PlaceKind.STORE, PlaceKind.SITE])
    places = [p for p in stores_and_sites if access.sees_site(actor, p.place_id)]
    ids, whole, tomorrow = [p.place_id for p in places], actor.reach.everywhere, day + timedelta(days=1)
    everything, all_cover = supply.stock(ids, ancillary=True), supply.days_of_cover(ids, tomorrow, ancillary=True)
    vaccines, products, reserves = reference.product_names(day), reference.goods_names(day), supply.reserves(day, ids)
    other = products.keys() - vaccines.keys()
    stock = [row for row in everything if row.product not in other]
    cover = {(c.place_id, c.product): c for c in all_cover if c.product not in other}
    goods_cover = {(c.place_id, c.product): c for c in all_cover}
    used = _used(everything, {product for _, product in goods_cover}, products)
    shown = tuple(p for p in used if p.code == product) or used
    product = shown[0].code if len(shown) < len(used) else ""
    units = unit_covers(places, goods_cover if product in other else cover, product, day)
    asked = next((row for row in units if row.code == unit), None)
    of_unit = units_of(places, day)
    covered = [p for p in places if asked is None or of_unit.get(p.place_id) == asked.unit_id]
    proposed = proposals(places, cover, stock, reserves, _points(day), products, day)
    return SupplyPage(
        stamp=reports.live(),
        products=shown,
        all_products=used,
        units=units,
        unit=asked,
        product=product,
        places=place_covers(covered, [p.code for p in shown], goods_cover, everything, reserves),
        goods=_goods(places, everything, all_cover, day),
        proposed=proposed,
        clearings=clearings(proposed.unused, day),
        later=later_doses(reserves, products),
        levels=_levels(places, stock, cover, reserves, products, tomorrow),
        shipments=on_the_way(ids, day, products, announced=whole),
        prompt=supply.promptness(ids, day - PROMPT),
        using=len({row.place_id for row in cover.values() if row.used_per_day}),
        without=len({row.place_id for row in cover.values() if row.used_per_day and not row.on_hand}),
        cold=apart(ids, stock, products),
        expired=expiring(everything, products, until=day - timedelta(days=1)),
        expiring=expiring(everything, products, since=day, until=day + EXPIRING),
        wasted=_wasted(day, ids),
        differences=open_differences(ids),
        totals=(city_balance(day) if whole else None) or balance_of(ids, clock.now()),
        whole=whole,
        tomorrow=tomorrow,
    )


def _goods(
    places: Sequence[PlaceRow], stock: Sequence[StockRow], cover: Sequence[CoverRow], day: date
) -> tuple[GoodsHere, ...]:
    """At sites, what runs out first on top."""
    sites_here = [place for place in places if place.kind == PlaceKind.SITE]
    return tuple(row for row in goods_here(sites_here, stock, cover, day) if row.troubled(limits()["COVER_DAYS"]))


def _used(stock: Sequence[StockRow], covered: set[str], names: Names) -> tuple[Product, ...]:
    return tuple(Product(code, product_name(names, code)) for code in sorted({row.product for row in stock} | covered))


def _wasted(day: date, ids: list[int]) -> tuple[Wasted, ...]:
    """Doses lost at these places over the last days, by reason."""
    since = datetime.combine(day - WASTED + timedelta(days=1), time(), clock.zone())
    reasons, rows = supply.waste_reasons(), reports.wasted(since, ids)
    return tuple(Wasted(Name(*reasons.get(code, (code, code))), doses) for code, doses in sorted(rows.items()))


def _points(day: date) -> dict[int, tuple[float, float]]:
    """Where the sites stand, as far as it is known."""
    return {
        s.site_id: (s.longitude, s.latitude)
        for s in sites.sites(day)
        if s.longitude is not None and s.latitude is not None
    }


def _levels(
    places: Sequence[PlaceRow],
    stock: Sequence[StockRow],
    cover: Cover,
    reserves: Sequence[ReserveRow],
    names: Names,
    on: date,
) -> tuple[LevelRow, ...]:
    """The stores in reach from the first ones down, at each level the first to run out on top: doses there and at all they supply."""
    levels, hand, kept = reference.levels(on), Counter[int](), Counter[int]()
    for row in stock:
        if row.state == StockState.ON_HAND:
            hand[row.place_id] += row.doses
    for claim in reserves:
        kept[claim.place_id] += claim.doses
    ways = {p.place_id: levels.way(p.place_id) for p in places}
    rows = []
    for place in places:
        if place.place_id not in levels.stores:
            continue
        first = place.place_id in levels.first
        under = [
            key
            for key, way in ways.items()
            if key != place.place_id and (place.place_id in way or (first and len(way) == 1))
        ]
        under = [key for key in under if key not in levels.first]
        least, product = least_cover(cover, (place.place_id, *under))
        rows.append(
            LevelRow(
                place_id=place.place_id,
                name=Name.of(place),
                depth=len(ways[place.place_id]),
                places=len(under),
                here=hand[place.place_id],
                below=sum(hand[key] for key in under),
                reserved=sum(kept[key] for key in (place.place_id, *under)),
                least=least,
                runs_out=product_name(names, product) if product else None,
            )
        )
    return tuple(sorted(rows, key=lambda row: (row.depth, row.least is None, row.least or 0.0, row.place_id)))
