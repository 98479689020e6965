"""The compiled day against a slow one, moment by moment and person by person."""

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from seawall.engines.flow.chance import in_turn
from seawall.engines.flow.kernel import filled, live, sort_by
from seawall.engines.flow.measuring import peak, staffed

from .slow import NEVER, lived_slowly


@st.composite
def days(draw):
    """A small day with whole minutes, so that many things happen at once."""
    persons, stations = draw(st.integers(0, 9)), draw(st.integers(1, 4))

    def minutes(most):
        return draw(st.lists(st.integers(0, most), min_size=persons, max_size=persons))

    arrive = [NEVER if a == 20 else float(a) for a in minutes(20)]
    entry = draw(st.lists(st.integers(0, stations - 1), min_size=persons, max_size=persons))
    entry = entry if draw(st.booleans()) else [0] * persons
    service = [[float(t) for t in minutes(7)] for _ in range(stations)]
    walk = [[float(t) for t in minutes(3)] for _ in range(stations)]
    window = st.tuples(st.integers(0, 25), st.one_of(st.integers(1, 15), st.just(None)))
    away = []
    for _ in range(stations):
        servers = draw(st.integers(1, 4))
        made = draw(st.lists(st.lists(window, max_size=2), min_size=servers, max_size=servers))
        made = made if draw(st.booleans()) else [[]] * servers
        away.append([sorted((float(a), NEVER if n is None else float(a + n)) for a, n in rows) for rows in made])
    ready = draw(st.one_of(st.none(), st.lists(st.integers(0, 30), max_size=9)))
    return arrive, entry, service, walk, ready and sorted(map(float, ready)), draw(st.integers(-1, stations - 1)), away


def lived_fast(arrive, entry, service, walk, ready, injection, away):
    stations, persons, most = len(away), len(arrive), max(len(desk) for desk in away)
    rows = [window for desk in away for windows in desk for window in windows]
    first, at = np.zeros((stations, most + 1), np.int64), 0
    for k, desk in enumerate(away):
        for j in range(most + 1):
            first[k, j] = at
            at += len(desk[j]) if j < len(desk) else 0
    never = [NEVER] * (persons - len(ready or ()))
    reach, begin, end = np.empty((stations, persons)), np.empty((stations, persons)), np.empty((stations, persons))
    queue, length = np.empty((stations, persons), np.int64), np.empty(stations, np.int64)
    live(
        np.array(arrive), in_turn(np.array([arrive]))[0], np.array(entry, np.int64), np.array(service).reshape(stations, persons),
        np.array(walk).reshape(stations, persons), np.array([*ready, *never] if ready else []), injection,
        np.array([len(desk) for desk in away]), np.array(rows, float).reshape(-1, 2), first, queue, length,
        reach, begin, end,
    )  # fmt: skip
    return reach, begin, end, length


@settings(max_examples=400, deadline=None)
@given(days())
def test_the_compiled_day_is_the_slow_day(day):
    arrive, entry, service, walk, ready, injection, away = day
    slow = lived_slowly(arrive, entry, service, walk, ready or None, injection, away)
    reach, begin, end, length = lived_fast(arrive, entry, service, walk, ready or None, injection, away)
    assert reach.tolist() == slow.reach
    assert begin.tolist() == slow.begin
    assert end.tolist() == slow.end
    assert length.tolist() == [sum(moment < NEVER for moment in row) for row in slow.reach]


@given(st.lists(st.integers(0, 9), max_size=200))
def test_a_queue_is_put_in_order_and_equal_moments_keep_theirs(keys):
    order = np.arange(len(keys))
    sort_by(order, len(keys), np.array(keys, float))
    assert order.tolist() == sorted(range(len(keys)), key=lambda i: keys[i])


def test_a_long_queue_in_the_wrong_order_is_sorted_all_the_same():
    keys = np.arange(3000.0)[::-1].copy()
    order = np.arange(3000)
    sort_by(order, 3000, keys)
    assert (np.diff(keys[order]) > 0).all()


def test_syringes_come_in_the_order_they_are_filled_and_then_never():
    none, first = np.empty((0, 2)), np.zeros(3, np.int64)
    ready = filled(np.array([0.0, 0.0, 0.0]), np.array([5.0, 1.0, 1.0]), 2, none, first, 5)
    assert ready.tolist() == [1.0, 2.0, 5.0, math.inf, math.inf]


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 9)), max_size=30))
def test_the_peak_is_the_most_at_any_moment(stays):
    ins, outs = sorted(float(a) for a, _ in stays), sorted(float(a + n) for a, n in stays)
    # who comes stands inside at that moment even if he leaves at once, but makes room for the next
    lasting = [(a, a + n) for a, n in stays if n]
    most = max((sum(a <= t < b for a, b in lasting) for t in range(31)), default=0)
    found = peak(np.array(ins), np.array(outs))
    assert most <= found <= most + bool(len(stays) - len(lasting))


def test_staffed_minutes_leave_out_windows_that_overlap():
    away = np.array([[10.0, 20.0], [15.0, 30.0], [50.0, np.inf]])
    assert staffed(2, away, np.array([0, 2, 3]), 0.0, 60.0) == 40 + 50
