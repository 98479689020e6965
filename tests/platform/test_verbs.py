"""Every change goes through one door: done once, refused alone, recorded always."""

from dataclasses import dataclass, replace
from time import monotonic

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from seawall.platform import relay, seal, sql
from seawall.platform.models import Act, Fact
from seawall.platform.verbs import run_verb
from seawall.terms.actor import Reach
from seawall.terms.acts import Item, Refusal, Refused

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Knock(Item):
    door: int
    hard: bool = False


def knock(actor, items, seen=None):
    def work(w, fresh):
        for item in fresh:
            if seen is not None:
                seen.append(item.act)
            if not item.hard:
                w.announce("Knocked", "site", item.door, item, {"door": item.door})
        return {i.act: Refusal("TOO_HARD", {"door": i.door}) if i.hard else {"heard": i.door} for i in fresh}

    return run_verb(actor, "knock", items, owner="site", owner_id=lambda i: i.door, work=work)


def test_a_repeat_gets_the_first_answer_and_changes_nothing(anyone, act, noon):
    seen = []
    items = [Knock(act=act(1), occurred_at=noon, door=1), Knock(act=act(2), occurred_at=noon, door=2, hard=True)]
    first = knock(anyone, items, seen)
    again = knock(anyone, items, seen)
    assert [o.done for o in first] == [True, False]
    assert [(o.refusal, dict(o.answer)) for o in again] == [(o.refusal, dict(o.answer)) for o in first]
    assert all(o.replayed for o in again)
    assert seen == [act(1), act(2)]
    assert Act.objects.count() == 2
    assert Fact.objects.count() == 1


def test_the_same_id_with_other_content_is_refused(anyone, act, noon):
    knock(anyone, [Knock(act=act(1), occurred_at=noon, door=1)])
    (later,) = knock(anyone, [Knock(act=act(1), occurred_at=noon, door=1, hard=True)])
    assert later.refusal.code == "ACT_CONTENT_DIFFERS"
    twins = knock(
        anyone,
        [Knock(act=act(9), occurred_at=noon, door=1), Knock(act=act(9), occurred_at=noon, door=1, hard=True)],
    )
    assert [o.done for o in twins] == [True, False]


def test_statements_do_not_grow_with_the_batch(anyone, act, noon):
    counts = []
    for size in (1, 50, 400):
        items = [Knock(act=act(size, n), occurred_at=noon, door=n) for n in range(size)]
        with CaptureQueriesContext(
            connection,
        ) as queries:
            knock(anyone, items)
        counts.append(len(queries))
    assert len(set(counts)) == 1


def test_a_post_without_the_right_is_refused(anyone, act, noon):
    with pytest.raises(Refused) as refused:
        knock(replace(anyone, grants=frozenset({"other"})), [Knock(act=act(1), occurred_at=noon, door=1)])
    assert refused.value.refusal.code == "NOT_PERMITTED"


def test_a_repeat_from_outside_the_area_learns_nothing(anyone, act, noon):
    item = Knock(act=act(1), occurred_at=noon, door=1)
    assert knock(anyone, [item])[0].answer == {"heard": 1}
    (stranger,) = knock(replace(anyone, reach=Reach(sites=frozenset({2}))), [item])
    assert (stranger.refusal.code, dict(stranger.answer)) == ("OUT_OF_AREA", {})
    assert knock(anyone, [item])[0].answer == {"heard": 1}
    assert Act.objects.count() == 1


def test_facts_reach_listeners_once_and_in_order(anyone, act, noon):
    heard = []
    relay.subscribe("Knocked", "test", lambda fact: heard.append(fact.payload["door"]))
    try:
        knock(anyone, [Knock(act=act(n), occurred_at=noon, door=7) for n in range(5)])
        assert relay.deliver() == 5
        assert relay.deliver() == 0
        assert heard == [7] * 5
    finally:
        relay._listeners.pop("Knocked")


def sealed(acts):
    """Seal until so many are sealed; a transaction running elsewhere in the cluster may delay it."""
    done, deadline = 0, monotonic() + 20
    while done < acts and monotonic() < deadline:
        done += seal.seal()
    return done


def test_a_changed_act_breaks_its_seal(anyone, act, noon):
    knock(anyone, [Knock(act=act(n), occurred_at=noon, door=n) for n in range(5)])
    assert sealed(5) == 5
    knock(anyone, [Knock(act=act("later"), occurred_at=noon, door=1)])
    assert sealed(1) == 1
    assert seal.broken_seals() == []
    sql.execute("UPDATE platform_act SET account_id = 99 WHERE act = %s", [act(3)])
    assert seal.broken_seals() == [1]
