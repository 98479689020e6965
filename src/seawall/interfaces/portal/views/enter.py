"""Who is it? A document number, then the code that reached its holder. The answer never tells whether a person exists."""

from dataclasses import dataclass
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from seawall.interfaces import guard, reading, words
from seawall.interfaces.portal import session
from seawall.interfaces.portal.page import refuse, show
from seawall.interfaces.portal.room import in_turn
from seawall.people import selectors as people
from seawall.people import services as entering
from seawall.platform import clock
from seawall.reference import selectors as reference
from seawall.terms.acts import Refusal

BIRTH = "birth"


@dataclass(frozen=True, slots=True)
class No:
    """Why somebody is not let in, and the seconds to wait where that is the reason."""

    why: Refusal
    status: int = 422
    wait: int = 0

    def told(self, answer: HttpResponse) -> HttpResponse:
        return guard.waits(answer, self.wait) if self.wait else answer


def ways() -> frozenset[str]:
    """How the city lets people in today."""
    return reference.portal_ways(reference.city(), clock.today())


@in_turn
def who(request: HttpRequest) -> HttpResponse:
    """The number, and by which way the code comes."""
    if session.sure(request) or (session.person_of(request) is not None and "next" not in request.GET):
        return onward(request)
    if request.method != "POST":
        return _who(request)
    number = request.POST.get("number", "").strip()
    if no := asks(request, number, other=False):
        return no.told(_who(request, number, no.why, no.status))
    return redirect(_with_next(request, "entry_code"))


def _who(request: HttpRequest, number: str = "", why: Refusal | None = None, status: int = 200) -> HttpResponse:
    context = {"number": number, "why": why, "ways": ways(), "act": uuid4(), "wanted": request.GET.get("next", "")}
    return show(request, "portal/who.html", context, status)


def asks(request: HttpRequest, number: str, *, other: bool) -> No | None:
    """Sends for a code, for oneself or for somebody of the family; what to say instead where it is not sent."""
    way, act = request.POST.get("way", ""), request.POST.get("act", "")[:36]
    if session.pressed_again(request, act):
        return None
    if wait := session.too_often(request, "code", number, daily=number):
        return No(guard.too_many(wait), 429, wait)
    if way not in ways() - {BIRTH}:
        return No(Refusal("DOOR_NOT_OPEN"), 403)
    if why := people.mistyped(number):
        return No(why)
    session.ask(request, entering.entry_ask(number, way, words.language()), other=other, act=act)
    return None


def code(request: HttpRequest) -> HttpResponse:
    """The code: five tries, ten minutes, once."""
    asked = session.asked(request)
    if asked is None:
        return redirect(_with_next(request, "book"))
    ticket, other = asked
    if request.method != "POST":
        return _code(request, other)
    wait = guard.too_often(request, "portal")
    person_id = None if wait else entering.entry_prove(ticket, request.POST.get("code", "")[:40])
    if person_id is None:
        most = max(way.tries for way in people.entry_ways().values())
        no = No(guard.too_many(wait), 429, wait) if wait else No(Refusal("CODE_WRONG", {"most": most}))
        return no.told(_code(request, other, no.why, no.status))
    session.answered(request)
    if not other:
        session.enter(request, person_id)
        return onward(request)
    if not session.join(request, person_id):
        return refuse(request, Refusal("FAMILY_FULL", {"most": session.MOST_OTHERS}), 422)
    return redirect("family")


def _code(request: HttpRequest, other: bool, why: Refusal | None = None, status: int = 200) -> HttpResponse:
    minutes = int(people.entry_ways()["message"].holds.total_seconds()) // 60
    context = {"why": why, "other": other, "minutes": minutes, "wanted": request.GET.get("next", "")}
    return show(request, "portal/code.html", context, status)


@in_turn
def birth(request: HttpRequest) -> HttpResponse:
    """The weaker door, where the city opens it: document number and birth date."""
    if BIRTH not in ways():
        return refuse(request, Refusal("DOOR_NOT_OPEN"))
    if request.method != "POST":
        return show(request, "portal/birth.html", {"number": "", "birth": reading.birth_parts({}), "why": None})
    found = by_birth(request)
    if isinstance(found, No):
        kept = {"number": request.POST.get("number", ""), "birth": reading.birth_parts(request.POST), "why": found.why}
        return found.told(show(request, "portal/birth.html", kept, found.status))
    session.enter(request, found, sure=False)
    return onward(request)


def by_birth(request: HttpRequest) -> int | No:
    """The person whose number and birth date these are."""
    number, born = request.POST.get("number", "").strip(), reading.birth_or_none(request.POST)
    if BIRTH not in ways():
        return No(Refusal("DOOR_NOT_OPEN"), 403)
    if wait := session.too_often(request, "portal", number):
        return No(guard.too_many(wait), 429, wait)
    return (people.identify(number, born) if born and number else None) or No(Refusal("PORTAL_NOT_FOUND"))


def onward(request: HttpRequest) -> HttpResponse:
    """What was wanted before saying who one is, if it is a page of this server; else the booking."""
    wanted = request.GET.get("next", "")
    return redirect(wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}) else "when")


def _with_next(request: HttpRequest, name: str) -> str:
    return reverse(name, query={"next": request.GET["next"]} if request.GET.get("next") else None)
