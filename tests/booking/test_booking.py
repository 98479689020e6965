"""Who may book, one seat at a time, and what becomes of it."""

from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

import seawall
from seawall.booking import selectors, services
from seawall.booking.models import Appointment
from seawall.booking.rules import Opening, Rules, judge
from seawall.campaigns.services import campaign_load
from seawall.people.services import condition_record
from seawall.platform import clock, relay, sql
from seawall.platform.verbs import Work
from seawall.sites import selectors as sites
from seawall.sites import services as site_services
from seawall.terms.actor import Reach
from seawall.terms.acts import Item
from seawall.terms.bookings import AppointmentMove, InvitationSend, SiteDay, WaitingJoin, WaitingLeave
from seawall.terms.codes import AppointmentState, DueStatus
from seawall.terms.people import ConditionRecord, DueRow
from seawall.terms.sites import SessionMark, SiteClose

from .conftest import DAY, NINE, OPEN, PROGRAMME, QUARTER

CITY = Path(seawall.__file__).parents[2] / "cities" / "chongqing" / "campaigns" / "covid19-2021"


def codes(outcomes):
    return [o.refusal.code if o.refusal else "done" for o in outcomes]


@pytest.fixture(autouse=True)
def proven(desk):
    """After every test of this module seats and appointments must agree."""
    yield
    assert selectors.seat_difference(DAY - timedelta(days=3), DAY + timedelta(days=60)) == []


def due(status, rank=1, **more):
    empty = dict.fromkeys(("earliest", "recommended", "overdue_from", "latest", "complete_on"))
    told = {"programme": PROGRAMME, "products": (), "reason": "", "rule": "", "release": "", "doses_given": rank - 1}
    return DueRow(**{**empty, **told, "person_id": 1, "status": status, "dose_rank": rank, **more})


EVERYBODY, KEY = Opening(frozenset({"ALL"}), frozenset({1, 2})), Opening(frozenset({"HEALTH"}), frozenset({1}))


@pytest.mark.parametrize(
    ("row", "rules", "code"),
    [
        (due(DueStatus.DUE), None, "CAMPAIGN_NOT_HERE"),
        (None, OPEN, "NO_DUE_ANSWER"),
        (due(DueStatus.DUE), OPEN, None),
        (due(DueStatus.OVERDUE, 2), OPEN, None),
        (due(DueStatus.NOT_YET, 2, earliest=date(2021, 5, 1)), OPEN, "NOT_YET_DUE"),
        (due(DueStatus.COMPLETE), OPEN, "ALREADY_COMPLETE"),
        (due(DueStatus.DEFERRED, earliest=date(2021, 5, 1)), OPEN, "DEFERRED_UNTIL"),
        (due(DueStatus.INELIGIBLE), OPEN, "NOT_ELIGIBLE"),
        (due(DueStatus.CONTRAINDICATED), OPEN, "ADVICE_BEFORE_BOOKING"),
        (due(DueStatus.REVIEW), OPEN, "ADVICE_BEFORE_BOOKING"),
        (due(DueStatus.DUE), replace(OPEN, later_doses_only=True), "POLICY_LATER_DOSES_ONLY"),
        (due(DueStatus.DUE, 2), replace(OPEN, later_doses_only=True), None),
        (due(DueStatus.DUE), Rules(PROGRAMME, (KEY,)), "GROUP_NOT_OPEN"),
        (due(DueStatus.DUE), Rules(PROGRAMME, (KEY,), groups={1: "HEALTH"}), None),
        (due(DueStatus.DUE, 2), Rules(PROGRAMME, (KEY,), groups={1: "HEALTH"}), "GROUP_NOT_OPEN"),
        (due(DueStatus.DUE, 3), Rules(PROGRAMME, (EVERYBODY,)), "GROUP_NOT_OPEN"),
        (
            due(DueStatus.DUE),
            Rules(PROGRAMME, (EVERYBODY,), groups={1: "X"}, closed_groups=frozenset({"X"})),
            "GROUP_NOT_OPEN",
        ),
        (due(DueStatus.DUE), Rules(PROGRAMME, ()), "GROUP_NOT_OPEN"),
    ],
)
def test_medicine_first_then_policy_then_group(row, rules, code):
    refusal = judge(1, row, rules, "test", DAY)
    assert (refusal.code if refusal else None) == code


