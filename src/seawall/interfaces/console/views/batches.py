"""Batches of an organisation: arranged by workshop, class or shift, named until the eve, printed, and given back."""

from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from seawall.booking import services
from seawall.interfaces import reading
from seawall.interfaces.campaign import campaign_of
from seawall.interfaces.console import tables
from seawall.interfaces.console.door import ActorRequest, door
from seawall.interfaces.console.forms import do, filled
from seawall.interfaces.console.page import show
from seawall.platform import access, clock
from seawall.reports import boards

GRANTS = ("batch_arrange", "batch_seat", "batch_return")


def _may(request: ActorRequest) -> dict[str, bool]:
    return {grant: access.may(request.actor, grant) for grant in GRANTS}


@door("see:roster")
def batches(request: ActorRequest, organisation_id: int) -> HttpResponse:
    day, site_id = reading.day_or_none(request.GET.get("day", "")), reading.number_or_none(request.GET.get("site", ""))
    page = boards.batches_page(
        request.actor, campaign_of(request), organisation_id, request.GET.get("team"), day, site_id
    )
    return show(request, "console/batches.html", {"page": page, "may": _may(request), "section": "rosters"})


@require_POST
@door("batch_arrange")
def arrange(request: ActorRequest, organisation_id: int) -> HttpResponse:
    """To the batch that was made; or back to where it was asked for."""
    row = filled(
        services.batch_arrange, request.POST, organisation_id=organisation_id, campaign=campaign_of(request).code
    )
    if do(request, services.batch_arrange, [row], "BATCH_ARRANGED"):
        return redirect("batch", organisation_id=organisation_id, batch=reading.act(request.POST["act"]))
    at = request.POST.get("starts_at", "")
    day = f"{clock.civil_day(reading.moment(at)):%Y-%m-%d}" if at else ""
    asked = {"team": request.POST.get("team", ""), "day": day, "site": request.POST.get("site_id", "")}
    return redirect(f"{reverse('batches', args=[organisation_id])}?{urlencode(asked)}")


@door("see:roster")
def batch(request: ActorRequest, organisation_id: int, batch: UUID) -> HttpResponse:
    page = boards.batch_page(request.actor, campaign_of(request), organisation_id, batch)
    if request.GET.get("format") == "csv":
        return tables.batch_csv(page)
    return show(request, "console/batch.html", {"page": page, "may": _may(request), "section": "rosters"})


@door("batch_arrange")
def pack(request: ActorRequest, organisation_id: int, batch: UUID) -> HttpResponse:
    """To be printed: the attendance list, then a sheet for each person in the order of the batch."""
    page = boards.pack_page(request.actor, campaign_of(request), organisation_id, batch)
    return show(request, "console/batch_pack.html", {"page": page, "at": clock.now(), "section": "rosters"})


@require_POST
@door("batch_seat")
def seat(request: ActorRequest, organisation_id: int, batch: UUID) -> HttpResponse:
    row = filled(services.batch_seat, request.POST, organisation_id=organisation_id, batch=str(batch))
    do(request, services.batch_seat, [row], "BATCH_SEATED")
    return redirect("batch", organisation_id=organisation_id, batch=batch)


@require_POST
@door("batch_return")
def give_back(request: ActorRequest, organisation_id: int, batch: UUID) -> HttpResponse:
    row = filled(services.batch_return, request.POST, organisation_id=organisation_id, batch=str(batch))
    do(request, services.batch_return, [row], "BATCH_GIVEN_BACK")
    return redirect("batch", organisation_id=organisation_id, batch=batch)
