"""What theory says of an epidemic: its final size, its early growth, and that people are neither made nor lost."""

from dataclasses import replace

import numpy as np
import pytest

from seawall.engines.epidemic import basic_reproduction, final_size, growth_rate, run
from seawall.engines.epidemic.contacts import ages_implied, transmission

from .cases import closed, nine_bands


@pytest.mark.parametrize("r0", [1.15, 1.5, 2.6, 6.0])
def test_an_epidemic_ends_at_the_size_of_the_final_size_equation(r0: float) -> None:
    scenario = closed(r0=r0, days=6000 if r0 < 1.3 else 2000)
    result = run(scenario)
    beta = transmission(scenario)
    contacts, disease, people = scenario.contacts, scenario.disease, scenario.people[:, 0]
    size = final_size(contacts, disease.susceptibility, people, disease.infectious_days, beta, np.full(9, 2e-9))
    reached = result.curves[-1, 3] / people
    assert reached == pytest.approx(size, rel=2e-6)


def test_one_homogeneous_group_solves_the_textbook_equation() -> None:
    size = final_size(np.array([[4.0]]), np.ones(1), np.ones(1), 5.0, 0.1, np.zeros(1))[0]
    assert size == pytest.approx(1 - np.exp(-2.0 * size), abs=1e-12)
    assert size == pytest.approx(0.7968121300200199, abs=1e-12)


@pytest.mark.parametrize("r0", [1.5, 2.6])
@pytest.mark.parametrize("incubation", [0.0, 3.0])
def test_early_growth_is_that_of_the_next_generation_matrix(r0: float, incubation: float) -> None:
    scenario = closed(seed=1e-20, r0=r0, days=90)
    scenario = replace(scenario, disease=replace(scenario.disease, incubation_days=incubation), steps_per_day=4)
    infectious = run(scenario).curves[:, 2].sum(axis=1)
    seen = np.log(infectious[85] / infectious[75]) / 10
    assert basic_reproduction(scenario) == pytest.approx(r0, rel=1e-12)
    assert seen == pytest.approx(growth_rate(r0, incubation, 5.0), rel=2e-6)


def test_people_are_neither_made_nor_lost() -> None:
    scenario = nine_bands()
    curves = run(scenario).curves
    for day in (0, 1, 60, 200, 365):
        assert curves[day, [0, 1, 2, 3, 4, 6]].sum(axis=0) == pytest.approx(scenario.people[:, 0], rel=1e-12)
    assert (curves >= 0).all()


def test_no_epidemic_below_a_reproduction_number_of_one() -> None:
    scenario = closed(seed=1e-6, r0=0.9, days=400)
    curves = run(scenario).curves.sum(axis=2) / scenario.people.sum()
    assert curves[-1, 5] < 2e-5 and curves[-1, 2] < curves[0, 2] / 100


def test_ages_come_back_out_of_a_balanced_matrix() -> None:
    rng = np.random.default_rng(3)
    share = rng.dirichlet(np.ones(7))
    meetings = rng.random((7, 7))
    meetings = meetings + meetings.T
    assert ages_implied(meetings / share[:, None]) == pytest.approx(share, rel=1e-10)
