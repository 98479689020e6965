"""A plan made now, from what every room knows: only the command may gather it."""

from collections.abc import Sequence
from typing import Any

from seawall.campaigns import selectors as campaigns
from seawall.campaigns import services as campaign_services
from seawall.platform.verbs import Answers, Work, verb
from seawall.reports import selectors as reports
from seawall.terms.acts import Params, Refusal, Refused
from seawall.terms.campaigns import PlanAgain
from seawall.terms.codes import Owner

from .. import gather


def campaign_keys(items: Sequence[Any]) -> list[int]:
    """Owner of each item by its `campaign`; 0 for one that does not exist."""
    ids = {code: found.campaign_id for code in {i.campaign for i in items} if (found := campaigns.campaign(code))}
    return [ids.get(i.campaign, 0) for i in items]


@verb(Owner.CAMPAIGN, zh="重排计划", en="Plan again", key=campaign_keys)
def plan_run(w: Work, items: list[PlanAgain]) -> Answers:
    """Compute a plan from the last closed day and keep it with all it was made from; it counts once it is published."""
    return {item.act: _planned(w, item) for item in items}


def _planned(w: Work, item: PlanAgain) -> Refusal | Params:
    campaign = campaigns.campaign(item.campaign)
    if campaign is None:
        return Refusal("CAMPAIGN_UNKNOWN", {"campaign": item.campaign})
    as_of = reports.last_closing(campaign.code)
    if as_of is None:
        return Refusal("PLAN_WITHOUT_CLOSING")
    try:
        run_id = campaign_services.plan_compute(
            w.actor, item.campaign, as_of, act=item.act, **gather.plan_inputs(campaign, as_of)
        )
    except Refused as refused:
        return refused.refusal
    run = campaigns.plan(run_id)
    if run is None or run.state == "failed":
        return Refusal("PLAN_RUN_FAILED", {"as_of": as_of.isoformat()})
    return {"run": str(run_id), "as_of": as_of.isoformat(), "feasible": run.feasible, "short_by": run.short_by}
