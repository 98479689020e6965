"""The campaign: what it is made of, and what may be asked of it: take it in, assign groups, plan again, propose a policy."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from seawall.campaigns import services as campaigns
from seawall.campaigns.boards.campaign import campaign_page
from seawall.command import services as orders
from seawall.interfaces import reading
from seawall.interfaces.campaign import campaign_of, campaign_or_none
from seawall.interfaces.console.door import ActorRequest, door
from seawall.interfaces.console.page import outcome, show
from seawall.platform import access, clock
from seawall.terms.acts import Refused
from seawall.terms.campaigns import CampaignSet, GroupsAssign, PlanAgain, PolicyPropose
from seawall.terms.codes import DosePriority
from seawall.terms.rosters import FileContent

MAY = ("campaign_set", "groups_assign", "plan_run", "policy_propose", "release_announce")
LARGEST = 2_000_000  # bytes of all files of a folder


@door("see:campaign")
def campaign(request: ActorRequest) -> HttpResponse:
    if campaign_or_none(request) is None and access.may(request.actor, "campaign_set"):
        return show(request, "console/campaign_none.html", {"section": "campaign"})
    day = request.GET.get("day", "")
    unit = reading.number_or_none(request.GET.get("unit", ""))
    page = campaign_page(request.actor, campaign_of(request), reading.day(day) if day else None, unit)
    may = {verb: access.may(request.actor, verb) for verb in MAY}
    context = {"page": page, "may": may, "values": list(DosePriority), "section": "campaign"}
    return show(request, "console/campaign.html", context)


def _base(request: ActorRequest) -> dict[str, Any]:
    return {"act": reading.act(request.POST.get("act", "")), "occurred_at": clock.now(), "dated_here": True}


@require_POST
@door("campaign_set")
def take_in(request: ActorRequest) -> HttpResponse:
    """The files of a folder, by their names."""
    files = request.FILES.getlist("files")
    if sum(file.size or 0 for file in files) > LARGEST:
        raise Refused("FORM_UNREADABLE")
    try:
        texts = {str(file.name): file.read().decode("utf-8-sig") for file in files}
        scale = float(request.POST.get("scale", "1"))
    except ValueError as error:
        raise Refused("FORM_UNREADABLE") from error
    item = CampaignSet(**_base(request), files={name: FileContent(text) for name, text in texts.items()}, scale=scale)
    outcome(request, campaigns.campaign_set.one(request.actor, item), "CAMPAIGN_TAKEN_IN")
    return redirect("campaign")


@require_POST
@door("groups_assign")
def groups(request: ActorRequest) -> HttpResponse:
    """Everybody's group from the day of the page on: pressed again after midnight it is the same act."""
    item = GroupsAssign(
        **_base(request), campaign=request.POST.get("campaign", ""), on=reading.day(request.POST.get("on", ""))
    )
    outcome(request, campaigns.groups_assign.one(request.actor, item), "GROUPS_ASSIGNED_NOW")
    return redirect("campaign")


@require_POST
@door("plan_run")
def plan(request: ActorRequest) -> HttpResponse:
    item = PlanAgain(**_base(request), campaign=request.POST.get("campaign", ""))
    done = orders.plan_run.one(request.actor, item)
    return redirect("plan" if outcome(request, done, "PLAN_MADE") else "campaign")


@require_POST
@door("policy_propose")
def propose(request: ActorRequest) -> HttpResponse:
    data = request.POST

    def text(name: str) -> str:
        return data.get(name, "").strip()[:120]

    item = PolicyPropose(
        **_base(request), campaign=text("campaign"), code=text("code"), value=text("value"), source=text("source"),
        name_zh=text("name_zh"), name_en=text("name_en"), since=reading.day(text("since")), until=reading.day(text("until")),
        later_within_days=reading.number_or_none(text("later_within_days")) or 0,
    )  # fmt: skip
    done = campaigns.policy_propose.one(request.actor, item)
    if outcome(request, done, "POLICY_PROPOSED_NOW"):
        return redirect("policy", code=item.code)
    return redirect("campaign")
