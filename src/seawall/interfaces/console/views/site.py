"""The site board: can the hall take the next quarter-hour, and shall we end with people and doses matched?"""

from uuid import UUID, uuid4

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from seawall.clinic import services as clinic
from seawall.command import selectors as command
from seawall.interfaces.console.door import ActorRequest, door
from seawall.interfaces.console.page import outcome, show
from seawall.platform import access, clock
from seawall.sites import selectors as sites
from seawall.sites import services as site_services
from seawall.supply import selectors as supply
from seawall.terms.actor import Actor
from seawall.terms.codes import DoorState, StockState
from seawall.terms.sites import DoorSet, ReadinessRecord, SessionMark
from seawall.terms.visits import DayClose

from .board import asked_day


def own_site(actor: Actor) -> int | None:
    """The post's own site; for a post of a wider reach, the first one it sees."""
    if actor.reach.sites:
        return min(actor.reach.sites)
    seen = (row.site_id for row in sites.sites(clock.today()) if access.sees_site(actor, row.site_id))
    return next(seen, None)


@door("see:site_board")
def mine(request: ActorRequest) -> HttpResponse:
    site_id = own_site(request.actor)
    return redirect("site", site_id=site_id) if site_id else show(request, "console/no_unit.html", {})


@door("see:site_board")
def site(request: ActorRequest, site_id: int) -> HttpResponse:
    day = asked_day(request) if "day" in request.GET else clock.today()
    page = command.site_board(request.actor, site_id, day)
    context = {"page": page, "act": uuid4(), "found_act": uuid4(), "section": "site_mine", "lots": lots_here(site_id)}
    return show(request, "console/site.html", context)


def lots_here(site_id: int) -> list[str]:
    """Lots that a hand has to count before the day closes; the book's number is not shown beside them."""
    return sorted({row.lot for row in supply.stock([site_id]) if row.state is not StockState.IN_TRANSIT})


@require_POST
@door("door_set")
def door_set(request: ActorRequest, site_id: int) -> HttpResponse:
    data = request.POST
    item = DoorSet(act=UUID(data["act"]), occurred_at=clock.now(), site_id=site_id, state=DoorState(data["state"]))
    outcome(request, site_services.door_set(request.actor, [item]), "DOOR_SET")
    return redirect("site", site_id=site_id)


@require_POST
@door("day_close")
def close(request: ActorRequest, site_id: int) -> HttpResponse:
    """日清: every lot in the house is counted by hand; a count that differs from the book keeps the day open."""
    data = request.POST
    fields = [key for key in data if key.startswith("count_") and data.get(key, "").isdigit()]
    counted = {key[6:]: int(data[key]) for key in fields}
    item = DayClose(
        act=UUID(data["act"]), occurred_at=clock.now(), site_id=site_id, day=clock.today(), counted_doses=counted
    )
    outcome(request, clinic.day_close(request.actor, [item]), "DAY_CLOSED")
    return redirect("site", site_id=site_id)


@require_POST
@door("session_open")
def session_open(request: ActorRequest, site_id: int) -> HttpResponse:
    """开诊: what was found ready is recorded, then the day's session opens, unless something is missing."""
    data, now, day = request.POST, clock.now(), clock.today()
    ready = frozenset(data.getlist("ready"))
    missing = frozenset(data.getlist("asked")) - ready
    found = ReadinessRecord(
        act=UUID(data["found_act"]), occurred_at=now, site_id=site_id, day=day, ready=ready, missing=missing
    )
    mark = SessionMark(act=UUID(data["act"]), occurred_at=now, site_id=site_id, day=day)
    done = site_services.readiness_record(request.actor, [found]) + site_services.session_open(request.actor, [mark])
    outcome(request, done, "SESSION_OPENED")
    return redirect("site", site_id=site_id)
