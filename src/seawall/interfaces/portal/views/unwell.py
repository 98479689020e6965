"""Unwell after the vaccine? What is usual, what to do, and a report that reaches those who follow it up."""

from datetime import datetime, time, timedelta
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from seawall.interfaces import reading
from seawall.interfaces.portal import session
from seawall.interfaces.portal.page import say, show
from seawall.interfaces.portal.session import proven
from seawall.platform import clock
from seawall.safety import boards, services
from seawall.terms.acts import Refusal
from seawall.terms.visits import EventRecord

HOURS = range(24)


@proven
def unwell(request: HttpRequest) -> HttpResponse:
    """For oneself or somebody of the family; a press is a case with its number, and its clock runs."""
    person = session.chosen(request)
    page = boards.unwell(person)
    why = None
    if request.method == "POST":
        done = services.event_record.one(session.public_actor(person), _event(request, person, page))
        if done.done:
            say(request, "normal", Refusal("REACTION_REPORTED", {"case_code": str(done.answer["case_code"])}))
            return redirect("unwell")
        why = done.refusal
    now = clock.now().astimezone(clock.zone())
    context = {
        "page": page, "why": why, "act": uuid4(), "hours": HOURS, "hour": request.POST.get("hour", str(now.hour)),
        "kept": {name: request.POST.get(name, "") for name in ("kind", "day", "serious")},
        "whose": session.whose(request), "who": session.place(request),
    }  # fmt: skip
    return show(request, "portal/unwell.html", context, 422 if why else 200)


def _event(request: HttpRequest, person: int, page: boards.UnwellPage) -> EventRecord:
    told = request.POST
    dose = next((row for row in page.doses if str(row.visit) == told.get("visit")), None)
    onset = datetime.combine(reading.day(told.get("day", "")), time(_hour(told.get("hour", ""))), clock.zone())
    if dose and onset < dose.given_at < onset + timedelta(hours=1):
        onset = dose.given_at  # told to the hour
    return EventRecord(
        act=reading.act(told.get("act", "")), occurred_at=clock.now(), dated_here=True, person_id=person,
        site_id=dose.site_id if dose else None, visit=UUID(str(dose.visit)) if dose else None,
        kind=told.get("kind", "")[:24], onset_at=onset, serious=told.get("serious") == "1", reporter_post_id=0,
    )  # fmt: skip


def _hour(text: str) -> int:
    return min(reading.number(text), max(HOURS))
