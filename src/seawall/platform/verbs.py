"""Verbs: each act of the house is one decorated function and one transaction: the change, its audit rows, its announced facts."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from functools import cache, cached_property, partial, update_wrapper
from importlib import import_module
from operator import attrgetter
from random import random
from time import sleep
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, get_args, get_type_hints
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, OperationalError, connection, transaction

from seawall.terms.actor import Actor
from seawall.terms.acts import Item, Outcome, Params, Refusal
from seawall.terms.codes import Owner
from seawall.terms.lengths import too_long

from . import access, clock, snapshot, sql
from .models import Act, Fact

I = TypeVar("I", bound=Item)  # noqa: E741
P = ParamSpec("P")
Answers = dict[UUID, Refusal | Params]
Told = tuple[bytes, str, Params]  # what an act was, the code of its refusal, its answer
Keys = Callable[[Sequence[Any]], Sequence[int]]
RETRIES = 8
APART = 0.01  # seconds, doubled at each try and shared out by chance, so that those who met do not meet again
KEY_FIELDS = {
    Owner.PERSON: "person_id",
    Owner.HOUSEHOLD: "household_id",
    Owner.ORGANISATION: "organisation_id",
    Owner.LEAF: "leaf_id",
    Owner.SITE: "site_id",
    Owner.PLACE: "place_id",
    Owner.UNIT: "unit_id",
    Owner.POST: "post_id",
}
"""Field of an item that names its owner, where a verb states no other; owners without one (the city) have id 0."""


class FactNotNamed(AssertionError):
    """A verb announced what its declaration does not name."""


@dataclass(slots=True)
class Work:
    """What a verb's body may use: who acts, the moment of recording, and the outbox."""

    actor: Actor
    recorded_at: datetime
    tells: frozenset[str] = frozenset()
    facts: list[tuple[object, ...]] = field(default_factory=list)

    def announce(self, fact: str, owner: str, owner_id: int, item: Item, payload: Params) -> None:
        """Tell later rooms, through the outbox, once this transaction commits."""
        if fact not in self.tells:
            raise FactNotNamed(fact)
        self.facts.append((owner, owner_id, item.act, fact, dict(payload), item.occurred_at, self.recorded_at))


