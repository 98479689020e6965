"""Staff, slots, disturbances and the door: against all possibilities where there are few, and against fresh days."""

import tracemalloc
from contextlib import contextmanager
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from seawall.engines.flow import (
    Absence,
    Bounds,
    Crowd,
    Present,
    Station,
    WhatIf,
    door_advice,
    exponential,
    fixed,
    seats_ahead,
    session_site,
    simulate,
    slot_sizes,
    staff_for,
    what_ifs,
)  # fmt: skip
from seawall.engines.flow import trial as trying
from seawall.engines.flow.staffing import demanded
from seawall.engines.flow.trial import days_for, seated, trial
from seawall.engines.tables import Mistakes

from .sites import chairs, even, example


@pytest.fixture(autouse=True)
def fewer_days(monkeypatch):
    """Fewer drawn days than a real search, so that all possibilities can be lived."""
    monkeypatch.setattr(trying, "PERSONS", 8_000)


def row(costs: tuple[float, ...]):
    """Three desks in a row and chairs."""
    desks = (
        Station("a", 1, exponential(1, 1), cost=costs[0]),
        Station("b", 3, exponential(3), cost=costs[1], absences=(Absence(1, 60, 75),)),
        Station("c", 1, fixed(4), cost=costs[2]),
    )
    return even(15, 12, 225, *desks, chairs(1))


@pytest.mark.parametrize(("costs", "wait"), [((1, 1, 1), 4.0), ((3, 1, 2), 12.0), ((1, 4, 1.5), 7.0)])
def test_the_least_staff_is_the_least_of_all(costs, wait):
    site = row(costs)
    answer = staff_for(site, 150, Bounds(wait=wait), seed=2)
    wanted = seated(demanded(site, 150))
    tried = trial(wanted, Bounds(wait=wait), days_for(150), 2)
    held = [
        sum(c * n for c, n in zip(costs, servers, strict=True))
        for servers in product(range(2, 8), repeat=3)
        if sum(c * n for c, n in zip(costs, servers, strict=True)) <= sum(
            costs[k] * answer.servers["abc"[k]] for k in range(3)
        )
        and tried.keeps(wanted.staffed(dict(zip("abc", servers, strict=True))))
    ]  # fmt: skip
    assert answer.proven
    assert min(held) == pytest.approx(answer.cost - answer.servers["observation"])
    assert answer.flow.wait_total.p95 <= wait * 1.15
    assert answer.flow.served.mean == pytest.approx(150, rel=0.02)


def test_bounds_that_no_staff_keeps_are_named():
    answer = staff_for(row((1, 1, 1)), 150, Bounds(wait=5, crowd=3))
    assert (answer.flow, answer.broken) == (None, ("crowd",))


def test_a_break_of_everybody_that_is_longer_than_the_bound_has_no_answer():
    desk = Station("desk", 2, fixed(1), absences=(Absence(2, 60, 120),))
    answer = staff_for(even(15, 3, 225, desk), 40, Bounds(wait=20))
    assert (answer.flow, answer.broken) == (None, ("wait",))


def test_demand_scales_appointments_and_doses():
    hub = demanded(example("hub"), 1411.2)
    assert set(hub.slots()[1]) == {180}
    assert len(hub.releases()) == 1440


def test_slot_sizes_keep_their_bounds_on_other_days_and_more_would_not():
    site = session_site(480, 720, {"registration": 4, "screening": 3, "injection": 4}, seats=40)
    plan = slot_sizes(site, Bounds(wait=15))
    flow = simulate(plan.booked, 200, seed=99)
    assert flow.wait_total.p95 <= 16
    assert flow.seats_peak.p95 <= 40 + 2
    assert not plan.broken
    crowded = simulate(seated(site.booked(plan.moments, plan.sizes + 3)), 200, 98)
    assert crowded.seats_peak.p95 > 42 or crowded.wait_total.p95 > 16


def test_seats_hold_slots_back_and_wait_does_where_seats_do_not():
    staff = {"registration": 4, "screening": 3, "injection": 4}
    few, many = (slot_sizes(session_site(0, 240, staff, seats=s), Bounds(wait=10)) for s in (20, 500))
    assert few.sizes.sum() < many.sizes.sum()
    strict = slot_sizes(session_site(0, 240, staff, seats=500), Bounds(wait=2))
    assert strict.sizes.sum() < many.sizes.sum()


def test_no_slot_size_can_keep_a_bound_that_one_person_breaks():
    site = session_site(0, 120, {"injection": 1}, seats=5)
    plan = slot_sizes(site, Bounds(finish=60))
    assert plan.sizes.sum() == 0
    assert plan.broken == ("finish",)


