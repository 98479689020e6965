"""A person walks through a site by hand: the session opens, a ticket, the inquiry, the eleven checks, the seat."""

import re
import zlib

import pytest

from .conftest import SCREENSHOTS
from .test_living import next_day

RECEIPT = {
    "expires": "2023-03-01", "packs": "20", "doses_per_pack": "1", "release_certificate": "R-1", "temperature_record": "T-9",
    "min_celsius": "2.5", "max_celsius": "7.5", "handed_by": "甲", "taken_by": "乙",
}  # fmt: skip


@pytest.fixture
def site(visit) -> str:
    """The id of the demonstration's site, open, on a day on which somebody booked there may be vaccinated, with a dose for them.

    What other tests did at the site does not matter: days pass until somebody is expected, and a lot of the site's own is taken in.
    """
    manager, nurse = visit("en", 1280, 800), visit("en", 1280, 800)
    manager.enter("site")
    nurse.enter("station")
    found = re.search(r"/site/(\d+)", manager.page.url)
    assert found
    for _ in range(14):
        _open(manager)
        if due := _due(nurse, found[1]):
            break
        next_day(manager)
    assert due, "nobody is expected at this site for two weeks"
    manager.at_peace()
    _take_in(visit, found[1], due)
    return found[1]


def _open(manager) -> None:
    form = manager.page.locator("form[action$='/open']")
    if form.count():
        for box in form.locator("input[name=ready]").all():
            box.check()
        form.locator("button").click()
    assert manager.page.locator(".verdict .state-tag").inner_text().endswith("Door open")


def _due(nurse, site: str) -> str:
    """What the first of those expected today who may be vaccinated is due, whose page is then open; nothing if there is nobody."""
    page = nurse.page
    nurse.open(f"/console/site/{site}/arrival?list=1")
    for one in [link.get_attribute("href") for link in page.locator(".expected a").all()]:
        nurse.open(f"/console/site/{site}/arrival{one}")
        if page.locator("button.primary.big").count():
            return page.locator("main").inner_text()
    return ""


def _take_in(visit, site: str, due: str) -> None:
    """Twenty doses of a product that is due, unless the site has taken them in for another test."""
    officer = visit("en", 1280, 800)
    officer.enter("supply")
    officer.open(f"/console/supply/place/{site}/receive")
    page = officer.page
    form = page.locator("form[action$='/receive/do']")
    products = [
        o.get_attribute("value") for o in form.locator("[name=product] option").all() if o.inner_text().strip() in due
    ]
    assert products, due
    lot = f"OWN-{products[0]}"
    if page.locator(f"a[href$='/supply/lot/{lot}']").count():
        return
    form.locator("[name=product]").select_option(products[0])
    code = f"{8999900 + zlib.crc32(lot.encode()) % 90}"
    for name, value in {**RECEIPT, "lot": lot, "first_code": code + "0" * 13}.items():
        form.locator(f"[name={name}]").fill(value)
    form.locator("button.go").last.click()
    page.wait_for_load_state("networkidle")
    page.locator(".band.done").first.wait_for()


def test_a_walk_in_is_vaccinated_and_observed(visit, site: str) -> None:
    nurse = visit("en", 1280, 800)
    nurse.enter("station")
    page = nurse.page
    _take_ticket(nurse, site)
    nurse.open(f"/console/site/{site}/screening")
    ticket = page.locator(".tickets b").last.inner_text()
    page.locator(".tickets form button").last.click()
    page.locator(".strip .ticket").wait_for()
    _called(visit, site, ticket)
    for answer in page.locator("input[value=no]").all():
        answer.check()
    page.fill("[name=celsius]", "36.5")
    page.check("[name=agreed][value='1']")
    page.get_by_role("button", name="Recommend and sign").click()
    page.locator(".band.done").first.wait_for()
    _inject(nurse, site)
    page.locator("details", has_text="not given after all?").first.locator("summary").click()
    page.locator("[name=reason]:visible").select_option("PRESSED_BY_MISTAKE")
    page.screenshot(path=SCREENSHOTS / "taken-back-en.png")
    page.get_by_role("button", name="Take the dose back").locator("visible=true").click()
    page.locator(".band.done").first.wait_for()
    _inject(nurse, site)
    nurse.open(f"/console/site/{site}/corrections?ticket={ticket}")
    assert page.locator(".half-name").is_visible()
    page.screenshot(path=SCREENSHOTS / "corrections-en.png", full_page=True)
    nurse.open(f"/console/site/{site}/observation")
    assert page.locator(".seats > li").count() >= 1
    nurse.at_peace()


def _called(visit, site: str, ticket: str) -> None:
    """The screen of the hall shows the ticket large, and no name."""
    hall = visit("en", 1920, 1080)
    hall.enter("station")
    hall.open(f"/console/site/{site}/calling")
    assert hall.page.locator(".call.now b").inner_text() == ticket
    hall.page.screenshot(path=SCREENSHOTS / "calling-en.png")
    hall.at_peace()


def _inject(nurse, site: str) -> None:
    """The person who waits longest for it gets a dose, all eleven checks made."""
    page = nurse.page
    nurse.open(f"/console/site/{site}/injection")
    page.locator(".tickets a").last.click()
    page.locator(".packs a").first.click()
    assert page.locator(".joined").is_visible()
    confirm = page.locator("[data-confirm]")
    assert confirm.is_disabled(), "the button waits for all eleven"
    for check in page.locator("[data-eleven] input").all():
        check.check()
    if page.locator("[name=override]").count():
        page.fill("[name=override]", "same platform, other maker in stock")
    confirm.click()
    page.locator(".band.done").first.wait_for()


def _take_ticket(nurse, site: str) -> None:
    assert _due(nurse, site)
    nurse.page.locator("button.primary.big").first.click()
    nurse.page.locator(".ticket-big").wait_for()


def test_a_newcomer_tries_wrong_doses_with_and_without_the_cable(visit):
    """Every card is refused in a sentence, by the server and, with the cable pulled, by the device."""
    newcomer = visit("en", 820, 1180)
    page = newcomer.page
    newcomer.open("/console/start")
    page.get_by_role("link", name="Try to give a wrong dose").click()
    cards, answer = page.locator("[data-card]"), page.locator("[data-answer]")
    said: dict[str, list[str]] = {"server": [], "device": []}
    for by, word in (("server", "judged by the server"), ("device", "judged on this device")):
        if by == "device":
            page.get_by_label("Pull the cable").check()
            page.context.set_offline(True)
        for n in range(cards.count()):
            cards.nth(n).click()
            page.locator(f"[data-answer][data-of='{cards.nth(n).get_attribute('data-card')} {by}']").wait_for()
            assert word in answer.inner_text()
            said[by].append(answer.locator("h2").inner_text())
    page.context.set_offline(False)
    assert said["server"] == said["device"]
    assert said["server"][0] == "May be vaccinated" and len(set(said["server"])) > 12
    newcomer.at_peace()
    cards.nth(2).click()
    page.screenshot(path=SCREENSHOTS / "wrong-dose-en.png", full_page=True)
