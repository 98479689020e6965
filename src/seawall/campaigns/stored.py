"""Frames kept in the database, and the scenario of a loaded campaign: files in, arrays' worth of tables out."""

import json
from datetime import date
from functools import lru_cache
from io import BytesIO
from typing import Any

import polars as pl

from seawall.engines.planning import Plan, Scenario, check_files, scaled
from seawall.platform import sql

from .rows import PlanRow

RESULT = ("quotas", "shipments", "stock", "openings", "obstacles", "waste")


def to_parquet(frame: pl.DataFrame) -> bytes:
    buffer = BytesIO()
    frame.write_parquet(buffer, compression="zstd")
    return buffer.getvalue()


def from_parquet(content: Any) -> pl.DataFrame:
    return pl.read_parquet(BytesIO(bytes(content)))


def scenario(code: str) -> Scenario:
    """The scenario of a campaign as loaded, at its scale. Policies are those of the folder; the room's own replace them."""
    ((digest, scale),) = sql.fetch("SELECT digest, scale FROM campaigns_campaign WHERE code = %s", [code])
    return _scenario(code, digest, scale)


@lru_cache(maxsize=8)
def _scenario(code: str, digest: str, scale: float) -> Scenario:
    ((files,),) = sql.fetch(
        "SELECT files::text FROM campaigns_campaign WHERE code = %s AND digest = %s", [code, digest]
    )

    return scaled(check_files({name: text.encode() for name, text in json.loads(files).items()}), scale)


def frame_of(run_id: Any, name: str) -> pl.DataFrame | None:
    """A stored table of a run."""
    rows = sql.fetch("SELECT content FROM campaigns_planframe WHERE run_id = %s AND name = %s", [run_id, name])
    return from_parquet(rows[0][0]) if rows else None


def inputs_of(run_id: Any) -> dict[str, pl.DataFrame]:
    """The frozen inputs of a run, as the engine takes them."""
    rows = sql.fetch(
        "SELECT name, content FROM campaigns_planframe WHERE run_id = %s AND starts_with(name, 'in_')", [run_id]
    )
    return {name.removeprefix("in_"): from_parquet(content) for name, content in rows}


def result_of(run: PlanRow) -> Plan:
    """A kept result as the engine gave it."""
    rows = sql.fetch(
        "SELECT name, content FROM campaigns_planframe WHERE run_id = %s AND name = ANY(%s)", [run.run_id, list(RESULT)]
    )
    frames = {name: from_parquet(content) for name, content in rows}
    targets = [{**t, "by": date.fromisoformat(t["by"])} for t in run.summary["targets"]]
    return Plan(run.as_of, **frames, summary={**run.summary, "targets": targets})
