"""Which lots stand in which device. A lot that nobody put anywhere may stand in any device of its place that keeps it cold enough."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from seawall.platform import clock, sql
from seawall.reference import selectors as reference
from seawall.terms.cold import DeviceState

from . import tables

Key = tuple[int, str]  # place, device
DEVICES = """
SELECT place_id, device, kind, temperature, litres, every_minutes, calibrated_on, calibration_due, certificate, longitude, latitude, state
FROM supply_device WHERE %(all)s OR place_id = ANY(%(places)s) ORDER BY place_id, device
"""
STANDING = """
SELECT b.place_id, b.lot, l.product, l.doses_per_pack, sum(b.doses)::int, s.device
FROM supply_balance b JOIN supply_lot l ON l.lot = b.lot
LEFT JOIN LATERAL (SELECT device FROM supply_standing s WHERE s.place_id = b.place_id AND s.lot = b.lot
    ORDER BY since DESC LIMIT 1) s ON true
WHERE b.doses > 0 AND l.kind = 'vaccine' AND b.state IN ('on_hand', 'quarantined', 'reserved') AND (%(all)s OR b.place_id = ANY(%(places)s))
GROUP BY b.place_id, b.lot, l.product, l.doses_per_pack, s.device ORDER BY b.place_id, b.lot
"""


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A device as registered."""

    place_id: int
    device: str
    kind: str
    temperature: str
    litres: float
    every_minutes: int
    calibrated_on: date | None
    calibration_due: date | None
    certificate: str
    longitude: float | None
    latitude: float | None
    state: str

    @property
    def key(self) -> Key:
        return self.place_id, self.device

    @property
    def logged(self) -> bool:
        return self.every_minutes > 0

    @property
    def in_use(self) -> bool:
        return self.state == DeviceState.IN_USE

    @property
    def limits(self) -> tuple[float, float]:
        return tables.temperatures()[self.temperature]


@dataclass(frozen=True, slots=True)
class LotInside:
    """Doses of a lot in a device; `sure` says that somebody put it there, or that there is no other."""

    lot: str
    product: str
    platform: str
    doses: int
    litres: float
    sure: bool


def devices(place_ids: Collection[int] | None = None) -> list[DeviceRow]:
    """Devices of these places or of all, by place and name, the retired ones too."""
    rows = sql.fetch(DEVICES, {"all": place_ids is None, "places": list(place_ids or ())})
    return [DeviceRow(*row) for row in rows]


def lots_inside(rows: Collection[DeviceRow]) -> dict[Key, list[LotInside]]:
    """Lots by device, for devices that include all of their places."""
    used = [row for row in rows if row.in_use]
    places = sorted({row.place_id for row in used})
    platforms = {p.code: p.platform for p in reference.products(clock.today())}
    by_place: dict[int, list[DeviceRow]] = defaultdict(list)
    for row in used:
        by_place[row.place_id].append(row)
    inside: dict[Key, list[LotInside]] = defaultdict(list)
    for place, lot, product, per_pack, doses, named in sql.fetch(STANDING, {"all": False, "places": places}):
        platform = platforms.get(product, tables.ANY)
        here = [row for row in by_place[place] if row.device == named]
        fitting = here or [row for row in by_place[place] if tables.fits(row.temperature, platform)]
        litres = tables.packed_litres(doses, per_pack) / max(1, len(fitting))
        for row in fitting:
            inside[row.key].append(LotInside(lot, product, platform, doses, litres, len(fitting) == 1))
    return inside


def room(row: DeviceRow, inside: Collection[LotInside]) -> float:
    """Litres still free."""
    return row.litres - sum(lot.litres for lot in inside)
