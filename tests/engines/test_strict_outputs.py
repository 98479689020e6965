"""What every engine writes, other programs can read: strict JSON, and no cell that is no number or has no end."""

import csv
import json
from datetime import date
from math import inf, isfinite, nan
from pathlib import Path
from typing import NoReturn

import numpy as np
import polars as pl
import pytest

from seawall.engines.epidemic import epidemic_on_files
from seawall.engines.flow.files import flow_on_files, slots_on_files, staff_on_files, what_ifs_on_files
from seawall.engines.planning import plan_on_files
from seawall.engines.schedule.files import due_to_files
from seawall.engines.signals import (
    Layout,
    clusters_file,
    expected_files,
    sccs_file,
    score_files,
    sequential_file,
    units_file,
)
from seawall.engines.siting.files import choose_on_files
from seawall.engines.siting.intake import Asked
from seawall.engines.siting.rounds_files import rounds_on_files
from seawall.engines.tables import Mistakes, write_frame, write_json
from tests.engines.planning.folders import supply, write_folder

AS_OF = date(2021, 6, 9)


def strict(path: Path) -> object:
    def refuse(name: str) -> NoReturn:
        raise AssertionError(f"{path.name}: {name} is no JSON")

    return json.loads(path.read_text(encoding="utf-8"), parse_constant=refuse)


def is_no_number(cell: str) -> bool:
    try:
        return not isfinite(float(cell))
    except ValueError:
        return False


