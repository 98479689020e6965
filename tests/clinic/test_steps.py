"""The steps around the dose: who is let in, what screening and consent answer, who may leave."""

from datetime import date, timedelta

import pytest

from seawall.clinic import selectors
from seawall.clinic import services as clinic
from seawall.people import selectors as people
from seawall.platform import sql
from seawall.terms.codes import DueStatus, ScreeningOutcome, VisitState
from seawall.terms.visits import ObservationHold

from .world import DAY, PROGRAMME, World, done

pytestmark = pytest.mark.django_db


def complete(hall: World, person: int) -> None:
    hall.history(person, DAY - timedelta(days=60))
    hall.history(person, DAY - timedelta(days=30))


ARRIVALS = {
    "a walk-in who is due": (lambda hall, person: {}, None),
    "a dose was overdue": (lambda hall, person: hall.history(person, DAY - timedelta(days=100)), None),
    "too early for the second dose": (lambda hall, person: hall.history(person, DAY - timedelta(days=10)), "TOO_EARLY"),
    "complete": (complete, "ALREADY_COMPLETE"),
    "no document and alone": (lambda *_: {"identity": "manual"}, "SECOND_PERSON_NEEDED"),
    "no document, a second person": (lambda *_: {"identity": "manual", "second_person_post_id": 77}, None),
    "identity shown by a word nobody knows": (lambda *_: {"identity": "face"}, "IDENTITY_UNKNOWN"),
    "no such campaign": (lambda *_: {"campaign": "nowhere"}, "CAMPAIGN_NOT_HERE"),
    "no session on this day": (lambda hall, _: {"occurred_at": hall.now + timedelta(days=1)}, "SESSION_CLOSED_HERE"),
    "an appointment of nobody": (lambda hall, _: {"appointment": hall.base()["act"]}, "VISIT_APPOINTMENT_UNKNOWN"),
    "booked for tomorrow": (
        lambda hall, person: (
            hall.open_day(hall.site, DAY + timedelta(days=1))
            or {"appointment": hall.book(person, hall.now + timedelta(days=1))}
        ),
        "WRONG_DAY",
    ),
    "booked at another site": (lambda hall, person: {"appointment": hall.book(person, site=hall.other)}, "WRONG_SITE"),
    "booked here": (lambda hall, person: {"appointment": hall.book(person)}, None),
}


@pytest.mark.parametrize("name", ARRIVALS)
def test_who_is_let_in(hall, name):
    arrange, code = ARRIVALS[name]
    person = hall.person()
    changed = arrange(hall, person) or {}
    outcome = clinic.visit_arrive(hall.actor, [hall.arrival(person, changed.pop("appointment", None))
                                               if not changed else _changed(hall, person, changed)])[0]  # fmt: skip
    assert (outcome.refusal.code if outcome.refusal else None) == code
    assert sql.fetch("SELECT count(*) FROM clinic_visit")[0][0] == (0 if code else 1)


def _changed(hall: World, person: int, changed: dict):
    from dataclasses import replace

    return replace(hall.arrival(person, changed.pop("appointment", None)), **changed)


def test_tickets_count_up_per_site_and_day(hall):
    people_ids = hall.persons(4)
    items = [hall.arrival(p, None, n) for n, p in enumerate(people_ids[:3])]
    items.append(hall.arrival(people_ids[3], None, 3, site_id=hall.other))
    tickets = [o.answer["ticket"] for o in done(clinic.visit_arrive(hall.actor, items))]
    assert tickets == [1, 2, 3, 1]
    assert [v.ticket for v in selectors.visits(hall.site, DAY)] == [1, 2, 3]


def test_a_person_enters_once(hall):
    person = hall.person()
    hall.arrive(person)
    again = clinic.visit_arrive(
        hall.actor, [hall.arrival(person, None, 1), hall.arrival(person, None, 2, site_id=hall.other)]
    )
    assert [o.refusal.code for o in again] == ["ALREADY_HERE", "ALREADY_HERE"]


R, D, U = ScreeningOutcome.RECOMMENDED, ScreeningOutcome.DEFERRED, ScreeningOutcome.UNSUITABLE
LATER = DAY + timedelta(days=3)
SCREENINGS = {
    "well": ({}, None, VisitState.SCREENED),
    "37.2 is no fever": ({"celsius": 37.2}, None, VisitState.SCREENED),
    "37.3 must be put off": ({"celsius": 37.3}, "FEVER_MUST_DEFER", VisitState.ARRIVED),
    "fever put off": ({"celsius": 38.0, "outcome": D, "recheck_on": LATER}, None, VisitState.DEFERRED),
    "put off without a day": ({"celsius": 38.0, "outcome": D}, "RECHECK_DATE_NEEDED", VisitState.ARRIVED),
    "put off until today": (
        {"celsius": 38.0, "outcome": D, "recheck_on": DAY},
        "RECHECK_DATE_PAST",
        VisitState.ARRIVED,
    ),
    "put off for nothing": ({"outcome": D, "recheck_on": LATER}, "FINDING_NEEDED", VisitState.ARRIVED),
    "put off by a clinician": (
        {"outcome": D, "recheck_on": LATER, "findings": ("DEFERRED",)},
        None,
        VisitState.DEFERRED,
    ),
    "a thermometer that lies": ({"celsius": 52.0}, "TEMPERATURE_IMPLAUSIBLE", VisitState.ARRIVED),
    "pregnant is not recommended": ({"findings": ("PREGNANT",)}, "FINDING_FORBIDS", VisitState.ARRIVED),
    "pregnant is unsuitable": ({"outcome": U, "findings": ("PREGNANT",)}, None, VisitState.TURNED_AWAY),
    "unsuitable needs what forbids": ({"outcome": U, "findings": ("FEVER",)}, "FINDING_NEEDED", VisitState.ARRIVED),
    "a finding of no table": ({"findings": ("SAD",)}, "FINDING_UNKNOWN", VisitState.ARRIVED),
    "an allergy that leaves other products": ({"findings": ("ALLERGY_VECTOR",)}, None, VisitState.SCREENED),
}


