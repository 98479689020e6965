"""What booking systems failed at in public, each by its name: with real connections at once, and a process killed at each step."""

import random
from datetime import date, time, timedelta
from uuid import UUID, uuid4

import pytest

from seawall.booking import selectors, services
from seawall.people.models import Person
from seawall.people.services import dose_record, persons_register
from seawall.platform import clock, sql
from seawall.sites import selectors as sites
from seawall.sites.models import Slot
from seawall.terms.acts import Item
from seawall.terms.bookings import AppointmentMove, SiteDay
from seawall.terms.codes import DoseSource, Sex
from seawall.terms.people import DocumentGiven, DoseRecord, PersonRegister
from tests.booking.announcing import announce_returns
from tests.booking.conftest import DAY, NINE, PROGRAMME, QUARTER
from tests.people.conftest import resident_id

from .crowd import codes
from .killing import at_each_step

pytestmark = pytest.mark.django_db(transaction=True)
LONG = 36  # quarter-hours of a long day: a fresh one for each step at which a process dies
TWICE = """
SELECT person_id, campaign FROM booking_appointment WHERE state IN ('held', 'booked', 'arrived')
GROUP BY 1, 2 HAVING count(*) > 1
"""
BACKWARDS = """
SELECT act FROM booking_appointment WHERE NOT walk_in AND starts_at + interval '15 minutes' <= booked_at
"""


@pytest.fixture(autouse=True)
def proven(desk):
    """Over all rows, after each scenario: seats agree with appointments, none below nothing or above all, nobody has two."""
    yield
    assert selectors.seat_difference(DAY, DAY + timedelta(days=1)) == []
    assert sql.fetch("SELECT 1 FROM sites_slot WHERE taken < 0 OR taken > capacity") == []
    assert sql.fetch(TWICE) == [] and sql.fetch(BACKWARDS) == []


def long_day(desk, seats):
    assert desk.town.plan(desk.site, seats, opens=time(8), closes=time(17)).done
    return [row.starts_at for row in Slot.objects.filter(site_id=desk.site, day=DAY).order_by("starts_at")]


def booked(desk, person, at=NINE, **more):
    (outcome,) = desk.book(desk.item(person, at, **more))
    assert outcome.done, outcome.refusal
    return outcome.answer["appointment"]


def test_negative_capacity(desk, crowd):
    """A day is planned with fewer seats again and again while people book and cancel."""
    chance, people = random.Random(3), desk.persons(crowd.hands)

    def turn(n):
        if n % 4 == 0:
            return desk.town.plan(desk.site, chance.randint(1, 9))
        mine = [r for r in selectors.appointments([people[n]]) if r.state == "booked"]
        if mine:
            return services.appointment_cancel(desk.actor, [desk.change(people[n], mine[0].appointment)])[0]
        return desk.book(desk.item(people[n], NINE + QUARTER * chance.randrange(3)))[0]

    for _ in range(6):
        assert codes(crowd.at_once([lambda n=n: turn(n) for n in range(crowd.hands)]))["done"]
        assert selectors.seat_difference(DAY, DAY) == []


def test_a_plan_killed_at_each_step_leaves_no_seat_below_nothing(desk):
    for person in desk.persons(2):
        booked(desk, person)
    for moment, plan in at_each_step(lambda n: lambda: desk.town.plan(desk.site, 1 + n % 3)):
        assert sites.taken(DAY, DAY) == {(desk.site, NINE): 2}, moment
        assert plan().done


def test_cancelled_seats_nobody_can_book(desk):
    """Whoever cancels may die in the middle: the press that follows gives the seat back, and another has it."""
    starts = long_day(desk, 1)
    leaving, coming = desk.persons(LONG), desk.persons(LONG)

    def make(n):
        change = desk.change(leaving[n], booked(desk, leaving[n], starts[n]))
        return lambda: services.appointment_cancel(desk.actor, [change])[0]

    for moment, cancel in at_each_step(make):
        assert cancel().done, moment
        booked(desk, coming[moment], starts[moment])


