"""The cold chain at the screen: the wall, a device, a warm reading, sealed and moved, decided; a logger's file; the devices as a table."""

import html
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from seawall.platform import clock
from seawall.supply import selectors as supply
from seawall.supply.models import ReadingDay
from tests.clinic.world import DAY, World

pytestmark = pytest.mark.django_db
WALL = "/console/supply/cold"


@pytest.fixture
def officer(hall, sign_in):
    return sign_in("CDC_COLD_CHAIN", ("area", "500000"))


@pytest.fixture
def keeper(hall, sign_in):
    return sign_in("COLD_CHAIN_MANAGER", ("site", hall.site))


def doses(place: int) -> dict[tuple[str, str], int]:
    return {(row.lot, row.state.value): row.doses for row in supply.stock([place])}


def test_a_warm_refrigerator_is_seen_emptied_and_decided(hall: World, officer, keeper):
    hall.packs(6)
    officer.go(WALL).sees("No device is registered yet")
    told = {"kind": "refrigerator", "temperature": "cool", "litres": "90", "every_minutes": "0"}
    officer.send("litres", **told, place_id=str(hall.site), device="F1").sees("Device F1 is registered", "read by hand")
    officer.go(WALL).send("litres", **told, place_id=str(hall.other), device="F2")
    here = f"{WALL}/{hall.site}/F1"
    keeper.go(here).send("celsius", celsius="4.5").sees("4.5 °C", "In range")
    clock.set_to(hall.now + timedelta(minutes=5))
    keeper.go(here).send("celsius", celsius="11.5").sees("Out of its limits", "To be decided", "Seal and move")
    assert doses(hall.site) == {("L0001", "quarantined"): 6}
    officer.go(WALL).sees("Out of temperature", "1 device", "nearest free:", "F2")
    keeper.go(here).send("to", to=f"{hall.other}/F2").sees("6 doses are sealed and moved to device F2")
    clock.set_to(hall.now + timedelta(minutes=35))
    keeper.go(here).send("celsius", celsius="5").sees("30 minutes")
    assert "Decide" not in keeper.text
    officer.go(here).send("decision", decision="release", reason="within the maker's data").sees("6 doses follow it")
    officer.go(here).sees("Released", "within the maker").sees("In range")
    assert supply.difference() == []


def test_a_loggers_file_is_read_shown_and_kept(hall: World, keeper):
    hall.device(name="L1")
    content = b"timestamp,celsius\n2021-04-10T03:00:00,4.5\n2021-04-10T03:10:00,x\n2021-04-10T03:20:00,4.7\n"
    here = f"{WALL}/{hall.site}/L1"
    form = keeper.go(here).form("layout")
    sent = {**form.values, "layout": "comma", "file": SimpleUploadedFile("april.csv", content)}
    keeper.client.post(form.action, sent)
    keeper.go(here).sees("2 readings may be kept; 1 lines cannot be read", "april.csv")
    keeper.client.post(*_commit(keeper))
    keeper.go(here).sees("2 readings are kept", "4.7 °C")
    assert ReadingDay.objects.get().hundredths == [450, 470]


def _commit(keeper):
    form = next(f for f in keeper.forms() if f.action.endswith("/commit"))
    return form.action, form.values


def test_the_table_of_devices_goes_out(hall: World, officer):
    hall.device(name="F1")
    table = officer.client.get(f"{WALL}/devices.csv").content.decode("utf-8-sig")
    assert table.splitlines()[1].startswith("HALL-1,F1,refrigerator,cool,100.0,0")


def test_what_stands_elsewhere_is_out_of_reach_and_what_is_not_granted_refused(hall: World, keeper, sign_in):
    hall.device(hall.other, "F2")
    hall.device(hall.site, "F1")
    keeper.go(f"{WALL}/{hall.other}/F2", status=403)
    assert "F2" not in keeper.go(WALL).text
    manager = sign_in("SITE_MANAGER", ("site", hall.site))
    manager.go(f"{WALL}/{hall.site}/F1")
    assert "calibrated_on" not in manager.text
    assert manager.client.post(f"{WALL}/{hall.site}/F1/calibrate", {}).status_code == 403
    assert manager.client.post(f"{WALL}/{hall.site}/F1/nothing", {}).status_code == 400
    keeper.go(f"{WALL}/{hall.site}/F1").send(
        "certificate", calibrated_on=str(DAY), calibration_due="2022-04-10", certificate="C-1"
    ).sees("calibrated until")


def test_a_dose_knows_the_worst_temperature_of_its_way(hall: World, officer, keeper):
    code, *_ = hall.packs(3)
    hall.device(name="F1")
    here = f"{WALL}/{hall.site}/F1"
    for minutes, celsius in ((1, "4"), (31, "9.5"), (51, "5")):
        clock.set_to(hall.now + timedelta(minutes=minutes))
        keeper.go(here).send("celsius", celsius=celsius)
    keeper.go("/console/supply/lot/L0001").sees("Temperatures of its way")
    keeper.go(f"/console/supply/way?code={code}").sees("9.5 °C", "20 minutes out of range", "City store →", "F1")
    keeper.go("/console/supply/way?code=1", status=403)


def test_a_persons_dose_opens_its_way_until_the_moment_it_was_given(hall: World, keeper, sign_in):
    code, *_ = hall.packs(3)
    hall.device(name="F1")
    person = hall.person()
    hall.give(hall.ready(person), code)
    clock.set_to(hall.now + timedelta(minutes=90))
    keeper.go(f"{WALL}/{hall.site}/F1").send("celsius", celsius="9.5")
    director = sign_in("CDC_DIRECTOR", ("area", "500000"))
    director.go(f"/console/people/{person}")
    way = re.search(r'href="(/console/supply/way\?[^"]+)"', director.text)
    assert way, "the dose leads to its way"
    director.go(html.unescape(way[1])).sees(code)
    assert "9.5 °C" not in director.text, "what became warm after the dose is none of its way"
    director.go(f"/console/supply/way?code={code}").sees("9.5 °C")
    director.go(f"/console/supply/way?code={code}&until=never", status=400)
