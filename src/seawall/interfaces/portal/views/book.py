"""Booking in three pages: who, when, confirm. A seat is kept ten minutes; pressing twice gives one booking."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from seawall.booking import services as bookings
from seawall.interfaces.portal import session
from seawall.interfaces.portal.page import say, show
from seawall.interfaces.portal.session import known
from seawall.people import selectors as people
from seawall.platform import clock
from seawall.reports import selectors as reports
from seawall.terms.acts import Outcome
from seawall.terms.visits import AppointmentBook, AppointmentChange

DAYS_SHOWN = 7
FEW = 3


def who(request: HttpRequest) -> HttpResponse:
    """Step 1: document number and birth date. The answer never tells whether a person exists."""
    if session.person_of(request) is not None:
        return redirect("when")
    if request.method != "POST":
        return show(request, "portal/who.html", {})
    refusal = session.too_often(request)
    number, birth = request.POST.get("number", "").strip(), _day(request.POST.get("birth", ""))
    person_id = people.identify(number, birth) if birth and number and not refusal else None
    if person_id is None:
        why = {"code": refusal.code, "params": dict(refusal.params)} if refusal else {"code": "PORTAL_NOT_FOUND"}
        return show(request, "portal/who.html", {"why": why, "number": number}, status=422)
    session.enter(request, person_id)
    return redirect("when")


@known
def when(request: HttpRequest) -> HttpResponse:
    """Step 2: a place, a day, a quarter-hour."""
    person_id = _me(request)
    today = clock.today()
    places = reports.public_sites(today)
    site_id = int(request.GET["site"]) if request.GET.get("site", "").isdigit() else reports.nearest_site(person_id)
    day = _day(request.GET.get("day", "")) or today
    page = reports.slots(person_id, site_id, day)
    context = {
        "page": page,
        "places": places,
        "site_id": site_id,
        "site": next((row for row in places if row["site_id"] == site_id), None),
        "day": day,
        "days": [today + timedelta(days=n) for n in range(DAYS_SHOWN)],
        "halves": _halves(page["slots"]),
        "act": uuid4(),
        "few": FEW,
    }
    return show(request, "portal/when.html", context)


def _halves(slots: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Morning and afternoon, each with its quarter-hours."""
    local = [row | {"hour": row["starts_at"].astimezone(clock.zone()).hour} for row in slots]
    halves = {"morning": [r for r in local if r["hour"] < 12], "afternoon": [r for r in local if r["hour"] >= 12]}
    return [{"half": half, "slots": rows} for half, rows in halves.items() if rows]


@require_POST
@known
def hold(request: HttpRequest) -> HttpResponse:
    """Keeps the seat for ten minutes and shows what is to be confirmed."""
    person_id, site_id = _me(request), int(request.POST["site"])
    starts_at = datetime.fromisoformat(request.POST["starts_at"])
    item = AppointmentBook(
        act=UUID(request.POST["act"]),
        occurred_at=clock.now(),
        person_id=person_id,
        campaign=reports.frame()["campaign"]["code"],
        site_id=site_id,
        starts_at=starts_at,
        hold=True,
    )
    done = bookings.appointment_book(session.public_actor(person_id), [item])[0]
    if not done.done:
        return _refused(request, done, f"when?site={site_id}&day={starts_at.astimezone(clock.zone()):%Y-%m-%d}")
    return redirect("confirm", appointment=item.act)


@known
def confirm(request: HttpRequest, appointment: UUID) -> HttpResponse:
    """Step 3: the summary, then the booking."""
    person_id = _me(request)
    if request.method == "POST":
        done = bookings.appointment_confirm(session.public_actor(person_id), [_change(request, person_id, appointment)])
        if not done[0].done:
            return _refused(request, done[0], "when")
        say(request, "normal", "APPOINTMENT_BOOKED")
        return redirect("record")
    page = reports.my_record(person_id)
    mine = next((row for row in page["appointments"] if str(row["appointment"]) == str(appointment)), None)
    if mine is None:
        return redirect("record")
    return show(request, "portal/confirm.html", {"page": page, "mine": mine, "act": uuid4()})


@known
def record(request: HttpRequest) -> HttpResponse:
    """What have I had, what next, where is my proof?"""
    page = reports.my_record(_me(request))
    coming = [row | {"act": uuid4()} for row in page["appointments"] if row["state"] in {"booked", "held"}]
    given = [row for row in page["doses"] if row["verdict"] in {"valid", "valid_by_grace"}]
    due = page["next"]
    steps = [n < len(given) for n in range(max(due.get("of") or 0, len(given)))]
    return show(request, "portal/record.html", {"page": page, "coming": coming, "steps": steps})


@require_POST
@known
def cancel(request: HttpRequest, appointment: UUID) -> HttpResponse:
    person_id = _me(request)
    done = bookings.appointment_cancel(session.public_actor(person_id), [_change(request, person_id, appointment)])[0]
    if done.refusal:
        say(request, "stop", done.refusal.code, done.refusal.params)
    else:
        say(request, "normal", "APPOINTMENT_CANCELLED")
    return redirect("record")


def _me(request: HttpRequest) -> int:
    person_id = session.person_of(request)
    assert person_id is not None
    return person_id


def _change(request: HttpRequest, person_id: int, appointment: UUID) -> AppointmentChange:
    act = UUID(request.POST["act"])
    return AppointmentChange(act=act, occurred_at=clock.now(), person_id=person_id, appointment=appointment)


def _refused(request: HttpRequest, done: Outcome, back: str) -> HttpResponse:
    assert done.refusal is not None
    say(request, "stop", done.refusal.code, done.refusal.params)
    name, _, query = back.partition("?")
    response = redirect(name)
    response["Location"] += f"?{query}" if query else ""
    return response


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
