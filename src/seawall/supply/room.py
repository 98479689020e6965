"""Where there is room: devices that keep the same cold, are in range themselves, and can take what another must give up."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

from seawall.platform import clock, sql
from seawall.reference import selectors as reference

from . import inside, tables
from .inside import DeviceRow, Key, LotInside

EARTH = 6371.0
WARM = """
SELECT DISTINCT place_id, device FROM supply_excursion WHERE state IN ('open', 'watched') AND ended IS NULL
"""


@dataclass(frozen=True, slots=True)
class Room:
    """A device with litres to spare, and how far it is, where both stand on the map."""

    row: DeviceRow
    free: float
    kilometres: float | None


def out_of_range() -> frozenset[Key]:
    """Devices that are out of their limits now."""
    return frozenset(sql.fetch(WARM))


def nearest(
    source: DeviceRow, rows: Collection[DeviceRow], stands: Mapping[Key, Sequence[LotInside]], warm: Collection[Key]
) -> list[Room]:
    """Devices that could take all that stands in one: at its own place first, then by the way there; unknown ways last."""
    lots = stands.get(source.key, ())
    need = sum(lot.litres for lot in lots)
    found = []
    for row in rows:
        if row is source or not row.in_use or row.key in warm or row.key == source.key:
            continue
        free = inside.room(row, stands.get(row.key, ()))
        if free >= need and all(tables.fits(row.temperature, lot.platform) for lot in lots):
            found.append(Room(row, free, 0.0 if row.place_id == source.place_id else _apart(source, row)))
    supplier = reference.levels(clock.today()).supplier
    parents = {p.place_id: (p.unit_id, supplier.get(p.place_id)) for p in reference.places()}
    home = parents.get(source.place_id)

    def way(found: Room) -> tuple[bool, bool, bool, float, str]:
        place = found.row.place_id
        return (
            place != source.place_id, found.kilometres is None, parents.get(place) != home,
            found.kilometres or 0.0, found.row.device,
        )  # fmt: skip

    return sorted(found, key=way)


def _apart(one: DeviceRow, other: DeviceRow) -> float | None:
    """Kilometres as the crow flies."""
    if None in (one.latitude, one.longitude, other.latitude, other.longitude):
        return None
    a, b = (radians(x or 0.0) for x in (one.latitude, other.latitude))
    turn = radians((other.longitude or 0.0) - (one.longitude or 0.0))
    return 2 * EARTH * asin(sqrt(sin((b - a) / 2) ** 2 + cos(a) * cos(b) * sin(turn / 2) ** 2))
