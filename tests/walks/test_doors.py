"""Who comes in through which door, and what they cannot do there whatever they send."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client

from seawall.clinic import selectors as clinic
from seawall.interfaces.console.door import POST
from seawall.interfaces.portal.session import TRIES
from seawall.platform import services as platform
from seawall.platform import sql
from seawall.reference.selectors import units
from seawall.reports import services as reports
from seawall.terms.actor import Reach
from seawall.terms.closings import UnitDayClose
from tests.clinic.world import DAY, resident_id

from .pages import Visitor

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
    sql.execute("UPDATE staff_postscope SET ref = %s WHERE post_id = %s", [str(hall.other), elsewhere])
    nurse = sign_in("VACCINATOR", ("site", hall.site), certified=True)
    nurse.go(f"/console/site/{hall.site}/injection?visit={visit}&code={code}")
    checks = [c.code for c in clinic.checks()]
    nurse.send("arm", check=checks, signer_post=elsewhere, status=403)
    assert clinic.visit(hall.site, visit).state == "consented"


def test_a_form_that_cannot_be_read_is_refused(hall, sign_in):
    visit = hall.arrive(hall.person())
    nurse = sign_in("STATION_NURSE", ("site", hall.site), certified=True)
    page = f"/console/site/{hall.site}/screening"
    assert nurse.client.get(f"{page}?visit=17").status_code == 400
    nurse.go(f"{page}?visit={visit}").send("celsius", celsius="36,5", outcome="recommended", status=400)
    assert clinic.visit(hall.site, visit).state == "arrived"


def test_a_consent_that_was_refused_for_its_signer_can_be_given_again(hall, sign_in):
    visit = hall.arrive(hall.person(hall.now.date() - timedelta(days=366 * 18)))
    nurse = sign_in("STATION_NURSE", ("site", hall.site), certified=True)
    nurse.go(f"/console/site/{hall.site}/screening?visit={visit}")
    asked = {name: "no" for name in nurse.form("celsius").values if name.startswith("q_")}
    filled = {"celsius": "36.5", "outcome": "recommended", "agreed": ["1"]} | asked
    nurse.send("celsius", signer="nobody", **filled)
    assert clinic.visit(hall.site, visit).state == "screened"
    nurse.go(f"/console/site/{hall.site}/screening?visit={visit}").send("celsius", signer="self", **filled)
    assert clinic.visit(hall.site, visit).state == "consented"


def test_tries_are_counted_for_the_address_behind_the_gate(hall):
    cache.clear()
    sent = {"number": "509999198005010015", "birth": "1980-05-01"}
    for n in range(TRIES + 1):
        answer = Client(headers={"accept-language": "en"}).post(
            "/book", sent, HTTP_X_FORWARDED_FOR=f"203.0.113.9, 192.0.2.{n}"
        )
        assert b"Too many" not in answer.content
    for n in range(TRIES + 1):
        answer = Client(headers={"accept-language": "en"}).post(
            "/book", sent, HTTP_X_FORWARDED_FOR=f"198.51.100.{n}, 192.0.2.99"
        )
    assert b"Too many" in answer.content
    cache.clear()
    for n in range(TRIES + 1):
        answer = Client(headers={"accept-language": "en"}).post(
            "/book", sent, REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR=f"198.51.100.{n}"
        )
    assert b"Too many" in answer.content


def test_a_password_is_not_guessed_without_end(hall):
    cache.clear()
    visitor = Visitor()
    for _ in range(12):
        answer = visitor.client.post("/console/sign-in", {"username": "nurse", "password": "wrong"})
    assert answer.status_code == 429
    cache.clear()


def test_a_unit_is_closed_by_whoever_answers_for_it(hall):
    first, second, *_ = units(DAY)
    mine = replace(hall.actor, reach=Reach(leaves=first.leaves))
    items = [UnitDayClose(**hall.base(), unit_id=u.unit_id, day=DAY) for u in (first, second)]
    outcomes = reports.unit_days_close(mine, items)
    assert [o.refusal and o.refusal.code for o in outcomes] == [None, "OUT_OF_AREA"]
