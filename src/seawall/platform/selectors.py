"""What others may ask the platform."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from seawall.terms.acts import Params

from . import clock, rotation, secrets, snapshot, sql
from .models import Canary, Seal

NATURE = {"synthetic": "synthetic", "nature_seed": "seed", "nature_scale": "scale"}
for _name, _column in NATURE.items():
    snapshot.register(_name, f"SELECT {_column} FROM platform_nature WHERE id = 1")


@dataclass(frozen=True, slots=True)
class NatureRow:
    """Synthetic or real, and how it was made."""

    synthetic: bool
    seed: int | None
    scale: float | None


def nature() -> NatureRow:
    synthetic = snapshot.value("synthetic")
    if synthetic is None:
        return NatureRow(False, None, None)
    return NatureRow(synthetic, snapshot.value("nature_seed"), snapshot.value("nature_scale"))


def refusal_counts(verb: str, since: object, until: object) -> dict[str, int]:
    """Refused acts of a verb by code, for acts that happened in [since, until)."""
    return dict(
        sql.fetch(
            "SELECT refusal, count(*) FROM platform_act WHERE verb = %s AND refusal <> '' "
            "AND occurred_at >= %s AND occurred_at < %s GROUP BY refusal ORDER BY refusal",
            [verb, since, until],
        )
    )


@dataclass(frozen=True, slots=True)
class Delay:
    """How long after they happened acts were recorded: how many, the middle one and the longest, in hours."""

    acts: int
    middle: float | None
    longest: float | None


def recorded_after(verbs: Sequence[str], since: datetime, until: datetime) -> Delay:
    """Acts of these verbs that were done and recorded in a span."""
    ((acts, middle, longest),) = sql.fetch(
        "SELECT count(*), percentile_disc(0.5) WITHIN GROUP (ORDER BY late), max(late) FROM ("
        "SELECT greatest(0, extract(epoch FROM recorded_at - occurred_at) / 3600)::float8 AS late FROM platform_act "
        "WHERE verb = ANY(%s) AND refusal = '' AND recorded_at >= %s AND recorded_at < %s) x",
        [list(verbs), since, until],
    )
    return Delay(acts, middle, longest)


def key_fits() -> bool | None:
    """Whether this installation's key is the one that sealed this database; None before its first use."""
    sealed = _known_text() or rotation.example()  # version 0.1 left no known text
    return None if sealed is None else secrets.there() and secrets.opens(sealed)


def _known_text() -> bytes | None:
    canary = Canary.objects.filter(key="data").first() if sql.there(Canary._meta.db_table, "sealed") else None
    return bytes(canary.sealed) if canary else None


def looked_up(post_id: int, person_ids: Iterable[int], page: str, since: datetime) -> set[int]:
    """Those of the persons that a post has looked at on a page since a moment."""
    rows = sql.fetch(
        "SELECT DISTINCT person_id FROM platform_look "
        "WHERE person_id = ANY(%s) AND post_id = %s AND page = %s AND looked_at >= %s",
        [sorted(set(person_ids)), post_id, page, since],
    )
    return {person for (person,) in rows}


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for the background worker: how many, and for how long the oldest; no age where nothing tells it."""

    count: int
    age: timedelta | None


def unsealed() -> Waiting:
    last = Seal.objects.order_by("-sequence").values_list("tx_to", flat=True).first()
    query = "SELECT count(*), min(recorded_at) FROM platform_act WHERE %s::bigint IS NULL OR tx >= %s::bigint"
    return _waiting(query, [last, last])


def untold() -> Waiting:
    return _waiting("SELECT count(*), min(recorded_at) FROM platform_fact WHERE delivered_at IS NULL", [])


def _waiting(query: str, params: list[object]) -> Waiting:
    """By the clock that dated them; a simulated one leaps over days, and tells no age."""
    ((count, oldest),) = sql.fetch(query, params)
    if not count:
        return Waiting(0, None)
    return Waiting(count, None if clock.simulated() else clock.now() - oldest)


def looks(person_id: int, limit: int = 30) -> list[tuple[datetime, int, int]]:
    """Who looked at a person, newest first, by post and hour: when last, in which post, how often in that hour."""
    return sql.fetch(
        "SELECT max(looked_at), post_id, count(*) FROM platform_look WHERE person_id = %s "
        "GROUP BY post_id, date_trunc('hour', looked_at) ORDER BY 1 DESC, 2 LIMIT %s",
        [person_id, limit],
    )


@dataclass(frozen=True, slots=True)
class LookRow:
    """Looks of one post for one purpose in one hour: the last of them, and how many."""

    at: datetime
    post_id: int
    purpose: str
    times: int


def looks_at(person_ids: Iterable[int], most: int) -> list[LookRow]:
    """Who looked at a person by any of the person's records, newest first."""
    rows = sql.fetch(
        "SELECT max(looked_at), post_id, purpose, count(*) FROM platform_look WHERE person_id = ANY(%s) "
        "GROUP BY post_id, purpose, date_trunc('hour', looked_at) ORDER BY 1 DESC, 2 LIMIT %s",
        [sorted(set(person_ids)), most],
    )
    return [LookRow(*row) for row in rows]


def answers(verb: str, owner: str, keys: Iterable[tuple[int, UUID]]) -> dict[tuple[int, UUID], Params]:
    """What acts of a verb that were done answered, by owner and act."""
    rows = sql.fetch(
        f"SELECT a.owner_id, a.act, a.answer FROM platform_act a JOIN {sql.unnest({'owner_id': 'bigint', 'act': 'uuid'})} "
        "ON a.owner_id = u.owner_id AND a.act = u.act WHERE a.owner_kind = %s AND a.verb = %s AND a.refusal = ''",
        [*sql.turn(sorted(set(keys)), 2), owner, verb],
    )
    return {(owner_id, act): json.loads(answer) for owner_id, act, answer in rows}


class DoneAct(NamedTuple):
    """An act that was done, with what it answered."""

    owner_id: int
    act: UUID
    verb: str
    recorded_at: datetime
    answer: Params


def acts_done(
    owner: str,
    owner_ids: Collection[int],
    verbs: Iterable[str],
    told: tuple[str, Collection[str]],
    acts: Iterable[UUID],
) -> list[DoneAct]:
    """Acts of these owners that were done: of these verbs where the answer says one of these values, and these by id."""
    rows = sql.fetch(
        "SELECT owner_id, act, verb, recorded_at, answer FROM platform_act WHERE owner_kind = %s AND owner_id = ANY(%s) "
        "AND refusal = '' AND ((verb = ANY(%s) AND answer->>%s = ANY(%s)) OR act = ANY(%s))",
        [owner, list(owner_ids), sorted(verbs), told[0], list(told[1]), list(acts)],
    )
    return [DoneAct(owner_id, act, verb, at, json.loads(answer)) for owner_id, act, verb, at, answer in rows]


def actor_of(act: UUID, owners: Iterable[tuple[str, int]]) -> int | None:
    """The post of an act that belongs to one of these owners (kind and id)."""
    for kind, owner_id in owners:
        query = "SELECT post_id FROM platform_act WHERE owner_kind = %s AND owner_id = %s AND act = %s"
        if rows := sql.fetch(query, [kind, owner_id, act]):
            return int(rows[0][0])
    return None
