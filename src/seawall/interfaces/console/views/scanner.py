"""At the scanner: a shipment against what was sent, a vial before its first dose, a pack and its way."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from seawall.interfaces.console import tracks
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
ON_THE_WAY: Mapping[str, tuple["Verb[Any, Any]", str]] = {
    "confirm": (services.code_type, "CODE_TYPED_BY_TWO"),
    "open": (services.carton_open, "CARTON_OPENED_HERE"),
}
"""What is done to one code before the shipment is taken in: the page stays, with all that was read."""


@door("see:supply", *(verb for verb, _ in (*DOES.values(), *ON_THE_WAY.values())))
def receipt(request: ActorRequest, shipment: UUID) -> HttpResponse:
    """What was read so far travels with each form; each scan ends with the scanner's own Enter."""
    data = request.POST
    does = data.get("does", "")
    page = receipt_page(request.actor, shipment, ())
    place_id = page.shipment.to_place_id
    scanned, by_hand = _read(data)
    if does in DOES:
        verb, said = DOES[does]
        if do(request, verb, [filled(verb, data, shipment=str(shipment), place_id=place_id)], said):
            return redirect("store", place_id=place_id)
    elif does in ON_THE_WAY:
        verb, said = ON_THE_WAY[does]
        done = do(request, verb, [filled(verb, data, place_id=place_id)], said)
        if done and does == "open":  # from now on what is in it is scanned by itself
            scanned = [code for code in scanned if code != data.get("code")]
    context = {
        "page": receipt_page(request.actor, shipment, scanned, by_hand),
        "steps": tracks.steps(page.shipment.moments),
        "scanned": scanned,
        "by_hand": by_hand,
        "typed": typed(data, services.shipment_accept, services.shipment_refuse),
        "fields": labels(services.shipment_refuse, services.shipment_accept, services.code_type),
        "may_take": access.may(request.actor, "shipment_accept"),
        "may_refuse": access.may(request.actor, "shipment_refuse"),
        "may_confirm": access.may(request.actor, "code_type"),
        "may_open": access.may(request.actor, "carton_open"),
        "act": uuid4(),
        "section": "supply",
    }
    return show(request, "console/receipt.html", context)


def _read(data: QueryDict) -> tuple[list[str], list[str]]:
    """Codes read so far, and those of them that were typed by hand; the newest is last."""
    scanned = [code.strip() for code in data.getlist("codes") if code.strip()]
    by_hand = [code.strip() for code in data.getlist("typed") if code.strip()]
    newest = "" if data.get("does") else data.get("code", "").strip()
    if newest:
        scanned.append(newest)
    if newest and data.get("by_hand"):
        by_hand.append(newest)
    return scanned, by_hand


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


@require_POST
@door("dose_waste")
def vial_lost(request: ActorRequest, site_id: int) -> HttpResponse:
    """A vial broke at the station: who scanned it writes it off there."""
    row = filled(services.dose_waste, request.POST, place_id=site_id)
    do(request, services.dose_waste, [row], "DOSES_WASTED")
    return redirect("station", site_id=site_id, station="injection")
