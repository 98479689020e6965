"""Sites as whoever runs them plans them: opened, a week of sessions at once, teams, days called off."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import uuid4, uuid5

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from seawall.clinic.boards.serving import serving_at
from seawall.interfaces import reading
from seawall.interfaces.campaign import campaign_of
from seawall.interfaces.console.door import ActorRequest, door
from seawall.interfaces.console.forms import do, filled, labels, typed
from seawall.interfaces.console.page import show
from seawall.platform import access, clock
from seawall.sites import services
from seawall.sites.boards.listing import sites_page
from seawall.sites.boards.team import team_page
from seawall.sites.boards.week import DAYS, week_page
from seawall.staff import selectors as staff
from seawall.terms.codes import SiteKind

GRANTS = ("site_open", "site_close", "session_plan", "session_close", "team_set")


def _show(request: ActorRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    may = {grant: access.may(request.actor, grant) for grant in GRANTS}
    given = {"may": may, "act": uuid4(), "section": "site_mine", "today": clock.today()}
    return show(request, f"console/{template}.html", given | context)


@door("see:site_board")
def sites(request: ActorRequest) -> HttpResponse:
    return _sites(request, {})


def _sites(request: ActorRequest, told: Mapping[str, object]) -> HttpResponse:
    held = {"typed": typed(told, services.site_open), "refused": bool(told)}
    context = held | {"page": sites_page(request.actor), "kinds": [kind.value for kind in SiteKind]}
    return _show(request, "sites", context | {"fields": labels(services.site_open)})


@require_POST
@door("site_open")
def open_site(request: ActorRequest) -> HttpResponse:
    """A site enters service; what is refused keeps the form."""
    if do(request, services.site_open, [filled(services.site_open, request.POST)], "SITE_IN_SERVICE"):
        return redirect("site_list")
    return _sites(request, request.POST)


@door("see:site_board")
def week(request: ActorRequest, site_id: int) -> HttpResponse:
    around = reading.day_or_none(request.GET.get("from", "")) or clock.today()
    page = week_page(request.actor, site_id, around, copied="copy" in request.GET)
    context = {"page": page, "roles": staff.role_names()}
    return _show(request, "week", context | {"fields": labels(services.session_plan, services.site_close)})


def _week(site_id: int, day: date) -> HttpResponse:
    return redirect(f"{reverse('site_week', args=[site_id])}?from={day.isoformat()}")


@require_POST
@door("session_plan")
def plan(request: ActorRequest, site_id: int) -> HttpResponse:
    """Every day of the week that is ticked is planned, or planned anew, with its own hours, stations and seats."""
    data, monday = request.POST, reading.day(request.POST.get("monday", ""))
    act = reading.act(data.get("act", ""))
    rows = []
    for day in (monday + timedelta(days=n) for n in range(DAYS)):
        if f"plan_{day}" in data:
            told = {name: data.get(f"{name}_{day}", "").strip() for name in ("opens", "closes", "stations")}
            seats = data.get(f"seats_{day}", "").strip()
            told |= {"seats_per_slot": seats} if seats else {}
            waiting = data.get(f"waiting_{day}", "").strip()
            told |= {"most_waiting": waiting} if waiting else {}
            rows.append(filled(services.session_plan, data, **told, act=uuid5(act, str(day)), site_id=site_id, day=day))
    if rows:
        do(request, services.session_plan, rows, "SESSIONS_PLANNED")
    return _week(site_id, monday)


@require_POST
@door("session_close")
def call_off(request: ActorRequest, site_id: int) -> HttpResponse:
    """A day is called off before it opens; who is booked on it goes to the nearest free seats."""
    day = reading.day(request.POST.get("day", ""))
    do(
        request,
        services.session_close,
        [filled(services.session_close, request.POST, site_id=site_id)],
        "DAY_CALLED_OFF",
    )
    return _week(site_id, day)


@require_POST
@door("site_close")
def leave(request: ActorRequest, site_id: int) -> HttpResponse:
    """The site leaves service from a day on; its bookings go to the nearest free seats."""
    day = reading.day(request.POST.get("day", ""))
    do(request, services.site_close, [filled(services.site_close, request.POST, site_id=site_id)], "SITE_LEFT_SERVICE")
    return _week(site_id, day)


def _programme(request: ActorRequest, site_id: int, day: date) -> str:
    """What the day's session gives says which certificate is asked for."""
    return serving_at(site_id, day, campaign_of(request))[0].programme


@door("see:site_board")
def team(request: ActorRequest, site_id: int) -> HttpResponse:
    day = reading.day_or_none(request.GET.get("day", "")) or clock.today()
    page = team_page(request.actor, site_id, day, _programme(request, site_id, day))
    return _show(request, "team", {"page": page})


@require_POST
@door("team_set")
def team_set(request: ActorRequest, site_id: int) -> HttpResponse:
    """Every post with a duty chosen stands in it that day; the whole team replaces the one before."""
    data, day = request.POST, reading.day(request.POST.get("day", ""))
    posts = [int(key.removeprefix("role_")) for key in data if key[:5] == "role_" and key[5:].isdecimal() and data[key]]
    members = [
        {"post_id": p, "role": data[f"role_{p}"], "station": data.get(f"station_{p}", "").strip() or 0} for p in posts
    ]
    row = filled(services.team_set, data, site_id=site_id, programme=_programme(request, site_id, day), members=members)
    do(request, services.team_set, [row], "TEAM_SET")
    return redirect(f"{reverse('site_team', args=[site_id])}?day={day.isoformat()}")
