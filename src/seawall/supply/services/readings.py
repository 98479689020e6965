"""Temperatures, by hand and by loggers: judged one by one, kept by device and day, and looked through for excursions."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from seawall.platform import access, sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.reference import selectors as reference
from seawall.terms.actor import Actor
from seawall.terms.acts import Item, Params, Refusal
from seawall.terms.codes import VIRTUAL, Owner
from seawall.terms.cold import ColdReading, Measured, ReadingsTake

from .. import events, inside, tables
from ..inside import DeviceRow, Key
from ..models import ReadingDay, RefusedReading
from . import excursions

DayKey = tuple[int, str, date, bool]
MINUTE = timedelta(minutes=1)
DOUBLED = "READING_DOUBLED"
LOCK = f"""
SELECT r.place_id, r.device, r.day, r.by_hand, r.minutes, r.hundredths FROM supply_readingday r
JOIN {sql.unnest({"place_id": "bigint", "device": "text", "day": "date", "by_hand": "boolean"})}
  ON r.place_id = u.place_id AND r.device = u.device AND r.day = u.day AND r.by_hand = u.by_hand
ORDER BY r.place_id, r.device, r.day, r.by_hand FOR UPDATE OF r
"""
KEEP = f"""
UPDATE supply_readingday r SET minutes = u.minutes::smallint[], hundredths = u.hundredths::smallint[]
FROM {
    sql.unnest(
        {"place_id": "bigint", "device": "text", "day": "date", "by_hand": "boolean"}
        | {"minutes": "text", "hundredths": "text"}
    )
}
WHERE r.place_id = u.place_id AND r.device = u.device AND r.day = u.day AND r.by_hand = u.by_hand
"""
NAMES = "SELECT source, code, name FROM supply_refusedreading WHERE day = %s"
REFUSED = ("day", "source", "code", "name", "count", "last_at")
ONCE_MORE = """(day, source, code, name) DO UPDATE SET count = supply_refusedreading.count + excluded.count,
    last_at = greatest(supply_refusedreading.last_at, excluded.last_at)"""
OTHERS = ""  # the name under which messages are counted beyond the most that are kept by name


@dataclass(frozen=True, slots=True)
class Read:
    """One temperature of a device, wherever it comes from."""

    place_id: int
    device: str
    at: datetime
    celsius: float
    by_hand: bool

    @property
    def key(self) -> Key:
        return self.place_id, self.device

    @property
    def day(self) -> DayKey:
        return self.place_id, self.device, self.at.astimezone(UTC).date(), self.by_hand

    @property
    def cell(self) -> tuple[int, int]:
        """Minute of the day and hundredths of a degree, as they are kept."""
        at = self.at.astimezone(UTC)
        return at.hour * 60 + at.minute, round(self.celsius * 100)


@verb(Owner.PLACE, zh="记录温度", en="Record temperatures", tells=(events.COLD_CHAIN_BROKEN,))
def cold_record(w: Work, items: list[ColdReading]) -> Answers:
    """Keep temperatures read by hand; one outside the limits holds at once what stands in the device."""
    reads = [Read(i.place_id, i.device, i.occurred_at, i.celsius, True) for i in items]
    devices, said = keep(w, reads, items)
    answers: dict[UUID, Refusal | Params] = {}
    for i, code in zip(items, said, strict=True):
        if code and code != DOUBLED:
            answers[i.act] = _refusal(code, i.device, i.celsius)
        else:
            low, high = devices[i.place_id, i.device].limits
            answers[i.act] = {"within": low <= i.celsius <= high}
    return answers


def _refusal(code: str, device: str, celsius: float) -> Refusal:
    return Refusal(code, {"device": device, "celsius": celsius})


@verb(
    Owner.CITY, zh="接收温度数据", en="Take readings of loggers", tells=(events.COLD_CHAIN_BROKEN,),
    judged_by_room="supply judges each reading by its place",
)  # fmt: skip
def readings_take(w: Work, items: list[ReadingsTake]) -> Answers:
    """Keep what loggers sent; what is no temperature of a known device is counted by its reason, and the rest goes on."""
    codes = {p.code: p.place_id for p in reference.places() if p.kind not in VIRTUAL}
    reads: list[Read] = []
    whose: list[ReadingsTake] = []
    refused: Counter[tuple[str, str, str]] = Counter()
    ours = [i for i in items if _within_reach(w.actor, i, codes)]
    counts = {i.act: Counter[str]() for i in ours}
    for item in ours:
        refused.update((item.source, u.code[:40], u.name[:120]) for u in item.unreadable)
        counts[item.act].update("refused" for _ in item.unreadable)
        for row in item.readings:
            place = codes.get(row.place)
            if place is None or not access.sees_site(w.actor, place):
                refused[item.source, "DEVICE_UNKNOWN", _name(row)] += 1
                counts[item.act]["refused"] += 1
            else:
                reads.append(Read(place, row.device, row.at, row.celsius, False))
                whose.append(item)
    _, said = keep(w, reads, whose)
    places = {place: code for code, place in codes.items()}
    for taker, read, code in zip(whose, reads, said, strict=True):
        counts[taker.act]["doubled" if code == DOUBLED else "refused" if code else "taken"] += 1
        if code:
            refused[taker.source, code, f"{places[read.place_id]}/{read.device}"[:120]] += 1
    _count(w, refused)
    taken = {i.act: {name: counts[i.act][name] for name in ("taken", "doubled", "refused")} for i in ours}
    return {i.act: taken.get(i.act, Refusal(access.OUT_OF_AREA)) for i in items}


def _within_reach(actor: Actor, item: ReadingsTake, codes: Mapping[str, int]) -> bool:
    """Some reading is of a place in reach; who reaches everywhere also counts what nobody knows."""
    return actor.reach.everywhere or any(
        row.place in codes and access.sees_site(actor, codes[row.place]) for row in item.readings
    )


def _name(row: Measured) -> str:
    return f"{row.place}/{row.device}"[:120]


def _count(w: Work, refused: Counter[tuple[str, str, str]]) -> None:
    """Add what was refused to its counts; beyond the most names of a day it is counted together."""
    if not refused:
        return
    day = w.recorded_at.astimezone(UTC).date()
    known = set(sql.fetch(NAMES, [day]))
    rows: Counter[tuple[str, str, str]] = Counter()
    for (source, code, name), count in refused.items():
        if (source, code, name) in known or len(known) < tables.bound("most_names"):
            known.add((source, code, name))
            rows[source, code, name] += count
        else:
            rows[source, code, OTHERS] += count
    cells = [(day, *key, count, w.recorded_at) for key, count in sorted(rows.items())]
    sql.insert(RefusedReading, REFUSED, cells, on_conflict=ONCE_MORE)


def keep(w: Work, reads: Sequence[Read], whose: Sequence[Item]) -> tuple[dict[Key, DeviceRow], list[str]]:
    """Keep readings in their days and raise what they prove; the devices in use there, and for each reading why it was not kept."""
    if not reads:
        return {}, []
    devices = {row.key: row for row in inside.devices({r.place_id for r in reads})}
    said = [judged(r, devices.get(r.key), w.recorded_at) for r in reads]
    days = _locked({r.day for r, code in zip(reads, said, strict=True) if not code})
    touched: dict[Key, Item] = {}
    earliest: dict[Key, date] = {}
    for n, (r, item) in enumerate(zip(reads, whose, strict=True)):
        if said[n]:
            continue
        said[n] = days[r.day].add(*r.cell)
        if not said[n]:
            touched[r.key] = item
            earliest[r.key] = min(r.day[2], earliest.get(r.key, r.day[2]))
    rows = [(*key, *day.arrays()) for key, day in days.items() if day.changed]
    sql.execute(KEEP, sql.turn(rows, 6))
    excursions.look(w, [row for row in devices.values() if row.in_use], touched, earliest)
    return devices, said


def judged(read: Read, device: DeviceRow | None, now: datetime) -> str:
    """Why a reading is none; empty for a sound one."""
    if device is None:
        return "DEVICE_UNKNOWN"
    if not device.in_use:
        return "DEVICE_RETIRED"
    if not tables.bound("lowest") <= read.celsius <= tables.bound("highest"):
        return "READING_IMPOSSIBLE"
    if read.at > now + tables.bound("ahead_minutes") * MINUTE:
        return "READING_AHEAD"
    return "READING_TOO_OLD" if read.at < now - timedelta(days=tables.bound("oldest_days")) else ""


class Day:
    """The readings of a device on one day, while some are added."""

    __slots__ = ("cells", "changed", "minutes")

    def __init__(self, minutes: Sequence[int], hundredths: Sequence[int]) -> None:
        self.cells = set(zip(minutes, hundredths, strict=True))
        self.minutes = Counter(minutes)
        self.changed = False

    def add(self, minute: int, hundredths: int) -> str:
        """Why the reading is not added: the same one is there, or its device floods its minute."""
        if (minute, hundredths) in self.cells:
            return DOUBLED
        if self.minutes[minute] >= tables.bound("most_a_minute"):
            return "READING_FLOOD"
        self.cells.add((minute, hundredths))
        self.minutes[minute] += 1
        self.changed = True
        return ""

    def arrays(self) -> tuple[str, str]:
        """Both arrays as PostgreSQL writes them, in the order of time."""
        minutes, hundredths = zip(*sorted(self.cells), strict=True)
        return _literal(minutes), _literal(hundredths)


def _literal(values: Sequence[int]) -> str:
    return "{" + ",".join(map(str, values)) + "}"


def _locked(keys: set[DayKey]) -> dict[DayKey, Day]:
    """The days of these readings, locked; a day begins empty."""
    rows = sorted(keys)
    columns = ("place_id", "device", "day", "by_hand", "minutes", "hundredths")
    sql.insert(ReadingDay, columns, [(*row, [], []) for row in rows], on_conflict="DO NOTHING")
    found = sql.fetch(LOCK, sql.turn(rows, 4))
    return {(place, device, day, hand): Day(minutes, cells) for place, device, day, hand, minutes, cells in found}
