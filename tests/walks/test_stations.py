"""What a nurse reads at the stations when something stops: the true reason, whole, in place of the join, with nothing left out."""

from uuid import uuid4

import pytest

from seawall.clinic import selectors as clinic
from seawall.clinic import services as clinic_services
from seawall.supply import services as supply
from seawall.terms.codes import VisitState
from seawall.terms.stock import CodeType
from seawall.terms.visits import CHECKS
from tests.clinic.world import DAY, done

pytestmark = pytest.mark.django_db


def test_a_scan_that_stops_says_its_own_reason_in_place_of_the_join(hall, sign_in):
    used, good = hall.packs(2)
    assert hall.give(hall.ready(hall.person()), used).done
    (away,) = hall.packs(1, site=hall.other)
    hall.history(person := hall.person(), hall.now.date().replace(month=3, day=1))
    visit = hall.ready(person)
    (vector,) = hall.packs(1, product="AD5")
    nurse = sign_in("STATION_NURSE", ("site", hall.site), certified=True)
    page = f"/console/site/{hall.site}/injection?visit={visit}"
    for code, words in (
        (used, "of pack"),
        ("9" * 20, "begins with 9999999"),
        ("abc", "breaks the rule"),
        (away, "HALL-2"),
        (vector, "Ad5"),
    ):
        nurse.go(f"{page}&code={code}").sees("refusal-full", words)
        assert "…" not in nurse.text.split("<main")[1]
        assert 'class="join' not in nurse.text and "data-confirm" not in nurse.text
    nurse.go(f"{page}&code={good}").sees("joined", "0.5 mL", "data-confirm")


def test_a_code_typed_by_hand_waits_for_somebody_else(hall, sign_in):
    (code,) = hall.packs(1)
    visit = hall.ready(hall.person())
    nurse = sign_in("STATION_NURSE", ("site", hall.site), certified=True)
    page = f"/console/site/{hall.site}/injection?visit={visit}"
    nurse.go(page).sees("Typed by hand")
    nurse.go(f"{page}&code={code}&typed=1").sees("somebody else compares", "Confirm a typed code")
    nurse.send("product", check=sorted(CHECKS)).sees("no second person has confirmed it")
    other = sign_in("SITE_MANAGER", ("site", hall.site)).client.session["post_id"]
    item = CodeType(**hall.base(), place_id=hall.site, code=code, confirmed_by=other)
    done(supply.code_type(hall.actor, [item]))
    nurse.send("product", check=sorted(CHECKS)).sees("The dose is recorded")
    assert len(clinic.given(DAY)) == 1


def test_whoever_screened_is_told_at_the_call_who_did(hall, sign_in):
    nurse = sign_in("STATION_NURSE", ("site", hall.site), certified=True)
    mine = nurse.client.session["post_id"]
    visit = hall.arrive(hall.person())
    done(clinic_services.screening_record(hall.actor, [hall.screening(visit, clinician_post_id=mine)]))
    done(clinic_services.consent_record(hall.actor, [hall.consent(visit)]))
    nurse.go(f"/console/site/{hall.site}/injection?visit={visit}").sees("screened this person", "Station nurse")


def test_a_second_press_at_the_door_names_the_ticket(hall, sign_in):
    person = hall.person()
    appointment = hall.book(person)
    nurse = sign_in("STATION_NURSE", ("site", hall.site), certified=True)
    nurse.go(f"/console/site/{hall.site}/arrival?booked={appointment}").sees("张三丰")
    page, sent = nurse.path, nurse.sent
    nurse.send("appointment").sees("next in line")
    nurse.path, nurse.sent = page, sent
    nurse.send("appointment", act=str(uuid4())).sees("has ticket 1 already")
    assert len(clinic.visits(hall.site, DAY)) == 1


def test_anybody_of_the_city_is_found_by_whole_name_and_birth_date_and_confirmed_by_two(hall, sign_in):
    hall.person(name="罗大佑")
    nurse = sign_in("STATION_NURSE", ("site", hall.site), certified=True)
    arrival = f"/console/site/{hall.site}/arrival"
    nurse.go(f"{arrival}?q=罗大佑").sees("Nobody was found")
    nurse.go(f"{arrival}?q=罗大佑 1980-05-01").sees("罗大佑", "May be vaccinated")
    nurse.send("appointment", identity="manual").sees("a second person")
    assert clinic.visits(hall.site, DAY) == []
    nurse.go(f"{arrival}?q=罗大佑 1980-05-01")
    nurse.send("appointment", identity="manual", second=hall.posts["observer"])
    assert len(clinic.visits(hall.site, DAY)) == 1


