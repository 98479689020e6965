"""A plan on files alone: a scenario folder in; CSV, Parquet, an Excel workbook, a page with pictures and summary.json out."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from .. import pictures as look
from ..tables import Column, Findings, dictionary, read_table, write_frame, write_whole
from .actuals import read_actuals
from .comparison import changes, side_by_side, variants_checked, variants_planned
from .load import load_scenario
from .page import UNKNOWN, near_days, write_plan_page
from .plan import plan
from .scenario import Plan, Scenario, scaled
from .variants import earliest_date
from .workbook import write_workbook

TABLES = ("quotas", "shipments", "stock", "openings", "obstacles", "waste")
OUTPUTS = Path(__file__).with_name("outputs.csv")
FACTS = ("status", "feasible", "gap", "as_of", "deadline", "doses", "rounding_loss", "expected_waste", "earliest_date")


@dataclass(frozen=True)
class Compared:
    """What stands beside a plan on its files: scenarios with their plans, and the earlier plan's quotas with the changes."""

    plans: Mapping[str, Plan] = field(default_factory=dict)
    scenarios: pl.DataFrame | None = None
    earlier: pl.DataFrame | None = None
    changes: pl.DataFrame | None = None

    @property
    def tables(self) -> dict[str, pl.DataFrame]:
        both = {"scenarios": self.scenarios, "changes": self.changes}
        return {name: frame for name, frame in both.items() if frame is not None}


def plan_on_files(
    scenario_dir: Path | str,
    out_dir: Path | str,
    as_of: date | None = None,
    scale: float = 1.0,
    variants: Sequence[str] = (),
    before: Path | None = None,
    actuals: Path | None = None,
    seconds: float = 300.0,
) -> Plan:
    """Check and plan a folder, write its tables to `out_dir`; raises ScenarioMistakes before anything is written.

    `variants` are planned beside it (comparison.varied); `before` is the folder of an earlier plan, whose orders
    move only where that gains more than it costs, and with which this one is compared;
    `actuals` is a folder of what is known on the evening of `as_of` (actuals.read_actuals). The solver stops after `seconds`
    with the best plan so far.
    """
    scenario = scaled(load_scenario(scenario_dir), scale)
    earlier = earlier_quotas(before) if before else None
    variants_checked(scenario, variants)
    inputs: dict[str, Any] = read_actuals(actuals, scenario) if actuals else {}
    if earlier is not None:
        inputs["before"] = earlier
    result = plan(scenario, as_of=as_of, seconds=seconds, **inputs)
    if not result.summary["feasible"]:
        result.summary["earliest_date"] = earliest_date(scenario, result.as_of, **inputs)
    plans = variants_planned(scenario, result, variants, seconds=seconds, **inputs) if variants else {}
    beside = Compared(
        plans,
        side_by_side(plans) if plans else None,
        earlier,
        None if earlier is None else changes(earlier, result.quotas, *near_days(result)),
    )
    write_plan(scenario, result, Path(out_dir), beside, inputs.get("given"))
    return result


def earlier_quotas(folder: Path) -> pl.DataFrame:
    """quotas.csv of an earlier plan, checked by its dictionary; raises Mistakes."""
    findings = Findings()
    found = read_table(folder / "quotas.csv", columns_out()["quotas"], findings, empty=True)
    findings.stop_if_any()
    return found.drop("row")


def columns_out() -> dict[str, list[Column]]:
    """The data dictionary of everything written, by table."""
    return dictionary(OUTPUTS)


def write_plan(
    scenario: Scenario, result: Plan, out: Path, beside: Compared | None = None, given: pl.DataFrame | None = None
) -> None:
    """One CSV and one Parquet file per table, plan.xlsx, plan.html, dictionary.csv and summary.json, each whole or not at all.

    given are the doses before the plan where they are not the scenario's history: the map of units starts from them.
    """
    with look.written_in("" if scenario.chinese else look.EN):
        _write(scenario, result, out, beside or Compared(), given)


def _write(scenario: Scenario, result: Plan, out: Path, beside: Compared, given: pl.DataFrame | None) -> None:
    tables = {name: getattr(result, name) for name in TABLES} | beside.tables
    columns = columns_out()
    if not scenario.chinese:
        tables = {name: frame.drop(*filter(_in_chinese, frame.columns)) for name, frame in tables.items()}
        columns = {name: [c for c in every if not _in_chinese(c.column)] for name, every in columns.items()}
    for name, frame in tables.items():
        write_frame(frame, out / f"{name}.csv")
        write_frame(frame, out / f"{name}.parquet")
    write_whole(out / "dictionary.csv", lambda draft: draft.write_text(_dictionary(scenario.chinese), encoding="utf-8"))
    known = result.summary | ({"gap": UNKNOWN} if result.summary["gap"] is None else {})
    facts = {key: known[key] for key in FACTS if known.get(key) is not None}
    write_workbook(out / "plan.xlsx", tables, columns, facts)
    write_plan_page(
        out / "plan.html",
        scenario,
        result,
        given=given,
        scenarios=None if beside.scenarios is None else (beside.scenarios, beside.plans),
        before=None if beside.earlier is None or beside.changes is None else (beside.earlier, beside.changes),
    )
    told = result.summary if scenario.chinese else _without_chinese(result.summary)
    write_whole(out / "summary.json", lambda draft: draft.write_text(_strict(told), encoding="utf-8"))


def _in_chinese(name: str) -> bool:
    return name == "zh" or name.endswith("_zh")


def _without_chinese(told: Any) -> Any:
    """The same without what is said in Chinese, at any depth."""
    if isinstance(told, dict):
        return {key: _without_chinese(value) for key, value in told.items() if not _in_chinese(key)}
    return [_without_chinese(value) for value in told] if isinstance(told, list) else told


def _dictionary(chinese: bool) -> str:
    text = OUTPUTS.read_text(encoding="utf-8")
    if chinese:
        return text
    rows = [row for row in csv.DictReader(text.splitlines()) if not _in_chinese(row["column"])]
    out = io.StringIO()
    names = [name for name in rows[0] if not _in_chinese(name)]
    writer = csv.DictWriter(out, names, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def summary_text(result: Plan) -> str:
    """The summary as strict JSON text, dates in ISO form; a number that is none raises ValueError."""
    return _strict(result.summary)


def _strict(told: Any) -> str:
    def plain(value: Any) -> Any:
        return value.isoformat() if isinstance(value, date) else float(value)

    return json.dumps(told, ensure_ascii=False, indent=2, default=plain, allow_nan=False) + "\n"
