"""放号: from when seats may be booked, announced to all or to a cohort."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from seawall.booking import boards, services
from seawall.interfaces import reading
from seawall.interfaces.campaign import campaign_of
from seawall.interfaces.console.door import ActorRequest, door
from seawall.interfaces.console.forms import do, filled, labels
from seawall.interfaces.console.page import show


@door("release_announce")
def releases(request: ActorRequest) -> HttpResponse:
    page = boards.releases(request.actor, campaign_of(request))
    fields = labels(services.release_announce)
    return show(request, "console/releases.html", {"page": page, "fields": fields, "section": "campaign"})


@require_POST
@door("release_announce")
def announce(request: ActorRequest) -> HttpResponse:
    at = reading.local_moment(request.POST.get("released_at", "")).isoformat()
    row = filled(services.release_announce, request.POST, campaign=campaign_of(request).code, released_at=at)
    do(request, services.release_announce, [row], "RELEASE_ANNOUNCED")
    return redirect("releases")
