"""Plans side by side: scenarios of one campaign as a table, and what a plan moves against an earlier one."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from ..tables import Mistake, Mistakes
from .plan import plan
from .scenario import Plan, Scenario
from .variants import holidays_worked, more_mobile, policy_applied, supply_late

AS_KNOWN = "as known"
SCENARIOS = {
    "scenario": pl.String, "target": pl.String, "by": pl.Date, "needed": pl.Int64, "planned": pl.Int64,
    "short_by": pl.Int64, "feasible": pl.Boolean, "dose_1": pl.Int64, "dose_2": pl.Int64, "dose_3": pl.Int64,
    "left": pl.Int64, "waste": pl.Int64, "last_day": pl.Date,
}  # fmt: skip
CELL = ("unit", "group", "product", "dose_rank")
VARIANTS: Mapping[str, Callable[..., Scenario]] = {
    "supply_late": supply_late,
    "holidays_worked": holidays_worked,
    "more_mobile": more_mobile,
    "policy_applied": policy_applied,
}
FORMS = "supply_late=DAYS, holidays_worked, more_mobile=TEAMS, policy_applied=CODE"


def varied(scenario: Scenario, variant: str) -> Scenario:
    """The scenario with one thing changed: one of FORMS; a form that is none of them raises Mistakes."""
    variants_checked(scenario, [variant])
    name, _, value = variant.partition("=")
    change = VARIANTS[name]
    if change is holidays_worked:
        return change(scenario)
    return change(scenario, value if change is policy_applied else int(value))


def variants_checked(scenario: Scenario, variants: Sequence[str]) -> None:
    """Raises Mistakes with everything wrong in the variants' forms."""
    if found := [wrong for variant in variants if (wrong := _wrong(scenario, variant))]:
        raise Mistakes(found)


def _wrong(scenario: Scenario, variant: str) -> Mistake | None:
    """What is wrong with a variant's form, if anything."""
    name, _, value = variant.partition("=")
    if name not in VARIANTS or (name == "holidays_worked") != (not value):
        return _mistake(variant, "form", f"请写成其中之一：{FORMS}。", f"Write one of {FORMS}.")
    if name in {"supply_late", "more_mobile"} and not (value.isdecimal() and value.isascii()):
        return _mistake(variant, "int", f"{name} 需要不小于0的整数。", f"{name} takes a whole number, 0 or more.")
    codes = scenario.policies["policy"].to_list()
    if name == "policy_applied" and value not in codes:
        known = ", ".join(codes) or "-"
        return _mistake(variant, "known", f"policies.csv 中只有：{known}。", f"policies.csv has only {known}.")
    return None


def _mistake(variant: str, rule: str, zh: str, en: str) -> Mistake:
    return Mistake("--variant", 0, "", variant, rule, zh, en)


def variants_planned(scenario: Scenario, base: Plan, variants: Sequence[str], **inputs: Any) -> dict[str, Plan]:
    """The plan and one plan per variant, by name."""
    changed = {variant: varied(scenario, variant) for variant in variants}
    return {AS_KNOWN: base} | {name: plan(each, as_of=base.as_of, **inputs) for name, each in changed.items()}


def compare(scenarios: Mapping[str, Scenario], **inputs: Any) -> pl.DataFrame:
    """Scenarios planned from the same inputs, side by side."""
    return side_by_side({name: plan(scenario, **inputs) for name, scenario in scenarios.items()})


def side_by_side(plans: Mapping[str, Plan]) -> pl.DataFrame:
    """[scenario, target, by, needed, planned, short_by, feasible, dose_1..3, left, waste, last_day]: a row per target."""
    rows = [row for name, made in plans.items() for row in _rows(name, made)]
    return pl.DataFrame(rows, schema=SCENARIOS)


def _rows(name: str, made: Plan) -> list[dict[str, Any]]:
    by_rank = dict(made.quotas.group_by("dose_rank").agg(pl.col("doses").sum()).iter_rows())
    ends = made.stock.filter(pl.col("date") == pl.col("date").max())
    whole = {
        "scenario": name,
        "feasible": made.summary["feasible"],
        **{f"dose_{rank}": by_rank.get(rank, 0) for rank in (1, 2, 3)},
        "left": ends["doses"].sum(),
        "waste": made.waste["doses"].sum(),
        "last_day": made.quotas["date"].max(),
    }
    return [
        {**whole, **{key: target[key] for key in ("target", "by", "needed", "planned", "short_by")}}
        for target in made.summary["targets"]
    ]


def changes(before: pl.DataFrame, after: pl.DataFrame, first: date, last: date) -> pl.DataFrame:
    """[unit, group, product, dose_rank, before, after, change] of two plans' quotas over the days first..last, both included.

    Only cells that move; the largest move first.
    """
    sides = [
        frame.filter(pl.col("date").is_between(first, last)).group_by(CELL).agg(pl.col("doses").sum().alias(name))
        for name, frame in (("before", before), ("after", after))
    ]
    return (
        sides[0]
        .join(sides[1], on=CELL, how="full", coalesce=True)
        .with_columns(pl.col("before", "after").fill_null(0))
        .with_columns(change=pl.col("after") - pl.col("before"))
        .filter(pl.col("change") != 0)
        .sort(pl.col("change").abs(), *CELL, descending=[True, False, False, False, False])
    )
