"""The published optima of the open sample are reached and proven."""

import numpy as np
import pytest

from seawall.engines.siting import capacitated, case_of_matrix, p_median

from . import sample


@sample.needed
def test_published_medians_are_reached_and_proven() -> None:
    for distance, count, optimum in sample.medians():
        answer = p_median(case_of_matrix(np.ones(len(distance)), distance), count)
        assert (answer.value, answer.bound, answer.proven) == (optimum, optimum, True)


@sample.needed
def test_published_capacitated_optima_are_reached_and_proven() -> None:
    for weight, distance, capacity, fixed_cost, optimum in sample.packings():
        answer = capacitated(case_of_matrix(weight, distance, capacity=capacity, fixed_cost=fixed_cost))
        assert answer.value == pytest.approx(optimum, rel=1e-12)
        assert answer.proven
        assert answer.bound <= answer.value
