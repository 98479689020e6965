"""What would make an impossible plan possible, at least cost: doses by a day, stations in a unit, persons who come.

The plan's own rows, with three additions that are paid for: d[p,t] doses more from period t on, s[u] stations more in every
period, g[u,k] persons more. Nothing else costs anything, and a person still missing costs more than any addition, so that
what remains missing is what neither doses nor stations nor persons can cure: time.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import polars as pl

from .case import Case
from .merge import merged
from .model import Model, usable_by_day
from .periods import WEEK
from .scenario import Scenario

DOSE, EARLIER, PERSON, STATION_DOSE, STILL_MISSING = 1.0, 0.0002, 5.0, 0.3, 1000.0
HOURS = {
    "workday": "hours_workday",
    "makeup_workday": "hours_workday",
    "weekend": "hours_weekend",
    "holiday": "hours_holiday",
}


@dataclass(frozen=True)
class Remedy:
    """One addition. ADD_DOSES: `amount` doses of `product` at the city store on `day`; ADD_STATIONS: that many stations in
    `unit` on every day until `day`; ADD_PERSONS: persons of `unit` beyond those expected to come."""

    code: str
    amount: int
    day: date
    unit: str = ""
    product: str = ""


def remedies(scenario: Scenario, case: Case, seconds: float = 30.0) -> list[Remedy]:
    """The cheapest additions under which nobody is missing whom they can help; largest first."""
    model = merged(case).model
    _additions(scenario, case, model)
    solution = model.block.solve(seconds, vertex=True)
    more = {name: solution.columns[f"more_{name}"] for name in ("doses", "stations", "persons")}
    end = case.periods.day(max((a.by for a in case.aims), default=case.periods.day_count - 1))
    found = [
        Remedy("ADD_DOSES", _up(more["doses"][p, t] * model.size), _leaves(case, int(t)), product=case.products[p])
        for p, t in np.argwhere(more["doses"] * model.size > 0.5)
    ]
    found += [
        Remedy("ADD_STATIONS", _up(more["stations"][u]), end, case.units[u])
        for u in np.flatnonzero(more["stations"] > 1e-6)
    ]
    persons = more["persons"].sum(axis=1) * model.size
    found += [Remedy("ADD_PERSONS", _up(persons[u]), end, case.units[u]) for u in np.flatnonzero(persons > 0.5)]
    found = [*_merged([r for r in found if r.code == "ADD_DOSES"]), *(r for r in found if r.code != "ADD_DOSES")]
    return sorted(found, key=lambda r: (r.code != "ADD_DOSES", -r.amount))


def _merged(doses: list[Remedy]) -> list[Remedy]:
    """Doses of one product wanted within a week of each other as one arrival on the first of those days."""
    merged: list[Remedy] = []
    for one in sorted(doses, key=lambda r: (r.product, r.day)):
        last = merged[-1] if merged else None
        if last and last.product == one.product and (one.day - last.day).days < WEEK:
            merged[-1] = replace(last, amount=last.amount + one.amount)
        else:
            merged.append(one)
    return merged


def _up(value: float) -> int:
    return int(np.ceil(value - 1e-6))


def _leaves(case: Case, period: int) -> date:
    """The day at the city store for doses usable from the first day of a period."""
    return case.periods.day(case.periods.first[period]) - timedelta(days=case.lead)


def _additions(scenario: Scenario, case: Case, model: Model) -> None:
    """Put the three additions into the rows of supply, capacity and people; only they and persons missing cost anything."""
    block, periods = model.block, case.periods
    cost = np.zeros(block.column_count)
    cost[model.missing] = STILL_MISSING
    block.cost = [cost]
    known = usable_by_day(case).sum(axis=1) > 0
    early = (periods.last[-1] - periods.first) * EARLIER
    order = np.arange(len(case.products))[:, None] * 1e-4  # of products equally good, one
    upper = np.where(known | ~known.any(), np.inf, 0.0)[:, None] * np.ones(periods.count)
    doses = block.columns("more_doses", (len(case.products), periods.count), DOSE + early[None, :] + order, upper)
    block.put(block.row_blocks["supply"], doses, -1.0)
    for name, row in list(block.row_blocks.items()):
        if name.startswith("inside"):
            product, day = (int(n) for n in name[6:].split("."))
            block.put(row, doses[product, periods.of_day[day]], -1.0)
    each = station_doses(scenario, case) / model.size
    stations = block.columns("more_stations", (len(case.units),), STATION_DOSE * each.sum(axis=1))
    block.put(block.row_blocks["capacity"], stations[:, None], -np.add.reduceat(each, periods.first, axis=1))
    persons = block.columns("more_persons", block.row_blocks["people"].shape, PERSON)
    block.put(block.row_blocks["people"], persons, -1.0)


def station_doses(scenario: Scenario, case: Case) -> np.ndarray:
    """[unit, day] doses that one more fixed station gives: rate x hours of the day's kind x the share a plan counts on."""
    kinds = [scenario.day_kind(case.periods.day(day)) for day in range(case.periods.day_count)]
    fixed = {row["unit"]: row for row in scenario.capacity.sort("kind", descending=True).iter_rows(named=True)}
    usual = scenario.capacity.select(pl.col(pl.Float64).mean()).to_dicts()[0] if scenario.capacity.height else {}
    rows = [fixed.get(unit, usual) for unit in case.units]
    share = scenario.settings.capacity_share
    return np.array([[row["rate_per_hour"] * row[HOURS[kind]] * share for kind in kinds] for row in rows])
