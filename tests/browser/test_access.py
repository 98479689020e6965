"""Everybody can use every page: no violation that axe finds, nothing wider than the screen, in both languages."""

import itertools
from pathlib import Path

import pytest

from . import walk
from .conftest import LANGUAGES

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
JUDGE = """async (rules) => {
  const found = await axe.run(document, {runOnly: rules, resultTypes: ["violations"]});
  return found.violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.target.join(" ")}`));
}"""
WIDE = """() => {
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  const over = [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > innerWidth + 1);
  const names = over.filter((e) => !e.parentElement.closest(".frame-table, .rail")).map((e) => `${e.tagName}.${e.getAttribute("class")}`);
  return wide > 0 ? `${wide} px: ${names.slice(0, 5).join(", ")}` : "";
}"""
SCREENS = {1440: 900, 1280: 800, 800: 1280, 390: 844}
POSTS = ["board", "district", "site", "station", "safety", "roster", "check"]
KNOWN = {
    "board": ["/console/board?measure=coverage"],
    "district": ["/console/layout?more=2&model=p-median", "/console/find?q=yz"],
}
PORTAL = [
    "/home",
    "/sites",
    "/book",
    "/record",
    "/record/certificate",
    "/record/looks",
    "/record/unwell",
    "/book/when",
    "/notices",
    "/questions",
    "/book/family",
    "/verify/",
]


def faults(visitor, screens: dict[int, int] = SCREENS) -> list[str]:
    """What axe holds against the page, and the screens on which it scrolls sideways."""
    page = visitor.page
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = list(page.evaluate(JUDGE, RULES))
    before = page.viewport_size
    for width, height in screens.items():
        page.set_viewport_size({"width": width, "height": height})
        if wide := page.evaluate(WIDE):
            found.append(f"wider than {width} by {wide}")
    page.set_viewport_size(before)
    return found


def test_every_page_of_every_post_can_be_used_by_everybody(visit) -> None:
    """Each page once, in the languages and on the screens by turns."""
    visitor, seen = visit("zh"), set()
    turns = itertools.cycle(itertools.product(SCREENS.items(), LANGUAGES.values()))
    screen: dict[int, int] = {}

    def dress() -> None:
        (width, height), language = next(turns)
        screen.clear()
        screen[width] = height
        visitor.page.set_viewport_size({"width": width, "height": height})
        visitor.page.context.add_cookies([{"name": "django_language", "value": language, "url": visitor.address}])

    found = {
        path: faults(visitor, screen)
        for post in POSTS
        for path in walk.pages(visitor, post, seen, KNOWN.get(post, ()), dress)
    }
    assert len(found) > 20
    assert {path: rows for path, rows in found.items() if rows} == {}
    visitor.at_peace()


@pytest.mark.long
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_of_every_post_can_be_used_in_both_languages_on_every_screen(visit, language: str) -> None:
    visitor, seen = visit(language), set()
    found = {path: faults(visitor) for post in POSTS for path in walk.pages(visitor, post, seen, KNOWN.get(post, ()))}
    assert len(found) > 20
    assert {path: rows for path, rows in found.items() if rows} == {}
    visitor.at_peace()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_of_the_portal_can_be_used_by_everybody(visit, language: str) -> None:
    visitor = visit(language, 390, 844)
    visitor.open("/console/start")
    found = {"/console/start": faults(visitor)}
    visitor.page.locator("button[name=person]").first.click()
    for path in PORTAL:
        assert visitor.arrive(path) == 200, path
        found[path] = faults(visitor)
    assert {path: rows for path, rows in found.items() if rows} == {}
    visitor.at_peace()
