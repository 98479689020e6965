"""Draws a page of the console: the frame around it, the rail its post may use, and refusals."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from seawall.interfaces import flashes, words
from seawall.interfaces.campaign import campaign_or_none, switches
from seawall.interfaces.guard import demonstration
from seawall.platform import access, clock
from seawall.reports import boards as reports
from seawall.staff import selectors as staff
from seawall.terms.acts import Outcome, Refusal

FLASH = "flash"
MOST_NAMED = 4  # roles named in a refusal
NO_CITY = Refusal("NO_CITY")
ONWARD = {"NO_CAMPAIGN_OPEN": "first"}
"""Refusals that a page answers: it shows what has to be done first, and who does it."""


@dataclass(frozen=True, slots=True)
class Rail:
    """One entry of the left rail."""

    url: str
    icon: str
    grant: str
    title: Any
    tallied: bool = False  # of campaigns that are counted without names


RAIL = (
    Rail("board", "board", "see:command_board", _("Command")),
    Rail("campaign", "calendar", "see:campaign", _("Campaign")),
    Rail("plan", "plan", "see:plan", pgettext_lazy("rail", "Plan")),
    Rail("district_mine", "district", "see:district_board", _("District")),
    Rail("layout_mine", "pin", "see:site_layout", _("Layout")),
    Rail("orders", "orders", "see:orders", _("Orders")),
    Rail("evening", "moon", "see:evening", _("Evening")),
    Rail("site_mine", "site", "see:site_board", _("Site")),
    Rail("station_mine", "station", "see:station", _("Stations")),
    Rail("supply", "supply", "see:supply", _("Supply")),
    Rail("for_others", "calendar", "see:booking", _("Book for others")),
    Rail("calls", "calls", "see:calls", _("Calls")),
    Rail("tally_mine", "check", "see:tally", _("Tally"), tallied=True),
    Rail("rounds", "home", "see:rounds", _("Home visits")),
    Rail("messages", "message", "see:messages", _("Messages")),
    Rail("notices", "notice", "see:notices", _("Notices")),
    Rail("questions", "question", "see:questions", _("Questions")),
    Rail("safety", "safety", "see:safety", _("Safety")),
    Rail("people", "person", "see:person", _("People")),
    Rail("rosters", "roster", "see:roster", _("Rosters")),
    Rail("staff", "staff", "see:staff", _("Staff")),
    Rail("journal", "journal", "see:journal", _("Journal")),
    Rail("acts", "check", "see:frame", _("Acts")),
)


def show(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """The one way a console page is rendered."""
    actor = getattr(request, "actor", None)
    campaign = campaign_or_none(request)
    counts = campaign is not None and campaign.tallied
    rail = [entry for entry in RAIL if actor and access.may(actor, entry.grant) and (counts or not entry.tallied)]
    frame = reports.frame(campaign)
    shown = {
        "frame": frame,
        "campaigns": switches(request, frame, "start"),
        "actor": actor,
        "post": staff.post(actor.post_id) if actor else None,
        "rail": rail,
        "home": rail[0].url if rail else "start",
        "here": request.resolver_match.url_name if request.resolver_match else "",
        "demo": demonstration(request),
        "flash": flashes.taken(request, FLASH),
        "no_city": NO_CITY,
        "languages": words.other_languages(),
        "query": "",
        "section": "",
    }
    return render(request, template, shown | context, status=status)


def refuse(request: HttpRequest, refusal: Refusal, status: int = 403) -> HttpResponse:
    """A refusal as a page, or as a band when htmx asked."""
    band = bool(getattr(request, "htmx", False))
    if refusal.code in ONWARD and request.method == "GET" and hasattr(request, "actor") and not band:
        return redirect(ONWARD[refusal.code])
    template = "console/parts/refusal.html" if band else "console/refused.html"
    return show(request, template, {"why": refusal, "back": way_back(request), "asks": who_may(refusal)}, status)


def way_back(request: HttpRequest) -> str:
    """The page of this house that the visitor came from, else the page that was refused, else the start."""
    came = request.headers.get("referer", "")
    if url_has_allowed_host_and_scheme(came, {request.get_host()}) and urlsplit(came).path != request.path:
        return came
    return request.path if request.method == "POST" else reverse("start")


def who_may(refusal: Refusal) -> str:
    """Names of the roles that hold the permission that was missing."""
    return holders(str(refusal.params.get("grant"))) if refusal.code == access.NOT_PERMITTED else ""


def holders(grant: str) -> str:
    """Names of the roles that hold a permission, as a list of words."""
    named = [words.pick(role.name) for role in staff.roles(clock.today()).values() if grant in role.grants]
    return str(_(", ")).join(named[:MOST_NAMED])


def flash(request: HttpRequest, state: str, code: str, /, **params: Any) -> None:
    """A sentence of the registry for the next page: what was done, or why not."""
    flashes.keep(request, FLASH, state, Refusal(code, params))


def outcome(request: HttpRequest, outcomes: Outcome | Sequence[Outcome], done: str, /, **said: Any) -> bool:
    """Says on the next page what came of an act: the refusal's own sentence, or the code for done."""
    rows = [outcomes] if isinstance(outcomes, Outcome) else list(outcomes)
    refused = next((row.refusal for row in rows if row.refusal), None)
    if refused:
        flash(request, "refusal", refused.code, **dict(refused.params))
    else:
        flash(request, "done", done, **({"count": len(rows)} | said))
    return refused is None
