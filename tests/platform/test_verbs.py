"""Every change goes through one door: done once, refused alone, recorded always."""

from dataclasses import dataclass, replace
from datetime import timedelta
from time import monotonic

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from seawall.platform import relay, seal, sql
from seawall.platform.models import Act, Fact
from seawall.platform.verbs import Answers, Verb, Work
from seawall.terms.actor import Reach
from seawall.terms.acts import Item, Refusal, Refused
from seawall.terms.codes import Owner

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Knock(Item):
    door: int
    hard: bool = False
    note: str = ""


def _knock(w: Work, items: list[Knock], seen: list | None = None) -> Answers:
    """Knock at doors."""
    for item in items:
        if seen is not None:
            seen.append(item.act)
        if not item.hard:
            w.announce("Knocked", "site", item.door, item, {"door": item.door})
    return {i.act: Refusal("TOO_HARD", {"door": i.door}) if i.hard else {"heard": i.door} for i in items}


knock = Verb(_knock, Owner.SITE, zh="敲门", en="Knock", key="door", tells=("Knocked",))


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


def test_a_rehearsed_batch_says_what_would_come_and_leaves_nothing(anyone, act, noon):
    items = [Knock(act=act(1), occurred_at=noon, door=1), Knock(act=act(2), occurred_at=noon, door=2, hard=True)]
    assert [o.done for o in knock.rehearsed(anyone, items)] == [True, False]
    assert (Act.objects.count(), Fact.objects.count()) == (0, 0)


def test_a_whole_batch_is_done_whole_or_not_at_all(anyone, act, noon):
    good, hard = Knock(act=act(1), occurred_at=noon, door=1), Knock(act=act(2), occurred_at=noon, door=2, hard=True)
    assert [o.done for o in knock.whole(anyone, [good, hard])] == [True, False]
    assert (Act.objects.count(), Fact.objects.count()) == (0, 0)
    assert knock.whole(anyone, [good])[0].done and knock.whole(anyone, [good])[0].replayed
    assert (Act.objects.count(), Fact.objects.count()) == (1, 1)


def test_the_same_id_with_other_content_is_refused(anyone, act, noon):
    knock(anyone, [Knock(act=act(1), occurred_at=noon, door=1)])
    (later,) = knock(anyone, [Knock(act=act(1), occurred_at=noon, door=1, hard=True)])
    assert later.refusal.code == "ACT_CONTENT_DIFFERS"
    twins = knock(
        anyone,
        [Knock(act=act(9), occurred_at=noon, door=1), Knock(act=act(9), occurred_at=noon, door=1, hard=True)],
    )
    assert [o.done for o in twins] == [True, False]


def test_a_moment_that_the_door_gave_is_no_part_of_what_a_repeat_must_match(anyone, act, noon):
    at_the_door = Knock(act=act(1), occurred_at=noon, door=1, dated_here=True)
    (first,) = knock(anyone, [at_the_door])
    (again,) = knock(anyone, [replace(at_the_door, occurred_at=noon + timedelta(minutes=1))])
    assert first.done and again.replayed and again.answer == first.answer
    assert Act.objects.get().occurred_at == noon
    for other in (
        replace(at_the_door, door=1, hard=True),  # other content
        replace(at_the_door, dated_here=False),  # a client's own moment belongs to what it said
    ):
        assert [o.refusal.code for o in knock(anyone, [other])] == ["ACT_CONTENT_DIFFERS"]
    by_client = Knock(act=act(2), occurred_at=noon, door=1)
    assert knock(anyone, [by_client])[0].done
    (moved,) = knock(anyone, [replace(by_client, occurred_at=noon + timedelta(minutes=1))])
    assert moved.refusal.code == "ACT_CONTENT_DIFFERS"
    twins = [replace(at_the_door, act=act(3), occurred_at=noon + timedelta(seconds=n)) for n in range(3)]
    assert [o.done for o in knock(anyone, twins)] == [True] * 3 and Act.objects.count() == 3


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


def test_a_repeat_is_told_to_nobody_else_where_the_room_judges_the_reach(anyone, act, noon):
    asked = Verb(
        _knock, Owner.SITE, zh="敲门", en="Knock", key="door", tells=("Knocked",), judged_by_room="by the door"
    )
    item, fresh = (Knock(act=act(n), occurred_at=noon, door=1) for n in (1, 2))
    assert asked(anyone, [item])[0].answer == {"heard": 1}
    other, new = asked(replace(anyone, post_id=2), [item, fresh])
    assert (other.refusal.code, dict(other.answer), other.replayed) == ("ACT_OF_ANOTHER_POST", {}, True)
    assert new.done and Act.objects.count() == 2
    again, theirs = asked(anyone, [item, fresh])
    assert again.replayed and again.answer == {"heard": 1} and theirs.refusal.code == "ACT_OF_ANOTHER_POST"


def test_a_text_that_its_column_does_not_hold_refuses_only_its_item(anyone, act, noon):
    items = [Knock(act=act(n), occurred_at=noon, door=1, note="x" * n) for n in (200, 201)]
    kept, refused = knock(anyone, items)
    assert kept.done and refused.refusal == Refusal(
        "TEXT_TOO_LONG", {"field_name": "note", "length": 201, "longest": 200}
    )


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
