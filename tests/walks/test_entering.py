"""The public proves who it is: a document number, and a code that reaches its holder. Whoever asks learns nothing else."""

import json
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from seawall.interfaces import guard
from seawall.outreach import services as outreach
from seawall.people import selectors as people
from seawall.people import services as entering
from seawall.people.services import person_correct
from seawall.platform import clock, sql
from seawall.terms.people import PersonCorrect
from tests.clinic.world import World, done, resident_id
from tests.outreach.conftest import channels, sms  # noqa: F401

from .entering import birth_door, born, code_sent, come_in
from .pages import Visitor, read

pytestmark = pytest.mark.django_db
BORN = date(1951, 5, 1)
STRANGER = resident_id(date(1953, 7, 7), 998)
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def number(hall: World) -> str:
    """Of somebody of seventy with a telephone on record."""
    hall.person(BORN, phone="13800000000")
    return resident_id(BORN, hall.serial)


@pytest.fixture
def patient(monkeypatch) -> None:
    """Limits of tries that no test reaches by accident."""
    for key, limit in guard.limits().items():
        monkeypatch.setitem(guard.limits(), key, replace(limit, most=10_000))


def ask(number: str, way: str = "message", client: Client | None = None) -> Client:
    client = client or Client(headers=ENGLISH)
    assert client.post("/book", {"number": number, "way": way})["Location"] == "/book/code"
    return client


def prove(client: Client, code: str) -> int:
    return client.post("/book/code", {"code": code}).status_code


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10 ** len(code):0{len(code)}d}"


def messages(server) -> list[dict[str, str]]:
    outreach.gateway_round()
    return list(server.sent.values())


def test_a_code_reaches_the_telephone_on_record_and_lets_in(number, sms):  # noqa: F811
    client = ask(number)
    (sent,) = messages(sms)
    assert sent["to"].replace(" ", "").endswith("13800000000") and sent["language"] == "en"
    code = "".join(c for c in sent["text"] if c.isdigit())[:6]
    assert code == code_sent()
    answer = client.post("/book/code", {"code": f" {code[:3]} {code[3:]}"})
    assert (answer.status_code, answer["Location"]) == (302, "/book/when")
    assert client.get("/record").status_code == 200


def test_a_code_is_read_out_where_somebody_asks_for_a_call(number, channels, tmp_path):  # noqa: F811
    client = ask(number, "call")
    outreach.gateway_round()
    (line,) = next((tmp_path / "messages").rglob("voice*.jsonl")).read_text("utf-8").splitlines()
    assert ", ".join(code_sent()) in json.loads(line)["text"]
    assert prove(client, code_sent()) == 302


def test_a_code_comes_at_night_and_when_the_money_of_the_day_for_reminders_is_spent(number, sms):  # noqa: F811
    sql.execute("INSERT INTO platform_dayspend VALUES ('sms', %s, 4600000)", [clock.today()])
    clock.set_to(clock.now().astimezone(clock.zone()).replace(hour=23))
    ask(number)
    assert len(messages(sms)) == 1


def test_neither_database_nor_log_holds_a_code(number, sms, caplog):  # noqa: F811
    ask(number)
    messages(sms)
    tables = ("people_entryticket", "platform_message", "platform_act", "django_session")
    kept = "".join(str(row) for name in tables for row in sql.fetch(f"SELECT * FROM {name}")) + caplog.text
    assert code_sent() not in kept and number not in kept


def test_an_unknown_number_gets_the_same_page_and_the_same_answers(number, sms):  # noqa: F811
    def told(asked: str) -> list[tuple[int, str]]:
        client = ask(asked)
        pages = [client.get("/book/code"), *(client.post("/book/code", {"code": "12345"}) for _ in range(6))]
        return [(page.status_code, "".join(read(page).split("csrfmiddlewaretoken")[::2])) for page in pages]

    known, stranger = told(number), told(STRANGER)
    assert [status for status, _ in known] == [200] + [422] * 6 == [status for status, _ in stranger]
    blank = [len(text) for _, text in known]
    assert blank == [len(text) for _, text in stranger]
    assert len(messages(sms)) == 1


def test_an_unknown_number_costs_the_same_statements_and_the_same_time(number, patient):
    def statements(asked: str) -> list[str]:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            entering.entry_prove(entering.entry_ask(asked, "message", "en"), "000000")
        return [
            query["sql"].split("VALUES")[0].split("WHERE")[0].split(chr(34) + "s1")[0][:60]
            for query in seen.captured_queries
        ]

    assert statements(number) == statements(STRANGER)
    times: dict[str, list[float]] = {number: [], STRANGER: []}
    for _ in range(40):
        for asked, took in times.items():
            began = time.perf_counter()
            entering.entry_ask(asked, "message", "en")
            took.append(time.perf_counter() - began)
    known, stranger = (statistics.median(took) for took in times.values())
    assert abs(known - stranger) < 0.5 * max(known, stranger)


def test_a_mistyped_number_is_said_at_once_whoever_exists(number):
    broken = number[:-1] + ("1" if number[-1] != "1" else "2")
    answer = Client(headers=ENGLISH).post("/book", {"number": broken, "way": "message"})
    assert answer.status_code == 422 and "check digit" in read(answer)
    assert sql.fetch("SELECT count(*) FROM people_entryticket") == [(0,)]


def test_a_code_opens_once(number):
    client = ask(number)
    code = code_sent()
    assert prove(client, code) == 302
    again = ask(number)
    assert prove(again, code) == 422, "the code of another ticket"
    ((ticket,),) = sql.fetch("SELECT ticket FROM people_entryticket WHERE used_at IS NOT NULL")
    assert entering.entry_prove(ticket, code) is None


