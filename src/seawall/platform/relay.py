"""Carries announced facts to the rooms that listen: at least once, ordered per owner, by per-row state under SKIP LOCKED."""

import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from . import clock, sql


@dataclass(frozen=True, slots=True)
class FactRow:
    """A fact as a listener sees it. `act` names the act that caused it: use it to do your part once."""

    fact: str
    owner_kind: str
    owner_id: int
    act: UUID
    payload: dict[str, Any]
    occurred_at: datetime


Handler = Callable[[FactRow], None]
_listeners: dict[str, dict[str, Handler]] = defaultdict(dict)

TAKE = """
SELECT f.owner_kind, f.owner_id, f.act, f.fact, f.payload, f.occurred_at FROM platform_fact f
WHERE f.delivered_at IS NULL AND f.attempts < 8 AND NOT EXISTS (
    SELECT 1 FROM platform_fact e WHERE e.delivered_at IS NULL AND e.attempts < 8
    AND e.owner_kind = f.owner_kind AND e.owner_id = f.owner_id AND e.turn < f.turn)
ORDER BY f.turn LIMIT %s FOR UPDATE OF f SKIP LOCKED
"""
KEY = "owner_kind = %s AND owner_id = %s AND act = %s AND fact = %s"


def subscribe(fact: str, name: str, handler: Handler) -> None:
    """Listen to a fact. The handler may be called again for the same fact and must then change nothing."""
    _listeners[fact][name] = handler


def deliver(limit: int = 500) -> int:
    """Deliver waiting facts until none is left that can be; the number delivered."""
    total = 0
    while done := _deliver_some(limit):
        total += done
    return total


def _deliver_some(limit: int) -> int:
    """Facts nobody listens to are marked in one statement; the others are handled one by one."""
    with transaction.atomic():
        known = list(_listeners)
        total = sql.execute(
            "UPDATE platform_fact SET delivered_at = %s WHERE delivered_at IS NULL AND NOT fact = ANY(%s)",
            [clock.system_now(), known],
        )
        for kind, owner_id, act, fact, payload, occurred_at in sql.fetch(TAKE, [limit]):
            row = FactRow(fact, kind, owner_id, act, json.loads(payload), occurred_at)
            total += _hand_over(row)
    return total


def _hand_over(row: FactRow) -> int:
    key = [row.owner_kind, row.owner_id, row.act, row.fact]
    try:
        with transaction.atomic():
            for handler in _listeners[row.fact].values():
                handler(row)
    except Exception as error:
        sql.execute(
            f"UPDATE platform_fact SET attempts = attempts + 1, failure = %s WHERE {KEY}", [repr(error)[:500], *key]
        )
        return 0
    sql.execute(f"UPDATE platform_fact SET delivered_at = %s WHERE {KEY}", [clock.system_now(), *key])
    return 1
