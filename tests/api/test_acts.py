"""A machine does what its post may do: batches of acts in, outcomes in order out, and every mistake a problem document."""

from dataclasses import replace
from uuid import uuid4

import pytest
from django.test import Client

from seawall.clinic import selectors as clinic
from seawall.interfaces import guard
from seawall.platform import sql
from seawall.platform.tries import Limit
from seawall.sites.tables import door_reasons
from seawall.staff import services as staff
from seawall.terms.actor import Reach
from seawall.terms.staff import TokenRevoke
from tests.clinic.world import DAY

from .conftest import SECRET, Machine

pytestmark = pytest.mark.django_db
ACT = str(uuid4())


@pytest.fixture
def desk(hall, machine):
    return machine("SITE_MANAGER", ("site", hall.site))


REASON = next(r.code for r in door_reasons() if "slowed" in r.states)


def door(hall, **fields):
    return {"act": str(uuid4()), "site_id": hall.site, "state": "slowed", "reason": REASON} | fields


def test_outcomes_come_in_the_order_of_the_items_with_sentences(hall, desk):
    good = door(hall)
    answer = desk.act("door_set", good, door(hall, site_id=hall.store), good)
    first, second, third = answer["outcomes"]
    assert first["done"] and third == first
    assert second["refusal"]["code"] == "OUT_OF_AREA"
    assert second["refusal"]["sentence"].startswith("This lies outside the area of your post")
    assert desk.act("door_set", good)["outcomes"][0]["replayed"]


def test_the_sentence_comes_in_the_language_asked(hall, machine):
    desk = machine("SITE_MANAGER", ("site", hall.site), language="zh-hans")
    (outcome,) = desk.act("door_set", door(hall, site_id=hall.store))["outcomes"]
    assert outcome["refusal"]["sentence"].startswith("不在您岗位的范围内")


def test_a_dose_is_given_by_a_machine_of_the_site(hall, machine):
    nurse = machine("VACCINATOR", ("site", hall.site))
    (code,) = hall.packs(1)
    person = hall.person()
    visit = hall.ready(person)
    item = {
        "act": str(uuid4()), "site_id": hall.site, "visit": str(visit), "code": code, "product": "BIBP",
        "arm": "L", "vaccinator_post_id": hall.posts["vaccinator"],
        "checks": [c.code for c in clinic.checks()],
    }  # fmt: skip
    (outcome,) = nurse.act("dose_give", item)["outcomes"]
    assert outcome["done"], outcome
    assert clinic.visit(hall.site, visit).state == "observing"


def test_a_post_does_only_what_its_role_may(hall, machine):
    nurse = machine("VACCINATOR", ("site", hall.site))
    refused = nurse.act("door_set", door(hall), status=403)
    assert refused["title"] == "NOT_PERMITTED" and refused["params"] == {"grant": "door_set"}


def test_a_token_narrowed_to_some_rights_has_no_others(hall, machine):
    narrow = machine("SITE_MANAGER", ("site", hall.site), grants=frozenset({"stock_count"}))
    assert narrow.act("door_set", door(hall), status=403)["title"] == "NOT_PERMITTED"


def test_a_token_ends_when_it_is_revoked_or_its_post_ends(hall, desk):
    gone = TokenRevoke(**hall.base(), post_id=desk.post_id, token=desk.issued)
    stranger = replace(hall.actor, reach=Reach(sites=frozenset({hall.site})))
    assert staff.token_revoke.one(stranger, gone).refusal.code == "OUT_OF_AREA"
    assert staff.token_revoke.one(hall.actor, replace(gone, act=uuid4())).done
    assert desk.act("door_set", door(hall), status=401)["title"] == "NOT_SIGNED_IN"
    sql.execute("UPDATE staff_token SET revoked_at = NULL")
    sql.execute("UPDATE staff_post SET valid_to = %s WHERE id = %s", [DAY.replace(day=1), desk.post_id])
    assert desk.act("door_set", door(hall), status=401)["title"] == "NOT_SIGNED_IN"


@pytest.mark.parametrize(
    "token", ["", "1", "1.short", "x.y", "9" * 30 + "." + "a" * 40, "1." + "b" * 40, "１." + "c" * 40]
)
def test_what_is_no_token_lets_nobody_in(hall, token):
    assert Machine(token).act("door_set", door(hall), status=401)["title"] == "NOT_SIGNED_IN"


def test_a_secret_is_kept_nowhere(hall, machine):
    machine("SITE_MANAGER", ("site", hall.site))
    kept = sql.fetch("SELECT t::text FROM staff_token t UNION ALL SELECT a::text FROM platform_act a")
    assert not any(SECRET in row for (row,) in kept)


