"""催种名单: whom to call on, what came of it, and what people answer street by street."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from seawall.interfaces.campaign import campaign_of
from seawall.interfaces.console.door import ActorRequest, door
from seawall.interfaces.console.forms import do, filled
from seawall.interfaces.console.page import show
from seawall.outreach import boards, services
from seawall.platform import access

STANCES = ("understands", "willing", "reassured", "none")
WAYS = ("call", "visit", "message")


@door("see:calls")
def calls(request: ActorRequest) -> HttpResponse:
    page = boards.calls(request.actor, campaign_of(request))
    may = {
        grant: access.may(request.actor, grant) for grant in ("contact_record", "message_choice_record", "see:person")
    }
    context = {
        "page": page,
        "may": may,
        "opens": may["see:person"],
        "stances": STANCES,
        "ways": WAYS,
        "section": "calls",
    }
    return show(request, "console/calls.html", context)


@door("see:calls")
def areas(request: ActorRequest) -> HttpResponse:
    page = boards.areas(request.actor, campaign_of(request))
    return show(request, "console/calls_areas.html", {"page": page, "section": "calls"})


@require_POST
@door("contact_record")
def record(request: ActorRequest) -> HttpResponse:
    row = filled(services.contact_record, request.POST, campaign=campaign_of(request).code)
    do(request, services.contact_record, [row], "CONTACT_RECORDED")
    return redirect("calls")


@require_POST
@door("message_choice_record")
def choice(request: ActorRequest) -> HttpResponse:
    do(
        request,
        services.message_choice_record,
        [filled(services.message_choice_record, request.POST)],
        "MESSAGE_CHOICE_RECORDED",
    )
    return redirect("calls")
