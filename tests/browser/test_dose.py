"""The walk of a dose at the screen: a carton from its maker, opened where it arrives, a vial, an arm, and the pages of lot and person."""

import re

import pytest

from seawall.platform import sql
from tests import databases

from .test_cold_night import fill
from .test_recall import figure, officer
from .test_stations import _due, _take_ticket, site  # noqa: F401

LOT, CARTON, PACKS = "WALK-1", "8777002" + "0" * 13, [f"8777001{n:013d}" for n in range(3)]
PAPERS = {"temperature_record": "T-1", "min_celsius": "2.9", "max_celsius": "6.8", "handed_by": "甲", "taken_by": "乙"}
RECEIPT = {
    "lot": LOT, "expires": "2023-03-01", "packs": "3", "doses_per_pack": "2", "first_code": PACKS[0],
    "cartons": f"{CARTON} 3", "release_certificate": "R-WALK",
}  # fmt: skip
VACCINATED = "SELECT person_id FROM clinic_injection WHERE lot = %s"


def scan(page, code: str) -> None:
    page.locator("#code").fill(code)
    page.locator("#code").press("Enter")
    page.wait_for_load_state("networkidle")


def from_its_maker(cdc, product: str, site: str) -> None:  # noqa: F811
    """Three vials of two doses come in a carton to the city's store, and leave by the code of the carton."""
    cdc.open("/console/supply/place")
    page, store = cdc.page, re.findall(r"/place/(\d+)", cdc.page.url)[0]
    cdc.open(f"/console/supply/place/{store}/receive")
    fill(page, "/receive/do", product=product, **RECEIPT, **PAPERS)
    assert "3 packs, 6 doses" in page.locator(".bands").inner_text()
    cdc.open(f"/console/supply/place/{store}/send")
    fill(page, "/send/do", lot=LOT, packs="3", to=site, codes=CARTON)
    assert "6 doses are sent" in page.locator(".bands").inner_text()


def opened_and_taken_in(keeper, site: str) -> None:  # noqa: F811
    """The carton is opened on arrival; two of its vials are scanned and taken in, the third stays on its way."""
    page = keeper.page
    keeper.open(f"/console/supply/place/{site}")
    page.locator(f"li:has(a[href$='/lot/{LOT}']) a[href*='/shipment/']").click()
    page.wait_for_load_state("networkidle")
    scan(page, CARTON)
    page.get_by_role("button", name="Open the carton").click()
    page.wait_for_load_state("networkidle")
    for code in PACKS[:2]:
        scan(page, code)
    keeper.at_peace()
    for name, value in PAPERS.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("form:has([name=taken_by]) button.primary").click()
    page.wait_for_load_state("networkidle")
    assert "4 doses are taken in" in page.locator(".bands").inner_text()


def into_an_arm(nurse, site: str) -> None:  # noqa: F811
    """Inquiry, the vial of two doses scanned, the eleven checks, the first dose of it."""
    page = nurse.page
    _take_ticket(nurse, site)
    nurse.open(f"/console/site/{site}/screening")
    page.locator(".tickets a").last.click()
    for answer in page.locator("input[value=no]").all():
        answer.check()
    page.fill("[name=celsius]", "36.5")
    page.check("[name=agreed][value='1']")
    page.get_by_role("button", name="Recommend and sign").click()
    page.locator(".band.done").first.wait_for()
    nurse.open(f"/console/site/{site}/injection")
    page.locator(".tickets a").last.click()
    scan(page, PACKS[0])
    page.locator("[data-eleven]").wait_for()
    assert "2 / 2" in page.locator(".join").inner_text()
    for check in page.locator("[data-eleven] input").all():
        check.check()
    if page.locator("[name=override]").count():
        page.fill("[name=override]", "same platform, other maker in stock")
    nurse.at_peace()
    page.locator("[data-confirm]").click()
    page.locator(".band.done").first.wait_for()


@pytest.mark.usefixtures("server")
def test_a_dose_goes_from_its_carton_into_an_arm_and_onto_the_pages_of_its_lot_and_its_person(
    visit,
    site: str,  # noqa: F811
    django_db_blocker,
) -> None:
    nurse, keeper, cdc = visit("en", 1280, 800), visit("en", 820, 1180), officer(visit)
    nurse.enter("station")
    keeper.enter("site")
    due = _due(nurse, site)
    cdc.open(f"/console/supply/place/{site}/receive")
    options = cdc.page.locator("[name=product] option").all()
    product = next(o.get_attribute("value") for o in options if o.inner_text().strip() in due)
    from_its_maker(cdc, product, site)
    opened_and_taken_in(keeper, site)
    into_an_arm(nurse, site)
    page = cdc.page
    cdc.open(f"/console/supply/lot/{LOT}")
    assert figure(cdc, 3) == 1
    assert page.locator("svg.journey rect.given").count()
    cdc.at_peace()
    cdc.open(f"/console/supply/chain/{PACKS[0]}")
    way = page.locator("main").inner_text()
    assert "Every hand-over is on record" in way and CARTON in way and "R-WALK" in way
    assert "1 / 2" in way
    cdc.at_peace()
    with django_db_blocker.unblock(), databases.pointed_at(f"seawall_browser_{databases.worker()}"):
        ((person,),) = sql.fetch(VACCINATED, [LOT])
    head = visit("en")
    head.enter("district")
    assert head.open(f"/console/people/{person}") == 200
    head.page.locator(f"tr:has(a[href$='/lot/{LOT}'])").get_by_text("Its way").click()
    head.page.wait_for_load_state("networkidle")
    told = head.page.locator("main").inner_text()
    assert PACKS[0] in told and "In range" in told and "°C" in told
    head.at_peace()
