"""What a plan does not know it says: a solver whose prices prove nothing leaves no number that is none in any file of a plan."""

import json
from dataclasses import replace
from math import inf, nan
from pathlib import Path
from typing import Any, NoReturn

import openpyxl
import pytest

from seawall.engines.planning import load_scenario, plan, summary_text
from seawall.engines.planning.blocks import Block
from seawall.engines.planning.choice import Choice
from seawall.engines.planning.files import write_plan
from seawall.engines.planning.ladder import largest_gap, rung
from seawall.engines.planning.proof import gap_of, proven

from .folders import supply, target, write_folder


def strict(text: str) -> Any:
    def refuse(name: str) -> NoReturn:
        raise AssertionError(f"{name} is no JSON")

    return json.loads(text, parse_constant=refuse)


def level(bound: float, value: float = 133_202.88) -> dict[str, Any]:
    return rung("targets first", "先达标", "cost", value, bound, 0.1, "ALL")


def test_prices_that_leave_a_variable_without_an_end_prove_nothing():
    block = Block()
    gain, other = block.columns("gain", (1,), -1.0), block.columns("other", (1,), 1.0)
    rows = block.rows("least", 1.0, inf, (1,))
    block.put(rows, gain, 1.0)
    block.put(rows, other, 1.0)
    bounded = Block()
    bounded.put(bounded.rows("least", 1.0, inf, (1,)), bounded.columns("other", (1,), 1.0), 1.0)
    best = bounded.solve(10)
    assert proven(block, best) == -inf
    assert level(proven(block, best))["gap"] is None
    assert level(proven(bounded, best), best.objective)["gap"] == pytest.approx(0, abs=1e-4)


@pytest.mark.parametrize(
    ("value", "bound"), [(5.0, -inf), (5.0, inf), (5.0, nan), (inf, 5.0), (nan, 5.0), (inf, inf), (-inf, -inf)]
)
def test_a_gap_to_or_from_no_number_is_unknown(value, bound):
    assert gap_of(value, bound) is None
    assert Choice({}, value, bound).gap is None


def test_one_unknown_level_makes_the_gap_of_the_plan_unknown():
    known, unknown = level(133_000.0), level(-inf)
    assert (unknown["bound"], unknown["gap"]) == (None, None)
    assert largest_gap([known]) == pytest.approx(202.88 / 133_000)
    assert largest_gap([known, unknown]) is largest_gap([unknown, known]) is None


def test_an_unknown_gap_is_null_in_the_summary_and_a_word_on_page_and_workbook(tmp_path: Path):
    scenario = load_scenario(write_folder(tmp_path / "in"))
    made = plan(scenario)
    levels = [level(-inf)]
    summary = made.summary | {"levels": levels, "gap": largest_gap(levels)}
    write_plan(scenario, replace(made, summary=summary, quotas=made.quotas.clear()), tmp_path)
    read = strict((tmp_path / "summary.json").read_text(encoding="utf-8"))
    assert (read["gap"], read["levels"][0]["gap"], read["levels"][0]["bound"]) == (None, None, None)
    page = (tmp_path / "plan.html").read_text(encoding="utf-8")
    assert page.count("未知 unknown") == 3
    sheet = dict(openpyxl.load_workbook(tmp_path / "plan.xlsx", read_only=True)["plan"].iter_rows(values_only=True))
    assert sheet["gap"] == "未知 unknown"


TABLES: dict[str, dict[str, str]] = {
    "met": {},
    "no vaccine at all": {"supply": supply()},
    "more asked than there are people": {"targets": target(1.0)},
    "one product a unit, too late": {
        "one_product": "unit,products\nA,INACT;VECTOR\n",
        "supply": supply(("2021-06-29", "INACT", 3, "2022-01-01")),
    },
    "the target's own day is over": {"targets": target(0.9, by="2021-05-02")},
}


@pytest.mark.parametrize("tables", TABLES.values(), ids=TABLES.keys())
@pytest.mark.parametrize("level_by_level", [True, False])
def test_every_summary_is_strict_json(tmp_path: Path, tables, level_by_level):
    scenario = load_scenario(write_folder(tmp_path, **tables))
    for as_of in (None, scenario.campaign.deadline.replace(day=20), scenario.campaign.deadline):
        strict(summary_text(plan(scenario, as_of=as_of, strict=level_by_level)))
    with pytest.raises(ValueError, match="JSON"):
        summary_text(replace(plan(scenario), summary={"gap": nan}))
