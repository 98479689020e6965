"""Seals acts into a hash chain, in the background and by one writer, so that no later hand can change what was recorded."""

import hashlib
from collections.abc import Iterator
from typing import Any

from django.db import connection, transaction

from . import clock, sql
from .models import Seal

START = b"\0" * 32
ROWS = """
SELECT concat_ws('|', owner_kind, owner_id, act, verb, encode(digest, 'hex'), account_id, post_id, purpose, device,
       extract(epoch FROM occurred_at), extract(epoch FROM recorded_at), refusal, answer::text)
FROM platform_act WHERE tx >= %s AND tx < %s ORDER BY owner_kind, owner_id, act, verb
"""


def seal() -> int:
    """Seal every act whose transaction can no longer change; the number sealed. One writer at a time."""
    with transaction.atomic():
        if not sql.fetch("SELECT pg_try_advisory_xact_lock(hashtext('platform.seal'))")[0][0]:
            return 0
        last = Seal.objects.order_by("-sequence").first()
        start = last.tx_to if last else 0
        end = sql.fetch("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")[0][0]
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
