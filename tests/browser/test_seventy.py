"""Somebody of seventy books on a phone and proves it, by what stands on the pages alone."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pytest
from django.db import connection
from playwright.sync_api import Locator, Page

from seawall.clinic import boards as clinic
from seawall.outreach import services as outreach
from seawall.platform import clock, secrets, sql
from seawall.platform.gateway.providers import forget
from tests import databases
from tests.certificates import readers

from .conftest import LANGUAGES

PHONE = 390, 844
LIGHT = 100_000
LETTERS, FINGER, INLINE = 16, 44, 24  # px: the smallest letters, the smallest target, and one within a sentence
WORDS = {
    "en": {
        "site": "Find a site", "show": "Show", "choose": "Choose this one", "next": "Next", "send": "Send a code to my telephone",
        "times": "Show the times",
        "confirm": "Confirm the booking", "appointment": "My appointment", "forget": "I am done, forget me on this phone",
        "record": "My record", "proof": "Show my certificate", "make": "Make out my certificate",
        "check": "Check a certificate", "judge": "Check", "why": "Not yet time for the next dose",
    },
    "zh": {
        "site": "找接种点", "show": "显示", "choose": "选这里", "next": "下一步", "send": "把验证码发到我的手机", "times": "看时间",
        "confirm": "确认预约", "appointment": "我的预约", "forget": "办完了，清除本机记录",
        "record": "我的记录", "proof": "出示接种凭证", "make": "签发我的凭证",
        "check": "核验接种凭证", "judge": "核验", "why": "未到下一剂的时间",
    },
}  # fmt: skip
SMALL = """([letters, finger, inline]) => {
  const found = [], shown = (e) => e.checkVisibility({ visibilityProperty: true }) && e.getBoundingClientRect().right > 0;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const within = walker.currentNode.parentElement, size = parseFloat(getComputedStyle(within).fontSize);
    const drawn = within.closest("script, style, noscript, option, svg");
    if (walker.currentNode.data.trim() && !drawn && shown(within) && size < letters)
      found.push(`${size} px: ${walker.currentNode.data.trim()}`);
  }
  for (const target of document.querySelectorAll("a, button, input:not([type=hidden]), select, textarea, summary")) {
    if (!shown(target)) continue;
    const box = target.getBoundingClientRect(), least = getComputedStyle(target).display === "inline" ? inline : finger;
    if (box.height < least || box.width < least)
      found.push(`${box.width} x ${box.height} px: ${target.outerHTML.slice(0, 90)}`);
  }
  return found;
}"""


@dataclass(frozen=True, slots=True)
class Elder:
    person: int
    number: str
    birth: date
    next_on: date | None


def _seventy(with_dose: bool) -> list[Elder]:
    """Those of seventy and a little more with a document, youngest first; waiting for the next dose, or due and without a seat."""
    today = clock.today()
    rows = sql.fetch(
        "SELECT p.id, d.number_sealed, p.birth FROM people_person p JOIN people_document d ON d.person_id = p.id"
        " WHERE d.kind = 'RESIDENT_ID' AND d.valid AND p.merged_into IS NULL AND p.phone_sealed IS NOT NULL AND p.birth <= %s"
        " AND EXISTS (SELECT 1 FROM people_doseverdict v WHERE v.person_id = p.id) = %s ORDER BY p.birth DESC LIMIT 20",
        [today.replace(year=today.year - 70), with_dose],
    )
    found = [Elder(person, secrets.decrypt(bytes(number)), birth, _next(person)) for person, number, birth in rows]
    return [elder for elder in found if (_waits if with_dose else _may_book)(elder.person)][: len(LANGUAGES)]


def _may_book(person: int) -> bool:
    page = clinic.record(person)
    return page.programmes[0].next.open and not any(row.coming for row in page.appointments)


def _waits(person: int) -> bool:
    return clinic.record(person).programmes[0].next.status == "not_yet"


def _next(person: int) -> date | None:
    return clinic.record(person).programmes[0].next.earliest


@pytest.fixture(scope="module")
def elders(server: str, django_db_blocker) -> dict[str, tuple[Elder, Elder]]:
    """For each language, somebody who books and somebody who had a dose."""
    with django_db_blocker.unblock(), databases.pointed_at(f"seawall_browser_{databases.worker()}"):
        pairs = dict(zip(LANGUAGES, zip(_seventy(False), _seventy(True), strict=False), strict=False))
        connection.close()
    assert len(pairs) == len(LANGUAGES)
    return pairs


@pytest.fixture
def message(server: str, django_db_blocker, settings, tmp_path) -> Callable[[], str]:
    """The code in the last text message: the gateway sends what waits, and the file gateway is the telephone."""
    settings.VAR, settings.GATEWAY = str(tmp_path), {}

    def read() -> str:
        forget()
        with django_db_blocker.unblock(), databases.pointed_at(f"seawall_browser_{databases.worker()}"):
            outreach.gateway_round()
            connection.close()
        (path,) = (tmp_path / "messages").glob("sms-*.jsonl")
        texts = [json.loads(line)["text"] for line in path.read_text("utf-8").splitlines()]
        return [code for text in texts for code in re.findall(r"(?<!\d)\d{6}(?!\d)", text)][-1]

    yield read
    forget()


class Phone:
    """What a hand does on a phone, and whether the page before it can be read and pressed."""

    def __init__(self, visitor, reads: Callable[[], str]) -> None:
        self.visitor, self.words, self.reads = visitor, WORDS[visitor.language], reads
        self.page: Page = visitor.page
        self.answers: list = []
        self.faults: list[str] = []
        self.page.on("response", lambda answer: self.answers.append(answer))

    def press(self, what: str) -> None:
        button = self.page.get_by_role("button", name=self.words[what], exact=True)
        self.go(button.or_(self.page.get_by_role("link", name=self.words[what], exact=True)).first)

    def go(self, where: Locator) -> None:
        self.answers.clear()
        with self.page.expect_navigation():
            where.click()

    def fits(self, step: str, least: int = 1_000) -> None:
        self.visitor.at_peace()
        self.faults += [f"{step}: {fault}" for fault in self.page.evaluate(SMALL, [LETTERS, FINGER, INLINE])]
        pages = [at for at, answer in enumerate(self.answers) if answer.request.is_navigation_request()]
        drawn = self.answers[max(pages, default=0) :]  # what the page before still asked for is not this page's
        weight = sum(len(answer.body()) for answer in drawn if answer.status == 200)
        assert least <= weight < LIGHT, f"{step}: {weight} bytes"

    def identify(self, elder: Elder) -> None:
        self.page.fill("#number", elder.number)
        self.press("send")
        self.fits("code")
        self.page.fill("#code", self.reads())
        self.press("next")


@pytest.mark.parametrize("language", LANGUAGES)
def test_somebody_of_seventy_books_and_somebody_shows_a_certificate(visit, elders, message, language: str) -> None:
    phone, (booking, proving) = Phone(visit(language, *PHONE), message), elders[language]
    page = phone.page
    assert phone.visitor.open("/home") == 200
    phone.fits("home")
    phone.press("site")
    phone.fits("districts")
    page.select_option("#unit", index=3)
    phone.press("show")
    phone.fits("sites")
    site = page.locator(".list h2").first.inner_text().split(". ", 1)[1]
    phone.press("choose")
    phone.fits("who")
    phone.identify(booking)
    assert page.locator("#site option:checked").inner_text() == site, "the site that was chosen before saying who"
    for ahead in range(1, page.locator("#day option").count()):
        if page.locator(".slot").count():
            break
        page.select_option("#day", index=ahead)
        phone.press("times")
    phone.fits("times")
    phone.go(page.locator(".slot").first)
    phone.fits("held")
    phone.press("confirm")
    assert page.get_by_text(phone.words["appointment"]).is_visible() and page.get_by_text(site).is_visible()
    phone.fits("booked")
    phone.press("forget")
    phone.visitor.open("/home")
    phone.press("record")
    phone.identify(proving)
    assert page.url.endswith("/record"), "what was asked for before saying who"
    own = page.locator(".card.state").first.inner_text()
    assert proving.next_on and phone.words["why"] in own
    assert f"{proving.next_on:%Y}" in own and str(proving.next_on.day) in own
    phone.fits("record")
    phone.press("proof")
    if page.get_by_role("button", name=phone.words["make"]).count():
        phone.press("make")
    phone.fits("certificate")
    (text, *_) = readers.scanned(page.locator("svg.qr").first.screenshot(scale="device"))
    phone.press("check")
    page.fill("#text", text)
    phone.answers.clear()
    page.get_by_role("button", name=phone.words["judge"], exact=True).click()
    page.locator("[data-state=valid]").wait_for(state="visible")
    phone.fits("verified", least=0)
    assert phone.faults == []
