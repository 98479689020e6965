"""A dose that happened against a rule is recorded as it happened, judged, and opened as an incident."""

from datetime import timedelta

import pytest

from seawall.booking import selectors as booking
from seawall.clinic import selectors
from seawall.clinic import services as clinic
from seawall.clinic.models import Incident, Injection
from seawall.people import selectors as people
from seawall.supply import selectors as supply
from seawall.terms.codes import AppointmentState

from .world import DAY, PROGRAMME, done

pytestmark = pytest.mark.django_db


def incidents() -> list[str]:
    return sorted(Incident.objects.values_list("code", flat=True))


def test_a_sound_dose_from_paper_is_a_dose_like_any_other(hall):
    person, pack = hall.person(), hall.packs(1)[0]
    answer = done(clinic.dose_enter(hall.actor, [hall.paper(person, pack)]))[0].answer
    assert answer["incidents"] == ""
    assert supply.stock([hall.site]) == []
    assert len(people.dose_rows([person], PROGRAMME)[person]) == 1
    assert selectors.dose_counts(DAY, DAY) == {"BIBP": 1}


def test_broken_rules_become_incidents_and_the_dose_stays_in_the_record(hall):
    person, pack = hall.person(), hall.packs(1, expires=DAY - timedelta(days=1))[0]
    hall.history(person, DAY - timedelta(days=10))
    item = hall.paper(person, pack, vaccinator_post_id=hall.posts["novice"], screener_post_id=None, checks=frozenset())
    done(clinic.dose_enter(hall.actor, [item]))
    assert incidents() == ["CHECKS_MISSING", "CONSENT_MISSING", "LOT_EXPIRED", "SCREENING_MISSING", "TOO_EARLY",
                           "VACCINATOR_NOT_CERTIFIED"]  # fmt: skip
    assert Injection.objects.get().person_id == person
    assert people.dose_rows([person], PROGRAMME)[person][-1].verdict == "not_valid"
    assert len(selectors.incidents()) == 6


def test_a_code_nobody_knows_is_an_incident_without_a_lot(hall):
    person = hall.person()
    done(clinic.dose_enter(hall.actor, [hall.paper(person, "9" * 20)]))
    assert incidents() == ["CODE_PREFIX_UNKNOWN"]
    assert Injection.objects.get().lot == ""


def test_a_waiting_visit_takes_the_dose_entered_for_it(hall):
    person, pack = hall.person(), hall.packs(1)[0]
    visit = hall.ready(person)
    done(clinic.dose_enter(hall.actor, [hall.paper(person, pack, visit=visit)]))
    assert Injection.objects.get().visit == visit
    assert incidents() == []
    other = hall.paper(hall.person(), pack, visit=visit)
    assert clinic.dose_enter(hall.actor, [other])[0].refusal.code == "VISIT_NOT_READY"


def test_a_dose_entered_for_a_visit_ends_its_appointment_so_that_the_next_can_be_booked(hall):
    person, pack = hall.person(), hall.packs(1)[0]
    visit = hall.ready(person)
    done(clinic.dose_enter(hall.actor, [hall.paper(person, pack, visit=visit)]))
    assert [a.state for a in booking.appointments([person])] == [AppointmentState.FULFILLED]


def test_a_day_with_a_dose_from_outside_the_stock_still_closes(hall):
    hall.packs(2)
    done(clinic.dose_enter(hall.actor, [hall.paper(hall.person(), "9" * 20, minutes=-60)]))
    answer = done(clinic.day_close(hall.actor, [hall.closing({"L0001": 2})]))[0].answer
    assert (answer["given"], answer["on_hand"]) == (1, 2)
