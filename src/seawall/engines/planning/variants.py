"""Scenarios side by side: the same campaign with one thing changed, and the earliest day on which its targets can be met."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from .case import make_case
from .merge import merged
from .plan import plan
from .scenario import Plan, Scenario
from .shortfall import EACH, SLACK

WEEK = timedelta(days=7)


def supply_late(scenario: Scenario, days: int, since: date | None = None) -> Scenario:
    """Every arrival from a day on (default: the opening) comes so many days later."""
    moved = pl.col("date") >= (since or scenario.campaign.opens)
    later = pl.when(moved).then(pl.col("date") + timedelta(days=days)).otherwise("date")
    return replace(scenario, supply=scenario.supply.with_columns(date=later))


def holidays_worked(scenario: Scenario) -> Scenario:
    """Sites keep workday hours on public holidays."""
    return replace(scenario, capacity=scenario.capacity.with_columns(hours_holiday=pl.col("hours_workday")))


def more_mobile(scenario: Scenario, teams: int) -> Scenario:
    """So many more mobile teams in every unit, each as large as the unit's others."""
    mobile = pl.col("kind") == "mobile"
    each = (pl.col("stations") // pl.max_horizontal(pl.col("sites"), 1)).clip(1)
    return replace(
        scenario,
        capacity=scenario.capacity.with_columns(
            stations=pl.when(mobile).then(pl.col("stations") + teams * each).otherwise("stations"),
            sites=pl.when(mobile).then(pl.col("sites") + teams).otherwise("sites"),
        ),
    )


def policy_applied(scenario: Scenario, policy: str) -> Scenario:
    """A waiting policy in force."""
    state = pl.when(pl.col("policy") == policy).then(pl.lit("applied")).otherwise("state")
    return replace(scenario, policies=scenario.policies.with_columns(state=state))


def compare(scenarios: Mapping[str, Scenario], **inputs: Any) -> pl.DataFrame:
    """One row per scenario: whether it is feasible, who is short, doses by rank, doses left, seconds."""
    return pl.DataFrame([_row(name, plan(scenario, **inputs)) for name, scenario in scenarios.items()])


def _row(name: str, result: Plan) -> dict[str, Any]:
    by_rank = dict(result.quotas.group_by("dose_rank").agg(pl.col("doses").sum()).iter_rows())
    left = result.stock.filter(pl.col("date") == pl.col("date").max())["doses"].sum()
    return {
        "scenario": name,
        "feasible": result.summary["feasible"],
        **{f"short {row['target']}": row["short_by"] for row in result.summary["targets"]},
        **{f"dose {rank}": by_rank.get(rank, 0) for rank in (1, 2, 3)},
        "doses left": left,
        "seconds": round(result.summary["seconds"], 2),
    }


def earliest_date(scenario: Scenario, as_of: date, weeks: int = 8, **inputs: Any) -> date | None:
    """The first day, by whole weeks after the deadline, by which every target can be met with what is known to arrive."""
    for late in range(weeks + 1):
        by = scenario.targets.with_columns(by=pl.col("by") + late * WEEK)
        head = replace(scenario.campaign, deadline=scenario.campaign.deadline + late * WEEK)
        case = make_case(replace(scenario, campaign=head, targets=by), as_of, **inputs)
        model = merged(case).model
        cost = np.zeros(model.block.column_count)
        cost[model.missing] = 1.0
        model.block.cost = [cost]
        missing = model.block.solve().columns["m"].sum(axis=1) * model.size
        allowed = [max(EACH * len(a.need), SLACK * float(a.denominator.sum())) for a in case.aims]
        if (missing <= allowed).all():
            return head.deadline
    return None
