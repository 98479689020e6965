"""What readings prove: an excursion is raised or goes on, and the lots inside are set apart in the same transaction."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from seawall.platform import sql
from seawall.platform.verbs import Work
from seawall.terms.acts import Item, Params
from seawall.terms.codes import MovementKind, StockState
from seawall.terms.cold import ExcursionKind, ExcursionState

from .. import events, inside, ledger, tables
from ..degrees import cells, minute, moment, ordered
from ..excursions import COLDER, Celsius, ExcursionFound, Minutes, found, joined
from ..inside import DeviceRow, Key, LotInside
from ..models import Excursion, HeldLot
from ..virtual import virtual_places

OURS = UUID("6d1f6f0e-5f0b-4c43-9a37-3b8f1c0a52de")
HOLDING = frozenset({ExcursionKind.HOT, ExcursionKind.COLD, ExcursionKind.CUMULATIVE})
RUNNING = frozenset({ExcursionKind.HOT, ExcursionKind.COLD})
LOOKED = f"""
{sql.unnest({"place_id": "bigint", "device": "text", "since": "date"})}
CROSS JOIN LATERAL (
    SELECT least(u.since, min(began AT TIME ZONE 'UTC')::date) AS day FROM supply_excursion
    WHERE place_id = u.place_id AND device = u.device AND ended IS NULL) goes_on
CROSS JOIN LATERAL (
    SELECT coalesce(max(day), goes_on.day) AS day FROM supply_readingday
    WHERE place_id = u.place_id AND device = u.device AND day < goes_on.day) first
"""
"""Devices with the day from which they are looked at: from the beginning of what goes on, and the last day of readings before."""
KNOWN = f"""
SELECT e.place_id, e.device, e.excursion, e.kind, e.began, e.ended, e.minutes, e.worst, e.raised_at, e.state
FROM {LOOKED} JOIN supply_excursion e ON e.place_id = u.place_id AND e.device = u.device
WHERE e.ended IS NULL OR (e.ended AT TIME ZONE 'UTC')::date >= first.day ORDER BY e.place_id, e.excursion FOR UPDATE OF e
"""
SERIES = f"""
SELECT r.place_id, r.device, r.day, r.minutes, r.hundredths
FROM {LOOKED} JOIN supply_readingday r ON r.place_id = u.place_id AND r.device = u.device AND r.day >= first.day
"""
COLUMNS: tuple[str, ...] = (
    "place_id",
    "excursion",
    "device",
    "kind",
    "began",
    "ended",
    "minutes",
    "worst",
    "raised_at",
    "state",
)
COLUMNS += ("reason",)
GROWN = """(place_id, excursion) DO UPDATE SET began = excluded.began, ended = excluded.ended, minutes = excluded.minutes,
    worst = excluded.worst, state = excluded.state"""
FORGET = f"""
DELETE FROM supply_excursion e USING {sql.unnest({"place_id": "bigint", "excursion": "uuid"})}
WHERE e.place_id = u.place_id AND e.excursion = u.excursion AND e.state = 'noted'
"""
HELD_MORE = """(place_id, excursion, lot) DO UPDATE SET minutes = greatest(supply_heldlot.minutes, excluded.minutes),
    doses = greatest(supply_heldlot.doses, excluded.doses)"""
HOLD = f"""
WITH seen AS MATERIALIZED (
    SELECT p.code, p.state FROM supply_pack p
    JOIN {sql.unnest({"place_id": "bigint", "lot": "text", "until": "timestamptz"})}
      ON p.place_id = u.place_id AND p.lot = u.lot
    LEFT JOIN supply_shipment s ON s.act = p.shipment
    WHERE p.doses_left > 0 AND p.state IN ('on_hand', 'quarantined') AND NOT p.cold
      AND (s.accepted_at IS NULL OR s.accepted_at <= u.until)
    ORDER BY p.code FOR UPDATE OF p),
apart AS (
    UPDATE supply_pack p SET cold = true, state = 'quarantined' FROM seen WHERE p.code = seen.code
    RETURNING p.place_id, p.lot, seen.state AS was, p.doses_left)