def test_a_person_books_confirms_and_gives_back(desk):
    (person,) = desk.persons()
    held, again = desk.book(desk.item(person, hold=True), desk.item(person, NINE + QUARTER))
    assert held.answer["state"] == "held"
    assert (again.refusal.code, again.refusal.params["appointment"]) == ("ALREADY_BOOKED", held.answer["appointment"])
    change = desk.change(person, held.answer["appointment"])
    assert codes(services.appointment_confirm(desk.actor, [change])) == ["done"]
    (row,) = selectors.appointments([person])
    assert (row.state, row.dose_rank, row.starts_at) == (AppointmentState.BOOKED, 1, NINE)
    assert [r.person_id for r in selectors.day_list([desk.site], DAY)] == [person]
    again = replace(change, act=uuid4())
    assert codes(services.appointment_cancel(desk.actor, [again])) == ["done"]
    assert sites.taken(DAY, DAY) == {}
    assert codes(services.appointment_cancel(desk.actor, [replace(change, act=uuid4())])) == ["APPOINTMENT_SETTLED"]
    assert codes(desk.book(desk.item(person))) == ["done"]


def test_the_last_seat_goes_to_the_first_and_the_next_hears_what_is_near(desk):
    people = desk.persons(3)
    outcomes = desk.book(*[desk.item(p) for p in people])
    assert codes(outcomes) == ["done", "done", "SEAT_GONE"]
    assert outcomes[2].refusal.params["alternatives"].split()[0] == (NINE + QUARTER).isoformat()


def test_a_slot_that_is_over_or_was_never_planned_is_refused(desk):
    people = desk.persons(3)
    late = NINE + timedelta(minutes=20)
    outcomes = desk.book(
        desk.item(people[0], occurred_at=late),
        desk.item(people[1], occurred_at=NINE + timedelta(minutes=14)),
        desk.item(people[2], NINE - QUARTER),
    )
    assert codes(outcomes) == ["SLOT_PAST", "done", "NO_SUCH_SLOT"]


def test_the_second_dose_is_booked_for_a_day_when_it_is_due(desk):
    (person,) = desk.persons()
    desk.dosed(person, date(2021, 3, 29))
    (refused,) = desk.book(desk.item(person))
    assert (refused.refusal.code, refused.refusal.params["earliest"]) == ("NOT_YET_DUE", "2021-04-19")
    later = DAY + timedelta(days=8)
    desk.town.plan(desk.site, 1, day=later)
    (booked,) = desk.book(desk.item(person, NINE + timedelta(days=8)))
    assert booked.answer["dose_rank"] == 2


def test_fever_puts_off_and_its_end_frees(desk):
    (person,) = desk.persons()
    finding = ConditionRecord(
        act=uuid4(),
        occurred_at=desk.town.now,
        person_id=person,
        kind="FEVER",
        since=date(2021, 4, 10),
        until=DAY,
    )
    assert codes(condition_record(desk.actor, [finding])) == ["done"]
    assert codes(desk.book(desk.item(person))) == ["DEFERRED_UNTIL"]
    later = DAY + timedelta(days=1)
    desk.town.plan(desk.site, 1, day=later)
    assert codes(desk.book(desk.item(person, NINE + timedelta(days=1)))) == ["done"]


def test_a_child_is_not_offered_this_vaccine_yet(desk):
    (child,) = desk.persons(1, date(2010, 1, 1))
    assert codes(desk.book(desk.item(child), desk.item(10**9))) == ["NOT_ELIGIBLE", "NO_DUE_ANSWER"]


def test_a_hold_runs_out_and_the_seat_is_free_again(desk):
    one, two, three = desk.persons(3)
    desk.book(desk.item(one, hold=True), desk.item(two))
    assert codes(desk.book(desk.item(three))) == ["SEAT_GONE"]
    sql.execute("UPDATE booking_appointment SET held_until = held_until - interval '11 minutes' WHERE state = 'held'")
    stale = selectors.appointments([one])[0]
    confirm = desk.change(one, stale.appointment)
    assert codes(services.appointment_confirm(desk.actor, [confirm])) == ["HOLD_EXPIRED"]
    assert expired(desk) == 1
    assert expired(desk) == 0
    assert codes(desk.book(desk.item(three))) == ["done"]


def expired(desk) -> int:
    return services.holds_expire.one(desk.actor, Item(act=uuid4(), occurred_at=desk.town.now)).answer["expired"]


def test_a_person_whose_hold_ran_out_books_anew_without_waiting_for_the_sweep(desk):
    (person,) = desk.persons()
    desk.book(desk.item(person, hold=True))
    sql.execute("UPDATE booking_appointment SET held_until = held_until - interval '11 minutes'")
    assert codes(desk.book(desk.item(person))) == ["done"]
    assert [r.state for r in selectors.appointments([person])] in (["expired", "booked"], ["booked", "expired"])


