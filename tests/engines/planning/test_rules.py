"""Every rule is needed: with it the optimum keeps what it says, without it the optimum breaks it."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest

from seawall.engines.planning import load_scenario, plan
from seawall.engines.planning.case import make_case
from seawall.engines.planning.model import RULES, build, doses_of

from .folders import supply, target, write_folder

LATE = "2022-01-01"
GROUPS = "group,rank,zh,en,sectors,org_kinds,age_min,age_max,opens,share_of_population,uptake\n"
SITES = "unit,kind,sites,stations,rate_per_hour,hours_workday,hours_weekend,hours_holiday\n"
PRODUCTS = "product,zh,en,doses,min_days_2,min_days_3,latest_days_2,latest_days_3,wastage\n"
POLICY = "policy,kind,value,from,to,later_within_days,state\nP,dose_priority,{},2021-05-01,2021-12-31,{},applied\n"
ROADS = "from,to,doses_per_day,lead_days,hours_per_1000\n"
STORES = "unit,doses,max_cover_days\n"
ONE = PRODUCTS + "VECTOR,载体,Vector,1,,,,,0\n"
TWO = PRODUCTS + "INACT,灭活,Inactivated,2,21,,,,0\n"
PAST = {"unit": "A", "group": "ALL_18", "product": "INACT", "dose_rank": 1, "day": date(2021, 4, 10), "doses": 60}
START = date(2021, 5, 1)


def solved(folder, without="", given=None, before=None):
    """The optimum of a folder, with all rules or without one: doses [unit, step, day] and every variable by its name."""
    scenario = load_scenario(folder)
    scenario = replace(scenario, settings=replace(scenario.settings, change_days=50.0))
    case = make_case(scenario, date(2021, 4, 30), given=given, before=before)
    model = build(case, [rule for rule in RULES if rule.__name__ != without])
    solution = model.block.solve()
    assert solution.status == "Optimal"
    columns = {name: values * model.size for name, values in solution.columns.items()}
    doses = doses_of(case, model, solution).sum(axis=1)
    return SimpleNamespace(
        case=case, doses=doses, steps=case.steps, size=model.size, **{"r": None, "h": None, **columns}
    )


def first(found):
    return found.doses[:, [s.rank == 1 for s in found.steps]].sum(axis=1)


def later(found):
    return found.doses[:, [s.rank > 1 for s in found.steps]].sum(axis=1)


def waiting(found, days):
    """Person-days beyond so many days after a second dose's opening; INACT alone, 21 days."""
    opened = np.cumsum(first(found).sum(axis=0))
    opened = np.concatenate([np.zeros(21 + days), opened])[: found.doses.shape[2]]
    return np.maximum(opened - np.cumsum(later(found).sum(axis=0)), 0).sum()


def past(**changes):
    return pl.DataFrame([{**PAST, **changes}])


