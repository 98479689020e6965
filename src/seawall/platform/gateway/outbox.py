"""The outbox: messages are queued in the transaction that decides on them, taken by one sender, and settled by its answer."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from .. import clock, sql
from .letters import Answer, Bounds, State

QUEUE = (
    "INSERT INTO platform_message "
    "(owner_kind, owner_id, message, channel, kind, params, rank, day, until, state, queued_at)"
)
"""Head of a statement that queues what it selects; end it with DONT_REPEAT: the same message again changes nothing."""

DONT_REPEAT = "ON CONFLICT DO NOTHING"
CLAIM = timedelta(minutes=10)  # longer than a batch takes with every letter at its time-out
BACK_OFF = tuple(timedelta(minutes=n) for n in (1, 5, 15, 60, 240))
ASKED = 100
"""Rank from which a message was asked for by whom it goes to: it goes first, at any hour, and from the money kept for it."""

KEPT = 10  # percent of a day's money that only such messages may spend
LATE = """
UPDATE platform_message SET state = 'dropped', reason = 'MESSAGE_TOO_LATE', settled_at = %(now)s, next_at = NULL
WHERE channel = %(channel)s AND state = 'waiting' AND until <= %(now)s
"""
BROKEN_OFF = """
UPDATE platform_message SET state = %(state)s, next_at = NULL
WHERE channel = %(channel)s AND state = 'sending' AND next_at <= %(system)s
"""
SPENT = """
INSERT INTO platform_dayspend AS s (channel, day, spent) VALUES (%s, %s, 0)
ON CONFLICT (channel, day) DO UPDATE SET spent = s.spent RETURNING spent
"""
TAKE = """
WITH tries AS (
    SELECT m.owner_kind, m.owner_id, m.message FROM platform_message m
    WHERE m.channel = %(channel)s AND m.state = 'waiting' AND m.attempts > 0 AND (m.next_at IS NULL OR m.next_at <= %(system)s)
        AND m.rank >= %(from_rank)s
    ORDER BY m.rank DESC, m.message LIMIT %(most)s FOR UPDATE SKIP LOCKED),
asked AS (
    SELECT m.owner_kind, m.owner_id, m.message FROM platform_message m
    WHERE m.channel = %(channel)s AND m.state = 'waiting' AND m.attempts = 0 AND m.rank >= {asked}
    ORDER BY m.rank DESC, m.message LIMIT LEAST(%(most)s - (SELECT count(*) FROM tries), %(afford)s) FOR UPDATE SKIP LOCKED),
fresh AS (
    SELECT m.owner_kind, m.owner_id, m.message FROM platform_message m
    WHERE m.channel = %(channel)s AND m.state = 'waiting' AND m.attempts = 0 AND m.rank < {asked} AND m.rank >= %(from_rank)s
    ORDER BY m.rank DESC, m.message LIMIT GREATEST(0, LEAST(%(most)s - (SELECT count(*) FROM tries), %(afford_others)s)
        - (SELECT count(*) FROM asked)) FOR UPDATE SKIP LOCKED),
taken AS (SELECT * FROM tries UNION ALL SELECT * FROM asked UNION ALL SELECT * FROM fresh)
UPDATE platform_message m SET state = 'sending', attempts = m.attempts + 1, next_at = %(claim)s
FROM taken t WHERE m.owner_kind = t.owner_kind AND m.owner_id = t.owner_id AND m.message = t.message
RETURNING m.owner_kind, m.owner_id, m.message, m.kind, m.params, m.day, m.attempts
""".replace("{asked}", str(ASKED))
PAY = "UPDATE platform_dayspend SET spent = spent + %s WHERE channel = %s AND day = %s"
ANSWERED = """
UPDATE platform_message m SET state = u.state, reason = u.reason, reference = u.reference, next_at = u.next_at,
    settled_at = CASE WHEN u.state = 'waiting' THEN NULL ELSE %s END
FROM {rows} WHERE m.message = u.message AND m.channel = %s AND m.state IN ('sending', 'unsure')
""".format(
    rows=sql.unnest(
        {"message": "uuid", "state": "text", "reason": "text", "reference": "text", "next_at": "timestamptz"}
    )
)
SETTLE = """
UPDATE platform_message m SET state = CASE WHEN u.sent THEN 'sent' ELSE 'waiting' END, next_at = NULL, settled_at = %s
FROM {rows} WHERE m.message = u.message AND m.state = 'unsure' RETURNING m.message
""".format(rows=sql.unnest({"message": "uuid", "sent": "boolean"}))

Taken = tuple[str, int, UUID, str, Mapping[str, Any], date, int]
"""Owner's kind and id, message, kind, params, day, which try this is."""


def take(channel: str, bounds: Bounds, most: int, repeats: bool) -> list[Taken]:
    """Messages that this sender alone may hand over now, those of the highest rank first, as far as the day's money goes.

    In quiet hours only those that were asked for go; the others leave them a share of the day's money.

    A claim that ran out belongs to a sender that broke off: it is taken again where the provider knows a repeat, else a
    person decides. A message costs once, however often it is tried.
    """
    now, system = clock.now(), clock.system_now()
    quiet, day = bounds.quiet(now.astimezone(clock.zone()).time()), clock.civil_day(now)
    named: dict[str, object] = {"channel": channel, "now": now, "system": system, "most": most, "claim": system + CLAIM}
    named["from_rank"] = ASKED if quiet else 0
    with transaction.atomic():
        ((spent,),) = sql.fetch(SPENT, [channel, day])
        sql.execute(BROKEN_OFF, named | {"state": State.WAITING if repeats else State.UNSURE})
        sql.execute(LATE, named)
        afford, afford_others = (
            _afford(bounds, cap - spent, most) for cap in (bounds.cap, bounds.cap * (100 - KEPT) // 100)
        )
        rows: list[Any] = sql.fetch(TAKE, named | {"afford": afford, "afford_others": afford_others})
        first = sum(row[-1] == 1 for row in rows)
        sql.execute(PAY, [first * bounds.cost, channel, day])
    return [(*row[:4], json.loads(row[4]), *row[5:]) for row in rows]


def _afford(bounds: Bounds, money: int, most: int) -> int:
    """How many messages so much money pays for."""
    return max(0, money // bounds.cost) if bounds.cost else most


def answered(channel: str, taken: Sequence[Taken], answers: Mapping[UUID, Answer]) -> None:
    """Write down what came of each message taken; without an answer it is tried again later, five times in all."""
    system = clock.system_now()
    rows = [_row(message, tries, answers.get(message), system) for *_, message, _, _, _, tries in taken]
    sql.execute(ANSWERED, [clock.now(), *sql.turn(rows, 5), channel])


def _row(message: UUID, tries: int, answer: Answer | None, system: datetime) -> tuple[object, ...]:
    answer = answer or Answer(State.WAITING, "PROVIDER_SILENT")
    if answer.state is not State.WAITING:
        return message, answer.state.value, answer.reason, answer.reference[:80], None
    if tries > len(BACK_OFF):
        return message, State.FAILED.value, answer.reason or "PROVIDER_SILENT", "", None
    wait = max(BACK_OFF[tries - 1], timedelta(seconds=min(answer.after, 86_400)))
    return message, State.WAITING.value, answer.reason, "", system + wait


def settle(decided: Sequence[tuple[UUID, bool]]) -> frozenset[UUID]:
    """A person's word on messages of which nobody knows whether they went: sent, or to be sent again; those that waited for it."""
    return frozenset(row[0] for row in sql.fetch(SETTLE, [clock.now(), *sql.turn(decided, 2)]))