def move(desk, person, appointment, at, site=None):
    item = AppointmentMove(
        act=uuid4(),
        occurred_at=desk.town.now,
        person_id=person,
        appointment=appointment,
        site_id=site or desk.site,
        starts_at=at,
    )
    return services.appointment_move(desk.actor, [item], rules_for=lambda *_: desk.rules)[0]


def test_whoever_moves_to_a_full_slot_keeps_the_old_seat(desk):
    one, two, three = desk.persons(3)
    booked = desk.book(desk.item(one), desk.item(two), desk.item(three, NINE + QUARTER))
    mine = booked[2].act
    assert move(desk, three, mine, NINE).refusal.code == "SEAT_GONE"
    assert selectors.appointment(three, mine).starts_at == NINE + QUARTER
    assert move(desk, three, mine, NINE + 2 * QUARTER).done
    assert sites.taken(DAY, DAY) == {(desk.site, NINE): 2, (desk.site, NINE + 2 * QUARTER): 1}
    assert move(desk, one, mine, NINE).refusal.code == "APPOINTMENT_UNKNOWN"


def test_a_walk_in_has_arrived_and_a_visit_settles_appointments(desk):
    one, two, three = desk.persons(3)
    walk = desk.item(one, occurred_at=NINE + timedelta(minutes=3), walk_in=True)
    booked, other = desk.item(two), desk.item(three, NINE + QUARTER)
    desk.book(walk, booked, other)
    w, item = Work(desk.actor, desk.town.now), Item(act=uuid4(), occurred_at=desk.town.now)
    mark = services.appointments_mark
    assert mark(w, AppointmentState.ARRIVED, [(two, booked.act, item)]) == {}
    assert mark(w, AppointmentState.ARRIVED, [(two, booked.act, item)])[booked.act].code == "APPOINTMENT_SETTLED"
    assert mark(w, AppointmentState.FULFILLED, [(one, walk.act, item), (two, booked.act, item)]) == {}
    assert mark(w, AppointmentState.ARRIVED, [(two, walk.act, item)])[walk.act].code == "APPOINTMENT_UNKNOWN"
    day_over = SiteDay(act=uuid4(), occurred_at=NINE + timedelta(hours=9), site_id=desk.site, day=DAY)
    outcome = services.appointments_miss.one(desk.actor, day_over)
    assert outcome.answer["missed"] == 1
    first, second = selectors.quarters([desk.site], DAY)
    assert (first.fulfilled, first.walk_ins, second.missed) == (2, 1, 1)
    assert codes(desk.book(desk.item(three, NINE + 2 * QUARTER))) == ["done"]


def test_a_visit_that_ends_without_a_dose_gives_the_seat_back(desk):
    (person,) = desk.persons()
    booked = desk.item(person)
    desk.book(booked)
    w, item = Work(desk.actor, desk.town.now), Item(act=uuid4(), occurred_at=desk.town.now)
    services.appointments_mark(w, AppointmentState.ARRIVED, [(person, booked.act, item)])
    services.appointments_mark(w, AppointmentState.CANCELLED, [(person, booked.act, item)])
    assert sites.taken(DAY, DAY) == {}


def test_a_closed_site_withdraws_its_bookings_once(desk):
    one, two = desk.persons(2)
    desk.book(desk.item(one), desk.item(two, hold=True))
    item = SiteClose(act=uuid4(), occurred_at=desk.town.now, site_id=desk.site, day=DAY, reason="FLOOD")
    assert codes(site_services.site_close(desk.actor, [item])) == ["done"]
    relay.deliver()
    relay.deliver()
    assert {r.state for r in selectors.appointments([one, two])} == {AppointmentState.CANCELLED}
    assert sql.fetch("SELECT count(*) FROM platform_fact WHERE fact = 'AppointmentWithdrawn'") == [(2,)]
    assert sites.taken(DAY, DAY) == {}


