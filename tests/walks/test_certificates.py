"""Proof in the hand: a citizen opens it on the portal, a desk prints it, an office takes it back, and anybody checks the lists."""

import json
import re
from datetime import UTC, date, datetime

import pytest

from seawall.certificates import selectors
from seawall.platform import clock, sql
from tests.certificates import readers
from tests.clinic.world import resident_id

from .authenticator import set_up
from .entering import come_in
from .pages import Visitor

pytestmark = pytest.mark.django_db
BORN = date(1980, 5, 1)


@pytest.fixture
def person(hall):
    """With two doses, on the machine's own day."""
    found = hall.person(BORN)
    for day in (date(2021, 3, 1), date(2021, 3, 25)):
        hall.history(found, day)
    clock.set_to(datetime.now(UTC).replace(microsecond=0))
    return found


@pytest.fixture
def citizen(hall, person):
    visitor = Visitor()
    return come_in(visitor.go("/book"), resident_id(BORN, hall.serial))


def pictures(visitor):
    """Codes on a page, drawn as it draws them, read as a phone reads them."""
    drawn = re.findall(r'<svg viewBox="0 0 (\d+) \d+" class="qr">.*? d="([^"]+)"', visitor.sent, re.S)
    return [text for size, path in drawn for text in readers.scanned(readers.drawn(int(size), path))]


def lists(visitor, *paths):
    return [json.loads(visitor.client.get(path).content) for path in paths]


def test_a_citizen_makes_out_and_shows_their_certificate(citizen):
    citizen.go("/record").sees("Show my certificate")
    citizen.go("/record/certificate").send("programme").sees("The certificate is ready", "Dose 2 of 2")
    card, hc1 = pictures(citizen)
    (jwks, trust) = lists(citizen, "/.well-known/jwks.json", "/.well-known/dcc/trust-list.json")
    name = readers.shc(card, jwks["keys"])["vc"]["credentialSubject"]["fhirBundle"]["entry"][0]["resource"]["name"]
    assert name == [{"text": "张三丰"}]
    assert readers.dcc(hc1, trust)[-260][1]["v"][0]["dn"] == 2
    assert "张三丰" in citizen.text and resident_id(BORN, 1) not in citizen.text
    citizen.go("/record/certificate")
    assert not [f for f in citizen.forms() if "programme" in f.names()]


def test_a_stranger_sees_no_certificate(hall, person):
    visitor = Visitor()
    visitor.go("/record/certificate")
    assert visitor.path.endswith("/book?next=%2Frecord%2Fcertificate") and "张三丰" not in visitor.text


def test_a_desk_prints_what_the_person_asks_for_with_a_document(hall, person, sign_in):
    desk = sign_in("REGISTRAR", ("site", hall.site))
    desk.go(f"/console/people/{person}/certificates", status=403)
    desk.go("/console/certificates").send("console/certificates", q=resident_id(BORN, hall.serial)).sees("张三丰")
    assert resident_id(BORN, hall.serial) not in desk.path
    desk.go(f"/console/people/{person}/certificates")
    act = desk.form("programme").values["act"]
    page = desk.sent
    desk.send("programme").sees("The certificate is ready")
    assert len(pictures(desk)) == 2
    desk.sent = page
    desk.send("programme", act=act)
    assert len(selectors.of_persons([person])) == 1
    looks = sql.fetch(
        "SELECT page, revealed FROM platform_look WHERE person_id = %s AND page = 'certificate'", [person]
    )
    assert looks and all("name" in revealed for _, revealed in looks)


def test_an_office_finds_a_certificate_by_its_number_and_takes_it_back(hall, person, citizen, sign_in):
    citizen.go("/record/certificate").send("programme")
    (number,) = set(re.findall(r"URN:UVCI:01:CN:[A-Z2-7]{26}", citizen.sent))
    office = sign_in("CDC_DIRECTOR", ("area", "500000"))
    office.go("/console/certificates").send("console/certificates", q=number).sees(
        f"/console/people/{person}/certificates"
    )
    office.go(f"/console/people/{person}/certificates").send("certificate", reason="fraud").sees("is revoked", "Fraud")
    (jwks, revoked) = lists(office, "/.well-known/jwks.json", "/.well-known/dcc/revoked.json")
    (key,) = jwks["keys"]
    (crl,) = lists(office, f"/.well-known/crl/{key['kid']}.json")
    assert crl["method"] == "rid" and len(crl["rids"]) == crl["ctr"] == key["crlVersion"] == len(revoked["hashes"]) == 1
    office.go("/.well-known/crl/nobody.json", status=404)


def test_the_administrator_makes_the_next_key_and_retires_the_first(hall, person, citizen, sign_in):
    citizen.go("/record/certificate").send("programme")
    keeper = sign_in("ADMINISTRATOR", ("area", "500000"))
    set_up(keeper)
    keeper.go("/console/start").send("post", post=keeper.form("post").buttons[0][1])
    keeper.go("/console/certificates/keys").sees("Signs")
    keeper.send("console/certificates/keys").sees("The new key signs from now on")
    old = next(row for row in selectors.signing_keys() if row.state == "listed")
    keeper.send("key", where={"key": old.kid}, compromised="false").sees("have not expired")
    keeper.send("key", where={"key": old.kid}, compromised="true").sees("1 certificates were revoked")
    (jwks,) = lists(keeper, "/.well-known/jwks.json")
    assert old.kid not in {key["kid"] for key in jwks["keys"]}


def test_a_batch_is_begun_by_a_page_and_shows_how_far_it_is(hall, person, sign_in):
    office = sign_in("CDC_DIRECTOR", ("area", "500000"))
    office.go("/console/certificates/batches").send("programme", programme="covid19-cn").sees(
        "The batch has begun", "0 / 1"
    )
    office.send("programme", programme="covid19-cn").sees("under way")


def test_the_checking_page_may_compile_its_reader_and_no_other_page_may(hall):
    visitor = Visitor()
    policy = {path: visitor.client.get(path).headers["Content-Security-Policy"] for path in ("/verify/", "/home")}
    assert "'wasm-unsafe-eval'" in policy["/verify/"] and "wasm" not in policy["/home"]
    worker = visitor.client.get("/verify/worker.js")
    assert worker.headers["Content-Type"] == "text/javascript" and "zxing" in worker.content.decode()
