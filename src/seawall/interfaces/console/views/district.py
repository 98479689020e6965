"""The district board: what do we still owe today, where, and whom do we press?"""

from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from seawall.campaigns.selectors import GroupRow
from seawall.command import selectors as command
from seawall.command import services as orders
from seawall.command.selectors import DistrictBoard
from seawall.interfaces import reading
from seawall.interfaces.campaign import campaign_of
from seawall.interfaces.console.door import ActorRequest, door
from seawall.interfaces.console.page import outcome, show
from seawall.platform import access, clock
from seawall.reference import selectors as reference
from seawall.reference.selectors import UnitRow
from seawall.reports import boards
from seawall.terms.actor import Actor
from seawall.terms.command import CallsAssign

from .board import asked_day


def units_in_reach(actor: Actor, request: ActorRequest) -> list[UnitRow]:
    """Planning units that hold at least one leaf of the post."""
    reach = actor.reach
    return [row for row in reference.units(asked_day(request)) if reach.everywhere or row.leaves & reach.leaves]


def groups_with_people(page: DistrictBoard) -> list[GroupRow]:
    """Columns that say something: groups with somebody due, or something withheld or not reported."""
    cells = [(code, cell) for street in page.streets for code, cell in street.cells.items()]
    shown = {code for code, cell in cells if cell.due or cell.cell not in {"value", "zero"}}
    return [g for g in page.groups if g.code in shown]


@door("see:district_board")
def mine(request: ActorRequest) -> HttpResponse:
    """The post's own unit, or the one asked for."""
    units = units_in_reach(request.actor, request)
    asked = request.GET.get("unit", "")
    if asked.isdecimal():
        return redirect("district", unit_id=int(asked))
    return redirect("district", unit_id=units[0].unit_id) if units else show(request, "console/no_unit.html", {})


@door("see:district_board")
def district(request: ActorRequest, unit_id: int) -> HttpResponse:
    asked = request.GET.get("unit", "")
    if asked.isdecimal() and int(asked) != unit_id:
        return redirect(
            reverse("district", args=[int(asked)]) + (f"?day={request.GET['day']}" if request.GET.get("day") else "")
        )
    day = asked_day(request) if request.GET.get("day") else None
    page = command.district_board(request.actor, campaign_of(request), unit_id, day)
    context = {"page": page, "units": units_in_reach(request.actor, request), "groups": groups_with_people(page)}
    may = {"opens": access.may(request.actor, "see:person"), "assigns": access.may(request.actor, "calls_assign")}
    return show(request, "console/district.html", context | may | {"act": uuid4(), "section": "district_mine"})


@door("see:person")
def unreached(request: ActorRequest, unit_id: int) -> HttpResponse:
    """The rows behind the count of those not vaccinated and without a reason."""
    page = boards.unreached(request.actor, campaign_of(request), unit_id)
    return show(request, "console/unreached.html", {"page": page, "section": "district_mine"})


@require_POST
@door("calls_assign")
def calls_assign(request: ActorRequest, unit_id: int) -> HttpResponse:
    data = request.POST
    item = CallsAssign(
        act=reading.act(data["act"]),
        occurred_at=clock.now(),
        dated_here=True,
        campaign=campaign_of(request).code,
        unit_id=unit_id,
        day=reading.day(data["day"]),
    )
    outcome(request, orders.calls_assign.one(request.actor, item), "CALLS_ASSIGNED")
    return redirect("district", unit_id=unit_id)
