"""What is counted over days, against the slow day; bounds against what was counted; seeds."""

from dataclasses import replace

import numpy as np
import pytest

from seawall.engines.flow import Absence, Bounds, Crowd, Part, Release, Station, WalkIns, exponential, fixed, simulate
from seawall.engines.flow.chance import draw
from seawall.engines.flow.simulate import absences, chunks
from seawall.engines.flow.site import Site, average
from seawall.engines.flow.trial import Trial

from .sites import even, example
from .slow import lived_slowly


def small() -> Site:
    """All that a site can have, on few people."""
    return Site(
        "small", 10, 120,
        (
            Station("filling", 1, exponential(1, 0.5), "preparation"),
            Station("desk", 2, exponential(2, 1), absences=(Absence(1, 30, 60), Absence(1, 60, 80))),
            Station("needle", 2, exponential(3), "injection", walk=exponential(0.5)),
            Station("seats", 4, (Part("normal", 0.9, mean=15, sd=1), Part("uniform", 0.1, low=20, high=40)),
                    "observation", walk=fixed(1)),
        ),
        even(15, 5, 105).appointments, (Part("normal", mean=-1, sd=4),), 0.1, (WalkIns(20, 100, 6),),
        (Crowd(50, 4, 5),), (Release(0, 20), Release(40, 30)),
    )  # fmt: skip


def slow_days(site: Site, replications: int, seed: int):
    """Each day of the same draws, lived slowly: arrivals, and moments by station and person."""
    away, first = absences((*site.steps, site.preparation))
    windows = [[[] for _ in range(s.servers)] for s in site.steps]
    for k, s in enumerate(site.steps):
        for j in range(s.servers) if s.absences else ():
            windows[k][j] = [tuple(w) for w in away[first[k, j] : first[k, j + 1]]]
    for drawn in chunks(site, replications, seed):
        for r in range(len(drawn.arrive)):
            n, m = drawn.arrive.shape[1], len(drawn.releases)
            filled = lived_slowly(drawn.releases, [0] * m, [drawn.filling[r]], [[0.0] * m], None, -1, [[[]]])
            yield (
                drawn.arrive[r],
                drawn.service[r],
                lived_slowly(
                    drawn.arrive[r], [0] * n, drawn.service[r], drawn.walk[r], sorted(filled.end[0]), 1, windows
                ),
            )


def most(ins: np.ndarray, outs: np.ndarray) -> int:
    return max(int((ins <= t).sum() - (outs <= t).sum()) for t in ins)


def test_everything_counted_is_what_the_slow_days_give():
    site = small()
    flow = simulate(site, 30, seed=4)
    for r, (arrive, service, slow) in enumerate(slow_days(site, 30, 4)):
        reach, begin, end = np.array(slow.reach), np.array(slow.begin), np.array(slow.end)
        came, done = np.isfinite(arrive), np.isfinite(end[-1])
        arrived, served, finish, crowd, seats, inside, _, _ = flow.totals[r]
        moves = np.concatenate([m[np.isfinite(m)] for m in (reach, end)])
        late = max(site.closes, moves.max())
        assert (arrived, served) == (came.sum(), done.sum())
        assert finish == pytest.approx(late if served < arrived else end[-1][done].max())
        assert crowd == most(arrive[came], end[-1])
        assert seats == most(begin[-1][done], end[-1])
        assert inside == pytest.approx((np.minimum(end[-1], late) - arrive)[came].mean())
        for k in range(3):
            there = np.isfinite(reach[k])
            assert flow.waits[r, k] == pytest.approx((np.minimum(begin[k], late) - reach[k])[there].mean())
            assert flow.lengths[r, k] == most(reach[k][np.isfinite(reach[k])], begin[k])
            at = 5.0 * np.arange(60)
            waiting = ((reach[k] <= at[:, None]) & (begin[k] > at[:, None])).sum(axis=1)
            assert flow.curves[r, k, :60].tolist() == waiting.tolist()
        busy = service[0][np.isfinite(begin[0])].sum()
        stays = max(120.0, end[0][np.isfinite(end[0])].max())
        assert flow.busy[r, 0] == pytest.approx(busy / (2 * (stays - 10) - 30 - 20))


def test_bounds_hold_where_what_was_counted_says_so():
    site = replace(small(), doses=(Release(0, 200),))
    [drawn] = chunks(site, 60, 8)
    flow = simulate(site, 60, seed=8)
    for name, column in (("crowd", 3), ("seats", 4), ("finish", 2)):
        ordered = np.sort(flow.totals[:, column])
        limit = ordered[-4]  # three days of sixty may be above
        assert Trial(drawn, Bounds(**{name: limit})).keeps(site)
        assert not Trial(drawn, Bounds(**{name: limit - 0.5})).keeps(site)


def test_waiting_is_judged_slot_by_slot():
    desk = Station("desk", 1, fixed(1))
    crowded = replace(even(60, 1, 600, desk), crowds=(Crowd(300, 40, 0),))
    [drawn] = chunks(crowded, 1, 0)
    assert not Trial(drawn, Bounds(wait=30)).keeps(crowded)
    assert Trial(drawn, Bounds(wait=38)).keeps(crowded)
    assert Trial(drawn, Bounds(wait=30), skip=frozenset({11})).keeps(crowded)


def test_the_same_seed_is_the_same_answer_and_another_is_not():
    site = example("gp")
    one, two, other = simulate(site, 70, 5), simulate(site, 70, 5), simulate(site, 70, 6)
    assert (one.totals == two.totals).all()
    assert (one.totals != other.totals).any()
    assert (simulate(site, 64, 5).totals == one.totals[:64]).all()


@pytest.mark.parametrize(
    "part",
    [
        Part("fixed", mean=3), Part("exponential", mean=2, shift=1), Part("normal", mean=9, sd=2),
        Part("uniform", low=1, high=4), Part("gamma", mean=3, sd=2, shift=1), Part("lognormal", mean=3, sd=2),
        Part("measured", values=(1, 2, 6)),
    ],
)  # fmt: skip
def test_a_law_has_its_mean_and_spread(part):
    times = draw((part,), np.random.Generator(np.random.SFC64(1)), (400, 500))
    assert times.mean() == pytest.approx(average((part,)), rel=0.01)
    if part.sd:
        assert times.std() == pytest.approx(part.sd, rel=0.02)
    assert times.min() >= 0


def test_a_mixture_is_drawn_by_its_shares():
    law = (Part("fixed", 0.7, mean=1), Part("fixed", 0.3, mean=5))
    times = draw(law, np.random.Generator(np.random.SFC64(1)), (100, 1000))
    assert (times == 5).mean() == pytest.approx(0.3, abs=0.01)
    assert average(law) == pytest.approx(2.2)


def test_without_doses_nobody_is_served_and_all_still_wait():
    site = replace(small(), doses=(Release(0, 7),))
    flow = simulate(site, 20, 1)
    assert flow.served.p50 == 7
    assert (flow.curves[:, 1, 300] == flow.totals[:, 0] - 7).all()
