"""The portal works on a phone, in both languages, without a script, and weighs little."""

import re

import pytest

PAGES = [
    "/home",
    "/sites",
    "/book",
    "/record",
    "/record/certificate",
    "/record/unwell",
    "/book/code",
    "/notices",
    "/questions",
]
LIGHT = 100_000


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("script", [True, False])
def test_portal_pages_open_on_a_phone(visit, language: str, script: bool) -> None:
    visitor = visit(language, 390, 844, script)
    for path in PAGES:
        assert visitor.open(path) == 200, path
        assert visitor.complaints == []
        assert visitor.strangers == []


@pytest.mark.parametrize("path", PAGES)
def test_portal_pages_are_light(visit, path: str) -> None:
    visitor, answers = visit("zh", 390, 844), []
    visitor.page.on("response", lambda answer: answers.append(answer))
    visitor.open(path)
    size = sum(len(answer.body()) for answer in answers if answer.status == 200)
    assert 0 < size < LIGHT


def test_a_stranger_learns_nothing_about_who_exists(visit) -> None:
    visitor = visit("en", 390, 844)
    visitor.open("/book")
    visitor.page.fill("#number", "11010519491231002X")
    visitor.page.get_by_role("button", name="Send a code").click()
    visitor.page.fill("#code", "123456")
    visitor.page.get_by_role("button", name="Next").click()
    assert visitor.page.locator(".errors").inner_text().startswith("The code is not right, has run out")


def _citizen(visitor, status: str) -> None:
    visitor.open("/console/start")
    visitor.page.locator("button[name=person]", has_text=status).first.click()
    visitor.page.wait_for_load_state("networkidle")


def test_a_citizen_books_and_cancels_without_a_script(visit) -> None:
    visitor = visit("en", 390, 844, script=False)
    _citizen(visitor, "due")
    page = visitor.page
    booked = page.get_by_role("button", name="Cancel the appointment")
    if booked.count():
        booked.first.click()
    visitor.open("/book/when")
    for ahead in range(1, page.locator("#day option").count()):
        if page.locator(".slot:not([disabled])").count():
            break
        page.select_option("#day", index=ahead)
        page.get_by_role("button", name="Show the times").click()
    page.locator(".slot:not([disabled])").first.click()
    page.get_by_role("button", name="Confirm the booking").click()
    assert page.get_by_text("My appointment").is_visible()
    page.get_by_role("button", name="Cancel the appointment").click()
    assert page.get_by_role("button", name="Cancel the appointment").count() == 0
    assert visitor.complaints == []


@pytest.mark.parametrize(("language", "said"), [("en", "Where you live:"), ("zh", "您所在地：")])
def test_ones_district_stands_beside_the_city_with_its_denominator(visit, language: str, said: str) -> None:
    visitor = visit(language, 390, 844)
    visitor.open("/home")
    assert visitor.page.get_by_text(said).count() == 0, "nobody said who they are"
    visitor.open("/console/start")
    visitor.page.locator("button[name=person]").first.click()
    visitor.open("/home")
    line = visitor.page.locator("p", has_text=said).inner_text()
    assert re.search(r"[\d.]+%", line) and re.search(r"[\d,.]+ ?(人|万|people|of)", line)


def test_larger_type_stays_on_the_phone(visit) -> None:
    visitor = visit("en", 390, 844)
    visitor.open("/home")
    visitor.page.get_by_role("button", name="Larger type").click()
    visitor.open("/sites")
    assert visitor.page.locator("html.elder").count() == 1
    visitor.at_peace()
