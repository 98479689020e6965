"""A plan that cannot be met says so, names what would remove it, and is right about it."""

import csv
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from seawall.engines import planning
from seawall.engines.planning import load_scenario, plan, plan_on_files
from seawall.engines.planning.case import make_case
from seawall.engines.planning.shortfall import plainly_short

from .folders import supply, target, write_folder

ROOT = Path(__file__).parents[3]
LATE = ROOT / "examples" / "plans" / "late-supply"
HEAD = "unit,kind,sites,stations,rate_per_hour,hours_workday,hours_weekend,hours_holiday\n"


def with_doses(scenario, additions, share=1.0):
    rows = [
        (day, product, f"ADDED{n}", int(doses * share), 1, date(2023, 1, 1), "yes")
        for n, (product, day, doses) in enumerate(additions.select("product", "date", "short_by").iter_rows())
    ]
    extra = pl.DataFrame(rows, schema=scenario.supply.schema, orient="row")
    return replace(scenario, supply=pl.concat([scenario.supply, extra]))


def test_the_remedy_of_late_supply_is_enough_and_nine_tenths_of_it_is_not():
    scenario = load_scenario(LATE)
    result = plan(scenario)
    additions = result.obstacles.filter(pl.col("code") == "ADD_DOSES")
    assert not result.summary["feasible"] and additions.height == 1
    assert plan(with_doses(scenario, additions)).summary["feasible"]
    assert not plan(with_doses(scenario, additions, 0.9)).summary["feasible"]


def test_the_shortfall_is_told_by_unit_and_adds_up():
    result = plan(load_scenario(LATE))
    by_unit = result.obstacles.filter(pl.col("code") == "SUPPLY_SHORT")
    assert by_unit["unit"].n_unique() == 3
    assert by_unit["short_by"].sum() == result.summary["targets"][0]["short_by"]


def test_stations_that_are_named_are_enough_and_one_fewer_is_not(tmp_path):
    capacity = f"{HEAD}A,fixed,1,1,10,10,10,10\nB,fixed,1,1,0.1,10,10,10\n"
    scenario = load_scenario(write_folder(tmp_path, capacity=capacity, targets=target(0.9)))
    (added,) = plan(scenario).obstacles.filter(pl.col("code") == "ADD_STATIONS").iter_rows(named=True)
    assert added["unit"] == "B"
    for stations, enough in ((added["short_by"], True), (added["short_by"] - 1, False)):
        more = pl.when(pl.col("unit") == "B").then(pl.col("stations") + stations).otherwise("stations")
        changed = replace(scenario, capacity=scenario.capacity.with_columns(stations=more))
        assert plan(changed).summary["feasible"] is enough


def test_persons_who_will_not_come_are_named(tmp_path):
    groups = (
        "group,rank,zh,en,sectors,org_kinds,age_min,age_max,opens,share_of_population,uptake\n"
        "ALL_18,1,成人,Adults,,,18,,2021-05-01,0,0.3\n"
    )
    result = plan(load_scenario(write_folder(tmp_path, groups=groups)))
    added = result.obstacles.filter(pl.col("code") == "ADD_PERSONS")
    assert sorted(added.select("unit", "short_by").rows()) == [("A", 20), ("B", 20)]


OPEN_TOGETHER = (
    "group,rank,zh,en,sectors,org_kinds,age_min,age_max,opens,share_of_population,uptake\n"
    "YOUNG,1,幼,Young,,,1,4,{young},0,{uptake}\nOLDER,2,大,Older,,,5,14,2021-05-10,0,1\nYOUTH,3,青,Youth,,,15,29,2021-05-01,0,1\n"
)
THREE = "unit,group,eligible\nA,YOUNG,20\nA,OLDER,60\nA,YOUTH,80\nB,YOUNG,20\nB,OLDER,60\nB,YOUTH,80\n"
ASKED = (
    "target,group,measure,share,by,denominator,weight\n"
    "YOUNG,YOUNG,started,0.9,{by},eligible,2\nCHILDREN,YOUNG;OLDER,started,0.8,2021-06-30,eligible,1\n"
)


def children(folder: Path, uptake: float = 1, young: str = "2021-05-01", by: str = "2021-06-30") -> planning.Plan:
    """A campaign of one dose for two groups of children, and youths who open with the younger of them and no target counts."""
    groups, targets = OPEN_TOGETHER.format(uptake=uptake, young=young), ASKED.format(by=by)
    lots = supply(("2021-04-30", "VECTOR", 400, "2022-01-01"))
    return plan(load_scenario(write_folder(folder, groups=groups, population=THREE, targets=targets, supply=lots)))


def test_doses_of_a_group_that_no_target_counts_reach_no_target(tmp_path):
    """There is vaccine, room and time for everybody: nothing is short, although others open with the first to be served."""
    result = children(tmp_path)
    assert result.summary["feasible"] and not result.obstacles.height
    assert [row["planned"] >= row["needed"] for row in result.summary["targets"]] == [True, True]


