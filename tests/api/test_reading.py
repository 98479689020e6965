"""What a machine reads: each resource with its permission, in the post's area, page by page, as JSON or CSV."""

import csv
import io
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from seawall.interfaces.api.rows import RESOURCES
from seawall.platform import sql
from seawall.staff.roles import shipped_roles
from tests.clinic.world import CAMPAIGN, DAY, PROGRAMME

pytestmark = pytest.mark.django_db
CITY = ("area", "500000")
NEEDED = {"person": 1, "programme": PROGRAMME, "campaign": CAMPAIGN}
LOOKS = "SELECT person_id, page FROM platform_look ORDER BY 1, 2"


def get(machine, path, status=200, **more):
    answer = machine.client.get(f"/api/v1/{path}", more.pop("asked", {}), **more)
    assert answer.status_code == status, answer.content
    return answer


def rows(machine, path, **asked):
    return get(machine, path, asked=asked).json()["rows"]


def with_grant(grant):
    return next(code for code, role in shipped_roles().items() if grant in role.grants and role.purpose != "self")


@pytest.mark.parametrize("resource", RESOURCES, ids=[r.name for r in RESOURCES])
def test_a_resource_is_read_with_its_permission_and_not_without(hall, machine, resource):
    asked = {name: NEEDED[name] for name in resource.needs}
    assert set(get(machine(with_grant(resource.grant), CITY), resource.name, asked=asked).json()) == {"rows", "next"}
    poor = machine("SITE_LEADER", ("site", hall.site), grants=frozenset({"door_set"}))
    refused = get(poor, resource.name, 403, asked=asked).json()
    assert refused["title"] == "NOT_PERMITTED" and refused["params"] == {"grant": resource.grant}
    assert Client().get(f"/api/v1/{resource.name}").status_code == 401
    if resource.needs:
        assert get(machine(with_grant(resource.grant), CITY), resource.name, 422).json()["title"] == "FIELD_MISSING"


def test_pages_follow_each_other_by_cursor_and_nothing_is_lost_or_twice(hall, machine):
    desk, seen, cursor = machine("SITE_MANAGER", ("site", hall.site)), [], ""
    while True:
        page = get(desk, "slots", asked={"limit": 7, "cursor": cursor}).json()
        seen += page["rows"]
        cursor = page["next"]
        if not cursor:
            break
        assert len(page["rows"]) == 7
    assert seen == rows(desk, "slots", limit=1000) and len(seen) == 40
    assert [row["starts_at"] for row in seen] == sorted(row["starts_at"] for row in seen)


@pytest.mark.parametrize("name", [r.name for r in RESOURCES if r.follows])
def test_a_day_of_the_city_is_paged_by_the_database(hall, machine, name):
    for person in hall.persons(5):
        hall.ready(person)
        hall.receive(f"N{person}")
    officer = machine(with_grant(next(r.grant for r in RESOURCES if r.name == name)), CITY, ("site", hall.site))
    whole, cursor, seen = rows(officer, name, limit=1000), "", []
    while cursor is not None:
        with CaptureQueriesContext(connection) as asked:
            page = get(officer, name, asked={"limit": 2, "cursor": cursor}).json()
        assert len(page["rows"]) <= 2 and any("LIMIT 3" in (query["sql"] or "") for query in asked)
        seen, cursor = seen + page["rows"], page["next"]
    assert seen == whole and len(whole) >= 5


def test_what_is_unchanged_is_not_sent_again(hall, machine):
    desk = machine("SITE_MANAGER", ("site", hall.site))
    first = get(desk, "slots")
    assert get(desk, "slots", 304, headers={"If-None-Match": first.headers["ETag"]}).content == b""
    hall.book(hall.person())
    assert get(desk, "slots", headers={"If-None-Match": first.headers["ETag"]}).headers["ETag"] != first.headers["ETag"]


def test_a_table_is_asked_for_by_its_media_type(hall, machine):
    hall.packs(3)
    keeper = machine("CDC_COLD_CHAIN", CITY)
    answer = get(keeper, "stock", headers={"Accept": "text/csv"})
    assert answer.headers["Content-Type"].startswith("text/csv")
    (row,) = csv.DictReader(io.StringIO(answer.content.decode()))
    assert row["lot"] == "L0001"