class Verb(Generic[I, P]):
    """One act of the house. Called with an actor and a batch of items, it answers with outcomes in the order of the items.

    A batch runs a constant number of statements. Each item is done once: a repeat gets the first answer, the same id
    with other content is refused. The body sees only fresh items in reach and answers each with a Refusal or what it made.
    """

    def __init__(
        self,
        body: Callable[Concatenate[Work, list[I], P], Answers],
        owner: Owner,
        *,
        zh: str,
        en: str,
        key: str | Keys | None = None,
        judged_by_room: str = "",
        tells: tuple[str, ...] = (),
        destroys: bool = False,
        grants: tuple[str, ...] = (),
        inside: bool = False,
    ) -> None:
        update_wrapper(self, body)
        self.name: str = body.__name__
        self.body, self.owner, self.zh, self.en = body, owner, zh, en
        self.judged_by_room, self.tells, self.destroys, self.inside = judged_by_room, frozenset(tells), destroys, inside
        self.grants = grants or (self.name,)
        self._keys: Keys = key if callable(key) else partial(_by_field, key or KEY_FIELDS.get(owner, ""))

    @cached_property
    def item(self) -> type[I]:
        """The frozen row that asks for this act."""
        items = next(hint for name, hint in get_type_hints(self.body).items() if name != "w")
        kind: type[I] = get_args(items)[0]
        return kind

    def __call__(self, actor: Actor, items: Sequence[I], *given: P.args, **named: P.kwargs) -> list[Outcome]:
        if not items:
            return []
        access.require(actor, *self.grants)

        def work(w: Work, fresh: list[I]) -> Answers:
            return self.body(w, fresh, *given, **named)

        def once() -> list[Outcome]:
            with transaction.atomic():
                return self._run(actor, items, work)

        try:
            return self._tried(once)
        finally:
            snapshot.forget()

    def _tried(self, once: Callable[[], list[Outcome]]) -> list[Outcome]:
        """Again where what stood in the way passes, unless an outer transaction is to do that."""
        if connection.in_atomic_block:
            return once()
        for attempt in range(RETRIES):
            try:
                return once()
            except (IntegrityError, OperationalError) as error:
                if attempt == RETRIES - 1 or not _passing(error):
                    raise
                sleep(random() * APART * 2**attempt)
        raise AssertionError("unreachable")

    def one(self, actor: Actor, item: I, *given: P.args, **named: P.kwargs) -> Outcome:
        """A batch of one."""
        (outcome,) = self(actor, [item], *given, **named)
        return outcome

    def rehearsed(self, actor: Actor, items: Sequence[I], *given: P.args, **named: P.kwargs) -> list[Outcome]:
        """What would come of a batch now; nothing is done."""

        def once() -> list[Outcome]:
            with transaction.atomic():
                outcomes = self(actor, items, *given, **named)
                transaction.set_rollback(True)
            return outcomes

        return self._tried(once)

    def whole(self, actor: Actor, items: Sequence[I], *given: P.args, **named: P.kwargs) -> list[Outcome]:
        """All of a batch or none of it: where one item is refused, nothing is done."""

        def once() -> list[Outcome]:
            with transaction.atomic():
                outcomes = self(actor, items, *given, **named)
                if not all(outcome.done for outcome in outcomes):
                    transaction.set_rollback(True)
            return outcomes

        return self._tried(once)

    def _run(self, actor: Actor, items: Sequence[I], work: Callable[[Work, list[I]], Answers]) -> list[Outcome]:
        w = Work(actor, clock.now(), self.tells)
        first: dict[UUID, I] = {}
        for item in items:
            first.setdefault(item.act, item)
        digests = {act: _digest(item) for act, item in first.items()}
        keys = dict(zip(first, self._keys(list(first.values())), strict=True))
        done, others = self._done_before(actor, [(keys[act], act) for act in first])
        barred = {act: Refusal(access.OUT_OF_AREA) for act in first if not self._reaches(actor, keys[act])}
        kept = done.keys() | others.keys()
        long = {i.act: why for i in first.values() if i.act not in kept | barred.keys() and (why := _too_long(i))}
        fresh = [i for i in first.values() if i.act not in kept | barred.keys() | long.keys()]
        answers: dict[UUID, Refusal | Params] = {**others, **barred, **long, **(work(w, fresh) if fresh else {})}
        made: list[tuple[int, Item, bytes, Refusal | Params]] = [
            (keys[act], first[act], digests[act], answer) for act, answer in answers.items() if act not in kept
        ]
        _record(w, self.name, self.owner, made)
        done = {act: row for act, row in done.items() if act not in barred}
        given = [digests[i.act] if i is first[i.act] else _digest(i) for i in items]
        said = [_outcome(i.act, digest, digests, done, answers) for i, digest in zip(items, given, strict=True)]
        return [replace(o, replayed=True) if o.act in others else o for o in said]

    def _done_before(self, actor: Actor, keys: list[tuple[int, UUID]]) -> tuple[dict[UUID, Told], dict[UUID, Refusal]]:
        """What was told before, by act; where the room judges the reach, which a repeat does not enter, only to the post that was told."""
        told, others = dict[UUID, Told](), dict[UUID, Refusal]()
        for act, post_id, *answer in _recorded(self.name, self.owner, keys):
            if self.judged_by_room and post_id != actor.post_id:
                others[act] = Refusal("ACT_OF_ANOTHER_POST", {"act": str(act)})
            else:
                told[act] = (bytes(answer[0]), answer[1], json.loads(answer[2]))
        return told, others

    def _reaches(self, actor: Actor, owner_id: int) -> bool:
        return bool(self.judged_by_room) or access.reaches(actor, self.owner, owner_id)


