"""每日梳理: who is reminded on a day, who is called on, who is left in peace."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from seawall.booking import services as booking
from seawall.outreach import selectors, services
from seawall.platform import sql
from seawall.terms.bookings import SiteDay
from seawall.terms.outreach import MessageChoiceRecord, RemindersComb
from tests.clinic.world import CAMPAIGN, DAY, PROGRAMME, done

from .conftest import FIRST, Street

pytestmark = pytest.mark.django_db


def listed(day=DAY):
    return {
        (person, kind)
        for person, kind in sql.fetch("SELECT person_id, kind FROM outreach_reminder WHERE day = %s", [day])
    }


def to_call(street: Street, day=DAY):
    _, rows = selectors.calls_open(CAMPAIGN, PROGRAMME, {street.hall.leaf}, day, 50)
    return [(row.person_id, row.kind) for row in rows]


def test_each_is_reminded_on_the_days_of_the_table_and_on_no_other(street):
    (soon,), (due,) = street.due(first=FIRST + timedelta(days=3)), street.due()
    (overdue,) = street.due(first=DAY - timedelta(days=56 + 1))
    (week,) = street.due(first=DAY - timedelta(days=56 + 1 + 7))
    street.due(first=FIRST + timedelta(days=1))
    street.due(first=DAY - timedelta(days=56 + 1 + 3))
    street.hall.person()
    told = street.comb()
    found = listed()
    assert found == {(soon, "due_soon"), (due, "due"), (overdue, "overdue"), (week, "overdue")}
    assert told["listed"] == 4 and told["called"] == 2 and told["queued"] == 4
    assert to_call(street) == [(week, "overdue"), (overdue, "overdue")]


def test_a_day_is_combed_once(street):
    street.due(3)
    assert street.comb()["listed"] == 3
    assert street.comb() == {"listed": 0, "called": 0, "queued": 0}


def test_a_day_that_is_over_is_not_combed(street):
    """A page left open overnight names the day before."""
    street.due()
    item = RemindersComb(**street.hall.base(), campaign=CAMPAIGN, day=DAY - timedelta(days=1))
    (outcome,) = services.reminders_comb(street.actor, [item])
    assert outcome.refusal.code == "COMB_DAY_PAST"
    assert listed(DAY - timedelta(days=1)) == set()


def test_who_has_a_seat_is_told_of_it_and_not_of_being_due(street):
    today, tomorrow = street.due(2)
    street.hall.book(today, street.hall.now + timedelta(hours=2))
    street.hall.open_day(street.hall.site, DAY + timedelta(days=1))
    street.hall.book(tomorrow, street.hall.now + timedelta(days=1))
    street.comb()
    assert listed() == {(today, "today"), (tomorrow, "eve")}


def test_who_missed_a_seat_is_listed_the_day_after_and_called_on(street):
    (person,) = street.due()
    street.hall.book(person, street.hall.now + timedelta(hours=1))
    missed = SiteDay(**street.hall.base(300), site_id=street.hall.site, day=DAY)
    done(booking.appointments_miss(street.actor, [missed]))
    street.comb(DAY + timedelta(days=1))
    assert listed(DAY + timedelta(days=1)) == {(person, "missed")}
    assert to_call(street, DAY + timedelta(days=1)) == [(person, "missed")]


def test_a_reason_and_a_choice_are_respected(street):
    refused, moved, silent, plain = street.due(4)
    done(services.contact_record(street.actor, [street.contact(refused, "REFUSED"), street.contact(moved, "MOVED")]))
    quiet = MessageChoiceRecord(**street.hall.base(), person_id=silent, channel="all", wanted=False)
    done(services.message_choice_record(street.actor, [quiet]))
    told = street.comb()
    assert listed() == {(silent, "due"), (plain, "due")}
    assert told["queued"] == 1


def test_two_statements_more_for_nobody_and_for_many_alike(street):
    def statements():
        with CaptureQueriesContext(connection) as seen:
            street.comb(DAY)
        return len(seen)

    first = statements()
    street.due(5)
    assert statements() == first


def test_an_outcome_takes_off_the_list_until_its_day(street):
    (person,) = street.due(first=DAY - timedelta(days=57))
    street.comb()
    item = street.contact(person, "UNREACHABLE")
    assert done(services.contact_record(street.actor, [item]))[0].answer["again_on"] == "2021-04-12"
    assert to_call(street) == []
    street.comb(DAY + timedelta(days=2))
    assert to_call(street, DAY + timedelta(days=2)) == [(person, "overdue")]


def test_a_reason_runs_out_and_a_later_word_lifts_it(street):
    one, other = street.due(2)
    done(
        services.contact_record(
            street.actor, [street.contact(one, "AWAY"), street.contact(other, "REFUSED", hesitancy="SAFETY")]
        )
    )
    assert {r.result for r in selectors.reasons([one, other], CAMPAIGN, DAY).values()} == {"AWAY", "REFUSED"}
    assert selectors.reasons([one, other], CAMPAIGN, DAY + timedelta(days=30)) == {}
    done(services.contact_record(street.actor, [street.contact(other, "WILL_COME", 5, stance="willing")]))
    assert set(selectors.reasons([one, other], CAMPAIGN, DAY)) == {one}


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"result": "SULKING"}, "CONTACT_RESULT_UNKNOWN"),
        ({"hesitancy": "WHIM"}, "HESITANCY_UNKNOWN"),
        ({"way": "pigeon"}, "CONTACT_WORD_UNKNOWN"),
        ({"stance": "convinced"}, "CONTACT_WORD_UNKNOWN"),
        ({"again_on": DAY}, "CONTACT_AGAIN_PAST"),
        ({"campaign": "nowhere"}, "CAMPAIGN_UNKNOWN"),
        ({"person_id": 10**9}, "OUT_OF_AREA"),
    ],
)
def test_what_cannot_be_recorded_is_refused_alone(street, more, code):
    one, other = street.due(2)
    bad = replace(street.contact(one, "REFUSED"), **more)
    first, second = services.contact_record(street.actor, [bad, street.contact(other, "AWAY")])
    assert second.done
    assert first.refusal.code == code


def test_the_funnel_counts_the_last_contact_of_each(street):
    one, other, third = street.due(3)
    first = [street.contact(p, "WILL_COME", stance=s) for p, s in ((one, "understands"), (other, "willing"))]
    done(services.contact_record(street.actor, [*first, street.contact(third, "UNREACHABLE")]))
    done(services.contact_record(street.actor, [street.contact(one, "WILL_COME", 5, stance="reassured")]))
    (row,) = selectors.funnel(CAMPAIGN, {street.hall.leaf}, street.hall.now, street.hall.now + timedelta(days=1))
    assert (row.contacted, row.reached, row.understands, row.willing, row.reassured) == (3, 2, 2, 2, 1)
