"""The 39 planning units on one day: quota, done, gap, coverage, cover, overdue, and who answers."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any

from seawall.campaigns import selectors as campaigns
from seawall.reference import selectors as reference
from seawall.reports import selectors as reports
from seawall.terms.codes import StockState

from .shapes import Shape, cell, name, share, unit_owners

EMPTY = dict.fromkeys(
    ("population", "eligible", "started", "complete", "later_due", "later_overdue", "deferred", "contraindicated"), 0
)
AMBER, RED = -2.0, -5.0  # percentage points behind plan
MEASURE = {
    "gap": "gap_share",
    "coverage": "coverage",
    "complete": "complete_share",
    "today": "done_today",
    "cover_days": "cover_days",
    "second_overdue": "second_overdue",
    "unreported": "unreported",
}


def unit_rows(campaign: Any, day: date, standing: Mapping[int, Mapping[str, int]], plan: Any) -> list[Shape]:
    """One row for each planning unit, overlays after them."""
    given = reports.units_given(day, campaign.opens)
    quotas = campaigns.unit_quotas(campaign.code, day)
    due = campaigns.unit_plan_to_date(campaign.code, day)
    cover = cover_by_unit(day)
    closed = reports.units_closed(day)
    owners = unit_owners(day)
    return [
        _row(u, standing.get(u.unit_id, EMPTY), given, quotas, due, cover, closed, owners) for u in reference.units(day)
    ]


def _row(
    unit: Any,
    stands: Mapping[str, int],
    given: Mapping[int, Mapping[str, int]],
    quotas: Mapping[int, int],
    due: Mapping[int, int],
    cover: Mapping[int, float | None],
    closed: Mapping[int, list[int]],
    owners: Mapping[str, Shape],
) -> Shape:
    key = unit.unit_id
    done, planned = given.get(key, {}).get("to_date", 0), due.get(key, 0)
    gap = 100 * share(done - planned, stands["eligible"])
    return {
        "unit_id": key,
        "code": unit.code,
        "name": name(unit),
        "kind": unit.kind,
        "reported": key in closed,
        "unreported": len(closed.get(key, [])),
        "quota_today": quotas.get(key, 0),
        "done_today": given.get(key, {}).get("today", 0),
        "plan_to_date": planned,
        "done_to_date": done,
        "gap_doses": done - planned,
        "gap_share": gap,
        "coverage": share(stands["started"], stands["eligible"]),
        "complete_share": share(stands["complete"], stands["eligible"]),
        "cover_days": cover.get(key),
        "second_due": stands["later_due"],
        "second_overdue": stands["later_overdue"],
        "population": stands["population"],
        "owner": owners.get(unit.code),
        "state": "stop" if gap < RED else "attention" if gap < AMBER else "normal",
    }


def with_measure(row: Shape, measure: str) -> Shape:
    """The row with `cell` and `value` for the measure that the map shows."""
    value = row[MEASURE[measure]]
    return row | {"cell": cell(value, reported=row["reported"]), "value": value}


def cover_by_unit(day: date) -> dict[int, float | None]:
    """Days of cover: doses on hand at the unit's places over their mean daily use of seven days."""
    unit_of = {p.place_id: p.unit_id for p in reference.places()}
    stock: dict[int, float] = defaultdict(float)
    use: dict[int, float] = defaultdict(float)
    for place, _, _, state, doses in reports.stock_by_place(day):
        if state == StockState.ON_HAND and unit_of.get(place):
            stock[unit_of[place] or 0] += doses
    for (place, _), mean in reports.daily_use(day).items():
        if unit_of.get(place):
            use[unit_of[place] or 0] += mean
    return {unit: stock[unit] / use[unit] if use.get(unit) else None for unit in {*stock, *use}}