def test_cancelled_seats_that_return_at_an_announced_time_are_lost_to_nobody(desk, crowd, tmp_path):
    """Whoever cancels may die in the middle, and many reach for the seats: before the time nobody has one, then each is had once."""
    announce_returns(tmp_path / "city", "16:00")
    starts, leaving = long_day(desk, 1), desk.persons(LONG)

    def make(n):
        change = desk.change(leaving[n], booked(desk, leaving[n], starts[n]))
        return lambda: services.appointment_cancel(desk.actor, [change])[0]

    steps = [moment for moment, cancel in at_each_step(make) if cancel().done]
    seats = [*steps, steps[-1] + 1]  # the last deed lived to its end
    coming = desk.persons(crowd.hands)

    def reach():
        items = [desk.item(p, starts[seats[n % len(seats)]]) for n, p in enumerate(coming)]
        return codes(crowd.at_once([lambda i=i: desk.book(i)[0] for i in items]))

    assert sites.set_aside([DAY]) == {DAY: len(seats)}
    assert reach() == {"SEAT_RETURNS": crowd.hands}
    clock.set_to(clock.now() + timedelta(hours=4))
    assert reach() == {"done": len(seats), "SEAT_GONE": crowd.hands - len(seats)}
    assert sites.set_aside([DAY]) == {} and len(sites.taken(DAY, DAY)) == len(seats)


def test_a_seat_that_is_cancelled_is_had_by_one_of_those_who_reach_for_it(desk, crowd):
    desk.town.plan(desk.site, 1)
    had, *others = desk.persons(6 * crowd.hands + 1)
    for n in range(6):
        mine = [r for r in selectors.appointments([had]) if r.state == "booked"]
        change = desk.change(had, mine[0].appointment if mine else booked(desk, had))
        reach = others[n * crowd.hands : (n + 1) * crowd.hands - 1]
        calls = [lambda p=p: desk.book(desk.item(p))[0] for p in reach]
        outcomes = crowd.at_once([lambda c=change: services.appointment_cancel(desk.actor, [c])[0], *calls])
        assert outcomes[0].done and codes(outcomes)["done"] in {1, 2}
        winner = next((p for p, o in zip(reach, outcomes[1:], strict=True) if o.done), None)
        if winner is None:  # all of them came before the seat was back: it is there for the next
            booked(desk, winner := others[-1 - n])
        had = winner


def test_a_seat_lost_when_the_second_step_fails(desk):
    """Held, and then the confirmation dies: it is confirmed by pressing again, or the seat goes back when the hold runs out."""
    starts = long_day(desk, 1)
    people, others = desk.persons(LONG), desk.persons(LONG)
    ran_out = clock.system_now() - timedelta(hours=1)

    def make(n):
        change = desk.change(people[n], booked(desk, people[n], starts[n], hold=True))
        return lambda: services.appointment_confirm(desk.actor, [change])[0]

    for moment, confirm in at_each_step(make):
        if moment % 2:
            assert confirm().done, moment
            continue
        sql.execute("UPDATE booking_appointment SET held_until = %s WHERE held_until IS NOT NULL", [ran_out])
        services.holds_expire(desk.actor, [Item(act=uuid4(), occurred_at=desk.town.now)])
        (mine,) = selectors.appointments([people[moment]])
        outcome = desk.book(desk.item(others[moment], starts[moment]))[0]
        assert outcome.done == (mine.state == "expired"), moment


def test_a_booking_killed_at_each_step_takes_no_seat_or_its_own(desk):
    starts, people = long_day(desk, 1), desk.persons(LONG)

    def make(n):
        item = desk.item(people[n], starts[n], hold=bool(n % 2))
        return lambda: desk.book(item)[0]

    for moment, book in at_each_step(make):
        assert selectors.seat_difference(DAY, DAY) == [], moment
        assert book().done, moment


