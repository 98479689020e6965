"""A waiting line: numbers in their order, a fair draw among those who came before an announced moment, and a pace that holds."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError

from seawall.platform import clock, turns
from seawall.platform.turns import Line, Rules, shuffled

NOW = datetime(2021, 4, 10, 4, 0, tzinfo=UTC)
RULES = Rules(pace=10, ahead=2, early=timedelta(minutes=15))
SECOND = timedelta(seconds=1)


def line(**more) -> Line:
    told = {"admitted": 0.0, "drawn": 0, "pace": 10.0, "moved_at": clock.system_now(), "opens_at": None}
    return Line(**{**told, "first": 0, "last": 0, "seed": 0, **more})


@pytest.fixture
def noon(db):
    clock.set_to(NOW)


@pytest.mark.parametrize("count", [1, 2, 3, 10, 97, 1000])
def test_the_draw_gives_every_place_once(count):
    assert sorted(shuffled(n, count, 7) for n in range(count)) == list(range(count))


def test_the_draw_prefers_nobody():
    first = Counter(shuffled(0, 8, seed) for seed in range(800))
    assert set(first) == set(range(8))
    assert max(first.values()) < 200


def test_nobody_waits_while_fewer_come_than_are_served(db):
    seen = turns.moved("t", RULES, 1.0, None)
    assert [seen.standing(turns.draw()).inside for _ in range(20)] == [True] * 20


def test_more_than_that_wait_in_their_order_and_are_let_in_at_the_pace(noon):
    now = line(drawn=100, admitted=20.0, moved_at=clock.system_now() - SECOND).moved(RULES, 1.0, None)
    assert int(now.admitted) == 30
    assert now.standing(30).inside
    told = now.standing(75)
    assert (told.inside, told.position, told.seconds) == (False, 45, 5)


def test_a_slow_database_lets_fewer_in_and_says_so(noon):
    now = line(drawn=100, admitted=20.0, moved_at=clock.system_now() - SECOND).moved(RULES, 0.5, None)
    assert int(now.admitted) == 25
    assert now.standing(75).seconds == 10


def test_who_comes_before_an_announced_moment_is_placed_by_a_draw_at_that_moment(noon):
    opens = NOW + timedelta(minutes=10)
    gathers = line(drawn=50, admitted=70.0).moved(RULES, 1.0, opens)
    assert gathers.gathers and gathers.admitted == 50
    assert gathers.standing(40).inside, "who was there before is not sent away"
    told = replace(gathers, drawn=250).standing(51)
    assert (told.inside, told.draw_at, told.early) == (False, opens, 200)
    waits = replace(gathers, drawn=250, moved_at=clock.system_now() - 60 * SECOND).moved(RULES, 1.0, opens)
    assert waits.admitted == 50, "nobody is let in before the moment"

    clock.set_to(opens)
    drawn = replace(waits, drawn=250, moved_at=clock.system_now() - 5 * SECOND).moved(RULES, 1.0, None)
    places = [drawn.turn(n) for n in range(51, 251)]
    assert sorted(places) == list(range(51, 251)) and places != sorted(places)
    assert sum(drawn.standing(n).inside for n in range(51, 251)) == 50
    assert drawn.turn(251) == 251, "who comes later stands behind all of them"
    assert replace(drawn, admitted=60.0).turn(51) == places[0], "a place stays what it was"


def test_a_moment_announced_anew_moves_the_draw(noon):
    opens = NOW + timedelta(minutes=10)
    gathers = line(drawn=5).moved(RULES, 1.0, opens)
    assert gathers.moved(RULES, 1.0, opens + timedelta(hours=1)).opens_at == opens + timedelta(hours=1)


def test_a_process_keeps_what_it_saw_while_the_database_does_not_answer(db, monkeypatch):
    watch = turns.Watch("t", RULES)
    seen = watch.line(lambda: None)
    assert seen is not None

    def silent(*_):
        raise DatabaseError

    monkeypatch.setattr(turns, "moved", silent)
    monkeypatch.setattr(turns, "SEEN_FOR", 0.0)
    assert watch.line(lambda: None) == seen
    assert turns.Watch("t", RULES).line(lambda: None) is None
