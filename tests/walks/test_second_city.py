"""A city of another country: four levels, Spanish and English, another identity number, a day that begins by summer time."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from seawall.command.services import city_load
from seawall.people import selectors as people
from seawall.platform import clock
from seawall.reference import folders, selectors
from seawall.reference.services import city_template

from .beginning import administrator, joins
from .entering import come_in
from .first_dose import LOS_RIOS, Ground, arrived, first_dose, injected, ready, registered
from .pages import Visitor, read

pytestmark = pytest.mark.django_db
CITY = folders.folder("los-rios")
DAY = date(2026, 9, 4)
RUN, WRONG = "12.345.678-5", "12.345.678-6"
HAN = re.compile(r"[\u4e00-\u9fff]")
LEFT_OUT = {"area", "valid_to", "successor", "km2", "source", "mark"}


YOUTH = {
    "name": "Tomás Huenchumán",
    "sex": "1",
    "birth": "2009-02-03",
    "number": "22.222.222-2",
    "phone": "+56 9 6123 4568",
}
GUARDIAN = {"signer": "guardian", "signer_name": "Amina Juma", "relation": "mother"}
SITE = {"code": "N-1", "name_en": "North clinic", "address_en": "Lake Road", "stations": "1", "seats": "20"}
LAKESIDE = Ground(
    whole="C", district="North", leaf=r"\s*North two", programme="measles", product="MR", doses_per_pack=10,
    store="City vaccine store", site=SITE | {"phone": "0712 345678", "longitude": "36.82", "latitude": "-1.26"}, consent=GUARDIAN,
    person={"name": "Baraka Juma", "sex": "1", "birth": str(datetime.now(UTC).date() - timedelta(4 * 366)), "number": "12345678"},
)  # fmt: skip


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


def test_the_campaign_dose_and_the_catch_up_are_due_booked_screened_and_given_by_target(anyone) -> None:
    """Of one ten-dose vial: a child with both routine doses has the campaign's, a youth without any the routine's first."""
    city_load(anyone, "los-rios")
    posts, site = ready(administrator(""), LOS_RIOS)
    officer, registrar, nurse = posts["officer"], posts["registrar"], posts["nurse"]
    child, youth = dict(LOS_RIOS.person), YOUTH
    registered(registrar, child)
    record = f"/console/people/{people.identify(child['number'], date.fromisoformat(child['birth']))}"
    for day in ("2023-05-08", "2025-05-06"):
        told = {"given_on": day, "product": "MMR", "source": "elsewhere", "proof": "BOOKLET", "proof_number": "A1"}
        officer.go(f"{record}/elsewhere?programme=measles-cl").send("proof", **told).sees("The dose is recorded")
    assert due(child) == {"SIA": ("due", 1), "CATCH_UP": ("complete", None)}
    injected(nurse, site, arrived(nurse, site, child), LOS_RIOS.consent)
    assert due(child) == {"SIA": ("complete", None), "CATCH_UP": ("complete", None)}
    registered(registrar, youth)
    assert due(youth) == {"SIA": ("ineligible", 1), "CATCH_UP": ("overdue", 1)}
    citizen = come_in(Visitor().go("/book"), youth["number"])
    seat = citizen.go(f"/book/when?site={site.rpartition('/')[2]}&day={DAY}").form("starts_at").buttons[0][1]
    citizen.send("starts_at", starts_at=seat).send("act").sees("Isla Teja clinic")
    clock.set_to(datetime.fromisoformat(seat))
    injected(nurse, site, arrived(nurse, site, youth), {"signer": "self"})
    assert due(youth) == {"SIA": ("complete", None), "CATCH_UP": ("not_yet", 2)}, (
        "it came in the days of the campaign too"
    )
    early = dict(child) | {"name": "Inés Catrileo", "number": "76.086.428-5", "birth": "2022-06-01"}
    registered(registrar, early)
    record = f"/console/people/{people.identify(early['number'], date.fromisoformat(early['birth']))}"
    told |= {"given_on": str(DAY - timedelta(10))}
    officer.go(f"{record}/elsewhere?programme=measles-cl").send("proof", **told).sees("The dose is recorded")
    nurse.go(f"{site}/arrival?q={early['number']}").sees("Inés Catrileo", "22 Sep 2026")
    assert "appointment" not in {name for form in nurse.forms() for name in form.names()}
    posts["cold"].go("/console/supply").sees("given 2")


def due(person: dict[str, str]) -> dict[str, tuple[str, int | None]]:
    """What somebody is due by target."""
    who = people.identify(person["number"], date.fromisoformat(person["birth"]))
    rows = {target: people.due_rows([who], f"measles-cl/{target}")[who] for target in ("SIA", "CATCH_UP")}
    return {target: (str(row.status), row.dose_rank) for target, row in rows.items()}


def test_days_begin_by_summer_time() -> None:
    administrator("los-rios")
    assert clock.civil_day(datetime(2026, 9, 5, 3, 30, tzinfo=UTC)) == date(2026, 9, 4)  # UTC-4
    assert clock.civil_day(datetime(2026, 9, 7, 3, 30, tzinfo=UTC)) == date(2026, 9, 7)  # UTC-3
    assert selectors.day_names(date(2026, 9, 18), date(2026, 9, 18))[date(2026, 9, 18)][1] == "Independence Day"


def test_the_template_of_a_city_gives_its_first_dose_without_a_word_or_rule_of_another_country(
    tmp_path, anyone
) -> None:
    """A new folder as it is written, made smaller by the columns that nobody needs; vials bear no trace code."""
    clock.set_to(datetime.now(UTC).replace(hour=10, minute=0))
    city_template(tmp_path / "lakeside")
    for table in ("areas", "places", "facilities"):
        lines = [line for line in (tmp_path / "lakeside" / f"{table}.csv").read_text().splitlines() if line[0] != "#"]
        kept = [n for n, name in enumerate(lines[0].split(",")) if name not in LEFT_OUT]
        cut = [",".join(line.split(",")[n] for n in kept) for line in lines]
        (tmp_path / "lakeside" / f"{table}.csv").write_text("\n".join(cut))
    city_load(anyone, tmp_path / "lakeside")
    admin = administrator("")
    posts = first_dose(admin, LAKESIDE)
    assert "Children of 0 to 14 years" in portal("/home", "en"), "who is older may not come"
    assert "Chinese" not in posts["officer"].go("/console/sites").text, "nobody is asked for a name in Chinese"
    for who in (admin, *posts.values()):
        told = re.sub(
            r"\([^()]*《[^》]*》[^()]*\)+", "", who.text.replace("(2021)", "")
        )  # documents that shipped rules cite
        assert not HAN.search(told), who.path
