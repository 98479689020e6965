"""Seals acts into a hash chain, in the background and by one writer, so that no later hand can change what was recorded."""

import hashlib
from collections.abc import Iterator
from typing import Any

from django.db import ProgrammingError, connection, transaction

from . import clock, sql
from .models import Epoch, Seal

START = b"\0" * 32
FIRST = -(2**62)  # before every transaction of every epoch
SETTLED = "pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
ROWS = """
SELECT concat_ws('|', owner_kind, owner_id, act, verb, encode(digest, 'hex'), account_id, post_id, purpose, device,
       extract(epoch FROM occurred_at), extract(epoch FROM recorded_at), refusal, answer::text)
FROM platform_act WHERE tx >= %s AND tx < %s ORDER BY owner_kind, owner_id, act, verb
"""


def epoch_keep() -> bool:
    """Open a new epoch where this is another cluster than the last, or its transaction numbers went back; whether one was opened."""
    with transaction.atomic():
        sql.fetch("SELECT pg_advisory_xact_lock(hashtext('platform.seal'))")
        return _epoch_kept()


def _epoch_kept() -> bool:
    here, last = _cluster(), Epoch.objects.order_by("-number").first()
    sealed = Seal.objects.order_by("-sequence").first()
    moved = last is not None and last.cluster != here and bool(last.cluster and here)
    if last and not moved and not _gone_back(sealed):
        return False
    if moved or _gone_back(sealed):
        _shift()
    Epoch.objects.create(
        number=last.number + 1 if last else 1,
        cluster=here,
        after_seal=sealed.sequence if sealed else 0,
        opened_at=clock.system_now(),
    )
    return True


def _cluster() -> str:
    """What no two clusters share; nothing where a managed server keeps it to itself, and then the numbers alone tell."""
    try:
        with transaction.atomic():
            return str(sql.fetch("SELECT system_identifier FROM pg_control_system()")[0][0])
    except ProgrammingError:
        return ""


def _gone_back(sealed: Seal | None) -> bool:
    return sealed is not None and sql.fetch(f"SELECT {SETTLED}")[0][0] < sealed.tx_to


def _shift() -> None:
    """Everything recorded so far, acts and facts, comes before transaction 0: no new number can fall among the old.

    The number of a transaction is in no digest: it only says which acts a seal covers.
    """
    sql.execute("LOCK TABLE platform_act IN SHARE ROW EXCLUSIVE MODE")
    ((last,),) = sql.fetch(
        "SELECT greatest(coalesce((SELECT max(tx) + 1 FROM platform_act), 0), coalesce((SELECT max(tx_to) FROM platform_seal), 0))"
    )
    for statement in ("UPDATE platform_act SET tx = tx - %s", "UPDATE platform_fact SET tx = tx - %s"):
        sql.execute(statement, [last])
    sql.execute("UPDATE platform_seal SET tx_from = tx_from - %s, tx_to = tx_to - %s", [last, last])


def seal() -> int:
    """Seal every act whose transaction can no longer change; the number sealed. One writer at a time."""
    with transaction.atomic():
        if not sql.fetch("SELECT pg_try_advisory_xact_lock(hashtext('platform.seal'))")[0][0]:
            return 0
        _epoch_kept()
        last = Seal.objects.order_by("-sequence").first()
        start = last.tx_to if last else FIRST
        end = sql.fetch(f"SELECT {SETTLED}")[0][0]
        if end <= start:
            return 0
        previous = bytes(last.chained) if last else START
        acts, chained = _chain(previous, start, end)
        if acts:
            Seal.objects.create(
                sequence=last.sequence + 1 if last else 1,
                tx_from=start,
                tx_to=end,
                acts=acts,
                previous=previous,
                chained=chained,
                sealed_at=clock.system_now(),
            )
        return acts


def broken_seals() -> list[int]:
    """Sequence numbers of seals that no longer match the acts they cover, or their predecessor."""
    previous, broken = START, []
    for row in Seal.objects.order_by("sequence"):
        acts, chained = _chain(bytes(row.previous), row.tx_from, row.tx_to)
        if bytes(row.previous) != previous or chained != bytes(row.chained) or acts != row.acts:
            broken.append(row.sequence)
        previous = bytes(row.chained)
    return broken


def _chain(previous: bytes, start: int, end: int) -> tuple[int, bytes]:
    digest, count = hashlib.sha256(previous), 0
    for (line,) in _stream(start, end):
        digest.update(line.encode() + b"\n")
        count += 1
    return count, digest.digest()


def _stream(start: int, end: int) -> Iterator[tuple[Any, ...]]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(ROWS, [start, end])
        while rows := cursor.fetchmany(5000):
            yield from rows
