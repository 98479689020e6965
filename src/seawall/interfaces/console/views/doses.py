"""Lines of a dose history by hand: given elsewhere with its proof, corrected with what it touches, entered from paper."""

from collections.abc import Mapping
from datetime import datetime, time
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect

from seawall.clinic import boards as clinic
from seawall.clinic import services as visits
from seawall.interfaces import reading
from seawall.interfaces.campaign import campaign_of
from seawall.interfaces.console.asking import Asked, ask
from seawall.interfaces.console.door import ActorRequest, door
from seawall.interfaces.console.page import flash
from seawall.people import boards, services
from seawall.people import selectors as people
from seawall.people.boards import Change
from seawall.platform import clock
from seawall.reports import boards as reports
from seawall.terms.acts import Outcome, Refusal, Refused
from seawall.terms.codes import DoseSource, Precision

from .persons import page

OUTSIDE = (DoseSource.ELSEWHERE, DoseSource.ABROAD, DoseSource.HISTORY)


@door("dose_record")
def elsewhere(request: ActorRequest, person_id: int) -> HttpResponse:
    programme = request.POST.get("programme") or request.GET.get("programme") or campaign_of(request).programme
    board = boards.elsewhere(request.actor, person_id, programme)
    asked: Asked | None = None
    if request.method == "POST":
        asked = _proven(request, board.person.person_id)
        if asked.refusal is None:
            flash(request, "done", "DOSE_RECORDED")
            return redirect("person", person_id=person_id)
    return page(request, "console/elsewhere.html", board, asked, sources=OUTSIDE)


def _proven(request: ActorRequest, person_id: int) -> Asked:
    """What several fields of the form say together: an unknown product or lot is none, a proof is its kind and number."""
    data = request.POST
    kind, number = data.get("proof", ""), data.get("proof_number", "").strip()
    if kind not in people.proofs():
        return Asked("record", Outcome(reading.act(data.get("act", "")), Refusal("PROOF_MISSING")))
    known = {"product": data.get("product") or None, "lot": data.get("lot", "").strip() or None}
    return ask(request, services.dose_record, person_id=person_id, evidence=f"{kind} {number}".strip()[:80], **known)


@door("dose_correct")
def correct(request: ActorRequest, person_id: int, act: UUID) -> HttpResponse:
    """First what a correction touches, then the correction: the second press does what the first one showed."""
    form = request.POST.get("do", "")
    change = _change(request.POST, act, form) if request.method == "POST" else None
    asked: Asked | None = None
    if form in {"correct", "withdraw"}:
        asked = _corrected(request, person_id, act, form)
        if asked.refusal is None:
            flash(request, "done", "DOSE_CORRECTED" if form == "correct" else "DOSE_WITHDRAWN")
            return redirect("person", person_id=person_id)
    board = reports.correcting(request.actor, person_id, act, change)
    return page(request, "console/correct.html", board, asked, asked_for=request.POST, change=change)


def _change(data: Mapping[str, str], act: UUID, form: str) -> Change:
    given_on, precision = reading.day(data.get("given_on", "")), data.get("precision", "day")
    if precision not in set(Precision) or form not in {"show", "show_withdraw", "correct", "withdraw"}:
        raise Refused(reading.UNREADABLE)
    return Change(str(act), given_on, precision, data.get("product") or None, form.endswith("withdraw"))


def _corrected(request: ActorRequest, person_id: int, act: UUID, form: str) -> Asked:
    """The new line keeps what the form does not ask: source, place and country of the one that it replaces."""
    board = boards.correction(request.actor, person_id, act)
    data, line = request.POST, board.line
    known = {
        "programme": board.programme.code, "source": line.source, "place_id": line.place_id, "country": board.country,
        "corrects": act, "withdrawn": form == "withdraw", "product": data.get("product") or None,
        "lot": data.get("lot", "").strip() or None, "evidence": data.get("evidence", "").strip()[:80],
    }  # fmt: skip
    return ask(request, services.dose_correct, person_id=board.person.person_id, **known)


@door("dose_enter")
def paper(request: ActorRequest) -> HttpResponse:
    """A dose that was given already: the hour is the paper's, not the moment of entry."""
    data = request.POST if request.method == "POST" else request.GET
    site, person = (reading.number_or_none(data.get(name, "")) for name in ("site_id", "person"))
    asked: Asked | None = None
    if request.method == "POST":
        asked = _entered(request)
        if asked.refusal is None:
            _said(request, str(asked.outcome.answer.get("incidents", "")))
            return redirect("paper")
    board = clinic.paper(request.actor, campaign_of(request), site, person, data.get("q", "").strip())
    return page(request, "console/paper.html", board, asked, wanted=data.get("q", ""), person=person)


def _entered(request: ActorRequest) -> Asked:
    data = request.POST
    day, hour = data.get("day", ""), data.get("hour", "")
    try:
        at = datetime.combine(reading.day(day), time.fromisoformat(hour), clock.zone())
    except ValueError as error:
        raise Refused(reading.UNREADABLE) from error
    checks = frozenset(data.getlist("check"))
    return ask(request, visits.dose_enter, occurred_at=at, dated_here=False, checks=checks)


def _said(request: ActorRequest, incidents: str) -> None:
    if incidents:
        flash(request, "done", "DOSE_ENTERED_INCIDENTS", count=len(incidents.split("|")))
    else:
        flash(request, "done", "DOSE_ENTERED")
