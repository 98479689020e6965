"""What a person's record needs is done through pages by the posts whose job it is: own area allowed, foreign refused."""

from datetime import date
from uuid import uuid4

import pytest

from seawall.people import selectors as people
from seawall.people.models import Document, Person, PersonCorrection
from seawall.platform import sql
from seawall.platform.models import Look
from seawall.reference.selectors import leaves
from tests.clinic.world import DAY, PROGRAMME, World, resident_id

from .pages import read
from .pressing import SAID, answered, changed, from_page, left

pytestmark = pytest.mark.django_db
ACTS = ("identity", "home", "rosters", "conditions", "elsewhere")


@pytest.fixture
def streets(hall: World) -> list[str]:
    """Codes of the hall's own street and of a foreign one."""
    rows = leaves(DAY)
    return [rows[0].code, next(r.code for r in rows if r.parent_id != rows[0].parent_id)]


@pytest.fixture
def district(sign_in, streets):
    return sign_in("DISTRICT_OFFICER", ("area", streets[0][:6]))


@pytest.fixture
def street(sign_in, streets):
    return sign_in("STREET_OFFICER", ("area", streets[0]))


@pytest.fixture
def foreign(sign_in, streets):
    return sign_in("DISTRICT_OFFICER", ("area", streets[1][:6]))


def of(person: int, page: str = "") -> str:
    return f"/console/people/{person}" + (f"/{page}" if page else "")


def dose_of(person: int) -> str:
    return str(people.dose_rows([person], PROGRAMME)[person][0].act)


def test_a_person_is_registered_by_hand_and_who_looks_alike_is_shown_first(hall, street):
    known = hall.person(birth=date(1991, 2, 3))
    typed = {
        "name": "张叁峰",
        "sex": "1",
        "birth": "1991-02-03",
        "number": "",
        "witness": "李四",
        "leaf_id": str(hall.leaf),
    }
    street.go("/console/people").sees("Register a person").go("/console/people/new")
    street.send("birth_precision", **typed).sees("Perhaps known already", "张*丰", "same sound")
    assert Person.objects.count() == 1
    assert Look.objects.filter(person_id=known, page="register").exists()
    assert street.form("birth_precision").values["name"] == "张叁峰"
    street.send("birth_precision", another="1").sees("The person is registered", "may be the same person")
    assert Person.objects.filter(name="张叁峰").count() == 1
    street.go("/console/people/new").send("birth_precision", **(typed | {"name": "王五", "witness": ""}))
    street.sees("guardian or a witness")
    assert street.form("birth_precision").values["name"] == "王五"


def test_a_guardian_is_named_as_people_name_one(hall, street, sign_in):
    guardian = hall.person(birth=date(1991, 2, 3))
    child = {"name": "张小宝", "sex": "2", "birth": "2015-02-03", "leaf_id": str(hall.leaf)}
    street.go("/console/people/new").send("birth_precision", **child, **{"guardian_id.said": "nobody"})
    street.sees("Nothing in the reach of your post answers to")
    street.send("birth_precision", **{"guardian_id.said": "张三丰"}).sees("The person is registered")
    assert Person.objects.get(name="张小宝").guardian_id == guardian
    nurse = sign_in("STATION_NURSE", ("site", hall.site))
    nurse.go("/console/pick/guardian?guardian_id.said=张三丰").sees("Nothing in the reach of your post")
    nurse.go("/console/people/new")
    nurse.send("birth_precision", **(child | {"name": "张大宝"}), **{"guardian_id.said": "张三丰 1991-02-03"})
    nurse.sees("The person is registered")
    assert Person.objects.get(name="张大宝").guardian_id == guardian


def test_a_site_registers_whom_it_receives_and_no_stranger_is_shown_to_it(hall, sign_in):
    hall.person(birth=date(1991, 2, 3))
    nurse = sign_in("STATION_NURSE", ("site", hall.site))
    number = resident_id(date(1991, 2, 3), 77)
    nurse.go("/console/people/new").send(
        "birth_precision",
        name="张三丰",
        sex="1",
        birth="1991-02-03",
        kind="RESIDENT_ID",
        number=number,
        leaf_id=str(hall.leaf),
    )
    nurse.sees("The person is registered")
    assert Person.objects.count() == 2


