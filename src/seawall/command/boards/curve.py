"""The burn-up: what was planned, what was given, and where the present speed leads."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import polars as pl

from seawall.campaigns import selectors as campaigns
from seawall.reference import selectors as reference
from seawall.reports import selectors as reports
from seawall.terms.codes import DayKind

from .. import situation
from .shapes import Shape, both, product_names

SHOWN = 21  # days of the small bars


def base(daily: Mapping[date, int], opens: date) -> int:
    """Doses imported from before the campaign opened."""
    return sum(doses for day, doses in daily.items() if day < opens)


def planned_totals(campaign: Any, plan: Any, daily: Mapping[date, int]) -> list[tuple[date, int]]:
    """The back-schedule that was first approved: planned total doses by day, imported doses included."""
    first = campaigns.back_schedule(campaign.code)
    return [(row["date"], sum(v for k, v in row.items() if k.startswith("dose_"))) for row in first]


def burnup(
    campaign: Any,
    day: date,
    daily: Mapping[date, int],
    planned: list[tuple[date, int]],
    plan: Any,
    pace: situation.Pace,
) -> Shape:
    """Series of equal length over the campaign's days."""
    length = (campaign.deadline - campaign.opens).days + 1
    days = [campaign.opens + timedelta(n) for n in range(length)]
    plan_on = dict(planned)
    before = base(daily, campaign.opens)
    actual, running = [], before
    for on in days:
        running += daily.get(on, 0)
        actual.append(running if on <= day else None)
    published = next((p for p in reports.published() if p["code"] == "CQ_DOSES"), None)
    return {
        "days": days,
        "plan": [plan_on.get(on) for on in days],
        "actual": actual,
        "provisional_from": None,
        "forecast": situation.forecast(planned_ahead(plan, day), days, day, sum(daily.values()), pace)
        if pace.met
        else None,
        "deadline": campaign.deadline,
        "last_first_dose": last_first_doses(campaign, day),
        "days_off": days_off(campaign.opens, campaign.deadline),
        "published": {
            "day": published["day"],
            "doses": published["value"],
            "source": both(published["source"], published["source"]),
        }
        if published
        else None,
        "base": before,
    }


def planned_ahead(plan: Any, day: date) -> dict[date, int]:
    """Doses that the plan in force asks of each day after `day`."""
    frame = campaigns.plan_frame(plan.run_id, "quotas") if plan else None
    if frame is None:
        return {}
    later = frame.filter(pl.col("date") > day).group_by("date").agg(pl.col("doses").sum())
    return dict(later.iter_rows())


def last_first_doses(campaign: Any, on: date) -> list[Shape]:
    """Each product's last day on which a first dose can still be completed by the deadline."""
    names = product_names(on)
    return [
        {"product": code, "name": names[code], "day": last}
        for code, last in sorted(campaigns.last_first_doses(campaign.code).items(), key=lambda item: item[1])
        if code in names
    ]


def daily_ranks(campaign: Any, day: date) -> list[Shape]:
    """The last days' doses by rank beside their quota."""
    ranks = reports.doses_by_day(day)
    quotas = campaigns.day_quotas(campaign.code, day - timedelta(SHOWN - 1), day)
    out = []
    for n in range(SHOWN - 1, -1, -1):
        on = day - timedelta(n)
        given = ranks.get(on, {})
        later = sum(v for k, v in given.items() if k >= 3)
        out.append(
            {"day": on, "rank1": given.get(1, 0), "rank2": given.get(2, 0), "rank3": later, "quota": quotas.get(on, 0)}
        )
    return [row for row in out if row["day"] >= campaign.opens]


def days_off(start: date, end: date) -> list[date]:
    """Weekends and public holidays, to be shaded."""
    kinds = reference.day_kinds(start, end)
    return [on for on, kind in kinds.items() if kind in {DayKind.WEEKEND, DayKind.HOLIDAY}]
