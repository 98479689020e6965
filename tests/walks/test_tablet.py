"""A site without a network: tablets are enrolled, take the day along, and bring back what happened; the site's head settles the rest."""

import json
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from django.test import Client

from seawall.people import selectors as people
from seawall.platform import clock, sql
from tests.clinic.world import DAY, PROGRAMME, World, resident_id

from .tablet import Hand, Tablet

pytestmark = pytest.mark.django_db
VISITS = "SELECT state, ticket FROM clinic_visit WHERE site_id = %s AND act = %s"
DOSES = "SELECT person_id, code, lot FROM clinic_injection WHERE site_id = %s ORDER BY occurred_at"
INCIDENTS = "SELECT code FROM clinic_incident WHERE site_id = %s ORDER BY code"
KEPT = "SELECT verb, code, settled FROM clinic_syncconflict WHERE site_id = %s ORDER BY verb, code"


@pytest.fixture
def tablet(hall: World, sign_in) -> Tablet:
    """A tablet on which two nurses and a doctor sign."""
    made = Tablet(hall)
    for role in ("REGISTRAR", "SCREENER", "VACCINATOR", "OBSERVER"):
        assert made.enrol(sign_in(role, ("site", hall.site), certified=True)).status_code == 200
    return made


@pytest.fixture
def posts(tablet: Tablet) -> dict[str, int]:
    return dict(zip(("registrar", "screener", "vaccinator", "observer"), tablet.signers, strict=True))


@pytest.fixture
def hand(hall: World, posts: dict[str, int]) -> Hand:
    return Hand(hall, posts.__getitem__)


def whole(
    tablet: Tablet, posts: dict[str, int], hand: Hand, person: int, code: str, appointment: str | None = None
) -> list[str]:
    """All acts of an encounter, each signed by who did it."""
    came = hand.arrival(person, appointment)
    visit = came["act"]
    return [
        tablet.act(posts["registrar"], "visit_arrive", came),
        tablet.act(posts["screener"], "screening_record", hand.screening(visit)),
        tablet.act(posts["vaccinator"], "dose_give", hand.dose(visit, code)),
        tablet.act(posts["observer"], "observation_end", hand.end(visit)),
    ]


def told(answer) -> list[dict]:
    assert answer.status_code == 200, answer.content
    return answer.json()["answers"]


def later(hall: World, minutes: float = 60) -> None:
    clock.set_to(hall.now + timedelta(minutes=minutes))


def test_the_bundle_holds_who_comes_what_lies_there_and_by_which_rules(hall, tablet, posts):
    person, code = hall.person(), hall.packs(1)[0]
    seat = hall.book(person)
    known = tablet.bundle(Client(), posts["vaccinator"])
    assert [p["name"] for p in known["persons"]] == ["张三丰"]
    (row,) = known["persons"]
    assert row["due"][PROGRAMME][0]["status"] in ("due", "overdue") and "FEVER" in row["ask"][PROGRAMME]
    assert [(a["id"], a["person"]) for a in known["appointments"]] == [(str(seat), person)]
    assert [(p["code"], p["lot_state"], p["left"]) for p in known["packs"]] == [(code, "released", 1)]
    assert known["open"] == [DAY.isoformat()] and len(known["days"]) == 3
    assert {"SCREENING_MISSING", "LOT_RECALLED", "ALREADY_HERE"} <= {r["code"] for r in known["interlocks"]}
    assert known["reasons"]["LOT_RECALLED"]["text"]["zh-hans"] != known["reasons"]["LOT_RECALLED"]["text"]["en"]
    assert {s["post"]: s["may"] for s in known["signers"]}[posts["screener"]] == ["screening_record", "visit_leave"]


def test_whoever_is_taken_along_was_looked_at_and_that_is_on_record_once(hall, tablet, posts):
    person = hall.person()
    hall.book(person)
    for _ in range(3):
        tablet.bundle(Client(), posts["screener"])
    rows = sql.fetch("SELECT post_id, revealed FROM platform_look WHERE person_id = %s AND page = 'tablet'", [person])
    assert [(post, list(shown)) for post, shown in rows] == [(posts["screener"], ["name"])]


