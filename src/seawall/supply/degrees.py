"""Temperatures as others read them: the latest of each device, and the course over some time."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import numpy as np

from seawall.platform import sql

from .excursions import Celsius, Minutes
from .inside import Key

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = """
SELECT d.place_id, d.device, r.day, r.minutes[array_upper(r.minutes, 1)], r.hundredths[array_upper(r.hundredths, 1)]
FROM supply_device d, LATERAL (SELECT day, minutes, hundredths FROM supply_readingday r
    WHERE r.place_id = d.place_id AND r.device = d.device
    ORDER BY day DESC, minutes[array_upper(minutes, 1)] DESC LIMIT 1) r
WHERE %(all)s OR d.place_id = ANY(%(places)s)
"""
COURSE = f"""
SELECT r.place_id, r.device, r.day, r.minutes, r.hundredths FROM supply_readingday r
JOIN {sql.unnest({"place_id": "bigint", "device": "text"})} ON r.place_id = u.place_id AND r.device = u.device
WHERE r.day BETWEEN %s AND %s
"""


@dataclass(frozen=True, slots=True)
class Latest:
    """The last reading of a device."""

    at: datetime
    celsius: float


def latest(place_ids: Collection[int] | None = None) -> dict[Key, Latest]:
    """The last reading of every device at these places or all; those without any are left out."""
    rows = sql.fetch(LATEST, {"all": place_ids is None, "places": list(place_ids or ())})
    return {
        (place, device): Latest(datetime.combine(day, time(), UTC) + timedelta(minutes=minute), cell / 100)
        for place, device, day, minute, cell in rows
    }


def course(keys: Collection[Key], since: datetime, until: datetime) -> Mapping[Key, tuple[Minutes, Celsius]]:
    """Readings of devices between two moments, both included, as minutes since the epoch and degrees, in order."""
    parts: dict[Key, list[tuple[Minutes, Celsius]]] = defaultdict(list)
    days = since.astimezone(UTC).date(), until.astimezone(UTC).date()
    for place, device, day, minutes, hundredths in sql.fetch(COURSE, [*sql.turn(sorted(keys), 2), *days]):
        parts[place, device].append(cells(day, minutes, hundredths))
    first, last = minute(since), minute(until)
    found = {}
    for key, rows in parts.items():
        at, celsius = ordered(rows)
        kept = (at >= first) & (at <= last)
        found[key] = at[kept], celsius[kept]
    return found


def minute(moment: datetime) -> int:
    """Whole minutes since the epoch."""
    return int((moment - EPOCH).total_seconds() // 60)


def moment(minutes: int) -> datetime:
    return EPOCH + timedelta(minutes=minutes)


def cells(day: date, minutes: Collection[int], hundredths: Collection[int]) -> tuple[Minutes, Celsius]:
    """The arrays of one day as minutes since the epoch and degrees."""
    begins = (day - EPOCH.date()).days * 24 * 60
    return np.asarray(minutes, np.int64) + begins, np.asarray(hundredths, np.float64) / 100


def ordered(rows: Collection[tuple[Minutes, Celsius]]) -> tuple[Minutes, Celsius]:
    """Several arrays as one, in the order of time."""
    at, celsius = (np.concatenate(column) for column in zip(*rows, strict=True))
    order = np.argsort(at, kind="stable")
    return at[order], celsius[order]
