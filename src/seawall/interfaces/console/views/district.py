"""The district board: what do we still owe today, where, and whom do we press?"""

from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from seawall.command import selectors as command
from seawall.command import services as orders
from seawall.interfaces.console.door import ActorRequest, door
from seawall.interfaces.console.page import outcome, show
from seawall.reference import selectors as reference
from seawall.terms.actor import Actor

from .board import asked_day


def units_in_reach(actor: Actor, request: ActorRequest) -> list[dict[str, object]]:
    """Planning units that hold at least one leaf of the post."""
    reach = actor.reach
    rows = reference.units(asked_day(request))
    seen = (row for row in rows if reach.everywhere or row.leaves & reach.leaves)
    return [{"unit_id": row.unit_id, "code": row.code, "name": {"zh": row.name_zh, "en": row.name_en}} for row in seen]


def groups_with_people(page: dict[str, Any]) -> list[dict[str, Any]]:
    """Columns that say something: groups with somebody due, or something withheld or not reported."""
    cells = [street["cells"].get(g["code"]) for street in page["streets"] for g in page["groups"]]
    by_group = zip(page["groups"] * len(page["streets"]), cells, strict=True)
    shown = {g["code"] for g, cell in by_group if cell and (cell["due"] or cell["cell"] not in {"value", "zero"})}
    return [g for g in page["groups"] if g["code"] in shown]


@door("see:district_board")
def mine(request: ActorRequest) -> HttpResponse:
    """The post's own unit, or the one asked for."""
    units = units_in_reach(request.actor, request)
    asked = request.GET.get("unit", "")
    if asked.isdigit():
        return redirect("district", unit_id=int(asked))
    return redirect("district", unit_id=units[0]["unit_id"]) if units else show(request, "console/no_unit.html", {})


@door("see:district_board")
def district(request: ActorRequest, unit_id: int) -> HttpResponse:
    asked = request.GET.get("unit", "")
    if asked.isdigit() and int(asked) != unit_id:
        return redirect("district", unit_id=int(asked))
    page = command.district_board(request.actor, unit_id, asked_day(request))
    units = units_in_reach(request.actor, request)
    return show(
        request, "console/district.html", {"page": page, "units": units, "act": uuid4(), "section": "district_mine"}
    )


@require_POST
@door("calls_assign")
def calls_assign(request: ActorRequest, unit_id: int) -> HttpResponse:
    outcome(request, orders.calls_assign(request.actor, unit_id, asked_day(request)), "CALLS_ASSIGNED")
    return redirect("district", unit_id=unit_id)