def test_the_reason_of_a_target_that_is_missed_is_what_binds_it(tmp_path):
    """Persons who will not come are no lack of time; a group that opens after the day of its target is no interval."""
    few = children(tmp_path / "few", uptake=0.5)
    assert set(few.obstacles.filter(pl.col("code").str.ends_with("SHORT"))["code"]) == {"UPTAKE_SHORT"}
    late = children(tmp_path / "late", young="2021-06-10", by="2021-06-05")
    assert set(late.obstacles.filter(pl.col("group") == "YOUNG")["code"]) == {"OPENS_LATE"}


def test_the_earliest_day_is_found(tmp_path):
    lots = supply(("2021-06-12", "INACT", 400, "2022-01-01"))
    folder = write_folder(tmp_path / "in", supply=lots)
    result = plan_on_files(folder, tmp_path / "out")
    assert not result.summary["feasible"]
    assert result.summary["earliest_date"] == date(2021, 7, 7)


def test_targets_are_met_in_strict_order(tmp_path):
    """150 doses: completing comes first (75 persons), whatever it costs those who might only have started."""
    targets = (
        "target,group,measure,share,by,denominator,weight\nDONE,ALL,complete,1,2021-06-30,eligible,2\n"
        "BEGUN,ALL,started,1,2021-06-30,eligible,1\n"
    )
    lots = supply(("2021-04-30", "INACT", 150, "2022-01-01"))
    result = plan(load_scenario(write_folder(tmp_path, targets=targets, supply=lots)), strict=True)
    levels = {row["code"]: row for row in result.summary["levels"]}
    assert list(levels) == ["SAFETY", "TARGETS:DONE", "TARGETS:BEGUN", "ORDER", "EQUITY", "WASTE", "HANDLING"]
    assert levels["TARGETS:DONE"]["value"] == pytest.approx(125, abs=0.1)
    assert levels["TARGETS:BEGUN"]["value"] == pytest.approx(125, abs=0.1)
    assert all(row["gap"] < 0.005 for row in levels.values())


def test_scenarios_stand_side_by_side(tmp_path):
    scenario = load_scenario(write_folder(tmp_path, supply=supply(("2021-06-08", "INACT", 400, "2022-01-01"))))
    table = planning.compare({"as known": scenario, "a week late": planning.supply_late(scenario, 7)})
    assert table["feasible"].to_list() == [True, False]
    assert table["short_by"].to_list() == [0, 100]


def test_holidays_worked_and_teams_add_capacity():
    scenario = load_scenario(LATE)
    worked = planning.holidays_worked(scenario).capacity
    assert (worked["hours_holiday"] == worked["hours_workday"]).all()
    city = load_scenario(ROOT / "cities" / "chongqing" / "campaigns" / "covid19-2021")
    more = planning.more_mobile(city, 2).capacity
    assert more["sites"].sum() - city.capacity["sites"].sum() == 2 * 39


def test_the_registry_of_reasons_says_what_the_engine_says():
    """Pages read the registry, files the engine's table: one text."""
    with (ROOT / "src/seawall/reference/reasons/planning.csv").open(encoding="utf-8", newline="") as file:
        registry = {row["code"]: row for row in csv.DictReader(file)}
    with (ROOT / "src/seawall/engines/planning/obstacles.csv").open(encoding="utf-8", newline="") as file:
        ours = {row["code"]: row for row in csv.DictReader(file)}
    assert registry.keys() >= ours.keys()
    for code, row in ours.items():
        assert registry[code]["zh"].startswith(row["zh"]) and registry[code]["en"].startswith(row["en"])


def test_a_week_is_the_same_at_any_grain(tmp_path):
    """Weekly buckets beyond the near days find what daily ones find."""
    lots = supply(*[(str(date(2021, 4, 30) + timedelta(days=7 * n)), "INACT", 30, "2022-01-01") for n in range(6)])
    reached = []
    for near in (14, 61):
        scenario = load_scenario(write_folder(tmp_path / str(near), near_days=near, supply=lots, targets=target(1.0)))
        reached.append(plan(scenario).summary["targets"][0]["planned"])
    assert abs(reached[0] - reached[1]) <= 0.02 * reached[1]


def test_a_target_seen_to_be_short_of_doses_is_out_of_reach_and_one_within_reach_is_never_called_short(tmp_path):
    """200 persons, 90 % to complete with two doses each: 352 doses are too few even with what may stay open, 360 enough."""
    for doses, short in ((350, True), (352, False), (360, False)):
        lots = supply(("2021-04-30", "INACT", doses, "2022-01-01"))
        scenario = load_scenario(write_folder(tmp_path / str(doses), supply=lots, targets=target(0.9)))
        case = make_case(scenario, scenario.campaign.opens - timedelta(days=1))
        assert plainly_short(case) is short
        assert plan(scenario).summary["feasible"] or doses < 360
