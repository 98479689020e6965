"""Group commit: acts of the public that come to one process at the same moment share one transaction of their verb."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from threading import Event, Lock
from typing import Any

from django.db import connection

from seawall.terms.actor import Actor, Reach
from seawall.terms.acts import Item, Outcome

LOG = logging.getLogger(__name__)
MOST = 200  # items of one transaction
ALONE = Reach()


@dataclass(slots=True, eq=False)
class _Waiting:
    """Somebody's act, and the thread that waits for its outcome or for its turn to lead."""

    actor: Actor
    item: Item
    leads: bool = False
    outcome: Outcome | None = None
    woken: Event = field(default_factory=Event)


class Grouped:
    """A verb in front of which acts wait while an earlier batch is written, and then go together.

    Nobody waits for company: whoever comes while nothing is written goes at once. A batch that fails as a whole is done
    again one by one, each by its own thread, so that no act fails for another's sake; act ids make that safe.
    """

    def __init__(self, verb: Callable[[Actor, Sequence[Any]], list[Outcome]]) -> None:
        self.verb = verb
        self._lock = Lock()
        self._waiting: list[_Waiting] = []
        self._led = False

    def one(self, actor: Actor, item: Item) -> Outcome:
        """The outcome of one act, once it is committed."""
        if connection.in_atomic_block or not _own(actor, item):
            return self._alone(actor, item)
        mine = _Waiting(actor, item)
        with self._lock:
            self._waiting.append(mine)
            mine.leads, self._led = not self._led, True
        if not mine.leads:
            mine.woken.wait()
        if mine.leads:
            self._lead()
        return mine.outcome or self._alone(actor, item)

    def _alone(self, actor: Actor, item: Item) -> Outcome:
        (outcome,) = self.verb(actor, [item])
        return outcome

    def _lead(self) -> None:
        """Write all who wait, the leader among them, and hand over to the first of those who came meanwhile."""
        with self._lock:
            batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
        try:
            self._write(batch)
        except Exception:
            LOG.warning("a shared transaction failed; each act is done by itself", exc_info=True)
        finally:
            with self._lock:
                self._led = bool(self._waiting)
                if self._led:
                    self._waiting[0].leads = True
                    self._waiting[0].woken.set()
            for waiting in batch:
                waiting.woken.set()

    def _write(self, batch: list[_Waiting]) -> None:
        """In one transaction all whose actors differ only in the person that they reach."""
        alike: dict[Actor, list[_Waiting]] = {}
        for waiting in batch:
            alike.setdefault(replace(waiting.actor, reach=ALONE), []).append(waiting)
        for actor, rows in alike.items():
            persons = frozenset(person for row in rows for person in row.actor.reach.persons)
            outcomes = self.verb(replace(actor, reach=Reach(persons=persons)), [row.item for row in rows])
            for row, outcome in zip(rows, outcomes, strict=True):
                row.outcome = outcome


def _own(actor: Actor, item: Item) -> bool:
    """Whether this actor reaches one person and acts for just that one: joined with others, each still reaches no more."""
    return actor.reach == Reach(persons=frozenset({getattr(item, "person_id", 0)}))
