"""Tomorrow's orders, from the new plan and what the watch found, and the end of today's. The same evening does so once."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

import polars as pl

from seawall.campaigns import selectors as campaigns
from seawall.campaigns.selectors import CampaignRow
from seawall.people import selectors as people
from seawall.reports import selectors as reports
from seawall.supply import selectors as supply
from seawall.terms.actor import Actor
from seawall.terms.acts import Outcome
from seawall.terms.codes import OrderState
from seawall.terms.command import AlertRow, OrderIssue, OrderLapse, OrderRow

from ..lists import alerts, orders
from .orders import order_issue, order_lapse

SPACE = UUID("04de4000-0000-4000-8000-000000000000")
QUOTA_ORDER, SHIPMENT_ORDER = "ORDER_MEET_QUOTA", "ORDER_TAKE_SHIPMENT"
ANSWER = {
    "UNIT_BEHIND_PLAN": "ORDER_CATCH_UP",
    "LATER_DOSES_OVERDUE": "ORDER_CALL_OVERDUE",
    "DOSES_QUARANTINED": "ORDER_SETTLE_HELD",
}


def orders_of_the_evening(actor: Actor, campaign: CampaignRow, day: date) -> list[Outcome]:
    """Quotas to units, shipments to sites, and an answer to each alert that has one; those that went out before stay as they are."""
    tomorrow, at = day + timedelta(days=1), campaign.cut_off_at(day)
    due = campaign.closing_at(tomorrow)
    morning = campaign.opening_at(tomorrow)
    items = [
        *_quotas(campaign.code, tomorrow, at, due),
        *_shipments(campaign, tomorrow, at, morning),
        *_answers(campaign.code, day, at, due),
    ]
    out = {o.order for o in orders(for_day=tomorrow, campaign=campaign.code)}
    return order_issue(actor, [i for i in items if i.act not in out])


def orders_lapse(actor: Actor, campaign: CampaignRow, day: date) -> list[Outcome]:
    """Orders whose day is over stand no longer; what was executed today may still be verified tomorrow."""
    at, met = campaign.cut_off_at(day), reached(campaign, day)
    return order_lapse(
        actor,
        [
            OrderLapse(act=uuid5(o.order, "lapse"), occurred_at=at, order=o.order, reached=met(o))
            for o in orders(until=day, campaign=campaign.code, still_open=True)
            if (o.due_at is None or o.due_at <= at) and not (o.state == OrderState.EXECUTED and o.for_day == day)
        ],
    )


def reached(campaign: CampaignRow, day: date) -> Callable[[OrderRow], int | None]:
    """What is known of an order's doses at the end of its day: given of a quota, where every site reported; taken in of a shipment."""
    given, closed = reports.units_given(campaign.code, day, campaign.opens), reports.units_closed(day)
    waiting = _coming(campaign, day)

    def met(o: OrderRow) -> int | None:
        if o.for_day == day and o.code == QUOTA_ORDER and o.unit_id and closed.get(o.unit_id) == []:
            return given.get(o.unit_id, {}).get("today", 0)
        if o.for_day == day and o.code == SHIPMENT_ORDER and o.site_id:
            return max(0, o.doses - waiting[o.site_id])
        return None

    return met


def _coming(campaign: CampaignRow, day: date) -> dict[int, int]:
    """A campaign's vaccines that are to be taken in by a day, by place."""
    own, coming = people.products_of(campaign.programme), defaultdict[int, int](int)
    for row in supply.shipments_due(day):
        if row.product in own:
            coming[row.to_place_id] += row.doses
    return coming


def _act(*parts: object) -> UUID:
    return uuid5(SPACE, "/".join(map(str, parts)))


def _quotas(campaign: str, day: date, at: datetime, due: datetime) -> list[OrderIssue]:
    totals = campaigns.quotas(campaign, day).group_by("unit_id").agg(
        doses=pl.col("doses").sum(), later=pl.col("doses").filter(pl.col("dose_rank") > 1).sum()
    )  # fmt: skip
    return [
        OrderIssue(
            act=_act("quota", campaign, day, unit),
            occurred_at=at,
            code=QUOTA_ORDER,
            params={"doses": doses, "later": later},
            unit_id=unit,
            for_day=day,
            due_at=due,
            doses=doses,
            campaign=campaign,
        )
        for unit, doses, later in totals.sort("unit_id").iter_rows()
    ]


def _shipments(campaign: CampaignRow, day: date, at: datetime, due: datetime) -> list[OrderIssue]:
    return [
        OrderIssue(
            act=_act("take", campaign.code, day, site),
            occurred_at=at,
            code=SHIPMENT_ORDER,
            params={"doses": doses},
            site_id=site,
            for_day=day,
            due_at=due,
            doses=doses,
            campaign=campaign.code,
        )
        for site, doses in sorted(_coming(campaign, day).items())
    ]


def _answers(campaign: str, day: date, at: datetime, due: datetime) -> list[OrderIssue]:
    return [_answer(row, day, at, due) for row in alerts(day, campaign=campaign) if row.code in ANSWER]


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
        campaign=row.campaign,
    )
