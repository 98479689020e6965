"""余苗候补: join the standby list, answer an offer, leave."""

from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from seawall.booking import selectors as booking
from seawall.booking import services
from seawall.booking.boards import minutes_left
from seawall.clinic import boards as clinic
from seawall.interfaces import reading
from seawall.interfaces.campaign import campaign_of
from seawall.interfaces.portal import session
from seawall.interfaces.portal.page import say, show
from seawall.interfaces.portal.session import known
from seawall.platform import clock
from seawall.terms.acts import Refusal
from seawall.terms.bookings import StandbyJoin, StandbyLeave

from .book import _me

DISTANCES = (1, 3, 5, 10)


@known
def standby(request: HttpRequest) -> HttpResponse:
    """Do I stand by, and is a dose offered to me now?"""
    person, code = _me(request), campaign_of(request).code
    coming = [row for row in clinic.record(person).appointments if row.coming and row.campaign == code]
    offers = [row for row in coming if row.state == "held"]
    context = {
        "km": booking.standby(person).get(code), "distances": DISTANCES, "minutes": booking.standby_offer_minutes(),
        "act": uuid4(), "booked": len(coming) > len(offers),
        "offers": [(row, minutes_left(booking.held_until(person, row.appointment)), uuid4()) for row in offers],
    }  # fmt: skip
    return show(request, "portal/standby.html", context)


@require_POST
@known
def join(request: HttpRequest) -> HttpResponse:
    person = _me(request)
    item = StandbyJoin(
        act=reading.act(request.POST["act"]), occurred_at=clock.now(), dated_here=True, person_id=person,
        campaign=campaign_of(request).code, km=reading.number(request.POST["km"]),
    )  # fmt: skip
    done = services.standby_join.one(session.public_actor(person), item)
    say(request, "stop" if done.refusal else "normal", done.refusal or Refusal("STANDBY_JOINED"))
    return redirect("my_standby")


@require_POST
@known
def leave(request: HttpRequest) -> HttpResponse:
    person = _me(request)
    item = StandbyLeave(
        act=reading.act(request.POST["act"]), occurred_at=clock.now(), dated_here=True, person_id=person,
        campaign=campaign_of(request).code,
    )  # fmt: skip
    done = services.standby_leave.one(session.public_actor(person), item)
    say(request, "stop" if done.refusal else "normal", done.refusal or Refusal("STANDBY_LEFT"))
    return redirect("my_standby")