def verb(
    owner: Owner,
    *,
    zh: str,
    en: str,
    key: str | Keys | None = None,
    judged_by_room: str = "",
    tells: tuple[str, ...] = (),
    destroys: bool = False,
    grants: tuple[str, ...] = (),
    inside: bool = False,
) -> Callable[[Callable[Concatenate[Work, list[I], P], Answers]], Verb[I, P]]:
    """Make a function a verb: `body(w, items)` answers each fresh item, by its act, with a Refusal or with what it made.

    owner, key: whose the act is, and the field of the item (or a function of the batch) that names it.
    judged_by_room: why the room judges the reach itself, item by item; otherwise `access` judges by owner and key.
    tells: the facts it may announce. destroys: a person is shown what it touches before confirming.
    grants: permissions that cover it, any one of them; its own name by default.
    inside: only another verb or a task calls it; it has no door.
    """

    def decorate(body: Callable[Concatenate[Work, list[I], P], Answers]) -> Verb[I, P]:
        made: Verb[I, P] = Verb(
            body, owner, zh=zh, en=en, key=key, judged_by_room=judged_by_room, tells=tells,
            destroys=destroys, grants=grants, inside=inside,
        )  # fmt: skip
        if VERBS.setdefault(made.name, made) is not made:
            raise ValueError(f"two verbs are named {made.name}")
        return made

    return decorate


VERBS: "dict[str, Verb[Any, Any]]" = {}
"""Every verb by its name, filled as the rooms' services are imported; ask `all_verbs()` for all of them."""


def all_verbs() -> "Mapping[str, Verb[Any, Any]]":
    """The one list of all verbs, by name."""
    for room in settings.ROOMS:
        import_module(f"seawall.{room}.services")
    return dict(sorted(VERBS.items()))


def _by_field(name: str, items: Sequence[Item]) -> list[int]:
    if not name:
        return [0] * len(items)
    return [value or 0 for value in map(attrgetter(name), items)]


def _too_long(item: Item) -> Refusal | None:
    """The first text that its column does not hold."""
    found = next(too_long(item), None)
    if found is None:
        return None
    return Refusal("TEXT_TOO_LONG", {"field_name": found.place, "length": found.length, "longest": found.longest})


def _passing(error: Exception) -> bool:
    """Unique conflicts (a twin committed first), deadlocks and serialization failures pass when tried again."""
    return getattr(error.__cause__, "sqlstate", "") in {"23505", "40001", "40P01"}


_PLAIN = frozenset({str, int, float, bool, type(None)})
UNSAID = datetime.min.replace(tzinfo=UTC)


def _digest(item: Item) -> bytes:
    """Of what the client said: a moment that the door gave differs at every repeat, and is left out."""
    said = replace(item, occurred_at=UNSAID) if item.dated_here else item
    kind: Any = type(item)
    content = tuple([v if type(v) in _PLAIN else _steady(v) for v in _content(kind)(said)])
    return hashlib.blake2b(repr(content).encode(), digest_size=16).digest()


@cache
def _content(kind: Any) -> Callable[[Item], tuple[object, ...]]:
    return attrgetter(*(f.name for f in fields(kind) if f.name != "dated_here"))


def _steady(value: object) -> object:
    """A value whose repr is the same in every process: sets and mappings in order, enums and times by value."""
    if isinstance(value, str | int | float | None):
        return value if type(value) in _PLAIN else getattr(value, "value", value)
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, dict):
        return sorted(value.items())
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def _recorded(verb: str, owner: str, keys: list[tuple[int, UUID]]) -> list[tuple[Any, ...]]:
    """Acts of these keys already on record: act, post, digest, refusal code, answer."""
    return sql.fetch(
        "SELECT a.act, a.post_id, a.digest, a.refusal, a.answer FROM platform_act a "
        f"JOIN {sql.unnest({'owner_id': 'bigint', 'act': 'uuid'})} ON a.owner_id = u.owner_id AND a.act = u.act "
        "WHERE a.owner_kind = %s AND a.verb = %s",
        [*sql.turn(keys, 2), owner, verb],
        prepared=True,
    )


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


def _outcome(act: UUID, given: bytes, digests: dict[UUID, bytes], done: dict[UUID, Told], answers: Answers) -> Outcome:
    """The answer to one item, whose own digest is `given`."""
    recorded = done[act][0] if act in done else digests[act]
    if given != recorded:
        return Outcome(act, Refusal("ACT_CONTENT_DIFFERS", {"act": str(act)}))
    if act in done:
        _, refusal, answer = done[act]
        return Outcome(act, Refusal(refusal, answer) if refusal else None, {} if refusal else answer, replayed=True)
    answer_now = answers[act]
    return Outcome(act, answer_now) if isinstance(answer_now, Refusal) else Outcome(act, None, answer_now)
