"""The site board: can the hall take the next quarter-hour, and shall we end with people and doses matched?"""

from collections.abc import Mapping
from datetime import date
from uuid import UUID, uuid4

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from seawall.clinic import services as clinic
from seawall.interfaces import reading
from seawall.interfaces.campaign import campaign_of
from seawall.interfaces.console.door import ActorRequest, door
from seawall.interfaces.console.page import outcome, show
from seawall.platform import access, clock
from seawall.reports.boards import site_page
from seawall.sites import selectors as sites
from seawall.sites import services as site_services
from seawall.terms.actor import Actor
from seawall.terms.codes import DoorState
from seawall.terms.sites import DoorSet, SessionOpen
from seawall.terms.visits import DayClose

from .board import asked_day

GRANTS = ("session_open", "door_set", "day_close", "correction_sign", "conflict_settle", "see:irregular", "see:station")


def own_site(actor: Actor) -> int | None:
    """The post's own site, or the first one in its reach, which holds stores and vehicles too."""
    seen = (row.site_id for row in sites.sites(clock.today()) if access.sees_site(actor, row.site_id))
    return next(seen, None)


@door("see:site_board")
def mine(request: ActorRequest) -> HttpResponse:
    site_id = own_site(request.actor)
    return redirect("site", site_id=site_id) if site_id else redirect("site_list")


@door("see:site_board")
def site(request: ActorRequest, site_id: int) -> HttpResponse:
    return board(request, site_id, asked_day(request) if "day" in request.GET else clock.today(), {})


def board(request: ActorRequest, site_id: int, day: date, counted: Mapping[str, str]) -> HttpResponse:
    """The board with what the post may do; `counted`: numbers typed by lot, kept where a closing was refused."""
    page = site_page(request.actor, campaign_of(request), site_id, day)
    context = {
        "page": page,
        "act": uuid4(),
        "day": day,
        "section": "site_mine",
        "lots": [{"lot": lot, "counted": counted.get(lot, "")} for lot in page.close.lots],
        "counting": bool(counted),
        "doors": [state.value for state in DoorState],
        "may": {g.replace(":", "_"): access.may(request.actor, g) for g in GRANTS},
    }
    return show(request, "console/site.html", context)


@require_POST
@door("door_set")
def door_set(request: ActorRequest, site_id: int) -> HttpResponse:
    """The choice holds the state and its reason, such as `held:SEATS`."""
    data = request.POST
    name, _colon, reason = data["choice"].partition(":")
    item = DoorSet(
        act=UUID(data["act"]),
        occurred_at=clock.now(),
        dated_here=True,
        site_id=site_id,
        state=DoorState(name),
        reason=reason,
    )
    outcome(request, site_services.door_set(request.actor, [item]), "DOOR_SET")
    return redirect("site", site_id=site_id)


@require_POST
@door("day_close")
def close(request: ActorRequest, site_id: int) -> HttpResponse:
    """日清: every lot in the house is counted by hand; a count that differs from the book keeps the day open."""
    data = request.POST
    typed = {key.removeprefix("count_"): data[key].strip() for key in data if key.startswith("count_")}
    counted = {lot: int(number) for lot, number in typed.items() if number.isdecimal()}
    item = DayClose(
        act=UUID(data["act"]),
        occurred_at=clock.now(),
        dated_here=True,
        site_id=site_id,
        day=reading.day(data["day"]),
        counted_doses=counted,
    )
    if outcome(request, clinic.day_close(request.actor, [item]), "DAY_CLOSED"):
        return redirect("site", site_id=site_id)
    return board(request, site_id, clock.today(), typed)


@require_POST
@door("session_open")
def session_open(request: ActorRequest, site_id: int) -> HttpResponse:
    """开诊: what was found ready is recorded, and the day's session opens unless something is missing."""
    data = request.POST
    ready = frozenset(data.getlist("ready"))
    missing = frozenset(data.getlist("asked")) - ready
    item = SessionOpen(
        act=UUID(data["act"]),
        occurred_at=clock.now(),
        dated_here=True,
        site_id=site_id,
        day=reading.day(data["day"]),
        ready=ready,
        missing=missing,
    )
    outcome(request, site_services.session_open(request.actor, [item]), "SESSION_OPENED")
    return redirect("site", site_id=site_id)
