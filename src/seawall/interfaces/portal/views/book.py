"""Booking: when, confirm, change. A seat is kept ten minutes; pressing twice gives one booking."""

from datetime import timedelta
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from seawall.booking import selectors as booking
from seawall.booking import services as bookings
from seawall.campaigns.selectors import CampaignRow
from seawall.clinic import boards as clinic
from seawall.interfaces import choices, reading
from seawall.interfaces.campaign import address_within, campaign_named, campaign_of
from seawall.interfaces.portal import listed, session
from seawall.interfaces.portal.page import say, show
from seawall.interfaces.portal.room import in_turn
from seawall.interfaces.portal.session import known
from seawall.people.boards import looks_at
from seawall.platform import clock
from seawall.sites.boards import near
from seawall.terms.acts import Outcome, Refusal
from seawall.terms.bookings import AppointmentMove
from seawall.terms.visits import AppointmentBook, AppointmentChange

DAYS_SHOWN = 7
WHEN = "/book/when"


@in_turn
@known
def when(request: HttpRequest) -> HttpResponse:
    """Step 2: a place, a day, a quarter-hour."""
    person_id = _me(request)
    today = clock.today()
    site_id = reading.number_or_none(request.GET.get("site", "")) or near.nearest_site(person_id)
    places = listed.sites().sites
    asked = reading.day_or_none(request.GET.get("day", ""))
    change = reading.act(request.GET["change"]) if request.GET.get("change") else None
    campaign, party = _campaign(request, person_id, change), () if change else session.together(request)
    product = "" if change or party else request.GET.get("product", "")
    day = asked or clinic.first_day(person_id, campaign, site_id, DAYS_SHOWN, product) or today
    together = clinic.family(party, campaign.code, day) if party else ()
    able = sum(member.refusal is None for member in together)
    page = clinic.seats_for(person_id, campaign, site_id, day, max(1, able), product)
    site = next((row for row in places if row.site_id == site_id), None)
    around = [row for row in places if row is site or (site and site.unit and row.unit == site.unit)]
    context = {
        "page": page,
        "places": around or places,
        "site_id": site_id,
        "site": site,
        "change": change,
        "together": together,
        "open": bool(able) if party else page.due.open or change,
        "day": day,
        "days": [today + timedelta(days=n) for n in range(DAYS_SHOWN)],
        "act": uuid4(),
    }
    return show(request, "portal/when.html", context)


def _campaign(request: HttpRequest, person_id: int, change: UUID | None) -> CampaignRow:
    """That of the appointment to be changed, else that of the address."""
    had = booking.appointment(person_id, change) if change else None
    return campaign_named(had.campaign) if had else campaign_of(request)


@require_POST
@in_turn
@known
def hold(request: HttpRequest) -> HttpResponse:
    """Keeps the seat for ten minutes and shows what is to be confirmed."""
    person_id, site_id = _me(request), reading.number(request.POST["site"])
    starts_at = reading.moment(request.POST["starts_at"])
    item = AppointmentBook(
        act=reading.act(request.POST["act"]),
        occurred_at=clock.now(),
        dated_here=True,
        person_id=person_id,
        campaign=campaign_of(request).code,
        site_id=site_id,
        starts_at=starts_at,
        hold=True,
        product=request.POST.get("product", ""),
    )
    done = bookings.book_grouped.one(session.public_actor(person_id), item)
    if not done.done:
        return refused(request, done, f"when?site={site_id}&day={starts_at.astimezone(clock.zone()):%Y-%m-%d}")
    return redirect("confirm", appointment=item.act)


@in_turn
@known
def confirm(request: HttpRequest, appointment: UUID) -> HttpResponse:
    """Step 3: the summary, then the booking."""
    person_id = _me(request)
    if request.method == "POST":
        change = _change(request, person_id, appointment)
        done = bookings.confirm_grouped.one(session.public_actor(person_id), change)
        if not done.done:
            return refused(request, done, "when")
        say(request, "normal", Refusal("APPOINTMENT_BOOKED"))
        return redirect("record")
    page = clinic.record(person_id)
    mine = page.appointment(appointment)
    if mine is None:
        return redirect("record")
    return show(
        request, "portal/confirm.html", {"page": page, "mine": mine, "minutes": booking.minutes_held(), "act": uuid4()}
    )


@known
def record(request: HttpRequest) -> HttpResponse:
    """What have I had, what next, where is my proof?"""
    page = clinic.record(_me(request))
    coming = [(row, uuid4()) for row in page.appointments if row.coming]
    booked = {row.campaign for row, _ in coming}
    ways = [
        (row, row.campaign and row.campaign not in booked and address_within(request, row.campaign, WHEN))
        for row in page.programmes
    ]
    return show(request, "portal/record.html", {"page": page, "coming": coming, "ways": ways})


@known
def looks(request: HttpRequest) -> HttpResponse:
    """Who looked at my record, and what for?"""
    person = session.person_of(request)
    rows = [(row, choices.word("Purpose", row.purpose)) for row in looks_at(person or 0) if row.purpose != "self"]
    return show(request, "portal/looks.html", {"rows": rows})


@known
def move(request: HttpRequest, appointment: UUID) -> HttpResponse:
    """改期: the new time beside the old one, then the change; whoever cannot have the new seat keeps the old."""
    person_id, told = _me(request), request.POST if request.method == "POST" else request.GET
    site_id, starts_at = reading.number(told["site"]), reading.moment(told["starts_at"])
    if request.method == "POST":
        item = AppointmentMove(
            act=reading.act(told["act"]),
            occurred_at=clock.now(),
            dated_here=True,
            person_id=person_id,
            appointment=appointment,
            site_id=site_id,
            starts_at=starts_at,
        )
        done = bookings.appointment_move(session.public_actor(person_id), [item])[0]
        if not done.done:
            return refused(request, done, f"when?site={site_id}&change={appointment}")
        say(request, "normal", Refusal("APPOINTMENT_MOVED"))
        return redirect("record")
    mine = clinic.record(person_id).appointment(appointment)
    site = next(iter(near.public_sites(clock.today(), {site_id})), None)
    if mine is None or site is None:
        return redirect("record")
    context = {"mine": mine, "site": site, "starts_at": starts_at, "act": uuid4()}
    return show(request, "portal/move.html", context)


@require_POST
@known
def cancel(request: HttpRequest, appointment: UUID) -> HttpResponse:
    whose = reading.number_or_none(request.POST.get("person", ""))
    person_id = whose if whose and whose in session.family(request) else _me(request)
    done = bookings.appointment_cancel(session.public_actor(person_id), [_change(request, person_id, appointment)])[0]
    if done.refusal:
        say(request, "stop", done.refusal)
    else:
        say(request, "normal", Refusal("APPOINTMENT_CANCELLED"))
    return redirect("record" if person_id == _me(request) else "family")


def _me(request: HttpRequest) -> int:
    person_id = session.person_of(request)
    assert person_id is not None
    return person_id


def _change(request: HttpRequest, person_id: int, appointment: UUID) -> AppointmentChange:
    act = reading.act(request.POST["act"])
    return AppointmentChange(
        act=act, occurred_at=clock.now(), dated_here=True, person_id=person_id, appointment=appointment
    )


def refused(request: HttpRequest, done: Outcome, back: str) -> HttpResponse:
    assert done.refusal is not None
    say(request, "stop", done.refusal)
    name, _, query = back.partition("?")
    response = redirect(name)
    response["Location"] += f"?{query}" if query else ""
    return response
