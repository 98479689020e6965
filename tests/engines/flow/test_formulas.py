"""The simulator beside formulas that are exact, and formulas beside their definitions."""

import math

import numpy as np
import pytest

from seawall.engines.flow import Station, WalkIns, fixed, formulas, simulate
from seawall.engines.flow.site import Site, exponential

from .sites import chairs, even, markov


@pytest.mark.parametrize(("servers", "load"), [(1, 0.7), (5, 4.0), (10, 5.0), (40, 35.5)])
def test_erlang_is_its_sum(servers, load):
    terms = [load**k / math.factorial(k) for k in range(servers + 1)]
    busy = terms[-1] * servers / (servers - load)
    assert formulas.erlang_b(servers, load) == pytest.approx(terms[-1] / sum(terms))
    assert formulas.erlang_c(servers, load) == pytest.approx(busy / (sum(terms[:-1]) + busy))
    assert formulas.erlang_c(servers, servers) == 1


def test_one_server_waits_as_the_textbook_says():
    assert formulas.mean_wait(1, 0.8, 1) == pytest.approx(4)
    assert formulas.mean_queue(1, 0.8, 1) == pytest.approx(3.2)
    assert formulas.mean_wait(2, 2, 1) == math.inf


@pytest.mark.parametrize(("servers", "rate", "service"), [(1, 2.0, 0.3), (4, 5.0, 0.64), (12, 6.0, 1.6)])
def test_waiting_is_erlang_c(servers, rate, service):
    flow = simulate(markov(servers, rate, service), 60, seed=3)
    waited, exact = flow.wait(0), formulas.mean_wait(servers, rate, service)
    error = max((waited.high - waited.low) / 2 * 1.7, 0.01 * exact)
    assert abs(waited.mean - exact) < error
    longer = flow.counts[0, 101:].sum() / flow.counts[0].sum()
    assert longer == pytest.approx(formulas.wait_beyond(servers, rate, service, 1.01), abs=0.012)
    assert flow.utilisation()["desk"].mean == pytest.approx(rate * service / servers, rel=0.02)


def test_servers_of_the_formula_are_the_fewest():
    needed = formulas.least_servers(5, 2, 1.0)
    assert formulas.wait_beyond(needed, 5, 2, 1.0) <= 0.05 < formulas.wait_beyond(needed - 1, 5, 2, 1.0)


def test_a_batch_on_time_waits_in_rows():
    flow = simulate(even(60, 23, 0, Station("desk", 4, fixed(3))), 1)
    assert flow.wait(0).mean == pytest.approx(formulas.batch_wait(23, 4, 3))
    assert flow.wait(0).mean == pytest.approx(np.mean([3 * (i // 4) for i in range(23)]))
    assert flow.finish.mean == 18
    assert flow.queue_peak(0).mean == 19


def test_nobody_waits_where_each_is_done_before_the_next_comes():
    flow = simulate(even(3, 2, 300, Station("desk", 2, fixed(3)), chairs(20)), 1)
    assert flow.wait_total.mean == 0
    assert flow.minutes_in_site.p50 == flow.minutes_in_site.mean == 33
    assert flow.seats_peak.mean == 20


def test_an_hour_of_six_hundred_for_half_an_hour_are_three_hundred_seats():
    flow = simulate(even(0.1, 1, 600, chairs(10_000)), 1)
    assert flow.seats_peak.mean == pytest.approx(formulas.seats_mean(600, 30), abs=1)
    assert formulas.seats_mean(600, 30) == 300


def test_chance_adds_seats_as_poisson_says_whatever_the_time_of_observation():
    for law in (fixed(30), exponential(30)):
        seats = Station("observation", 10_000, law, "observation")
        flow = simulate(Site("s", 0, 600, (seats,), walk_ins=(WalkIns(0, 600, 600),)), 200, seed=5)
        at = flow.curves[:, -1, 110]  # minute 550: long after the first have left
        assert at.mean() == pytest.approx(300, rel=0.015)
        assert np.quantile(at, 0.95) == pytest.approx(formulas.seats_enough(600, 30), abs=8)
    assert formulas.seats_enough(600, 30) == 329
