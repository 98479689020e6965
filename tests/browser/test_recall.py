"""The recall drill at the screen, in both languages: bookings move, the count goes down, the product is freed."""

import re
from collections import Counter

from seawall.platform import clock, sql
from seawall.supply import selectors as supply
from seawall.terms.codes import LotState, StockState
from tests import databases

from .test_living import next_day

STILL_TO_COME = """
SELECT site_id, count(*) FROM booking_appointment
WHERE state = 'booked' AND starts_at > %s + interval '1 minute' AND starts_at < %s + interval '12 hours' GROUP BY 1
"""
CDC = "button[name=post]:has-text('{}')"
WORDS = {"en": "CDC cold-chain officer", "zh": "疾控中心冷链管理员"}


def officer(visit, language: str = "en", width: int = 1440, height: int = 900):
    visitor = visit(language, width, height)
    visitor.open("/console/start")
    visitor.page.locator(CDC.format(WORDS[language])).first.click()
    visitor.page.wait_for_load_state("networkidle")
    return visitor


def figure(visitor, place: int) -> int:
    text = visitor.page.locator(".verdict .figure dd").nth(place).inner_text()
    return int(re.sub(r"\D", "", text) or 0)


def wanted(database: str) -> tuple[str, int] | None:
    """The lot, and a site that holds it, whose product most sites cannot do without for those who still come today."""
    with databases.pointed_at(database):
        now = clock.now()
        coming = dict(sql.fetch(STILL_TO_COME, [now, now]))
        usable = [r for r in supply.stock(coming) if r.state == StockState.ON_HAND and r.lot_state == LotState.RELEASED]
    held, of_product = Counter(), Counter()
    for row in usable:
        held[row.place_id] += row.doses
        of_product[row.place_id, row.product] += row.doses
    lacking = [r for r in usable if held[r.place_id] - of_product[r.place_id, r.product] < coming[r.place_id]]
    if not lacking:
        return None
    lot = Counter(row.lot for row in lacking).most_common(1)[0][0]
    return lot, next(row.place_id for row in lacking if row.lot == lot)


def test_a_recalled_product_moves_bookings_counts_down_and_is_freed(visit, django_db_blocker) -> None:
    cdc, board = officer(visit), visit("en")
    page = cdc.page
    board.enter("board")
    for _ in range(5):
        with django_db_blocker.unblock():
            found = wanted(f"seawall_browser_{databases.worker()}")
        if found:
            break
        board.open("/console/board")
        next_day(board)
    assert found, "a site that is short without one product"
    lot, place = f"/console/supply/lot/{found[0]}", found[1]
    cdc.open(lot)
    product(cdc, "recalled", "DRILL 1")
    for _ in range(40):
        cdc.open(f"{lot}/recall")
        moved = [int(re.sub(r"\D", "", cell) or 0) for cell in page.locator("td.booked").all_inner_texts()]
        if sum(moved):
            break
        page.wait_for_timeout(500)
    assert sum(moved), "bookings that no dose is left for are moved or withdrawn"
    left = figure(cdc, 0)
    assert left
    page.locator("td.num a[href$='/return']").first.click()
    page.select_option("form[action$='/return/do'] select[name=lot]", lot.rsplit("/", 1)[1])
    page.fill("[name=packs]", "1")
    page.fill("[name=reason]", "RECALL")
    page.locator("form[action$='/return/do'] button").click()
    assert page.locator(".band.done").count(), page.locator(".bands").inner_text()
    cdc.open(f"{lot}/recall")
    assert 0 < left - figure(cdc, 0) <= 10
    for language, width, height in (("zh", 1440, 900), ("en", 820, 1180), ("zh", 820, 1180)):
        reader = officer(visit, language, width, height)
        for path in (lot, f"{lot}/recall", f"/console/supply/place/{place}/sheet", "/console/supply/wastage"):
            assert reader.open(path) == 200
            reader.at_peace()
    cdc.open(lot)
    product(cdc, "released", "DRILL 2")
    cdc.open(f"{lot}/recall")
    assert "not stopped" in page.locator(".verdict").inner_text()
    cdc.at_peace()


def product(cdc, state: str, authority: str) -> None:
    """Says a word on every lot of the product, from the page of one."""
    form = cdc.page.locator("form[action$='/product']")
    cdc.page.locator("details summary").last.click()
    form.locator("select").select_option(state)
    form.locator("[name=authority]").fill(authority)
    form.locator("button").click()
    cdc.page.wait_for_load_state("networkidle")
    assert cdc.page.locator(".band.done").count(), cdc.page.locator(".bands").inner_text()
