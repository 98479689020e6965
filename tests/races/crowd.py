"""Many hands at once, each with a database connection of its own."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connection

from seawall.terms.acts import Outcome

T = TypeVar("T")
HANDS = 24
ROUNDS = 20


class Crowd:
    """Threads that keep their connections from round to round and start together."""

    def __init__(self, hands: int = HANDS) -> None:
        self.hands = hands
        self.pool = ThreadPoolExecutor(hands)
        self.gate = Barrier(hands)

    def at_once(self, calls: Sequence[Callable[[], T]]) -> list[T]:
        """Every hand makes one call, all at the same moment."""
        assert len(calls) == self.hands

        def run(call: Callable[[], T]) -> T:
            connection.ensure_connection()
            self.gate.wait()
            return call()

        return list(self.pool.map(run, calls))

    def leave(self) -> None:
        def close() -> None:
            self.gate.wait()
            connection.close()

        list(self.pool.map(lambda _: close(), range(self.hands)))
        self.pool.shutdown()


def codes(outcomes: Sequence[Outcome]) -> Counter[str]:
    return Counter(o.refusal.code if o.refusal else "done" for o in outcomes)