@pytest.mark.parametrize("name", SCREENINGS)
def test_what_screening_answers(hall, name):
    changed, code, state = SCREENINGS[name]
    visit = hall.arrive(hall.person())
    outcome = clinic.screening_record(hall.actor, [hall.screening(visit, **changed)])[0]
    assert (outcome.refusal.code if outcome.refusal else None) == code
    assert selectors.visit(hall.site, visit).state is state


def test_an_uncertified_clinician_screens_nobody(hall):
    visit = hall.arrive(hall.person())
    outcome = clinic.screening_record(hall.actor, [hall.screening(visit, clinician_post_id=hall.posts["novice"])])[0]
    assert outcome.refusal.code == "CLINICIAN_NOT_CERTIFIED"


def test_a_fever_puts_the_person_off_and_frees_the_booking(hall):
    person = hall.person()
    visit = hall.arrive(person)
    done(clinic.screening_record(hall.actor, [hall.screening(visit, celsius=38.2, outcome=D, recheck_on=LATER)]))
    assert people.due_rows([person], PROGRAMME, DAY)[person].status is DueStatus.DEFERRED
    assert people.due_rows([person], PROGRAMME, LATER + timedelta(days=1))[person].status is DueStatus.DUE
    assert sql.fetch("SELECT state FROM booking_appointment WHERE person_id = %s", [person]) == [("cancelled",)]


CONSENTS = {
    "signed": ({}, date(1980, 5, 1), None, VisitState.CONSENTED),
    "signed in English": ({"language": "en"}, date(1980, 5, 1), None, VisitState.CONSENTED),
    "an old text": ({"version": "2020"}, date(1980, 5, 1), "CONSENT_VERSION_UNKNOWN", VisitState.SCREENED),
    "a signer who is nobody": ({"signer": "friend"}, date(1980, 5, 1), "SIGNER_UNKNOWN", VisitState.SCREENED),
    "a no": ({"agreed": False}, date(1980, 5, 1), None, VisitState.TURNED_AWAY),
    "eighteen today": ({}, date(2003, 4, 10), None, VisitState.CONSENTED),
}


@pytest.mark.parametrize("name", CONSENTS)
def test_what_consent_answers(hall, name):
    changed, birth, code, state = CONSENTS[name]
    visit = hall.arrive(hall.person(birth))
    done(clinic.screening_record(hall.actor, [hall.screening(visit)]))
    outcome = clinic.consent_record(hall.actor, [hall.consent(visit, **changed)])[0]
    assert (outcome.refusal.code if outcome.refusal else None) == code
    assert selectors.visit(hall.site, visit).state is state


@pytest.mark.parametrize(
    ("minutes", "reason", "code", "outcome"),
    [
        (39, "", "STAY_UNTIL", ""),
        (40, "", None, "stayed"),
        (20, "SIGNED", None, "early"),
        (20, "有急事，本人签字", None, "early"),
        (20, "UNSEEN", None, "unseen"),
        (20, "TRANSFERRED", None, "transferred"),
        (9, "SIGNED", "STEP_BEFORE_ARRIVAL", ""),
    ],
)
def test_who_may_leave(hall, minutes, reason, code, outcome):
    visit = hall.ready(hall.person())
    assert hall.give(visit, hall.packs(1)[0]).done
    left = clinic.observation_end(hall.actor, [hall.leave(visit, minutes, early_reason=reason)])[0]
    assert (left.refusal.code if left.refusal else None) == code
    if code is None:
        assert left.answer["outcome"] == outcome
        assert selectors.visit(hall.site, visit).state is VisitState.LEFT


def test_a_held_person_stays(hall):
    visit = hall.ready(hall.person())
    assert hall.give(visit, hall.packs(1)[0]).done
    keep = ObservationHold(**hall.base(15), site_id=hall.site, visit=visit)
    assert done(clinic.observation_hold(hall.actor, [keep]))[0].answer == {"seated": True, "held": True}
    assert clinic.observation_end(hall.actor, [hall.leave(visit, 50)])[0].refusal.code == "OBSERVATION_HELD"
    (tile,) = selectors.observation_tiles(hall.site)
    assert tile.held
    free = ObservationHold(**hall.base(55), site_id=hall.site, visit=visit, held=False)
    done(clinic.observation_hold(hall.actor, [free]))
    done(clinic.observation_end(hall.actor, [hall.leave(visit, 56)]))
    assert selectors.observation_tiles(hall.site) == []


def test_the_flow_strip_counts_and_times_each_step(hall):
    visit = hall.ready(hall.person())
    hall.arrive(hall.person(), 3)
    assert hall.give(visit, hall.packs(1)[0]).done
    flow = {row.step: row for row in selectors.flow_counts([hall.site, hall.other], DAY)[hall.site]}
    assert {step: row.count for step, row in flow.items()} == {
        "arrived": 2, "screened": 1, "registered": 1, "injected": 1, "observing": 1, "left": 0, "deferred": 0, "turned_away": 0,
        "gone": 0,
    }  # fmt: skip
    assert (flow["screened"].wait_minutes, flow["injected"].wait_minutes) == (5.0, 4.0)
