"""Draws a page of the portal: synthetic mark, language, larger type, the telephone."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from seawall.interfaces.guard import demonstration
from seawall.reports import selectors as reports

from .session import person_of

ELDER = "elder"


def show(request: HttpRequest, template: str, context: Mapping[str, Any], status: int = 200) -> HttpResponse:
    frame = {
        "frame": reports.frame(),
        "elder": request.COOKIES.get(ELDER) == "1",
        "known": person_of(request) is not None,
        "demo": demonstration(request),
        "flash": request.session.pop("said", None) if request.session.get("said") else None,
    }
    return render(request, template, frame | dict(context), status=status)


def say(request: HttpRequest, state: str, code: str, params: Mapping[str, Any] | None = None) -> None:
    """A sentence of the registry for the next page."""
    request.session["said"] = {"state": state, "why": {"code": code, "params": dict(params or {})}}
