"""Draws a page of the console: the frame around it, the rail its post may use, and refusals."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from seawall.interfaces.guard import demonstration
from seawall.platform import access
from seawall.reports import selectors as reports
from seawall.staff import selectors as staff
from seawall.terms.acts import Outcome, Refusal


@dataclass(frozen=True, slots=True)
class Rail:
    """One entry of the left rail."""

    url: str
    icon: str
    grant: str
    title: Any


RAIL = (
    Rail("board", "board", "see:command_board", _("Command")),
    Rail("plan", "plan", "see:plan", pgettext_lazy("rail", "Plan")),
    Rail("district_mine", "district", "see:district_board", _("District")),
    Rail("layout_mine", "pin", "see:site_layout", _("Layout")),
    Rail("site_mine", "site", "see:site_board", _("Site")),
    Rail("station_mine", "station", "see:station", _("Stations")),
    Rail("supply", "supply", "see:supply", _("Supply")),
    Rail("safety", "safety", "see:safety", _("Safety")),
    Rail("people", "person", "see:person", _("People")),
    Rail("rosters", "roster", "see:roster", _("Rosters")),
)


def show(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """The one way a console page is rendered."""
    actor = getattr(request, "actor", None)
    rail = [entry for entry in RAIL if actor and access.may(actor, entry.grant)]
    frame = {
        "frame": reports.frame(),
        "actor": actor,
        "post": staff.post(actor.post_id) if actor else None,
        "rail": rail,
        "here": request.resolver_match.url_name if request.resolver_match else "",
        "demo": demonstration(request),
        "flash": request.session.pop("flash", None),
    }
    return render(request, template, frame | context, status=status)


def refuse(request: HttpRequest, refusal: Refusal, status: int = 403) -> HttpResponse:
    """A refusal as a page, or as a band when htmx asked."""
    template = "console/parts/refusal.html" if getattr(request, "htmx", False) else "console/refused.html"
    return show(request, template, {"why": asdict(refusal)}, status)


def flash(request: HttpRequest, state: str, code: str, /, **params: Any) -> None:
    """A sentence of the registry for the next page: what was done, or why not."""
    request.session["flash"] = {"state": state, "why": {"code": code, "params": params}}


def outcome(request: HttpRequest, outcomes: Outcome | Sequence[Outcome], done: str) -> bool:
    """Says on the next page what came of an act: the refusal's own sentence, or the code for done."""
    rows = [outcomes] if isinstance(outcomes, Outcome) else list(outcomes)
    refused = next((row.refusal for row in rows if row.refusal), None)
    if refused:
        flash(request, "refusal", refused.code, **dict(refused.params))
    else:
        flash(request, "done", done, count=len(rows))
    return refused is None
