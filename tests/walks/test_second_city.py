"""A city of another country: four levels, Spanish and English, another identity number, a day that begins by summer time."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from seawall.command.services import city_load
from seawall.platform import clock
from seawall.reference import folders, selectors
from seawall.reference.services import city_template

from .beginning import CREW, TEAM, administrator, joins, posted, session_opened
from .pages import read

pytestmark = pytest.mark.django_db
CITY = folders.folder("los-rios")
DAY = date(2026, 9, 4)
RUN, WRONG = "12.345.678-5", "12.345.678-6"
HAN = re.compile(r"[\u4e00-\u9fff]")
LEFT_OUT = {"area", "valid_to", "successor", "km2", "source", "mark"}


@pytest.fixture(autouse=True)
def _noon(db: None, settings) -> Iterator[None]:
    settings.SEAWALL_DEMO, settings.CAMPAIGN_TIME_ZONE = False, ""
    clock.set_to(datetime(2026, 9, 4, 16, tzinfo=UTC))
    yield


def portal(path: str, language: str = "") -> str:
    headers = {"Accept-Language": language} if language else {}
    return read(Client(headers=headers).get(path, follow=True))


def test_a_region_of_chile_from_an_empty_database_to_a_registered_child_and_a_site() -> None:
    admin = administrator("los-rios")
    assert clock.today() == DAY
    office = joins(admin, "office", "Rosa Soto", "COMMAND_OFFICE", "area", "14").sees("Los Ríos")
    campaign = folders.campaigns(CITY)[0]
    files = [SimpleUploadedFile(path.name, path.read_bytes()) for path in Path(campaign).iterdir()]
    office.go("/console/campaign").send("/campaign/files", files=files).sees("The campaign is taken in.")
    officer = joins(admin, "officer", "Juan Pérez", "DISTRICT_OFFICER", "area", "Valdivia")
    leaf = re.search(r'<option value="(\d+)"[^>]*>[^<]*Isla Teja', officer.go("/console/sites").text)[1]
    told = {
        "code": "IT-01", "name_zh": "Isla Teja", "name_en": "Isla Teja clinic", "phone": "63 221 2345", "leaf_id": leaf,
        "address_zh": "Los Robles 1", "address_en": "Los Robles 1", "longitude": "-73.26", "latitude": "-39.81", "stations": "1",
        "seats": "20",
    }  # fmt: skip
    officer.send("/sites/open", **told).sees("Site IT-01 is in service")
    registrar = joins(admin, "registrar", "Ana Díaz", "REGISTRAR", "site", "IT-01")
    child = {
        "name": "José María Fernández de la Cruz Ñancupil",
        "sex": "1",
        "birth": "2022-05-01",
        "phone": "+56 9 6123 4567",
    }
    form = registrar.go("/console/people/new").form("birth_precision")
    assert form.values["leaf_id"] == leaf and form.values["kind"] == "RUN"
    registrar.send("birth_precision", **child, number=WRONG).sees("The check digit does not fit")
    registrar.go("/console/people/new").send("birth_precision", **child, number=RUN).sees("The person is registered")
    for path in ("/home", "/sites", "/book"):
        for language in ("es", "en", "fr", "zh", ""):
            assert not HAN.search(portal(path, language)), (path, language)
    assert "Reservar una vacunación" in portal("/home", "es-CL,es;q=0.9")
    assert "Reservar una vacunación" in portal("/home")
    assert "Book a vaccination" in portal("/home", "fr")


def test_days_begin_by_summer_time() -> None:
    administrator("los-rios")
    assert clock.civil_day(datetime(2026, 9, 5, 3, 30, tzinfo=UTC)) == date(2026, 9, 4)  # UTC-4
    assert clock.civil_day(datetime(2026, 9, 7, 3, 30, tzinfo=UTC)) == date(2026, 9, 7)  # UTC-3
    assert selectors.day_names(date(2026, 9, 18), date(2026, 9, 18))[date(2026, 9, 18)][1] == "Independence Day"


def test_the_template_of_a_city_gives_its_first_dose_without_a_word_or_rule_of_another_country(tmp_path) -> None:
    """A new folder as it is written, made smaller by the columns that nobody needs; vials bear no trace code."""
    clock.set_to(datetime.now(UTC).replace(hour=10, minute=0))
    city_template(tmp_path / "lakeside")
    for table in ("areas", "places", "facilities"):
        lines = [line for line in (tmp_path / "lakeside" / f"{table}.csv").read_text().splitlines() if line[0] != "#"]
        kept = [n for n, name in enumerate(lines[0].split(",")) if name not in LEFT_OUT]
        cut = [",".join(line.split(",")[n] for n in kept) for line in lines]
        (tmp_path / "lakeside" / f"{table}.csv").write_text("\n".join(cut))
    city_load(tmp_path / "lakeside")
    admin = administrator("")
    officer = joins(admin, "officer", "John Otieno", "DISTRICT_OFFICER", "area", "North")
    leaf = re.search(r'<option value="(\d+)"[^>]*>\s*North two', officer.go("/console/sites").text)[1]
    assert "Chinese" not in officer.text, "nobody is asked for a name in Chinese"
    told = {
        "code": "N-1",
        "name_en": "North clinic",
        "phone": "0712 345678",
        "leaf_id": leaf,
        "address_en": "Lake Road",
    }
    where = {"longitude": "36.82", "latitude": "-1.26", "stations": "1", "seats": "20"}
    officer.send("/sites/open", **told, **where).sees("Site N-1 is in service")
    site = re.search(r'href="(/console/site/\d+)"', officer.text)[1]
    crew = {name: joins(admin, name, f"Jane {name}", role, "site", "N-1", "measles-sia") for name, _, role in CREW}
    for _, role in TEAM:
        posted(admin.go("/console/staff/assign"), f"John {role}", role, "site", "N-1", "measles-sia")
    session_opened(crew["manager"], site, clock.today())
    cold = joins(admin, "cold", "Mary Wanjiru", "CDC_COLD_CHAIN", "area", "C")
    store = cold.go("/console/supply/place").sees("City vaccine store").path
    papers = {"temperature_record": "T-1", "min_celsius": "3", "max_celsius": "6", "handed_by": "A", "taken_by": "B"}
    lot = {"product": "MR", "lot": "MR1", "expires": str(clock.today() + timedelta(300)), "packs": "2"}
    cold.go(f"{store}/receive").send(
        "/receive/do", **lot, doses_per_pack="10", release_certificate="R-1", diluent="D-1", **papers
    )
    cold.sees("2 packs, 20 doses").go(f"{store}/send").send("to", lot="MR1", packs="1", to="N-1")
    crew["manager"].go(site.replace("/site/", "/supply/place/")).send("shipment", **papers).sees(
        "10 doses are taken in"
    )
    child = {"name": "Baraka Juma", "sex": "1", "birth": str(clock.today() - timedelta(4 * 366)), "number": "12345678"}
    crew["registrar"].go("/console/people/new").send("birth_precision", **child, phone="0712 345 679")
    nurse = crew["nurse"].go(f"{site}/arrival?q=12345678").send("appointment").sees("next in line")
    visit = re.search(r"visit=([0-9a-f-]{36})", nurse.go(f"{site}/screening").text)[1]
    nurse.go(f"{site}/screening?visit={visit}")
    asked = {name: "no" for name in nurse.form("celsius").values if name.startswith("q_")}
    signed = {"agreed": ["1"], "signer": "guardian", "signer_name": "Amina Juma", "relation": "mother"}
    nurse.send("celsius", celsius="36.6", outcome="recommended", **signed, **asked)
    pack = re.search(r'href="\?visit=[^"]*code=([0-9A-Z]{20})"', nurse.go(f"{site}/injection?visit={visit}").text)[1]
    nurse.go(f"{site}/injection?visit={visit}&code={pack}").sees("reconstituted with its diluent")
    nurse.send("vvm_stage", vvm_stage="3", diluent="D-1").sees("past 2")
    nurse.send("vvm_stage", vvm_stage="1", diluent="D-2").sees("D-2 may not be used")
    nurse.send("vvm_stage", vvm_stage="1", diluent="D-1").sees("May be vaccinated")
    nurse.send("arm", check=re.findall(r'name="check" value="([A-Z_]+)"', nurse.text)).sees("North clinic")
    cold.go("/console/supply").sees("given 1")
    for who in (admin, officer, cold, *crew.values()):
        told = re.sub(
            r"\([^()]*《[^》]*》[^()]*\)+", "", who.text.replace("(2021)", "")
        )  # documents that shipped rules cite
        assert not HAN.search(told), who.path
