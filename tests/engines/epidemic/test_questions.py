"""Who first, the barrier, calibration, chance and agents."""

from dataclasses import replace

import numpy as np
import pytest

from seawall.engines.epidemic import (
    Assumed,
    Measure,
    Reported,
    agents,
    barrier,
    basic_reproduction,
    best,
    calibrate,
    ensemble,
    load_scenario,
    needed,
    prioritise,
    run,
)  # fmt: skip
from seawall.engines.epidemic.scenario import Vaccine

from .cases import EXAMPLES, closed, nine_bands


def test_the_mean_of_many_chance_courses_is_the_deterministic_course() -> None:
    scenario = nine_bands(days=120)
    scenario = replace(scenario, people=scenario.people / 1000)
    scenario = replace(
        scenario, order=replace(scenario.order, daily=scenario.order.daily / 1000, supply=scenario.order.supply / 1000)
    )
    members, ours = ensemble(scenario, 60, 3, parts=8), run(scenario)
    spread = members.totals[:, -1, 5].std() / np.sqrt(60)
    assert members.totals[:, -1, 5].mean() == pytest.approx(
        ours.total("infections"), abs=4 * spread + 3e-3 * ours.total("infections")
    )
    assert members.totals[:, -1, 8].mean() == pytest.approx(ours.total("vaccinated"), rel=2e-3)
    alive = members.totals[:, :, [0, 1, 2, 3, 4, 6]].sum(axis=2)
    assert (alive == alive[:, :1]).all()
    assert (members.totals == ensemble(scenario, 60, 3, parts=8).totals).all()


def test_protecting_the_elderly_averts_most_deaths_and_the_young_adults_most_infections() -> None:
    loaded = load_scenario(EXAMPLES / "who-first.toml")
    asked = loaded.asked.who_first
    assert asked is not None
    table = prioritise(loaded.scenario, asked.orders, [0.1, 0.3], [1.5, 2.6])
    assert set(best(table, "deaths")["order"]) == {"60+"}
    assert set(best(table, "infections")["order"]) == {"20-49"}
    assert table["doses"].to_list() == pytest.approx((table["supply_share"] * loaded.scenario.people.sum()).to_list())


def test_coverage_lowers_the_reproduction_number_as_arithmetic_says() -> None:
    scenario = closed(r0=2.5)
    vaccine = Vaccine("V", 1, "leaky", np.full(9, 0.6), transmission=0.5)
    sure = Assumed((2.5, 2.5), (0.6, 0.6), draws=10)
    half = replace(scenario, measures=(Measure("half", {"all": 0.5}),))
    table = barrier(half, vaccine, np.full(9, 0.7), sure, {"half": ("half",), "none": ()}, seed=1)
    kept = 0.3 + 0.7 * 0.4 * 0.5
    assert table["r"].to_list() == pytest.approx([1.25 * kept, 1.25, 2.5 * kept, 2.5], rel=1e-6)
    assert table["verdict"].to_list() == ["holds", "breaks", "breaks", "breaks"]
    assert (table["low"] - table["high"]).abs().max() < 1e-9
    even = needed(scenario, vaccine, scenario.groups, np.zeros(9))
    assert even == pytest.approx((1 - 1 / 2.5) / (1 - 0.4 * 0.5), rel=1e-6)
    assert needed(scenario, vaccine, scenario.groups[:1], np.zeros(9)) is None


def test_an_outbreak_dies_out_exactly_where_the_reproduction_number_is_under_one() -> None:
    vaccine = Vaccine("V", 1, "leaky", np.full(9, 0.9))
    for share, grows in ((0.5, True), (0.75, False)):
        plan = np.zeros((1, 1, 9, 1))
        scenario = closed(seed=1e-9, r0=2.5, days=100, vaccines=(vaccine,))
        plan[0, 0] = share * scenario.people
        curve = run(replace(scenario, plan=plan)).curves[:, 2].sum(axis=1)
        assert bool(curve[90] > curve[50]) is grows


def test_calibration_finds_the_parameters_that_made_the_curve() -> None:
    truth = closed(seed=1e-5, r0=1.8, days=60, exposed=None)
    new = run(truth).new.sum(axis=(1, 2)) / 1000
    cases = np.random.default_rng(8).negative_binomial(30, 30 / (30 + 0.3 * new)).astype(float)
    small = replace(truth, people=truth.people / 1000, disease=replace(truth.disease, r0=1.2))
    found = calibrate(small, Reported(np.arange(60), cases), (1.0, 4.0), seed=2, draws=150, reported_share=0.3)
    row = found.table().row(0, named=True)
    assert row["low"] < 1.8 < row["high"] and row["high"] - row["low"] < 0.3
    again = calibrate(small, Reported(np.arange(60), cases), (1.0, 4.0), seed=2, draws=150, reported_share=0.3)
    assert (again.draws == found.draws).all()


def test_a_measure_switches_on_at_its_level_and_off_below_it() -> None:
    scenario = closed(seed=1e-5, r0=2.0, days=250)
    lock = Measure("lock", {"all": 0.2}, watch="infections", on=500, off=100, least_days=10)
    free, held = run(scenario), run(replace(scenario, measures=(lock,)))
    week = np.array([held.new[max(0, d - 7) : d].sum() for d in range(250)]) / scenario.people.sum() * 1e5
    first = int(np.argmax(week >= 500))
    assert held.curves[first, 5] == pytest.approx(free.curves[first, 5], rel=1e-12)
    assert held.new[first].sum() < 0.5 * free.new[first].sum()
    assert (week[first + 10 :] < 100).any() and week.max() < 1500
    dated = replace(scenario, measures=(Measure("dated", {"all": 0.0}, start=30, end=59),))
    assert run(dated).new[30:60].sum() == 0 and run(dated).new[60].sum() > 0
    assert basic_reproduction(dated) == pytest.approx(2.0)


@pytest.mark.long
def test_single_agents_agree_with_the_compartments() -> None:
    pytest.importorskip("starsim")
    loaded = load_scenario(EXAMPLES / "agents.toml")
    table = agents(loaded.scenario, 20_000, 8, 1)
    assert table["agents"].to_list() == pytest.approx(table["ours"].to_list(), abs=0.03)