def test_a_correction_of_a_person_stands_beside_what_stood_before(hall, district):
    person = hall.person(phone="13800001234")
    page = district.go(of(person)).sees("Identity and documents").go(of(person, "identity")).sees("张三丰")
    page.send("reason", name="张三峰", reason="by the document").sees(
        "The record is corrected", "What stood before", "by the document"
    )
    assert PersonCorrection.objects.get(person_id=person).name == "张三丰"
    page.send("reason", birth="1980-05-02", reason="typed wrong").sees("differs from the one stated")
    assert page.form("birth_precision").values["birth"] == "1980-05-02"


def test_documents_are_linked_and_ended(hall, district):
    person = hall.person(documents=(), witness="李四")
    number = resident_id(date(1980, 5, 1), 321)
    page = district.go(of(person, "identity"))
    page.send("country", kind="RESIDENT_ID", number=number[:-1] + "Y").sees("does not have the form")
    page.send("country", kind="RESIDENT_ID", number=number).sees("The document is linked")
    page.send("mask", reason="LOST").sees("no longer in force", "Lost")
    assert not Document.objects.get(person_id=person, kind="RESIDENT_ID").valid


def test_a_person_moves_and_leaves_the_list_of_the_area(hall, street, streets):
    person = hall.person()
    page = street.go(of(person, "home"))
    page.send("since", where={"do": "move"}, state="away").sees("The residence is recorded", "away for a time")
    elsewhere = next(a.area_id for a in leaves(DAY) if a.code == streets[1])
    page.send("since", where={"do": "move"}, state="active", leaf_id=str(elsewhere)).sees("Find a person")
    street.go(of(person, "home"), 403)


def test_households_are_made_joined_and_left_and_a_contact_is_named(hall, street, sign_in, streets):
    first, second, third = hall.persons(3)
    sign_in("GRID_WORKER", ("area", streets[0]))
    page = street.go(of(first, "home") + "?with=张三丰").sees("Make a household of both")
    page.send("other", where={"other": str(second)}).sees("The household is updated")
    household = Person.objects.get(id=first).household_id
    assert Person.objects.get(id=second).household_id == household is not None
    page.go(of(third, "home") + "?with=张三丰").send("household_id", where={"do": "join"})
    assert Person.objects.get(id=third).household_id == household
    page.send("act", where={"do": "leave"}).sees("No household is known")
    page.go(of(first, "home")).send("post_id").sees("The responsible contact is named", "grid_worker")


def test_somebody_stands_on_two_rosters_and_leaves_one(hall, district):
    person = hall.person()
    rows = [(f"单位{n}", f"Works {n}") for n in (1, 2)]
    for zh, en in rows:
        sql.execute(
            "INSERT INTO people_organisation (uscc, uscc_note, name_zh, name_en, kind, sector, leaf_id, synthetic) "
            "VALUES ('', '', %s, %s, 'EMPLOYER', 'INDUSTRY', %s, TRUE)",
            [zh, en, hall.leaf],
        )
    page = district.go(of(person, "rosters"))
    for (number,) in sql.fetch("SELECT id FROM people_organisation ORDER BY id"):
        page.send("role", where={"do": "join"}, organisation_id=str(number), since="2021-04-01")
    page.sees("on 2 rosters", "counted here")
    page.send("until", where={"do": "leave"}, until="2021-03-01").sees("ends before it begins")
    page.send("until", where={"do": "leave"}, until="2021-04-09").sees("The day of leaving is recorded")
    assert "on 2 rosters" not in page.text


def test_findings_are_added_by_who_may_and_shown_to_who_may(hall, district, sign_in):
    person = hall.person()
    page = district.go(of(person, "conditions")).sees("shown to clinicians")
    page.send("kind", kind="PREGNANT").sees("The finding is recorded")
    assert "Pregnan" not in page.text.split("On record")[1]
    director = sign_in("CDC_DIRECTOR", ("area", "500000"))
    director.go(of(person, "conditions")).sees("holds today").send("until", where={"do": "end"}, until="2021-04-10")
    director.sees("The end of the finding is recorded")


