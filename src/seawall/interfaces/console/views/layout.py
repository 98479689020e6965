"""Where sites stand: who is far, what more sites would buy, and each proposal's next step."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from seawall.command import services as orders
from seawall.interfaces import words
from seawall.interfaces.campaign import campaign_of
from seawall.interfaces.console.charts import Chart
from seawall.interfaces.console.door import ActorRequest, door
from seawall.interfaces.console.page import outcome, show
from seawall.platform import access, clock
from seawall.reports import boards as reports
from seawall.reports.selectors.ways import StreetWay
from seawall.sites import services as sites
from seawall.terms import figures
from seawall.terms.codes import ProposalState
from seawall.terms.names import Name
from seawall.terms.sites import ProposalCheck, ProposalMark, SiteClose

from .board import asked_day
from .district import units_in_reach

SETTLED = {ProposalState.PUBLISHED, ProposalState.REFUSED}
STEPS = {
    "check": ("proposed", "proposal_check"),
    "approve": ("checked", "proposal_approve"),
    "publish": ("approved", "proposal_publish"),
}


@door("see:site_layout")
def mine(request: ActorRequest) -> HttpResponse:
    units = units_in_reach(request.actor, request)
    asked = request.GET.get("unit", "")
    unit = int(asked) if asked.isdigit() else units[0].unit_id if units else None
    return redirect("layout", unit_id=unit) if unit else show(request, "console/no_unit.html", {})


@door("see:site_layout")
def layout(request: ActorRequest, unit_id: int) -> HttpResponse:
    asked = reports.asked_of(unit_id, request.GET.get("more", "3"), request.GET.get("model", ""))
    page = reports.layout_page(request.actor, campaign_of(request), asked, asked_day(request))
    context = {
        "page": page,
        "places": places(page),
        "units": units_in_reach(request.actor, request),
        "counts": range(reports.MOST + 1),
        "act": uuid4(),
        "may": {grant: access.may(request.actor, grant) for grant in ("site_propose", "site_close", "proposal_refuse")},
        "steps": {step: access.may(request.actor, grant) for step, (_state, grant) in STEPS.items()},
        "today": clock.today(),
        "section": "layout",
    }
    return show(request, "console/layout.html", context)


def places(page: reports.LayoutPage) -> Chart:
    """The map's points: streets by people and whether they are near, sites, new sites and proposals."""
    streets = [_street(way) for way in page.ways if way.street.people]
    data = {
        "unit": page.unit.code,
        "streets": streets,
        "sites": [
            {
                **_at(Name.of(here.site), here.site.longitude, here.site.latitude),
                "link": reverse("site", args=[here.site.site_id]),
            }
            for here in page.sites
        ],
        "fresh": [_at(new.name, new.lon, new.lat) for new in (page.answer.new if page.answer else ())],
        "proposals": [_at(Name.of(p), p.longitude, p.latitude) for p in page.proposals if p.state not in SETTLED],
    }
    head = [_("Street"), _("Still to come"), _("km before"), _("km after"), _("Radius km")]
    key = [
        ("dot near", _("street with a site within reach")),
        ("dot newly", _("within reach with the new sites")),
        ("dot far", _("still far")),
        ("square", _("site")),
        ("square new", _("new site")),
    ]
    return Chart("places", data, head, [row.pop("row") for row in streets], key)


def _at(name: Name, lon: float, lat: float) -> dict[str, Any]:
    return {"name": words.pick(name), "at": [lon, lat]}


def _street(way: StreetWay) -> dict[str, Any]:
    """Its `row` is its line of the table."""
    street, name = way.street, words.pick(way.street.name)
    before, after = (None if km is None else round(km, 1) for km in (way.before, way.after))
    return {
        "name": name, "at": [street.lon, street.lat], "people": street.people,
        "state": "near" if way.near_before else "newly" if way.near_after else "far",
        "said": _("%(people)s still to come, %(km)s km to a site")
        % {"people": figures.exact(street.people), "km": figures.DASH if after is None else after},
        "row": [name, street.people, before, after, way.radius],
    }  # fmt: skip


@require_POST
@door("site_propose")
def propose(request: ActorRequest, unit_id: int) -> HttpResponse:
    data = request.POST
    asked = reports.asked_of(unit_id, data["more"], data["model"])
    leaves = {int(leaf) for leaf in data.getlist("leaf")}
    day, act = asked_day(request), UUID(data["act"])
    made = orders.sites_put_forward(request.actor, campaign_of(request), asked, leaves, day, act, clock.now())
    outcome(request, made, "SITES_PROPOSED")
    return redirect("layout", unit_id=unit_id)


@require_POST
@door("see:site_layout")
def step(request: ActorRequest, unit_id: int, proposal: UUID) -> HttpResponse:
    """The next step of one proposal; each verb asks for its own permission."""
    data, actor = request.POST, request.actor
    act, now = UUID(data["act"]), clock.now()
    mark = ProposalMark(
        act=act, occurred_at=now, dated_here=True, proposal=proposal, reason=data.get("reason", "").strip()[:120]
    )
    if data["step"] == "check":
        found = frozenset(data.getlist("found"))
        asked = frozenset(data.getlist("asked"))
        item = ProposalCheck(
            act=act, occurred_at=now, dated_here=True, proposal=proposal, found=found, missing=asked - found
        )
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
        act=UUID(data["act"]), occurred_at=clock.now(), dated_here=True, site_id=site_id, day=date.fromisoformat(data["day"]),
        reason=data["reason"].strip()[:40] or "CLOSED_BY_OFFICER",
    )  # fmt: skip
    outcome(request, sites.site_close(request.actor, [item]), "SITE_LEFT_SERVICE")
    return redirect("layout", unit_id=unit_id)
