"""Tomorrow's orders, from the new plan and what the watch found. The same evening issues the same orders once."""

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid5

import polars as pl

from seawall.campaigns import selectors as campaigns
from seawall.platform import clock
from seawall.supply import selectors as supply
from seawall.terms.actor import Actor
from seawall.terms.command import AlertRow, OrderIssue

from ..lists import alerts, orders
from .orders import order_issue

SPACE = UUID("04de4000-0000-4000-8000-000000000000")
DUE = time(18)
ANSWER = {
    "UNIT_BEHIND_PLAN": "ORDER_CATCH_UP",
    "LATER_DOSES_OVERDUE": "ORDER_CALL_OVERDUE",
    "DOSES_QUARANTINED": "ORDER_SETTLE_HELD",
}


def orders_of_the_evening(actor: Actor, campaign: str, day: date) -> int:
    """Quotas to units, shipments to sites, and an answer to each alert that has one; the number issued."""
    tomorrow = day + timedelta(days=1)
    if orders(for_day=tomorrow):
        return 0
    at = datetime.combine(day, time(20), clock.zone())
    due = datetime.combine(tomorrow, DUE, clock.zone())
    items = [*_quotas(campaign, tomorrow, at, due), *_shipments(tomorrow, at), *_answers(day, at, due)]
    return sum(o.done for o in order_issue(actor, items))


def _act(*parts: object) -> UUID:
    return uuid5(SPACE, "/".join(map(str, parts)))


def _quotas(campaign: str, day: date, at: datetime, due: datetime) -> list[OrderIssue]:
    totals = campaigns.quotas(campaign, day).group_by("unit_id").agg(
        doses=pl.col("doses").sum(), later=pl.col("doses").filter(pl.col("dose_rank") > 1).sum()
    )  # fmt: skip
    return [
        OrderIssue(
            act=_act("quota", day, unit),
            occurred_at=at,
            code="ORDER_MEET_QUOTA",
            params={"doses": doses, "later": later},
            unit_id=unit,
            for_day=day,
            due_at=due,
            doses=doses,
        )
        for unit, doses, later in totals.sort("unit_id").iter_rows()
    ]


def _shipments(day: date, at: datetime) -> list[OrderIssue]:
    coming: dict[int, int] = defaultdict(int)
    for row in supply.shipments_due(day):
        coming[row.to_place_id] += row.doses
    due = datetime.combine(day, time(8), clock.zone())
    return [
        OrderIssue(
            act=_act("take", day, site),
            occurred_at=at,
            code="ORDER_TAKE_SHIPMENT",
            params={"doses": doses},
            site_id=site,
            for_day=day,
            due_at=due,
            doses=doses,
        )
        for site, doses in sorted(coming.items())
    ]


def _answers(day: date, at: datetime, due: datetime) -> list[OrderIssue]:
    return [_answer(row, day, at, due) for row in alerts(day) if row.code in ANSWER]


def _answer(row: AlertRow, day: date, at: datetime, due: datetime) -> OrderIssue:
    return OrderIssue(
        act=_act("answer", day, row.alert),
        occurred_at=at,
        code=ANSWER[row.code],
        params=row.params,
        unit_id=row.unit_id,
        site_id=row.site_id if row.unit_id is None else None,
        for_day=day + timedelta(days=1),
        due_at=due,
        doses=row.doses,
    )
