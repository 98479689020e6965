"""What is lost of opened and of closed packs, beside what the size of pack and session lets expect."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import NamedTuple

from seawall.platform import clock, sql

from . import tables

LOSSES = """
SELECT s.place_id, l.product, l.doses_per_pack, (s.occurred_at AT TIME ZONE %(zone)s)::date,
    -coalesce(sum(s.delta) FILTER (WHERE s.kind = 'use'), 0)::int,
    -coalesce(sum(s.delta) FILTER (WHERE s.kind = 'waste' AND s.reason = 'OPEN_VIAL'), 0)::int,
    -coalesce(sum(s.delta) FILTER (WHERE s.kind = 'waste' AND s.reason <> 'OPEN_VIAL'), 0)::int
FROM supply_stockline s JOIN supply_lot l ON l.lot = s.lot
WHERE s.kind IN ('use', 'waste') AND l.kind = 'vaccine' AND s.recorded_at >= %(since)s AND s.occurred_at >= %(since)s
  AND (%(all)s OR s.place_id = ANY(%(places)s)) GROUP BY 1, 2, 3, 4
"""
SESSION_SIZES = (10, 50, 200)  # doses given at a site in a day: small, middling, large, very large sessions


class Loss(NamedTuple):
    """Doses of a product in packs of one size, given and lost at a place on a day."""

    place_id: int
    product: str
    pack: int
    day: date
    given: int
    opened: int
    closed: int


@dataclass(frozen=True, slots=True)
class Wastage:
    """Doses given and lost; what the table expects at most, and the rest that the attendance of each day leaves at least."""

    given: int
    opened: int
    closed: int
    table: float
    least: int

    @property
    def open_share(self) -> float | None:
        drawn = self.given + self.opened
        return self.opened / drawn if drawn else None

    @property
    def closed_share(self) -> float | None:
        total = self.given + self.opened + self.closed
        return self.closed / total if total else None

    @property
    def over(self) -> bool:
        """More of opened packs was lost than the table expects."""
        return self.open_share is not None and self.open_share > self.table


def losses(since: date, place_ids: Collection[int] | None = None) -> list[Loss]:
    """By place, product, size of pack and day, from a day on."""
    start = datetime.combine(since, time(), clock.zone())
    params = {"since": start, "zone": clock.zone().key, "all": place_ids is None, "places": list(place_ids or ())}
    return [Loss(*row) for row in sql.fetch(LOSSES, params)]


def wastage(rows: Iterable[Loss]) -> Wastage:
    """These days together. `least` is what packs of that size leave over when each day is worked through: v·⌈x/v⌉ − x."""
    given = opened = closed = least = 0
    allowed = 0.0
    for row in rows:
        given, opened, closed = given + row.given, opened + row.opened, closed + row.closed
        least += -row.given % row.pack
        allowed += (row.given + row.opened) * tables.open_share(row.pack, row.day)
    drawn = given + opened
    return Wastage(given, opened, closed, allowed / drawn if drawn else 0.0, least)


def session_size(given: int) -> int:
    """Which of the sizes a day at a site was: 0 for the smallest."""
    return sum(given > size for size in SESSION_SIZES)
