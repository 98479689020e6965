"""The portal's codes on paper: the clerk checks the document on the desk, and hands over a slip."""

from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from seawall.interfaces.console.asking import ask
from seawall.interfaces.console.door import ActorRequest, door
from seawall.interfaces.console.page import flash, show
from seawall.people import boards, services
from seawall.people import selectors as people


@door("desk_code_issue")
def desk(request: ActorRequest) -> HttpResponse:
    """Whose? A number is never part of an address."""
    page = boards.desk_codes(request.actor, request.POST.get("q", "").strip()[:40])
    return show(request, "console/desk_codes.html", {"page": page, "section": "people"})


@require_POST
@door("desk_code_issue")
def issue(request: ActorRequest) -> HttpResponse:
    asked = ask(request, services.desk_code_issue)
    if asked.refusal:
        flash(request, "refusal", asked.refusal.code, **dict(asked.refusal.params))
        return redirect("desk_codes")
    return redirect("desk_code", slip=asked.outcome.act)


@door("desk_code_issue")
def slip(request: ActorRequest, slip: UUID) -> HttpResponse:
    """To print and hand over; the post that made it out sees it until it is used."""
    found = people.slip(request.actor, slip)
    if found is None:
        flash(request, "refusal", "SLIP_OVER")
        return redirect("desk_codes")
    address = f"{settings.PUBLIC_URL or request.build_absolute_uri('/').rstrip('/')}{reverse('book')}"
    context = {"slip": found, "name": people.masked(found.person_id), "address": address, "section": "people"}
    return show(request, "console/desk_code.html", context)
