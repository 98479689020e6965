"""Supply: where will doses run out, expire or warm up first, and which move cures it?"""

from uuid import UUID, uuid4

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from seawall.command import selectors as command
from seawall.command import services as orders
from seawall.interfaces import reading
from seawall.interfaces.console import paint, tables, tracks
from seawall.interfaces.console.door import ActorRequest, door
from seawall.interfaces.console.forms import do, filled
from seawall.interfaces.console.page import outcome, show
from seawall.platform import access, clock
from seawall.sites import services as sites
from seawall.terms.command import MovesApprove

from .board import asked_day


@door("see:supply")
def supply(request: ActorRequest) -> HttpResponse:
    asked = request.GET.get("unit", ""), request.GET.get("product", "")
    page = command.supply_page(request.actor, asked_day(request), *asked)
    if request.GET.get("format") == "csv":
        return tables.stock_csv(page)
    context = {
        "page": page,
        "map": paint.cover_map(page.units, page.product),
        "shortest": paint.runs_out_first(page.units),
        "timeline": tracks.timeline(page.shipments, asked_day(request)),
        "act": uuid4(),
        "day": asked_day(request),
        "may_approve": access.may(request.actor, "moves_approve"),
        "may_plan": access.may(request.actor, "session_plan"),
        "section": "supply",
    }
    return show(request, "console/supply.html", context)


@require_POST
@door("session_plan")
def clear(request: ActorRequest) -> HttpResponse:
    """A session proposed against stock that would expire is opened for booking; where one was planned meanwhile, it stays."""
    site = reading.number(request.POST.get("site_id", ""))
    row = filled(sites.session_plan, request.POST, site_id=site, only_new=True)
    do(request, sites.session_plan, [row], "SESSIONS_PLANNED")
    return redirect("supply")


@require_POST
@door("moves_approve")
def moves_approve(request: ActorRequest) -> HttpResponse:
    """The proposals ticked become shipments, as the page of that day proposed them."""
    data = request.POST
    item = MovesApprove(
        act=UUID(data["act"]), occurred_at=clock.now(), dated_here=True, day=reading.day(data["day"]),
        moves=frozenset(data.getlist("move")),
    )  # fmt: skip
    done = orders.moves_approve.one(request.actor, item)
    outcome(request, done, "MOVES_APPROVED", count=done.answer.get("moves", 0))
    return redirect("supply")