def test_only_a_signer_of_the_tablet_opens_its_bundle(hall, tablet, posts):
    letter = tablet.fetch(Client(), posts["screener"]).json()
    other = Tablet(hall, tablet.tablet)
    other.signers = {posts["screener"]: next(s for s in tablet.signers.values() if s.post != posts["screener"])}
    with pytest.raises(Exception, match=r"(?i)decrypt|integrity|unwrap|invalid"):
        other.open(Client(), posts["screener"], letter)
    assert other.fetch(Client(), posts["screener"]).status_code == 401
    assert Tablet(hall).enrol(type("V", (), {"client": Client()})()).status_code == 401


def test_a_day_without_a_network_is_on_record_when_it_ends(hall, tablet, posts, hand):
    people_, codes = hall.persons(3), hall.packs(3)
    seat = hall.book(people_[0])
    later(hall)
    acts = whole(tablet, posts, hand, people_[0], codes[0], str(seat))
    for person, code in zip(people_[1:], codes[1:], strict=True):
        acts += whole(tablet, posts, hand, person, code)
    answers = told(tablet.send(Client(), acts))
    assert all(a["done"] for a in answers), answers
    assert {(p, c) for p, c, _ in sql.fetch(DOSES, [hall.site])} == set(zip(people_, codes, strict=True))
    assert {state for _, state in sql.fetch("SELECT act, state FROM clinic_visit WHERE site_id = %s", [hall.site])} == {
        "left"
    }
    assert not sql.fetch(INCIDENTS, [hall.site]) and not sql.fetch(KEPT, [hall.site])
    again = told(tablet.send(Client(), acts))
    assert again == answers
    assert len(sql.fetch(DOSES, [hall.site])) == 3


def test_a_sync_that_is_cut_goes_on_where_it_was(hall, tablet, posts, hand):
    codes, acts = hall.packs(2), []
    for person, code in zip(hall.persons(2), codes, strict=True):
        acts += whole(tablet, posts, hand, person, code)
    later(hall)
    for end in range(1, len(acts) + 1):
        assert all(a["done"] for a in told(tablet.send(Client(), acts[max(0, end - 3) : end])))
    assert len(sql.fetch(DOSES, [hall.site])) == 2
    assert sum(row.doses for row in hall.stock()) == 0


def test_a_second_dose_of_the_day_waits_for_somebody_to_find_out(hall, tablet, posts, hand, sign_in):
    (person,), codes = hall.persons(1), hall.packs(2)
    later(hall)
    told(tablet.send(Client(), whole(tablet, posts, hand, person, codes[0])))
    hand.at = 5
    answers = told(tablet.send(Client(), whole(tablet, posts, hand, person, codes[1])))
    assert answers[2]["conflict"]["code"] == "DOSE_SAME_DAY"
    assert len(sql.fetch(DOSES, [hall.site])) == 1
    page = sign_in("SITE_LEADER", ("site", hall.site)).go(f"/console/site/{hall.site}/tablets")
    assert "Ask at both" in page.text or "两次登记" in page.text
    kept = sql.fetch(KEPT, [hall.site])
    assert ("dose_give", "DOSE_SAME_DAY", "") in kept
    page.send("conflict", way="noted", note="the same dose, entered on paper by the other nurse")
    assert len([row for row in sql.fetch(KEPT, [hall.site]) if row[2] == "noted"]) == 1


def test_a_person_vaccinated_elsewhere_meanwhile_is_an_incident(hall, tablet, posts, hand):
    (person,), (code,) = hall.persons(1), hall.packs(1)
    acts = whole(tablet, posts, hand, person, code)
    hall.history(person, DAY - timedelta(days=5))
    later(hall)
    answers = told(tablet.send(Client(), acts))
    assert answers[2]["done"], answers[2]
    assert ("TOO_EARLY",) in sql.fetch(INCIDENTS, [hall.site])
    assert sum(row.doses for row in hall.stock()) == 0


