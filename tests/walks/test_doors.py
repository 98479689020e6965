"""Who comes in through which door, and what they cannot do there whatever they send."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from seawall.clinic import selectors as clinic
from seawall.interfaces import guard
from seawall.interfaces.guard import POST
from seawall.platform import services as platform
from seawall.platform import sql
from seawall.platform.tries import Limit
from seawall.reference.selectors import units
from seawall.reports import services as reports
from seawall.terms.actor import Reach
from seawall.terms.closings import UnitDayClose
from tests.clinic.world import DAY, resident_id

from .conftest import PASSWORD

pytestmark = pytest.mark.django_db


def seat(client: Client, post: int) -> None:
    session = client.session
    session[POST] = post
    session.save()
    client.cookies["sessionid"] = session.session_key


def shut_out(client: Client, path: str, **more: str) -> bool:
    response = client.get(path, **more)
    return response.status_code == 302 and "/start" in response["Location"]


def test_a_post_in_the_session_is_nothing_without_its_account(hall, sign_in):
    nurse = sign_in("STATION_NURSE", ("site", hall.site))
    page = f"/console/site/{hall.site}/arrival"
    assert nurse.client.get(page).status_code == 200
    stranger = Client()
    seat(stranger, nurse.client.session[POST])
    assert shut_out(stranger, page)
    other = sign_in("OBSERVER", ("site", hall.site), ("site", hall.other))
    seat(other.client, nurse.client.session[POST])
    assert shut_out(other.client, page)
    sql.execute("UPDATE staff_account SET is_active = false")
    assert shut_out(nurse.client, page)


def test_a_demonstration_opens_to_this_machine_and_to_synthetic_people_only(hall, settings):
    settings.SEAWALL_DEMO = True
    page, post = f"/console/site/{hall.site}", hall.post("SITE_MANAGER", certified=False)
    here = Client()
    seat(here, post)
    assert shut_out(here, page)
    platform.nature_set(synthetic=True, seed=1, scale=0.001)
    assert here.get(page).status_code == 200
    assert shut_out(here, page, REMOTE_ADDR="192.0.2.7")
    assert shut_out(here, page, HTTP_X_FORWARDED_FOR="192.0.2.7")
    assert here.post("/citizen", {"person": 1}, REMOTE_ADDR="192.0.2.7").status_code == 404


def test_nobody_takes_a_ticket_for_somebody_who_was_not_looked_up(hall, sign_in):
    serial = 40
    hall.serial = serial - 1
    stranger = hall.person()
    nurse = sign_in("STATION_NURSE", ("site", hall.site), certified=True)
    page = f"/console/site/{hall.site}/arrival"
    sent = {"act": str(uuid4()), "person": stranger, "appointment": ""}
    nurse.client.post(page, sent)
    assert clinic.visits(hall.site, DAY) == []
    nurse.go(f"{page}?q={resident_id(hall.now.date().replace(1980, 5, 1), serial)}").send("appointment")
    assert [v.person_id for v in clinic.visits(hall.site, DAY)] == [stranger]


def test_only_posts_on_duty_here_sign(hall, sign_in):
    (code,) = hall.packs(1)
    visit = hall.ready(hall.person())
    elsewhere = hall.posts["vaccinator"]
    sql.execute("DELETE FROM staff_postscope WHERE post_id = %s AND ref = %s", [elsewhere, str(hall.site)])
    nurse = sign_in("VACCINATOR", ("site", hall.site), certified=True)
    nurse.go(f"/console/site/{hall.site}/injection?visit={visit}&code={code}")
    checks = [c.code for c in clinic.checks()]
    nurse.send("arm", check=checks, signer_post=elsewhere).sees("is not on duty here")
    assert clinic.visit(hall.site, visit).state == "consented"


def test_a_form_that_cannot_be_read_is_refused(hall, sign_in):
    visit = hall.arrive(hall.person())
    nurse = sign_in("STATION_NURSE", ("site", hall.site), certified=True)
    page = f"/console/site/{hall.site}/screening"
    assert nurse.client.get(f"{page}?visit=17").status_code == 400
    nurse.go(f"{page}?visit={visit}").send("celsius", celsius="36,5", outcome="recommended", status=400)
    assert clinic.visit(hall.site, visit).state == "arrived"


def test_a_consent_that_was_refused_for_its_signer_undoes_the_inquiry_and_keeps_the_form(hall, sign_in):
    visit = hall.arrive(hall.person(hall.now.date() - timedelta(days=366 * 18)))
    nurse = sign_in("STATION_NURSE", ("site", hall.site), certified=True)
    nurse.go(f"/console/site/{hall.site}/screening?visit={visit}")
    asked = {name: "no" for name in nurse.form("celsius").values if name.startswith("q_")}
    filled = {"celsius": "36.5", "outcome": "recommended", "agreed": ["1"]} | asked
    nurse.send("celsius", signer="nobody", **filled)
    assert clinic.visit(hall.site, visit).state == "arrived"
    assert nurse.form("celsius").values["celsius"] == "36.5"
    assert nurse.text.count('value="no" required checked') == len(asked), "every answer is still there"
    nurse.send("celsius", signer="self", **filled)
    assert clinic.visit(hall.site, visit).state == "consented"


@pytest.fixture
def few(monkeypatch):
    """Limits so low that a test reaches them."""

    def set_to(door, by, most):
        monkeypatch.setitem(guard.limits(), (door, by), Limit(door, by, most, 900))

    return set_to


def who(number="509999198005010018", **meta):
    sent = {"number": number, "way": "message"}
    return Client(headers={"accept-language": "en"}).post("/book", sent, **meta)


def test_tries_are_counted_for_the_address_behind_the_gate(hall, few):
    few("code", "address", 5)
    for n in range(6):
        assert who(str(n), HTTP_X_FORWARDED_FOR=f"203.0.113.9, 192.0.2.{n}").status_code == 302
    for n in range(6):
        answer = who(str(n), HTTP_X_FORWARDED_FOR=f"198.51.100.{n}, 192.0.2.99")
    assert answer.status_code == 429 and b"Too many" in answer.content
    for n in range(6):
        answer = who(str(n), REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR=f"198.51.100.{n}")
    assert answer.status_code == 429


def test_tries_are_counted_for_the_number_whatever_address_asks(hall, few):
    few("code", "number", 3)
    answers = [who(REMOTE_ADDR=f"192.0.2.{n}") for n in range(4)]
    assert [a.status_code for a in answers] == [302, 302, 302, 429]
    assert 890 < int(answers[-1].headers["Retry-After"]) <= 900
    assert b"try again in 15 minutes" in answers[-1].content
    assert who("another", REMOTE_ADDR="192.0.2.1").status_code == 302
    sql.execute("UPDATE platform_tries SET until = until - interval '15 minutes'")
    assert who(REMOTE_ADDR="192.0.2.1").status_code == 302


def password(name, typed, address):
    return Client().post("/console/sign-in", {"username": name, "password": typed}, REMOTE_ADDR=address)


def test_a_password_is_not_guessed_without_end_from_any_address(hall, sign_in, few):
    few("sign-in", "account", 3)
    sign_in("STATION_NURSE", ("site", hall.site))
    name = f"station_nurse-1-{hall.serial}"
    for round in range(2):  # signing in forgets the mistakes before it
        for n in range(2):
            assert password(name, "wrong", f"192.0.2.{n}").status_code == 200
        assert password(name, PASSWORD, "192.0.2.9").status_code == 302, round
    answers = [password(name.upper() + " ", "wrong", f"192.0.2.{n}").status_code for n in range(4)]
    assert answers == [200, 200, 200, 429]
    assert password(name, PASSWORD, "192.0.2.77").status_code == 429
    assert password("another", "wrong", "192.0.2.0").status_code == 200


def test_one_address_does_not_try_account_after_account(hall, few):
    few("sign-in", "address", 3)
    answers = [password(f"nurse-{n}", "wrong", "192.0.2.1") for n in range(4)]
    assert [a.status_code for a in answers] == [200, 200, 200, 429]
    assert password("nurse-9", "wrong", "192.0.2.2").status_code == 200


def test_no_limit_keeps_an_address_or_a_name(hall):
    who()
    password("nurse", "wrong", "192.0.2.1")
    kept = str(sql.fetch("SELECT * FROM platform_tries"))
    assert len(sql.fetch("SELECT 1 FROM platform_tries")) == 5
    assert not any(word in kept for word in ("nurse", "192.0.2.1", "127.0.0.1", "509999"))
    sql.execute("UPDATE platform_tries SET until = until - interval '1 day'")
    platform.background_round()
    assert sql.fetch("SELECT 1 FROM platform_tries") == []


def test_a_unit_is_closed_by_whoever_answers_for_it(hall):
    first, second, *_ = units(DAY)
    mine = replace(hall.actor, reach=Reach(leaves=first.leaves))
    items = [UnitDayClose(**hall.base(), unit_id=u.unit_id, day=DAY) for u in (first, second)]
    outcomes = reports.unit_day_close(mine, items)
    assert [o.refusal and o.refusal.code for o in outcomes] == [None, "OUT_OF_AREA"]
