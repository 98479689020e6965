"""One holder of stock: what comes, what is there, what goes, how warm it is, and what the hand counted."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from seawall.platform import access, clock
from seawall.reference import selectors as reference
from seawall.terms.actor import Actor
from seawall.terms.acts import Refused
from seawall.terms.codes import VIRTUAL, LotState, PlaceKind, ProductKind, StockState
from seawall.terms.stock import CountRow, ShipmentRow, StockRow

from .. import degrees, inside, selectors, tables
from .goods import GoodsHere, goods_here

PAST_DAYS = 14
REAL = tuple(kind for kind in PlaceKind if kind not in VIRTUAL)


def is_vaccine(product: reference.ProductRow | None) -> bool:
    """Whether it is counted in doses and kept cold; so is what nobody knows any more."""
    return product is None or product.kind == ProductKind.VACCINE


@dataclass(frozen=True, slots=True)
class StockHere:
    """Doses of one lot in one state."""

    product: reference.ProductRow | None
    row: StockRow
    expired: bool

    @property
    def vaccine(self) -> bool:
        return is_vaccine(self.product)

    @property
    def usable(self) -> bool:
        return self.row.state == StockState.ON_HAND and self.row.lot_state == LotState.RELEASED and not self.expired


@dataclass(frozen=True, slots=True)
class Underway:
    """A shipment as this place sees it: `other` is where it comes from, or where it goes."""

    shipment: UUID
    other: reference.PlaceRow | None
    product: reference.ProductRow | None
    row: ShipmentRow

    @property
    def vaccine(self) -> bool:
        return is_vaccine(self.product)


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """The latest temperature of a device."""

    device: str
    at: datetime
    celsius: float
    within: bool


@dataclass(frozen=True, slots=True)
class LotStanding:
    """Doses of a lot on a shelf, those kept apart among them."""

    lot: str
    product: reference.ProductRow | None
    doses: int


@dataclass(frozen=True, slots=True)
class LotHere:
    """A lot at the place, to choose from."""

    lot: str
    product: reference.ProductRow | None


@dataclass(frozen=True, slots=True)
class Shelf:
    """What stands in a device, or (`device` empty) in none; a lot that nobody put anywhere stands in each that may hold it."""

    device: str
    lots: tuple[LotStanding, ...]

    @property
    def doses(self) -> int:
        return sum(lot.doses for lot in self.lots)


@dataclass(frozen=True, slots=True)
class PlacePage:
    """A store or a site as the one who keeps its stock sees it."""

    place: reference.PlaceRow
    day: date
    stock: tuple[StockHere, ...]
    arriving: tuple[Underway, ...]
    leaving: tuple[Underway, ...]
    past: tuple[Underway, ...]
    devices: tuple[str, ...]
    readings: tuple[ReadingRow, ...]
    differences: tuple[CountRow, ...]
    lots: tuple[LotHere, ...]
    limits: tuple[float, float]
    goods: tuple[GoodsHere, ...]

    @property
    def usable(self) -> int:
        return sum(here.row.doses for here in self.stock if here.usable and here.vaccine)

    @property
    def apart(self) -> int:
        """Doses that are here and may not be used: quarantined or expired."""
        here = (row for row in self.stock if row.vaccine and row.row.state != StockState.IN_TRANSIT)
        return sum(row.row.doses for row in here if not row.usable)

    @property
    def coming(self) -> int:
        return sum(way.row.doses for way in self.arriving if way.vaccine)

    @property
    def warm(self) -> tuple[ReadingRow, ...]:
        return tuple(reading for reading in self.readings if not reading.within)


def kept_places(actor: Actor) -> tuple[reference.PlaceRow, ...]:
    """Holders of stock in the actor's reach: stores first, then by code."""
    reached = (place for place in reference.places(REAL) if access.sees_site(actor, place.place_id))
    return tuple(sorted(reached, key=lambda place: (place.kind != PlaceKind.STORE, place.code)))


def kept_place(actor: Actor, place_id: int) -> reference.PlaceRow:
    """A place in the actor's reach that holds stock."""
    place = reference.place(place_id)
    if place is None or place.kind in VIRTUAL or not access.sees_site(actor, place_id):
        raise Refused(access.OUT_OF_AREA)
    return place


def place_page(actor: Actor, place_id: int) -> PlacePage:
    """The stock of one place in the actor's reach."""
    place, day = kept_place(actor, place_id), clock.today()
    products = {row.code: row for row in reference.goods(day)}
    stock = selectors.stock([place_id], ancillary=True)
    cover = selectors.days_of_cover([place_id], day + timedelta(days=1), ancillary=True)
    here = tuple(StockHere(products.get(row.product), row, row.expires < day) for row in stock)
    ways = selectors.shipments([place_id], day - timedelta(days=PAST_DAYS), day)
    known = {row.place_id: row for row in reference.places(place_ids=_others(ways, place_id))}
    seen = [_underway(way, place_id, known, products) for way in ways]
    lots = {row.lot: products.get(row.product) for row in stock if row.state != StockState.IN_TRANSIT}
    devices = [row for row in inside.devices([place_id]) if row.in_use]
    latest = degrees.latest([place_id])
    return PlacePage(
        place=place,
        day=day,
        stock=here,
        arriving=tuple(w for w in seen if w.row.to_place_id == place_id and w.row.accepted_at is None),
        leaving=tuple(w for w in seen if w.row.to_place_id != place_id and w.row.accepted_at is None),
        past=tuple(w for w in reversed(seen) if w.row.accepted_at is not None),
        devices=tuple(row.device for row in devices),
        readings=tuple(_latest(row, latest[row.key]) for row in devices if row.key in latest),
        differences=tuple(selectors.open_differences([place_id])),
        lots=tuple(LotHere(lot, product) for lot, product in sorted(lots.items())),
        limits=tables.cold_limits(),
        goods=goods_here([place], stock, cover, day),
    )


def shelves(actor: Actor, place_id: int) -> tuple[Shelf, ...]:
    """All that is at a place, by the device in which it stands; what stands in none comes last."""
    kept_place(actor, place_id)
    products = {row.code: row for row in reference.goods(clock.today())}
    found = inside.lots_inside(inside.devices([place_id]))
    within = {lot.lot for lots in found.values() for lot in lots}
    standing = {device: [(lot.lot, lot.product, lot.doses) for lot in lots] for (_, device), lots in found.items()}
    loose: dict[tuple[str, str], int] = {}
    for row in selectors.stock([place_id], ancillary=True):
        if row.state != StockState.IN_TRANSIT and row.lot not in within:
            loose[row.lot, row.product] = loose.get((row.lot, row.product), 0) + row.doses
    standing |= {"": [(*lot, doses) for lot, doses in loose.items()]} if loose else {}
    return tuple(
        Shelf(device, tuple(LotStanding(lot, products.get(product), doses) for lot, product, doses in lots))
        for device, lots in standing.items()
    )


def _latest(device: inside.DeviceRow, reading: degrees.Latest) -> ReadingRow:
    low, high = device.limits
    return ReadingRow(device.device, reading.at, reading.celsius, low <= reading.celsius <= high)


def _others(ways: Iterable[ShipmentRow], place_id: int) -> set[int]:
    return {end for way in ways for end in (way.from_place_id, way.to_place_id)} - {place_id}


def _underway(
    way: ShipmentRow,
    place_id: int,
    places: dict[int, reference.PlaceRow],
    products: dict[str, reference.ProductRow],
) -> Underway:
    other = way.from_place_id if way.to_place_id == place_id else way.to_place_id
    return Underway(way.shipment, places.get(other), products.get(way.product), way)
