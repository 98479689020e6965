"""What a measurement is, and where it runs: a database of its own, dropped afterwards."""

import contextlib
import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from time import perf_counter

from seawall.terms.actor import Actor, Reach

from .. import databases

NOON = datetime(2021, 4, 10, 4, 0, tzinfo=UTC)
ANYONE = Actor(account_id=1, post_id=1, role="BENCH", grants=frozenset({"*"}), reach=Reach(everywhere=True))
SLOW = 1.5


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table: what, ours, the bare thing beside it, and ours as a share or multiple of it."""

    what: str
    ours: str
    bare: str
    ratio: str


@contextlib.contextmanager
def database(name: str) -> Iterator[str]:
    """A fresh, migrated database that Django points at."""
    with databases.administrator() as admin:
        databases.clone(admin, databases.migrated(admin), name)
        try:
            with databases.pointed_at(name):
                yield name
        finally:
            databases.drop(admin, name)


def seconds(call: Callable[[], object]) -> float:
    start = perf_counter()
    call()
    return perf_counter() - start


def p50(call: Callable[[], object], times: int = 5) -> float:
    """Median of some runs, after one that fills caches; what takes seconds is run once more only."""
    if seconds(call) > SLOW:
        times = 1
    return statistics.median(seconds(call) for _ in range(times))
