"""Doses left over in the last hour: the next on standby are called, and what they answer on the telephone is recorded."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from seawall.booking import boards, services
from seawall.interfaces.campaign import campaign_of
from seawall.interfaces.console.door import ActorRequest, door
from seawall.interfaces.console.forms import do, filled
from seawall.interfaces.console.page import show
from seawall.platform import access

ANSWERS = {
    "comes": (services.appointment_confirm, "APPOINTMENT_BOOKED"),
    "declines": (services.appointment_cancel, "STANDBY_DECLINED"),
}


@door("standby_call")
def standby(request: ActorRequest, site_id: int) -> HttpResponse:
    page = boards.standby(request.actor, campaign_of(request), site_id)
    return show(
        request,
        "console/standby.html",
        {"page": page, "may_miss": access.may(request.actor, "appointments_miss"), "section": "site_mine"},
    )


@require_POST
@door("standby_call")
def call(request: ActorRequest, site_id: int) -> HttpResponse:
    row = filled(services.standby_call, request.POST, site_id=site_id, campaign=campaign_of(request).code)
    do(request, services.standby_call, [row], "STANDBY_CALLED")
    return redirect("standby", site_id=site_id)


@require_POST
@door("appointments_miss")
def missed(request: ActorRequest, site_id: int) -> HttpResponse:
    """Who was booked and has not come: their doses are left over, and the combing asks them again."""
    row = filled(services.appointments_miss, request.POST, site_id=site_id)
    do(request, services.appointments_miss, [row], "APPOINTMENTS_MISSED")
    return redirect("standby", site_id=site_id)


@require_POST
@door("standby_call")
def answer(request: ActorRequest, site_id: int) -> HttpResponse:
    """Whoever was called says on the telephone whether they come."""
    verb, done = ANSWERS["comes" if request.POST.get("answer") == "comes" else "declines"]
    do(request, verb, [filled(verb, request.POST)], done)
    return redirect("standby", site_id=site_id)
