"""The rules named as a conflict exclude the target together, and lifting any one of them would be enough."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from seawall.engines.planning import conflict, load_scenario, plan
from seawall.engines.planning.case import make_case
from seawall.engines.planning.model import COUNTED, RULES

from .folders import supply, target, write_folder
from .test_rules import POLICY, SITES

LATE = "2022-01-01"
EXAMPLE = Path(__file__).parents[3] / "examples" / "plans" / "late-supply"
PAUSE = "N,dose_priority,later_doses_only,2021-05-20,2021-06-30,0,applied\n"
CASES = {
    "vaccine": ({"supply": supply(("2021-04-30", "VECTOR", 60, LATE))}, {"supply"}),
    "stations": ({"capacity": SITES + "A,fixed,1,1,1,1,1,1\nB,fixed,1,1,1,9,9,9\n"}, {"capacity"}),
    "a pause": ({"policies": POLICY.format("first_dose_first", 5) + PAUSE.replace("05-20", "05-01")}, {"pause"}),
    "a pause and vaccine that comes in it": (
        {
            "policies": POLICY.format("first_dose_first", 5) + PAUSE,
            "supply": supply(("2021-05-25", "VECTOR", 500, LATE)),
        },
        {"pause", "supply"},
    ),
    "intervals and vaccine that comes late": (
        {"supply": supply(("2021-06-15", "INACT", 500, LATE)), "targets": target(0.9)},
        {"opening", "supply"},
    ),
}


def case_of(scenario):
    return make_case(scenario, scenario.campaign.opens - timedelta(days=1))


@pytest.mark.parametrize("name", CASES)
def test_the_conflict_is_the_one_that_was_built(tmp_path, name):
    tables, rules = CASES[name]
    usual = {"targets": target(0.9, "started"), "supply": supply(("2021-04-30", "VECTOR", 500, LATE))}
    found = conflict.conflict_of(case_of(load_scenario(write_folder(tmp_path, **(usual | tables)))), 0)
    assert {clash.rule for clash in found} == rules


def test_every_rule_is_either_lifted_carried_or_only_counts():
    bundled = {rule for rules in conflict.TOGETHER.values() for rule in rules}
    assert set(RULES) == set(conflict.LIFTED_FIRST) | conflict.CARRIED | COUNTED | bundled


def test_late_supply_clashes_with_the_intervals_and_names_the_days():
    found = {clash.rule: clash for clash in conflict.conflict_of(case_of(load_scenario(EXAMPLE)), 0)}
    assert set(found) == {"supply", "opening"}
    assert found["supply"].last == date(2021, 6, 12)


def test_a_target_within_reach_has_no_conflict(tmp_path):
    assert conflict.conflict_of(case_of(load_scenario(write_folder(tmp_path))), 0) == []


def test_the_summary_of_a_strict_plan_names_the_conflict_of_its_heaviest_target():
    found = plan(load_scenario(EXAMPLE), strict=True).summary["conflict"]
    assert found["target"] == "COMPLETE_ALL" and {row["rule"] for row in found["rules"]} == {"supply", "opening"}
