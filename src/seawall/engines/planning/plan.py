"""One plan: solve, make whole, and put quotas, shipments, stock, openings and obstacles on tables."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any

import numpy as np
import polars as pl

from .blocks import STOPPED
from .case import Case, last_useful, make_case
from .choice import with_one_product
from .conflict import facts_of
from .daily import proof_by_days, reached
from .explain import OBSTACLES, obstacles_of, shortfall_by_group
from .greedy import greedy_doses
from .ladder import climb, largest_gap
from .merge import merged, unmerged
from .model import doses_of, held_of
from .openings import openings_of
from .remedy import remedies
from .scenario import Plan, Scenario
from .shortfall import plainly_short, target_row
from .whole import Whole, whole_doses

QUOTAS = {
    "date": pl.Date,
    "unit": pl.String,
    "group": pl.String,
    "product": pl.String,
    "dose_rank": pl.Int64,
    "doses": pl.Int64,
}
SHIPMENTS = {
    "date": pl.Date,
    "from": pl.String,
    "to": pl.String,
    "product": pl.String,
    "lot": pl.String,
    "doses": pl.Int64,
}
STOCK = {"date": pl.Date, "place": pl.String, "product": pl.String, "lot": pl.String, "doses": pl.Int64}
CURE_SECONDS = 30.0  # at most, for the search of what would free a plan that is short; never longer than the solves


def plan(
    scenario: Scenario,
    *,
    as_of: date | None = None,
    stock: pl.DataFrame | None = None,
    given: pl.DataFrame | None = None,
    eligible: pl.DataFrame | None = None,
    capacity: pl.DataFrame | None = None,
    arrivals: pl.DataFrame | None = None,
    policies: pl.DataFrame | None = None,
    ways: pl.DataFrame | None = None,
    before: pl.DataFrame | None = None,
    seconds: float = 60.0,
    strict: bool = True,
) -> Plan:
    """Plan from the day after `as_of` (the last closed day; default the day before the campaign opens) to the deadline.

    stock [place, product, lot, expires, doses, doses_per_pack], given [unit, group, product, dose_rank, day, doses],
    eligible [unit, group, eligible], capacity [unit, date, doses], arrivals as supply.csv, policies as policies.csv:
    each replaces what the folder says. ways [unit, lead_days]: days on the
    way through the stores between. A place is a unit code or the city store's name. `before` holds the quotas in force
    [date, unit, group, product, dose_rank, doses], which move only where that gains more than it costs. `strict` brings each
    level to its best before the next; otherwise weights do it in one solve. `seconds` are for all solves together.
    """
    started = time.perf_counter()
    as_of = as_of or scenario.campaign.opens - timedelta(days=1)
    if as_of >= scenario.campaign.deadline:
        return _after_deadline(scenario, as_of)
    if policies is not None:
        scenario = replace(scenario, policies=policies)
    inputs: dict[str, Any] = {
        "given": given,
        "eligible": eligible,
        "stock": stock,
        "arrivals": arrivals,
        "capacity": capacity,
        "ways": ways,
    }
    case = make_case(scenario, as_of, before=before, **inputs)
    case, choice = with_one_product(case, seconds / 4)
    again = partial(make_case, as_of=as_of, **inputs)
    parts = merged(case)
    model = parts.model
    with ThreadPoolExecutor(1) as beside:
        ahead = (
            beside.submit(remedies, scenario, case, again, min(CURE_SECONDS, seconds)) if plainly_short(case) else None
        )
        solution, levels = climb(case, model, seconds, strict=strict)
    solution = unmerged(parts, solution)
    if solution.status == STOPPED:
        whole = whole_doses(case, greedy_doses(case))
    else:
        whole = whole_doses(case, doses_of(case, model, solution), held_of(case, model, solution))
    smooth = solution.columns["m"].sum(axis=1) * model.size
    summary = _summary(scenario, case, whole, smooth)
    summary["feasible"] = all(row["short_by"] == 0 for row in summary["targets"])
    short = [number for number, row in enumerate(summary["targets"]) if row["short_by"]]
    cures = (ahead.result() if ahead else remedies(scenario, case, again, min(CURE_SECONDS, seconds))) if short else []
    obstacles, facts = obstacles_of(scenario, case, model, solution, whole, cures)
    summary["shortfall"] = [row for number in short for row in shortfall_by_group(case, whole, number)]
    if strict and short:
        heaviest = max(short, key=lambda number: case.aims[number].weight)
        summary["conflict"] = facts_of(case, heaviest, model.block.column_count, seconds / 2)
    if solution.status == STOPPED:
        levels = reached(case, whole.doses)
    summary["status"] = "optimal" if solution.status == "Optimal" else "stopped by time"
    summary["gap"] = largest_gap(levels)
    summary["levels"] = levels
    if choice:
        summary["one_product"] = {"units": choice.products, "gap": choice.gap}
    summary["obstacles"] = facts
    if strict:
        summary["proof"] = proof_by_days(case, whole.doses, max(1.0, seconds - (time.perf_counter() - started)))
    summary["solve_seconds"] = solution.seconds
    summary["seconds"] = time.perf_counter() - started
    return Plan(
        as_of,
        quotas_of(case, whole.doses),
        _rows(whole.stores.shipments, SHIPMENTS),
        _rows(whole.stores.ends, STOCK),
        openings_of(scenario, case, whole.doses),
        obstacles,
        _rows(whole.stores.waste, STOCK),
        summary,
    )


def _rows(rows: list[Any], schema: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=schema, orient="row")


def quotas_of(case: Case, doses: np.ndarray) -> pl.DataFrame:
    """The whole doses that are not zero, one row per day, unit, group, product and dose rank."""
    u, g, s, d = np.nonzero(doses)
    frame = pl.DataFrame(
        {
            "date": pl.Series([case.periods.day(n) for n in range(case.periods.day_count)], dtype=pl.Date).gather(d),
            "unit": pl.Series(case.units, dtype=pl.String).gather(u),
            "group": pl.Series(case.groups, dtype=pl.String).gather(g),
            "product": pl.Series([case.products[step.product] for step in case.steps], dtype=pl.String).gather(s),
            "dose_rank": pl.Series([step.rank for step in case.steps], dtype=pl.Int64).gather(s),
            "doses": doses[u, g, s, d],
        },
        schema=QUOTAS,
    )
    key = ["date", "unit", "group", "product", "dose_rank"]
    return frame.group_by(key).agg(pl.col("doses").sum()).sort(key)


def _summary(scenario: Scenario, case: Case, whole: Whole, smooth: np.ndarray) -> dict[str, Any]:
    by_rank = {
        str(rank): whole.doses[:, :, [n for n, s in enumerate(case.steps) if s.rank == rank]].sum(axis=(0, 1, 2))
        for rank in sorted({s.rank for s in case.steps})
    }
    return {
        "campaign": scenario.campaign.code,
        "as_of": case.periods.start - timedelta(days=1),
        "deadline": scenario.campaign.deadline,
        "scale": scenario.scale,
        "targets": [target_row(case, whole.doses, number, smooth[number]) for number in range(len(case.aims))],
        "last_useful_first_dose": last_useful(scenario),
        "doses": int(whole.doses.sum()),
        "given_before": int(case.given.sum()),
        "rounding_loss": round(whole.wanted - float(whole.doses.sum()), 1),
        "expected_waste": sum(row[4] for row in whole.stores.waste),
        "opening_stock": whole.stores.opening,
        "arrivals": whole.stores.arrived,
        "back_schedule": [
            {
                "date": case.periods.day(day),
                **{f"dose_{rank}": int(total[day]) for rank, total in cumulative(case, by_rank).items()},
            }
            for day in range(case.periods.day_count)
        ],
    }


def cumulative(case: Case, by_rank: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Doses by rank up to each day, what was given before included."""
    before = {str(s.rank): 0.0 for s in case.steps}
    for number, step in enumerate(case.steps):
        before[str(step.rank)] += case.given[:, :, number].sum()
    return {rank: before[rank] + np.cumsum(values) for rank, values in by_rank.items()}


def _after_deadline(scenario: Scenario, as_of: date) -> Plan:
    summary = {
        "campaign": scenario.campaign.code,
        "as_of": as_of,
        "deadline": scenario.campaign.deadline,
        "status": "after the deadline",
        "feasible": True,
        "gap": 0.0,
        "levels": [],
        "obstacles": [],
        "targets": [],
        "back_schedule": [],
        "seconds": 0.0,
        "doses": 0,
        "last_useful_first_dose": last_useful(scenario),
    }
    openings = pl.DataFrame(schema={"date": pl.Date, "site": pl.String, "stations": pl.Int64})
    quotas, shipments, stock = (_rows([], schema) for schema in (QUOTAS, SHIPMENTS, STOCK))
    return Plan(as_of, quotas, shipments, stock, openings, pl.DataFrame(schema=OBSTACLES), _rows([], STOCK), summary)
