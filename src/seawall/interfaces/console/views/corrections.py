"""Doses on record that turned out wrong: found by day and ticket, put right by two people."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from seawall.clinic import services
from seawall.clinic.boards.correcting import corrections_page
from seawall.interfaces import reading
from seawall.interfaces.console.door import ActorRequest, door
from seawall.interfaces.console.forms import do, filled, labels
from seawall.interfaces.console.page import show
from seawall.platform import access, clock

VERBS = (services.injection_correct, services.correction_sign)


@door("correction_sign")
def corrections(request: ActorRequest, site_id: int) -> HttpResponse:
    asked = {name: request.GET.get(name, "").strip() for name in ("day", "ticket", "q")}
    day = reading.day(asked["day"]) if asked["day"] else clock.today()
    page = corrections_page(request.actor, site_id, day, reading.number_or_none(asked["ticket"]), asked["q"])
    context = {
        "page": page,
        "asked": asked,
        "may": {name: access.may(request.actor, name) for name in (*(v.name for v in VERBS), "visit_arrive")},
        "fields": labels(*VERBS),
        "section": "site",
    }
    return show(request, "console/corrections.html", context)


@require_POST
@door("injection_correct")
def correct(request: ActorRequest, site_id: int) -> HttpResponse:
    data = request.POST
    row = filled(services.injection_correct, data, site_id=site_id)
    if data.get("at"):
        row["given_at"] = reading.local_moment(f"{data['day']}T{data['at']}").isoformat()
    do(request, services.injection_correct, [row], "INJECTION_CORRECTED")
    return redirect("corrections", site_id=site_id)


@require_POST
@door("correction_sign")
def sign(request: ActorRequest, site_id: int) -> HttpResponse:
    do(
        request,
        services.correction_sign,
        [filled(services.correction_sign, request.POST, site_id=site_id)],
        "CORRECTION_SIGNED",
    )
    return redirect("corrections", site_id=site_id)
