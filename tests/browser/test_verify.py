"""The page that checks certificates, in a real browser without a network: each kind of code gets its one sentence."""

import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
import segno
from django.db import connection
from PIL import Image
from playwright.sync_api import Browser

from seawall.certificates import selectors, services
from seawall.certificates.codes import dcc, keys, pictures, shc
from seawall.certificates.codes.proof import Given, Proof
from seawall.certificates.tables import dcc_codes
from seawall.people import selectors as people
from seawall.platform import clock, secrets, sql
from seawall.terms.actor import Actor, Reach
from seawall.terms.certificates import CertificateIssue, CertificateRevoke, SigningKeyMake
from seawall.terms.codes import Precision, RevocationReason
from tests import databases
from tests.certificates import readers

from .conftest import CHROMIUM, FLAGS

PROGRAMME = "covid19-cn"
CITIZEN = Actor(1, 1, "TEST", frozenset({"*"}), Reach(everywhere=True))
Codes = dict[str, tuple[str, str]]  # what it shows -> texts of both codes


def proof(number: UUID, at: datetime) -> Proof:
    dose = Given(date(2021, 3, 1), Precision.DAY, "BIBP", "510", dcc_codes()["510"], "L1", "Daping", "CN", 1)
    return Proof(
        certificate=number, name="曾丽", spelt="ZENG LI", birth=date(1970, 5, 1), birth_precision=Precision.DAY, doses=(dose,),
        of=2, issuer="Chongqing", address="https://proof.example", country="CN", issued_at=at, expires_at=at + timedelta(days=365),
    )  # fmt: skip


def both(told: Proof, signer: keys.Signer) -> tuple[str, str]:
    return shc.encode(told, signer), dcc.encode(told, signer)


def touched(text: str) -> str:
    """One letter changed: of what was signed, or of the packed whole."""
    if text.startswith("shc:/"):
        at = len("shc:/") + 2 * 200
        return text[:at] + ("20" if text[at : at + 2] != "20" else "21") + text[at + 2 :]
    return text[:200] + ("A" if text[200] != "A" else "B") + text[201:]


def issued(person: int) -> tuple[UUID, tuple[str, str]]:
    item = CertificateIssue(act=uuid4(), occurred_at=clock.now(), person_id=person, programme=PROGRAMME)
    answer = services.certificate_issue.one(CITIZEN, item).answer
    number = UUID(str(answer["certificate"]))
    texts = selectors.codes(person, number)
    return number, (texts["shc"], texts.get("dcc", ""))


def certificates() -> Codes:
    """In the database of the server: one of each kind, the first of them signed before the key was followed by the next."""
    first, second = people.vaccinated(PROGRAMME, 0, 40)[:2]
    _, before = issued(first)
    number, revoked = issued(second)
    item = CertificateRevoke(
        act=uuid4(), occurred_at=clock.now(), person_id=second, certificate=number, reason=RevocationReason.MISTAKEN
    )
    assert services.certificate_revoke.one(CITIZEN, item).done
    assert services.signing_key_make.one(CITIZEN, SigningKeyMake(act=uuid4(), occurred_at=clock.now())).done
    query = "SELECT kid, dcc_kid, private_sealed FROM certificates_signingkey WHERE state = 'signs'"
    ((kid, short, sealed),) = sql.fetch(query)
    ours = keys.signer(kid, bytes(short), secrets.decrypt(sealed))
    made = keys.make("Elsewhere", "XX", datetime.now(UTC), datetime.now(UTC) + timedelta(days=9))
    other = keys.signer(made.kid, made.dcc_kid, made.pem)
    now = clock.now()
    valid = both(proof(uuid4(), now), ours)
    return {
        "valid": valid,
        "rotated": before,
        "tampered": (touched(valid[0]), touched(valid[1])),
        "expired": both(proof(uuid4(), now - timedelta(days=366)), ours),
        "revoked": revoked,
        "unknown": both(proof(uuid4(), now), other),
        "forged": both(proof(uuid4(), now), replace(other, kid=ours.kid, dcc_kid=ours.dcc_kid)),
        "none": ("https://proof.example/", "12345"),
    }


SHOWN = {"rotated": "valid", "forged": "tampered"}


@pytest.fixture(scope="module")
def codes(server: str, django_db_blocker: pytest.FixtureRequest) -> Codes:
    with django_db_blocker.unblock(), databases.pointed_at(f"seawall_browser_{databases.worker()}"):
        found = certificates()
        connection.close()
        return found


