"""代约: the help line, a street officer or a responsible contact books for somebody who asked, in their words and with their consent."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from seawall.booking import services
from seawall.clinic import boards
from seawall.interfaces import choices, reading
from seawall.interfaces.campaign import campaign_of
from seawall.interfaces.console.door import ActorRequest, door
from seawall.interfaces.console.forms import do, filled
from seawall.interfaces.console.page import show
from seawall.outreach import services as outreach
from seawall.platform import access
from seawall.platform.verbs import Verb
from seawall.terms.acts import Refused

ACTS: Mapping[str, tuple["Verb[Any, Any]", str]] = {
    "book": (services.appointment_book, "APPOINTMENT_BOOKED"),
    "confirm": (services.appointment_confirm, "APPOINTMENT_BOOKED"),
    "move": (services.appointment_move, "APPOINTMENT_MOVED"),
    "cancel": (services.appointment_cancel, "APPOINTMENT_CANCELLED"),
    "invite": (services.invitations_send, "INVITATION_SENT"),
    "wait": (services.waiting_join, "WAITING_JOINED"),
    "wait_no_more": (services.waiting_leave, "WAITING_LEFT"),
    "stand_by": (services.standby_join, "STANDBY_JOINED"),
    "stand_by_no_more": (services.standby_leave, "STANDBY_LEFT"),
    "homebound": (outreach.homebound_note, "HOMEBOUND_NOTED"),
    "homebound_no_more": (outreach.homebound_end, "HOMEBOUND_ENDED"),
}
OF_ANY = frozenset({"confirm", "move", "cancel", "homebound", "homebound_no_more"})  # acts that name no campaign


@door("see:booking")
def for_others(request: ActorRequest) -> HttpResponse:
    asked = request.GET
    page = boards.for_others(
        request.actor, campaign_of(request), asked.get("q", "").strip(), reading.number_or_none(asked.get("person", "")),
        reading.number_or_none(asked.get("site", "")), reading.day_or_none(asked.get("day", "")),
    )  # fmt: skip
    may = {name: access.may(request.actor, verb.name) for name, (verb, _) in ACTS.items()}
    channels = [(value, choices.word("channel", value)) for value in choices.lists()["channel"]]
    change = reading.act(asked["change"]) if asked.get("change") else None
    wishes = [(value, choices.word("wish", value)) for value in choices.lists()["wish"]]
    return show(
        request,
        "console/for_others.html",
        {"page": page, "may": may, "wishes": wishes, "channels": channels, "section": "for_others"}
        | {"change": next((a for a in page.coming if a.appointment == change), None)},
    )


@require_POST
@door("see:booking")
def act(request: ActorRequest, name: str) -> HttpResponse:
    """One act for the person; then their page again."""
    if name not in ACTS:
        raise Refused(reading.UNREADABLE)
    verb, done = ACTS[name]
    access.require(request.actor, *verb.grants)
    known = {"campaign": campaign_of(request).code} if name not in OF_ANY else {}
    do(request, verb, [filled(verb, request.POST, **known)], done)
    where = {key: request.POST[key] for key in ("site", "day") if request.POST.get(key)}
    back = urlencode({"person": reading.number(request.POST.get("person_id", "")), **where})
    return redirect(f"{reverse('for_others')}?{back}")
