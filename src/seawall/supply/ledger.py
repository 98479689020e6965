"""The dose ledger: what leaves one place or state arrives at another; balances follow in the same transaction.

A movement between real places, or between states of one, is a pair of lines that sums to zero. Maker, arm, waste and
destruction keep no book: what comes from them or goes to them is one line, which names them as its other place.

Locks are always taken in one order: lots, then packs by code, then balances by key.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from seawall.platform import sql
from seawall.platform.verbs import Work
from seawall.terms.acts import Item
from seawall.terms.codes import MovementKind, StockState

from .models import Balance, StockLine

End = tuple[int, StockState]  # place and state


@dataclass(frozen=True, slots=True)
class Move:
    """Doses of a lot from one end to the other."""

    item: Item
    kind: MovementKind
    lot: str
    doses: int
    source: End
    target: End
    code: str | None = None
    reason: str = ""


COLUMNS: tuple[str, ...] = (
    "place_id",
    "act",
    "kind",
    "line",
    "lot",
    "code",
    "state",
    "delta",
    "other_place_id",
)
COLUMNS += ("reason", "occurred_at", "recorded_at")

SHIFT = f"""
WITH locked AS MATERIALIZED (
    SELECT b.place_id, b.lot, b.state, u.delta
    FROM supply_balance b JOIN {sql.unnest({"place_id": "bigint", "lot": "text", "state": "text", "delta": "bigint"})}
      ON b.place_id = u.place_id AND b.lot = u.lot AND b.state = u.state
    ORDER BY b.place_id, b.lot, b.state FOR UPDATE OF b)
UPDATE supply_balance b SET doses = b.doses + k.delta FROM locked k
WHERE b.place_id = k.place_id AND b.lot = k.lot AND b.state = k.state
"""


class LedgerBroken(Exception):
    """A movement from a balance that does not exist: the books are wrong, nothing is written."""


def post(w: Work, moves: Collection[Move], virtual: Collection[int]) -> None:
    """Write the lines of all movements and shift the balances of real places: at most three statements."""
    moves = [m for m in moves if m.doses]
    if not moves:
        return
    sql.insert(StockLine, COLUMNS, list(_lines(w, moves, virtual)))
    deltas: Counter[tuple[int, str, str]] = Counter()
    for m in moves:
        deltas[m.source[0], m.lot, m.source[1].value] -= m.doses
        deltas[m.target[0], m.lot, m.target[1].value] += m.doses
    real = sorted((*key, delta) for key, delta in deltas.items() if delta and key[0] not in virtual)
    credits = [(place, lot, state, 0) for place, lot, state, delta in real if delta > 0]
    sql.insert(Balance, ("place_id", "lot", "state", "doses"), credits, on_conflict="DO NOTHING")
    if real and sql.execute(SHIFT, sql.turn(real, 4)) != len(real):
        raise LedgerBroken(real)


def _lines(w: Work, moves: Iterable[Move], virtual: Collection[int]) -> Iterable[tuple[object, ...]]:
    seen: Counter[tuple[object, ...]] = Counter()
    for m in moves:
        for end, other, delta in ((m.source, m.target, -m.doses), (m.target, m.source, m.doses)):
            if end[0] in virtual:
                continue
            key = (end[0], m.item.act, m.kind)
            seen[key] += 1
            yield (
                *(end[0], m.item.act, m.kind, seen[key], m.lot, m.code, end[1], delta, other[0]),
                *(m.reason, m.item.occurred_at, w.recorded_at),
            )