def test_a_break_makes_its_slots_smaller():
    desk = Station("desk", 4, fixed(3), absences=(Absence(3, 120, 180),))
    sizes = slot_sizes(even(15, 1, 285, desk), Bounds(wait=5)).sizes
    assert sizes[8:12].max() < sizes[:7].min()


def test_a_disturbance_is_lived_on_the_same_days():
    gp = example("gp")
    nothing = WhatIf("nothing", absences=(("registration", Absence(1, 1300, 1400)),))
    crowd = WhatIf("crowd", crowds=(Crowd(200, 12),))
    away = WhatIf("away", absences=(("registration", Absence(1, 200, 260)),))
    late = WhatIf("late", doses_late=600.0)
    planned, (none, more, fewer, none_left) = what_ifs(replace(gp, what_ifs=(nothing, crowd, away, late)), 70, 3)
    assert (none.flow.totals == planned.totals).all()
    assert (more.flow.totals[:, 0] - planned.totals[:, 0] == 12).all()
    assert (fewer.flow.totals[:, 0] == planned.totals[:, 0]).all()
    assert min(more.wait_added.low, fewer.wait_added.low) > 0.5
    assert none_left.wait_added.mean > 300
    assert planned.arrived.mean == pytest.approx(188.2, abs=2)


def test_the_door_opens_slows_and_closes_as_the_queue_grows():
    site = replace(example("temporary"), bounds=Bounds(wait=10, seats=330))
    advised = [door_advice(site, Present(120, {"screening": n}, {"observation": 200})) for n in (0, 100, 200, 600)]
    assert [a.admit for a in advised] == sorted((a.admit for a in advised), reverse=True)
    assert (advised[0].level, advised[-1].level) == ("open", "pause")
    assert {"slow", "pause"} & {a.level for a in advised[1:]}
    assert advised[1].narrow.station == "screening"
    assert advised[1].wait_if_open[1] >= advised[1].wait[1]
    for advice in advised:
        zh, en = advice.say()
        assert "{" not in zh + en
        assert zh != en


def test_the_door_holds_back_for_seats():
    advice = door_advice(example("temporary"), Present(120, {}, {"observation": 230}), coming=200)
    assert (advice.level, advice.reason) == ("slow", "seats")
    assert advice.ahead[:, 3].max() <= 300


def test_who_has_sat_long_leaves_soon():
    site = session_site(0, 480, {"injection": 2}, seats=30)
    curve = seats_ahead(site, Present(60, seated_for=(29.0,) * 10 + (12.0,) * 5), coming=0)
    assert curve[:, 0].tolist() == [60, 65, 70, 75, 80, 85, 90]
    assert curve[:, 2].tolist() == [15, 5, 5, 5, 0, 0, 0]


UNSTAFFED = session_site(0, 480, {"injection": 1})


@pytest.mark.parametrize("station", ["arrival", "registration", "screening", "observation"])
@pytest.mark.parametrize("many", [1, 400])
def test_where_everybody_has_a_server_who_waits_is_served_and_costs_no_more_than_the_persons_there(station, many):
    with peak_memory() as peak:
        advice = door_advice(UNSTAFFED, Present(0, waiting={station: many}), 0)
    assert advice.level == "open" or many > 1
    assert peak() < 100_000_000
    assert advice.ahead[:, 3].max() <= many


def test_more_persons_than_the_door_can_draw_are_refused_with_their_number():
    for present, coming in (
        (Present(0, waiting={"screening": 5001}), 0),
        (Present(0, busy={"registration": 10**7}), 0),
        (Present(0, seated_for=(3.0,) * 5001), 0),
        (Present(0), 10**6),
    ):
        with peak_memory() as peak, pytest.raises(Mistakes, match="more than 5,000 cannot be worked out"):
            door_advice(UNSTAFFED, present, coming)
        assert peak() < 100_000_000


@contextmanager
def peak_memory():
    """The most bytes that were held at once."""
    tracemalloc.start()
    try:
        yield lambda: tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_session_is_made_of_standard_steps():
    site = session_site(480, 600, {"injection": 2}, seats=10, persons=8)
    assert [s.station for s in site.steps] == ["arrival", "registration", "screening", "injection", "observation"]
    assert site.slots()[0].tolist() == list(np.arange(480, 600, 15))
    assert site.slots()[1].sum() == 64
    with pytest.raises(ValueError, match="registraton"):
        session_site(480, 600, {"registraton": 2})
