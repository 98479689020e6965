"""The keeper of stock: take in, receive, send, measure, give back, write off; stop a lot and let it go again."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4, uuid5

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from seawall.interfaces import reading
from seawall.interfaces.console import journeys
from seawall.interfaces.console.door import ActorRequest, door
from seawall.interfaces.console.forms import do, filled, labels, typed
from seawall.interfaces.console.page import flash, show
from seawall.platform import access
from seawall.platform.files import images
from seawall.platform.verbs import Verb
from seawall.reference import selectors as reference
from seawall.supply import selectors as supply
from seawall.supply import services
from seawall.supply.boards.lot import lot_page
from seawall.supply.boards.place import REAL, kept_place, kept_places, place_page, shelves
from seawall.terms.actor import Actor
from seawall.terms.acts import Refused
from seawall.terms.codes import LotState, PlaceKind
from seawall.terms.rosters import Picture

STOPS = (LotState.QUARANTINED, LotState.RECALLED)
CARTON, SPACES = ("code", "packs", "parent"), re.compile(r"[\s,，]+")
ENDS = (PlaceKind.MAKER, PlaceKind.DESTROYED)


@dataclass(frozen=True, slots=True)
class Task:
    """One thing that a keeper of stock does: its verb, and what the next page says when it is done."""

    verb: "Verb[Any, Any]"
    done: str


TASKS: Mapping[str, Task] = {
    "accept": Task(services.shipment_accept, "SHIPMENT_TAKEN_IN"),
    "receive": Task(services.lot_receive, "LOT_TAKEN_IN"),
    "send": Task(services.shipment_send, "SHIPMENT_ON_ITS_WAY"),
    "temperature": Task(services.cold_record, "TEMPERATURE_KEPT"),
    "return": Task(services.stock_return, "STOCK_RETURNED"),
    "waste": Task(services.dose_waste, "DOSES_WASTED"),
    "lose": Task(services.packs_waste, "PACKS_WASTED"),
}


@door("see:supply")
def mine(request: ActorRequest) -> HttpResponse:
    """The place asked for, else the first that the post keeps: stores come first."""
    asked = reading.number_or_none(request.GET.get("place", ""))
    if asked is None:
        places = kept_places(request.actor)
        asked = places[0].place_id if places else None
    return redirect("store", place_id=asked) if asked else redirect("first")


@door("see:supply")
def store(request: ActorRequest, place_id: int, task: str = "") -> HttpResponse:
    return _page(request, place_id, task, {})


def _page(request: ActorRequest, place_id: int, task: str, told: Mapping[str, object]) -> HttpResponse:
    """The place with the form of a task; `told` is what was written where the act was refused."""
    if task:
        access.require(request.actor, *_task(task).verb.grants)
    page = place_page(request.actor, place_id)
    context = {
        "page": page,
        "task": task,
        "typed": typed(told, *(row.verb for row in TASKS.values())),
        "choices": _choices(request.actor, page.day, task, place_id),
        "tasks": [name for name, row in TASKS.items() if access.may(request.actor, row.verb.grants[0])],
        "places": kept_places(request.actor),
        "fields": labels(*(row.verb for row in TASKS.values())),
        "act": uuid4(),
        "may_ask": access.may(request.actor, "stock_ask"),
        "section": "supply",
    }
    return show(request, "console/store.html", context)


def _choices(actor: Actor, day: Any, task: str, place_id: int) -> dict[str, Any]:
    """What the form of a task offers to choose from."""
    if task == "receive":
        return {"products": reference.goods(day)}
    if task == "send":
        return {"to": [place for place in reference.places(REAL) if place.place_id != place_id]}
    if task in ("waste", "lose"):
        reasons = {code: {"zh": zh, "en": en} for code, (zh, en) in supply.waste_reasons(whole=task == "lose").items()}
        return {"reasons": reasons, "shelves": shelves(actor, place_id) if task == "lose" else ()}
    return {"ends": [end.value for end in ENDS]} if task == "return" else {}


def _task(name: str) -> Task:
    if name not in TASKS:
        raise Refused("FORM_UNREADABLE")
    return TASKS[name]


@require_POST
@door("see:supply", *(task.verb for task in TASKS.values()))
def act(request: ActorRequest, place_id: int, task: str) -> HttpResponse:
    """Does the task at this place; a refusal keeps the form as it was filled in."""
    found = _task(task)
    rows = ROWS.get(task, _one)(request, found, place_id)
    if not rows:
        flash(request, "refusal", "NOTHING_CHOSEN_LOST")
    elif do(request, found.verb, rows, found.done, whole=task == "lose"):
        return redirect("store", place_id=place_id)
    return _page(request, place_id, "" if task == "accept" else task, request.POST)


def _one(request: HttpRequest, task: Task, place_id: int) -> list[dict[str, object]]:
    return [filled(task.verb, request.POST, place_id=place_id, **_pictured(request))]


def _pictured(request: HttpRequest) -> dict[str, object]:
    """The picture that came with the form, if any."""
    file = request.FILES.get("photo")
    if file is None:
        return {}
    if (file.size or 0) > images.MOST_BYTES:
        raise images.too_large()
    return {"photo": Picture.of(file.read())}


def _sent(request: HttpRequest, task: Task, place_id: int) -> list[dict[str, object]]:
    """Where to is named by its code; who takes the place's own name finds the code beside it."""
    asked = request.POST.get("to", "").strip()
    to = next((place.place_id for place in reference.places(REAL) if asked in {place.code, str(place.place_id)}), None)
    codes = _lines(request, "codes")
    return [filled(task.verb, request.POST, from_place_id=place_id, to_place_id=to or 0, codes=codes)]


