"""Who held which packs: hand-overs as runs of codes that follow each other, and whether what is handed on was ever handed over here."""

from bisect import bisect
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from seawall.platform import sql
from seawall.platform.verbs import Work
from seawall.terms.acts import Item

from .codes import TRACE_CODE
from .models import GoodsApart, Handover

SERIAL = 13
MOST_DOSES = 2**31 - 1
Run = tuple[str, str]  # first and last code
Key = tuple[int, str]  # place, lot

HELD = f"""
SELECT h.place_id, h.lot, r.first, r.last FROM supply_handover h
JOIN {sql.unnest({"place_id": "bigint", "lot": "text"})} ON h.place_id = u.place_id AND h.lot = u.lot,
unnest(h.first_codes, h.last_codes) AS r(first, last)
"""
SETTLE_LOTS = f"""
UPDATE supply_goodsapart a SET settled_at = u.at FROM {sql.unnest({"place_id": "bigint", "lot": "text", "at": "timestamptz"})}
WHERE a.place_id = u.place_id AND a.lot = u.lot AND a.shipment IS NULL AND a.settled_at IS NULL
"""
SETTLE_SHIPMENTS = f"""
UPDATE supply_goodsapart a SET settled_at = u.at FROM {sql.unnest({"shipment": "uuid", "at": "timestamptz"})}
WHERE a.shipment = u.shipment AND a.settled_at IS NULL
"""
COLUMNS: tuple[str, ...] = (
    "place_id",
    "act",
    "from_place_id",
    "lot",
    "shipment",
    "document",
    "temperature_record",
    "min_celsius",
    "max_celsius",
)
COLUMNS += ("handed_by", "taken_by", "left_at", "arrived_at", "first_codes", "last_codes")


class GoodsTaken(NamedTuple):
    """One hand-over: the act, from where, and the packs."""

    item: Item
    place_id: int
    from_place_id: int
    lot: str
    shipment: UUID | None
    document: str
    temperature_record: str
    low: float | None
    high: float | None
    handed_by: str
    taken_by: str
    left_at: datetime | None
    arrived_at: datetime
    runs: Sequence[Run]


class Standing(NamedTuple):
    """Goods that stand apart: what came without which paper."""

    item: Item
    place_id: int
    lot: str
    product: str
    doses: int
    shipment: UUID | None
    why: str


def write(taken: Iterable[GoodsTaken]) -> None:
    """One statement for all hand-overs."""
    sql.insert(Handover, COLUMNS, [_row(t) for t in taken])


def _row(t: GoodsTaken) -> tuple[object, ...]:
    paper = (t.document, t.temperature_record, t.low, t.high, t.handed_by.strip(), t.taken_by.strip())
    runs = ([first for first, _ in t.runs], [last for _, last in t.runs])
    return (t.place_id, t.item.act, t.from_place_id, t.lot, t.shipment, *paper, t.left_at, t.arrived_at, *runs)


def set_apart(w: Work, standing: Iterable[Standing]) -> None:
    """Goods that were refused for want of a paper: they are at the place, and in no balance."""
    columns = ("place_id", "act", "lot", "product", "doses", "shipment", "why", "since")
    rows = [
        (
            s.place_id,
            s.item.act,
            s.lot,
            s.product,
            max(0, min(s.doses, MOST_DOSES)),
            s.shipment,
            s.why,
            s.item.occurred_at,
        )
        for s in standing
    ]
    sql.insert(GoodsApart, columns, rows)


def settle(lots: Collection[tuple[int, str, datetime]], shipments: Collection[tuple[UUID, datetime]]) -> None:
    """What stood apart has its papers now, or went back."""
    if lots:
        sql.execute(SETTLE_LOTS, sql.turn(sorted(lots), 3))
    if shipments:
        sql.execute(SETTLE_SHIPMENTS, sql.turn(sorted(shipments), 2))


def runs_of(codes: Iterable[str]) -> list[Run]:
    """Codes in order as runs: neighbours by their serial number are one run."""
    runs: list[Run] = []
    for code in sorted(codes):
        if runs and _next(runs[-1][1]) == code:
            runs[-1] = (runs[-1][0], code)
        else:
            runs.append((code, code))
    return runs


def _next(code: str) -> str:
    if not TRACE_CODE.fullmatch(code):
        return ""
    return f"{code[:-SERIAL]}{int(code[-SERIAL:]) + 1:0{SERIAL}}"


def held(keys: Collection[Key]) -> dict[Key, list[Run]]:
    """Runs of a lot that were ever handed over to a place, joined where they touch."""
    found: dict[Key, list[Run]] = defaultdict(list)
    if keys:
        for place, lot, first, last in sql.fetch(HELD, sql.turn(sorted(set(keys)), 2)):
            found[place, lot].append((first, last))
    return {key: _joined(runs) for key, runs in found.items()}


def _joined(runs: list[Run]) -> list[Run]:
    joined: list[Run] = []
    for first, last in sorted(runs):
        if joined and first <= max(_next(joined[-1][1]), joined[-1][1]):
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return joined


def covered(run: Run, runs: Sequence[Run]) -> bool:
    """Whether every code of a run lies in one of the joined runs."""
    at = bisect(runs, (run[0], "~")) - 1
    return at >= 0 and runs[at][1] >= run[1]


def gaps(wanted: Mapping[UUID, tuple[Key, Sequence[Run]]]) -> frozenset[UUID]:
    """Shipments with a pack that was never handed over to the place which sent it."""
    known = held([key for key, _ in wanted.values()])
    return frozenset(
        act for act, (key, runs) in wanted.items() if not all(covered(run, known.get(key, [])) for run in runs)
    )
