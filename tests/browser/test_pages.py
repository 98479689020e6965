"""Pages answer, switch and lead on as their readers expect; `test_access` walks them all."""

import re

import pytest

from .conftest import SCREENSHOTS

BOARD = ["/console/board", "/console/board?measure=coverage", "/console/plan", "/console/supply", "/console/layout"]
HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_board_answers_first_and_is_pictured_for_the_readme(visit, language: str) -> None:
    visitor = visit(language)
    visitor.enter("board")
    visitor.open("/console/board")
    assert visitor.page.locator(".verdict h1").is_visible()
    assert visitor.page.locator(".picture canvas").count() == 3
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    visitor.page.screenshot(path=SCREENSHOTS / f"board-{language}.png")
    visitor.at_peace()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_supply_page_draws_its_map_and_time_line_and_a_unit_opens_its_places(visit, language: str) -> None:
    visitor = visit(language)
    visitor.enter("board")
    visitor.open("/console/supply")
    page = visitor.page
    page.locator("#map canvas").wait_for()
    page.screenshot(path=SCREENSHOTS / f"supply-{language}.png", full_page=True)
    assert page.locator("svg.track circle.left").count()
    everywhere = page.locator("#cover tbody tr").count()
    unit = page.evaluate("JSON.parse(document.getElementById('cover-map').textContent).units[0].link")
    visitor.open(unit)
    assert 0 < page.locator("#cover tbody tr").count() < everywhere
    page.locator("#cover .note a[href$='/console/supply']").click()
    visitor.page.wait_for_load_state("networkidle")
    assert page.locator("#cover tbody tr").count() == everywhere
    visitor.at_peace()


def shorter_ways(visitor) -> None:
    """Asks where a site would shorten ways: in a city where everybody has one near, that alone is worth proposing."""
    visitor.page.goto(f"{visitor.page.url.split('?')[0]}?model=p-median")
    visitor.page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_new_site_goes_from_the_map_to_a_proposal(visit, language: str) -> None:
    visitor = visit(language)
    visitor.enter("district")
    visitor.open("/console/layout")
    visitor.page.locator("[data-chart=places] canvas").first.wait_for()
    visitor.page.screenshot(path=SCREENSHOTS / f"layout-{language}.png", full_page=True)
    shorter_ways(visitor)
    proposals = visitor.page.locator("th .note", has_text="-P")
    before = proposals.count()
    visitor.page.locator("input[name=leaf]").nth(before).check()
    visitor.page.locator("form[action$='/propose'] button").click()
    visitor.page.wait_for_load_state("networkidle")
    assert visitor.page.locator(".band.done").is_visible()
    assert proposals.count() > before
    visitor.at_peace()


def test_a_proposal_becomes_a_site_by_three_posts(visit) -> None:
    """Put forward by the district, checked by an inspector, approved by the director, published by the district."""
    visitor = visit("en")
    page = visitor.page

    def enters(post: str) -> None:
        visitor.enter(post)
        visitor.open(f"/console/layout?unit={unit}" if unit else "/console/layout")

    def presses(name: str) -> None:
        row().get_by_role("button", name=name, exact=True).click()
        page.wait_for_load_state("networkidle")
        assert page.locator(".band.done").is_visible(), page.locator(".bands").inner_text()

    def row():
        return page.locator("tr", has=page.locator("th .note", has_text=code))

    unit = code = ""
    enters("district")
    unit = page.locator("#unit").input_value()
    shorter_ways(visitor)
    chosen = page.locator("input[name=leaf]").last
    code = f"-P{chosen.input_value()}"
    chosen.check()
    page.locator("form[action$='/propose'] button").click()
    page.wait_for_load_state("networkidle")
    enters("check")
    row().locator("summary", has_text="Check on the spot").click()
    for box in row().locator("input[name=found]").all():
        box.check()
    presses("Record what was found")
    enters("board")
    presses("Approve")
    enters("district")
    presses("Publish")
    row().get_by_role("link", name="Site board").click()
    page.wait_for_load_state("networkidle")
    assert page.locator(".verdict h1").is_visible()
    visitor.at_peace()


def test_words_of_the_frame_are_english_on_english_pages(visit) -> None:
    visitor = visit("en")
    visitor.enter("board")
    for path in BOARD:
        visitor.open(path)
        for words in visitor.page.locator(".rail span, h2, thead th, dt").all_inner_texts():
            assert not HAN.search(words), (path, words)


def test_a_page_that_the_post_may_not_see_says_why(visit) -> None:
    visitor = visit("en")
    visitor.enter("roster")
    assert visitor.open("/console/board") == 403
    assert "table of roles" in visitor.page.locator(".verdict").inner_text()
    assert "Head of the leading group" in visitor.page.locator(".who").inner_text()


def drawn(visitor) -> None:
    """The page's script has run: before that a switch answers nobody."""
    visitor.page.locator("[data-chart=burnup] canvas").first.wait_for()


def test_the_map_and_the_tile_grid_are_one_switch_apart(visit) -> None:
    visitor = visit()
    visitor.enter("board")
    drawn(visitor)
    tiles = visitor.page.locator(".tiles")
    assert not tiles.is_visible()
    visitor.page.locator("button[data-view=tiles]").click()
    tiles.wait_for(state="visible")
    assert tiles.locator("a").count() == 39
    visitor.at_peace()


def test_a_chart_has_a_table_of_the_same_figures(visit) -> None:
    visitor = visit()
    visitor.enter("board")
    drawn(visitor)
    block = visitor.page.locator("section:has([data-chart=burnup])")
    block.locator("[data-act=table]").click()
    assert block.locator("table.data tbody tr").count() == 99
    visitor.at_peace()


def test_the_language_switch_keeps_the_page(visit) -> None:
    visitor = visit("zh")
    visitor.enter("board")
    visitor.open("/console/plan")
    visitor.page.locator("button.lang").click()
    visitor.page.wait_for_load_state("networkidle")
    assert visitor.page.url.endswith("/console/plan")
    assert visitor.page.locator("html").get_attribute("lang") == "en"
    visitor.at_peace()


def test_the_policy_shows_what_it_moves_before_it_is_applied(visit) -> None:
    visitor = visit("en")
    visitor.enter("board")
    visitor.open("/console/board")
    visitor.page.locator(".band.policy a").click()
    visitor.page.get_by_role("button", name="Apply the policy").wait_for(timeout=180_000)
    assert visitor.page.locator("table.data tbody tr").count() >= 39
    visitor.at_peace()
