"""Bookings that share a transaction: each gets its own answer, none is lost with its neighbours, and repeats stay one."""

from collections import Counter
from datetime import time

import pytest
from django.db import DatabaseError

from seawall.booking import selectors, services
from seawall.booking.models import Appointment
from seawall.platform.grouped import Grouped
from seawall.platform.models import Act
from seawall.sites import selectors as sites
from seawall.terms.actor import Actor, Reach
from seawall.terms.acts import Outcome
from tests.booking.conftest import DAY, NINE, QUARTER

from .crowd import HANDS, Crowd, codes

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 5


def oneself(person: int) -> Actor:
    return Actor(0, 0, "public", frozenset({"appointment_book"}), Reach(persons=frozenset({person})), purpose="self")


class Desk:
    """Books for oneself through one group, and counts how many went together."""

    def __init__(self, desk) -> None:
        self.desk, self.sizes, self.fails = desk, [], 0
        self.group = Grouped(self.write)

    def write(self, actor, items):
        self.sizes.append(len(items))
        if len(items) > 1 and self.fails:
            self.fails -= 1
            raise DatabaseError("the shared transaction is lost")
        return services.appointment_book(actor, items, rules_for=lambda *_: self.desk.rules)

    def book(self, person: int, item) -> Outcome:
        return self.group.one(oneself(person), item)


def test_many_hands_share_transactions_and_never_oversell(desk, crowd: Crowd):
    desk.town.plan(desk.site, 7)
    own, people = Desk(desk), desk.persons(HANDS * ROUNDS)
    for n in range(ROUNDS):
        mine = people[n * HANDS : (n + 1) * HANDS]
        told = crowd.at_once([lambda p=p: own.book(p, desk.item(p)) for p in mine])
        assert codes(told) == ({"done": 7, "SEAT_GONE": HANDS - 7} if n == 0 else {"SEAT_GONE": HANDS})
    assert max(own.sizes) > 1
    assert sites.taken(DAY, DAY)[desk.site, NINE] == 7
    assert Appointment.objects.count() == 7
    assert selectors.seat_difference(DAY, DAY) == []
    assert Act.objects.filter(verb="appointment_book").count() == HANDS * ROUNDS


def test_each_hand_gets_the_answer_to_its_own_act_and_a_repeat_the_first(desk, crowd: Crowd):
    desk.town.plan(desk.site, HANDS)
    own, people = Desk(desk), desk.persons(HANDS // 2)
    items = [(p, desk.item(p)) for p in people] * 2  # each act from two hands
    told = crowd.at_once([lambda p=p, i=i: own.book(p, i) for p, i in items])
    assert [o.act for o in told] == [i.act for _, i in items]
    assert codes(told) == {"done": HANDS}
    again = crowd.at_once([lambda p=p, i=i: own.book(p, i) for p, i in items])
    assert all(o.replayed for o in again)
    assert [o.answer for o in again] == [o.answer for o in told]
    assert Counter(Appointment.objects.values_list("person_id", flat=True)) == Counter(people)


def test_a_lost_transaction_costs_no_neighbour_its_seat(desk, crowd: Crowd):
    desk.town.plan(desk.site, HANDS, opens=time(9), closes=time(17))
    own, people = Desk(desk), desk.persons(HANDS * ROUNDS)
    own.fails = 3
    for n in range(ROUNDS):
        mine = people[n * HANDS : (n + 1) * HANDS]
        at = NINE + n * QUARTER
        told = crowd.at_once([lambda p=p, at=at: own.book(p, desk.item(p, at)) for p in mine])
        assert codes(told) == {"done": HANDS}
    assert own.fails < 3
    assert Appointment.objects.count() == HANDS * ROUNDS
    assert selectors.seat_difference(DAY, DAY) == []


def test_nobody_books_for_another_by_going_together(desk, crowd: Crowd):
    desk.town.plan(desk.site, HANDS)
    own, people = Desk(desk), desk.persons(HANDS)
    turned = [*people[1:], people[0]]
    told = crowd.at_once([lambda p=p, q=q: own.book(p, desk.item(q)) for p, q in zip(people, turned, strict=True)])
    assert codes(told) == {"OUT_OF_AREA": HANDS}
    assert Appointment.objects.count() == 0
