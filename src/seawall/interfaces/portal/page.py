"""Draws a page of the portal: synthetic mark, language, larger type, the telephone."""

from collections.abc import Mapping
from time import monotonic
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from seawall.interfaces import flashes, words
from seawall.interfaces.campaign import campaign_or_none, switches
from seawall.interfaces.guard import demonstration
from seawall.reference import selectors as reference
from seawall.reports import boards as reports
from seawall.reports.boards import Frame
from seawall.terms.acts import Refusal

from .session import person_of

ELDER = "elder"
SAID = "said"
NO_CITY = Refusal("NO_CITY")
KEPT = 5.0  # seconds
_kept: dict[str, tuple[float, Frame]] = {}


def show(request: HttpRequest, template: str, context: Mapping[str, Any], status: int = 200) -> HttpResponse:
    top = reports.frame(campaign_or_none(request))
    frame = {
        "campaigns": switches(request, top, "home"),
        "known": person_of(request) is not None,
        "flash": flashes.taken(request, SAID),
    }
    return render(request, template, _around(request, top) | frame | dict(context), status=status)


def show_lightly(request: HttpRequest, template: str, context: Mapping[str, Any]) -> HttpResponse:
    """A page of nobody that asks the database for nothing, once this process has drawn one in these seconds."""
    key, now = connection.settings_dict["NAME"], monotonic()
    if key not in _kept or now - _kept[key][0] > KEPT:
        _kept.clear()
        _kept[key] = now, reports.frame(None)
    frame = {"campaigns": (), "known": False, "flash": None}
    return render(request, template, _around(request, _kept[key][1]) | frame | dict(context))


def _around(request: HttpRequest, top: Frame) -> dict[str, Any]:
    """What every page has, whoever sees it."""
    numbers = reference.telephones(reference.city(), top.day)
    return {
        "frame": top,
        "telephones": numbers,
        "helpline": numbers.rehearsal if top.synthetic else numbers.helpline,
        "elder": elder(request),
        "demo": demonstration(request),
        "no_city": NO_CITY,
        "languages": words.other_languages(),
    }


def elder(request: HttpRequest) -> bool:
    """Whether this phone keeps the larger type."""
    return request.COOKIES.get(ELDER) == "1"


def refuse(request: HttpRequest, refusal: Refusal, status: int = 403) -> HttpResponse:
    """A refusal as a page of its own, with the way back and the telephone."""
    return show(request, "portal/refused.html", {"why": refusal}, status)


def say(request: HttpRequest, state: str, why: Refusal) -> None:
    """A sentence of the registry for the next page."""
    flashes.keep(request, SAID, state, why)
