"""Draws a page of the portal: synthetic mark, language, larger type, the telephone."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from seawall.interfaces import flashes, words
from seawall.interfaces.campaign import campaign_or_none, switches
from seawall.interfaces.guard import demonstration
from seawall.platform import clock
from seawall.reference import selectors as reference
from seawall.reports import boards as reports
from seawall.terms.acts import Refusal

from .session import person_of

ELDER = "elder"
SAID = "said"
NO_CITY = Refusal("NO_CITY")


def show(request: HttpRequest, template: str, context: Mapping[str, Any], status: int = 200) -> HttpResponse:
    top = reports.frame(campaign_or_none(request))
    frame = {
        "frame": top,
        "campaigns": switches(request, top, "home"),
        "telephones": (numbers := reference.telephones(reference.city(), clock.today())),
        "helpline": numbers.rehearsal if top.synthetic else numbers.helpline,
        "elder": request.COOKIES.get(ELDER) == "1",
        "known": person_of(request) is not None,
        "demo": demonstration(request),
        "flash": flashes.taken(request, SAID),
        "no_city": NO_CITY,
        "languages": words.other_languages(),
    }
    return render(request, template, frame | dict(context), status=status)


def refuse(request: HttpRequest, refusal: Refusal, status: int = 403) -> HttpResponse:
    """A refusal as a page of its own, with the way back and the telephone."""
    return show(request, "portal/refused.html", {"why": refusal}, status)


def say(request: HttpRequest, state: str, why: Refusal) -> None:
    """A sentence of the registry for the next page."""
    flashes.keep(request, SAID, state, why)