def test_pairs_are_compared_and_kept_apart_or_merged_and_parted_again(hall, district):
    first = hall.person()
    hall.history(first, date(2021, 3, 1))
    second, third = hall.persons(2, documents=(), witness="李四", sex=0)
    page = district.go("/console/people/twice").sees("may be one person")
    page.go(f"/console/people/{first}/twice/{third}").send("act", where={"do": "different"}).sees(
        "They are two persons"
    )
    page.go(f"/console/people/{first}/twice/{second}").sees("Due after a merge", "1 dose counted", "张三丰", "differs")
    page.send("stays", where={"stays": str(first)}, reason="same document shown").sees("The two records are one")
    assert Person.objects.get(id=second).merged_into == first
    page.go(of(first)).sees("A merged record").go(f"/console/people/{second}/twice/{first}")
    page.sees("Due when it stands alone", "0 doses counted").send("reason", reason="two people after all").sees(
        "The merge is undone"
    )
    assert Person.objects.get(id=second).merged_into is None


def test_a_dose_given_elsewhere_needs_its_proof(hall, district):
    person = hall.person()
    page = district.go(of(person, "elsewhere"))
    page.send("proof", given_on="2021-03-01", product="BIBP", source="elsewhere").sees("needs its proof")
    assert page.form("proof").values["given_on"] == "2021-03-01"
    page.send("proof", given_on="2021-03-01", product="BIBP", source="elsewhere", proof="BOOKLET", proof_number="A1")
    page.sees("The dose is recorded", "another province")
    page.go(of(person, "elsewhere") + "?programme=hpv-cn").go(of(person, "elsewhere") + "?programme=nothing", 403)


def test_a_correction_of_a_dose_shows_what_it_touches_and_keeps_both(hall, district):
    person = hall.person()
    code = hall.packs(2)[0]
    assert hall.give(hall.ready(person), code).done
    page = district.go(of(person)).go(of(person, f"doses/{dose_of(person)}")).sees("Both entries are kept")
    page.send("evidence", given_on="2021-04-09", evidence="paper slip", do="show")
    page.sees("What this touches", "Due afterwards", "on hand there", "not closed yet")
    assert len(people.dose_rows([person], PROGRAMME)[person]) == 1
    page.send("evidence", do="correct").sees("the former entry is kept")
    kept = people.dose_rows([person], PROGRAMME, corrected=True)[person]
    assert [(d.given_on, d.corrected) for d in kept] == [(date(2021, 4, 9), False), (date(2021, 4, 10), True)]
    page.go(of(person, f"doses/{dose_of(person)}")).send("evidence", evidence="never given", do="show_withdraw")
    page.sees("0 doses counted").send("evidence", do="withdraw").sees("The dose is taken back")
    assert people.dose_rows([person], PROGRAMME) == {}


def test_a_dose_is_entered_from_paper_by_the_site_at_the_hour_of_the_paper(hall, sign_in):
    person = hall.person()
    code = hall.packs(1)[0]
    manager = sign_in("SITE_MANAGER", ("site", hall.site))
    page = (
        manager.go("/console/people").sees("A dose from a paper form").go("/console/people/paper?q=张三丰 1980-05-01")
    )
    page.send("code", code=code, day="2021-04-10", hour="09:30", product="BIBP", note="the link was down").sees(
        "entered as it happened"
    )
    ((at,),) = sql.fetch("SELECT occurred_at FROM people_doseevent WHERE person_id = %s", [person])
    assert f"{at:%H:%M}" == "01:30"


