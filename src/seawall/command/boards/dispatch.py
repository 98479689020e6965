"""The rows of the daily dispatch (日调度), gathered from frozen facts and tonight's orders."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import polars as pl

from seawall.campaigns import selectors as campaigns
from seawall.platform import clock
from seawall.reports import selectors as reports
from seawall.terms.stock import Difference

from .. import lists
from .units import unit_rows

KEPT = (
    "unit_id",
    "code",
    "name",
    "quota_today",
    "done_today",
    "gap_doses",
    "coverage",
    "complete_share",
    "cover_days",
) + (
    "second_due",
    "second_overdue",
    "reported",
)


def dispatch_rows(day: date, wrong: Sequence[Difference]) -> dict[str, Any]:
    """done against quota by unit and group, stock and days of cover, later doses due, shortfalls, tomorrow's orders, the books."""
    campaign = campaigns.current()
    standing = reports.standing_by_unit(day)
    tomorrow = day + timedelta(days=1)
    rows = unit_rows(campaign, day, standing, campaigns.plan_of(campaign.code, day))
    at = datetime.combine(day, time(23, 59, 59), clock.zone())
    return {
        "day": day.isoformat(),
        "units": [{key: row[key] for key in KEPT} for row in rows],
        "groups": _groups(campaign, day),
        "totals": {
            "quota": sum(r["quota_today"] for r in rows),
            "done": sum(r["done_today"] for r in rows),
            "later_due": sum(r["second_due"] for r in rows),
            "later_overdue": sum(r["second_overdue"] for r in rows),
        },
        "alerts": [
            {"code": a.code, "params": a.params, "unit": a.unit_id, "site": a.site_id, "doses": a.doses}
            for a in lists.alerts(day)
        ],
        "orders": [
            {"order": str(o.order), "code": o.code, "params": o.params, "unit": o.unit_id, "site": o.site_id}
            for o in lists.orders(for_day=tomorrow)
        ],
        "books": reports.books(at, wrong),
    }


def _groups(campaign: Any, day: date) -> list[dict[str, Any]]:
    """Quota and done of the day by group."""
    quota = campaigns.quotas(campaign.code, day)
    sums = quota.group_by("group").agg(pl.col("doses").sum())
    wanted = {group: int(doses) for group, doses in sums.iter_rows()}
    done = reports.groups_given(day)
    return [
        {
            "group": g.code,
            "name": {"zh": g.name_zh, "en": g.name_en},
            "quota": wanted.get(g.code, 0),
            "done": done.get(g.code, 0),
        }
        for g in campaigns.groups(campaign.code)
    ]
