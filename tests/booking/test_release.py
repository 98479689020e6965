"""Seats of a day released at an announced moment, to everybody or to a cohort."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from seawall.booking import selectors, services
from seawall.campaigns.selectors import group_of, groups
from seawall.campaigns.services import campaign_load
from seawall.platform import clock
from seawall.sites import selectors as sites
from seawall.terms.bookings import AppointmentMove, ReleaseAnnounce

from .conftest import DAY, NINE, QUARTER
from .test_booking import CITY, codes

HOUR = timedelta(hours=1)
ODD, EVEN = date(1980, 5, 11), date(1980, 5, 12)


@pytest.fixture
def campaign(desk):
    return campaign_load(CITY)


@pytest.fixture
def announce(desk, campaign):
    def said(after=HOUR, **more):
        told = {"campaign": campaign, "opens": DAY, "closes": DAY, "source": "notice 5"}
        told |= {"act": uuid4(), "occurred_at": desk.town.now, "released_at": desk.town.now + after}
        return codes(services.release_announce(desk.actor, [ReleaseAnnounce(**{**told, **more})]))

    return said


@pytest.fixture
def books(desk, campaign):
    def asked(*persons, **more):
        items = [desk.item(p, campaign=campaign, **more) for p in persons]
        return codes(services.appointment_book(desk.actor, items))

    return asked


def test_nobody_books_before_the_announced_moment(desk, announce, books, campaign):
    (person,) = desk.persons()
    assert selectors.releases(campaign, DAY) == []
    assert announce() == ["done"]
    assert [row.released_at for row in selectors.releases(campaign, DAY)] == [desk.town.now + HOUR]
    assert books(person) == ["NOT_RELEASED"]
    assert sites.taken(DAY, DAY) == {}
    clock.set_to(desk.town.now + HOUR)
    assert books(person) == ["done"]


def test_the_same_days_announced_anew_have_the_new_moment(desk, announce, books):
    (person,) = desk.persons()
    announce()
    announce(after=-HOUR)
    assert books(person) == ["done"]


def test_cohorts_have_their_turn_and_the_rest_hear_that_nothing_is_announced(desk, announce, books):
    (odd,), (even,) = desk.persons(birth=ODD), desk.persons(birth=EVEN)
    announce(after=-HOUR, digits="97531")
    assert books(odd, even) == ["done", "NOT_IN_RELEASE"]
    announce(digits="02468")
    assert books(even) == ["NOT_RELEASED"]
    announce(after=-HOUR)
    assert books(even) == ["done"]


def test_a_group_is_named_by_its_code(desk, announce, books, campaign):
    (person,) = desk.persons()
    mine = group_of([person], campaign, DAY)[person]
    other = next(g.code for g in groups(campaign) if g.code != mine)
    announce(after=-HOUR, group_code=other)
    assert books(person) == ["NOT_IN_RELEASE"]
    announce(after=-HOUR, group_code=mine)
    assert books(person) == ["done"]


def test_a_booking_does_not_slip_into_a_day_by_moving(desk, announce, books, campaign):
    (person,) = desk.persons()
    assert books(person) == ["done"]
    announce()
    (had,) = selectors.appointments([person])
    told = {"act": uuid4(), "occurred_at": desk.town.now, "person_id": person, "appointment": had.appointment}
    item = AppointmentMove(**told, site_id=desk.site, starts_at=NINE + QUARTER)
    assert codes(services.appointment_move(desk.actor, [item])) == ["NOT_RELEASED"]
    assert sites.taken(DAY, DAY) == {(desk.site, NINE): 1}


def test_who_stands_at_the_door_is_not_asked(desk, announce, books):
    (person,) = desk.persons()
    announce()
    assert books(person, walk_in=True) == ["done"]


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"campaign": "none"}, "CAMPAIGN_NOT_HERE"),
        ({"closes": DAY - timedelta(days=1)}, "DAYS_BACKWARDS"),
        ({"group_code": "MARTIANS"}, "RELEASE_GROUP"),
        ({"digits": "1-5"}, "RELEASE_DIGITS"),
        ({"digits": "１"}, "RELEASE_DIGITS"),
        ({"source": " "}, "RELEASE_WITHOUT_SOURCE"),
    ],
)
def test_a_release_that_cannot_be_is_refused_in_words(announce, told, code):
    assert announce(**told) == [code]
