"""What a plan proves of itself: bound <= optimum <= value on random programmes and campaigns, and days never beat the bound by periods."""

import tempfile
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seawall.engines.planning import load_scenario, plan
from seawall.engines.planning.blocks import Block
from seawall.engines.planning.case import Case, make_case
from seawall.engines.planning.daily import proof_by_days
from seawall.engines.planning.merge import merged
from seawall.engines.planning.model import build
from seawall.engines.planning.proof import implied, proven

from .folders import supply, target, write_folder
from .test_merge import campaigns, case_of


def programme(rng: np.random.Generator) -> Block:
    """A random bounded and feasible programme: some variables have an end only through the rows."""
    block, count = Block(), int(rng.integers(2, 7))
    x = block.columns("x", (count,), rng.normal(size=count))
    slack = block.columns("slack", (3,), rng.uniform(0, 2, 3))
    total = block.rows("total", -np.inf, rng.uniform(1, 5), (1,))
    block.put(total, x, rng.uniform(0.1, 2, count))
    rows = block.rows("rows", rng.normal(size=3), np.inf, (3,))
    block.put(rows[:, None], x[None, :], rng.normal(size=(3, count)))
    block.put(rows, slack, 1.0)
    return block


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_any_prices_prove_no_more_than_the_optimum_and_good_ones_prove_it(seed):
    rng = np.random.default_rng(seed)
    block = programme(rng)
    best = block.solve(10, vertex=True)
    assert proven(block, best) == pytest.approx(best.objective, rel=1e-6, abs=1e-6)
    for spread in (1e-3, 1.0):
        wrong = {name: prices + rng.normal(0, spread, prices.shape) for name, prices in best.prices.items()}
        assert proven(block, replace(best, prices=wrong)) <= best.objective + 1e-7


def test_ends_follow_from_rows_through_a_chain_of_stocks():
    block = Block()
    left, used = block.columns("left", (3,)), block.columns("used", (3,))
    rows = block.rows("stock", [5.0, 2.0, 0.0], [5.0, 2.0, 0.0], (3,))
    block.put(rows, left, 1.0)
    block.put(rows[1:], left[:-1], -1.0)
    block.put(rows, used, 1.0)
    r, c, v = (np.concatenate(part) for part in zip(*block.entries, strict=True))
    assert implied(block, r, c, v).tolist() == [5, 7, 7, 5, 7, 7]


@settings(max_examples=15, deadline=None)
@given(campaigns())
def test_the_bound_of_a_plan_lies_below_the_optimum_of_the_full_programme(tables):
    with tempfile.TemporaryDirectory() as folder:
        case = case_of(tables, folder)
    block = merged(case).model.block
    near, best = block.solve(30), build(case).block.solve(30, vertex=True)
    bound, slack = proven(block, near), 1e-6 * max(1.0, abs(best.objective))
    assert bound <= best.objective + slack
    assert near.objective >= best.objective - slack
    assert bound == pytest.approx(best.objective, rel=1e-3, abs=1e-2)


def by_days(case: Case) -> Case:
    """The same campaign with every day a period."""
    days = np.arange(case.periods.day_count)
    return replace(case, periods=replace(case.periods, of_day=days, first=days, last=days))


@settings(max_examples=10, deadline=None)
@given(campaigns())
def test_no_plan_by_days_misses_fewer_than_the_bound_by_periods(tables):
    with tempfile.TemporaryDirectory() as folder:
        case = case_of(tables | {"capacity": CAPACITY}, folder)
    nothing = np.zeros((len(case.units), len(case.groups), len(case.steps), case.periods.day_count), dtype=int)
    first = proof_by_days(case, nothing, 60)[0]
    top = max(aim.weight for aim in case.aims)
    model = build(by_days(case))
    cost = np.zeros(model.block.column_count)
    cost[model.missing[[n for n, a in enumerate(case.aims) if a.weight == top]]] = 1.0
    model.block.cost = [cost]
    assert first["bound"] <= model.block.solve(60, vertex=True).objective * model.size + 1e-3


CAPACITY = (
    "unit,kind,sites,stations,rate_per_hour,hours_workday,hours_weekend,hours_holiday\n"
    "A,fixed,1,1,1,6,2,0\nB,fixed,1,1,1,3,0,0\n"
)


def test_a_short_plan_is_proven_to_the_person(tmp_path):
    """A hundred doses for two hundred persons who need two each: fifty can be completed, and the proof says no plan has more."""
    lots = supply(("2021-04-30", "INACT", 100, "2022-01-01"))
    result = plan(load_scenario(write_folder(tmp_path, targets=target(1.0), supply=lots)), strict=True)
    (proof,) = result.summary["proof"]
    assert proof["bound"] == pytest.approx(150, abs=0.1)
    done = result.quotas.filter(pl.col("dose_rank") == 2)["doses"].sum()
    assert proof["value"] == 200 - done and proof["gap"] < 0.02


def test_a_plan_stopped_by_time_says_so_and_keeps_its_rules(tmp_path):
    lots = supply(("2021-04-30", "INACT", 100, "2022-01-01"))
    scenario = load_scenario(write_folder(tmp_path, targets=target(1.0), supply=lots))
    result = plan(scenario, seconds=0.0, strict=False)
    assert result.summary["status"] == "stopped by time"
    assert result.quotas["doses"].sum() <= 100
    assert result.summary["levels"][0]["bound"] <= result.summary["levels"][0]["value"]


def test_the_bound_by_periods_is_not_moved_by_where_the_days_lie(tmp_path):
    """What arrives inside a week counts from its first day in the bound: it can only be looser than the plan's own rule."""
    lots = supply(("2021-06-08", "INACT", 100, "2022-01-01"))
    scenario = load_scenario(write_folder(tmp_path, near_days=0, targets=target(1.0), supply=lots))
    case = make_case(scenario, scenario.campaign.opens - timedelta(days=1))
    assert case.periods.day(case.periods.first[case.periods.of_day[39]]) <= date(2021, 6, 9)
    nothing = np.zeros((2, 1, len(case.steps), case.periods.day_count), dtype=int)
    own = build(case)
    cost = np.zeros(own.block.column_count)
    cost[own.missing] = 1.0
    own.block.cost = [cost]
    assert proof_by_days(case, nothing, 30)[0]["bound"] <= own.block.solve(30, vertex=True).objective * own.size + 1e-6