def test_after_five_wrong_codes_the_right_one_opens_nothing(number):
    client = ask(number)
    code = code_sent()
    assert [prove(client, wrong(code)) for _ in range(5)] == [422] * 5
    assert prove(client, code) == 422
    assert prove(ask(number), code_sent()) == 302


def test_a_code_runs_out(number):
    client = ask(number)
    code = code_sent()
    sql.execute("UPDATE people_entryticket SET until = until - interval '11 minutes'")
    assert prove(client, code) == 422
    text = read(client.post("/book/code", {"code": code}))
    assert "has run out" in text and "ask for a new one" in text


def test_a_code_opens_only_where_it_was_asked_for(number):
    ask(number)
    elsewhere = ask(STRANGER)
    ((ticket,),) = sql.fetch("SELECT ticket FROM people_entryticket WHERE person_id IS NOT NULL")
    assert prove(elsewhere, people.entry_code(ticket, "message")) == 422
    assert Client().post("/book/code", {"code": "1"})["Location"] == "/book"


def test_codes_of_a_number_are_asked_for_five_times_in_a_quarter_of_an_hour(number):
    for asked in (number, STRANGER):
        for _ in range(5):
            ask(asked)
        answer = Client(headers=ENGLISH).post("/book", {"number": asked, "way": "message"})
        assert answer.status_code == 429 and int(answer.headers["Retry-After"]) > 800


@pytest.mark.django_db(transaction=True)
def test_one_code_lets_one_in_whoever_tries_at_once(hall: World, number):
    client = ask(number)
    code, ticket = code_sent(), sql.fetch("SELECT ticket FROM people_entryticket")[0][0]

    def hand(_: int) -> int | None:
        try:
            return entering.entry_prove(ticket, code)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        let_in = [found for found in pool.map(hand, range(5)) if found]
    assert len(let_in) == 1 and client


def test_the_birth_date_lets_in_only_where_the_city_says_so_and_opens_less(hall: World, number, monkeypatch):
    told = {"number": number, **born(BORN)}
    assert Client(headers=ENGLISH).post("/book/birth", told).status_code == 403
    assert "birth" not in read(Client(headers=ENGLISH).get("/book")).lower().replace("birth certificate", "")
    birth_door(monkeypatch, "2021-01-01", "2021-03-31")
    assert Client(headers=ENGLISH).post("/book/birth", told).status_code == 403, "no longer"
    birth_door(monkeypatch, "2021-01-01", "")
    client = Client(headers=ENGLISH)
    assert client.post("/book/birth", told | {"birth_day": "2"}).status_code == 422
    assert client.post("/book/birth", told)["Location"] == "/book/when"
    assert client.get("/record").status_code == 200
    assert Visitor().go("/book/birth").sees("Year", "Month", "Day")


def test_a_desk_gives_who_has_no_telephone_a_code_on_paper(hall: World, sign_in):
    hall.person(BORN)
    number = resident_id(BORN, hall.serial)
    clerk = sign_in("REGISTRAR", ("site", hall.site))
    clerk.go("/console/people").sees("A code on paper for the portal")
    clerk.go("/console/codes").send("console/codes", q=STRANGER).sees("Nobody holds a document of this number")
    clerk.send("console/codes", q=number).sees("张")
    clerk.send("person_id").sees("Code for the vaccination portal", "works once", "/book")
    ((slip,),) = sql.fetch("SELECT act FROM people_deskcode")
    code = people.entry_code(slip, "paper")
    assert code in clerk.text and len(code) == 8 and number not in clerk.path
    citizen = Visitor().go("/book").sees("any site's desk").send("number", number=number, way="paper")
    citizen.send("code", status=422, code=wrong(code)).send("code", code=code)
    assert citizen.go("/record").path == "/record"
    later = Visitor().go("/book").send("number", number=number, way="paper")
    later.send("code", status=422, code=code)
    clerk.go(f"/console/codes/{slip}").sees("This slip was used")


def test_a_slip_is_made_out_only_for_a_document_that_lay_on_the_desk(hall: World, sign_in):
    other = hall.person(BORN)
    clerk = sign_in("REGISTRAR", ("site", hall.site))
    hall.person()
    clerk.go("/console/codes").send("console/codes", q=resident_id(date(1980, 5, 1), hall.serial))
    clerk.send("person_id", person_id=str(other)).sees("enter the number of the document")
    assert sql.fetch("SELECT count(*) FROM people_deskcode") == [(0,)]
    clerk.go("/console/codes").send("console/codes", q=resident_id(date(1980, 5, 1), hall.serial)).send("person_id")
    first = clerk.path
    clerk.go("/console/codes").send("console/codes", q=resident_id(date(1980, 5, 1), hall.serial)).send("person_id")
    assert clerk.path != first
    clerk.go(first).sees("This slip was used"), "an earlier slip ends"


def test_who_has_no_telephone_reads_where_to_go(number, sms):  # noqa: F811
    visitor = Visitor().go("/book").send("number", number=STRANGER, way="message")
    visitor.sees("any site's desk gives you a code on paper", "No code came: ask once more")
    assert messages(sms) == []


def test_a_telephone_taken_off_the_record_gets_no_code(hall: World, number, sms):  # noqa: F811
    ask(number)
    ((person,),) = sql.fetch("SELECT person_id FROM people_entryticket")
    gone = PersonCorrect(**hall.base(), person_id=person, reason="号码停用", phone="")
    done(person_correct(hall.actor, [gone]))
    assert messages(sms) == []


def test_what_was_wanted_before_saying_who_follows(number):
    visitor = Visitor().go("/record/looks")
    assert come_in(visitor, number).path == "/record/looks"
