"""Doses left over in the last hour: offered near by, later doses first, one person a dose, never more offers than doses."""

from datetime import date, datetime, time, timedelta
from uuid import uuid4

import pytest

from seawall.booking import jobs, selectors, services
from seawall.booking.services.standby import call_of
from seawall.platform import clock, relay, sql
from seawall.terms.bookings import StandbyCall, StandbyJoin, StandbyLeave
from seawall.terms.visits import AppointmentChange
from tests.clinic.world import CAMPAIGN, DAY, World
from tests.safety.conftest import hall, loaded  # noqa: F401

from .test_booking import codes

pytestmark = pytest.mark.django_db
LAST_HOUR = time(17, 15)


def at(moment: time) -> datetime:
    return datetime.combine(DAY, moment, clock.zone())


def joins(hall: World, *persons: int, km: int = 3) -> None:  # noqa: F811
    items = [StandbyJoin(**hall.base(), person_id=p, campaign=CAMPAIGN, km=km) for p in persons]
    assert codes(services.standby_join(hall.actor, items)) == ["done"] * len(persons)


def call(hall: World, doses: int):  # noqa: F811
    item = StandbyCall(act=uuid4(), occurred_at=clock.now(), site_id=hall.site, campaign=CAMPAIGN, doses=doses)
    return services.standby_call(hall.actor, [item])[0]


def offers(hall: World):  # noqa: F811
    return {o.person_id: o.state for o in selectors.standby_offers(call_of(hall.site, CAMPAIGN, DAY))}


def answer(hall: World, person: int, verb=services.appointment_confirm):  # noqa: F811
    offer = next(o for o in selectors.standby_offers(call_of(hall.site, CAMPAIGN, DAY)) if o.person_id == person)
    item = AppointmentChange(act=uuid4(), occurred_at=clock.now(), person_id=person, appointment=offer.appointment)
    assert codes(verb(hall.actor, [item])) == ["done"]


@pytest.fixture
def evening(hall: World):  # noqa: F811
    """Two doses are on hand and the last hour has begun."""
    hall.packs(2)
    clock.set_to(at(LAST_HOUR))
    return hall


def test_each_dose_is_offered_to_one_person_and_told(evening):
    persons = evening.persons(3)
    joins(evening, *persons)
    assert call(evening, 2).answer == {"offered": 2, "open": 2}
    assert offers(evening) == {persons[0]: "held", persons[1]: "held"}
    assert call(evening, 2).answer == {"offered": 0, "open": 2}
    assert selectors.seat_difference(DAY, DAY) == []


def test_who_declines_or_does_not_answer_gives_the_dose_to_the_next(evening, monkeypatch):
    one, two, three, four = evening.persons(4)
    joins(evening, one, two, three, four)
    call(evening, 2)
    answer(evening, one, services.appointment_cancel)
    jobs.standby_task(0)
    assert offers(evening) == {one: "cancelled", two: "held", three: "held"}
    later = clock.system_now() + timedelta(minutes=11)
    monkeypatch.setattr(clock, "system_now", lambda: later)
    jobs.standby_task(0)
    assert offers(evening) == {one: "cancelled", two: "expired", three: "expired", four: "held"}
    answer(evening, four)
    assert offers(evening)[four] == "booked"
    assert selectors.seat_difference(DAY, DAY) == []


def test_later_doses_come_first_and_who_lives_too_far_is_not_called(evening):
    first, later = evening.persons(2)
    evening.history(later, date(2021, 3, 1))
    joins(evening, first, later)
    call(evening, 1)
    assert offers(evening) == {later: "held"}


def test_who_left_or_has_a_seat_or_may_not_come_is_not_called(evening):
    left, booked, given = evening.persons(3)
    evening.history(given, DAY - timedelta(days=2))
    joins(evening, left, booked, given)
    assert codes(
        services.standby_leave(evening.actor, [StandbyLeave(**evening.base(), person_id=left, campaign=CAMPAIGN)])
    )
    evening.book(booked, at(time(17, 30)))
    assert call(evening, 1).answer["offered"] == 0


def test_no_dose_is_called_for_that_somebody_is_booked_for(evening):
    evening.book(evening.person(), at(time(17, 30)))
    refused = call(evening, 2).refusal
    assert (refused.code, refused.params["left"]) == ("STANDBY_DOSES", 1)


def test_nothing_is_offered_before_the_last_hour(evening):
    clock.set_to(at(time(16, 30)))
    assert call(evening, 1).refusal.code == "STANDBY_TOO_EARLY"


@pytest.mark.parametrize("km", [0, 51])
def test_a_distance_that_cannot_be_is_refused(evening, km):
    item = StandbyJoin(**evening.base(), person_id=evening.person(), campaign=CAMPAIGN, km=km)
    assert codes(services.standby_join(evening.actor, [item])) == ["STANDBY_DISTANCE"]


def test_whoever_is_offered_a_dose_is_told_once(evening):
    (person,) = evening.persons(1, phone="13800138000")
    joins(evening, person)
    call(evening, 1)
    for _ in range(2):
        relay.deliver()
    queued = sql.fetch("SELECT owner_id, kind, state FROM platform_message WHERE kind = 'standby'")
    assert queued == [(person, "standby", "waiting")]
