"""Why this number: what stands behind one quota of a plan, from the plan's own inputs and its whole doses; nothing is solved."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl

from .case import Case, make_case
from .scenario import Scenario

FULL = 0.98  # of what stations can do or of who is waiting, from which on it is the reason
EMPTY = 0.05  # of the day's stock: so little left before the next arrival means that vaccine sets the pace


@dataclass(frozen=True)
class QuotaWhy:
    """A code and its facts. QUOTA_NONE nothing is asked; QUOTA_PAUSED first doses rest; QUOTA_ALL everybody whose dose is open
    gets it; QUOTA_STATIONS the unit's stations and staff are full; QUOTA_VACCINE what is there is used up before more comes;
    QUOTA_PACED none of these binds: the plan keeps to its pace.

    facts: doses, waiting (persons whose dose is open that day before it), unit_doses and capacity (doses a day of the unit),
    here and store (doses of the product left in the unit and in the city store at the end of the day), empty (the day, as
    text, on which the city has used up the product before more comes, or "").
    """

    code: str
    facts: dict[str, int | str]


def why_quota(
    scenario: Scenario,
    quotas: pl.DataFrame,
    ends: pl.DataFrame,
    as_of: date,
    day: date,
    *,
    unit: str,
    group: str,
    product: str,
    dose_rank: int,
    **inputs: Any,
) -> QuotaWhy:
    """The reason of one number.

    quotas and ends (stock at the ends of days) are the plan's; `inputs` are those it was made with, as for `plan`.
    """
    case = make_case(scenario, as_of, **inputs)
    mine = quotas.filter((pl.col("unit") == unit) & (pl.col("group") == group))
    today = quotas.filter((pl.col("unit") == unit) & (pl.col("date") == day))["doses"].sum()
    held = ends.filter((pl.col("date") == day) & (pl.col("product") == product))
    facts: dict[str, int | str] = {
        "doses": _doses(mine.filter(pl.col("date") == day), product, dose_rank),
        "waiting": _waiting(case, mine, unit, group, product, dose_rank, day),
        "unit_doses": int(today),
        "capacity": int(case.day_room[case.units.index(unit), case.periods.number(day)]),
        "here": int(held.filter(pl.col("place") == unit)["doses"].sum()),
        "store": int(held.filter(pl.col("place") == case.city)["doses"].sum()),
        "empty": _empty(ends.filter(pl.col("product") == product), day, case.periods.day(case.periods.day_count - 1)),
    }
    paused = dose_rank == 1 and not case.first_allowed[case.periods.number(day)]
    return QuotaWhy(_code(facts, paused), facts)


def _code(facts: Mapping[str, Any], paused: bool) -> str:
    if paused:
        return "QUOTA_PAUSED"
    if not facts["waiting"] or not facts["doses"]:
        return "QUOTA_NONE"
    if facts["doses"] >= FULL * facts["waiting"]:
        return "QUOTA_ALL"
    if facts["unit_doses"] >= FULL * facts["capacity"]:
        return "QUOTA_STATIONS"
    return "QUOTA_VACCINE" if facts["empty"] else "QUOTA_PACED"


def _empty(ends: pl.DataFrame, day: date, last: date) -> str:
    """The first day from `day` on when hardly any of a product is left in the whole city before more of it comes; "" if none."""
    held = dict(ends.group_by("date").agg(pl.col("doses").sum()).iter_rows())
    start = held.get(day, 0)
    for number in range((last - day).days + 1):
        on = day + timedelta(days=number)
        if held.get(on, 0) <= EMPTY * start:
            return on.isoformat()
        if held.get(on + timedelta(days=1), 0) > held.get(on, 0):
            return ""
    return ""


def _waiting(case: Case, mine: pl.DataFrame, unit: str, group: str, product: str, dose_rank: int, day: date) -> int:
    """Persons of a unit and group whose dose is open on a day and not given before it: from the past, and from this plan."""
    u, g, d = case.units.index(unit), case.groups.index(group), case.periods.number(day)
    before = mine.filter(pl.col("date") < day)
    if dose_rank == 1:
        return max(0, int(case.room[u, g]) - int(before.filter(pl.col("dose_rank") == 1)["doses"].sum()))
    number = case.products.index(product)
    step = next(n for n, s in enumerate(case.steps) if (s.product, s.rank) == (number, dose_rank))
    opened = mine.filter(pl.col("date") <= day - timedelta(days=case.steps[step].lag))
    past = round(float(case.due[u, g, step, : d + 1].sum()))
    return max(0, past + _doses(opened, product, dose_rank - 1) - _doses(before, product, dose_rank))


def _doses(rows: pl.DataFrame, product: str, dose_rank: int) -> int:
    return int(rows.filter((pl.col("product") == product) & (pl.col("dose_rank") == dose_rank))["doses"].sum())
