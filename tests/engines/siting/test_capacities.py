"""Capacitated location against trying all, and why it is refused when people do not fit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seawall.engines.siting import Infeasible, capacitated
from seawall.engines.siting.capacitated import _tight

from .small import assigned, least, made

often = settings(max_examples=80, deadline=None)


@st.composite
def packings(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Weights, distances (some infinite), capacities (some without limit), fixed costs and kept sites."""
    n, m = draw(st.integers(1, 5)), draw(st.integers(1, 4))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    weight = rng.integers(0, 6, n).astype(float)
    distance = rng.integers(0, 9, (n, m)).astype(float)
    distance[rng.random((n, m)) < draw(st.sampled_from([0.0, 0.3]))] = np.inf
    capacity = rng.integers(1, 12, m).astype(float)
    capacity[rng.random(m) < draw(st.sampled_from([0.0, 0.2, 1.0]))] = np.inf
    return weight, distance, capacity, rng.integers(0, 15, m).astype(float), rng.random(m) < 0.15


@often
@given(packings(), st.integers(0, 3))
def test_capacitated_is_the_cheapest_of_all_choices(
    packing: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray], fewer: int
) -> None:
    weight, distance, capacity, fixed_cost, kept = packing
    most = max(1, int(kept.sum()), len(capacity) - fewer)
    expected = least(kept, most, lambda opened: assigned(weight, distance, capacity, fixed_cost, opened))
    of = made(weight, distance, capacity=capacity, fixed_cost=fixed_cost, kept=kept)
    if np.isinf(expected):
        with pytest.raises(Infeasible):
            capacitated(of, open_=most)
        return
    answer = capacitated(of, open_=most)
    assert answer.value == pytest.approx(expected)
    assert answer.proven
    assert answer.bound <= answer.value
    assert answer.opened[kept].all()
    assert answer.opened.sum() <= most
    heavy = weight > 0
    assert answer.opened[answer.serves[heavy]].all()
    assert (np.bincount(answer.serves[heavy], weight[heavy], len(capacity)) <= capacity + 1e-9).all()


def test_a_shortage_is_told_by_how_much_and_where() -> None:
    distance = np.array([[1.0, np.inf], [1.0, np.inf], [np.inf, 1.0]])
    of = made(np.array([5.0, 4.0, 3.0]), distance, capacity=np.array([6.0, 9.0]))
    with pytest.raises(Infeasible) as refused:
        capacitated(of)
    assert refused.value.reason == "capacity_short"
    assert refused.value.numbers["short"] == pytest.approx(3)


def test_points_that_cannot_be_divided_are_named_as_the_reason() -> None:
    of = made(np.array([4.0, 4.0, 4.0]), np.ones((3, 2)), capacity=np.array([6.0, 6.0]))
    with pytest.raises(Infeasible) as refused:
        capacitated(of)
    assert refused.value.reason == "not_whole"


def test_a_bound_holds_even_without_time() -> None:
    rng = np.random.default_rng(2)
    weight = rng.integers(1, 9, 40).astype(float)
    of = made(weight, rng.random((40, 12)), capacity=np.full(12, weight.sum() / 6), fixed_cost=rng.random(12) * 20)
    hurried, calm = capacitated(of, seconds=0.0), capacitated(of)
    assert calm.proven
    assert hurried.bound <= calm.value <= hurried.value + 1e-9


def test_large_whole_totals_are_not_called_proven_for_a_small_share() -> None:
    of = made(np.array([1.0, 1.0]), np.array([[1e9, 1e9]] * 2), capacity=np.array([1.0, 1.0]))
    assert _tight(of, 2e9 - 50, 2e9) == 2e9 - 50
    assert _tight(of, 1e6 - 0.5, 1e6) == 1e6
