"""开放日: the public's waiting room as it runs, for whoever runs the opening."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from seawall.booking import boards, services
from seawall.interfaces.campaign import campaign_of
from seawall.interfaces.console.door import ActorRequest, door
from seawall.interfaces.console.forms import do, filled, labels
from seawall.interfaces.console.page import show


@door("line_pace")
def opening(request: ActorRequest) -> HttpResponse:
    page = boards.opening(request.actor, campaign_of(request))
    return show(
        request, "console/opening.html", {"page": page, "fields": labels(services.line_pace), "section": "campaign"}
    )


@require_POST
@door("line_pace")
def pace(request: ActorRequest) -> HttpResponse:
    do(request, services.line_pace, [filled(services.line_pace, request.POST)], "LINE_PACE_SET")
    return redirect("opening")