def filmed(image: bytes, width: int = 640, height: int = 480) -> bytes:
    """A picture as a film of one frame, YUV 4:2:0."""
    frame = Image.new("L", (width, height), 255)
    code = Image.open(io.BytesIO(image)).convert("L").resize((height - 40, height - 40))
    frame.paste(code, ((width - code.width) // 2, 20))
    grey = bytes([128]) * (width * height // 2)
    return f"YUV4MPEG2 W{width} H{height} F10:1 Ip A1:1 C420\nFRAME\n".encode() + frame.tobytes() + grey


def picture(text: str) -> bytes:
    if text.startswith("shc:/"):
        return readers.picture(pictures.shc(text))
    return readers.picture(pictures.dcc(text) if text.startswith("HC1:") else segno.make_qr(text))


def test_pictures_are_judged_without_a_network(visit, codes: Codes) -> None:
    visitor = visit("zh", 390, 844)
    assert visitor.open("/verify/") == 200
    page = visitor.page
    page.locator("[data-part=kept]").wait_for(state="visible")
    page.context.set_offline(True)
    page.reload()
    visitor.at_peace()
    for kind, texts in codes.items():
        for text in filter(None, texts):
            page.locator("[data-part=verdict]").evaluate("card => { card.hidden = true; card.dataset.state = ''; }")
            page.set_input_files("#file", {"name": "code.png", "mimeType": "image/png", "buffer": picture(text)})
            state = SHOWN.get(kind, kind)
            page.locator(f"[data-state={state}]").wait_for(state="visible", timeout=10_000)
            assert page.locator("[data-part=sentence]").inner_text()
            assert page.locator(".verdict.normal").count() == (state == "valid"), kind
    page.context.set_offline(False)
    visitor.at_peace()


def test_the_camera_reads_a_code_that_is_held_before_it(
    chromium: Browser, server: str, codes: Codes, tmp_path: Path
) -> None:
    film = tmp_path / "code.y4m"
    film.write_bytes(filmed(picture(codes["valid"][1])))
    fake = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    flags = [*FLAGS, *fake, f"--use-file-for-fake-video-capture={film}"]
    watching = chromium.browser_type.launch(executable_path=CHROMIUM, args=flags)
    page = watching.new_page()
    page.goto(f"{server}/verify/")
    page.locator("[data-part=kept]").wait_for(state="visible")
    page.locator("[data-part=camera]").click()
    page.locator("[data-state=valid]").wait_for(state="visible", timeout=20_000)
    watching.close()


def test_what_a_scanner_types_is_judged_and_names_the_holder(visit, codes: Codes) -> None:
    visitor = visit("en", 390, 844)
    visitor.open("/verify/")
    visitor.page.fill("#text", codes["valid"][1])
    visitor.page.get_by_role("button", name="Check", exact=True).click()
    visitor.page.locator("[data-state=valid]").wait_for(state="visible")
    assert "曾丽" in visitor.page.locator("[data-part=facts]").inner_text()
    as_of = datetime.fromisoformat(visitor.page.request.get(f"{visitor.address}/verify/lists.json").json()["as_of"])
    here = as_of.astimezone(ZoneInfo("Asia/Shanghai"))
    told = visitor.page.locator("[data-part=age]").inner_text()
    assert f"{here.day}" in told and f"{here:%H}:" in told, "the city's time, not UTC"
    visitor.at_peace()


def test_a_citizen_of_the_demonstration_shows_a_certificate_that_the_page_accepts(visit, codes: Codes) -> None:
    visitor = visit("en", 390, 844)
    visitor.open("/console/start")
    visitor.page.locator("button[name=person]", has_text="dose 2").first.click()
    visitor.page.wait_for_load_state("networkidle")
    visitor.open("/record/certificate")
    make = visitor.page.get_by_role("button", name="Make out my certificate")
    if make.count():
        make.first.click()
        visitor.page.wait_for_load_state("networkidle")
    (text, *_) = readers.scanned(visitor.page.locator("svg.qr").first.screenshot(scale="device"))
    visitor.at_peace()
    sheet = visitor.page.pdf(format="A4")
    assert len(re.findall(rb"/Type\s*/Page\b", sheet)) == 1, "one sheet, in every language of the city"
    visitor.open("/verify/")
    visitor.page.fill("#text", text)
    visitor.page.get_by_role("button", name="Check", exact=True).click()
    visitor.page.locator("[data-state=valid]").wait_for(state="visible")
    visitor.at_peace()
