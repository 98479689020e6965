"""上门接种: somebody who cannot come asks for a visit, or needs none any more."""

from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from seawall.interfaces import reading
from seawall.interfaces.portal import session
from seawall.interfaces.portal.page import say, show
from seawall.interfaces.portal.session import known
from seawall.outreach import selectors as outreach
from seawall.outreach import services
from seawall.platform import clock
from seawall.terms.acts import Refusal
from seawall.terms.rounds import HomeboundEnd, HomeboundNote

from .book import _me


@known
def visit(request: HttpRequest) -> HttpResponse:
    """Do I wait for a visit, and where is the team to find me?"""
    person = _me(request)
    context = {
        "noted": outreach.homebound([person]).get(person),
        "needs": outreach.needs(clock.today()),
        "act": uuid4(),
    }
    return show(request, "portal/home_visit.html", context)


@require_POST
@known
def ask(request: HttpRequest) -> HttpResponse:
    person = _me(request)
    item = HomeboundNote(
        act=reading.act(request.POST["act"]), occurred_at=clock.now(), dated_here=True, person_id=person,
        need=request.POST["need"], whereabouts=request.POST["whereabouts"].strip(),
    )  # fmt: skip
    done = services.homebound_note.one(session.public_actor(person), item)
    say(request, "stop" if done.refusal else "normal", done.refusal or Refusal("HOMEBOUND_NOTED"))
    return redirect("home_visit")


@require_POST
@known
def end(request: HttpRequest) -> HttpResponse:
    person = _me(request)
    item = HomeboundEnd(
        act=reading.act(request.POST["act"]), occurred_at=clock.now(), dated_here=True, person_id=person
    )
    done = services.homebound_end.one(session.public_actor(person), item)
    say(request, "stop" if done.refusal else "normal", done.refusal or Refusal("HOMEBOUND_ENDED"))
    return redirect("home_visit")