def test_an_appointment_in_the_past(desk, crowd):
    """The slot passes while many reach for it, some with a device whose clock is behind."""
    starts, people = long_day(desk, 30), desk.persons(crowd.hands)
    before, at = desk.town.now, starts[4]
    kept = {person: booked(desk, person, starts[-1]) for person in people[::2]}
    clock.set_to(at + QUARTER)

    def turn(n):
        told = {"act": uuid4(), "occurred_at": before if n % 3 else at + QUARTER, "person_id": people[n]}
        if people[n] in kept:
            move = AppointmentMove(**told, appointment=UUID(kept[people[n]]), site_id=desk.site, starts_at=at)
            return services.appointment_move(desk.actor, [move], rules_for=lambda *_: desk.rules)[0]
        return desk.book(desk.item(people[n], at, occurred_at=told["occurred_at"]))[0]

    assert codes(crowd.at_once([lambda n=n: turn(n) for n in range(crowd.hands)])) == {"SLOT_PAST": crowd.hands}
    assert sites.taken(DAY, DAY) == {(desk.site, starts[-1]): len(kept)}


def test_phantom_seats_after_a_withdrawal(desk):
    """The day of a site is withdrawn by a process that dies at each step: done again, no seat is taken and nobody has one."""
    people = desk.persons(LONG)

    def make(n):
        if not selectors.day_list([desk.site], DAY):
            booked(desk, people[n])
        item = SiteDay(act=uuid4(), occurred_at=desk.town.now, site_id=desk.site, day=DAY)
        return lambda: services.site_withdraw(desk.actor, [item])[0]

    for moment, withdraw in at_each_step(make):
        assert selectors.seat_difference(DAY, DAY) == [], moment
        assert withdraw().done, moment
        assert sites.taken(DAY, DAY) == {} and selectors.day_list([desk.site], DAY) == [], moment


def test_double_booking_across_devices(desk, crowd):
    """Each device holds and confirms a seat of its own choice for the same person, and one of them dies at each step."""
    starts = long_day(desk, 30)
    (person,) = desk.persons()

    def device(n):
        held = desk.book(desk.item(person, starts[n], hold=True))[0]
        if held.done:
            change = desk.change(person, held.answer["appointment"])
            return services.appointment_confirm(desk.actor, [change])[0]
        return held

    outcomes = crowd.at_once([lambda n=n: device(n) for n in range(crowd.hands)])
    assert codes(outcomes)["done"] == 1
    (mine,) = [r for r in selectors.appointments([person]) if r.state in {"held", "booked"}]
    assert sites.taken(DAY, DAY) == {(desk.site, mine.starts_at): 1}

    people = desk.persons(LONG)
    for moment, _ in at_each_step(lambda n: lambda: desk.book(desk.item(people[n], starts[0]))[0]):
        again = desk.book(desk.item(people[moment], starts[1]))[0]
        assert again.done or again.refusal.code == "ALREADY_BOOKED", moment


def test_one_person_with_two_first_doses_by_two_phone_numbers(desk, crowd):
    """The same document with another phone number each time: one person, one seat, one first dose."""
    birth, now = date(1980, 5, 1), desk.town.now
    document = DocumentGiven(kind="RESIDENT_ID", number=resident_id(birth, 901))

    def register(n):
        told = {"act": uuid4(), "occurred_at": now, "name": "张三丰", "sex": Sex.MALE, "birth": birth}
        item = PersonRegister(**told, leaf_id=desk.town.leaf, documents=(document,), phone=f"+86139000000{n:02}")
        return persons_register(desk.actor, [item])[0]

    outcomes = crowd.at_once([lambda n=n: register(n) for n in range(crowd.hands)])
    assert codes(outcomes) == {"done": 1, "DOCUMENT_KNOWN": crowd.hands - 1}
    (person,) = Person.objects.values_list("id", flat=True)

    def dose(person):
        told = {"act": uuid4(), "occurred_at": now, "person_id": person, "programme": PROGRAMME, "product": "BIBP"}
        return dose_record(desk.actor, [DoseRecord(**told, given_on=date(2021, 4, 1), source=DoseSource.HISTORY)])[0]

    halves = [lambda: desk.book(desk.item(person))[0], lambda: dose(person)]
    clock.set_to(NINE)
    outcomes = crowd.at_once([halves[n % 2] for n in range(crowd.hands)])
    assert sum(o.done for o in outcomes[1::2]) == 1 and sum(o.done for o in outcomes[::2]) <= 1
    assert sql.fetch("SELECT person_id FROM people_doseevent") == [(person,)]
