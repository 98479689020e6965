"""In a demonstration the next day is lived while the page shows how far it has come."""

import re


def test_the_next_day_is_lived_with_progress(visit) -> None:
    visitor = visit("en")
    visitor.enter("board")
    visitor.open("/console/board")
    before = visitor.page.locator(".top-clock small").inner_text()
    next_day(visitor)
    assert visitor.page.locator(".top-clock small").inner_text() != before
    visitor.at_peace()


def next_day(visitor) -> None:
    """Presses the button of an English page and waits until the day is lived."""
    page = visitor.page
    page.locator("#living button[value=next]").click()
    page.locator("#living progress").wait_for(timeout=20_000)
    assert re.search(r"Living \d+ \w+", page.locator("#living").inner_text())
    page.locator("#living button[value=next]").wait_for(timeout=180_000)
    page.wait_for_load_state("networkidle")