SELECT place_id, lot, sum(doses_left)::int FROM apart WHERE was = 'on_hand' GROUP BY 1, 2 ORDER BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Known:
    """An excursion as its row holds it."""

    place_id: int
    device: str
    excursion: UUID
    kind: str
    began: datetime
    ended: datetime | None
    minutes: int
    worst: float | None
    raised_at: datetime
    state: str

    @property
    def row(self) -> tuple[object, ...]:
        return (
            *(self.place_id, self.excursion, self.device, self.kind, self.began, self.ended, self.minutes, self.worst),
            *(self.raised_at, self.state, ""),
        )


@dataclass(frozen=True, slots=True)
class Proof:
    """An excursion that the readings of a device prove, and the lots that it concerns with their minutes out of range."""

    device: DeviceRow
    found: ExcursionFound
    lots: Mapping[str, tuple[LotInside, int]]


def look(w: Work, devices: Sequence[DeviceRow], touched: Mapping[Key, Item], earliest: Mapping[Key, date]) -> None:
    """Look through the devices that got readings, from the earliest new one on: a constant number of statements."""
    if not touched:
        return
    rows = {row.key: row for row in devices}
    keys = sorted((*key, earliest[key] - timedelta(days=1)) for key in touched)
    known: dict[Key, list[Known]] = defaultdict(list)
    for place, device, *rest in sql.fetch(KNOWN, sql.turn(keys, 3)):
        known[place, device].append(Known(place, device, *rest))
    series = _series(keys)
    stands = inside.lots_inside(devices)
    proofs = [proof for key in touched for proof in proven(rows[key], *series[key], stands.get(key, ()))]
    _raise(w, proofs, {key: _within(rows, series[key][0]) for key, rows in known.items()}, touched)


def _within(known: Sequence[Known], at: Minutes) -> list[Known]:
    """Those of which the readings at hand hold the beginning, and all that somebody decides."""
    return [row for row in known if row.state != ExcursionState.NOTED or minute(row.began) >= int(at[0])]


def _series(keys: Sequence[tuple[object, ...]]) -> dict[Key, tuple[Minutes, Celsius]]:
    """Minutes since the epoch and degrees of each device, both sources together, in the order of time."""
    parts: dict[Key, list[tuple[Minutes, Celsius]]] = defaultdict(list)
    for place, device, day, minutes, hundredths in sql.fetch(SERIES, sql.turn(keys, 3)):
        parts[place, device].append(cells(day, minutes, hundredths))
    return {key: ordered(rows) for key, rows in parts.items()}


def proven(device: DeviceRow, at: Minutes, celsius: Celsius, lots: Sequence[LotInside]) -> list[Proof]:
    """Excursions by the limits of the device's class and of every platform inside."""
    day = moment(int(at[-1])).date()
    by_platform = {
        platform: found(
            at, celsius, tables.excursion_limits(device.temperature, platform, logged=device.logged, on=day)
        )
        for platform in {tables.ANY, *(lot.platform for lot in lots)}
    }
    proofs = []
    for one in joined([row for rows in by_platform.values() for row in rows]):
        concerned = {
            lot.lot: (lot, max(same))
            for lot in lots
            if one.kind in HOLDING and (same := [f.minutes for f in by_platform[lot.platform] if _same(one, f)])
        }
        proofs.append(Proof(device, one, concerned))
    return proofs


def _same(one: ExcursionFound, other: ExcursionFound) -> bool:
    return one.kind == other.kind and _overlap(one.began, one.ended, other.began, other.ended)


def _overlap(began: int, ended: int | None, other: int, end: int | None) -> bool:
    return (end is None or began <= end) and (ended is None or other <= ended)


