"""Supply: where will doses run out, expire or warm up first, and which move cures it?"""

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


@door("see:supply")
def supply(request: ActorRequest) -> HttpResponse:
    page = command.supply_page(request.actor, asked_day(request))
    if request.GET.get("format") == "csv":
        return tables.stock_csv(page)
    return show(request, "console/supply.html", {"page": page, "act": uuid4(), "section": "supply"})


@require_POST
@door("moves_approve")
def moves_approve(request: ActorRequest) -> HttpResponse:
    """The proposals ticked become shipments; the page is computed again, so an old one approves nothing new."""
    page = command.supply_page(request.actor, asked_day(request))
    chosen = {int(index) for index in request.POST.getlist("move")}
    moves = [move for index, move in enumerate(page["moves"]) if index in chosen]
    outcome(request, orders.moves_approve(request.actor, moves, act=UUID(request.POST["act"])), "MOVES_APPROVED")
    return redirect("supply")
