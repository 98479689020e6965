"""What would make an impossible plan possible, at least cost: doses by a day, stations, staff, roads or cold stores, persons who come.

The plan's own rows, with additions that are paid for: doses more from period t on, so many stations, vaccinators, doses a day on
the road or doses of cold store more in a unit, persons more who come. Nothing else costs anything, and a person still missing costs
more than any addition, so that what remains missing is what no addition can cure: the pause of first doses, or time. For those
the least number of days is searched by which the pause must begin later, or the deadline be moved; the additions are then those
that are needed on top.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial

import numpy as np
import polars as pl

from .case import HOURS, PAUSE_FIRST, Case
from .merge import merged
from .model import BINDING, Model, usable_by_day
from .periods import WEEK
from .scenario import Scenario
from .unit_rules import weeks

DOSE, EARLIER, PERSON, STATION_DOSE, STAFF_DOSE, ROAD_DOSE, STILL_MISSING = 1.0, 0.0002, 5.0, 0.3, 0.3, 0.2, 1000.0
LONGEST = 112  # days by which a deadline is moved at most
LARGE = 30_000  # variables: from there on the way to a corner takes longer than the solve, and tells no more
NEGLIGIBLE = 1e-6  # share of all doses that must be added
CURED = 0.5  # persons
Again = Callable[[Scenario], Case]


@dataclass(frozen=True)
class Remedy:
    """One addition. ADD_DOSES: `amount` doses of `product` at the city store on `day`; ADD_STATIONS, ADD_STAFF: that many stations

    or vaccinators in `unit` on every day until `day`; ADD_TRANSPORT: doses a day more to `unit` (or from the city store in all);
    ADD_STORAGE: doses that its cold store holds more; ADD_PERSONS: persons of `unit` beyond those expected to come; MOVE_PAUSE,
    MOVE_DEADLINE: so many days later, to `day`.
    """

    code: str
    amount: int
    day: date
    unit: str = ""
    product: str = ""


def remedies(scenario: Scenario, case: Case, again: Again, seconds: float = 30.0) -> list[Remedy]:
    """The cheapest additions under which nobody is missing; where they cannot do it, the days that must be won.

    Days alone where they suffice within the longest delay, the pause before the deadline; else days and additions.
    """
    until = time.perf_counter() + seconds
    found, left = _cheapest(scenario, case, seconds)
    if left <= CURED:
        return found
    paused = np.flatnonzero(case.first_allowed == 0)
    ways = (("MOVE_PAUSE", pause_later, len(paused), len(paused)), ("MOVE_DEADLINE", deadline_later, WEEK, LONGEST))
    for added in (False, True):
        for code, moved, first, most in ways:
            tried = partial(_short_after, scenario, moved, again, until, added=added)
            days = _least_days(tried, first, most)
            if days:
                changed = moved(scenario, days)
                pause = code == "MOVE_PAUSE"
                day = case.periods.day(int(paused[0]) + days) if pause else changed.campaign.deadline
                more = _cheapest(changed, again(changed), max(1.0, until - time.perf_counter()))[0] if added else []
                return [Remedy(code, days, day), *more]
    return found


def pause_later(scenario: Scenario, days: int) -> Scenario:
    """Pauses of first doses that are in force begin so many days later; a pause that would end before it begins is gone."""
    policies, paused = scenario.policies, (pl.col("value") == PAUSE_FIRST) & (pl.col("state") == "applied")
    later = pl.when(paused).then(pl.col("from") + timedelta(days=days)).otherwise("from")
    return replace(scenario, policies=policies.with_columns(later.alias("from")).filter(pl.col("from") <= pl.col("to")))


def deadline_later(scenario: Scenario, days: int) -> Scenario:
    """The deadline, and the days of all targets, so many days later."""
    head = replace(scenario.campaign, deadline=scenario.campaign.deadline + timedelta(days=days))
    return replace(scenario, campaign=head, targets=scenario.targets.with_columns(pl.col("by") + timedelta(days=days)))


def _short_after(
    scenario: Scenario,
    moved: Callable[[Scenario, int], Scenario],
    again: Again,
    until: float,
    days: int,
    *,
    added: bool,
) -> bool:
    return _short(moved(scenario, days), again, until, added=added)


def _short(scenario: Scenario, again: Again, until: float, *, added: bool) -> bool:
    """Whether somebody is missing: with what is known, or whatever is added."""
    left = until - time.perf_counter()
    if left <= 0:
        return True
    case = again(scenario)
    if added:
        return _cheapest(scenario, case, left, vertex=False)[1] > CURED
    model = merged(case, BINDING).model
    cost = np.zeros(model.block.column_count)
    cost[model.missing] = 1.0
    model.block.cost = [cost]
    return float(model.block.solve(left).columns["m"].sum()) * model.size > CURED


def _least_days(uncured: Callable[[int], bool], first: int, most: int) -> int:
    """The least number of days up to `most` that cure, `first` tried first; 0 where none does. Later is never worse."""
    low, high = 0, min(first, most)
    while high and uncured(high):
        if high == most:
            return 0
        low, high = high, min(2 * high, most)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if uncured(middle) else (low, middle)
    return high


def _cheapest(scenario: Scenario, case: Case, seconds: float, *, vertex: bool = True) -> tuple[list[Remedy], float]:
    """The additions, largest first, and the persons missing even with them."""
    model = merged(case, BINDING).model
    _additions(scenario, case, model)
    solution = model.block.solve(seconds, vertex=vertex and model.block.column_count < LARGE, sharp=vertex)
    left = float(solution.columns["m"].sum() * model.size)
    end = case.periods.day(min(max((a.by for a in case.aims), default=0), case.periods.day_count - 1))
    doses = solution.columns["more_doses"] * model.size
    found = [
        Remedy("ADD_DOSES", _up(doses[p, t]), _leaves(case, int(t)), product=case.products[p])
        for p, t in np.argwhere(doses > max(0.5, NEGLIGIBLE * doses.sum()))
    ]
    found = _merged(found)
    for code, name, scale, least in (
        ("ADD_STATIONS", "more_stations", 1.0, 1e-6),
        ("ADD_STAFF", "more_staff", 1.0, 1e-6),
        ("ADD_TRANSPORT", "more_transport", model.size, 0.01),
        ("ADD_STORAGE", "more_cold_storage", model.size, 0.5),
        ("ADD_PERSONS", "more_persons", model.size, 0.5),
    ):
        amounts = solution.columns.get(name, np.zeros(0)) * scale
        amounts = amounts.sum(axis=1) if amounts.ndim > 1 else amounts
        units = _where(case, name)
        found += [Remedy(code, _up(amounts[n]), end, units[n]) for n in np.flatnonzero(amounts > least)]
    fleet = float(solution.columns.get("more_fleet", np.zeros(1)).sum()) * model.size
    if fleet > 0.01:
        found.append(Remedy("ADD_TRANSPORT", _up(fleet), end))
    return sorted(found, key=lambda r: (r.code != "ADD_DOSES", -r.amount)), left


def _where(case: Case, name: str) -> list[str]:
    """The units that the variables of an addition stand for."""
    limits = {
        "more_staff": case.limits.staff_day,
        "more_transport": case.limits.trip,
        "more_cold_storage": case.limits.cold,
    }
    return [unit for n, unit in enumerate(case.units) if name not in limits or np.isfinite(limits[name][n])]


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
    """Put the additions into the rows of supply, stations, staff, roads, cold stores and people; only they and who is missing cost."""
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
    _more(model, "capacity", "more_stations", np.add.reduceat(each, periods.first, axis=1), STATION_DOSE)
    _more_staff(scenario, case, model)
    days = (periods.last - periods.first + 1).astype(float)
    for name in ("transport", "fleet", "cold_storage"):
        if name in block.row_blocks:
            rows = block.row_blocks[name]
            _more(
                model,
                name,
                f"more_{name}",
                np.broadcast_to(1.0 if name == "cold_storage" else days, rows.shape),
                ROAD_DOSE,
            )
    rows = block.row_blocks["people"]
    persons = block.columns("more_persons", rows.shape, PERSON, case.by_class(case.unwilling) / model.size)
    block.put(rows, persons, -1.0)


def _more(model: Model, rule: str, name: str, each: np.ndarray, price: float) -> None:
    """One addition for each unit (or for the city, where the rows are by period alone): `each` is what one of it adds to each row."""
    rows = model.block.row_blocks[rule]
    columns = model.block.columns(name, rows.shape[:-1] or (1,), price * each.sum(axis=-1))
    model.block.put(rows, columns[..., None] if rows.ndim > 1 else columns, -each)


def _more_staff(scenario: Scenario, case: Case, model: Model) -> None:
    """Vaccinators: their day's doses where the unit's stations can use them, and their week's."""
    if "staff" not in model.block.row_blocks:
        return
    table = {row["unit"]: row for row in scenario.staff.iter_rows(named=True)}
    rows = [table[unit] for unit in _where(case, "more_staff")]
    day = np.array([row["doses_per_hour"] * row["hours_day"] for row in rows])[:, None] / model.size
    week = np.array([row["doses_per_hour"] * row["hours_week"] for row in rows])[:, None] / model.size
    days = (case.periods.last - case.periods.first + 1).astype(float)
    _more(model, "staff", "more_staff", day * days, STAFF_DOSE)
    _, length = weeks(case)
    block = model.block
    block.put(block.row_blocks["staff_week"], block.column_blocks["more_staff"][:, None], -week * length / WEEK)


def station_doses(scenario: Scenario, case: Case) -> np.ndarray:
    """[unit, day] doses that one more fixed station gives: rate x hours of the day's kind x the share a plan counts on."""
    kinds = [scenario.day_kind(case.periods.day(day)) for day in range(case.periods.day_count)]
    fixed = {row["unit"]: row for row in scenario.capacity.sort("kind", descending=True).iter_rows(named=True)}
    usual = scenario.capacity.select(pl.col(pl.Float64).mean()).to_dicts()[0] if scenario.capacity.height else {}
    rows = [fixed.get(unit, usual) for unit in case.units]
    share = scenario.settings.capacity_share
    return np.array([[row["rate_per_hour"] * row[HOURS[kind]] * share for kind in kinds] for row in rows])
