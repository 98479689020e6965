"""上门接种: who cannot come, the rounds proposed and accepted, and the round of a day on the phone of the team."""

from uuid import uuid5

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from seawall.clinic.boards import round_board
from seawall.interfaces import reading
from seawall.interfaces.campaign import campaign_of
from seawall.interfaces.console.door import ActorRequest, door
from seawall.interfaces.console.forms import do, filled
from seawall.interfaces.console.page import show
from seawall.outreach import boards, services
from seawall.platform import access


@door("see:rounds")
def rounds(request: ActorRequest) -> HttpResponse:
    page = boards.rounds_page(request.actor, campaign_of(request), reading.day_or_none(request.GET.get("day", "")))
    may = {grant: access.may(request.actor, grant) for grant in ("round_propose", "round_accept")}
    may |= {
        "see_round": access.may(request.actor, "see:round"),
        "see_booking": access.may(request.actor, "see:booking"),
    }
    return show(request, "console/rounds.html", {"page": page, "may": may, "section": "rounds"})


@require_POST
@door("round_propose")
def propose(request: ActorRequest) -> HttpResponse:
    """One proposal for each mobile site that was ticked; they share the people among them."""
    code, act = campaign_of(request).code, reading.act(request.POST.get("act", ""))
    rows = [
        filled(services.round_propose, request.POST, campaign=code, site_id=reading.number(site), act=uuid5(act, site))
        for site in request.POST.getlist("site_id")
    ]
    do(request, services.round_propose, rows, "ROUNDS_PROPOSED")
    return _back(request)


@require_POST
@door("round_accept")
def accept(request: ActorRequest) -> HttpResponse:
    do(request, services.round_accept, [filled(services.round_accept, request.POST)], "ROUND_TAKEN")
    return _back(request)


def _back(request: ActorRequest) -> HttpResponse:
    return redirect(f"{reverse('rounds')}?day={reading.day(request.POST.get('day', ''))}")


@door("see:round")
def drive(request: ActorRequest, site_id: int) -> HttpResponse:
    """The round of today, or of the day asked for."""
    page = round_board(request.actor, site_id, reading.day_or_none(request.GET.get("day", "")))
    stations = [
        s for s in ("arrival", "screening", "injection", "observation") if access.may(request.actor, f"see:{s}")
    ]
    may = {grant: access.may(request.actor, grant) for grant in ("stop_next", "stop_settle", "cold_record")}
    context = {"page": page, "stations": stations, "may": may, "section": "station_mine"}
    return show(request, "console/round.html", context)


@require_POST
@door("stop_next")
def next_stop(request: ActorRequest, site_id: int) -> HttpResponse:
    do(request, services.stop_next, [filled(services.stop_next, request.POST, site_id=site_id)], "STOP_FIRST")
    return _on(request, site_id)


@require_POST
@door("stop_settle")
def settle(request: ActorRequest, site_id: int) -> HttpResponse:
    do(request, services.stop_settle, [filled(services.stop_settle, request.POST, site_id=site_id)], "STOP_SETTLED")
    return _on(request, site_id)


def _on(request: ActorRequest, site_id: int) -> HttpResponse:
    return redirect(f"{reverse('round', args=[site_id])}?day={reading.day(request.POST.get('day', ''))}")
