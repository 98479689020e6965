"""A lot is recalled: who has a dose of another lot keeps the seat, the others go where a dose is, and all are told once."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from seawall.booking import selectors, services
from seawall.platform import clock, relay, sql
from seawall.supply import services as supply
from seawall.terms.bookings import SiteDay
from seawall.terms.codes import AppointmentState, LotState
from seawall.terms.stock import LotHold, LotReceive, ProductHold

from .world import DAY, World, done

pytestmark = pytest.mark.django_db
BOOKED = AppointmentState.BOOKED


def stop(hall: World, lot: str, state: LotState = LotState.RECALLED) -> None:
    hold = LotHold(**hall.base(), lot=lot, place_id=None, state=state, authority="NMPA 1")
    done(supply.lot_hold(hall.actor, [hold]))
    relay.deliver()
    relay.deliver()
    assert sql.fetch("SELECT failure FROM platform_fact WHERE failure <> ''") == []


def booked(hall: World, number: int) -> list[int]:
    """So many people, a quarter of an hour apart from one o'clock on."""
    people = hall.persons(number)
    for n, person in enumerate(people):
        hall.book(person, hall.now + timedelta(minutes=60 + 15 * n))
    return people


def seats(people: list[int]) -> list[tuple[int, str]]:
    found = {row.person_id: row for row in selectors.appointments(people)}
    return [(found[p].site_id, found[p].state) for p in people]


def test_other_lots_are_used_first_then_other_sites_and_then_another_day(hall: World):
    hall.packs(5)
    hall.packs(1)
    hall.packs(1, site=hall.other)
    hall.open_day(hall.site, DAY + timedelta(days=1))
    people = booked(hall, 4)
    stop(hall, "L0001")
    assert seats(people) == [(hall.site, BOOKED), (hall.other, BOOKED), (hall.site, BOOKED), (hall.site, BOOKED)]
    days = [clock.civil_day(r.starts_at) - DAY for p in people for r in selectors.appointments([p])]
    assert days == [timedelta(0), timedelta(0), timedelta(days=1), timedelta(days=1)]
    assert sql.fetch("SELECT count(*) FROM platform_fact WHERE fact = 'AppointmentMoved'") == [(3,)]
    assert selectors.seat_difference(DAY, DAY + timedelta(days=1)) == []


def test_where_no_dose_is_anywhere_the_seat_is_taken_back(hall: World):
    hall.packs(5)
    people = booked(hall, 2)
    stop(hall, "L0001")
    assert {state for _, state in seats(people)} == {AppointmentState.CANCELLED}
    assert sql.fetch("SELECT DISTINCT payload->>'reason' FROM platform_fact WHERE fact LIKE 'Appointment%%'") == [
        ("NO_DOSE",)
    ]


def test_a_hold_moves_nobody_and_an_officer_may_by_hand(hall: World):
    hall.packs(5)
    people = booked(hall, 2)
    stop(hall, "L0001", LotState.QUARANTINED)
    assert {state for _, state in seats(people)} == {BOOKED}
    item = SiteDay(**hall.base(), site_id=hall.site, day=DAY)
    assert done(services.short_withdraw(hall.actor, [item]))[0].answer == {"kept": 0, "moved": 0, "withdrawn": 2}


def test_a_product_is_stopped_with_what_still_comes_and_its_own_lots_are_freed(hall: World):
    hall.packs(3)
    hall.packs(2)
    people = booked(hall, 1)
    stop(hall, "L0002", LotState.QUARANTINED)
    hold = ProductHold(**hall.base(), product="BIBP", state=LotState.RECALLED, authority="NMPA 2")
    assert done(supply.product_hold(hall.actor, [hold]))[0].answer == {"product": "BIBP", "lots": 1, "doses": 3}
    relay.deliver()
    later = LotReceive(
        **hall.base(), lot="L0003", product="BIBP", place_id=hall.site, expires=date(2022, 3, 1), release_certificate="R-3",
        temperature_record="T-3", max_celsius=7.0, min_celsius=3.0, handed_by="A", taken_by="B", doses_per_pack=1, packs=1,
    )  # fmt: skip
    done(supply.lot_receive(hall.actor, [later]))
    assert {(r.lot, r.state.value) for r in hall.stock()} == {(f"L000{n}", "quarantined") for n in (1, 2, 3)}
    assert seats(people)[0][1] == AppointmentState.CANCELLED
    free = ProductHold(**hall.base(), product="BIBP", state=LotState.RELEASED, authority="NMPA 3")
    assert done(supply.product_hold(hall.actor, [free]))[0].answer["lots"] == 2
    assert {(r.lot, r.state.value) for r in hall.stock()} == {
        ("L0001", "on_hand"), ("L0002", "quarantined"), ("L0003", "on_hand"),
    }  # fmt: skip
    none = ProductHold(**hall.base(), product="NONE", state=LotState.RECALLED, authority="NMPA 4")
    assert supply.product_hold(hall.actor, [none])[0].refusal.code == "PRODUCT_WITHOUT_LOTS"


def test_many_bookings_cost_no_more_statements_than_one(hall: World):
    counts = []
    for number in (1, 5):
        booked(hall, number)
        item = SiteDay(act=uuid4(), occurred_at=hall.now, site_id=hall.site, day=DAY)
        with CaptureQueriesContext(connection) as queries:
            services.short_withdraw(hall.actor, [item])
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_who_is_due_another_dose_than_what_is_left_leaves_and_who_may_have_any_changes(hall: World):
    """An inactivated second dose is not given as an adenovirus one: the campaign's doses suffice, this person's do not."""
    hall.packs(3)
    hall.packs(3, product="AD5")
    hall.packs(1, product="BIBP", site=hall.other)
    anyone, second = hall.persons(2)
    hall.history(second, DAY - timedelta(days=30))
    hall.book(anyone, hall.now + timedelta(minutes=60))
    hall.book(second, hall.now + timedelta(minutes=75))
    stop(hall, "L0001")
    assert seats([anyone, second]) == [(hall.site, BOOKED), (hall.other, BOOKED)]


def test_the_last_dose_of_a_product_stays_for_whom_no_other_will_do(hall: World):
    hall.packs(3)
    hall.packs(1)
    hall.packs(1, product="AD5")
    anyone, second = hall.persons(2)
    hall.history(second, DAY - timedelta(days=30))
    hall.book(anyone, hall.now + timedelta(minutes=60))
    hall.book(second, hall.now + timedelta(minutes=75))
    stop(hall, "L0001")
    assert seats([anyone, second]) == [(hall.site, BOOKED), (hall.site, BOOKED)]
