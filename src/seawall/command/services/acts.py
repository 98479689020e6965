"""What a door asks for in one call: the act is made here from what the page knows, so that pressing twice is one act."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4, uuid5

from seawall.campaigns import selectors as campaigns
from seawall.campaigns import services as campaign_services
from seawall.people import selectors as people
from seawall.platform import clock
from seawall.reference import selectors as reference
from seawall.reports import selectors as reports
from seawall.reports import services as report_services
from seawall.supply import selectors as supply
from seawall.supply import services as supply_services
from seawall.terms.actor import Actor
from seawall.terms.acts import Outcome, Refusal
from seawall.terms.campaigns import PolicyApply
from seawall.terms.closings import DispatchRelease
from seawall.terms.command import OrderIssue
from seawall.terms.stock import ShipmentSend

from .. import gather
from .orders import order_issue

SPACE = UUID("ac750000-0000-4000-8000-000000000000")


def policy_apply(actor: Actor, code: str) -> Outcome:
    """Put a waiting policy in force, then plan again under it."""
    campaign = campaigns.current()
    item = PolicyApply(
        act=uuid5(SPACE, f"policy/{campaign.code}/{code}"), occurred_at=clock.now(), campaign=campaign.code, code=code
    )
    if _applied(campaign.code, code):
        return Outcome(item.act, replayed=True)
    (outcome,) = campaign_services.policy_apply(actor, [item])
    as_of = reports.last_closing()
    if outcome.done and as_of:
        run_id = campaign_services.plan_run(actor, campaign.code, as_of, act=uuid4(), **gather.plan_inputs(as_of))
        campaign_services.plan_publish(actor, run_id)
    return outcome


def _applied(campaign: str, code: str) -> bool:
    return any(p.code == code and p.applied for p in campaigns.policies(campaign))


def plan_publish(actor: Actor, run_id: UUID) -> Outcome:
    """批准并发布配额."""
    return campaign_services.plan_publish(actor, run_id, act=uuid5(SPACE, f"publish/{run_id}"))


def scenarios_plan(actor: Actor, run_id: UUID) -> int:
    """情景对比: the run's scenarios planned beside it, and kept; how many lines the table has."""
    return campaign_services.scenarios_plan(actor, run_id).height


def dispatch_release(actor: Actor, day: date) -> Outcome:
    """审定并下达明日调度."""
    at = datetime.combine(day, time(20, 30), clock.zone())
    return report_services.dispatch_release(
        actor, DispatchRelease(act=uuid5(SPACE, f"dispatch/{day}"), occurred_at=at, day=day)
    )


def calls_assign(actor: Actor, unit_id: int, day: date) -> list[Outcome]:
    """分派催种名单: each responsible contact of the unit's streets is asked to call those who are overdue."""
    unit = next(u for u in reference.units(day) if u.unit_id == unit_id)
    contacts = people.contacts(list(unit.leaves), day)
    overdue: dict[int, int] = {}
    for (leaf, _), row in reports.standing_by_leaf(day, unit_id).items():
        if leaf in contacts and row["later_overdue"]:
            overdue[contacts[leaf]] = overdue.get(contacts[leaf], 0) + row["later_overdue"]
    tomorrow = day + timedelta(days=1)
    items = [
        OrderIssue(
            act=uuid5(SPACE, f"calls/{day}/{post}"),
            occurred_at=datetime.combine(day, time(20, 30), clock.zone()),
            code="ORDER_CALL_OVERDUE",
            params={"people": count},
            post_id=post,
            for_day=tomorrow,
            due_at=datetime.combine(tomorrow, time(18), clock.zone()),
            doses=count,
        )
        for post, count in sorted(overdue.items())
    ]
    return order_issue(actor, items)


def moves_approve(actor: Actor, moves: Sequence[dict[str, Any]], *, act: UUID) -> list[Outcome]:
    """批准调拨: proposals of the supply page become shipments of whole packs."""
    sizes = {lot.lot: lot.doses_per_pack for lot in supply.lots([m["lot"] for m in moves])}
    now = clock.now()
    items = [
        ShipmentSend(
            act=uuid5(act, f"{m['from_id']}/{m['to_id']}/{m['lot']}"),
            occurred_at=now,
            from_place_id=m["from_id"],
            to_place_id=m["to_id"],
            lot=m["lot"],
            packs=m["doses"] // sizes[m["lot"]],
            expected_on=clock.civil_day(now) + timedelta(days=1),
            order="MOVE",
        )
        for m in moves
        if m["lot"] in sizes and m["doses"] >= sizes[m["lot"]]
    ]
    return supply_services.shipment_send(actor, items) if items else [Outcome(act, Refusal("NO_MOVE_CHOSEN"))]
