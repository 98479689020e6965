"""Demo control: lives the next day, or on to a date, and shows how far it has come."""

from datetime import date, timedelta

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from seawall.drill import selectors as drill
from seawall.drill import services as life
from seawall.interfaces.console.door import ActorRequest, door
from seawall.interfaces.guard import demonstration
from seawall.reports import selectors as reports


def _control(request: ActorRequest, asked_from: str = "") -> HttpResponse:
    progress = drill.live_progress()
    frame = reports.frame()
    context = {"p": progress, "frame": frame, "ended": frame["day"] >= frame["campaign"]["deadline"]}
    response = render(request, "console/parts/living_control.html", context)
    if request.GET.get("was") == "running" and not progress["running"]:
        response["HX-Refresh"] = "true"
    return response


@door("see:frame")
def living(request: ActorRequest) -> HttpResponse:
    if not demonstration(request):
        raise Http404
    return _control(request)


@require_POST
@door("see:frame")
def live_on(request: ActorRequest) -> HttpResponse:
    """One day on, or to the deadline."""
    if not demonstration(request):
        raise Http404
    frame = reports.frame()
    until: date = (
        frame["campaign"]["deadline"] if request.POST.get("until") == "deadline" else frame["day"] + timedelta(1)
    )
    life.live_start(request.actor, until)
    return _control(request)
