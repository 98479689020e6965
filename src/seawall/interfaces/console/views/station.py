"""The stations of a site: arrival, screening, injection, observation. One scan, one answer, one act."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse as reverse_url
from django.views.decorators.http import require_POST

from seawall.clinic import boards
from seawall.clinic import services as clinic
from seawall.clinic.boards.calling import calling_screen
from seawall.interfaces import reading
from seawall.interfaces.campaign import campaign_of
from seawall.interfaces.console.door import ActorRequest, door
from seawall.interfaces.console.forms import do, filled
from seawall.interfaces.console.page import flash, outcome, show
from seawall.platform import access, clock
from seawall.safety import services as safety
from seawall.safety.boards import ObservationPage, observation
from seawall.supply import selectors as supply
from seawall.terms.acts import Outcome, Refusal, Refused
from seawall.terms.codes import ScreeningOutcome
from seawall.terms.names import Name
from seawall.terms.visits import (
    Arrival,
    ConsentGiven,
    ConsentRecord,
    DoseGive,
    EventRecord,
    EventStep,
    ObservationEnd,
    ScreeningRecord,
)

from .site import own_site

STATIONS = ("arrival", "screening", "injection", "observation")
FIRST_STATION = {
    "SCREENER": "screening",
    "VACCINATOR": "injection",
    "STATION_NURSE": "injection",
    "OBSERVER": "observation",
    "EMERGENCY_CLINICIAN": "observation",
}
CALLS = ("screening", "injection")
NOTHING: Mapping[str, Any] = dict.fromkeys(
    ("agreed", "arm", "called", "celsius", "kind", "onset", "outcome", "override", "reason", "recheck", "serious")
    + ("signer", "signer_post", "treatment"),
    "",
)
"""What the forms of the stations hold before anything was typed."""


@door("see:station")
def mine(request: ActorRequest) -> HttpResponse:
    """Everybody lands at the own station; who receives people, at the door; who is on the road, at the round."""
    site_id = own_site(request.actor)
    if site_id is None:
        return show(request, "console/no_unit.html", {})
    if access.may(request.actor, "see:round") and boards.drives_today(site_id):
        return redirect("round", site_id=site_id)
    return redirect("station", site_id=site_id, station=FIRST_STATION.get(request.actor.role, "arrival"))


@door("see:station")
def station(request: ActorRequest, site_id: int, station: str) -> HttpResponse:
    if station not in STATIONS:
        raise Http404
    if not access.sees_site(request.actor, site_id):
        raise Refused("OUT_OF_AREA")
    access.require(request.actor, f"see:{station}")
    if request.method == "POST":
        return ACTS[station](request, site_id)
    return _page(request, site_id, station, request.GET)


def _page(
    request: ActorRequest,
    site_id: int,
    station: str,
    asked: Mapping[str, Any],
    kept: Mapping[str, Any] = NOTHING,
    refusal: Refusal | None = None,
) -> HttpResponse:
    """A station as asked for; after a refusal with everything that the form held."""
    page = PAGES[station](request, site_id, asked)
    mine = [code for code in STATIONS if access.may(request.actor, f"see:{code}")]
    context = {"page": page, "station": station, "stations": mine, "section": "station_mine", "act": uuid4()}
    context["asked_at"] = clock.now().isoformat()
    context |= {
        "kept": {**NOTHING, **{key: kept[key] for key in kept}},
        "stopped": refusal,
        "asked": asked,
        "by_hand": bool(asked.get("typed")),
        "desk": request.session.get("desk", ""),
        "may_go_offline": access.may(request.actor, "tablet_enrol"),
        "may_call_back": access.may(request.actor, "unseen_reach"),
        "calls": station in CALLS and access.may(request.actor, "visit_call"),
    }
    return show(request, f"console/{station}.html", context | EXTRAS[station](request, page, kept))


def _visit(asked: Mapping[str, Any]) -> UUID | None:
    """Whose visit is asked for: called to the desk, unwell, or leaving early."""
    visit = asked.get("visit") or asked.get("unwell") or asked.get("early")
    return UUID(visit) if visit else None


def _arrival(request: ActorRequest, site_id: int, asked: Mapping[str, Any]) -> boards.ArrivalPage:
    query, booked = request.GET.get("q", "").strip(), request.GET.get("booked")
    listed = bool(request.GET.get("list"))
    return boards.arrival(
        request.actor, campaign_of(request), site_id, query, UUID(booked) if booked else None, listed=listed
    )


def _screening(request: ActorRequest, site_id: int, asked: Mapping[str, Any]) -> boards.ScreeningPage:
    return boards.screening(request.actor, site_id, _visit(asked))


def _injection(request: ActorRequest, site_id: int, asked: Mapping[str, Any]) -> boards.InjectionPage:
    return boards.injection(request.actor, site_id, _visit(asked), asked.get("code", "").strip())


def _observation(request: ActorRequest, site_id: int, asked: Mapping[str, Any]) -> ObservationPage:
    return observation(request.actor, site_id, _visit(asked))


PAGES: Mapping[str, Callable[[ActorRequest, int, Mapping[str, Any]], Any]] = {
    "arrival": _arrival,
    "screening": _screening,
    "injection": _injection,
    "observation": _observation,
}
Extra = dict[str, Any]


def _looked_up(request: ActorRequest, page: boards.ArrivalPage, kept: Mapping[str, Any]) -> Extra:
    return {"query": request.GET.get("q", "").strip(), "ticket": request.GET.get("ticket", "")}


def _answered(request: ActorRequest, page: boards.ScreeningPage, kept: Mapping[str, Any]) -> Extra:
    """Each question with the answer that a refused form held."""
    if page.inquiry is None:
        return {}
    answers = [(q, kept.get(f"q_{q.code}", "")) for q in page.inquiry.questions]
    return {"questions": answers, "signers": page.inquiry.hands.posts}


def _signers(request: ActorRequest, page: boards.InjectionPage, kept: Mapping[str, Any]) -> Extra:
    if page.decision is None:
        may = access.may(request.actor, "dose_waste")
        return {"waste_reasons": {code: Name(*said) for code, said in supply.waste_reasons().items()} if may else {}}
    return {"signers": page.decision.hands.posts, "barred": page.decision.hands.barred}


def _seated(request: ActorRequest, page: ObservationPage, kept: Mapping[str, Any]) -> Extra:
    asked = request.GET.get("unwell") or kept.get("visit") if kept.get("do") != "leave" else None
    early = request.GET.get("early")
    return {
        "early": next((row for row in page.room.people if str(row.visit) == early), None),
        "unwell": next((row for row in page.room.people if str(row.visit) == asked), None),
    }


EXTRAS: Mapping[str, Callable[[ActorRequest, Any, Mapping[str, Any]], Extra]] = {
    "arrival": _looked_up,
    "screening": _answered,
    "injection": _signers,
    "observation": _seated,
}


def _back(site_id: int, station: str, query: str = "") -> HttpResponse:
    response = redirect("station", site_id=site_id, station=station)
    response["Location"] += query
    return response


def _arrive(request: ActorRequest, site_id: int) -> HttpResponse:
    data = request.POST
    second = data.get("second")
    item = Arrival(
        act=UUID(data["act"]),
        occurred_at=clock.now(),
        dated_here=True,
        site_id=site_id,
        person_id=int(data["person"]),
        campaign=data["campaign"],
        appointment=UUID(data["appointment"]) if data.get("appointment") else None,
        identity=data["identity"],
        second_person_post_id=int(second) if second else None,
    )
    done = clinic.visit_arrive(request.actor, [item])
    if not outcome(request, done, "VISIT_ARRIVED"):
        return _back(site_id, "arrival")
    return _back(site_id, "arrival", f"?ticket={done[0].answer.get('ticket', '')}")


def _screen(request: ActorRequest, site_id: int) -> HttpResponse:
    """The inquiry with the consent, in one act; or the consent alone where only that is missing."""
    data = request.POST
    act = _consent_alone if data["outcome"] == "consent" else _inquiry
    done = act(request, site_id)
    if done.refusal:
        return _page(request, site_id, "screening", data, data, done.refusal)
    outcome(request, done, "SCREENING_RECORDED")
    return _back(site_id, "screening")


def _inquiry(request: ActorRequest, site_id: int) -> Outcome:
    data = request.POST
    result = ScreeningOutcome(data["outcome"])
    answers = {key[2:]: value for key, value in data.items() if key.startswith("q_") and value in {"yes", "no"}}
    found = [code for code, value in answers.items() if value == "yes"]
    if result is not ScreeningOutcome.RECOMMENDED and data.get("reason"):
        found = [data["reason"], *(code for code in found if code != data["reason"])]
    item = ScreeningRecord(
        act=UUID(data["act"]),
        occurred_at=clock.now(),
        dated_here=True,
        site_id=site_id,
        visit=UUID(data["visit"]),
        clinician_post_id=int(data["signer_post"]),
        outcome=result,
        celsius=float(data["celsius"]) if data.get("celsius") else None,
        findings=tuple(found),
        recheck_on=date.fromisoformat(data["recheck"]) if data.get("recheck") else None,
        answered=frozenset(answers),
        consent=_consent(request) if "agreed" in data else None,
    )
    return clinic.screening_record(request.actor, [item])[0]


def _consent(request: ActorRequest) -> ConsentGiven:
    data = request.POST
    return ConsentGiven(
        version=data["version"],
        language=request.actor.language,
        signer=data.get("signer", "self"),
        agreed=data["agreed"] == "1",
    )


def _consent_alone(request: ActorRequest, site_id: int) -> Outcome:
    data, given = request.POST, _consent(request)
    item = ConsentRecord(
        act=UUID(data["act"]),
        occurred_at=clock.now(),
        dated_here=True,
        site_id=site_id,
        visit=UUID(data["visit"]),
        **asdict(given),
    )
    return clinic.consent_record(request.actor, [item])[0]


def _inject(request: ActorRequest, site_id: int) -> HttpResponse:
    data = request.POST
    item = DoseGive(
        act=UUID(data["act"]),
        occurred_at=clock.now(),
        dated_here=True,
        site_id=site_id,
        visit=UUID(data["visit"]),
        code=data["code"],
        product=data["product"],
        arm=data.get("arm", ""),
        vaccinator_post_id=int(data["signer_post"]),
        checks=frozenset(data.getlist("check")),
        override_reason=data.get("override", ""),
        typed=bool(data.get("typed")),
    )
    (done,) = clinic.dose_give(request.actor, [item])
    if done.refusal:
        return _page(request, site_id, "injection", data, data, done.refusal)
    following = done.answer.get("next_on")
    flash(
        request, "done", "DOSE_GIVEN_NEXT" if following else "DOSE_GIVEN", until=done.answer["until"], next_on=following
    )
    return _back(site_id, "injection")


def _observe(request: ActorRequest, site_id: int) -> HttpResponse:
    """Lets a person go, records a suspected reaction, whose clock then runs, or ends the emergency of one."""
    data = request.POST
    if data.get("do") == "event":
        (done,) = safety.event_record(request.actor, [_event(request, site_id)])
        if done.refusal:
            return _page(request, site_id, "observation", {"unwell": data["visit"]}, data, done.refusal)
        outcome(request, done, "EVENT_RECORDED")
    elif data.get("do") == "release":
        step = EventStep(
            act=UUID(data["act"]), occurred_at=clock.now(), dated_here=True, person_id=int(data["person"]),
            event=UUID(data["event"]), step="OUTCOME",
        )  # fmt: skip
        outcome(request, safety.event_step(request.actor, [step]), "SEAT_RELEASED")
    else:
        end = ObservationEnd(
            act=UUID(data["act"]),
            occurred_at=clock.now(),
            dated_here=True,
            site_id=site_id,
            visit=UUID(data["visit"]),
            doctor_post_id=request.actor.post_id,
            early_reason=data.get("early_reason", ""),
        )
        outcome(request, clinic.observation_end(request.actor, [end]), "OBSERVATION_ENDED")
    return _back(site_id, "observation")


def _event(request: ActorRequest, site_id: int) -> EventRecord:
    data = request.POST
    return EventRecord(
        act=UUID(data["act"]),
        occurred_at=clock.now(),
        dated_here=True,
        person_id=int(data["person"]),
        site_id=site_id,
        visit=UUID(data["visit"]),
        kind=data["kind"],
        onset_at=_nearest(time.fromisoformat(data["onset"]), reading.moment(data["asked_at"])),
        serious=data["serious"] == "1",
        reporter_post_id=request.actor.post_id,
        treatment=data["treatment"],
        called=data["called"],
    )


def _nearest(hour: time, to: datetime) -> datetime:
    """An hour and minute as they were nearest to when the form was asked for: a press sent again after midnight means the same."""
    day = clock.civil_day(to)
    near = (datetime.combine(day + timedelta(days=n), hour, clock.zone()) for n in (-1, 0, 1))
    return min(near, key=lambda moment: abs(moment - to))


@require_POST
@door("visit_leave")
def leave(request: ActorRequest, site_id: int) -> HttpResponse:
    """Whoever stands at a desk, or does not answer the call, goes without a dose; the desk comes back for the next ticket."""
    data = request.POST
    station = data["station"] if data["station"] in STATIONS else "arrival"
    do(request, clinic.visit_leave, [filled(clinic.visit_leave, data, site_id=site_id)], "VISIT_LEFT")
    return _back(site_id, station)


@require_POST
@door("unseen_reach")
def call_back(request: ActorRequest, site_id: int) -> HttpResponse:
    """Somebody who left the observation unseen was called."""
    do(request, clinic.unseen_reach, [filled(clinic.unseen_reach, request.POST, site_id=site_id)], "UNSEEN_CALLED")
    return _back(site_id, "observation")


@require_POST
@door("visit_call")
def call(request: ActorRequest, site_id: int) -> HttpResponse:
    """The desk of this device is asked once; it stays with the session."""
    data = request.POST
    station = data["station"] if data["station"] in STATIONS else "screening"
    if "desk" in data:
        request.session["desk"] = data["desk"].strip()[:8]
    row = filled(clinic.visit_call, data, site_id=site_id, desk=request.session.get("desk", ""))
    if do(request, clinic.visit_call, [row], "TICKET_CALLED"):
        return redirect(reverse_url("station", args=(site_id, station)) + f"?visit={data['visit']}")
    return _back(site_id, station)


@door("see:station")
def calling(request: ActorRequest, site_id: int) -> HttpResponse:
    """The screen on the wall of the hall."""
    return show(request, "console/calling.html", {"page": calling_screen(request.actor, site_id)})


@require_POST
@door("dose_reverse")
def reverse(request: ActorRequest, site_id: int) -> HttpResponse:
    """The dose recorded a moment ago was not given after all; the visit waits for it again."""
    do(request, clinic.dose_reverse, [filled(clinic.dose_reverse, request.POST, site_id=site_id)], "DOSE_REVERSED")
    return _back(site_id, "injection")


ACTS = {"arrival": _arrive, "screening": _screen, "injection": _inject, "observation": _observe}
