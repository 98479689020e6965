"""How long the stock of each place lasts, by product, and what of it expires."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from seawall.platform import clock
from seawall.reference import selectors as reference
from seawall.reference.selectors import PlaceRow
from seawall.terms import figures
from seawall.terms.codes import PlaceKind, StockState
from seawall.terms.names import Name
from seawall.terms.stock import CoverRow, ReserveRow, StockRow

MOST = 40
Names = Mapping[str, Name]
Cover = Mapping[tuple[int, str], CoverRow]


@dataclass(frozen=True, slots=True)
class CoverCell:
    """Doses of a product on hand at a place, and for how many days they last where they are used."""

    days: float | None
    doses: int
    cell: figures.Cell
    reserved: int  # kept for later doses


@dataclass(frozen=True, slots=True)
class PlaceCover:
    """A place with its cells by product; `least`: the fewest days of any."""

    place_id: int
    name: Name
    kind: PlaceKind
    unit: Name | None
    least: float | None
    cells: Mapping[str, CoverCell]


@dataclass(frozen=True, slots=True)
class UnitCover:
    """Doses on hand in a unit, its store and its sites together, and for how many days they last at the pace of its sites."""

    unit_id: int
    code: str
    name: Name
    days: float | None
    doses: int
    places: int


@dataclass(frozen=True, slots=True)
class Expiring:
    """Doses on hand with their last day."""

    place: Name | None
    lot: str
    product: Name
    expires: date
    doses: int


def product_name(products: Names, code: str) -> Name:
    return products.get(code, Name.code(code))


def place_covers(
    places: Sequence[PlaceRow],
    products: Sequence[str],
    cover: Cover,
    stock: Sequence[StockRow],
    reserves: Sequence[ReserveRow] = (),
) -> tuple[PlaceCover, ...]:
    """Sites before stores, the fewest days of cover first; places that use nothing last."""
    today = clock.today()
    units, unit_of = {u.unit_id: Name.of(u) for u in reference.units(today)}, units_of(places, today)
    hand: dict[tuple[int, str], int] = defaultdict(int)
    for row in stock:
        if row.state == StockState.ON_HAND:
            hand[row.place_id, row.product] += row.doses
    kept = {(row.place_id, row.product): row.doses for row in reserves}
    rows = []
    for place in places:
        days = {code: found.days for code in products if (found := cover.get((place.place_id, code)))}
        rows.append(
            PlaceCover(
                place_id=place.place_id,
                name=Name.of(place),
                kind=place.kind,
                unit=units.get(unit_of.get(place.place_id, 0)),
                least=min((d for d in days.values() if d is not None), default=None),
                cells={
                    code: _cell(days.get(code), hand[key := (place.place_id, code)], kept.get(key, 0))
                    for code in products
                },
            )
        )
    return tuple(sorted(rows, key=_trouble))


def units_of(places: Sequence[PlaceRow], on: date) -> dict[int, int]:
    """The unit of each place: its own word, else that of the street in which it stands."""
    by_leaf = reference.leaf_units(on)
    found = {place.place_id: place.unit_id or by_leaf.get(place.leaf_id or 0) for place in places}
    return {place: unit for place, unit in found.items() if unit}


def unit_covers(places: Sequence[PlaceRow], cover: Cover, product: str, on: date) -> tuple[UnitCover, ...]:
    """The planning units in which these places stand, the fewest days first; of one product, or of all where none is named."""
    unit_of = units_of(places, on)
    doses, used, count = Counter[int](), defaultdict[int, float](float), Counter[int](unit_of.values())
    for row in cover.values():
        unit = unit_of.get(row.place_id)
        if unit and product in {"", row.product}:
            doses[unit] += row.on_hand
            used[unit] += row.used_per_day
    rows = [
        UnitCover(
            unit_id=unit.unit_id,
            code=unit.code,
            name=Name.of(unit),
            days=doses[unit.unit_id] / used[unit.unit_id] if used[unit.unit_id] else None,
            doses=doses[unit.unit_id],
            places=count[unit.unit_id],
        )
        for unit in reference.units(on)
        if unit.unit_id in count and unit.kind == "plan"
    ]
    return tuple(sorted(rows, key=lambda row: (row.days is None, row.days or 0.0, row.code)))


def least_cover(cover: Cover, place_ids: Collection[int]) -> tuple[float | None, str]:
    """The product that lasts the fewest days at these places together, at their pace, and how many; none where nothing is used."""
    doses, pace = Counter[str](), defaultdict[str, float](float)
    here = set(place_ids)
    for row in cover.values():
        if row.place_id in here:
            doses[row.product] += row.on_hand
            pace[row.product] += row.used_per_day
    return min(((doses[code] / used, code) for code, used in pace.items() if used), default=(None, ""))


def _cell(days: float | None, doses: int, reserved: int) -> CoverCell:
    return CoverCell(days, doses, figures.cell(doses), reserved)


def _trouble(row: PlaceCover) -> tuple[bool, bool, float, int]:
    return row.kind == PlaceKind.STORE, row.least is None, row.least or 0.0, row.place_id


def expiring(
    stock: Sequence[StockRow], products: Names, *, until: date, since: date = date.min
) -> tuple[Expiring, ...]:
    """Doses on hand whose last day lies between two days, both included; the first to expire first."""
    rows = [r for r in stock if since <= r.expires <= until and r.state == StockState.ON_HAND]
    names = reference.place_names({r.place_id for r in rows})
    return tuple(
        Expiring(names.get(r.place_id), r.lot, product_name(products, r.product), r.expires, r.doses)
        for r in sorted(rows, key=lambda r: (r.expires, -r.doses))[:MOST]
    )
