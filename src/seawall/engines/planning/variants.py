"""The same campaign with one thing changed: what if, and what would cure it; and the earliest day on which its targets can be met."""

from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from .case import make_case
from .limits import ALL
from .merge import merged
from .remedy import deadline_later, pause_later
from .scenario import Scenario
from .shortfall import EACH, SLACK

WEEK = timedelta(days=7)
Row = Mapping[str, Any]
Cure = Callable[[Scenario, Row, int], Scenario]


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


def cured(scenario: Scenario, obstacles: pl.DataFrame, share: float = 1.0) -> Scenario:
    """The scenario with the additions of a plan's obstacles made: all of them, or a share of each (rounded down)."""
    for row in obstacles.filter(pl.col("code").is_in(list(CURES))).iter_rows(named=True):
        amount = int(row["short_by"] * share + 1e-9)
        if amount:
            scenario = CURES[row["code"]](scenario, row, amount)
    return scenario


def _add_doses(scenario: Scenario, row: Row, amount: int) -> Scenario:
    lot = {
        "date": row["date"],
        "product": row["product"],
        "lot": f"ADDED-{row['product']}-{row['date']}",
        "doses": amount,
    }
    more = {"doses_per_pack": 1, "expires": scenario.campaign.deadline + timedelta(days=365), "confirmed": "yes"}
    extra = pl.DataFrame([lot | more], schema=scenario.supply.schema)
    return replace(scenario, supply=pl.concat([scenario.supply, extra]))


def _add(table: str, column: str) -> Cure:
    """So many more of a column of the unit's first row (of the row for all, where the obstacle names no unit)."""

    def cure(scenario: Scenario, row: Row, amount: int) -> Scenario:
        frame: pl.DataFrame = getattr(scenario, table)
        key = "to" if table == "transport" else "unit"
        own = pl.col(key) == (row["unit"] or ALL)
        if table == "capacity" and frame.filter(own & (pl.col("kind") == "fixed")).height:
            own &= pl.col("kind") == "fixed"
        more = pl.when(own & (own.cum_sum() == 1)).then(pl.col(column) + amount).otherwise(column)
        return replace(scenario, **{table: frame.with_columns(more.alias(column))})  # type: ignore[arg-type]

    return cure


def _add_persons(scenario: Scenario, row: Row, amount: int) -> Scenario:
    """More of the unit's eligible persons come: those of its last-ranked group with somebody left first."""
    usual = dict(scenario.groups.select("group", "uptake").iter_rows())
    order = scenario.groups.sort("rank", descending=True)["group"].to_list()
    people = scenario.population.to_dicts()
    for person in sorted(people, key=lambda p: order.index(p["group"])):
        if person["unit"] == row["unit"] and person["eligible"]:
            share = usual[person["group"]] if person["uptake"] is None else person["uptake"]
            come = int(person["eligible"] * share + 1e-9)
            more = min(amount, person["eligible"] - come)
            amount -= more
            person["uptake"] = (come + more) / person["eligible"]
    return replace(scenario, population=pl.DataFrame(people, schema=scenario.population.schema))


CURES: dict[str, Cure] = {
    "ADD_DOSES": _add_doses,
    "ADD_STATIONS": _add("capacity", "stations"),
    "ADD_STAFF": _add("staff", "vaccinators"),
    "ADD_TRANSPORT": _add("transport", "doses_per_day"),
    "ADD_STORAGE": _add("storage", "doses"),
    "ADD_PERSONS": _add_persons,
    "MOVE_PAUSE": lambda scenario, _, amount: pause_later(scenario, amount),
    "MOVE_DEADLINE": lambda scenario, _, amount: deadline_later(scenario, amount),
}


def earliest_date(scenario: Scenario, as_of: date, weeks: int = 8, **inputs: Any) -> date | None:
    """The first day, by whole weeks after the deadline, by which every target can be met with what is known to arrive.

    Later is never worse, so the weeks are halved until one is left.
    """
    late = bisect_left(range(weeks + 1), True, key=lambda n: _met(scenario, as_of, n, inputs))
    return scenario.campaign.deadline + late * WEEK if late <= weeks else None


def _met(scenario: Scenario, as_of: date, late: int, inputs: dict[str, Any]) -> bool:
    """Whether every target can be met, but for what whole doses cost, when deadline and targets move by so many weeks."""
    by = scenario.targets.with_columns(by=pl.col("by") + late * WEEK)
    head = replace(scenario.campaign, deadline=scenario.campaign.deadline + late * WEEK)
    case = make_case(replace(scenario, campaign=head, targets=by), as_of, **inputs)
    model = merged(case).model
    cost = np.zeros(model.block.column_count)
    cost[model.missing] = 1.0
    model.block.cost = [cost]
    missing = model.block.solve().columns["m"].sum(axis=1) * model.size
    allowed = [max(EACH * len(a.need), SLACK * float(a.denominator.sum())) for a in case.aims]
    return bool((missing <= allowed).all())
