"""At the scanner: a shipment against what was sent, a vial before its first dose, a pack and its way."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from seawall.interfaces.console.door import ActorRequest, door
from seawall.interfaces.console.forms import do, filled, labels, typed
from seawall.interfaces.console.page import show
from seawall.platform import access
from seawall.platform.verbs import Verb
from seawall.supply import services
from seawall.supply.boards.chain import chain_page
from seawall.supply.boards.receipt import receipt_page

DOES: Mapping[str, tuple["Verb[Any, Any]", str]] = {
    "take": (services.shipment_accept, "SHIPMENT_TAKEN_IN"),
    "refuse": (services.shipment_refuse, "SHIPMENT_SENT_BACK"),
}


@door("see:supply")
def receipt(request: ActorRequest, shipment: UUID) -> HttpResponse:
    """What was scanned so far travels with the form; each scan ends with the scanner's own Enter."""
    data = request.POST
    if data.get("does") in DOES and not data.get("code"):
        verb, said = DOES[data["does"]]
        page = receipt_page(request.actor, shipment, ())
        row = filled(verb, data, shipment=str(shipment), place_id=page.shipment.to_place_id)
        if do(request, verb, [row], said):
            return redirect("store", place_id=page.shipment.to_place_id)
    scanned = [
        code for code in [*data.getlist("codes"), data.get("code", "")] if code.strip() and code != data.get("drop")
    ]
    context = {
        "page": receipt_page(request.actor, shipment, scanned),
        "scanned": scanned,
        "typed": typed(data, services.shipment_accept, services.shipment_refuse),
        "fields": labels(services.shipment_refuse, services.shipment_accept),
        "may_take": access.may(request.actor, "shipment_accept"),
        "may_refuse": access.may(request.actor, "shipment_refuse"),
        "act": uuid4(),
        "section": "supply",
    }
    return show(request, "console/receipt.html", context)


@door("see:supply")
def chain(request: ActorRequest, code: str) -> HttpResponse:
    """The way of one pack, from its maker to arms."""
    return show(request, "console/chain.html", {"page": chain_page(request.actor, code), "section": "supply"})


@require_POST
@door("vial_open")
def vial(request: ActorRequest, site_id: int) -> HttpResponse:
    """The vial that was scanned is opened, and its page comes back."""
    data = request.POST
    do(request, services.vial_open, [filled(services.vial_open, data, place_id=site_id)], "VIAL_OPENED")
    there = reverse("station", args=[site_id, "injection"])
    return redirect(f"{there}?visit={UUID(data['visit'])}&code={data['code']}")