def test_bookings_of_a_closed_site_go_to_the_nearest_free_seats_of_the_day(desk):
    near = desk.town.open("NEAR", longitude=106.51)
    farther = desk.town.open("FARTHER", longitude=106.55)
    desk.town.open("TOO_FAR", longitude=106.65)
    for site in (near, farther):
        desk.town.plan(site, 1, opens=time(9), closes=time(9, 30))
    people = desk.persons(6)
    desk.book(*(desk.item(p, NINE + QUARTER * (n // 2)) for n, p in enumerate(people)))
    desk.book(desk.item(desk.persons()[0], NINE, site_id=near))  # one of the near seats is gone already
    item = SiteClose(act=uuid4(), occurred_at=desk.town.now, site_id=desk.site, day=DAY, reason="FLOOD")
    assert codes(site_services.site_close(desk.actor, [item])) == ["done"]
    relay.deliver()
    found = {r.person_id: r for r in selectors.appointments(people)}
    assert [(found[p].site_id, found[p].state) for p in people] == [
        (near, AppointmentState.BOOKED), (farther, AppointmentState.BOOKED), (farther, AppointmentState.BOOKED),
        *[(desk.site, AppointmentState.CANCELLED)] * 3,
    ]  # fmt: skip
    assert found[people[0]].starts_at == NINE + QUARTER
    assert selectors.seat_difference(DAY, DAY) == []
    told = dict(sql.fetch("SELECT fact, count(*) FROM platform_fact WHERE fact LIKE 'Appointment%%' GROUP BY 1"))
    assert told == {"AppointmentMoved": 3, "AppointmentWithdrawn": 3}


@pytest.mark.parametrize("reach", ["sites", "persons", "leaves", None])
def test_a_post_books_only_those_in_reach(desk, reach):
    (person,) = desk.persons()
    sets = {"sites": desk.site, "persons": person, "leaves": desk.town.leaf}
    narrow = Reach(**{reach: frozenset({sets[reach]})}) if reach else Reach(sites=frozenset({desk.site + 1}))
    desk.town.actor = replace(desk.actor, reach=narrow)
    booked = desk.book(desk.item(person))
    assert codes(booked) == (["done"] if reach else ["OUT_OF_AREA"])
    walk = desk.item(person, NINE + QUARTER, occurred_at=NINE + QUARTER, walk_in=True)
    assert codes(desk.book(walk)) == (["ALREADY_BOOKED"] if reach == "sites" else ["OUT_OF_AREA"])


def test_the_campaigns_own_tables_decide(desk):
    code = campaign_load(CITY)
    one, two = desk.persons(2)
    book = services.appointment_book
    assert codes(book(desk.actor, [desk.item(one, campaign=code), desk.item(two, campaign="none")])) == [
        "done",
        "CAMPAIGN_NOT_HERE",
    ]
    sql.execute("UPDATE campaigns_policy SET state = 'applied', since = %s WHERE value = 'later_doses_only'", [DAY])
    assert codes(book(desk.actor, [desk.item(two, campaign=code)])) == ["POLICY_LATER_DOSES_ONLY"]
    sql.execute("UPDATE campaigns_policy SET state = 'proposed' WHERE value = 'later_doses_only'")
    sql.execute("DELETE FROM campaigns_phase")
    assert codes(book(desk.actor, [desk.item(two, campaign=code)])) == ["GROUP_NOT_OPEN"]


def test_a_repeated_booking_is_one_booking(desk):
    (person,) = desk.persons()
    item = desk.item(person)
    first, again = desk.book(item)[0], desk.book(item)[0]
    assert again.replayed
    assert again.answer == first.answer
    assert Appointment.objects.count() == 1


def test_a_new_choice_replaces_a_seat_that_is_only_held(desk):
    person, other = desk.persons(2)
    (held,) = desk.book(desk.item(person, hold=True))
    (later,) = desk.book(desk.item(person, NINE + QUARTER, hold=True))
    assert later.done and sites.taken(DAY, DAY) == {(desk.site, NINE + QUARTER): 1}
    states = {str(r.appointment): r.state for r in selectors.appointments([person])}
    assert states == {held.answer["appointment"]: "cancelled", later.answer["appointment"]: "held"}
    assert codes(services.appointment_confirm(desk.actor, [desk.change(person, later.act)])) == ["done"]
    assert codes(desk.book(desk.item(person, hold=True))) == ["ALREADY_BOOKED"]  # what is booked stays
    assert codes(desk.book(desk.item(other, NINE + QUARTER))) == ["done"]


def test_the_seat_one_holds_may_be_chosen_again_and_stays_when_the_new_one_is_gone(desk):
    person, first, second = desk.persons(3)
    assert codes(desk.book(desk.item(first), desk.item(person, hold=True))) == ["done", "done"]
    assert codes(desk.book(desk.item(person, hold=True))) == ["done"]  # the hall is full, with oneself in it
    desk.town.plan(desk.site, 1, day=DAY + timedelta(days=1))
    full = NINE + timedelta(days=1)
    assert codes(desk.book(desk.item(second, full))) == ["done"]
    assert codes(desk.book(desk.item(person, full, hold=True))) == ["SEAT_GONE"]
    assert sites.taken(DAY, DAY) == {(desk.site, NINE): 2}
    assert [r.starts_at for r in selectors.appointments([person]) if r.state == "held"] == [NINE]


def test_people_are_asked_and_wait_their_turn(desk):
    one, two = desk.persons(2)
    base = {"occurred_at": desk.town.now, "campaign": "test", "opens": DAY, "closes": DAY + timedelta(days=3)}
    asked = [InvitationSend(act=uuid4(), person_id=one, dose_rank=1, channel="sms", **base)]
    asked += [replace(asked[0], act=uuid4(), opens=DAY + timedelta(days=9))]
    assert codes(services.invitations_send(desk.actor, asked)) == ["done", "DAYS_BACKWARDS"]
    assert [r.dose_rank for r in selectors.invitations([one])] == [1]
    joins = [WaitingJoin(act=uuid4(), person_id=p, site_id=desk.site, **base) for p in (one, two)]
    joins[0] = replace(joins[0], occurred_at=desk.town.now + timedelta(minutes=1))
    assert codes(services.waiting_join(desk.actor, joins)) == ["done", "done"]
    assert [r.person_id for r in selectors.waiting([desk.site], DAY)] == [two, one]
    leave = WaitingLeave(act=uuid4(), occurred_at=desk.town.now, person_id=two, campaign="test")
    services.waiting_leave(desk.actor, [leave])
    assert [r.person_id for r in selectors.waiting([desk.site], DAY)] == [one]


def test_statements_do_not_grow_with_the_batch(desk):
    desk.town.plan(desk.site, 30)
    counts = []
    for size in (1, 40):
        people = desk.persons(size)
        with CaptureQueriesContext(connection) as queries:
            outcomes = desk.book(*[desk.item(p, NINE + n % 8 * QUARTER) for n, p in enumerate(people)])
        assert all(o.done for o in outcomes)
        counts.append(len(queries))
        with CaptureQueriesContext(connection) as queries:
            services.appointment_cancel(
                desk.actor, [desk.change(p, o.act) for p, o in zip(people, outcomes, strict=True)]
            )
        counts.append(len(queries))
    assert counts[:2] == counts[2:]
    assert clock.simulated()


def test_closing_a_site_asks_as_much_of_the_database_for_many_bookings_as_for_one(desk):
    near = desk.town.open("NEAR", longitude=106.51)
    desk.town.plan(near, 3, opens=time(9), closes=time(9, 30))
    counts = []
    for number in (1, 5):
        site = desk.town.open(f"ENDS{number}")
        desk.town.plan(site, 6, opens=time(9), closes=time(9, 30))
        people = desk.persons(number)
        desk.book(*(desk.item(p, NINE, site_id=site) for p in people))
        with CaptureQueriesContext(connection) as queries:
            item = SiteDay(act=uuid4(), occurred_at=desk.town.now, site_id=site, day=DAY)
            (outcome,) = services.site_withdraw(desk.actor, [item])
        assert outcome.answer == {"moved": number, "withdrawn": 0}
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_day_called_off_moves_its_own_bookings_and_no_others(desk):
    """Those of the day before, of the day after and of a day that ends in its evening stay where they are."""
    near = desk.town.open("NEAR", longitude=106.51)
    later = DAY + timedelta(days=1)
    for site, day in ((desk.site, DAY), (desk.site, later), (near, DAY)):
        desk.town.plan(site, 3, day=day)
    today, tomorrow = desk.persons(2)
    made = desk.book(desk.item(today), desk.item(tomorrow, NINE + timedelta(days=1)))
    assert all(o.done for o in made)
    off = SessionMark(act=uuid4(), occurred_at=desk.town.now, site_id=desk.site, day=DAY)
    assert site_services.session_close(desk.actor, [off])[0].done
    relay.deliver()
    there = dict(Appointment.objects.values_list("person_id", "site_id"))
    assert there == {today: near, tomorrow: desk.site}
    at_night = SessionMark(act=uuid4(), occurred_at=NINE + timedelta(days=1, hours=12), site_id=desk.site, day=later)
    assert site_services.session_close(desk.actor, [at_night])[0].done
    relay.deliver()
    assert dict(Appointment.objects.values_list("person_id", "site_id")) == there