def faults(folder: Path) -> list[str]:
    """Cells of every table below a folder that no reader takes for a number; every JSON is read on the way."""
    found = []
    for path in sorted(folder.rglob("*.json")):
        strict(path)
    for path in sorted(folder.rglob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            found += [f"{path.name}: {name} = {cell}" for row in csv.DictReader(file) for name, cell in row.items()
                      if is_no_number(cell or "")]  # fmt: skip
    for path in sorted(folder.rglob("*.parquet")):
        numbers = pl.read_parquet(path).select(pl.selectors.float())
        found += [f"{path.name}: {column.name}" for column in numbers if not column.is_finite().all()]
    return found


def write(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


SITE = """
[site]
site = "small"
opens = 0
closes = 60
[arrivals]
no_show = {no_show}
[[appointments]]
first = 0
last = 45
every = 15
persons = 5
[[station]]
station = "desk"
servers = 1
service = {{ law = "fixed", mean = 0.5 }}
{away}
[[station]]
station = "chairs"
kind = "observation"
servers = 40
service = {{ law = "fixed", mean = 30 }}
[[what_if]]
what_if = "nobody left"
absences = [{{ station = "desk", servers = 1, start = 0 }}]
"""
SITES = {
    "a quiet day": SITE.format(no_show=0, away=""),
    "nobody comes": SITE.format(no_show=1, away=""),
    "nobody is served": SITE.format(no_show=0, away="absences = [{ servers = 1, start = 0 }]"),
}


@pytest.mark.parametrize("text", SITES.values(), ids=SITES.keys())
def test_a_site_of_any_day(tmp_path: Path, text: str) -> None:
    site, out = write(tmp_path, "site.toml", text), tmp_path / "out"
    flow_on_files(site, out / "day", 3, 0)
    what_ifs_on_files(site, 3, out / "what_if", 0)
    if "no_show = 1" in text:
        with pytest.raises(Mistakes, match="Nobody would come"):
            staff_on_files(site, 4, {}, out / "staff", 0)
    else:
        staff_on_files(site, 4, {}, out / "staff", 0)
    slots_on_files(site, {}, 15, out / "slots", 0)
    assert (out / "day" / "summary.json").exists() and (out / "what_if" / "summary.json").exists()
    assert faults(out) == []


DEMAND = {
    "weights": "demand,weight,setting,area,age\nA,10,town,north,18-59\nB,20,town,north,60+\nC,30,country,south,18-59\n",
    "nobody": "demand,weight,setting,area,age\nA,0,town,north,18-59\nB,0,town,north,60+\nC,0,country,south,18-59\n",
}
CANDIDATES = "candidate,capacity,fixed_cost,kept\nx,40,5,yes\ny,40,6,no\nz,60,1,no\n"
DISTANCES = "demand,candidate,distance\nA,x,1\nA,y,4\nB,x,7\nB,y,2\nC,y,8\nC,z,9\nB,z,6\n"
MODELS = (Asked("p-median", 2), Asked("max-cover", 2), Asked("set-cover", radius=9), Asked("capacitated"))


@pytest.mark.parametrize("demand", DEMAND.values(), ids=DEMAND.keys())
def test_a_choice_of_sites_by_every_model(tmp_path: Path, demand: str) -> None:
    for asked in MODELS:
        choose_on_files(
            asked, write(tmp_path, "demand.csv", demand), write(tmp_path, "candidates.csv", CANDIDATES),
            tmp_path / "out" / asked.model, distances=write(tmp_path, "distances.csv", DISTANCES), more=1, pictures=False,
        )  # fmt: skip
    assert len(list((tmp_path / "out").rglob("summary.json"))) == len(MODELS)
    assert faults(tmp_path / "out") == []


STOPS = {"a stop": "stop,due\nS,5\n", "nobody due": "stop,due\nS,0\n", "out of reach": "stop,due\nS,5\nT,5\n"}
TRAVEL = "from,to,minutes\nD,S,10\nT,T,0\n"
TEAMS = "team,home,start,end,driving_minutes,cold_box_hours,doses\na,D,08:00,16:00,120,8,100\n"


@pytest.mark.parametrize("stops", STOPS.values(), ids=STOPS.keys())
def test_rounds_of_teams(tmp_path: Path, stops: str) -> None:
    rounds_on_files(
        write(tmp_path, "stops.csv", stops), write(tmp_path, "teams.csv", TEAMS), tmp_path / "out",
        travel=write(tmp_path, "travel.csv", TRAVEL), iterations=5,
    )  # fmt: skip
    assert faults(tmp_path / "out") == []


REPORTS = {
    "reports": "product,event\n" + "V,ache\n" * 5 + "V,fever\nW,ache\n" + "W,fever\n" * 4,
    "one report": "product,event\nV,ache\n",
    "one product": "product,event\nV,ache\nV,fever\nV,fever\n",
}


@pytest.mark.parametrize("reports", REPORTS.values(), ids=REPORTS.keys())
def test_scores_of_reports(tmp_path: Path, reports: str) -> None:
    file = write(tmp_path, "reports.csv", reports)
    for out in ("scores.csv", "scores.parquet"):
        score_files([file], Layout(), ("prr", "ror", "ic", "ebgm"), tmp_path / "out" / out)
    assert faults(tmp_path / "out") == []


def test_the_other_monitors_with_something_and_with_nothing_to_see(tmp_path: Path) -> None:
    for n, (events, expected) in enumerate([((1, 3), (0.5, 0.7)), ((0, 0), (0.0, 0.1)), ((5, 0), (0.0, 0.0))]):
        given = tmp_path / str(n)
        looks = f"date,events,expected\n2021-05-01,{events[0]},{expected[0]}\n2021-05-08,{events[1]},{expected[1]}\n"
        units = f"unit,events,expected\na,{events[0]},{expected[0]}\nb,{events[1]},{expected[1]}\n"
        cases = f"person,start,end,dose,event\np,0,{10 * n},0,{n}\n"
        doses = f"date,age_group,sex,doses\n2021-05-01,all,f,{1000 * n}\n"
        rates = f"event,age_group,sex,rate,first,last\nGBS,all,f,{expected[0]},1,42\n"
        seen = "event,age_group,sex,dose,onset\nGBS,all,f,2021-05-01,2021-05-03\n"
        reports = "unit,product,symptom,serious,onset\nu,V,fever,no,2021-05-03 10:00\nu,V,fever,yes,2021-05-03 11:00\n"
        tables = {
            "sequential": sequential_file(write(given, "looks.csv", looks), 10.0, 1, 0.0, 0.05, None, False)[0],
            "units": units_file(write(given, "units.csv", units)),
            "sccs": sccs_file(write(given, "cases.csv", cases), ["1-4"], []).ratios,
            "expected": expected_files(
                write(given, "doses.csv", doses),
                write(given, "rates.csv", rates),
                write(given, "seen.csv", seen),
                None,
                [],
            ),
            "clusters": clusters_file(write(given, "reports.csv", reports)),
        }
        for name, table in tables.items():
            write_frame(table, tmp_path / "out" / str(n) / f"{name}.csv")
    assert faults(tmp_path / "out") == []


SCENARIO = """
[scenario]
days = 20
members = 2
[population]
groups = "groups.csv"
[[layer]]
name = "all"
file = "contacts.csv"
[disease]
r0 = {r0}
incubation_days = 3
infectious_days = 5
[start]
infectious = {start}
[[vaccine]]
product = "V"
infection = 0.9
[rollout]
product = "V"
daily_share = 0.01
supply_share = {supply}
order = ["young"]
[prioritise]
r0 = [1.5]
supply_shares = [{supply}]
[prioritise.orders]
young = ["young"]
old = ["old"]
[barrier]
product = "V"
coverage = [0.5, 0.5]
draws = 20
"""
SCENARIOS = {
    "an epidemic": (SCENARIO.format(r0=1.5, start=0.001, supply=0.2), "young,600\nold,400"),
    "a group of nobody": (SCENARIO.format(r0=1.5, start=0.001, supply=0.2), "young,600\nold,0"),
    "no vaccine": (SCENARIO.format(r0=1.5, start=0.001, supply=0.0), "young,600\nold,400"),
    "everybody ill at once": (SCENARIO.format(r0=50, start=1, supply=1.0), "young,600\nold,400"),
}


@pytest.mark.parametrize(("text", "groups"), SCENARIOS.values(), ids=SCENARIOS.keys())
def test_an_epidemic_with_its_questions(tmp_path: Path, text: str, groups: str) -> None:
    write(tmp_path, "groups.csv", f"group,people\n{groups}\n")
    write(tmp_path, "contacts.csv", "3,1\n1.5,2\n")
    epidemic_on_files(write(tmp_path, "scenario.toml", text), tmp_path / "out")
    assert (tmp_path / "out" / "who_first.csv").exists() and (tmp_path / "out" / "barrier.csv").exists()
    assert faults(tmp_path / "out") == []


@pytest.mark.parametrize("tables", [{}, {"supply": supply()}], ids=["a plan", "no vaccine at all"])
def test_a_plan(tmp_path: Path, tables: dict[str, str]) -> None:
    plan_on_files(write_folder(tmp_path / "in", **tables), tmp_path / "out")
    assert faults(tmp_path / "out") == []


DOSES = {
    "a dose": "person_id,date,product,volume\na,2021-05-10,BIBP,0.5\n",
    "no dose": "person_id,date,product,volume\n",
    "only bad rows": "person_id,date,product,volume\na,2021-05-99,BIBP,nil\n",
}


@pytest.mark.parametrize("doses", DOSES.values(), ids=DOSES.keys())
@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_what_is_due(tmp_path: Path, doses: str, kind: str) -> None:
    out = tmp_path / "out"
    due_to_files(
        schedule="covid19-cn", as_of=AS_OF, people=write(tmp_path, "people.csv", "person_id,birth_date\na,1980-01-01\n"),
        doses=write(tmp_path, "doses.csv", doses), out=out / f"due.{kind}", verdicts=out / f"verdicts.{kind}",
        rejected=out / f"rejected.{kind}",
    )  # fmt: skip
    assert faults(out) == []


def not_a_number() -> pl.DataFrame:
    return pl.DataFrame({"name": ["a", "b", "c", "d"], "value": [1.5, nan, inf, None], "count": [1, 2, 3, 4]})


@pytest.mark.parametrize("name", ["table.csv", "table.parquet"])
def test_a_table_leaves_empty_what_is_no_number(tmp_path: Path, name: str) -> None:
    write_frame(not_a_number(), tmp_path / name)
    assert faults(tmp_path) == []
    read = pl.read_csv(tmp_path / name) if name.endswith("csv") else pl.read_parquet(tmp_path / name)
    assert read.rows() == [("a", 1.5, 1), ("b", None, 2), ("c", None, 3), ("d", None, 4)]


@pytest.mark.parametrize("value", [nan, inf, -inf, np.float64("nan"), np.float32("inf")])
def test_a_document_says_null_for_what_is_no_number(tmp_path: Path, value: float) -> None:
    write_json(
        {"known": np.int64(3), "share": np.float64(0.25), "deep": [{"not": value}, (value,)]}, tmp_path / "a.json"
    )
    assert strict(tmp_path / "a.json") == {"known": 3, "share": 0.25, "deep": [{"not": None}, [None]]}


@pytest.mark.parametrize("cell", ["NaN", "nan", "inf", "-inf", "Infinity"])
def test_the_walk_sees_a_cell_that_is_no_number(tmp_path: Path, cell: str) -> None:
    write(tmp_path, "a.csv", f"name,value\nx,{cell}\n")
    assert faults(tmp_path) == [f"a.csv: value = {cell}"]
