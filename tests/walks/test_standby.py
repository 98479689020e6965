"""A dose is left over: the site calls who is near from its page, and the person answers on the portal."""

import pytest

from seawall.booking import selectors as booking
from tests.clinic.world import CAMPAIGN

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
