"""The public's door: a seat is chosen, changed and given back, and every press sent twice is one act."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.test import Client

from seawall.booking import selectors as booking
from seawall.clinic import services as clinic
from seawall.interfaces.portal.session import PERSON
from seawall.interfaces.portal.views.sites import MOST
from seawall.platform import clock, sql
from seawall.reference.selectors import area, area_by_code
from seawall.terms.codes import ScreeningOutcome
from tests.booking.announcing import announce_returns
from tests.clinic.world import DAY, World, done, resident_id

from .entering import birth_door, born, code_sent
from .pages import read

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
HANDS = 8


def citizen(person: int) -> Client:
    client = Client(headers={"accept-language": "en"})
    session = client.session
    session[PERSON] = person
    session.save()
    client.cookies["sessionid"] = session.session_key
    return client


def press(client: Client, address: str, told: dict[str, str]) -> tuple[str, str]:
    """Where a press leads, and the page that follows."""
    answer = client.post(address, told)
    text = read(client.get(answer["Location"])) if answer.status_code == 302 else read(answer)
    return answer.get("Location", ""), text


def slot(hall: World, hour: int = 14) -> dict[str, str]:
    at = hall.now.astimezone(clock.zone()).replace(hour=hour)
    return {"site": str(hall.site), "starts_at": at.isoformat(), "act": str(uuid4())}


def held(hall: World, client: Client, hour: int = 14) -> UUID:
    told = slot(hall, hour)
    assert "/book/" in press(client, "/book/hold", told)[0]
    return UUID(told["act"])


def booked(hall: World, client: Client, hour: int = 14) -> UUID:
    appointment = held(hall, client, hour)
    press(client, f"/book/{appointment}", {"act": str(uuid4())})
    return appointment


STEPS = ("hold", "confirm", "move", "cancel")


def step_of(name: str, hall: World, client: Client) -> tuple[str, dict[str, str]]:
    if name == "hold":
        return "/book/hold", slot(hall)
    if name == "confirm":
        return f"/book/{held(hall, client)}", {"act": str(uuid4())}
    appointment = booked(hall, client)
    return f"/record/{appointment}/{name}", slot(hall, 15) if name == "move" else {"act": str(uuid4())}


@pytest.mark.parametrize("name", STEPS)
def test_a_press_sent_again_gets_the_first_answer(hall: World, name: str):
    client = citizen(hall.person())
    address, told = step_of(name, hall, client)
    first = press(client, address, told)
    clock.set_to(hall.now + MINUTE)
    again = press(client, address, told)
    assert again[0] == first[0]
    for _, text in (first, again):
        assert "sent before" not in text and "cannot be" not in text
    person = int(client.session[PERSON])
    states = [str(row.state) for row in booking.appointments([person])]
    assert states == {"hold": ["held"], "cancel": ["cancelled"]}.get(name, ["booked"])


def test_a_press_with_other_content_is_still_refused(hall: World):
    client = citizen(hall.person())
    told = slot(hall)
    press(client, "/book/hold", told)
    _, text = press(client, "/book/hold", told | {"starts_at": slot(hall, 16)["starts_at"]})
    assert "sent before with other content" in text


@pytest.fixture
def crowd(hall: World) -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(HANDS) as pool:
        yield pool


def test_a_new_choice_replaces_ones_own_hold(hall: World):
    client = citizen(hall.person())
    first, second = held(hall, client), held(hall, client, 15)
    text = read(client.get(f"/book/{second}"))
    assert "15:00" in text and "Another time" in text
    states = {row.appointment: str(row.state) for row in booking.appointments([int(client.session[PERSON])])}
    assert states == {first: "cancelled", second: "held"}


def test_an_appointment_is_changed_from_the_record(hall: World):
    client = citizen(hall.person())
    appointment = booked(hall, client)
    record = read(client.get("/record"))
    assert f"change={appointment}" in record
    times = read(client.get(f"/book/when?change={appointment}&day={DAY}"))
    assert f"/record/{appointment}/move" in times
    told = slot(hall, 16)
    sure = read(client.get(f"/record/{appointment}/move", told))
    assert "14:00" in sure and "16:00" in sure
    where, text = press(client, f"/record/{appointment}/move", told)
    assert where == "/record" and "Your appointment is changed" in text and "16:00" in text
    (row,) = booking.appointments([int(client.session[PERSON])])
    assert row.starts_at == datetime.fromisoformat(told["starts_at"]) and row.state == "booked"


def test_a_booking_that_stands_is_named_by_place_and_local_time(hall: World):
    client = citizen(hall.person())
    booked(hall, client)
    _, text = press(client, "/book/hold", slot(hall, 15))
    assert "HALL-1, Sat 10 Apr, 14:00 (booked)" in text
    assert not re.search(
        r"[0-9a-f]{8}-[0-9a-f]{4}-[^\"]*\)|\+00:00|site \d", text.split('role="status"')[1].split("</div>")[0]
    )


def test_a_form_is_kept_after_a_refusal(hall: World, monkeypatch):
    birth_door(monkeypatch)
    sent = {"number": resident_id(DAY.replace(year=1980), 999), **born("1980-04-10")}
    text = read(Client(headers={"accept-language": "en"}).post("/book/birth", sent))
    assert all(f'value="{typed}"' in text for typed in sent.values())


def test_a_deferral_is_told_and_nothing_is_asked_until_then(hall: World):
    person = hall.person()
    visit = hall.arrive(person)
    until = DAY + timedelta(days=10)
    item = hall.screening(visit, outcome=ScreeningOutcome.DEFERRED, celsius=38.2, recheck_on=until)
    done(clinic.screening_record(hall.actor, [item]))
    client = citizen(person)
    text = read(client.get("/record"))
    assert "put off until 20 Apr 2021" in text and "Book the next dose" not in text
    assert "Put off until 20 Apr 2021" in read(client.get(f"/book/when?day={DAY}"))
    clock.set_to(hall.now + timedelta(days=11))
    assert "put off" not in read(client.get("/record"))


@pytest.mark.parametrize(
    ("asked", "answer"),
    [("age=30&had=0", "It is your turn: dose 1"), ("age=17&had=0", "18 and over may come"), ("age=70&had=1", "Dose 2 is open"),
     ("age=abc&had=0", ""), ("", "")],
)  # fmt: skip
def test_two_questions_tell_whether_it_is_ones_turn(hall: World, asked: str, answer: str):
    text = read(Client(headers={"accept-language": "en"}).get(f"/home?{asked}"))
    assert "Everybody aged 18 and over may come" in text
    assert answer in text and (bool(answer) == ('role="status"' in text))


def test_sites_are_asked_for_by_district_and_listed_by_way(hall: World):
    client = Client(headers={"accept-language": "en"})
    first = read(client.get("/sites"))
    assert "HALL-1" not in first and "Choose a district" in first
    unit = re.search(r'<option value="(\d+)">[^<]+ \(2\)', first).group(1)
    listed = read(client.get(f"/sites?unit={unit}"))
    assert "HALL-1" in listed and "HALL-2" in listed and listed.count("<li") <= MOST
    street = re.search(r'id="street".*?<option value="(\d+)"', listed, re.S)
    if street:
        assert " km from the middle" in read(client.get(f"/sites?unit={unit}&street={street.group(1)}"))


def test_a_person_reads_who_looked_at_the_record_when_and_what_for(hall: World, sign_in) -> None:
    person = hall.person(birth=date(1950, 1, 2))
    citizen(person).get("/record")
    assert "Nobody has looked" in read(citizen(person).get("/record/looks"))
    street = area(hall.leaf, DAY)
    officer = sign_in("DISTRICT_OFFICER", ("area", street.code[:6]))
    officer.go(f"/console/people/{person}").go(f"/console/people/{person}")
    text = read(citizen(person).get("/record/looks"))
    for said in ("10 Apr 2021", "12:0", "District health officer", area_by_code(street.code[:6], DAY).name_en,
                 "caring for your vaccination", "times in that hour"):  # fmt: skip
        assert said in text, said
    assert "district_officer-" not in text, "no holder of a post is named"
    reader = citizen(person)
    reader.cookies["django_language"] = "zh-hans"
    told = read(reader.get("/record/looks"))
    assert "区县卫生健康局专班" in told and "为了：办理接种" in told
    stranger = Client().get("/record/looks")
    assert stranger.status_code == 302 and stranger["Location"] == "/book?next=%2Frecord%2Flooks"


@pytest.mark.parametrize(
    "wanted", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", "", "/record"]
)
def test_whoever_was_asked_who_they_are_goes_on_here_and_nowhere_else(hall: World, wanted: str) -> None:
    hall.person()
    told, client = {"number": resident_id(date(1980, 5, 1), hall.serial), "way": "message"}, Client()
    address = client.post(f"/book?next={wanted}", told)["Location"]
    answer = client.post(address, {"code": code_sent()})
    assert (answer.status_code, answer["Location"]) == (302, wanted if wanted == "/record" else "/book/when")


def test_somebody_elses_reference_shows_and_changes_nothing(hall: World):
    other, me = citizen(hall.person()), citizen(hall.person())
    theirs = booked(hall, other)
    assert me.get(f"/book/{theirs}")["Location"] == "/record"
    for step, told in (("move", slot(hall, 16)), ("cancel", {"act": str(uuid4())})):
        press(me, f"/record/{theirs}/{step}", told)
    press(me, f"/book/{theirs}", {"act": str(uuid4())})
    ((state, at),) = [(str(row.state), row.starts_at) for row in booking.appointments([int(other.session[PERSON])])]
    assert state == "booked" and at.astimezone(clock.zone()).hour == 14
    assert booking.appointments([int(me.session[PERSON])]) == []


def test_a_slot_that_is_gone_or_has_moved_is_told_and_leads_to_the_times(hall: World):
    for person in hall.persons(20):
        held(hall, citizen(person))
    late = citizen(hall.person())
    where, text = press(late, "/book/hold", slot(hall))
    assert where.startswith(f"/book/when?site={hall.site}") and 'class="card state stop" role="status"' in text
    for odd in (
        {"starts_at": "2021-04-10T14:07:00+08:00"},
        {"starts_at": "2021-04-10T23:00:00+08:00"},
        {"site": "999999999"},
    ):
        where, text = press(late, "/book/hold", slot(hall) | odd)
        assert where.startswith("/book/when") and 'class="card state stop"' in text
    assert booking.appointments([int(late.session[PERSON])]) == []


def test_steps_that_come_in_the_wrong_order_are_told_and_do_nothing(hall: World):
    """A confirmation before its hold, a change of what was cancelled, a cancellation sent late."""
    client = citizen(hall.person())
    never = uuid4()
    _, text = press(client, f"/book/{never}", {"act": str(uuid4())})
    assert 'class="card state stop"' in text
    appointment = booked(hall, client)
    press(client, f"/record/{appointment}/cancel", {"act": str(uuid4())})
    for step, told in (("move", slot(hall, 16)), ("cancel", {"act": str(uuid4())})):
        press(client, f"/record/{appointment}/{step}", told)
    _, text = press(client, f"/book/{appointment}", {"act": str(uuid4())})
    assert 'class="card state stop"' in text
    assert [str(row.state) for row in booking.appointments([int(client.session[PERSON])])] == ["cancelled"]


def test_the_page_of_times_opens_on_the_first_day_that_has_a_seat(hall: World):
    client = citizen(hall.person())
    sql.execute("UPDATE sites_slot SET capacity = 0 WHERE site_id = %s AND day = %s", [hall.site, DAY])
    hall.open_day(hall.site, DAY + 2 * MINUTE * 24 * 60)
    page = read(client.get(f"/book/when?site={hall.site}"))
    chosen = re.search(r'<option value="(20[\d-]+)" selected', page)
    assert chosen and chosen[1] == "2021-04-12"
    assert "starts_at" in page
    page = read(client.get(f"/book/when?site={hall.site}&day={DAY}"))
    assert "No time is left on this day" in page


def test_a_cancelled_seat_is_seen_again_at_the_announced_time(hall: World, tmp_path):
    """The page says when, before anybody can have it: to who gave it back, and to who looks for one."""
    announce_returns(tmp_path / "city", "16:00")
    client, other = citizen(hall.person()), citizen(hall.person())
    told = slot(hall, 17)
    press(client, "/book/hold", told)
    press(client, f"/book/{told['act']}", {"act": str(uuid4())})
    address = f"/book/when?site={hall.site}&day={DAY}"
    assert "Seats that are cancelled can be booked again at: 16:00" in read(other.get(address))
    press(client, f"/record/{told['act']}/cancel", {"act": str(uuid4())})
    assert "Cancelled seats of this day can be booked from Sat 10 Apr, 16:00" in read(other.get(address))
    chinese = other.get(address, headers={"accept-language": "zh-hans"}).content.decode()
    assert "退出的号源" in chinese and "起可约" in chinese
    clock.set_to(hall.now + timedelta(hours=4))
    assert "Cancelled seats of this day" not in read(other.get(address))
