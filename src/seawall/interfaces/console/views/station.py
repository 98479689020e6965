"""The stations of a site: arrival, screening, injection, observation. One scan, one answer, one act."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from seawall.clinic import selectors as clinic_selectors
from seawall.clinic import services as clinic
from seawall.command import selectors as command
from seawall.interfaces.console.door import ActorRequest, door
from seawall.interfaces.console.page import outcome, show
from seawall.platform import access, clock
from seawall.reports import selectors as reports
from seawall.safety import services as safety
from seawall.staff import selectors as staff
from seawall.staff.selectors import PostRow
from seawall.terms.actor import Actor
from seawall.terms.acts import Outcome, Refused
from seawall.terms.codes import ScreeningOutcome, VisitState
from seawall.terms.visits import Arrival, ConsentRecord, DoseGive, EventRecord, ObservationEnd, ScreeningRecord

from .site import own_site

STATIONS = ("arrival", "screening", "injection", "observation")
FIRST_STATION = {"VACCINATOR": "injection", "OBSERVER": "observation", "SCREENER": "screening"}
READY = frozenset({"due", "overdue"})
AT_DESK, DESK = "at_desk", 30  # whom this desk looked up last: nobody else takes a ticket without a booking


@door("see:station")
def mine(request: ActorRequest) -> HttpResponse:
    site_id = own_site(request.actor)
    station = FIRST_STATION.get(request.actor.role)
    if site_id is None:
        return show(request, "console/no_unit.html", {})
    return redirect("station", site_id=site_id, station=station or "arrival")


@door("see:station")
def station(request: ActorRequest, site_id: int, station: str) -> HttpResponse:
    if station not in STATIONS:
        raise Http404
    if not access.sees_site(request.actor, site_id):
        raise Refused("OUT_OF_AREA")
    if request.method == "POST":
        return ACTS[station](request, site_id)
    asked = request.GET.get("visit") or request.GET.get("unwell")
    code = request.GET.get("code", "").strip()
    page = command.station(request.actor, site_id, station, UUID(asked) if asked else None, code)
    context = {"page": page, "station": station, "stations": STATIONS, "section": "station_mine"}
    context |= {"act": uuid4(), "consent_act": uuid4()} | EXTRAS[station](request, site_id, page)
    return show(request, f"console/{station}.html", context)


def _looked_up(request: ActorRequest, site_id: int, page: dict[str, Any]) -> dict[str, Any]:
    query = request.GET.get("q", "").strip()
    found = command.find_arrival(request.actor, site_id, query) if query else None
    for row in found["candidates"] if found else ():
        row["act"] = uuid4()
        row["answer"] = "normal" if row["due"]["status"] in READY else "attention"
    if found:
        before = request.session.get(AT_DESK, [])
        request.session[AT_DESK] = [*(row["person_id"] for row in found["candidates"]), *before][:DESK]
    return {"found": found, "query": query, "ticket": request.GET.get("ticket")}


def _seated(request: ActorRequest, site_id: int, page: dict[str, Any]) -> dict[str, Any]:
    for row in page["people"]:
        row["act"] = uuid4()
    asked = request.GET.get("unwell")
    asked_early = request.GET.get("early")
    early = next((row for row in page["people"] if str(row["visit"]) == asked_early), None)
    leavings = list(clinic_selectors.leavings().values()) if early else []
    return {
        "early": early,
        "leavings": leavings,
        "unwell": next((row for row in page["people"] if str(row["visit"]) == asked), None),
    }


def on_duty(actor: Actor, site_id: int, role: str) -> list[PostRow]:
    """Who may sign for this step: one's own post if certified, then the site's posts of the role."""
    today, programme = clock.today(), reports.frame()["campaign"]["programme"]
    rows = staff.posts(role=role, site_id=site_id)
    own = staff.post(actor.post_id)
    rows = [own, *(row for row in rows if row.post_id != own.post_id)] if own else rows
    certified = staff.certified([row.post_id for row in rows], today, programme)
    return [row for row in rows if row.post_id in certified]


def _signer(request: ActorRequest, site_id: int, role: str) -> int:
    """The post that signs, if it is on duty here."""
    asked = int(request.POST["signer_post"])
    if asked not in {row.post_id for row in on_duty(request.actor, site_id, role)}:
        raise Refused("SIGNER_NOT_ON_DUTY", post=asked)
    return asked


def _screeners(request: ActorRequest, site_id: int, page: dict[str, Any]) -> dict[str, Any]:
    return {"signers": on_duty(request.actor, site_id, "SCREENER")}


def _vaccinators(request: ActorRequest, site_id: int, page: dict[str, Any]) -> dict[str, Any]:
    pack, person = page.get("pack"), page.get("person")
    before = person["history"][-1]["product"] if person and person["history"] else None
    switched = bool(pack and before and before != pack["product"])
    return {"signers": on_duty(request.actor, site_id, "VACCINATOR"), "switched": switched}


EXTRAS = {"arrival": _looked_up, "screening": _screeners, "injection": _vaccinators, "observation": _seated}


def _back(site_id: int, station: str, query: str = "") -> HttpResponse:
    response = redirect("station", site_id=site_id, station=station)
    response["Location"] += query
    return response


def _arrive(request: ActorRequest, site_id: int) -> HttpResponse:
    data = request.POST
    if not data.get("appointment") and int(data["person"]) not in request.session.get(AT_DESK, []):
        raise Refused("NOBODY_FOUND")
    item = Arrival(
        act=UUID(data["act"]),
        occurred_at=clock.now(),
        site_id=site_id,
        person_id=int(data["person"]),
        campaign=reports.frame()["campaign"]["code"],
        appointment=UUID(data["appointment"]) if data.get("appointment") else None,
    )
    done = clinic.visit_arrive(request.actor, [item])
    if not outcome(request, done, "VISIT_ARRIVED"):
        return _back(site_id, "arrival")
    return _back(site_id, "arrival", f"?ticket={done[0].answer.get('ticket', '')}")


def _screen(request: ActorRequest, site_id: int) -> HttpResponse:
    """Records the inquiry; where vaccination is recommended and agreed to, the consent with it."""
    data, visit, now = request.POST, UUID(request.POST["visit"]), clock.now()
    findings = tuple(key[2:] for key, value in data.items() if key.startswith("q_") and value == "yes")
    screening = ScreeningRecord(
        act=UUID(data["act"]),
        occurred_at=now,
        site_id=site_id,
        visit=visit,
        clinician_post_id=_signer(request, site_id, "SCREENER"),
        outcome=ScreeningOutcome(data["outcome"]),
        celsius=float(data["celsius"]) if data.get("celsius") else None,
        findings=findings,
        recheck_on=date.fromisoformat(data["recheck"]) if data.get("recheck") else None,
    )
    done: list[Outcome] = clinic.screening_record(request.actor, [screening])
    recommended = data["outcome"] == ScreeningOutcome.RECOMMENDED
    if recommended and _asked_already(done[0]):
        done = []
    if recommended and all(row.done for row in done):
        consent = ConsentRecord(
            act=UUID(data["consent_act"]),
            occurred_at=now,
            site_id=site_id,
            visit=visit,
            version=data["version"],
            language=request.actor.language,
            signer=data.get("signer", "self"),
            agreed=data.get("agreed") == "1",
        )
        done += clinic.consent_record(request.actor, [consent])
    outcome(request, done, "SCREENING_RECORDED")
    return _back(site_id, "screening")


def _asked_already(outcome: Outcome) -> bool:
    """The inquiry stands; only the consent is still missing."""
    why = outcome.refusal
    return why is not None and why.code == "VISIT_NOT_READY" and why.params["state"] == VisitState.SCREENED


def _inject(request: ActorRequest, site_id: int) -> HttpResponse:
    data = request.POST
    item = DoseGive(
        act=UUID(data["act"]),
        occurred_at=clock.now(),
        site_id=site_id,
        visit=UUID(data["visit"]),
        code=data["code"],
        product=data["product"],
        arm=data.get("arm", "L"),
        vaccinator_post_id=_signer(request, site_id, "VACCINATOR"),
        checks=frozenset(data.getlist("check")),
        override_reason=data.get("override", ""),
    )
    if outcome(request, clinic.dose_give(request.actor, [item]), "DOSE_GIVEN"):
        return _back(site_id, "injection")
    return _back(site_id, "injection", f"?visit={data['visit']}")


def _observe(request: ActorRequest, site_id: int) -> HttpResponse:
    """Lets a person go, or records a suspected reaction, whose clock then runs."""
    data, now = request.POST, clock.now()
    if data.get("do") == "event":
        event = EventRecord(
            act=UUID(data["act"]),
            occurred_at=now,
            person_id=int(data["person"]),
            site_id=site_id,
            visit=UUID(data["visit"]),
            kind=data["kind"],
            onset_at=now,
            serious=data.get("serious") == "1",
            reporter_post_id=request.actor.post_id,
        )
        outcome(request, safety.event_record(request.actor, [event]), "EVENT_RECORDED")
    else:
        end = ObservationEnd(
            act=UUID(data["act"]),
            occurred_at=now,
            site_id=site_id,
            visit=UUID(data["visit"]),
            doctor_post_id=request.actor.post_id,
            early_reason=data.get("early_reason", ""),
        )
        outcome(request, clinic.observation_end(request.actor, [end]), "OBSERVATION_ENDED")
    return _back(site_id, "observation")


ACTS = {"arrival": _arrive, "screening": _screen, "injection": _inject, "observation": _observe}
