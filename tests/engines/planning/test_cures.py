"""What the plan names as a remedy is one: made in full the targets are met, nine tenths of it is not enough."""

import pytest

from seawall.engines.planning import load_scenario, plan
from seawall.engines.planning.variants import CURES, cured

from .folders import supply, target, write_folder
from .test_rules import GROUPS, POLICY, PRODUCTS, ROADS, SITES, STORES

LATE = "2022-01-01"
VECTOR = PRODUCTS + "VECTOR,载体,Vector,1,,,,,0\n"
MANY = supply(("2021-04-30", "VECTOR", 2000, LATE))
PEOPLE = "unit,group,eligible\nA,ALL_18,700\nB,ALL_18,100\n"
OPEN_LATE = GROUPS + "ALL_18,1,成人,Adults,,,18,,2021-06-29,0,1\n"
CASES = {
    "ADD_DOSES": {"supply": supply(("2021-04-30", "INACT", 120, LATE)), "targets": target(0.9)},
    "ADD_STATIONS": {
        "capacity": SITES + "A,fixed,1,1,1,8,8,8\nB,fixed,1,1,10,10,10,10\n",
        "products": VECTOR,
        "supply": MANY,
        "population": PEOPLE.replace("700", "7000"),
        "units": "unit,zh,en,population\nA,甲,Alpha,9000\nB,乙,Beta,1000\n",
        "targets": target(0.9, "started"),
    },
    "ADD_STAFF": {
        "capacity": SITES + "A,fixed,1,9,10,10,10,10\nB,fixed,1,1,10,10,10,10\n",
        "products": VECTOR,
        "supply": MANY,
        "staff": "unit,vaccinators,doses_per_hour,hours_day,hours_week\nA,3,0.2,6,30\n",
        "population": PEOPLE,
        "targets": target(0.9, "started"),
    },
    "ADD_TRANSPORT": {
        "products": VECTOR,
        "supply": MANY,
        "transport": ROADS + "CITY,A,4,,\n",
        "population": PEOPLE,
        "targets": target(0.9, "started"),
    },
    "ADD_STORAGE": {
        "products": VECTOR,
        "supply": MANY,
        "transport": ROADS + "CITY,A,7,,\n",
        "storage": STORES + "A,60,\n",
        "groups": OPEN_LATE,
        "population": "unit,group,eligible\nA,ALL_18,100\nB,ALL_18,100\n",
        "targets": target(1.0, "started"),
    },
    "ADD_PERSONS": {
        "groups": GROUPS + "ALL_18,1,成人,Adults,,,18,,2021-05-01,0,0.3\n",
        "population": "unit,group,eligible\nA,ALL_18,1000\nB,ALL_18,1000\n",
        "units": "unit,zh,en,population\nA,甲,Alpha,5000\nB,乙,Beta,5000\n",
        "capacity": SITES + "A,fixed,1,9,10,10,10,10\nB,fixed,1,9,10,10,10,10\n",
        "supply": supply(("2021-04-30", "INACT", 4000, LATE)),
        "targets": target(0.5),
    },
    "MOVE_PAUSE": {
        "policies": POLICY.format("first_dose_first", 5)
        + "N,dose_priority,later_doses_only,2021-05-01,2021-06-30,0,applied\n",
        "capacity": SITES + "A,fixed,1,1,1,4,4,4\nB,fixed,1,1,1,4,4,4\n",
        "targets": target(0.8, "started"),
    },
    "MOVE_DEADLINE": {
        "deadline": "2021-06-20",
        "supply": supply(("2021-04-30", "SUBUNIT", 2000, LATE)),
        "products": PRODUCTS + "SUBUNIT,亚单位,Subunit,3,28,28,56,182,0\n",
        "targets": target(0.5, by="2021-06-20"),
    },
}


def test_every_remedy_is_proven():
    assert set(CASES) == set(CURES)


@pytest.mark.parametrize("code", CASES)
def test_the_remedy_is_enough_and_nine_tenths_of_it_is_not(tmp_path, code):
    scenario = load_scenario(write_folder(tmp_path, **CASES[code]))
    result = plan(scenario)
    named = result.obstacles.filter(result.obstacles["code"].is_in(list(CURES)))
    assert not result.summary["feasible"] and code in named["code"].to_list()
    assert plan(cured(scenario, named)).summary["feasible"]
    assert not plan(cured(scenario, named, 0.9)).summary["feasible"]


@pytest.mark.parametrize("code", CASES)
def test_the_remedy_speaks_both_languages_and_leaves_no_gap(tmp_path, code):
    result = plan(load_scenario(write_folder(tmp_path, **CASES[code])))
    for row in result.summary["obstacles"]:
        assert row["remedy_en"] == row["remedy"] and "{" not in row["remedy_en"] + row["remedy_zh"]
        assert any("\u4e00" <= letter <= "\u9fff" for letter in row["remedy_zh"])
    for row in result.obstacles.iter_rows(named=True):
        assert "{" not in row["zh"] + row["en"]


def test_who_is_missing_is_told_by_unit_and_group_and_adds_up(tmp_path):
    groups = GROUPS + "YOUNG,1,青,Young,,,18,59,2021-05-01,0,1\nOLD,2,老,Old,,,60,,2021-05-01,0,1\n"
    people = "unit,group,eligible\nA,YOUNG,60\nA,OLD,40\nB,YOUNG,90\nB,OLD,10\n"
    tables = CASES["ADD_DOSES"] | {"groups": groups, "population": people}
    result = plan(load_scenario(write_folder(tmp_path, **tables)))
    rows = result.summary["shortfall"]
    assert sum(row["short_by"] for row in rows) == result.summary["targets"][0]["short_by"] > 0
    assert {row["group"] for row in rows} == {"YOUNG", "OLD"}


def test_a_target_that_asks_for_more_than_there_are_says_so_and_by_how_much_to_lower_it(tmp_path):
    tables = {
        "targets": target(0.2, "started").replace("eligible,1", "population,1"),
        "supply": MANY,
        "products": VECTOR,
    }
    result = plan(load_scenario(write_folder(tmp_path / "asked", **tables)))
    rows = [row for row in result.summary["obstacles"] if row["code"] == "TARGET_TOO_HIGH"]
    assert {row["unit"] for row in rows} == {"A", "B"} and {row["params"]["share"] for row in rows} == {"10.0"}
    lower = tables | {"targets": target(0.1, "started").replace("eligible,1", "population,1")}
    assert plan(load_scenario(write_folder(tmp_path / "lower", **lower))).summary["feasible"]
