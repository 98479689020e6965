"""After the dose, on the phone: advice, a report that reaches the safety room, the child's certificate, the district's coverage."""

from datetime import date, timedelta

import pytest

from seawall.platform import clock, sql
from seawall.safety import selectors as safety
from tests.clinic.world import DAY, World, resident_id

from .entering import birth_door, born, come_in
from .pages import Visitor

pytestmark = pytest.mark.django_db
BORN = date(1985, 5, 1)
CHILD, GROWN = date(2015, 6, 1), date(2000, 6, 1)


@pytest.fixture
def citizen(hall: World) -> Visitor:
    """Somebody who had a dose here a moment ago."""
    person = hall.person(BORN, phone="13800000000")
    number = resident_id(BORN, hall.serial)
    (code,) = hall.packs(1)
    assert hall.give(hall.ready(person), code).done
    clock.set_to(hall.now + timedelta(hours=5))
    return come_in(Visitor().go("/book"), number)


def test_a_reaction_is_reported_from_the_phone_and_its_clock_runs(hall: World, citizen, sign_in):
    citizen.go("/record").sees("Unwell after the vaccine?")
    citizen.go("/record/unwell").sees("Keep the place of the injection dry", "Hard to breathe", "120")
    hour = str(clock.now().astimezone(clock.zone()).hour - 1)
    citizen.send("kind", kind="FEVER_HIGH", hour=hour).sees(
        "Reported under number", "is being followed up", "Fever of 38.6"
    )
    ((lot, serious, post, code),) = sql.fetch(
        "SELECT lot, serious, reporter_post_id, case_code FROM safety_adverseevent"
    )
    assert lot and not serious and post == 0 and code in citizen.text
    (event,) = safety.clocks(DAY)
    assert event.clock_due - event.found_at == timedelta(hours=48)
    officer = sign_in("AEFI_OFFICER", ("area", "500000"))
    officer.go("/console/safety").sees(code, "AEFI officer")
    assert "No owner named" not in officer.text


def test_a_report_from_a_hospital_is_serious_and_one_before_the_dose_is_told_why_not(hall: World, citizen):
    citizen.go("/record/unwell").send("kind", 422, kind="RASH", day=str(DAY - timedelta(days=3)), hour="8").sees(
        "before the dose"
    )
    citizen.send("kind", kind="OTHER", day=str(DAY), hour="16", serious="1").sees("Reported under number")
    assert sql.fetch("SELECT serious FROM safety_adverseevent") == [(True,)]


@pytest.mark.parametrize("wrong", [{"kind": "NONSENSE"}, {"hour": "99"}])
def test_what_nobody_offered_is_refused_or_bounded(hall: World, citizen, wrong):
    citizen.go("/record/unwell").send("kind", 422, **({"kind": "RASH"} | wrong))


def test_a_parent_has_the_certificate_of_their_child_and_of_nobody_else(hall: World):
    parent = hall.person(BORN, phone="13800000000")
    number = resident_id(BORN, hall.serial)
    child = hall.person(CHILD, guardian_id=parent, name="李小雨")
    grown = hall.person(GROWN, guardian_id=parent, name="王大明")
    hall.person(CHILD, guardian_id=grown, name="赵小雪")
    for person in (parent, child):
        hall.history(person, DAY - timedelta(days=30))
    visitor = come_in(Visitor().go("/record/certificate"), number)
    visitor.sees("李").go("/record/certificate?who=1").sees("李小雨")
    visitor.send("programme").sees("The certificate is ready", "李小雨", "Dose 1 of")
    assert str(child) not in visitor.path and "王" not in visitor.text and "赵" not in visitor.text
    visitor.go("/record/certificate?who=2").sees("My certificate")
    visitor.go("/record/unwell?who=1").sees("李")


def test_a_birth_date_alone_shows_no_childs_certificate(hall: World, monkeypatch):
    birth_door(monkeypatch)
    parent = hall.person(BORN)
    number = resident_id(BORN, hall.serial)
    hall.person(CHILD, guardian_id=parent, name="李小雨")
    visitor = Visitor().go("/book/birth").send("number", number=number, **born(BORN))
    visitor.go("/record/certificate?who=1").sees("My certificate")
    assert "李" not in visitor.text
    assert visitor.go("/record/unwell").path == "/book?next=%2Frecord%2Funwell"


def test_a_certificate_is_printed_in_every_language_of_the_city(hall: World):
    person = hall.person(BORN)
    number = resident_id(BORN, hall.serial)
    hall.history(person, DAY - timedelta(days=30))
    visitor = come_in(Visitor().go("/record/certificate"), number).send("programme")
    english, _, chinese = visitor.text.partition('<div class="print-only" lang="zh-hans">')
    assert "Nationality" in english and "国籍" in chinese and "出生日期" in chinese
