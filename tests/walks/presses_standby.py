"""Presses about doses left over: the site calls and records what was answered, the person joins and leaves."""

from datetime import datetime, time
from uuid import uuid4

from seawall.booking import services
from seawall.platform import clock
from seawall.terms.bookings import StandbyCall, StandbyJoin
from tests.clinic.world import CAMPAIGN, DAY, World, done

from .presses_portal import citizen
from .pressing import CITY, Enter, Press, fresh, from_page


def evening(hall: World, count: int = 2) -> list[int]:
    """Somebody stands by, a dose is on hand, and the last hour has begun."""
    hall.packs(1)
    persons = hall.persons(count)
    items = [StandbyJoin(**hall.base(), person_id=p, campaign=CAMPAIGN, km=3) for p in persons]
    done(services.standby_join(hall.actor, items))
    clock.set_to(datetime.combine(DAY, time(17, 15), clock.zone()))
    return persons


def offered(hall: World, count: int = 2) -> list[int]:
    persons = evening(hall, count)
    item = StandbyCall(act=uuid4(), occurred_at=clock.now(), site_id=hall.site, campaign=CAMPAIGN, doses=1)
    done(services.standby_call(hall.actor, [item]))
    return persons


def call(hall: World, enter: Enter) -> Press:
    evening(hall)
    return from_page(enter("SITE_MANAGER", ("site", hall.site)), f"/console/site/{hall.site}/standby", "doses")


def answer(hall: World, enter: Enter) -> Press:
    offered(hall)
    page = f"/console/site/{hall.site}/standby"
    return from_page(enter("SITE_MANAGER", ("site", hall.site)), page, "appointment", answer="comes")


def join(hall: World, enter: Enter) -> Press:
    return Press(citizen(hall.person()), "/standby/join", fresh(km="5"))


def leave(hall: World, enter: Enter) -> Press:
    return Press(citizen(evening(hall)[0]), "/standby/leave", fresh())


def missed(hall: World, enter: Enter) -> Press:
    """Somebody was booked at noon and has not come."""
    hall.book(hall.person())
    clock.set_to(datetime.combine(DAY, time(17, 15), clock.zone()))
    page = f"/console/site/{hall.site}/standby"
    return from_page(enter("SITE_MANAGER", ("site", hall.site)), page, "/missed")


def release(hall: World, enter: Enter) -> Press:
    return from_page(
        enter("COMMAND_OFFICE", CITY),
        "/console/releases",
        "released_at",
        released_at="2021-04-11T08:00",
        source="第 5 号公告",
    )


def pace(hall: World, enter: Enter) -> Press:
    page = "/console/opening"
    return from_page(enter("COMMAND_OFFICE", CITY), page, "a_minute", a_minute="60", reason="数据库缓慢")


PRESSES = {
    ("console/site/<int:site_id>/missed", "missed"): missed,
    ("console/releases/announce", "release_announce"): release,
    ("console/opening/pace", "line_pace"): pace,
    ("console/site/<int:site_id>/standby/call", "standby_call"): call,
    ("console/site/<int:site_id>/standby/answer", "standby_answer"): answer,
    ("standby/join", "standby_join"): join,
    ("standby/leave", "standby_leave"): leave,
}
