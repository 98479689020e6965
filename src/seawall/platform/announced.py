"""Facts as whoever follows them from outside reads them: in an order to which nothing is added before what was read."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from seawall.terms.actor import Actor
from seawall.terms.acts import Params

from . import access, sql

AT_ONCE = 1_000
AFTER = """
SELECT tx, turn, fact, owner_kind, owner_id, act, payload, occurred_at, recorded_at FROM platform_fact
WHERE (tx, turn) > (%s, %s) AND tx < pg_snapshot_xmin(pg_current_snapshot())::text::bigint ORDER BY tx, turn LIMIT %s
"""
BEFORE_ALL = (-(2**63), 0)


@dataclass(frozen=True, slots=True)
class ToldFact:
    """A fact in the order of its transaction; `turn` orders the facts of one owner."""

    tx: int
    turn: int
    fact: str
    owner_kind: str
    owner_id: int
    act: UUID
    payload: Params
    occurred_at: datetime
    recorded_at: datetime


def facts(actor: Actor, after: tuple[int, int], most: int) -> list[ToldFact]:
    """Facts of owners in reach, after a place; those of transactions that still run come later, none in between."""
    found: list[ToldFact] = []
    for row in _following(after):
        if access.reaches(actor, row.owner_kind, row.owner_id):
            found.append(row)
            if len(found) == most:
                break
    return found


def _following(after: tuple[int, int]) -> Iterator[ToldFact]:
    while rows := sql.fetch(AFTER, [*after, AT_ONCE]):
        for tx, turn, fact, kind, owner_id, act, payload, *rest in rows:
            yield ToldFact(tx, turn, fact, kind, owner_id, act, json.loads(payload), *rest)
        after = (rows[-1][0], rows[-1][1])
