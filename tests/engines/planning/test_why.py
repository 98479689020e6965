"""Why this number: the reason of a quota is what really binds it."""

from datetime import date

import pytest

from seawall.engines.planning import load_scenario, plan, policy_applied
from seawall.engines.planning.why import why_quota

from .folders import TABLES, supply, target, write_folder

FIRST, SECOND = date(2021, 5, 1), date(2021, 5, 22)


def _why(scenario, day, rank=1, unit="A"):
    made = plan(scenario)
    return made, why_quota(
        scenario, made.quotas, made.stock, made.as_of, day, unit=unit, group="ALL_18", product="INACT", dose_rank=rank
    )


def _stations(each):
    head, *rows = TABLES["capacity"].splitlines()
    return "\n".join([head, *(row.replace(",1,1,10,", f",1,1,{each},") for row in rows), ""])


def _doses(made, day, rank, unit="A"):
    cell = made.quotas.filter(unit=unit, dose_rank=rank, date=day)
    return cell["doses"].sum()


def test_everybody_whose_dose_is_open_gets_it(tmp_path):
    plenty = supply(("2021-04-30", "INACT", 900, "2022-01-01"))
    scenario = load_scenario(write_folder(tmp_path, capacity=_stations(100), targets=target(1.0), supply=plenty))
    made, later = _why(scenario, SECOND, 2)
    assert later.code == "QUOTA_ALL" and later.facts["doses"] == later.facts["waiting"] == _doses(made, FIRST, 1)
    _, early = _why(scenario, date(2021, 5, 21), 2)
    assert (early.code, early.facts["waiting"]) == ("QUOTA_NONE", 0)
    _, first = _why(scenario, FIRST, 1)
    assert first.code == "QUOTA_PACED" and first.facts["waiting"] == 100 and first.facts["empty"] == ""


def test_full_stations_are_the_reason(tmp_path):
    scenario = load_scenario(write_folder(tmp_path, capacity=_stations(2), targets=target(1.0)))
    made, why = _why(scenario, FIRST)
    assert why.code == "QUOTA_STATIONS" and why.facts["capacity"] == 20 == why.facts["unit_doses"]
    assert why.facts["doses"] == _doses(made, FIRST, 1)


def test_vaccine_that_is_used_up_is_the_reason(tmp_path):
    lots = supply(("2021-04-30", "INACT", 40, "2022-01-01"), ("2021-05-20", "INACT", 400, "2022-01-01"))
    scenario = load_scenario(write_folder(tmp_path, capacity=_stations(100), targets=target(1.0), supply=lots))
    made, why = _why(scenario, FIRST)
    assert why.code == "QUOTA_VACCINE" and FIRST.isoformat() <= why.facts["empty"] < "2021-05-20"
    assert 0 < why.facts["doses"] == _doses(made, FIRST, 1) < why.facts["waiting"]


def test_a_pause_of_first_doses_is_the_reason(tmp_path):
    pause = TABLES["policies"] + "S,dose_priority,later_doses_only,2021-05-01,2021-05-10,0,proposed\n"
    scenario = load_scenario(write_folder(tmp_path, policies=pause))
    _, why = _why(policy_applied(scenario, "S"), FIRST)
    assert (why.code, why.facts["doses"]) == ("QUOTA_PAUSED", 0)


def test_what_was_given_before_the_plan_counts(tmp_path):
    history = "group,product,dose_rank,from,to,doses\nALL_18,INACT,1,2021-04-10,2021-04-10,60\n"
    scenario = load_scenario(write_folder(tmp_path, history=history, capacity=_stations(100), targets=target(1.0)))
    _, later = _why(scenario, FIRST, 2)
    assert later.facts["waiting"] == pytest.approx(30, abs=1)
    made, first = _why(scenario, date(2021, 5, 3), 1)
    before = _doses(made, FIRST, 1) + _doses(made, date(2021, 5, 2), 1)
    assert before and first.facts["waiting"] == pytest.approx(70 - before, abs=1)
