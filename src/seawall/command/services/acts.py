"""What a door asks for in one call: the act is made here from what the page knows, so that pressing twice is one act."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4, uuid5

from seawall.campaigns import selectors as campaigns
from seawall.campaigns import services as campaign_services
from seawall.campaigns.selectors import CampaignRow
from seawall.people import selectors as people
from seawall.platform import clock
from seawall.platform.verbs import Answers, Work, verb
from seawall.reference import selectors as reference
from seawall.reports import selectors as reports
from seawall.reports import services as report_services
from seawall.supply import selectors as supply
from seawall.supply import services as supply_services
from seawall.terms.actor import Actor
from seawall.terms.acts import Outcome, Params, Refusal, Refused
from seawall.terms.campaigns import PlanPublish, PolicyApply
from seawall.terms.closings import DispatchRelease
from seawall.terms.codes import Owner
from seawall.terms.command import CallsAssign, MovesApprove, OrderIssue
from seawall.terms.stock import ShipmentSend

from .. import gather
from ..boards.moves import Move
from ..boards.supply import supply_page
from ..lists import CALL, calls
from .orders import order_issue

SPACE = UUID("ac750000-0000-4000-8000-000000000000")


def policy_apply(actor: Actor, campaign: CampaignRow, code: str) -> Outcome:
    """Put a waiting policy in force, then plan again under it; where that plan is refused, the answer says so."""
    item = PolicyApply(
        act=uuid5(SPACE, f"policy/{campaign.code}/{code}"),
        occurred_at=clock.now(),
        dated_here=True,
        campaign=campaign.code,
        code=code,
    )
    if _applied(campaign.code, code):
        return Outcome(item.act, replayed=True)
    (outcome,) = campaign_services.policy_apply(actor, [item])
    as_of = reports.last_closing(campaign.code)
    if not outcome.done or as_of is None:
        return outcome
    inputs = gather.plan_inputs(campaign, as_of)
    run_id = campaign_services.plan_compute(actor, campaign.code, as_of, act=uuid4(), **inputs)
    published = campaign_services.plan_publish.one(actor, _publishing(campaign.code, run_id, uuid4()))
    return outcome if published.done else published


def _applied(campaign: str, code: str) -> bool:
    return any(p.code == code and p.applied for p in campaigns.policies(campaign))


def plan_publish(actor: Actor, run_id: UUID) -> Outcome:
    """批准并发布配额."""
    run = campaigns.plan(run_id)
    item = _publishing(run.campaign if run else "", run_id, uuid5(SPACE, f"publish/{run_id}"))
    return campaign_services.plan_publish.one(actor, item)


def _publishing(campaign: str, run_id: UUID, act: UUID) -> PlanPublish:
    return PlanPublish(act=act, occurred_at=clock.now(), dated_here=True, campaign=campaign, run_id=run_id)


def scenarios_plan(actor: Actor, run_id: UUID) -> int:
    """情景对比: the run's scenarios planned beside it, and kept; how many lines the table has."""
    return campaign_services.scenarios_plan(actor, run_id).height


def dispatch_release(actor: Actor, campaign: str, day: date) -> Outcome:
    """审定并下达明日调度."""
    act = uuid5(SPACE, f"dispatch/{campaign}/{day}")
    item = DispatchRelease(act=act, occurred_at=clock.now(), dated_here=True, campaign=campaign, day=day)
    return report_services.dispatch_release.one(actor, item)


@verb(Owner.UNIT, zh="分派催种名单", en="Assign call lists", judged_by_room="a unit is reached by its leaves")
def calls_assign(w: Work, items: list[CallsAssign]) -> Answers:
    """Who is overdue is called by the responsible contact of the street, or by the unit where none is named.

    People who stand on the unit's list for that day already are not put on it twice.
    """
    answers: dict[UUID, Refusal | Params] = {}
    lists: dict[UUID, list[OrderIssue]] = {}
    for i in items:
        try:
            lists[i.act] = _call_lists(w.actor, i)
        except Refused as refused:
            answers[i.act] = refused.refusal
    caller = replace(w.actor, grants=w.actor.grants | {order_issue.name})  # the right covers the orders it makes
    issued = {o.act: o for o in order_issue(caller, [order for orders in lists.values() for order in orders])}
    for act, orders in lists.items():
        done = [order.doses for order in orders if issued[order.act].done]
        refusal = next((issued[order.act].refusal for order in orders), None) or Refusal("CALLS_NOBODY_LEFT")
        answers[act] = {"people": sum(done)} if done else refusal
    return answers


def _call_lists(actor: Actor, item: CallsAssign) -> list[OrderIssue]:
    """One order for each who calls."""
    day, unit_id, campaign = item.day, item.unit_id, campaigns.campaign(item.campaign)
    if campaign is None:
        raise Refused("CAMPAIGN_UNKNOWN", campaign=item.campaign)
    unit = reference.unit_reached(actor, unit_id, day)
    contacts = people.contacts(list(unit.leaves), day)
    tomorrow, overdue = day + timedelta(days=1), Counter[int]()
    for (leaf, _), row in reports.standing_by_leaf(campaign.code, day, unit_id).items():
        overdue[contacts.get(leaf, 0)] += row["later_overdue"]
    overdue[0] -= calls(campaign.code, unit_id, [], tomorrow)["assigned"]
    due = campaign.closing_at(tomorrow)
    return [
        OrderIssue(
            act=uuid5(SPACE, f"calls/{campaign.code}/{day}/{post or f'unit/{unit_id}'}"),
            occurred_at=item.occurred_at,
            dated_here=True,
            code=CALL,
            params={"people": count},
            post_id=post or None,
            unit_id=None if post else unit_id,
            for_day=tomorrow,
            due_at=due,
            doses=count,
            campaign=campaign.code,
        )
        for post, count in sorted(overdue.items())
        if count > 0
    ]


@verb(
    Owner.CITY,
    zh="批准调拨",
    en="Approve moves between sites",
    judged_by_room="a post is shown moves of its own places",
)
def moves_approve(w: Work, items: list[MovesApprove]) -> Answers:
    """Proposals of the supply page become shipments of whole packs; they are computed again, and one that changed is not sent."""
    proposed = {day: {m.key: m for m in supply_page(w.actor, day).proposed.moves} for day in {i.day for i in items}}
    chosen = {i.act: [proposed[i.day][key] for key in sorted(i.moves & proposed[i.day].keys())] for i in items}
    lots = {move.lot for moves in chosen.values() for move in moves}
    sizes = {lot.lot: lot.doses_per_pack for lot in supply.lots(lots)}
    legs = {i.act: [leg for m in chosen[i.act] if (leg := _leg(i, m, sizes[m.lot])).packs] for i in items}
    sent = {o.act: o for o in supply_services.stock_transfer(w.actor, [leg for row in legs.values() for leg in row])}
    answers: dict[UUID, Refusal | Params] = {}
    for act, row in legs.items():
        done = [leg for leg in row if sent[leg.act].done]
        refusal = next((sent[leg.act].refusal for leg in row), None) or Refusal("NO_MOVE_CHOSEN")
        answers[act] = {"moves": len(done)} if done else refusal
    return answers


def _leg(item: MovesApprove, move: Move, size: int) -> ShipmentSend:
    return ShipmentSend(
        act=uuid5(item.act, move.key),
        occurred_at=item.occurred_at,
        dated_here=True,
        from_place_id=move.sender_id,
        to_place_id=move.receiver_id,
        lot=move.lot,
        packs=move.doses // size,
        expected_on=clock.civil_day(item.occurred_at) + timedelta(days=1),
        order="MOVE",
    )
