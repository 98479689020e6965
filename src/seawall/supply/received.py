"""What was taken in: every hand-over to a place, with its quantity, its papers, its codes and its times."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from seawall.platform import clock, sql

CODES = 20  # runs of codes, and cartons, that a row names; the rest is a number
Place = tuple[datetime, UUID]  # of a row in the list: when it arrived, and its act
RECEIVED = """
WITH page AS MATERIALIZED (
    SELECT * FROM supply_handover h
    WHERE h.place_id = ANY(%(places)s) AND (h.arrived_at, h.act) > (%(at)s, %(act)s) AND h.arrived_at < %(until)s
    ORDER BY h.arrived_at, h.act LIMIT %(limit)s)
SELECT h.act, h.place_id, h.from_place_id, h.shipment, coalesce(s.order, ''), h.lot, l.product, l.expires,
    (m.doses / l.doses_per_pack)::int, m.doses, m.apart, h.document, h.temperature_record, h.min_celsius, h.max_celsius,
    h.handed_by, h.taken_by, s.ordered_at, h.left_at, h.arrived_at, m.taken_at, m.recorded_at,
    h.first_codes[:%(codes)s], h.last_codes[:%(codes)s], greatest(0, cardinality(h.first_codes) - %(codes)s), CASE
        WHEN h.lot IN (SELECT lot FROM supply_carton) THEN (
            SELECT (array_agg(DISTINCT p.parent))[:%(codes)s] FROM unnest(h.first_codes, h.last_codes) AS r(first, last)
            JOIN supply_pack p ON p.code BETWEEN r.first AND r.last AND p.lot = h.lot WHERE p.parent IS NOT NULL) END
FROM page h JOIN supply_lot l ON l.lot = h.lot
LEFT JOIN supply_shipment s ON s.place_id = h.from_place_id AND s.act = h.shipment
JOIN LATERAL (
    SELECT coalesce(sum(x.delta), 0)::int AS doses, coalesce(sum(x.delta) FILTER (WHERE x.state = 'quarantined'), 0)::int AS apart,
        min(x.occurred_at) AS taken_at, min(x.recorded_at) AS recorded_at
    FROM supply_stockline x
    WHERE x.place_id = h.place_id AND x.act = h.act AND x.kind IN ('receive', 'accept') AND x.delta > 0) m ON true
ORDER BY h.arrived_at, h.act
"""


@dataclass(frozen=True, slots=True)
class ReceivedRow:
    """Packs of a lot that a place took in by one act; `apart`: doses of them that were taken in apart.

    The packs are runs of codes that follow each other, `first_codes[n]` to `last_codes[n]`; `more_codes` is the number of
    further runs. `shipment` and `ordered_at` are those of a shipment; what a maker brought has none.
    """

    receipt: UUID
    place_id: int
    from_place_id: int
    shipment: UUID | None
    order: str
    lot: str
    product: str
    expires: date
    packs: int
    doses: int
    apart: int
    document: str
    temperature_record: str
    min_celsius: float | None
    max_celsius: float | None
    handed_by: str
    taken_by: str
    ordered_at: datetime | None
    left_at: datetime | None
    arrived_at: datetime
    taken_at: datetime | None
    recorded_at: datetime | None
    first_codes: tuple[str, ...]
    last_codes: tuple[str, ...]
    more_codes: int
    cartons: tuple[str, ...]

    @property
    def runs(self) -> list[str]:
        """The codes as they are read: a pack, or the first and the last of several."""
        ends = zip(self.first_codes, self.last_codes, strict=True)
        return [first if first == last else f"{first}–{last}" for first, last in ends]


def received(
    place_ids: Collection[int], first: date, last: date, limit: int, after: Place | None = None
) -> list[ReceivedRow]:
    """What these places took in, by the civil days on which it arrived, in the order of its arrival."""
    since, until = (datetime.combine(day, time(), clock.zone()) for day in (first, last + timedelta(days=1)))
    at, act = after or (since, UUID(int=0))
    params = {"places": list(place_ids), "at": at, "act": act, "until": until, "limit": limit, "codes": CODES}
    return [_row(row) for row in sql.fetch(RECEIVED, params)]


def _row(row: tuple[Any, ...]) -> ReceivedRow:
    *told, first, last, more, cartons = row
    ends: tuple[Any, ...] = (tuple(first), tuple(last), more, tuple(cartons or ()))
    return ReceivedRow(*told, *ends)