@pytest.mark.parametrize("station", ["screening", "injection"])
def test_who_left_without_a_dose_is_written_down_at_the_desk(hall, sign_in, station):
    person = hall.person()
    visit = hall.arrive(person) if station == "screening" else hall.ready(person)
    nurse = sign_in("STATION_NURSE", ("site", hall.site), certified=True)
    nurse.go(f"/console/site/{hall.site}/{station}?visit={visit}").sees("Left without a dose", "Called and not there")
    nurse.send("reason", where={"station": station}, reason="CALLED_AND_NOT_THERE").sees("Ticket 1 left without a dose")
    assert clinic.visit(hall.site, visit).state is VisitState.GONE
    nurse.go(f"/console/site/{hall.site}/arrival?q=张三丰 1980-05-01").sees("May be vaccinated")


def test_a_dose_pressed_by_mistake_is_taken_back_at_the_station_within_the_minute(hall, sign_in):
    visit, (code,) = hall.ready(hall.person()), hall.packs(1)
    nurse = sign_in("VACCINATOR", ("site", hall.site), certified=True)
    station = f"/console/site/{hall.site}/injection"
    nurse.go(f"{station}?visit={visit}&code={code}").send("arm", check=sorted(CHECKS)).sees("The dose is recorded")
    nurse.sees("Ticket 1, ", "not given after all?")
    nurse.send("reason", reason="PRESSED_BY_MISTAKE").sees("The dose of ticket 1 is taken back")
    assert (clinic.visit(hall.site, visit).state, clinic.given(DAY)) == (VisitState.CONSENTED, [])
    nurse.go(f"{station}?visit={visit}&code={code}").send("arm", check=sorted(CHECKS)).sees("The dose is recorded")


def test_a_wrong_person_is_told_by_one_and_signed_by_another_at_the_site(hall, sign_in):
    """The nurse finds the ticket and the person who really got the dose; she cannot sign it herself, the manager does."""
    visit, (code,) = hall.ready(hall.person()), hall.packs(1)
    assert hall.give(visit, code).done
    other = hall.person(name="罗大佑")
    page = f"/console/site/{hall.site}/corrections"
    nurse = sign_in("STATION_NURSE", ("site", hall.site), certified=True)
    nurse.go(f"{page}?ticket=7&day={DAY}").sees("No dose is on record for this ticket")
    nurse.go(f"{page}?ticket=1&day={DAY}&q=罗大佑 1980-05-01").sees("On record", code, "罗大佑")
    nurse.send("not_given", person_id=other, note="two people sat down at once").sees(
        "it holds once another person signs"
    )
    nurse.sees("waits for a second person", "罗大佑")
    manager = sign_in("SITE_MANAGER", ("site", hall.site))
    manager.go(page).send("correction").sees("The correction holds", "Signed this month")
    assert [row.person_id for row in clinic.given(DAY)] == [other]


def test_a_ticket_is_called_to_the_desk_and_the_hall_reads_no_name(hall, sign_in):
    visit = hall.arrive(hall.person(name="罗大佑"))
    nurse = sign_in("STATION_NURSE", ("site", hall.site), certified=True)
    nurse.go(f"/console/site/{hall.site}/screening").sees("Call ticket 1")
    nurse.send("desk", desk="3").sees("Ticket 1 is called (call 1)", "Screening")
    assert str(visit) in nurse.path, "the person called stands at the desk"
    nurse.go(f"/console/site/{hall.site}/screening").sees("Call again (1)")
    screen = nurse.go(f"/console/site/{hall.site}/calling")
    screen.sees("Ticket 1, please come to the health check desk 3", "waiting for the health check: 1")
    assert "罗" not in screen.text.replace(str(screen.path), "")


def test_who_left_unseen_is_called_back_from_the_observation_room_with_the_telephone_at_hand(hall, sign_in):
    visit, (code,) = hall.ready(hall.person(phone="13800000001"), -30), hall.packs(1)
    assert hall.give(visit, code, -20).done
    done(clinic_services.observation_end(hall.actor, [hall.leave(visit, -10, early_reason="UNSEEN")]))
    doctor = sign_in("OBSERVER", ("site", hall.site), certified=True)
    doctor.go(f"/console/site/{hall.site}/observation").sees("13800000001", "What came of the call")
    doctor.send("outcome", outcome="WELL").sees(
        "What came of calling ticket 1 back is on record", "Reached by telephone, well"
    )
    assert "13800000001" not in doctor.text
