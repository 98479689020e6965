"""A solver stopped by time: the best plan so far stands, keeps every rule, and says how far from proven it is."""

import pytest

from seawall.engines.planning import load_scenario, plan

from .folders import target, write_folder
from .judge import judge
from .test_properties import OPTIONS


@pytest.mark.parametrize("tables", [{}, {name: OPTIONS[name] for name in ("transport", "storage", "staff")}])
def test_a_plan_without_time_to_solve_keeps_every_rule_and_says_so(tmp_path, tables):
    scenario = load_scenario(write_folder(tmp_path, targets=target(0.6), **tables))
    result = plan(scenario, seconds=1e-6)
    assert result.summary["status"] == "stopped by time"
    assert result.summary["doses"] > 0 and judge(scenario, result) == set()
    (row,) = [row for row in result.summary["levels"] if row["code"].startswith("TARGETS")]
    assert row["bound"] == 0 and row["gap"] == row["value"] == sum(t["short_by"] for t in result.summary["targets"])


def test_without_other_limits_even_that_plan_meets_an_easy_target(tmp_path):
    scenario = load_scenario(write_folder(tmp_path, targets=target(0.6)))
    assert plan(scenario, seconds=1e-6).summary["feasible"]
