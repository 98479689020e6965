"""Merged classes lose nothing: the smaller programme has the optimum of the full one, and its plan keeps every rule."""

import tempfile
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seawall.engines.planning import load_scenario
from seawall.engines.planning.blocks import Block
from seawall.engines.planning.case import make_case
from seawall.engines.planning.merge import alike, merged, unmerged
from seawall.engines.planning.model import build

from .folders import supply, write_folder

LATE = "2022-01-01"
GROUPS = "group,rank,zh,en,sectors,org_kinds,age_min,age_max,opens,share_of_population,uptake\n"
TARGETS = "target,group,measure,share,by,denominator,weight\n"


@st.composite
def campaigns(draw):
    """Three groups with their own openings and ranks, targets on some of them, vaccine and stations that may be short."""
    opens = draw(
        st.lists(st.sampled_from(["2021-04-20", "2021-05-01", "2021-05-06", "2021-05-20"]), min_size=3, max_size=3)
    )
    ranks = draw(st.lists(st.integers(1, 3), min_size=3, max_size=3))
    groups = [f"G{n},{ranks[n]},组,Group,,,18,,{opens[n]},0,{draw(st.sampled_from([0.7, 1.0]))}" for n in range(3)]
    people = [f"{u},G{n},{draw(st.integers(0, 90))}" for u in "AB" for n in range(3)]
    targets = ["T,ALL,complete,0.9,2021-06-30,eligible,2"]
    if draw(st.booleans()):
        targets.append("S,G0;G2,started,0.8,2021-05-25,eligible,3")
    if draw(st.booleans()):
        targets.append("C,G1,complete,1.0,2021-06-28,eligible,1")
    products = st.sampled_from(["INACT", "SUBUNIT", "VECTOR"])
    days = st.dates(date(2021, 4, 30), date(2021, 6, 10))
    lots = draw(st.lists(st.tuples(days, products, st.integers(10, 150)), min_size=1, max_size=6))
    tables = {
        "groups": "\n".join([GROUPS.strip(), *groups, ""]),
        "population": "\n".join(["unit,group,eligible", *people, ""]),
        "targets": "\n".join([TARGETS.strip(), *targets, ""]),
        "supply": supply(*[(f"{day}", product, doses, LATE) for day, product, doses in lots]),
    }
    if opens[0] < "2021-05-01" and draw(st.booleans()):
        tables["history"] = "group,product,dose_rank,from,to,doses\nG0,INACT,1,2021-04-10,2021-04-30,9\n"
    if draw(st.booleans()):
        tables["peers"] = "peers,units,max_spread\nP,ALL,0.1\n"
    return tables


def case_of(tables, folder):
    scenario = load_scenario(write_folder(Path(folder), **tables))
    return make_case(scenario, scenario.campaign.opens - timedelta(days=1))


def optimum(block: Block) -> float:
    return block.solve(30, vertex=True).objective


@settings(max_examples=15, deadline=None)
@given(campaigns())
def test_the_smaller_programme_has_the_optimum_of_the_full_one(tables):
    with tempfile.TemporaryDirectory() as folder:
        case = case_of(tables, folder)
    parts = merged(case)
    assert optimum(parts.model.block) == pytest.approx(optimum(build(case).block), rel=1e-6, abs=1e-6)


@settings(max_examples=15, deadline=None)
@given(campaigns())
def test_its_plan_keeps_every_rule_of_the_full_one_at_the_same_cost(tables):
    """The plan handed out to the classes, held fixed in the full programme, is feasible there and costs the same."""
    with tempfile.TemporaryDirectory() as folder:
        case = case_of(tables, folder)
    parts = merged(case)
    small = parts.model.block.solve(30, vertex=True)
    full = build(case)
    held = full.block.rows("held", *[unmerged(parts, small).columns["x"] + e for e in (-1e-7, 1e-7)], full.x.shape)
    full.block.put(held, full.x, 1.0)
    assert full.block.solve(30, vertex=True).objective == pytest.approx(small.objective, rel=1e-5, abs=1e-4)


def test_a_plan_shorter_than_an_interval_has_nothing_to_hand_out(tmp_path):
    rows = [f"G{n},1,组,Group,,,18,,{day},0,1" for n, day in enumerate(("2021-05-01", "2021-06-25"))]
    tables = {
        "groups": "\n".join([GROUPS.strip(), *rows, ""]),
        "population": "unit,group,eligible\n" + "".join(f"{u},G{n},50\n" for u in "AB" for n in range(2)),
    }
    scenario = load_scenario(write_folder(tmp_path, **tables))
    parts = merged(make_case(scenario, date(2021, 6, 20)))
    assert parts.into.tolist() == [0, 0]
    x = unmerged(parts, parts.model.block.solve(30, vertex=True)).columns["x"]
    assert x.shape[1] == 2 and not x[:, :, [s.rank > 1 for s in parts.full.steps]].any()


def test_groups_in_other_targets_or_due_before_they_open_stay_apart(tmp_path):
    rows = [f"G{n},1,组,Group,,,18,,{day},0,1" for n, day in enumerate(("2021-05-01", "2021-05-10", "2021-05-20"))]
    tables = {
        "groups": "\n".join([GROUPS.strip(), *rows, ""]),
        "population": "unit,group,eligible\n" + "".join(f"{u},G{n},50\n" for u in "AB" for n in range(3)),
        "targets": TARGETS + "T,ALL,complete,0.5,2021-06-30,eligible,2\nS,G0,started,0.5,2021-06-30,eligible,1\n",
    }
    assert alike(case_of(tables, tmp_path / "a")).tolist() == [0, 0, 0]
    tables["targets"] += "C,G1,complete,0.5,2021-06-30,eligible,3\n"
    assert alike(case_of(tables, tmp_path / "b")).tolist() == [0, 1, 0]
    tables["history"] = "group,product,dose_rank,from,to,doses\nG2,INACT,1,2021-04-10,2021-04-20,9\n"
    assert alike(case_of(tables, tmp_path / "c")).tolist() == [0, 1, 2]


def test_a_started_target_counts_its_own_groups_alone(tmp_path):
    """Two hundred doses, a started target on the group of lower rank: its persons come first although rank serves the other."""
    rows = [f"G{n},{n + 1},组,Group,,,18,,{day},0,1" for n, day in enumerate(("2021-05-01", "2021-05-03"))]
    tables = {
        "groups": "\n".join([GROUPS.strip(), *rows, ""]),
        "population": "unit,group,eligible\nA,G0,150\nA,G1,150\nB,G0,0\nB,G1,0\n",
        "targets": TARGETS + "S,G1,started,1,2021-06-30,eligible,3\nT,ALL,complete,1,2021-06-30,eligible,1\n",
        "supply": supply(("2021-04-30", "VECTOR", 200, LATE)),
    }
    parts = merged(case_of(tables, tmp_path))
    assert parts.into.tolist() == [0, 0]
    x = unmerged(parts, parts.model.block.solve(30, vertex=True)).columns["x"] * parts.model.size
    assert np.allclose(x.sum(axis=(0, 2, 3)), [50, 150], atol=0.01)
