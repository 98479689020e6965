"""Counts tries for all processes at once: by whom is a keyed index, so that neither an address nor a name is kept."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from . import clock, secrets, sql

COUNT = """
INSERT INTO platform_tries AS t (who, tries, until)
SELECT u.who, 1, %s::timestamptz + u.seconds * interval '1 second' FROM {rows} ORDER BY u.who
ON CONFLICT (who) DO UPDATE SET
    tries = CASE WHEN t.until > %s THEN t.tries + 1 ELSE 1 END,
    until = CASE WHEN t.until > %s THEN t.until ELSE excluded.until END
RETURNING who, tries, until
""".format(rows=sql.unnest({"who": "text", "seconds": "int"}))


@dataclass(frozen=True, slots=True)
class Limit:
    """So many tries in so many seconds, at one door, counted by one thing: the address, the account."""

    door: str
    by: str
    most: int
    seconds: int


def count(asked: Iterable[tuple[Limit, str]]) -> int:
    """Count one try under each limit, in one statement; the seconds to wait where one is passed, else 0."""
    limits = {_who(limit, value): limit for limit, value in asked}
    if not limits:
        return 0
    now = clock.system_now()
    rows = sql.fetch(COUNT, [now, list(limits), [limit.seconds for limit in limits.values()], now, now])
    waits = (until - now for who, tries, until in rows if tries > limits[who].most)
    return ceil(max(waits, default=timedelta()).total_seconds())


def forget(asked: Iterable[tuple[Limit, str]]) -> None:
    """What went well is not held against anybody."""
    sql.execute("DELETE FROM platform_tries WHERE who = ANY(%s)", [[_who(limit, value) for limit, value in asked]])


def clear() -> int:
    """Take away what has run out."""
    return sql.execute("DELETE FROM platform_tries WHERE until <= %s", [clock.system_now()])


def _who(limit: Limit, value: str) -> str:
    return secrets.keyed_index(f"{limit.door}/{limit.by}/{value}").hex()
