"""A cold-chain night: a logger at a real broker tells of a warm refrigerator; what stood there is held, moved and decided."""

import os
import subprocess
import sys
import time

import pytest

from seawall.reference.services import PlaceNew, places_register
from seawall.terms.codes import PlaceKind
from tests import databases
from tests.broker import broker, loggers

STORE, WARM, GOOD = "NIGHT", "NIGHT-1", "NIGHT-2"
LOT = {
    "lot": "NIGHT-L1", "expires": "2023-03-01", "packs": "20", "doses_per_pack": "1", "first_code": "8999998" + "0" * 13,
    "release_certificate": "R-1", "temperature_record": "T-9", "min_celsius": "2.5", "max_celsius": "7.5",
    "handed_by": "甲", "taken_by": "乙",
}  # fmt: skip


@pytest.fixture
def port(server, tmp_path):
    """The port of a broker, with a listener for the server's database beside it."""
    with broker(tmp_path) as found:
        told = {"SEAWALL_DATABASE": f"seawall_browser_{databases.worker()}", "SEAWALL_DEMO": "1"}
        told |= {"SEAWALL_MQTT_URL": f"mqtt://127.0.0.1:{found}", "SEAWALL_MQTT_LAYOUT": "plain"}
        command = [sys.executable, "-m", "seawall.interfaces.cli.main", "worker", "mqtt"]
        listener = subprocess.Popen(command, env=os.environ | told)
        try:
            yield found
        finally:
            listener.terminate()
            listener.wait(20)


@pytest.fixture
def place(server, django_db_blocker) -> int:
    """A store of its own, so that no dose of the city is held."""
    night = PlaceNew(kind=PlaceKind.STORE, code=STORE, name_zh="夜库", name_en="Night depot", synthetic=True)
    with django_db_blocker.unblock(), databases.pointed_at(f"seawall_browser_{databases.worker()}"):
        return places_register([night])[0]


def fill(page, action: str, **told: str):
    """The form of an address, filled in and sent."""
    form = page.locator(f"form[action$='{action}']").first
    for name, value in told.items():
        field = form.locator(f"[name={name}]")
        if field.evaluate("e => e.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    form.locator("button.go").last.click()
    page.wait_for_load_state("networkidle")


def depot(officer, place: int) -> str:
    """The address of the first of two refrigerators there, with a lot in it."""
    page = officer.page
    for device in (WARM, GOOD):
        officer.open("/console/supply/cold")
        fill(page, "/register", place_id=str(place), device=device, litres="90")
    officer.open(f"/console/supply/place/{place}/receive")
    product = page.locator("[name=product] option[value]:not([value=''])").first.get_attribute("value")
    fill(page, "/receive/do", product=str(product), **LOT)
    officer.open(f"/console/supply/cold/{place}/{WARM}")
    fill(page, "/shelve", lot=LOT["lot"], device=WARM)
    return f"/console/supply/cold/{place}/{WARM}"


def test_a_warm_night_is_heard_held_moved_and_decided(visit, port, place) -> None:
    officer = visit("en", 1280, 900)
    officer.enter("supply")
    here, page = depot(officer, place), officer.page
    until = time.monotonic() + 30
    with loggers(port) as client:
        while time.monotonic() < until:  # the listener starts meanwhile; the same reading again changes nothing
            client.publish(f"sensors/{STORE}/{WARM}/temperature", "11.5", qos=1).wait_for_publish(5)
            officer.open(here)
            if page.locator(".verdict.stop").count():
                break
            time.sleep(0.3)
    assert "Out of its limits" in page.locator(".verdict").inner_text()
    assert "To be decided" in page.locator("main").inner_text()
    officer.at_peace()
    officer.open("/console/supply/cold")
    assert page.locator(".device.stop").first.inner_text().startswith(WARM)
    assert GOOD in page.locator(".device.stop").first.inner_text()
    officer.at_peace()
    officer.open(here)
    goes = page.locator("form[action$='/empty'] [name=to] option").filter(has_text=GOOD).get_attribute("value")
    fill(page, "/empty", to=str(goes))
    assert "20 doses are sealed and moved" in page.locator(".bands").inner_text()
    fill(page, "/decide", decision="destroy", reason="above 11 °C, no maker's data")
    assert "20 doses follow it" in page.locator(".bands").inner_text()
    assert "Destroyed" in page.locator("main").inner_text()
    officer.at_peace()


@pytest.mark.parametrize(("language", "width"), [("zh", 1440), ("en", 820), ("zh", 390)])
def test_the_wall_fits_every_screen_in_both_languages(visit, language: str, width: int) -> None:
    officer = visit(language, width, 900)
    officer.enter("supply")
    officer.open("/console/supply/cold")
    assert page_title(officer) == {"zh": "冷链", "en": "Cold chain"}[language]
    officer.at_peace()
    link = officer.page.locator(".devices .device a").first
    if link.count():
        link.click()
        officer.page.wait_for_load_state("networkidle")
        officer.at_peace()


def page_title(visitor) -> str:
    return visitor.page.title().split("·")[0].strip()