def _received(request: HttpRequest, task: Task, place_id: int) -> list[dict[str, object]]:
    """Cartons stand one on a line: code, packs inside, and the larger case that holds it."""
    cartons = [dict(zip(CARTON, SPACES.split(line), strict=False)) for line in _lines(request, "cartons")]
    return [filled(task.verb, request.POST, place_id=place_id, cartons=cartons)]


def _lines(request: HttpRequest, name: str) -> list[str]:
    return [line for text in request.POST.get(name, "").splitlines() if (line := text.strip())]


def _lost(request: ActorRequest, task: Task, place_id: int) -> list[dict[str, object]]:
    """Devices by the lots that were shown in them, lots by so many packs or altogether, and what was scanned: an act for each lot."""
    data = request.POST
    chosen: dict[str, object] = {lot: data.get(f"packs_{lot}") or 0 for lot in data.getlist("lot")}
    chosen |= {lot: 0 for device in data.getlist("device") for lot in data.getlist(f"in_{device}")}
    rows: list[dict[str, object]] = [{"lot": lot, "packs": packs, "codes": []} for lot, packs in chosen.items()]
    rows += [{"lot": lot, "codes": codes} for lot, codes in supply.lots_scanned(_lines(request, "codes")).items()]
    first, pictured = reading.act(data["act"]), _pictured(request)
    return [
        filled(task.verb, data, place_id=place_id, **pictured, **row, act=uuid5(first, str(n)))
        for n, row in enumerate(rows)
    ]


ROWS = {"send": _sent, "receive": _received, "lose": _lost}


@door("see:supply")
def photo(request: ActorRequest, place_id: int, photo: UUID) -> HttpResponse:
    """A picture of what was lost or destroyed at a place in reach."""
    kept_place(request.actor, place_id)
    content = supply.photo(place_id, photo)
    if content is None:
        raise Http404
    return HttpResponse(content, content_type="image/jpeg", headers={"Cache-Control": "private, no-store"})


@door("see:supply")
def lot(request: ActorRequest, lot: str) -> HttpResponse:
    """What a lot is and where; whoever may stop it sees here what that touches before pressing."""
    page = lot_page(request.actor, lot)
    context = {
        "page": page,
        "journey": journeys.picture(page.journey),
        "states": STOPS if page.lot.state == LotState.RELEASED and not page.holds else (LotState.RELEASED, *STOPS),
        "may": access.may(request.actor, "lot_hold"),
        "may_product": access.may(request.actor, "product_hold"),
        "fields": labels(services.lot_hold),
        "act": uuid4(),
        "section": "supply",
    }
    return show(request, "console/lot.html", context)


@require_POST
@door("lot_hold")
def hold(request: ActorRequest, lot: str) -> HttpResponse:
    data = request.POST
    where = reading.number(data["place"]) if data.get("place") else None
    do(request, services.lot_hold, [filled(services.lot_hold, data, lot=lot, place_id=where)], "LOT_STATE_SET")
    return redirect("lot", lot=lot)
