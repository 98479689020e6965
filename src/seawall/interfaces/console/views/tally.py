"""计数接种: a team counts on its phone, vial by vial; districts read the streets. Nobody is named."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from seawall.clinic import boards, services
from seawall.interfaces import reading
from seawall.interfaces.campaign import campaign_of
from seawall.interfaces.console.door import ActorRequest, door
from seawall.interfaces.console.forms import do, filled
from seawall.interfaces.console.page import show
from seawall.platform import access
from seawall.reports.boards import tally_board

from .site import own_site

BAND = "band_"


@door("see:tally")
def mine(request: ActorRequest) -> HttpResponse:
    """Who counts lands at the own site; everybody else at the streets."""
    site_id = own_site(request.actor) if access.may(request.actor, "tally_record") else None
    return redirect("tally", site_id=site_id) if site_id else redirect("tally_streets")


@door("see:tally")
def tally(request: ActorRequest, site_id: int) -> HttpResponse:
    page = boards.tally_page(request.actor, campaign_of(request), site_id)
    may = {grant: access.may(request.actor, grant) for grant in ("tally_record", "tally_withdraw")}
    return show(request, "console/tally.html", {"page": page, "may": may, "section": "tally_mine"})


@require_POST
@door("tally_record")
def record(request: ActorRequest, site_id: int) -> HttpResponse:
    given = {
        name.removeprefix(BAND): reading.number(str(text))
        for name, text in request.POST.items()
        if name.startswith(BAND) and str(text).strip()
    }
    row = filled(services.tally_record, request.POST, site_id=site_id, campaign=campaign_of(request).code, given=given)
    do(request, services.tally_record, [row], "TALLY_RECORDED")
    return redirect("tally", site_id=site_id)


@require_POST
@door("tally_withdraw")
def withdraw(request: ActorRequest, site_id: int) -> HttpResponse:
    row = filled(services.tally_withdraw, request.POST, site_id=site_id)
    do(request, services.tally_withdraw, [row], "TALLY_WITHDRAWN")
    return redirect("tally", site_id=site_id)


@door("see:tally")
def streets(request: ActorRequest) -> HttpResponse:
    page = tally_board(request.actor, campaign_of(request))
    return show(request, "console/tally_streets.html", {"page": page, "section": "tally_mine"})