def quotas(*rows):
    schema = {
        "date": pl.Date,
        "unit": pl.String,
        "group": pl.String,
        "product": pl.String,
        "dose_rank": pl.Int64,
        "doses": pl.Int64,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


# rule: tables of the folder, other inputs, and how far the optimum breaks the rule
CASES = {
    "group_opening": (
        {"groups": GROUPS + "ALL_18,1,成人,Adults,,,18,,2021-05-20,0,1\n"},
        {},
        lambda f: f.doses[:, :, :19].sum(),
    ),
    "pause": (
        {"policies": POLICY.format("later_doses_only", 5), "targets": target(0.5, "started")},
        {},
        lambda f: first(f).sum(),
    ),
    "people": (
        {"targets": target(0.2, "started").replace("eligible", "population")},
        {},
        lambda f: (first(f).sum(axis=1) - 100).max(),
    ),
    "opening": ({}, {}, lambda f: (np.cumsum(later(f)[:, 21:], 1) - np.cumsum(first(f)[:, :-21], 1)).max()),
    "punctual": (
        {
            "near_days": 61,
            "products": TWO,
            "capacity": SITES + "A,fixed,1,1,3,1,1,1\nB,fixed,1,1,3,1,1,1\n",
            "targets": target(0.9, "started"),
        },
        {},
        lambda f: waiting(f, 5) - 2,
    ),
    "latest": (
        {"supply": supply(("2021-04-30", "INACT", 100, LATE)), "targets": target(0.8, "started")},
        {"given": past()},
        lambda f: 60 - later(f)[:, : (date(2021, 6, 5) - START).days + 1].sum(),
    ),
    "mixing": (
        {
            "mixing": "first,later,dose_rank,from,to\nINACT,OTHER,2,2021-06-10,2021-06-20\n",
            "products": TWO + "OTHER,另,Other,2,28,,,,0\n",
            "supply": supply(("2021-04-30", "INACT", 100, LATE), ("2021-05-20", "OTHER", 100, LATE)),
        },
        {},
        lambda f: np.delete(
            f.doses[:, [s.host != n for n, s in enumerate(f.steps)]].sum(axis=(0, 1)), range(40, 51)
        ).sum(),
    ),
    "capacity": (
        {"capacity": SITES + "A,fixed,1,1,1,9,4,2\nB,fixed,1,1,1,9,4,2\n"},
        {},
        lambda f: (f.doses.sum(1) - 9).max(),
    ),
    "staff": (
        {
            "staff": "unit,vaccinators,doses_per_hour,hours_day,hours_week\nA,1,2,3,10\nB,1,2,3,10\n",
            "targets": target(1.0, "started"),
        },
        {},
        lambda f: max(
            (f.doses.sum(1) - 6).max(), (np.add.reduceat(f.doses.sum(1), np.arange(5, 61, 7), axis=1) - 20).max()
        ),
    ),
    "target": ({}, {}, lambda f: (50 - later(f).sum(axis=1)).max()),
    "unchanged": (
        {"products": ONE, "supply": supply(("2021-04-30", "VECTOR", 20, LATE)), "targets": target(0.1, "started")},
        {
            "before": quotas(
                (date(2021, 5, 2), "A", "ALL_18", "VECTOR", 1, 10), (date(2021, 5, 2), "B", "ALL_18", "VECTOR", 1, 10)
            )
        },
        lambda f: abs(f.doses.sum(axis=(0, 1))[1] - 20),
    ),
    "unit_stock": (
        {"transport": ROADS + "CITY,A,5,,\nCITY,B,5,,\n"},
        {},
        lambda f: (np.cumsum(f.doses.sum(1), axis=1)[:, -1] - f.r.sum(axis=(1, 2))).max(),
    ),
    "transport": (
        {"transport": ROADS + "CITY,A,2,,\nCITY,B,2,,\n", "targets": target(1.0, "started")},
        {},
        lambda f: (np.cumsum(f.doses.sum(1), axis=1) - 2 * (1 + np.arange(61))).max(),
    ),
    "cold_storage": (
        {
            "transport": ROADS + "CITY,A,4,,\nCITY,B,4,,\n",
            "storage": STORES + "A,6,\nB,6,\n",
            "groups": GROUPS + "ALL_18,1,成人,Adults,,,18,,2021-05-20,0,1\n",
            "targets": target(1.0, "started", "2021-06-01"),
        },
        {},
        lambda f: (f.doses.sum(1)[:, :21].sum(axis=1) - 6 - 2 * 4).max(),
    ),
    "cover_ceiling": (
        {
            "transport": ROADS + "CITY,A,4,,\nCITY,B,4,,\n",
            "storage": STORES + "A,,2\nB,,2\n",
            "groups": GROUPS + "ALL_18,1,成人,Adults,,,18,,2021-05-20,0,1\n",
            "targets": target(1.0, "started", "2021-06-01"),
        },
        {},
        lambda f: f.h[:, :, :14].max(),
    ),
    "fleet": (
        {"transport": ROADS + "CITY,ALL,3,,\n", "targets": target(1.0, "started")},
        {},
        lambda f: (np.cumsum(f.doses.sum(axis=(0, 1))) - 3 * (1 + np.arange(61))).max(),
    ),
    "supply": (
        {"supply": supply(("2021-04-30", "INACT", 90, LATE)), "targets": target(1.0, "started")},
        {},
        lambda f: f.doses.sum() - 90,
    ),
    "supply_inside": (
        {
            "products": ONE,
            "supply": supply(*[(f"2021-06-{n:02}", "VECTOR", 6, LATE) for n in range(1, 27, 2)]),
            "targets": target(1.0, "started"),
        },
        {},
        lambda f: (
            np.cumsum(f.doses.sum(axis=(0, 1))) - 6 * np.array([max(0, min(13, (n - 29) // 2)) for n in range(61)])
        ).max(),
    ),
    "expiry": (
        {
            "products": ONE,
            "supply": supply(("2021-04-30", "VECTOR", 100, "2021-05-04"), ("2021-05-20", "VECTOR", 40, LATE)),
            "capacity": SITES + "A,fixed,1,1,10,1,1,1\nB,fixed,1,1,10,1,1,1\n",
            "targets": target(1.0, "started"),
        },
        {},
        lambda f: f.doses.sum() - 80 - 40,
    ),
    "reserve": (
        {
            "policies": POLICY.format("second_dose_reserve", 30),
            "products": TWO,
            "targets": target(0.7, "started"),
            "supply": supply(("2021-04-30", "INACT", 100, LATE)),
        },
        {"given": past()},
        lambda f: first(f).sum() - 40,
    ),
    "clearance": (
        {
            "clearance": "product,by\nINACT,2021-06-30\n",
            "products": TWO,
            "targets": target(1.0, "started"),
            "supply": supply(("2021-04-30", "INACT", 100, LATE)),
        },
        {},
        lambda f: first(f).sum() - 50,
    ),
    "fairness": (
        {
            "supply": supply(("2021-04-30", "INACT", 100, LATE)),
            "targets": target(1.0),
            "areas": "unit,reason,weight,from,to\nA,x,1.01,2021-05-01,2021-12-31\n",
        },
        {},
        lambda f: np.ptp(later(f).sum(axis=1)) - 5,
    ),
    "equity": (
        {
            "peers": "peers,units,max_spread\nALL,ALL,0.1\n",
            "supply": supply(("2021-04-30", "INACT", 100, LATE)),
            "targets": target(1.0, "started"),
            "areas": "unit,reason,weight,from,to\nA,x,3,2021-05-01,2021-12-31\n",
        },
        {},
        lambda f: np.ptp(first(f).sum(axis=1)) / 100 - 0.1,
    ),
    "steadiness": (
        {"products": ONE, "supply": supply(("2021-04-30", "VECTOR", 200, LATE)), "targets": target(1.0, "started")},
        {},
        lambda f: f.doses.sum(axis=(0, 1)).max() - 150,
    ),
}


@pytest.mark.parametrize("rule", CASES)
def test_without_the_rule_the_optimum_breaks_it(tmp_path, rule):
    tables, inputs, breach = CASES[rule]
    folder = write_folder(tmp_path, **tables)
    assert breach(solved(folder, **inputs)) <= 0.05
    assert breach(solved(folder, without=rule, **inputs)) > 0.5


def test_a_unit_with_one_product_takes_the_one_that_reaches_most(tmp_path):
    """Against trying every product: of three lots of different size and series, the one under which fewest are missing."""
    tables = {
        "products": PRODUCTS
        + "INACT,灭活,Inactivated,2,21,,56,,0\nSUBUNIT,亚,Subunit,3,14,14,56,182,0\nVECTOR,载体,Vector,1,,,,,0\n",
        "supply": supply(
            ("2021-04-30", "INACT", 110, LATE), ("2021-04-30", "SUBUNIT", 150, LATE), ("2021-04-30", "VECTOR", 40, LATE)
        ),
        "targets": target(0.9),
    }
    missing = {}
    for products in ("INACT", "SUBUNIT", "VECTOR", ""):
        choice = "".join(f"{unit},{products}\n" for unit in ("A", "B"))
        result = plan(
            load_scenario(
                write_folder(tmp_path / (products or "any"), one_product=f"unit,products\n{choice}", **tables)
            )
        )
        missing[products] = result.summary["levels"][1]["value"]
        started = result.quotas.filter(pl.col("dose_rank") == 1)
        assert all(rows["product"].n_unique() == 1 for _, rows in started.group_by("unit"))
    pairs = {"INACT": 55, "SUBUNIT": 50, "VECTOR": 40}
    assert {k: round(missing[k]) for k in pairs} == {k: 180 - n for k, n in pairs.items()}
    best = max(pairs[a] + pairs[b] for a in pairs for b in pairs if a != b)
    assert round(missing[""]) == 180 - best


def test_without_the_rule_a_unit_starts_several(tmp_path):
    tables = {
        "supply": supply(("2021-04-30", "INACT", 60, LATE), ("2021-04-30", "VECTOR", 60, LATE)),
        "targets": target(1.0),
    }
    found = solved(write_folder(tmp_path, **tables))
    products = [s.product for s in found.steps if s.rank == 1]
    assert (found.doses[:, [s.rank == 1 for s in found.steps]].sum(axis=2) > 1).sum(axis=1).max() > 1 and len(
        products
    ) == 3


def test_every_rule_is_tried():
    assert {rule.__name__ for rule in RULES} - {"one_product"} == set(CASES)
