"""Every model against trying all choices, and its bound against its value."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from seawall.engines.siting import Answer, Infeasible, exact, max_cover, p_median, set_cover, setcover
from seawall.engines.siting.case import case
from seawall.engines.siting.milp import Optimum

from .small import cases, choices, least, made, travel, uncovered

Small = tuple[np.ndarray, np.ndarray, np.ndarray, int]
often = settings(max_examples=120, deadline=None)


def proven(answer: Answer, value: float) -> None:
    assert answer.value == pytest.approx(value, rel=1e-9, abs=1e-9)
    assert answer.proven
    assert answer.bound >= answer.value if answer.most else answer.bound <= answer.value


@often
@given(cases())
def test_p_median_is_the_least_of_all_choices(small: Small) -> None:
    weight, distance, kept, most = small
    value = travel(weight, distance)
    expected = least(kept, most, value)
    of = made(weight, distance, kept=kept)
    if np.isinf(expected):
        with pytest.raises(Infeasible):
            p_median(of, most)
        return
    answer = p_median(of, most)
    proven(answer, expected)
    assert value(answer.opened) == pytest.approx(answer.value)
    assert answer.opened[kept].all()
    assert answer.opened.sum() == most


@often
@given(cases(whole=False), st.integers(0, 12))
def test_p_median_keeps_to_budgets(small: Small, limit: int) -> None:
    weight, distance, kept, most = small
    use = np.arange(1.0, distance.shape[1] + 1)[None, :] % 4
    assume(use[0][kept].sum() <= limit)
    value = travel(weight, distance)
    expected = least(kept, most, lambda opened: value(opened) if use[0][opened].sum() <= limit else np.inf)
    of = made(weight, distance, kept=kept, use=use, limits=np.array([float(limit)]))
    if np.isinf(expected):
        with pytest.raises(Infeasible):
            p_median(of, most)
        return
    answer = p_median(of, most)
    proven(answer, expected)
    assert use[0][answer.opened].sum() <= limit


@often
@given(cases(), st.integers(0, 20), st.booleans())
def test_max_cover_is_the_most_of_all_choices(small: Small, radius: int, whole: bool) -> None:
    weight, distance, kept, most = small
    weight = weight if whole else weight * 0.37
    missed = uncovered(weight, distance, radius)
    near = made(weight, distance, kept=kept).within(np.full(len(weight), float(radius)))
    answer = max_cover(near, most)
    proven(answer, float(weight.sum()) - least(kept, most, missed) if (weight > 0).any() else 0.0)
    assert float(weight.sum()) - missed(answer.opened) == pytest.approx(answer.value)


@often
@given(cases(), st.integers(4, 16), st.sampled_from([0.2, 0.5, 0.8, 1.0]))
def test_no_area_is_left_behind(small: Small, radius: int, share: float) -> None:
    weight, distance, kept, most = small
    weight = weight + 1
    areas = np.arange(len(weight)) % 2
    missed = uncovered(weight, distance, radius)

    def worst(opened: np.ndarray) -> float:
        near = ((distance <= radius) & opened).any(axis=1)
        return min(weight[near & (areas == a)].sum() / weight[areas == a].sum() for a in np.unique(areas))

    expected = least(kept, most, lambda opened: missed(opened) if worst(opened) >= share - 1e-12 else np.inf)
    near = made(weight, distance, kept=kept).within(np.full(len(weight), float(radius)))
    if np.isinf(expected):
        with pytest.raises(Infeasible) as refused:
            max_cover(near, most, least_share=share, areas=areas)
        best = max(map(worst, choices(kept, most)))
        assert refused.value.numbers["possible"] == pytest.approx(best, abs=1e-6)
        return
    answer = max_cover(near, most, least_share=share, areas=areas)
    proven(answer, float(weight.sum()) - expected)
    assert worst(answer.opened) >= share - 1e-6


@often
@given(cases(), st.integers(0, 20), st.booleans())
def test_set_cover_is_the_cheapest_of_all_choices(small: Small, radius: int, priced: bool) -> None:
    weight, distance, kept, most = small
    missed = uncovered(weight, distance, radius)
    cost = np.arange(distance.shape[1]) % 3 + 1.5 if priced else np.ones(distance.shape[1])
    expected = least(kept, most, lambda opened: float(cost[opened].sum()) if missed(opened) == 0 else np.inf)
    near = made(weight, distance, kept=kept).within(np.full(len(weight), float(radius)))
    if np.isinf(expected):
        with pytest.raises(Infeasible):
            set_cover(near, cost=cost, open_=most)
        return
    answer = set_cover(near, cost=cost, open_=most)
    proven(answer, expected)
    assert missed(answer.opened) == 0


def test_a_bound_holds_even_without_time() -> None:
    rng = np.random.default_rng(5)
    distance = np.hypot(*(rng.random((2, 60))[:, :, None] - rng.random((2, 40))[:, None, :]))
    of = made(rng.integers(1, 9, 60).astype(float), distance)
    hurried, calm = p_median(of, 12, seconds=0.0), p_median(of, 12)
    assert calm.proven
    assert hurried.bound <= calm.value <= hurried.value


def test_more_sites_never_make_ways_longer() -> None:
    rng = np.random.default_rng(6)
    distance = rng.random((40, 30))
    values = [p_median(made(np.ones(40), distance), count).value for count in range(1, 31, 4)]
    assert values == sorted(values, reverse=True)


def test_too_few_sites_say_how_many_are_needed() -> None:
    distance = np.where(np.eye(4, dtype=bool), 1.0, np.inf)
    with pytest.raises(Infeasible) as refused:
        p_median(made(np.ones(4), distance), 3)
    assert refused.value.numbers["needed"] == 4


def test_a_bound_without_its_steps_still_decides_nothing_wrongly(monkeypatch: pytest.MonkeyPatch) -> None:
    """One step of prices and no exchange: only the tree finds the answer, and it may strike out no better one."""

    def counted(of: exact.Service, opened: np.ndarray) -> float:
        ways = np.empty((2, len(of.outside)))
        return float(exact.served(of.problem, opened, *ways, np.empty(len(ways[0]), np.int64)))

    monkeypatch.setattr(exact, "STEPS", 1)
    monkeypatch.setattr(exact, "NODE_STEPS", 1)
    monkeypatch.setattr(exact, "improved", counted)
    monkeypatch.setattr(exact, "_shaken", lambda *_: None)
    for seed in range(200):
        rng = np.random.default_rng(seed)
        n, m = rng.integers(2, 9), rng.integers(2, 8)
        weight, distance = rng.integers(1, 9, n).astype(float), rng.integers(0, 20, (n, m)).astype(float)
        most = int(rng.integers(1, m + 1))
        proven(p_median(made(weight, distance), most), least(np.zeros(m, bool), most, travel(weight, distance)))


def test_pairs_in_any_order_make_the_same_case() -> None:
    rng = np.random.default_rng(3)
    for _ in range(50):
        point, site = np.nonzero(rng.random((rng.integers(1, 9), rng.integers(1, 60))) < 0.7)
        distance, mixed = rng.integers(0, 6, len(point)).astype(float), rng.permutation(len(point))
        of = case(np.ones(9), (point[mixed], site[mixed], distance[mixed]), 60)
        order = np.lexsort((site, distance, point))
        assert of.site.tolist() == site[order].tolist()
        assert of.distance.tolist() == distance[order].tolist()


def test_a_need_that_was_not_proven_in_time_is_not_claimed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setcover, "solve", lambda *_: Optimum(None, np.inf, -np.inf))
    with pytest.raises(Infeasible) as refused:
        set_cover(made(np.ones(3), np.ones((3, 2))), seconds=0.0)
    assert refused.value.reason == "time_short"
