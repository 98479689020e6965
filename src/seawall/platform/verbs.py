"""How every change is made: one function, one transaction, the change with its audit rows and its announced facts."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar
from uuid import UUID

from django.db import IntegrityError, OperationalError, connection, transaction

from seawall.terms.actor import Actor
from seawall.terms.acts import Item, Outcome, Params, Refusal

from . import access, clock, sql
from .models import Act, Fact

I = TypeVar("I", bound=Item)  # noqa: E741
Answers = Mapping[UUID, Refusal | Params]
RETRIES = 5


@dataclass(slots=True)
class Work:
    """What a verb's work may use: who acts, the moment of recording, and the outbox."""

    actor: Actor
    recorded_at: datetime
    facts: list[tuple[object, ...]] = field(default_factory=list)

    def announce(self, fact: str, owner: str, owner_id: int, item: Item, payload: Params) -> None:
        """Tell later rooms, through the outbox, once this transaction commits."""
        self.facts.append((owner, owner_id, item.act, fact, dict(payload), item.occurred_at, self.recorded_at))


def run_verb(
    actor: Actor,
    verb: str,
    items: Sequence[I],
    *,
    owner: str,
    owner_id: Callable[[I], int],
    work: Callable[[Work, list[I]], Answers],
    requires: str | None = None,
) -> list[Outcome]:
    """Run a batch; outcomes come in the order of the items.

    A batch runs a constant number of statements. Each item is done once: a repeat gets the first answer, the same id
    with other content is refused. `work` sees only fresh items and answers each with a Refusal or with what it made.
    """
    if not items:
        return []
    access.require(actor, requires or verb)

    def once() -> list[Outcome]:
        with transaction.atomic():
            return _run(actor, verb, items, owner, owner_id, work)

    if connection.in_atomic_block:
        return once()
    for attempt in range(RETRIES):
        try:
            return once()
        except (IntegrityError, OperationalError) as error:
            if attempt == RETRIES - 1 or not _passing(error):
                raise
    raise AssertionError("unreachable")


def _passing(error: Exception) -> bool:
    """Unique conflicts (a twin committed first), deadlocks and serialization failures pass when tried again."""
    return getattr(error.__cause__, "sqlstate", "") in {"23505", "40001", "40P01"}


def _run(
    actor: Actor,
    verb: str,
    items: Sequence[I],
    owner: str,
    owner_id: Callable[[I], int],
    work: Callable[[Work, list[I]], Answers],
) -> list[Outcome]:
    w = Work(actor, clock.now())
    first: dict[UUID, I] = {}
    for item in items:
        first.setdefault(item.act, item)
    digests = {act: _digest(item) for act, item in first.items()}
    done = _done_before(verb, owner, [(owner_id(i), i.act) for i in first.values()])
    barred = {
        i.act: Refusal(access.OUT_OF_AREA) for i in first.values() if not access.reaches(actor, owner, owner_id(i))
    }
    fresh = [i for i in first.values() if i.act not in done and i.act not in barred]
    answers: dict[UUID, Refusal | Params] = {**barred, **(work(w, fresh) if fresh else {})}
    made: list[tuple[int, Item, bytes, Refusal | Params]] = [
        (owner_id(first[a]), first[a], digests[a], answer) for a, answer in answers.items() if a not in done
    ]
    _record(w, verb, owner, made)
    done = {act: row for act, row in done.items() if act not in barred}
    given = [digests[i.act] if i is first[i.act] else _digest(i) for i in items]
    return [_outcome(i.act, digest, digests, done, answers) for i, digest in zip(items, given, strict=True)]


_PLAIN = frozenset({str, int, float, bool, type(None)})


def _digest(item: Item) -> bytes:
    kind: Any = type(item)
    content = tuple([v if type(v) in _PLAIN else _steady(v) for v in _content(kind)(item)])
    return hashlib.blake2b(repr(content).encode(), digest_size=16).digest()


@cache
def _content(kind: Any) -> Callable[[Item], tuple[object, ...]]:
    return attrgetter(*(f.name for f in fields(kind)))


def _steady(value: object) -> object:
    """A value whose repr is the same in every process: sets and mappings in order, enums and times by value."""
    if isinstance(value, str | int | float | None):
        return value if type(value) in _PLAIN else getattr(value, "value", value)
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, dict):
        return sorted(value.items())
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def _done_before(verb: str, owner: str, keys: list[tuple[int, UUID]]) -> dict[UUID, tuple[bytes, str, Params]]:
    """Acts of these keys already on record: digest, refusal code, answer."""
    rows = sql.fetch(
        "SELECT a.act, a.digest, a.refusal, a.answer FROM platform_act a "
        f"JOIN {sql.unnest({'owner_id': 'bigint', 'act': 'uuid'})} ON a.owner_id = u.owner_id AND a.act = u.act "
        "WHERE a.owner_kind = %s AND a.verb = %s",
        [*sql.turn(keys, 2), owner, verb],
    )
    return {act: (bytes(digest), refusal, json.loads(answer)) for act, digest, refusal, answer in rows}


def _record(w: Work, verb: str, owner: str, made: list[tuple[int, Item, bytes, Refusal | Params]]) -> None:
    actor = w.actor
    sql.insert(
        Act,
        ("owner_kind", "owner_id", "act", "verb", "digest", "account_id", "post_id", "purpose", "device")
        + ("occurred_at", "recorded_at", "refusal", "answer"),
        [
            (owner, key, item.act, verb, digest, actor.account_id, actor.post_id, actor.purpose, actor.device)
            + (item.occurred_at, w.recorded_at, *_split(answer))
            for key, item, digest, answer in made
        ],
    )
    sql.insert(Fact, ("owner_kind", "owner_id", "act", "fact", "payload", "occurred_at", "recorded_at"), w.facts)


def _split(answer: Refusal | Params) -> tuple[str, Params]:
    return (answer.code, answer.params) if isinstance(answer, Refusal) else ("", answer)


def _outcome(
    act: UUID, given: bytes, digests: dict[UUID, bytes], done: dict[UUID, tuple[bytes, str, Params]], answers: Answers
) -> Outcome:
    """The answer to one item, whose own digest is `given`."""
    recorded = done[act][0] if act in done else digests[act]
    if given != recorded:
        return Outcome(act, Refusal("ACT_CONTENT_DIFFERS", {"act": str(act)}))
    if act in done:
        _, refusal, answer = done[act]
        return Outcome(act, Refusal(refusal, answer) if refusal else None, {} if refusal else answer, replayed=True)
    answer_now = answers[act]
    return Outcome(act, answer_now) if isinstance(answer_now, Refusal) else Outcome(act, None, answer_now)