def test_only_what_lies_in_the_area_of_the_post_is_shown(hall, machine):
    hall.packs(2)
    hall.packs(2, site=hall.other)
    desk = machine("SITE_MANAGER", ("site", hall.site))
    for name in ("sites", "slots", "sessions"):
        assert {row["site_id"] for row in rows(desk, name)} == {hall.site}, name
    assert get(desk, "slots", 403, asked={"site": hall.other}).json()["title"] == "OUT_OF_AREA"
    person = hall.person()
    away = machine("DISTRICT_OFFICER", ("unit", "500103"))
    here = machine("DISTRICT_OFFICER", ("unit", "500101"))
    assert [row["person_id"] for row in rows(here, "persons", person=person)] == [person]
    assert rows(away, "persons", person=person) == rows(away, "persons", q="张三丰") == []
    assert rows(away, "dues", person=person, programme=PROGRAMME) == []


def test_every_person_shown_is_a_look_and_a_name_is_masked(hall, machine):
    person = hall.person()
    hall.book(person)
    officer, nurse = machine("DISTRICT_OFFICER", CITY), machine("STATION_NURSE", ("site", hall.site))
    (shown,) = rows(officer, "persons", q="张三丰")
    assert shown["name"] != "张三丰" and "509999198" not in shown["document"]
    rows(officer, "dues", person=person, programme=PROGRAMME)
    assert [row["person_id"] for row in rows(nurse, "appointments", site=hall.site, day=DAY)] == [person]
    assert sql.fetch(LOOKS) == [(person, "api")] * 2 + [(person, "api appointments")]


WRONG = [
    ("day", "soon", "FIELD_NOT_DATE"),
    ("site", "one", "FIELD_NOT_NUMBER"),
    ("site", "9" * 30, "FIELD_NOT_NUMBER"),
    ("limit", "-1", "FIELD_NOT_NUMBER"),
    ("cursor", "abc", "FIELD_WRONG"),
    ("cursor", "MQ==", "FIELD_WRONG"),
    ("cursor", "WyIxIl0=", "FIELD_WRONG"),
    ("cursor", "WyIxIiwgInNvb24iXQ==", "FIELD_WRONG"),
    ("noon", "1", "FIELD_UNKNOWN"),
]


@pytest.mark.parametrize(("name", "value", "code"), WRONG)
def test_a_parameter_that_cannot_be_read_is_named(hall, machine, name, value, code):
    told = get(machine("SITE_MANAGER", ("site", hall.site)), "slots", 422, asked={name: value}).json()
    assert told["title"] == code and told["params"] == {"field": name}


def test_a_question_has_a_bound(hall, machine):
    officer = machine("AEFI_OFFICER", CITY)
    asked = {"day": "2021-01-01", "until": "2021-12-31"}
    assert get(officer, "events", 403, asked=asked).json()["title"] == "SPAN_TOO_LONG"


def test_the_type_of_a_problem_and_the_verbs_of_a_post_are_read(hall, machine):
    desk = machine("SITE_MANAGER", ("site", hall.site))
    answer = desk.act("door_set", {"act": str(uuid4()), "site_id": hall.other, "state": "held", "reason": "SEATS"})
    code = answer["outcomes"][0]["refusal"]["code"]
    assert get(desk, f"reasons/{code}").json()["en"].startswith("This lies outside")
    assert get(desk, "reasons/NOTHING", 404).json()["title"] == "NOTHING_HERE"
    mine = {verb["name"] for verb in get(desk, "verbs").json()}
    assert "door_set" in mine and "lot_receive" not in mine


def test_the_description_has_every_resource_with_its_row_and_its_parameters(db):
    document = Client().get("/api/v1/openapi.json").json()
    for resource in RESOURCES:
        told = document["paths"][f"/api/v1/{resource.name}"]["get"]
        assert {p["name"] for p in told["parameters"]} == {*resource.asks, *resource.needs, "cursor", "limit"}
        assert {"200", "304", "401", "403", "422", "429"} <= set(told["responses"])
        assert resource.row.__name__ in document["components"]["schemas"]
