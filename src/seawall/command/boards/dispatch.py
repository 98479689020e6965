"""The rows of the daily dispatch (日调度), gathered from frozen facts and tonight's orders."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import polars as pl

from seawall.campaigns import selectors as campaigns
from seawall.campaigns.selectors import CampaignRow
from seawall.platform import clock
from seawall.reports import selectors as reports
from seawall.reports.boards.units import UnitFigures, unit_figures
from seawall.terms.dispatch import (
    AlertDispatched,
    Dispatch,
    GroupDispatched,
    OrderDispatched,
    Totals,
    UnitDispatched,
)
from seawall.terms.names import Name
from seawall.terms.stock import Difference

from .. import lists


def dispatch_of(campaign: CampaignRow, day: date, wrong: Sequence[Difference]) -> Dispatch:
    """Done against quota by unit and group, days of cover, later doses due, what stands in the way, tomorrow's orders, the books."""
    code = campaign.code
    rows = unit_figures(campaign, day, reports.standing_by_unit(code, day))
    at = datetime.combine(day, time(23, 59, 59), clock.zone())
    return Dispatch(
        campaign=code,
        day=day,
        units=tuple(_unit(row) for row in rows),
        groups=_groups(code, day),
        totals=Totals(
            quota=sum(row.quota_today for row in rows),
            done=sum(row.done_today for row in rows),
            later_due=sum(row.second_due for row in rows),
            later_overdue=sum(row.second_overdue for row in rows),
        ),
        alerts=tuple(
            AlertDispatched(a.code, a.params, a.unit_id, a.site_id, a.doses) for a in lists.alerts(day, campaign=code)
        ),
        orders=tuple(
            OrderDispatched(o.order, o.code, o.params, o.unit_id, o.site_id)
            for o in lists.orders(for_day=day + timedelta(days=1), campaign=code)
        ),
        books=reports.books(at, wrong),
    )


def _unit(row: UnitFigures) -> UnitDispatched:
    return UnitDispatched(
        unit_id=row.unit_id,
        code=row.code,
        name=row.name,
        quota_today=row.quota_today,
        done_today=row.done_today,
        gap_doses=row.gap_doses,
        coverage=row.coverage,
        complete_share=row.complete_share,
        cover_days=row.cover_days,
        second_due=row.second_due,
        second_overdue=row.second_overdue,
        reported=row.reported,
    )


def _groups(code: str, day: date) -> tuple[GroupDispatched, ...]:
    """Quota and done of the day by group."""
    sums = campaigns.quotas(code, day).group_by("group").agg(pl.col("doses").sum())
    wanted = {group: int(doses) for group, doses in sums.iter_rows()}
    done = reports.groups_given(code, day)
    return tuple(
        GroupDispatched(g.code, Name.of(g), wanted.get(g.code, 0), done.get(g.code, 0)) for g in campaigns.groups(code)
    )
