"""A site is closed from its page while people are booked there: they go on somewhere else, and each hears of it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from seawall.booking import selectors as booking
from seawall.platform import relay, sql
from seawall.reference import selectors as reference
from seawall.terms.codes import AppointmentState
from seawall.terms.visits import AppointmentRow
from tests.clinic.world import DAY, World

from .pages import Visitor

pytestmark = pytest.mark.django_db
NEXT = DAY + timedelta(days=1)
QUARTER = timedelta(minutes=15)
KM = 1 / 111.2  # degrees of latitude
TOLD = (
    "SELECT fact, count(*) FROM platform_fact WHERE fact LIKE 'Appointment%%' AND delivered_at IS NOT NULL GROUP BY 1"
)
Enter = Callable[..., Visitor]


@pytest.fixture
def closed(hall: World, sign_in: Enter) -> Callable[[list[int]], list[AppointmentRow]]:
    """The officer of the district takes the first site out of service; what became of the bookings once that was delivered."""

    def close(people: list[int]) -> list[AppointmentRow]:
        unit_id = reference.leaf_units(DAY)[hall.leaf]
        code = next(u.code for u in reference.units(DAY) if u.unit_id == unit_id)
        officer = sign_in("DISTRICT_OFFICER", ("unit", code))
        asked = {"act": str(uuid4()), "day": DAY.isoformat(), "reason": "FLOOD"}
        answer = officer.client.post(f"/console/layout/{unit_id}/site/{hall.site}/leave", asked)
        assert answer.status_code == 302
        relay.deliver()
        rows = {row.person_id: row for row in booking.appointments(people)}
        return [rows[person] for person in people]

    return close


def placed(hall: World, site: int, km: float) -> int:
    sql.execute("UPDATE sites_site SET latitude = 29.5 + %s WHERE site_id = %s", [km * KM, site])
    return site


def at(hall: World, days: int = 0, quarters: int = 1) -> datetime:
    return hall.now + timedelta(days=days) + quarters * QUARTER


def where(rows: list[AppointmentRow]) -> list[tuple[int, datetime]]:
    assert {row.state for row in rows} == {AppointmentState.BOOKED}
    return [(row.site_id, row.starts_at) for row in rows]


def full(hall: World, site: int, day: object) -> None:
    sql.execute("UPDATE sites_slot SET capacity = taken WHERE site_id = %s AND day = %s", [site, day])


def test_seats_near_by_on_the_day_come_first(hall, closed):
    placed(hall, hall.other, 3)
    people = hall.persons(3)
    for person in people:
        hall.book(person, at(hall))
    assert where(closed(people)) == [(hall.other, at(hall))] * 3
    assert dict(sql.fetch(TOLD)) == {"AppointmentMoved": 3}


def test_another_part_of_the_day_is_better_than_another_day(hall, closed):
    placed(hall, hall.other, 3)
    hall.open_day(hall.other, NEXT)
    sql.execute(
        "UPDATE sites_slot SET capacity = 0 WHERE site_id = %s AND starts_at < %s", [hall.other, at(hall, 0, 20)]
    )
    (person,) = people = hall.persons(1)
    hall.book(person, at(hall))
    assert where(closed(people)) == [(hall.other, at(hall, 0, 20))]


def test_another_day_near_by_is_better_than_a_long_way(hall, closed):
    placed(hall, hall.other, 3)
    full(hall, hall.other, DAY)
    hall.open_day(hall.other, NEXT)
    placed(hall, hall.open_site("FAR"), 40)
    (person,) = people = hall.persons(1)
    hall.book(person, at(hall))
    assert where(closed(people)) == [(hall.other, at(hall, 1))]


def test_a_long_way_is_better_than_no_seat(hall, closed):
    placed(hall, hall.other, 40)
    people = hall.persons(2)
    for person in people:
        hall.book(person, at(hall))
    assert where(closed(people)) == [(hall.other, at(hall))] * 2


def test_a_later_day_that_the_campaign_does_not_allow_is_no_seat(hall, closed):
    placed(hall, hall.other, 3)
    full(hall, hall.other, DAY)
    hall.open_day(hall.other, NEXT)
    (person,) = people = hall.persons(1)
    hall.book(person, at(hall))
    sql.execute("UPDATE campaigns_policy SET state = 'applied', since = %s WHERE value = 'later_doses_only'", [NEXT])
    assert [row.state for row in closed(people)] == [AppointmentState.CANCELLED]


def test_who_finds_no_seat_is_told_why(hall, closed):
    placed(hall, hall.other, 300)
    people = hall.persons(2)
    for person in people:
        hall.book(person, at(hall))
    assert {row.state for row in closed(people)} == {AppointmentState.CANCELLED}
    assert dict(sql.fetch(TOLD)) == {"AppointmentWithdrawn": 2}
    assert sql.fetch("SELECT DISTINCT reason FROM booking_appointment") == [("SITE_CLOSED",)]
    assert booking.seat_difference(DAY, NEXT) == []
