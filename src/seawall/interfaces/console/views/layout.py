"""Where sites stand: who is far, what more sites would buy, and each proposal's next step."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from seawall.command import selectors as command
from seawall.command import services as orders
from seawall.interfaces import words
from seawall.interfaces.console.door import ActorRequest, door
from seawall.interfaces.console.page import outcome, show
from seawall.platform import access, clock
from seawall.sites import services as sites
from seawall.terms import figures
from seawall.terms.sites import ProposalCheck, ProposalMark, SiteClose

from .board import asked_day
from .district import units_in_reach

STEPS = {
    "check": ("proposed", "proposal_check"),
    "approve": ("checked", "proposal_approve"),
    "publish": ("approved", "proposal_publish"),
}


@door("see:site_layout")
def mine(request: ActorRequest) -> HttpResponse:
    units = units_in_reach(request.actor, request)
    asked = request.GET.get("unit", "")
    unit = int(asked) if asked.isdigit() else units[0]["unit_id"] if units else None
    return redirect("layout", unit_id=unit) if unit else show(request, "console/no_unit.html", {})


@door("see:site_layout")
def layout(request: ActorRequest, unit_id: int) -> HttpResponse:
    asked = command.asked_of(unit_id, request.GET.get("more", "3"), request.GET.get("model", ""))
    page = command.layout_page(request.actor, asked, asked_day(request))
    context = {
        "page": page,
        "places": places(page),
        "units": units_in_reach(request.actor, request),
        "counts": range(command.MOST + 1),
        "act": uuid4(),
        "may": {grant: access.may(request.actor, grant) for grant in ("site_propose", "site_close", "proposal_refuse")},
        "steps": {step: access.may(request.actor, grant) for step, (_state, grant) in STEPS.items()},
        "today": clock.today(),
        "section": "layout",
    }
    return show(request, "console/layout.html", context)


def places(page: Mapping[str, Any]) -> dict[str, Any]:
    """The map's points: streets by people and whether they are near, sites, new sites and proposals."""
    unit = words.pick(page["unit"]["name"])
    streets = [_street(row) for row in page["points"].iter_rows(named=True) if row["weight"] > 0]
    sites_ = [{**_at(s), "link": reverse("site", args=[s["site_id"]])} for s in page["sites"]]
    asked = [_at(p) for p in page["proposals"] if p["state"] not in {"published", "refused"}]
    return {
        "unit": page["unit"]["code"], "name": unit, "streets": streets, "sites": sites_,
        "fresh": [_at(g) for g in page["new"]], "proposals": asked,
        "head": [_("Street"), _("Still to come"), _("km before"), _("km after"), _("Radius km")],
    }  # fmt: skip


def _at(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": words.pick(row["name"]), "at": [row["lon"], row["lat"]]}


def _street(row: Mapping[str, Any]) -> dict[str, Any]:
    name = row["name_zh"] if words.language().startswith("zh") else row["name_en"]
    before, after = (None if row[c] is None else round(row[c], 1) for c in ("distance_before", "nearest_distance"))
    state = "near" if (row["distance_before"] or 1e9) <= row["radius"] else "newly" if row["near"] else "far"
    return {
        "name": name, "at": [row["lon"], row["lat"]], "people": int(row["weight"]), "state": state,
        "said": _("%(people)s still to come, %(km)s km to a site")
        % {"people": figures.exact(int(row["weight"])), "km": figures.DASH if after is None else after},
        "row": [name, int(row["weight"]), before, after, row["radius"]],
    }  # fmt: skip


@require_POST
@door("site_propose")
def propose(request: ActorRequest, unit_id: int) -> HttpResponse:
    data = request.POST
    asked = command.asked_of(unit_id, data["more"], data["model"])
    leaves = {int(leaf) for leaf in data.getlist("leaf")}
    made = orders.sites_put_forward(request.actor, asked, leaves, asked_day(request), UUID(data["act"]), clock.now())
    outcome(request, made, "SITES_PROPOSED")
    return redirect("layout", unit_id=unit_id)


@require_POST
@door("see:site_layout")
def step(request: ActorRequest, unit_id: int, proposal: UUID) -> HttpResponse:
    """The next step of one proposal; each verb asks for its own permission."""
    data, actor = request.POST, request.actor
    act, now = UUID(data["act"]), clock.now()
    mark = ProposalMark(act=act, occurred_at=now, proposal=proposal, reason=data.get("reason", "").strip()[:120])
    if data["step"] == "check":
        found = frozenset(data.getlist("found"))
        asked = frozenset(data.getlist("asked"))
        item = ProposalCheck(act=act, occurred_at=now, proposal=proposal, found=found, missing=asked - found)
        outcome(request, sites.proposal_check(actor, [item]), "PROPOSAL_STEP")
    elif data["step"] == "approve":
        outcome(request, sites.proposal_approve(actor, [mark]), "PROPOSAL_STEP")
    elif data["step"] == "publish":
        outcome(request, sites.proposal_publish(actor, [mark]), "PROPOSAL_STEP")
    else:
        outcome(request, sites.proposal_refuse(actor, [mark]), "PROPOSAL_STEP")
    return redirect("layout", unit_id=unit_id)


@require_POST
@door("site_close")
def leave(request: ActorRequest, unit_id: int, site_id: int) -> HttpResponse:
    """A site leaves service from a day on; its bookings go to the nearest free seats."""
    data = request.POST
    item = SiteClose(
        act=UUID(data["act"]), occurred_at=clock.now(), site_id=site_id, day=date.fromisoformat(data["day"]),
        reason=data["reason"].strip()[:40] or "CLOSED_BY_OFFICER",
    )  # fmt: skip
    outcome(request, sites.site_close(request.actor, [item]), "SITE_LEFT_SERVICE")
    return redirect("layout", unit_id=unit_id)
