"""Who goes away before the dose: from which steps, for which reasons, and what it frees."""

import pytest

from seawall.booking import selectors as booking
from seawall.clinic import selectors
from seawall.clinic import services as clinic
from seawall.platform import sql
from seawall.platform.models import Fact
from seawall.terms.codes import AppointmentState, VisitState
from seawall.terms.visits import VisitLeave

from .world import DAY, World, done

pytestmark = pytest.mark.django_db


def leave(hall: World, visit, minutes: float = 20, reason: str = "WAITED_TOO_LONG") -> VisitLeave:
    return VisitLeave(**hall.base(minutes), site_id=hall.site, visit=visit, reason=reason)


def screened(hall: World):
    visit = hall.arrive(hall.person())
    done(clinic.screening_record(hall.actor, [hall.screening(visit)]))
    return visit


def refused(hall: World):
    visit = screened(hall)
    done(clinic.consent_record(hall.actor, [hall.consent(visit, agreed=False)]))
    return visit


def vaccinated(hall: World):
    visit = hall.ready(hall.person())
    assert hall.give(visit, hall.packs(1)[0]).done
    return visit


def left(hall: World):
    visit = hall.arrive(hall.person())
    done(clinic.visit_leave(hall.actor, [leave(hall, visit)]))
    return visit


FROM = {
    "the queue at the door": (lambda hall: hall.arrive(hall.person()), None),
    "after the inquiry": (screened, None),
    "with consent, before the dose": (lambda hall: hall.ready(hall.person()), None),
    "after a no": (refused, "VISIT_NOT_READY"),
    "the observation": (vaccinated, "VISIT_NOT_READY"),
    "nowhere: gone already": (left, "VISIT_NOT_READY"),
}


@pytest.mark.parametrize("name", FROM)
def test_from_which_step_one_may_go(hall, name):
    stand, code = FROM[name]
    visit = stand(hall)
    (outcome,) = clinic.visit_leave(hall.actor, [leave(hall, visit)])
    assert (outcome.refusal.code if outcome.refusal else None) == code
    if code is None:
        row = selectors.visit(hall.site, visit)
        assert (row.state, row.reason) == (VisitState.GONE, "WAITED_TOO_LONG")
        assert row.ended_at == hall.base(20)["occurred_at"]


def test_a_reason_outside_the_table_and_a_time_before_the_arrival_are_refused(hall):
    visit = hall.arrive(hall.person(), 10)
    outcomes = clinic.visit_leave(hall.actor, [leave(hall, visit, reason="BORED"), leave(hall, visit, 5)])
    assert [o.refusal.code for o in outcomes] == ["LEAVING_REASON_UNKNOWN", "STEP_BEFORE_ARRIVAL"]
    assert selectors.visit(hall.site, visit).state is VisitState.ARRIVED


def test_one_who_left_frees_the_appointment_lets_the_day_close_and_may_come_again(hall):
    person = hall.person()
    appointment = hall.book(person)
    item = hall.arrival(person, appointment)
    done(clinic.visit_arrive(hall.actor, [item]))
    refusal = clinic.day_close(hall.actor, [hall.closing({})])[0].refusal
    assert (refusal.code, refusal.params["ticket"]) == ("VISITS_STILL_OPEN", 1)
    done(clinic.visit_leave(hall.actor, [leave(hall, item.act, reason="CALLED_AND_NOT_THERE")]))
    assert booking.appointments([person])[0].state is AppointmentState.CANCELLED
    assert Fact.objects.get(fact="VisitEnded").payload["reason"] == "CALLED_AND_NOT_THERE"
    assert {row.step: row.count for row in selectors.flow_counts([hall.site], DAY)[hall.site]}["gone"] == 1
    again = hall.arrive(person, 60)
    done(clinic.visit_leave(hall.actor, [leave(hall, again, 70)]))
    answer = done(clinic.day_close(hall.actor, [hall.closing({})]))[0].answer
    assert (answer["arrived"], answer["gone"], answer["given"]) == (2, 2, 0)
    assert sql.fetch("SELECT arrived, gone FROM clinic_dayclosing WHERE site_id = %s", [hall.site]) == [(2, 2)]