def _raise(w: Work, proofs: Sequence[Proof], known: Mapping[Key, Sequence[Known]], touched: Mapping[Key, Item]) -> None:
    """Write what is new or has grown, set apart what it concerns, and tell."""
    rows: list[Known] = []
    held: list[tuple[object, ...]] = []
    apart: dict[tuple[int, str], tuple[datetime, Item]] = {}
    begun: dict[tuple[int, UUID], list[Known]] = {}
    noted: list[Known] = []
    for proof in proofs:
        before = next((k for k in known.get(proof.device.key, ()) if _matches(k, proof.found)), None)
        if proof.found.kind not in HOLDING:
            noted.append(_begun(w, proof))
            continue
        row = _grown(before, proof.found) if before else _begun(w, proof)
        if row != before:
            rows.append(row)
        if row.state not in {ExcursionState.OPEN, ExcursionState.WATCHED}:
            continue
        until = row.ended or w.recorded_at
        for lot, minutes in proof.lots.values():
            held.append((row.place_id, row.excursion, lot.lot, minutes, lot.doses))
            latest = apart.get((row.place_id, lot.lot), (until,))[0]
            apart[row.place_id, lot.lot] = max(until, latest), touched[proof.device.key]
        if before is None:
            begun.setdefault((row.place_id, touched[proof.device.key].act), []).append(row)
    _tell(w, begun, {item.act: item for item in touched.values()})
    _note(noted, [k for rows in known.values() for k in rows if k.state == ExcursionState.NOTED])
    sql.insert(Excursion, COLUMNS, [row.row for row in {r.excursion: r for r in rows}.values()], on_conflict=GROWN)
    columns = ("place_id", "excursion", "lot", "minutes", "doses")
    sql.insert(HeldLot, columns, list({row[:3]: row for row in held}.values()), on_conflict=HELD_MORE)
    _set_apart(w, apart)


def _note(noted: Sequence[Known], before: Sequence[Known]) -> None:
    """Doors and gaps as the readings now tell them: a gap that was filled by what came late is none."""
    now = {row.excursion for row in noted}
    gone = [(row.place_id, row.excursion) for row in before if row.excursion not in now]
    sql.execute(FORGET, sql.turn(gone, 2))
    sql.insert(Excursion, COLUMNS, [row.row for row in noted], on_conflict=GROWN)


def _tell(w: Work, begun: Mapping[tuple[int, UUID], Sequence[Known]], items: Mapping[UUID, Item]) -> None:
    """One fact for a place and an act; its devices by name."""
    for (place, act), rows in begun.items():
        told: Params = {"devices": ", ".join(sorted({row.device for row in rows})), "excursions": len(rows)}
        w.announce(events.COLD_CHAIN_BROKEN, "place", place, items[act], told)


def _matches(known: Known, one: ExcursionFound) -> bool:
    return known.kind == one.kind and _overlap(
        minute(known.began), None if known.ended is None else minute(known.ended), one.began, one.ended
    )


def _begun(w: Work, proof: Proof) -> Known:
    device, one = proof.device, proof.found
    name = f"{device.place_id}/{device.device}/{one.kind}/{one.began}"
    state = ExcursionState.OPEN if one.kind in HOLDING else ExcursionState.NOTED
    ended = None if one.ended is None else moment(one.ended)
    return Known(
        *(*device.key, uuid5(OURS, name), one.kind, moment(one.began), ended, one.minutes, one.worst),
        *(w.recorded_at, state),
    )


def _grown(known: Known, one: ExcursionFound) -> Known:
    """The same excursion with what the readings now say; one that was released and grew is open again."""
    began = min(known.began, moment(one.began))
    minutes = one.minutes
    if one.kind in RUNNING:
        minutes += one.began - minute(began)
    minutes = max(known.minutes, minutes)
    both = [x for x in (known.worst, one.worst) if x is not None]
    worst = (min(both) if one.kind in COLDER else max(both)) if both else None
    again = known.state == ExcursionState.RELEASED and minutes > known.minutes
    return replace(
        known, began=began, ended=None if one.ended is None else moment(one.ended), minutes=minutes, worst=worst,
        state=ExcursionState.OPEN if again else known.state,
    )  # fmt: skip


def _set_apart(w: Work, apart: Mapping[tuple[int, str], tuple[datetime, Item]]) -> None:
    """Packs of these lots, at these places since before these moments, may not be used until somebody decides."""
    rows = [(*key, until) for key, (until, _) in sorted(apart.items())]
    moves = []
    for place, lot, doses in sql.fetch(HOLD, sql.turn(rows, 3)) if rows else ():
        item = apart[place, lot][1]
        source, target = (place, StockState.ON_HAND), (place, StockState.QUARANTINED)
        moves.append(ledger.Move(item, MovementKind.HOLD, lot, doses, source, target, reason="COLD_CHAIN"))
    ledger.post(w, moves, virtual_places().values())
