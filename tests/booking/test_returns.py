"""Cancelled seats return at the city's announced times: nobody gains by watching for them, and none is lost."""

from datetime import datetime, time, timedelta
from uuid import UUID, uuid4

import pytest

from seawall.booking import selectors, services
from seawall.platform import clock
from seawall.sites import selectors as sites
from seawall.terms.bookings import AppointmentMove, SiteDay

from .announcing import announce_returns
from .conftest import DAY, NINE, QUARTER
from .test_booking import codes

EVENING, MORNING = time(16), time(10)


@pytest.fixture
def full(desk, tmp_path):
    """A quarter-hour with two seats, both booked, in a city that announces 10:00 and 16:00; it is noon two days before."""
    announce_returns(tmp_path / "city", "10:00", "16:00")
    return booked(desk, *desk.persons(2))


def booked(desk, *persons, at=NINE, **more):
    outcomes = desk.book(*(desk.item(p, at, **more) for p in persons))
    assert codes(outcomes) == ["done"] * len(persons)
    return {p: o.answer["appointment"] for p, o in zip(persons, outcomes, strict=True)}


def cancel(desk, *had):
    return codes(services.appointment_cancel(desk.actor, [desk.change(p, a) for p, a in had]))


def moment(at: time, days: int = 0) -> datetime:
    return datetime.combine(clock.today() + timedelta(days=days), at, clock.zone())


def free(desk):
    (row,) = [s for s in sites.seats([desk.site], DAY) if s.starts_at == NINE]
    return row.free, row.unbooked


def test_a_cancelled_seat_can_be_booked_from_the_next_announced_time(desk, full):
    ((person, appointment), _), (other,) = full.items(), desk.persons()
    assert cancel(desk, (person, appointment)) == ["done"]
    (refused,) = desk.book(desk.item(other))
    assert refused.refusal.code == "SEAT_RETURNS"
    assert datetime.fromisoformat(refused.refusal.params["returns_at"]) == moment(EVENING)
    assert free(desk) == (0, 1) and sites.set_aside([DAY]) == {DAY: 1}
    clock.set_to(moment(EVENING))
    assert free(desk) == (1, 1) and sites.set_aside([DAY]) == {}
    booked(desk, other)
    assert free(desk) == (0, 0)
    assert selectors.seat_difference(DAY, DAY) == []


def test_seats_cancelled_before_and_after_a_time_return_each_at_their_own(desk, full):
    (one, two), others = full.items(), desk.persons(2)
    cancel(desk, one)
    clock.set_to(moment(EVENING))
    cancel(desk, two)
    assert codes(desk.book(*(desk.item(p) for p in others))) == ["done", "SEAT_RETURNS"]
    clock.set_to(moment(MORNING, 1))
    booked(desk, others[1])


def test_the_seat_that_a_booking_leaves_returns_at_the_time_too(desk, full):
    ((person, appointment), _), (other,) = full.items(), desk.persons()
    told = {"act": desk.item(person).act, "occurred_at": desk.town.now, "person_id": person, "site_id": desk.site}
    move = AppointmentMove(**told, appointment=UUID(appointment), starts_at=NINE + QUARTER)
    (moved,) = services.appointment_move(desk.actor, [move], rules_for=lambda *_: desk.rules)
    assert moved.done
    assert codes(desk.book(desk.item(other))) == ["SEAT_RETURNS"]


def test_a_seat_that_was_only_held_goes_back_at_once(desk, tmp_path):
    announce_returns(tmp_path / "city", "10:00", "16:00")
    one, two, three = desk.persons(3)
    held = booked(desk, one, two, hold=True)
    assert cancel(desk, (one, held[one])) == ["done"]
    booked(desk, three)


def test_a_seat_with_no_announced_time_before_its_own_goes_back_at_once(desk, full):
    """9:00 comes before 10:00: what is cancelled on the evening before is there for walk-ins, standby and everybody."""
    ((person, appointment), _), (other,) = full.items(), desk.persons()
    clock.set_to(datetime.combine(DAY - timedelta(days=1), time(17), clock.zone()))
    cancel(desk, (person, appointment))
    booked(desk, other)


def test_without_announced_times_every_seat_goes_back_at_once(desk):
    (had,), (other,) = booked(desk, *desk.persons(1)).items(), desk.persons()
    booked(desk, *desk.persons(1))
    cancel(desk, had)
    booked(desk, other)


def test_who_lost_a_seat_has_a_returning_one_before_others(desk, full, tmp_path):
    """A seat taken back by the site moves its person into one that waits for its time."""
    ((person, appointment), _) = full.items()
    cancel(desk, (person, appointment))
    near = desk.town.open("S2")
    assert desk.town.plan(near, 1).done
    (displaced,) = desk.persons()
    (had,) = desk.book(desk.item(displaced, site_id=near))
    assert had.done
    for row in sites.seats([desk.site], DAY):
        if row.starts_at != NINE:
            booked(desk, *desk.persons(row.free), at=row.starts_at)
    (gone,) = services.site_withdraw(desk.actor, [_day(desk, near)])
    assert gone.answer == {"moved": 1, "withdrawn": 0}
    (mine,) = [r for r in selectors.appointments([displaced]) if r.state == "booked"]
    assert (mine.site_id, mine.starts_at) == (desk.site, NINE)
    assert selectors.seat_difference(DAY, DAY) == []


def _day(desk, site):
    return SiteDay(act=uuid4(), occurred_at=desk.town.now, site_id=site, day=DAY)


def test_a_plan_with_fewer_seats_leaves_none_below_nothing(desk, full):
    ((person, appointment), _) = full.items()
    cancel(desk, (person, appointment))
    assert desk.town.plan(desk.site, 1).done
    assert free(desk) == (0, 0)
    assert desk.town.plan(desk.site, 3).done
    assert free(desk) == (1, 2)
