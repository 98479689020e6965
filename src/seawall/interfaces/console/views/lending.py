"""What one place does with others: its pick list, requests, offers and loans, and the slip that goes with a loan."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from seawall.interfaces import reading
from seawall.interfaces.console.door import ActorRequest, door
from seawall.interfaces.console.forms import do, filled, labels
from seawall.interfaces.console.page import flash, show
from seawall.platform import access
from seawall.platform.verbs import Verb
from seawall.supply import services
from seawall.supply.boards.lending import lending_page, loan_slip
from seawall.supply.boards.picking import pick_list, picks_chosen
from seawall.terms.acts import Refused

ACTS: 'Mapping[str, tuple["Verb[Any, Any]", str]]' = {
    "ask": (services.stock_ask, "ASK_MADE"),
    "withdraw": (services.ask_withdraw, "ASK_WITHDRAWN"),
    "offer": (services.stock_offer, "OFFER_MADE"),
    "answer": (services.offer_answer, "OFFER_TAKEN"),
    "settle": (services.loan_settle, "LOAN_RETURNED"),
}


@door("see:supply")
def loans(request: ActorRequest, place_id: int) -> HttpResponse:
    verbs = [verb for verb, _ in ACTS.values()]
    context = {
        "page": lending_page(request.actor, place_id),
        "may": {name: access.may(request.actor, verb.grants[0]) for name, (verb, _) in ACTS.items()},
        "fields": labels(*verbs),
        "section": "supply",
    }
    return show(request, "console/lending.html", context)


@require_POST
@door("see:supply", *(verb for verb, _ in ACTS.values()))
def loan_act(request: ActorRequest, place_id: int, act: str) -> HttpResponse:
    if act not in ACTS:
        raise Refused(reading.UNREADABLE)
    verb, done = ACTS[act]
    ends = {"from_place_id": place_id} if act == "offer" else {"place_id": place_id}
    do(request, verb, [filled(verb, request.POST, **ends)], done)
    return redirect("loans", place_id=place_id)


@door("see:supply")
def slip(request: ActorRequest, offer: UUID) -> HttpResponse:
    return show(request, "console/slip.html", {"loan": loan_slip(request.actor, offer), "section": "supply"})


@door("see:supply")
def picks(request: ActorRequest, place_id: int) -> HttpResponse:
    context = {
        "page": pick_list(request.actor, place_id),
        "may": access.may(request.actor, "shipment_send"),
        "fields": labels(services.shipment_send),
        "act": uuid4(),
        "section": "supply",
    }
    return show(request, "console/picks.html", context)


@require_POST
@door("shipment_send")
def picks_send(request: ActorRequest, place_id: int) -> HttpResponse:
    """What is ticked leaves, each line under its own pick."""
    ticked = [reading.act(pick) for pick in request.POST.getlist("pick")]
    rows = [
        filled(
            services.shipment_send,
            request.POST,
            act=row.pick,
            from_place_id=row.from_place_id,
            to_place_id=row.to_place_id,
            lot=row.lot,
            packs=row.packs,
            expected_on=row.expected_on,
            order=row.order,
        )
        for row in picks_chosen(request.actor, place_id, ticked)
    ]
    if rows:
        do(request, services.shipment_send, rows, "PICKS_SENT")
    else:
        flash(request, "refusal", "NO_PICK_CHOSEN")
    return redirect("picks", place_id=place_id)
