"""The last seat of a slot, from many real connections at once: never one too many, never a lost one."""

import random
from datetime import time
from uuid import uuid4

import pytest

from seawall.booking import selectors, services
from seawall.booking.models import Appointment
from seawall.sites import selectors as sites
from seawall.terms.bookings import AppointmentMove
from tests.booking.conftest import DAY, NINE, QUARTER

from .crowd import HANDS, ROUNDS, codes

pytestmark = pytest.mark.django_db(transaction=True)


def slots(desk, seats):
    """A long day whose slots have so many seats each; their starts."""
    desk.town.plan(desk.site, seats, opens=time(9), closes=time(17))
    return [NINE + n * QUARTER for n in range(32)]


def test_the_last_seats_of_a_slot(desk, crowd):
    starts = slots(desk, 3)
    people = desk.persons(HANDS * ROUNDS)
    for n in range(ROUNDS):
        outcomes = crowd.at_once(
            [lambda p=p, at=starts[n]: desk.book(desk.item(p, at))[0] for p in people[n * HANDS : (n + 1) * HANDS]]
        )
        assert codes(outcomes) == {"done": 3, "SEAT_GONE": HANDS - 3}
        assert sites.taken(DAY, DAY)[desk.site, starts[n]] == 3
    assert selectors.seat_difference(DAY, DAY) == []
    assert Appointment.objects.count() == 3 * ROUNDS


def test_batches_that_reach_for_the_same_slots_in_any_order(desk, crowd):
    starts, size, chance = slots(desk, 9)[:8], 8, random.Random(7)
    people = desk.persons(HANDS * size)

    def batch(hand):
        mine = people[hand * size : (hand + 1) * size]
        order = chance.sample(starts, len(starts))
        return [desk.item(person, at) for person, at in zip(mine, order, strict=True)]

    batches = [batch(hand) for hand in range(HANDS)]
    outcomes = [o for found in crowd.at_once([lambda b=b: desk.book(*b) for b in batches]) for o in found]
    assert codes(outcomes) == {"done": 72, "SEAT_GONE": HANDS * size - 72}
    assert set(sites.taken(DAY, DAY).values()) == {9}
    assert selectors.seat_difference(DAY, DAY) == []


def test_one_person_from_many_hands_has_one_appointment(desk, crowd):
    starts = slots(desk, 30)
    for person in desk.persons(ROUNDS // 2):
        outcomes = crowd.at_once([lambda n=n, p=person: desk.book(desk.item(p, starts[n]))[0] for n in range(HANDS)])
        assert codes(outcomes) == {"done": 1, "ALREADY_BOOKED": HANDS - 1}
    assert selectors.seat_difference(DAY, DAY) == []


def test_pressing_many_times_is_one_booking(desk, crowd):
    slots(desk, 30)
    for person in desk.persons(ROUNDS // 2):
        item = desk.item(person)
        outcomes = crowd.at_once([lambda i=item: desk.book(i)[0]] * HANDS)
        assert codes(outcomes) == {"done": HANDS}
        assert sum(not o.replayed for o in outcomes) == 1
        assert Appointment.objects.filter(person_id=person).count() == 1
    assert selectors.seat_difference(DAY, DAY) == []


def test_booking_moving_cancelling_and_running_out_at_once(desk, crowd):
    starts = slots(desk, 2)[:6]
    chance = random.Random(11)
    people = desk.persons(HANDS)

    def turn(person):
        mine = [r for r in selectors.appointments([person]) if r.state in {"booked", "held"}]
        if not mine:
            return desk.book(desk.item(person, chance.choice(starts), hold=chance.random() < 0.3))[0]
        if chance.random() < 0.4:
            return services.appointment_cancel(desk.actor, [desk.change(person, mine[0].appointment)])[0]
        item = AppointmentMove(
            act=uuid4(),
            occurred_at=desk.town.now,
            person_id=person,
            appointment=mine[0].appointment,
            site_id=desk.site,
            starts_at=chance.choice(starts),
        )
        return services.appointment_move(desk.actor, [item], rules_for=lambda *_: desk.rules)[0]

    seen = set()
    for _ in range(ROUNDS):
        seen |= set(codes(crowd.at_once([lambda p=p: turn(p) for p in people])))
        assert selectors.seat_difference(DAY, DAY) == []
        assert all(n <= 2 for n in sites.taken(DAY, DAY).values())
    assert {"done", "SEAT_GONE"} <= seen
