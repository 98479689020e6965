"""What is judged at the desk is judged by the verb: who may sign, who may be ticketed, which questions were asked, in one breath.

The kind: what the scan says.
"""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from seawall.clinic import selectors
from seawall.clinic import services as clinic
from seawall.platform import sql
from seawall.reference.selectors import release
from seawall.safety import selectors as safety_selectors
from seawall.safety import services as safety
from seawall.supply import selectors as supply
from seawall.terms.actor import Reach
from seawall.terms.codes import Sex, VisitState
from seawall.terms.visits import ConsentGiven, EventRecord

from .world import DAY, PROGRAMME, World, done

pytestmark = pytest.mark.django_db
AGREED = ConsentGiven(version="COVID19-2021-1", language="en")
WOMAN = {"sex": Sex.FEMALE, "age": 30, "doses": 0, "products": ("SVAC",)}


def code(outcome) -> str | None:
    return outcome.refusal.code if outcome.refusal else None


def away(hall: World, post: str) -> None:
    sql.execute("DELETE FROM staff_postscope WHERE post_id = %s AND ref = %s", [hall.posts[post], str(hall.site)])


def test_a_post_that_is_not_on_duty_here_signs_no_inquiry_and_no_dose(hall):
    visit, waiting = hall.arrive(hall.person()), hall.ready(hall.person())
    away(hall, "screener")
    away(hall, "vaccinator")
    assert code(clinic.screening_record(hall.actor, [hall.screening(visit)])[0]) == "SIGNER_NOT_ON_DUTY"
    assert code(hall.give(waiting, hall.packs(1)[0])) == "SIGNER_NOT_ON_DUTY"
    wrong = hall.screening(visit, clinician_post_id=hall.posts["observer"])
    assert code(clinic.screening_record(hall.actor, [wrong])[0]) == "SIGNER_NOT_ON_DUTY"


def test_whoever_screened_is_not_offered_as_vaccinator_before_the_vial_is_opened(hall):
    nurse = replace(hall.actor, post_id=hall.post("STATION_NURSE", certified=True))
    first = selectors.screeners(nurse, hall.site, PROGRAMME, DAY).posts
    assert first[0].post_id == hall.posts["screener"], "whoever injects here is not preset as screener"
    assert nurse.post_id in {row.post_id for row in first}
    hands = selectors.vaccinators(nurse, hall.site, PROGRAMME, DAY, nurse.post_id)
    assert (hands.barred.code, hands.barred.params) == ("FOUR_EYES", {"post": nurse.post_id})
    assert {row.post_id for row in hands.posts} == {hall.posts["vaccinator"]}
    free = selectors.vaccinators(nurse, hall.site, PROGRAMME, DAY, hall.posts["screener"])
    assert (free.barred, free.posts[0].post_id) == (None, nurse.post_id)


def test_screening_and_consent_are_kept_together_or_not_at_all(hall):
    visit = hall.arrive(hall.person())
    nobody = hall.screening(visit, consent=replace(AGREED, signer="friend"))
    assert code(clinic.screening_record(hall.actor, [nobody])[0]) == "SIGNER_UNKNOWN"
    assert selectors.visit(hall.site, visit).state is VisitState.ARRIVED
    outcome = done(clinic.screening_record(hall.actor, [hall.screening(visit, consent=AGREED)]))[0]
    assert (outcome.answer, selectors.visit(hall.site, visit).state) == ({"state": "consented"}, VisitState.CONSENTED)
    refuses = hall.arrive(hall.person())
    done(clinic.screening_record(hall.actor, [hall.screening(refuses, consent=replace(AGREED, agreed=False))]))
    assert selectors.visit(hall.site, refuses).state is VisitState.TURNED_AWAY
    minor = hall.arrive(hall.person(date(2003, 4, 11) - timedelta(days=366)))
    assert code(clinic.screening_record(hall.actor, [hall.screening(minor, consent=AGREED)])[0]) is None


