"""What an operator watches: which parts are alive, what waits, what was done of late, how many connections are open."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import connection

from . import clock, sql
from .models import Round
from .part import Part

ALIVE = timedelta(minutes=1)  # a part shows itself every few seconds
LATELY = timedelta(minutes=5)


ROUNDS = (Part.RELAY, Part.SEALER, Part.MQTT, Part.GATEWAY)  # by the id of their row, less one
QUEUE = """
SELECT count(*) FILTER (WHERE status = 'todo'), count(*) FILTER (WHERE status = 'doing'), count(*) FILTER (WHERE status = 'failed'),
       coalesce(extract(epoch FROM now() - min(e.at) FILTER (WHERE status = 'todo' AND coalesce(scheduled_at, now()) <= now())), 0),
       (SELECT extract(epoch FROM now() - max(last_heartbeat)) FROM procrastinate_workers)
FROM procrastinate_jobs j LEFT JOIN LATERAL (SELECT min(at) AS at FROM procrastinate_events WHERE job_id = j.id) e ON status = 'todo'
"""


@dataclass(frozen=True, slots=True)
class Jobs:
    """The queue of background jobs; ages in seconds, of the oldest that could run, and of the last sign of a worker."""

    waiting: int
    running: int
    failed: int
    oldest: float
    seen: float | None


def jobs() -> Jobs:
    ((waiting, running, failed, oldest, seen),) = sql.fetch(QUEUE)
    return Jobs(waiting, running, failed, float(oldest), None if seen is None else float(seen))


def last_seen() -> dict[Part, timedelta | None]:
    """How long ago each part last showed that it works; None for never. Without a broker there is no part for it."""
    now, done = clock.system_now(), dict(Round.objects.values_list("pk", "done_at"))
    found: dict[Part, timedelta | None] = {
        part: now - done[number] if number in done else None
        for number, part in enumerate(ROUNDS, 1)
        if part is not Part.MQTT or settings.MQTT_URL
    }
    return {Part.QUEUE: _queue_seen()} | found


def last_sign() -> timedelta | None:
    """How long ago any part showed itself, in a database of any version; None for never."""
    ages = last_seen().values() if sql.there(Round._meta.db_table, "done_at") else [_queue_seen()]
    return min((age for age in ages if age is not None), default=None)


def _queue_seen() -> timedelta | None:
    seen = jobs().seen if sql.there("procrastinate_workers", "last_heartbeat") else None
    return None if seen is None else timedelta(seconds=seen)


def alive() -> dict[Part, bool]:
    return {part: age is not None and age < ALIVE for part, age in last_seen().items()}


def acts_lately() -> dict[tuple[str, str], int]:
    """Acts recorded in the last five minutes, by verb and refusal (empty: done)."""
    now = clock.now()
    rows = sql.fetch(
        "SELECT verb, refusal, count(*) FROM platform_act WHERE recorded_at > %s AND recorded_at <= %s GROUP BY 1, 2 ORDER BY 1, 2",
        [now - LATELY, now],
    )
    return {(verb, refusal): count for verb, refusal, count in rows}


def acts_by_verb() -> dict[str, int]:
    """All acts on record, done or refused."""
    return dict(sql.fetch("SELECT verb, count(*) FROM platform_act GROUP BY verb ORDER BY verb"))


def connections() -> tuple[dict[str, int], int]:
    """Connections to this database by state, and how many its server allows."""
    rows = sql.fetch(
        "SELECT coalesce(state, 'hidden'), count(*) FROM pg_stat_activity WHERE datname = current_database() GROUP BY 1 ORDER BY 1"
    )
    return dict(rows), int(sql.fetch("SELECT current_setting('max_connections')")[0][0])


def clock_apart() -> timedelta:
    """How far the database's clock stands from this machine's."""
    return abs(sql.fetch("SELECT clock_timestamp()")[0][0] - clock.system_now())


def server_version() -> int:
    """As PostgreSQL numbers itself: 160004."""
    connection.ensure_connection()
    return int(connection.pg_version)  # type: ignore[attr-defined]