BODIES = [
    ("not JSON", b"{", "application/json", 400, "REQUEST_UNREADABLE"),
    ("deep", b"[" * 100_000, "application/json", 400, "REQUEST_UNREADABLE"),
    ("a list", b"[]", "application/json", 400, "ITEMS_MISSING"),
    ("another key", b'{"items": [], "post": 1}', "application/json", 400, "ITEMS_MISSING"),
    ("a form", b"items=1", "application/x-www-form-urlencoded", 415, "MEDIA_TYPE"),
    ("10,001 items", b'{"items": [' + b",".join([b"1"] * 10_001) + b"]}", "application/json", 413, "TOO_MANY_ITEMS"),
    ("no object", b'{"items": [7]}', "application/json", 422, "ITEMS_UNREADABLE"),
]


@pytest.mark.parametrize(("body", "media", "status", "code"), [b[1:] for b in BODIES], ids=[b[0] for b in BODIES])
def test_a_body_that_cannot_be_read_is_a_problem_document(desk, body, media, status, code):
    assert desk.post("/api/v1/acts/door_set", body, status, media)["title"] == code


def test_every_mistake_is_told_with_its_item_and_field(hall, desk):
    told = desk.act("door_set", door(hall), door(hall, act="x", state="ajar", noon=1), status=422)
    assert [(e["item"], e["field"], e["code"]) for e in told["errors"]] == [
        (1, "act", "FIELD_NOT_ID"),
        (1, "state", "FIELD_NOT_ONE_OF"),
        (1, "noon", "FIELD_UNKNOWN"),
    ]


def test_a_text_longer_than_its_column_names_the_field_and_the_most_it_holds(hall, desk):
    (told,) = desk.act("door_set", door(hall, reason="x" * 81), status=422)["errors"]
    assert (told["field"], told["code"]) == ("reason", "FIELD_TOO_LONG") and "at most 80 characters" in told["detail"]


def test_a_repeat_is_told_to_no_other_post(hall, machine):
    """Where the room judges the reach: the first answer would tell what the other post cannot reach."""
    officer, other = machine("DISTRICT_OFFICER", ("unit", "500101")), machine("DISTRICT_OFFICER", ("unit", "500103"))
    told = {"act": str(uuid4()), "code": "ORDER_CLOSE_THE_DAY", "site_id": hall.site, "for_day": DAY}
    assert officer.act("order_issue", told)["outcomes"][0]["done"]
    (outcome,) = other.act("order_issue", told)["outcomes"]
    assert outcome["refusal"]["code"] == "ACT_OF_ANOTHER_POST" and "only that post" in outcome["refusal"]["sentence"]
    assert officer.act("order_issue", told)["outcomes"][0]["replayed"]


def test_an_act_id_used_twice_in_a_batch_with_other_content_is_refused(hall, desk):
    good = door(hall)
    first, second = desk.act("door_set", good, good | {"state": "normal"})["outcomes"]
    assert first["done"] and second["refusal"]["code"] == "ACT_CONTENT_DIFFERS"


def test_an_unknown_verb_and_a_wrong_method_are_problems_too(desk):
    assert desk.post("/api/v1/acts/fly", b"{}", 404)["title"] == "NOTHING_HERE"
    got = desk.client.get("/api/v1/acts/door_set")
    assert got.status_code == 405 and got.json()["title"] == "METHOD_NOT_ALLOWED" and got.headers["Allow"] == "POST"


def test_verbs_that_only_others_call_have_no_door(desk):
    desk.post("/api/v1/acts/dose_use", b'{"items": []}', 404)


def test_the_description_names_every_verb_and_every_field_in_both_languages(db):
    document = Client().get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    assert {"/api/v1/acts/dose_give", "/api/v1/acts/posts_assign"} <= set(document["paths"])
    site = document["components"]["schemas"]["DoseGive"]["properties"]["site_id"]
    assert site["title"] == "Site · 接种点"


def test_a_caller_that_knocks_too_often_is_told_when_to_come_again(hall, machine, monkeypatch):
    monkeypatch.setitem(guard.limits(), ("api", "caller"), Limit("api", "caller", 3, 60))
    desk, other = (machine("SITE_MANAGER", ("site", hall.site)) for _ in range(2))
    told = {"items": []}
    answers = [desk.client.post("/api/v1/acts/door_set", told, content_type="application/json") for _ in range(4)]
    assert [a.status_code for a in answers] == [200, 200, 200, 429]
    assert answers[-1].json()["title"] == "TOO_MANY_REQUESTS"
    assert 50 < int(answers[-1].headers["Retry-After"]) <= 60
    assert other.client.post("/api/v1/acts/door_set", told, content_type="application/json").status_code == 200
    monkeypatch.setitem(guard.limits(), ("api", "address"), Limit("api", "address", 5, 60))
    assert Client().get("/api/v1/openapi.json").status_code == 429
