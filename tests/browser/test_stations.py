"""A person walks through a site by hand: the session opens, a ticket, the inquiry, the eleven checks, the seat."""

import re

import pytest

from .test_living import next_day


@pytest.fixture
def site(visit) -> str:
    """The id of the demonstration's site on a day for which somebody is booked there, its session opened by its manager."""
    manager = visit("en", 1280, 800)
    manager.enter("site")
    while manager.page.locator(".flow li b").first.inner_text() == "0":
        next_day(manager)
    found = re.search(r"/site/(\d+)", manager.page.url)
    assert found
    form = manager.page.locator("form[action$='/open']")
    if form.count():
        for box in form.locator("input[name=ready]").all():
            box.check()
        form.locator("button").click()
    assert manager.page.locator(".verdict .state-tag").inner_text().endswith("Door open")
    manager.at_peace()
    return found[1]


def test_a_walk_in_is_vaccinated_and_observed(visit, site: str) -> None:
    nurse = visit("en", 1280, 800)
    nurse.enter("station")
    page = nurse.page
    _take_ticket(nurse, site)
    nurse.open(f"/console/site/{site}/screening")
    page.locator(".tickets a").last.click()
    for answer in page.locator("input[value=no]").all():
        answer.check()
    page.fill("[name=celsius]", "36.5")
    page.check("[name=agreed][value='1']")
    page.get_by_role("button", name="Recommend and sign").click()
    assert page.locator(".band.done").count(), page.locator(".bands").inner_text()
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
    assert page.locator(".band.done").count(), page.locator(".bands").inner_text()
    nurse.open(f"/console/site/{site}/observation")
    assert page.locator(".seats > li").count() >= 1
    nurse.at_peace()


def _take_ticket(nurse, site: str) -> None:
    """The first of those booked today whose hour it is and who may be vaccinated."""
    page = nurse.page
    nurse.open(f"/console/site/{site}/arrival?list=1")
    booked = [link.get_attribute("href") for link in page.locator(".expected a").all()]
    for one in booked:
        nurse.open(f"/console/site/{site}/arrival{one}")
        ready = page.locator("button.primary.big")
        if ready.count():
            ready.first.click()
            page.wait_for_load_state("networkidle")
            if page.locator(".ticket-big").count():
                return
    raise AssertionError("nobody at this site may be vaccinated today")
