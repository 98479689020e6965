"""Tablets of a site: who signs on them, when they were last heard of, one that is lost, and their acts that wait to be settled."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from seawall.clinic import services
from seawall.clinic.boards.tablets import tablets_page
from seawall.interfaces.console.door import ActorRequest, door
from seawall.interfaces.console.forms import do, filled, labels
from seawall.interfaces.console.page import show
from seawall.platform import access


@door("conflict_settle")
def tablets(request: ActorRequest, site_id: int) -> HttpResponse:
    context = {
        "page": tablets_page(request.actor, site_id),
        "may_revoke": access.may(request.actor, "tablet_revoke"),
        "fields": labels(services.conflict_settle),
        "section": "site",
    }
    return show(request, "console/tablets.html", context)


@require_POST
@door("tablet_revoke")
def revoke(request: ActorRequest, site_id: int) -> HttpResponse:
    do(request, services.tablet_revoke, [filled(services.tablet_revoke, request.POST, site_id=site_id)], "TABLET_GONE")
    return redirect("tablets", site_id=site_id)


@require_POST
@door("conflict_settle")
def settle(request: ActorRequest, site_id: int) -> HttpResponse:
    row = filled(services.conflict_settle, request.POST, site_id=site_id)
    do(request, services.conflict_settle, [row], "CONFLICT_SETTLED")
    return redirect("tablets", site_id=site_id)
