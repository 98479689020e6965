"""A dose is left over: the site calls who is near from its page, and the person answers on the portal."""

from datetime import timedelta

import pytest

from seawall.booking import selectors as booking
from tests.clinic.world import CAMPAIGN, DAY

from .pages import Visitor
from .presses_portal import citizen
from .presses_standby import evening, offered

pytestmark = pytest.mark.django_db


def portal(person):
    visitor = Visitor()
    visitor.client = citizen(person)
    return visitor


def test_a_dose_left_over_reaches_somebody_near_who_comes(hall, sign_in):
    first, second = evening(hall)
    manager = sign_in("SITE_MANAGER", ("site", hall.site)).go(f"/console/site/{hall.site}/standby")
    manager.sees("1 dose", "nobody booked for", "Nobody was called")
    manager.send("doses").sees("Newly offered: 1", "waits for an answer", "min to answer")
    person = portal(first).go("/standby").sees("A dose is kept for you now", "minutes to answer")
    person.send(f"/book/{booking.appointments([first])[0].appointment}")
    assert [a.state for a in booking.appointments([first])] == ["booked"]
    manager.go(manager.path).sees("Every dose left over is offered or taken", "said yes: 1")
    assert booking.appointments([second]) == []


def test_what_is_declined_on_the_telephone_goes_to_the_next(hall, sign_in):
    _, second = offered(hall)
    manager = sign_in("SITE_MANAGER", ("site", hall.site)).go(f"/console/site/{hall.site}/standby")
    manager.send("appointment", answer="declines").sees("The seat goes to the next")
    manager.send("doses").sees("Newly offered: 1")
    assert [a.state for a in booking.appointments([second])] == ["held"]


def test_a_person_joins_and_leaves_on_the_portal(hall):
    person = hall.person()
    visitor = portal(person).go("/record").sees("Doses left over: stand by").go("/standby")
    visitor.send("km", km="5").sees("You are on standby")
    assert booking.standby(person) == {CAMPAIGN: 5}
    visitor.send("/standby/leave").sees("You are no longer on standby")
    assert booking.standby(person) == {}


def test_who_did_not_come_is_marked_and_the_dose_is_left_over(hall, sign_in):
    person = hall.person()
    hall.book(person)
    evening(hall)
    manager = sign_in("SITE_MANAGER", ("site", hall.site)).go(f"/console/site/{hall.site}/standby")
    manager.sees("Booked and not come").send("/missed").sees("Marked as not come: 1")
    assert [a.state for a in booking.appointments([person])] == ["missed"]


def test_a_release_is_announced_to_a_cohort_from_its_page(hall, sign_in):
    office = sign_in("COMMAND_OFFICE", ("area", "500000")).go("/console/releases").sees("Nothing is announced")
    told = {"opens": "2021-04-12", "closes": "2021-04-13", "released_at": "2021-04-11T08:00", "digits": "13579"}
    office.send("released_at", **told, source="第 5 号公告").sees(
        "The release is announced", "birthdays ending in 13579", "opens "
    )
    assert [row.digits for row in booking.releases(CAMPAIGN, DAY + timedelta(days=2))] == ["13579"]
