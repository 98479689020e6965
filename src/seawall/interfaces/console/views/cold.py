"""The cold chain: the wall of devices, one device with its course, and what is done there."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from seawall.interfaces import reading
from seawall.interfaces.console import charts, tables
from seawall.interfaces.console.door import ActorRequest, door
from seawall.interfaces.console.forms import do, filled, labels
from seawall.interfaces.console.page import show
from seawall.interfaces.words import moment
from seawall.platform import access
from seawall.supply import services
from seawall.supply.boards.device import DevicePage, device_page, layouts
from seawall.supply.boards.place import kept_places
from seawall.supply.boards.wall import wall_page
from seawall.supply.boards.way import way_page
from seawall.terms.acts import Refused
from seawall.terms.cold import DeviceKind, ExcursionDecision, TemperatureClass
from seawall.terms.rosters import FileContent

from .store import Task

MOST_BYTES = 5_000_000
TASKS: Mapping[str, Task] = {
    "temperature": Task(services.cold_record, "TEMPERATURE_KEPT"),
    "empty": Task(services.device_empty, "DEVICE_EMPTIED"),
    "decide": Task(services.excursion_decide, "EXCURSION_SETTLED"),
    "stage": Task(services.logger_stage, "LOGGER_STAGED"),
    "commit": Task(services.logger_commit, "LOGGER_KEPT"),
    "change": Task(services.device_change, "DEVICE_KEPT"),
    "calibrate": Task(services.device_calibrate, "DEVICE_KEPT"),
    "retire": Task(services.device_retire, "DEVICE_KEPT"),
    "shelve": Task(services.lot_shelve, "LOT_SHELVED"),
}
VERBS = [task.verb for task in TASKS.values()]


@door("see:supply")
def wall(request: ActorRequest) -> HttpResponse:
    context = {
        "page": wall_page(request.actor, kept_places(request.actor)),
        "may": access.may(request.actor, "device_register"),
        "may_empty": access.may(request.actor, "device_empty"),
        "kinds": [kind.value for kind in DeviceKind],
        "classes": [name.value for name in TemperatureClass],
        "fields": labels(services.device_register),
        "act": uuid4(),
        "section": "supply",
    }
    return show(request, "console/cold.html", context)


@door("see:supply")
def table(request: ActorRequest) -> HttpResponse:
    """The devices in reach, as a table that can be sent back with more rows."""
    return tables.devices_csv(wall_page(request.actor, kept_places(request.actor)))


@require_POST
@door("device_register")
def register(request: ActorRequest) -> HttpResponse:
    row = filled(services.device_register, request.POST)
    if do(request, services.device_register, [row], "DEVICE_REGISTERED"):
        return redirect("device", place_id=reading.number(request.POST["place_id"]), device=str(row["device"]))
    return redirect("cold")


@door("see:supply")
def device(request: ActorRequest, place_id: int, device: str) -> HttpResponse:
    page = device_page(request.actor, place_id, device)
    context = {
        "page": page,
        "chart": course(page),
        "may": {name: access.may(request.actor, task.verb.grants[0]) for name, task in TASKS.items()},
        "decisions": [decision.value for decision in ExcursionDecision],
        "layouts": layouts(),
        "fields": labels(*VERBS),
        "act": uuid4(),
        "section": "supply",
    }
    return show(request, "console/device.html", context)


@door("see:supply")
def way(request: ActorRequest) -> HttpResponse:
    """The way of a pack by its trace code, until a moment or until now."""
    until = request.GET.get("until", "")
    page = way_page(request.actor, request.GET.get("code", "").strip(), reading.moment(until) if until else None)
    return show(request, "console/way.html", {"page": page, "section": "supply"})


def course(page: DevicePage) -> charts.Chart:
    """Temperatures of the last days between the two limits."""
    low, high = page.limits
    at = [moment(point.at) for point in page.course]
    drawn = charts.Line(page.row.device, [point.celsius for point in page.course])
    bounds = [
        charts.Line(name, [value] * len(at), "limit") for name, value in ((_("highest"), high), (_("lowest"), low))
    ]
    return charts.lines(at, _("time"), "°C", drawn, *bounds)


@require_POST
@door("see:supply", *VERBS)
def act(request: ActorRequest, place_id: int, device: str, task: str) -> HttpResponse:
    if task not in TASKS:
        raise Refused("FORM_UNREADABLE")
    found = TASKS[task]
    access.require(request.actor, *found.verb.grants)
    do(request, found.verb, [_row(request, found, place_id, device)], found.done)
    return redirect("device", place_id=place_id, device=device)


def _row(request: ActorRequest, task: Task, place_id: int, device: str) -> dict[str, Any]:
    """What the form of a task holds: where a device goes is written as place and device in one choice."""
    known: dict[str, Any] = {"place_id": place_id}
    if task.verb is services.device_empty:
        place, _sign, name = request.POST.get("to", "").partition("/")
        known |= {"to_place_id": reading.number_or_none(place) or 0, "to_device": name}
    if task.verb is services.logger_stage:
        file = request.FILES.get("file")
        if file is None or (file.size or 0) > MOST_BYTES:
            raise Refused("IMPORT_FILE_MISSING", most=MOST_BYTES // 1_000_000)
        known |= {"content": FileContent.of(file.read()), "filename": (file.name or "")[-200:]}
    if task.verb not in (services.logger_commit, services.excursion_decide) and "device" not in request.POST:
        known["device"] = device
    return filled(task.verb, request.POST, **known)
