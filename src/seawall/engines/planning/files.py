"""A plan on files alone: a scenario folder in, CSV, Parquet and summary.json out."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from .load import load_scenario
from .plan import plan
from .scenario import Plan, scaled
from .variants import earliest_date

TABLES = ("quotas", "shipments", "stock", "openings", "obstacles", "waste")


def plan_on_files(scenario_dir: Path | str, out_dir: Path | str, as_of: date | None = None, scale: float = 1.0) -> Plan:
    """Check and plan a folder, write its tables to `out_dir`; raises ScenarioMistakes before anything is written."""
    scenario = scaled(load_scenario(scenario_dir), scale)
    result = plan(scenario, as_of=as_of, strict=True)
    if not result.summary["feasible"]:
        result.summary["earliest_date"] = earliest_date(scenario, result.as_of)
    write_plan(result, Path(out_dir))
    return result


def write_plan(result: Plan, out: Path) -> None:
    """One CSV and one Parquet file per table, and the summary; each file appears whole or not at all."""
    out.mkdir(parents=True, exist_ok=True)
    for name in TABLES:
        frame: pl.DataFrame = getattr(result, name)
        frame.write_csv(out / f".{name}.csv")
        (out / f".{name}.csv").replace(out / f"{name}.csv")
        frame.write_parquet(out / f".{name}.parquet")
        (out / f".{name}.parquet").replace(out / f"{name}.parquet")
    (out / ".summary.json").write_text(summary_text(result), encoding="utf-8")
    (out / ".summary.json").replace(out / "summary.json")


def summary_text(result: Plan) -> str:
    """The summary as JSON text, dates in ISO form."""

    def plain(value: Any) -> Any:
        return value.isoformat() if isinstance(value, date) else float(value)

    return json.dumps(result.summary, ensure_ascii=False, indent=2, default=plain) + "\n"