def test_a_recommendation_on_a_screen_needs_every_answer_and_the_consent(hall):
    visit = hall.arrive(hall.person(sex=Sex.MALE))
    asked = frozenset(q.code for q in _asked(hall, visit, Sex.MALE))
    for changed, refused in (
        ({"answered": asked - {"FEVER"}, "consent": AGREED}, "ANSWERS_MISSING"),
        ({"answered": asked, "consent": AGREED, "celsius": None}, "TEMPERATURE_NEEDED"),
        ({"answered": asked}, "CONSENT_ANSWER_MISSING"),
        ({"answered": asked, "consent": AGREED}, None),
    ):
        assert code(clinic.screening_record(hall.actor, [hall.screening(visit, **changed)])[0]) == refused


def _asked(hall: World, visit, sex: Sex):
    row = selectors.visit(hall.site, visit)
    due = ("BIBP", "WIBP", "SVAC", "AD5", "ZF2001")
    assert row is not None
    return selectors.questions_for(PROGRAMME, DAY, sex=sex, age=40, doses=0, products=due)


QUESTIONS = {
    "a woman of thirty is asked about pregnancy": ({}, "PREGNANT", True),
    "a man is not": ({"sex": Sex.MALE}, "PREGNANT", False),
    "nor a woman of eighty": ({"age": 80}, "PREGNANT", False),
    "a sex that is not known is asked": ({"sex": Sex.UNKNOWN}, "PREGNANT", True),
    "no vector vaccine is meant": ({}, "ALLERGY_VECTOR", False),
    "a vector vaccine is meant": ({"products": ("AD5",)}, "ALLERGY_VECTOR", True),
    "no reaction before the first dose": ({}, "SEVERE_REACTION", False),
    "the reaction to the dose before": ({"doses": 1}, "SEVERE_REACTION", True),
    "what lengthens the observation": ({}, "ALLERGY_HISTORY", True),
    "what decides nothing at the desk": ({}, "TRAVELLER", False),
    "what only a clinician says": ({}, "DEFERRED", False),
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_inquiry_asks_what_fits_product_sex_and_age(hall, name):
    changed, finding, asked = QUESTIONS[name]
    found = selectors.questions_for(PROGRAMME, DAY, **(WOMAN | changed))
    assert (finding in {q.code for q in found}) is asked
    assert all(q.en.endswith("?") and q.zh.endswith("？") for q in found), "they are read aloud"


@pytest.mark.parametrize("programme", ["influenza-cn", "measles-sia", "hpv-cn", "childhood-example"])
def test_a_programme_whose_conditions_have_no_dates_is_asked_about_too(hall, programme):
    assert release(programme, DAY)
    found = selectors.questions_for(programme, DAY, **(WOMAN | {"products": ()}))
    assert "FEVER" in {q.code for q in found}
    assert selectors.effects(programme, DAY)["FEVER"] == "defer"


def test_who_is_inside_is_named_with_the_ticket_whatever_is_asked(hall):
    person = hall.person()
    appointment = hall.book(person)
    done(clinic.visit_arrive(hall.actor, [hall.arrival(person, appointment)]))
    for again in (hall.arrival(person, appointment, 1), hall.arrival(person, None, 2),
                  hall.arrival(person, None, 3, site_id=hall.other)):  # fmt: skip
        refusal = clinic.visit_arrive(hall.actor, [again])[0].refusal
        assert (refusal.code, dict(refusal.params)) == ("ALREADY_HERE", {"ticket": 1, "site_id": hall.site})


HOURS = {"an hour early": (60, None), "too early": (75, "ARRIVED_EARLY"), "late": (-60, None)}


@pytest.mark.parametrize("name", HOURS)
def test_the_hour_of_the_seat_decides(hall, name):
    minutes, refused = HOURS[name]
    person = hall.person()
    appointment = hall.book(person, hall.now + timedelta(minutes=max(minutes, 0)))
    assert code(clinic.visit_arrive(hall.actor, [hall.arrival(person, appointment, -min(minutes, 0))])[0]) == refused


def test_a_seat_that_is_only_held_gives_no_ticket(hall):
    person = hall.person()
    appointment = hall.book(person)
    sql.execute("UPDATE booking_appointment SET state = 'held'")
    refusal = clinic.visit_arrive(hall.actor, [hall.arrival(person, appointment)])[0].refusal
    assert (refusal.code, set(refusal.params)) == ("SEAT_ONLY_HELD", {"starts_at"})


def test_asking_the_door_changes_nothing(hall):
    person = hall.person()
    answers = [code(clinic.visit_ask(hall.actor, [hall.arrival(person)])[0]) for _ in range(2)]
    assert answers == [None, None]
    assert selectors.visits(hall.site, DAY) == []
    assert sql.fetch("SELECT count(*) FROM platform_act WHERE verb IN ('visit_arrive', 'appointment_book')") == [(0,)]


def test_a_desk_tickets_only_whom_it_looked_up(hall):
    desk = replace(hall.actor, reach=Reach(sites=frozenset({hall.site})))
    person = hall.person()
    assert code(clinic.visit_arrive(desk, [hall.arrival(person)])[0]) == "LOOK_UP_FIRST"


SCANS = {
    "used up": "CODE_USED_UP",
    "of nobody": "CODE_PREFIX_UNKNOWN",
    "letters": "BAD_TRACE_CODE",
    "nineteen digits": "CODE_LENGTH",
    "full-width digits": "BAD_TRACE_CODE",
    "at another site": "CODE_NOT_HERE",
    "good": None,
}


@pytest.mark.parametrize("name", SCANS)
def test_a_scan_gives_the_true_reason(hall, name):
    visit = hall.ready(hall.person())
    used, good = hall.packs(2)
    assert hall.give(visit, used).done
    (there,) = hall.packs(1, site=hall.other)
    text = {"used up": used, "of nobody": "9" * 20, "letters": "abc", "nineteen digits": "8" * 19,
            "full-width digits": "８" * 20, "at another site": there, "good": good}[name]  # fmt: skip
    pack, refusal = supply.scanned(hall.site, text, hall.now + timedelta(minutes=20))
    assert (refusal.code if refusal else None) == SCANS[name]
    assert (pack is None) == (SCANS[name] in {"CODE_UNKNOWN", "CODE_PREFIX_UNKNOWN", "BAD_TRACE_CODE", "CODE_LENGTH"})
    if name == "used up":
        assert pack.opened_at == hall.now + timedelta(minutes=10)
    if name == "at another site":
        assert refusal.params["place_id"] == hall.other


def test_what_was_done_at_the_seat_is_kept_with_the_event(hall):
    person = hall.person()
    visit = hall.ready(person)
    assert hall.give(visit, hall.packs(1)[0]).done
    onset = hall.now + timedelta(minutes=12)
    item = EventRecord(
        **hall.base(20), person_id=person, site_id=hall.site, visit=visit, kind="SYNCOPE", onset_at=onset,
        serious=True, reporter_post_id=1, treatment="OXYGEN", called="SITE_DOCTOR",
    )  # fmt: skip
    for changed, refused in (({"treatment": "TEA"}, "TREATMENT_UNKNOWN"), ({"called": "MUM"}, "CALLED_UNKNOWN")):
        wrong = replace(item, **(hall.base(20) | changed))
        assert code(safety.event_record(hall.actor, [wrong])[0]) == refused
    done(safety.event_record(hall.actor, [item]))
    steps = [(row.step, row.note) for row in safety_selectors.steps(item.act, person)]
    assert sorted(steps) == [("CALLED", "SITE_DOCTOR"), ("TREATED", "OXYGEN")]
    (row,) = safety_selectors.events_of([person])
    assert row.onset_at == onset
