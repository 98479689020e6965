"""Rules that cost nothing in the best plan are left out of the first solve, and the plan is none the worse for it."""

from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from seawall.engines.planning import load_scenario
from seawall.engines.planning.blocks import Block
from seawall.engines.planning.case import make_case
from seawall.engines.planning.merge import merged
from seawall.engines.planning.programme import opening_between

from .folders import supply, target, write_folder

HISTORY = {
    "unit": pl.String,
    "group": pl.String,
    "product": pl.String,
    "dose_rank": pl.Int64,
    "day": pl.Date,
    "doses": pl.Int64,
}


@pytest.fixture
def solves(monkeypatch):
    """Every run of the solver, by how many groups of rows it left out."""
    seen, run = [], Block._solved
    monkeypatch.setattr(
        Block, "_solved", lambda self, out, *a, **k: (seen.append(len(out)), run(self, out, *a, **k))[1]
    )
    return seen


def little(free: float) -> Block:
    """x + o >= 3 put aside, where o costs five times x; x >= `free` is asked anyway."""
    block = Block()
    x, o = block.columns("x", (1,), 1.0), block.columns("o", (1,), 5.0)
    block.put(block.rows("asked", free, np.inf, (1,)), x, 1.0)
    rows = block.rows("latest", 3.0, np.inf, (1,))
    block.put(rows, np.concatenate([x, o]), 1.0)
    block.put_aside(rows)
    return block


def test_a_row_put_aside_that_lacks_nothing_costs_no_second_solve(solves):
    found = little(4.0).solve()
    assert found.objective == pytest.approx(4.0, abs=1e-4)
    assert solves == [1]


def test_a_row_put_aside_that_lacks_something_is_put_back(solves):
    found = little(1.0).solve()
    assert found.objective == pytest.approx(3.0, abs=1e-4)
    assert solves == [1, 0]


def late_city(tmp_path, late: int):
    """Sixty persons had first doses so long ago that their second turns late `late` days after the plan begins."""
    lots = supply(("2021-04-30", "INACT", 400, "2022-01-01"))
    scenario = load_scenario(write_folder(tmp_path, targets=target(0.5), supply=lots))
    as_of = scenario.campaign.opens - timedelta(days=1)
    day = scenario.campaign.opens + timedelta(days=late - 57)
    rows = [(unit, "ALL_18", "INACT", 1, day, 30) for unit in "AB"]
    return make_case(scenario, as_of, given=pl.DataFrame(rows, schema=HISTORY, orient="row"))


@pytest.mark.parametrize("late", [0, 3, 25])
def test_a_plan_made_without_who_may_be_late_is_as_good_as_one_made_with_it(tmp_path, late):
    case = late_city(tmp_path, late)
    quick, whole = (merged(case).model.block for _ in range(2))
    whole.aside.clear()
    assert quick.aside
    one, other = quick.solve(sharp=True), whole.solve(sharp=True)
    assert one.objective == pytest.approx(other.objective, rel=1e-5)


def test_where_nobody_can_wait_too_long_nobody_does(tmp_path):
    """The rows that stand count the same waiting as if there were one for every day: v = w - opened in the days allowed."""
    case = late_city(tmp_path, 25)
    model = merged(case).model
    found = model.block.solve(sharp=True)
    until = case.periods.last + 1
    since = np.maximum(0, until - case.within[case.periods.last].astype(int))
    for number, step in enumerate(model.later):
        past, shares = opening_between(case, step, since, until)
        recent = past / model.size + found.columns["x"][:, :, case.steps[step].previous] @ shares
        too_long = np.maximum(found.columns["w"][:, :, number] - recent, 0)
        assert found.columns["v"][:, :, number] == pytest.approx(too_long, abs=1e-4)