def test_a_lot_recalled_meanwhile_is_an_incident_and_no_dose_is_lost(hall, tablet, posts, hand):
    (person,), (code,) = hall.persons(1), hall.packs(1)
    acts = whole(tablet, posts, hand, person, code)
    sql.execute("UPDATE supply_lot SET state = 'recalled'")
    later(hall)
    answers = told(tablet.send(Client(), acts))
    assert answers[2]["done"], answers
    assert len(sql.fetch(DOSES, [hall.site])) == 1
    assert ("LOT_RECALLED",) in sql.fetch(INCIDENTS, [hall.site])


def test_somebody_without_a_record_is_registered_by_the_encounter(hall, tablet, posts, hand):
    (code,) = hall.packs(1)
    registered = {
        "act": str(uuid4()), "occurred_at": hall.now.isoformat(), "name": "李梅", "sex": 2, "birth": "1975-03-02", "leaf_id": hall.leaf,
        "documents": [{"kind": "RESIDENT_ID", "number": resident_id(date(1975, 3, 2), 888)}],
    }  # fmt: skip
    came = hand.arrival(0)
    visit = came["act"]
    acts = [
        tablet.act(posts["registrar"], "persons_register", registered),
        tablet.act(posts["registrar"], "visit_arrive", came, person=registered["act"]),
        tablet.act(posts["screener"], "screening_record", hand.screening(visit)),
        tablet.act(posts["vaccinator"], "dose_give", hand.dose(visit, code, override_reason="says: no dose before")),
    ]
    later(hall)
    answers = told(tablet.send(Client(), acts))
    assert all(a["done"] for a in answers), answers
    ((person, _, _),) = sql.fetch(DOSES, [hall.site])
    assert person == answers[0]["answer"]["person_id"]
    assert people.dose_rows([person], PROGRAMME)[person]


def test_whoever_has_a_record_after_all_keeps_it(hall, tablet, posts, hand):
    birth = date(1980, 5, 1)
    person, (code,) = hall.person(birth), hall.packs(1)
    number = resident_id(birth, hall.serial)
    registered = {
        "act": str(uuid4()), "occurred_at": hall.now.isoformat(), "name": "张三丰", "sex": 1, "birth": birth.isoformat(),
        "leaf_id": hall.leaf, "documents": [{"kind": "RESIDENT_ID", "number": number}],
    }  # fmt: skip
    came = hand.arrival(0)
    acts = [
        tablet.act(posts["registrar"], "persons_register", registered),
        tablet.act(posts["registrar"], "visit_arrive", came, person=registered["act"]),
        tablet.act(posts["screener"], "screening_record", hand.screening(came["act"])),
        tablet.act(posts["vaccinator"], "dose_give", hand.dose(came["act"], code)),
    ]
    later(hall)
    assert all(a["done"] for a in told(tablet.send(Client(), acts)))
    assert [p for p, _, _ in sql.fetch(DOSES, [hall.site])] == [person]


def test_an_act_signed_by_nobody_of_the_tablet_stays_there(hall, tablet, posts, hand):
    (person,), (code,) = hall.persons(1), hall.packs(1)
    acts = whole(tablet, posts, hand, person, code)
    head, body, _ = acts[0].split(".")
    answer = tablet.send(Client(), [f"{head}.{body}.{'A' * 86}", acts[1]])
    assert answer.json()["unread"] == [0]
    assert not sql.fetch(VISITS, [hall.site, UUID(json.loads(_body(body))["item"]["act"])])


def _body(part: str) -> bytes:
    from base64 import urlsafe_b64decode

    return urlsafe_b64decode(part + "=" * (-len(part) % 4))


def test_a_post_signs_only_what_its_role_may(hall, tablet, posts, hand):
    (person,) = hall.persons(1)
    later(hall)
    (answer,) = told(tablet.send(Client(), [tablet.act(posts["observer"], "visit_arrive", hand.arrival(person))]))
    assert answer["conflict"]["code"] == "SIGNER_NOT_ON_DUTY" and answer["conflict"]["sentence"]["zh-hans"]


