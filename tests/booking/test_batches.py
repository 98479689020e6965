"""An organisation books its roster in batches: seats kept together, names until the eve, leftovers back to the public."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from seawall.booking import jobs, selectors, services
from seawall.campaigns.services import campaign_load
from seawall.people.services import membership_record, organisation_register
from seawall.platform import clock
from seawall.sites import selectors as sites
from seawall.terms.actor import Reach
from seawall.terms.bookings import BatchArrange, BatchReturn, BatchSeat, SiteDay
from seawall.terms.rosters import MembershipRecord, OrganisationRegister

from .conftest import DAY, NINE, OPEN, QUARTER
from .test_booking import CITY, codes

LATER = DAY + timedelta(days=2)


def told(desk):
    return {"act": uuid4(), "occurred_at": desk.town.now}


@pytest.fixture
def campaign(desk):
    return campaign_load(CITY)


@pytest.fixture
def factory(desk):
    item = OrganisationRegister(**told(desk), name_zh="某厂", kind="FACTORY", sector="INDUSTRY", leaf_id=desk.town.leaf)
    return int(organisation_register(desk.actor, [item])[0].answer["organisation_id"])


@pytest.fixture
def staff(desk, factory):
    def join(count):
        persons = desk.persons(count)
        items = [
            MembershipRecord(**told(desk), person_id=p, organisation_id=factory, since=desk.town.now.date())
            for p in persons
        ]
        assert codes(membership_record(desk.actor, items)) == ["done"] * count
        return persons

    return join


@pytest.fixture
def arrange(desk, factory, campaign):
    def asked(*persons, **more):
        item = {
            "organisation_id": factory,
            "campaign": campaign,
            "label": "一车间",
            "site_id": desk.site,
            "starts_at": NINE,
        }
        item |= {"seats": max(1, len(persons)), "per_slot": 1, "persons": persons}
        (outcome,) = services.batch_arrange(
            more.pop("actor", desk.actor), [BatchArrange(**told(desk), **{**item, **more})], rules_for=lambda *_: OPEN
        )
        return outcome

    return asked


@pytest.fixture
def name(desk, factory):
    def asked(batch, person, instead_of=None):
        item = BatchSeat(
            **told(desk), organisation_id=factory, batch=UUID(batch), person_id=person, instead_of=instead_of
        )
        return codes(services.batch_seat(desk.actor, [item], rules_for=lambda *_: OPEN))

    return asked


def proven():
    return selectors.seat_difference(DAY, LATER) == []


def test_a_batch_is_seated_in_its_order_with_a_cap_in_each_quarter_hour(desk, staff, arrange):
    persons = staff(4)
    done = arrange(*persons, seats=5, per_slot=2)
    assert (done.answer["seats"], done.answer["seated"], done.answer["withheld"]) == (5, 4, 0)
    assert sites.taken(DAY, DAY) == {
        (desk.site, NINE): 2,
        (desk.site, NINE + QUARTER): 2,
        (desk.site, NINE + 2 * QUARTER): 1,
    }
    members = selectors.batch_members([UUID(done.answer["batch"])])
    assert [m.person_id for m in members] == persons
    assert proven()


def test_more_people_than_seats_leave_some_for_another_batch(desk, staff, arrange):
    answer = arrange(*staff(3), seats=2).answer
    assert (answer["seated"], answer["over"], answer["withheld"]) == (2, 1, 0)


def test_what_is_not_there_is_refused_with_what_is_and_nothing_is_taken(desk, staff, arrange):
    refused = arrange(seats=40, per_slot=2).refusal
    assert (refused.code, refused.params["free"]) == ("BATCH_NO_ROOM", 16)
    assert sites.taken(DAY, DAY) == {}


def test_who_may_not_come_is_counted_and_no_reason_is_told(desk, staff, arrange):
    able, given, booked, stranger = *staff(3), *desk.persons()
    desk.dosed(given, DAY - timedelta(days=2))
    assert codes(desk.book(desk.item(booked, campaign="chongqing-covid19-2021"))) == ["done"]
    answer = arrange(able, given, booked, stranger, seats=4, per_slot=2).answer
    assert set(answer) == {"batch", "seats", "seated", "over", "withheld"}
    assert (answer["seated"], answer["withheld"]) == (1, 3)
    assert proven()


def test_a_seat_without_a_name_is_named_and_whoever_cannot_come_is_replaced(desk, staff, arrange, name):
    one, two, three = staff(3)
    batch = arrange(one, seats=2).answer["batch"]
    assert name(batch, two) == ["done"]
    assert name(batch, three) == ["BATCH_FULL"]
    assert name(batch, three, instead_of=one) == ["done"]
    assert name(batch, one, instead_of=one) == ["BATCH_NOT_IN_IT"]
    assert [m.person_id for m in selectors.batch_members([UUID(batch)])] == [three, two]
    assert [a.state for a in selectors.appointments([one])] == ["cancelled"]
    assert proven()


def test_from_the_eve_on_names_stand_and_leftovers_go_back_by_themselves(desk, staff, arrange, name):
    one, two = staff(2)
    batch = arrange(one, seats=2, per_slot=2).answer["batch"]
    jobs.batches_task(0)
    assert sites.taken(DAY, DAY) == {(desk.site, NINE): 2}
    clock.set_to(datetime.combine(DAY - timedelta(days=1), time(18), clock.zone()))
    assert name(batch, two) == ["BATCH_FINAL"]
    jobs.batches_task(0)
    assert sites.taken(DAY, DAY) == {(desk.site, NINE): 1}
    assert selectors.batch(UUID(batch)).spare == 0
    assert arrange(two).refusal.code == "BATCH_FINAL"
    assert proven()


def test_a_whole_batch_is_given_back(desk, factory, staff, arrange):
    persons = staff(2)
    batch = UUID(arrange(*persons, seats=3, per_slot=2).answer["batch"])
    item = BatchReturn(**told(desk), organisation_id=factory, batch=batch, everybody=True)
    (outcome,) = services.batch_return(desk.actor, [item])
    assert outcome.answer == {"returned": 1, "cancelled": 2}
    assert set(sites.taken(DAY, DAY).values()) <= {0}
    assert proven()


def test_a_site_that_closes_keeps_no_seat_for_a_batch(desk, staff, arrange):
    batch = arrange(*staff(1), seats=2, per_slot=2).answer["batch"]
    services.site_withdraw(desk.actor, [SiteDay(**told(desk), site_id=desk.site, day=DAY)])
    assert selectors.batch(UUID(batch)).spare == 0
    assert proven()


def test_another_organisation_arranges_nothing(desk, arrange):
    stranger = replace(desk.actor, reach=Reach(organisations=frozenset({1})))
    assert arrange(actor=stranger, seats=1).refusal.code == "OUT_OF_AREA"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"label": " "}, "BATCH_WITHOUT_LABEL"),
        ({"seats": 0}, "BATCH_SIZE"),
        ({"per_slot": 0}, "BATCH_SIZE"),
        ({"seats": 1_001}, "BATCH_SIZE"),
        ({"campaign": "none"}, "CAMPAIGN_NOT_HERE"),
        ({"starts_at": NINE - timedelta(days=30)}, "BATCH_FINAL"),
    ],
)
def test_a_batch_that_cannot_be_is_refused_in_words(arrange, more, code):
    assert arrange(**more).refusal.code == code


def test_a_batch_of_many_runs_as_many_statements_as_one_of_one(desk, staff, arrange):
    def statements(persons):
        with CaptureQueriesContext(connection) as seen:
            assert arrange(*persons, per_slot=1).answer["seated"] == len(persons)
        return len(seen)

    everybody = staff(7)
    assert statements(everybody[:1]) == statements(everybody[1:])
