"""Booking for several: a parent, a child, a family at one place and time, each proven by their own document."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4, uuid5

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from seawall.booking import selectors as booking
from seawall.booking import services as bookings
from seawall.clinic import boards as clinic
from seawall.interfaces import reading
from seawall.interfaces.campaign import campaign_of
from seawall.interfaces.portal import session
from seawall.interfaces.portal.page import say, show
from seawall.interfaces.portal.room import in_turn
from seawall.interfaces.portal.session import known
from seawall.people import selectors as people
from seawall.platform import clock
from seawall.terms.acts import Refusal
from seawall.terms.visits import AppointmentBook, AppointmentChange

from .book import refused
from .enter import BIRTH, No, asks, by_birth, ways

LEFT_OUT = "left_out"


@known
def family(request: HttpRequest) -> HttpResponse:
    """Who comes, what each may book today, and the seats that they have."""
    return _family(request)


@require_POST
@known
def add(request: HttpRequest) -> HttpResponse:
    """One more, asked like oneself; the answer never tells whether a person exists."""
    number = request.POST.get("number", "").strip()
    kept = {"number": number, "birth": reading.birth_parts(request.POST)}
    if request.POST.get("way") != BIRTH:
        no = asks(request, number, other=True)
        return no.told(_family(request, no.why, kept, no.status)) if no else redirect("entry_code")
    found = by_birth(request)
    if isinstance(found, No):
        return found.told(_family(request, found.why, kept, found.status))
    if not session.join(request, found):
        return _family(request, Refusal("FAMILY_FULL", {"most": session.MOST_OTHERS}), kept, 422)
    return redirect("family")


@require_POST
@known
def choose(request: HttpRequest) -> HttpResponse:
    """Who of them comes; then a place and a time for all."""
    chosen = {n for text in request.POST.getlist("who") if (n := reading.number_or_none(text))}
    if not chosen & set(session.family(request)):
        return _family(request, Refusal("FAMILY_NOBODY"), {}, 422)
    session.choose(request, chosen)
    return redirect("when")


@require_POST
@in_turn
@known
def hold(request: HttpRequest) -> HttpResponse:
    """A seat for each at one quarter-hour, kept ten minutes; who cannot have one is named, and the others keep theirs."""
    party, act = session.together(request), reading.act(request.POST["act"])
    if not party:
        return redirect("family")
    site_id, starts_at = reading.number(request.POST["site"]), reading.moment(request.POST["starts_at"])
    items = [
        AppointmentBook(
            act=uuid5(act, str(person)), occurred_at=clock.now(), dated_here=True, person_id=person,
            campaign=campaign_of(request).code, site_id=site_id, starts_at=starts_at, hold=True,
        )
        for person in party
    ]  # fmt: skip
    done = bookings.appointment_book(session.public_actor(*party), items)
    if not any(outcome.done for outcome in done):
        return refused(request, done[0], f"when?site={site_id}&day={clock.civil_day(starts_at):%Y-%m-%d}")
    left = [
        [person, outcome.refusal.code, dict(outcome.refusal.params)]
        for person, outcome in zip(party, done, strict=True)
        if outcome.refusal
    ]
    request.session[LEFT_OUT] = {str(act): left}
    return redirect("family_confirm", together=act)


@in_turn
@known
def confirm(request: HttpRequest, together: UUID) -> HttpResponse:
    """The seats of all at once: the summary, then the booking."""
    if request.method == "POST":
        return _confirmed(request, together)
    members = clinic.family(session.family(request), campaign_of(request).code, clock.today())
    seats = [(member, seat) for member in members if (seat := _seat(member, together)) and seat.coming]
    if not seats:
        return redirect("family")
    context = {"seats": seats, "first": seats[0][1], "left_out": list(_left_out(request, together))}
    context |= {"minutes": booking.minutes_held(), "act": uuid4()}
    return show(request, "portal/family_confirm.html", context)


def _confirmed(request: HttpRequest, together: UUID) -> HttpResponse:
    """Each in the batch by an act of their own, so that the same press again gets the same answers."""
    act, persons = reading.act(request.POST["act"]), session.family(request)
    items = [
        AppointmentChange(
            act=uuid5(act, str(person)), occurred_at=clock.now(), dated_here=True, person_id=person,
            appointment=uuid5(together, str(person)),
        )
        for person in persons
        if booking.appointment(person, uuid5(together, str(person)))
    ]  # fmt: skip
    done = bookings.appointment_confirm(session.public_actor(*persons), items)
    why = next((outcome.refusal for outcome in done if outcome.refusal), None)
    say(request, "stop" if why else "normal", why or Refusal("FAMILY_BOOKED", {"count": len(items)}))
    session.choose(request, ())
    return redirect("family")


def _seat(member: clinic.FamilyMember, together: UUID) -> clinic.OwnAppointment | None:
    return member.appointment(uuid5(together, str(member.person_id)))


def _left_out(request: HttpRequest, together: UUID) -> Iterator[tuple[str, Refusal]]:
    """Who of those that were to come together has no seat, and why."""
    for person, code, params in request.session.get(LEFT_OUT, {}).get(str(together), ()):
        yield people.masked(person), Refusal(code, params)


def _family(
    request: HttpRequest, why: Refusal | None = None, kept: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    persons = session.family(request)
    members = [
        (member, [(seat, uuid4()) for seat in member.coming])
        for member in clinic.family(persons, campaign_of(request).code, clock.today())
    ]
    context = {"members": members, "chosen": session.together(request) or persons, "me": persons[0], "why": why}
    return show(
        request,
        "portal/family.html",
        context | {"number": "", "birth": reading.birth_parts({}), "ways": ways(), "act": uuid4()} | (kept or {}),
        status,
    )