def test_what_a_signer_might_not_do_is_not_done_again_by_the_sites_head(hall, tablet, posts, hand, sign_in):
    (person,) = hall.persons(1)
    later(hall)
    told(tablet.send(Client(), [tablet.act(posts["observer"], "visit_arrive", hand.arrival(person))]))
    page = sign_in("SITE_MANAGER", ("site", hall.site)).go(f"/console/site/{hall.site}/tablets")
    page.send("conflict", way="again")
    assert sql.fetch(KEPT, [hall.site]) == [("visit_arrive", "SIGNER_NOT_ON_DUTY", "")]
    assert not sql.fetch("SELECT 1 FROM clinic_visit WHERE site_id = %s", [hall.site])


def test_a_moment_that_has_not_come_waits_and_is_done_again_by_the_sites_head(hall, tablet, posts, hand, sign_in):
    (person,) = hall.persons(1)
    hand.at = 120
    came = hand.arrival(person)
    (answer,) = told(tablet.send(Client(), [tablet.act(posts["registrar"], "visit_arrive", came)]))
    assert answer["conflict"]["code"] == "TABLET_CLOCK_AHEAD"
    head = sign_in("SITE_MANAGER", ("site", hall.site))
    later(hall, 121)
    page = head.go(f"/console/site/{hall.site}/tablets")
    page.send("conflict", way="again")
    assert sql.fetch(KEPT, [hall.site]) == [("visit_arrive", "TABLET_CLOCK_AHEAD", "again")]
    assert sql.fetch(VISITS, [hall.site, UUID(came["act"])]) == [("arrived", 1)]


def test_a_revoked_tablet_brings_what_it_did_before_and_gets_nothing(hall, tablet, posts, hand, sign_in):
    (person, other), (code, _) = hall.persons(2), hall.packs(2)
    acts = whole(tablet, posts, hand, person, code)
    head = sign_in("SITE_MANAGER", ("site", hall.site))
    later(hall)
    head.go(f"/console/site/{hall.site}/tablets").send("tablet")
    assert all(a["done"] for a in told(tablet.send(Client(), acts)))
    hand.at = 61
    later(hall, 62)
    (late,) = told(tablet.send(Client(), [tablet.act(posts["registrar"], "visit_arrive", hand.arrival(other))]))
    assert late["conflict"]["code"] == "TABLET_REVOKED"
    assert tablet.fetch(Client(), posts["screener"]).status_code == 410
    assert tablet.send(Client(), []).status_code == 410
    assert tablet.enrol(sign_in("SCREENER", ("site", hall.site))).status_code == 409


def test_a_dose_taken_back_and_given_again_on_the_tablet_is_one_dose(hall, tablet, posts, hand):
    (person,), (code,) = hall.persons(1), hall.packs(1)
    came = hand.arrival(person)
    visit = came["act"]
    first, second = hand.dose(visit, code), hand.dose(visit, code)
    second["occurred_at"] = (hall.now + timedelta(minutes=8)).isoformat()
    back = hand.item(6.5, visit=visit, reason="PRESSED_BY_MISTAKE")
    acts = [
        tablet.act(posts["registrar"], "visit_arrive", came),
        tablet.act(posts["screener"], "screening_record", hand.screening(visit)),
        tablet.act(posts["vaccinator"], "dose_give", first),
        tablet.act(posts["vaccinator"], "dose_reverse", back),
        tablet.act(posts["vaccinator"], "dose_give", second),
    ]
    later(hall)
    answers = told(tablet.send(Client(), acts))
    assert all(a["done"] for a in answers), answers
    assert len(sql.fetch(DOSES, [hall.site])) == 1 and sum(row.doses for row in hall.stock()) == 0


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"tablet": 1}', b'{"tablet": "x", "acts": []}', b"\xff", b'{"acts": [1], "tablet": null}']
)
def test_what_is_no_delivery_is_refused_in_a_sentence(hall, body):
    tablet = Tablet(hall)
    answer = Client().post(f"{tablet.base}sync", body, content_type="application/json")
    assert answer.status_code in (400, 401) and answer.json()["sentence"]["en"]
    assert Client().post(f"{tablet.base}bundle", body, content_type="application/jose").status_code == 401
