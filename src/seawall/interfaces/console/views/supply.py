"""Supply: where will doses run out, expire or warm up first, and which move cures it?"""

from typing import Any
from uuid import UUID, uuid4

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from seawall.command import selectors as command
from seawall.command import services as orders
from seawall.interfaces.console import tables
from seawall.interfaces.console.door import ActorRequest, door
from seawall.interfaces.console.page import outcome, show

from .board import asked_day


def _page(request: ActorRequest) -> dict[str, Any]:
    page = command.supply_page(request.actor, asked_day(request))
    for move in page["moves"]:
        move["key"] = f"{move['from_id']}/{move['to_id']}/{move['lot']}/{move['doses']}"
    return page


@door("see:supply")
def supply(request: ActorRequest) -> HttpResponse:
    page = _page(request)
    if request.GET.get("format") == "csv":
        return tables.stock_csv(page)
    return show(request, "console/supply.html", {"page": page, "act": uuid4(), "section": "supply"})


@require_POST
@door("moves_approve")
def moves_approve(request: ActorRequest) -> HttpResponse:
    """The proposals ticked become shipments, as they were seen: the page is computed again, and one that changed is not sent."""
    chosen = set(request.POST.getlist("move"))
    moves = [move for move in _page(request)["moves"] if move["key"] in chosen]
    outcome(request, orders.moves_approve(request.actor, moves, act=UUID(request.POST["act"])), "MOVES_APPROVED")
    return redirect("supply")
