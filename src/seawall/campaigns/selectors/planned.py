"""Plan runs and published quotas."""

import json
from datetime import date, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

import polars as pl

from seawall.platform import sql
from seawall.reference import selectors as reference

from .. import stored
from ..rows import PlanRow

RUN = (
    "SELECT id, campaign, as_of, state, feasible, short_by, summary::text, failure, seconds, computed_at, approved_by, "
    "published_at FROM campaigns_planrun"
)
QUOTAS = {
    "unit_id": pl.Int64,
    "unit_code": pl.String,
    "group": pl.String,
    "product": pl.String,
    "dose_rank": pl.Int64,
    "doses": pl.Int64,
}


def _row(row: tuple[Any, ...]) -> PlanRow:
    return PlanRow(*(json.loads(cell) if n == 6 else cell for n, cell in enumerate(row)))


def plan(run_id: UUID) -> PlanRow | None:
    """One run."""
    rows = sql.fetch(f"{RUN} WHERE id = %s", [run_id])
    return _row(rows[0]) if rows else None


def plans(code: str, limit: int = 30) -> list[PlanRow]:
    """The latest runs, newest first."""
    rows = sql.fetch(f"{RUN} WHERE campaign = %s ORDER BY as_of DESC, computed_at DESC LIMIT %s", [code, limit])
    return [_row(row) for row in rows]


def plan_of(code: str, day: date) -> PlanRow | None:
    """The published plan in force at the evening of a day."""
    rows = sql.fetch(
        f"{RUN} WHERE campaign = %s AND state = 'published' AND as_of <= %s ORDER BY as_of DESC, published_at DESC LIMIT 1",
        [code, day],
    )
    return _row(rows[0]) if rows else None


def first_plan(code: str) -> PlanRow | None:
    """The plan that was published first: what the burn-up is measured against."""
    rows = sql.fetch(f"{RUN} WHERE campaign = %s AND state = 'published' ORDER BY as_of, published_at LIMIT 1", [code])
    return _row(rows[0]) if rows else None


def plan_frame(run_id: UUID, name: str) -> pl.DataFrame | None:
    """A stored table of a run: quotas, shipments, openings, or an input as in_stock, in_given, in_capacity, ..."""
    return stored.frame_of(run_id, name)


def plan_inputs(run_id: UUID) -> list[tuple[str, int, str]]:
    """The frozen inputs of a run: name, rows, and SHA-256 of what is kept."""
    rows = sql.fetch(
        "SELECT name, content, encode(sha256(content), 'hex') FROM campaigns_planframe "
        "WHERE run_id = %s AND starts_with(name, 'in_') ORDER BY name",
        [run_id],
    )
    return [(name.removeprefix("in_"), stored.from_parquet(content).height, digest) for name, content, digest in rows]


def plan_summary(code: str, day: date | None = None) -> dict[str, Any]:
    """Summary of the plan in force on a day (today's newest if none is given); empty where there is none."""
    found = plan_of(code, day or date.max)
    return found.summary if found else {}


def back_schedule(code: str) -> list[dict[str, Any]]:
    """倒排图: planned cumulative doses by day and rank of the first published plan: date, dose_1, dose_2, ..."""
    first = first_plan(code)
    rows = first.summary["back_schedule"] if first else []
    return [{**row, "date": date.fromisoformat(row["date"])} for row in rows]


def quotas(code: str, day: date) -> pl.DataFrame:
    """Published quotas of a day: unit_id, unit_code, group, product, dose_rank, doses."""
    codes = {u.unit_id: u.code for u in reference.units(day)}
    rows = sql.fetch(
        "SELECT unit_id, group_code, product, dose_rank, doses FROM campaigns_quota WHERE campaign = %s AND day = %s "
        "ORDER BY unit_id, group_code, product, dose_rank",
        [code, day],
    )
    filled = [(unit, codes.get(unit, ""), *rest) for unit, *rest in rows]
    return pl.DataFrame(filled, schema=QUOTAS, orient="row")


def quotas_after(code: str, day: date) -> pl.DataFrame:
    """Published quotas of the days after a day: date, unit (code), group, product, dose_rank, doses."""
    codes = {u.unit_id: u.code for u in reference.units(day + timedelta(days=1))}
    rows = sql.fetch(
        "SELECT day, unit_id, group_code, product, dose_rank, doses FROM campaigns_quota WHERE campaign = %s AND day > %s "
        "ORDER BY day, unit_id, group_code, product, dose_rank",
        [code, day],
    )
    filled = [(on, codes[unit], *rest) for on, unit, *rest in rows if unit in codes]
    columns = {
        "date": pl.Date,
        "unit": pl.String,
        **{name: QUOTAS[name] for name in ("group", "product", "dose_rank", "doses")},
    }
    return pl.DataFrame(filled, schema=columns, orient="row")


def unit_quotas(code: str, day: date) -> dict[int, int]:
    """Doses of a day by unit id."""
    return dict(
        sql.fetch(
            "SELECT unit_id, sum(doses)::int FROM campaigns_quota WHERE campaign = %s AND day = %s GROUP BY unit_id",
            [code, day],
        )
    )


def unit_quotas_between(code: str, start: date, end: date) -> dict[int, int]:
    """Doses asked of each unit over a span of days, by unit id."""
    return dict(
        sql.fetch(
            "SELECT unit_id, sum(doses)::int FROM campaigns_quota WHERE campaign = %s AND day BETWEEN %s AND %s "
            "GROUP BY unit_id",
            [code, start, end],
        )
    )


def day_quotas(code: str, start: date, end: date) -> dict[date, int]:
    """Doses by day over the city."""
    return dict(
        sql.fetch(
            "SELECT day, sum(doses)::int FROM campaigns_quota WHERE campaign = %s AND day BETWEEN %s AND %s GROUP BY day",
            [code, start, end],
        )
    )


def unit_plan_to_date(code: str, day: date) -> dict[int, int]:
    """Doses since the campaign opened that the first published plan asked of each unit by a day, by unit id."""
    first = first_plan(code)
    if first is None:
        return {}
    totals = _planned_by_unit(first.run_id).filter(pl.col("date") <= day).group_by("unit").agg(pl.col("doses").sum())
    ids = {u.code: u.unit_id for u in reference.units(day)}
    return {ids[unit]: doses for unit, doses in totals.iter_rows() if unit in ids}


@lru_cache(maxsize=4)
def _planned_by_unit(run_id: UUID) -> pl.DataFrame:
    found = stored.frame_of(run_id, "quotas")
    assert found is not None
    return found.group_by("date", "unit").agg(pl.col("doses").sum())
