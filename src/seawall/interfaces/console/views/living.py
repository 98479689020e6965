"""Demo control: lives the next day, or on to a date, and shows how far it has come."""

from datetime import date, timedelta
from urllib.parse import urlsplit

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, get_script_prefix, resolve
from django.views.decorators.http import require_POST

from seawall.drill import selectors as drill
from seawall.drill import services as life
from seawall.interfaces.campaign import campaign_or_none
from seawall.interfaces.console.door import ActorRequest, door
from seawall.interfaces.guard import demonstration
from seawall.reports import boards as reports
from seawall.terms.acts import Refused

FOLLOWS = frozenset({"board"})  # pages that are only looked at: nobody types there while the days go on


def _control(request: ActorRequest) -> HttpResponse:
    """How far the city has lived; the page is fetched anew when it stands still, and a board whenever a day is whole."""
    progress = drill.live_progress()
    context = {"p": progress, "frame": reports.frame(campaign_or_none(request))}
    response = render(request, "console/parts/living_control.html", context)
    known = request.GET.get("day")
    ended = request.GET.get("was") == "running" and not progress["running"]
    if ended or (known and known != progress["day"].isoformat() and _looked_at(request) in FOLLOWS):
        response["HX-Refresh"] = "true"
    return response


def _looked_at(request: ActorRequest) -> str | None:
    """The name of the page in which the control stands."""
    try:
        path = urlsplit(request.headers.get("HX-Current-URL", "")).path
        return resolve("/" + path.removeprefix(get_script_prefix())).url_name
    except Resolver404:
        return None


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
    frame = reports.frame(campaign_or_none(request))
    if not frame.campaign:
        raise Refused("NO_CAMPAIGN_OPEN")
    until: date = (
        frame.campaign.deadline
        if request.POST.get("until") == "deadline"
        else (drill.lived_until() or frame.day) + timedelta(1)
    )
    life.live_start(request.actor, until)
    return _control(request)