def test_every_form_of_a_record_sent_twice_gets_the_first_answer(hall, district, street, sign_in, streets):
    first, second, third = hall.persons(3)
    twin = hall.person(documents=(), witness="李四", sex=0)
    hall.history(first, date(2021, 3, 1))
    sign_in("GRID_WORKER", ("area", streets[0]))
    new = {"name": "王五", "birth": "1970-01-01", "leaf_id": str(hall.leaf), "witness": "李四"}
    elsewhere = {"given_on": "2021-03-01", "product": "BIBP", "proof": "BOOKLET"}
    dose, twice = of(first, f"doses/{dose_of(first)}"), f"/console/people/{twin}/twice/{first}"
    entered = {"code": hall.packs(1)[0], "day": "2021-04-10", "hour": "09:30"}
    presses = [
        (district, "/console/people/new", "birth_precision", {}, new),
        (district, of(first, "identity"), "birth_precision", {}, {"name": "张三峰", "reason": "by the document"}),
        (district, of(twin, "identity"), "country", {}, {"kind": "PASSPORT_CN", "number": "E12345678"}),
        (district, of(twin, "identity"), "mask", {}, {"reason": "LOST"}),
        (district, of(third, "home"), "since", {"do": "move"}, {"state": "away"}),
        (street, of(first, "home") + "?with=张", "other", {"other": str(second)}, {}),
        (street, of(first, "home"), "post_id", {}, {}),
        (street, of(first, "home"), "act", {"do": "leave"}, {}),
        (district, of(first, "conditions"), "kind", {"do": "add"}, {"kind": "PREGNANT"}),
        (district, of(second, "elsewhere"), "proof", {}, elsewhere),
        (district, dose, "evidence", {}, {"given_on": "2021-03-02", "evidence": "slip", "do": "correct"}),
        (district, f"/console/people/paper?person={third}&site_id={hall.site}", "code", {}, entered),
        (district, twice, "stays", {"stays": str(first)}, {"reason": "one person"}),
        (district, twice, "reason", {"do": "unmerge"}, {"reason": "two after all"}),
        (district, twice, "act", {"do": "different"}, {}),
    ]
    for visitor, page, having, where, filled in presses:
        press = from_page(visitor, page, having, where=where, **filled)
        before = left()
        told = answered(press)
        once = left()
        again = answered(press)
        assert (again[:2], SAID.findall(again[2])) == (told[:2], SAID.findall(told[2])), page
        assert changed(before, once) and not changed(once, left()), page


WRITES = [
    ("correct", "identity", {"name": "李四", "reason": "x"}),
    ("move", "home", {"state": "died", "since": "2021-04-01", "leaf_id": "1"}),
    ("join", "rosters", {"organisation_id": "1", "since": "2021-04-01"}),
    ("add", "conditions", {"kind": "FEVER", "since": "2021-04-01"}),
    ("record", "elsewhere", {"given_on": "2021-03-01", "product": "BIBP", "source": "history", "proof": "BOOKLET"}),
]
JUNK = [
    ("identity", {"do": "forget"}),
    ("identity", {"do": "correct", "act": "x"}),
    ("home", {"do": "move", "act": str(uuid4()), "since": "soon", "leaf_id": "1"}),
    ("elsewhere", {"do": "record", "act": str(uuid4()), "proof": "X", "given_on": "0001-01-01", "source": "moon"}),
]


def test_a_foreign_post_is_told_of_nobody_and_writes_nothing_even_without_the_page(hall, foreign):
    person = hall.person()
    for page in ("", *ACTS):
        foreign.go(of(person, page), 403).sees("no such person within the reach")
    for do, page, fields in WRITES:
        told = {"do": do, "act": str(uuid4()), **fields}
        assert foreign.client.post(of(person, page), told, HTTP_ACCEPT_LANGUAGE="en").status_code == 403
    assert Person.objects.get(id=person).state == "active"
    assert people.dose_rows([person], PROGRAMME) == {}


def test_a_post_is_offered_what_it_may_and_refused_the_rest(hall, sign_in):
    person = hall.person()
    for role, offered in (
        ("AEFI_OFFICER", {"conditions"}),
        ("STREET_OFFICER", {"identity", "home", "rosters"}),
        ("DISTRICT_OFFICER", set(ACTS)),
    ):
        visitor = sign_in(role, ("area", "500000")).go(of(person))
        assert {page for page in ACTS if f'{of(person, page)}"' in visitor.text} == offered
        for page in {"identity", "conditions", "elsewhere"} - offered:
            visitor.go(of(person, page), 403)


def test_what_cannot_be_read_is_answered_in_words(hall, district):
    person = hall.person()
    for page, told in JUNK:
        answer = district.client.post(of(person, page), told, HTTP_ACCEPT_LANGUAGE="en")
        assert answer.status_code in {200, 400}
        assert "is corrected" not in read(answer)
