"""Roles, teams and readiness are a city's tables: who may do what, who must stand at a site, and what must be there."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from seawall.command.services import city_load
from seawall.engines.tables import Mistakes
from seawall.platform import clock
from seawall.reference.services import city_template

from .beginning import administrator, joins
from .first_dose import staffed
from .pages import Visitor
from .test_second_city import LAKESIDE

pytestmark = pytest.mark.django_db
ROLES = "role,name_en,name_sw,used,level,purpose,home,gains,loses,valid_from"
PAGES = "see:frame;see:district;see:district_board;see:site;see:site_board"


@pytest.fixture
def lakeside(tmp_path: Path, settings) -> Iterator[Path]:
    settings.SEAWALL_DEMO, settings.CAMPAIGN_TIME_ZONE = False, ""
    clock.set_to(datetime.now(UTC).replace(hour=10, minute=0))
    city_template(tmp_path / "lakeside")
    yield tmp_path / "lakeside"


def written(folder: Path, table: str, *rows: str) -> None:
    (folder / f"{table}.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")


def test_a_role_of_the_city_s_own_may_what_its_table_says_from_its_day(lakeside: Path, anyone) -> None:
    tomorrow = clock.today() + timedelta(1)
    written(
        lakeside, "roles", ROLES,
        f"WARD_LEAD,Lead of a ward,Kiongozi,,district,service,district_officer,{PAGES};site_open,,2020-01-01",
        "GRID_WORKER,,,0,,,,,,2020-01-01",
        f"DISTRICT_OFFICER,,,,,,,,site_open,{tomorrow}",
    )  # fmt: skip
    city_load(anyone, lakeside)
    admin = administrator("")
    admin.go("/console/staff/assign").sees("Lead of a ward")
    assert "GRID_WORKER" not in admin.sent, "the city has no such role"
    refused = admin.send("role", 422, role="GRID_WORKER", person="Amina", kind0="area", ref0="North")
    assert "GRID_WORKER" in refused.text or "Responsible contact" in refused.text
    lead = joins(admin, "lead", "Amina Juma", "WARD_LEAD", "area", "North").go("/console/sites")
    lead.send("/sites/open", **opened(lead, "N-1")).sees("Site N-1 is in service")
    officer = joins(admin, "officer", "Juan Otieno", "DISTRICT_OFFICER", "area", "North").go("/console/sites")
    officer.send("/sites/open", **opened(officer, "N-2")).sees("Site N-2 is in service")
    told = opened(officer, "N-3")
    clock.set_to(clock.now() + timedelta(1))
    officer.go("/console/sites")
    assert not [form for form in officer.forms() if form.action.endswith("/sites/open")]
    answer = officer.client.post("/console/sites/open", told, HTTP_ACCEPT_LANGUAGE="en")
    assert answer.status_code == 403 and "Lead of a ward" in answer.content.decode(), "whoever may is named"
    lead.go("/console/sites").send("/sites/open", **opened(lead, "N-3")).sees("Site N-3 is in service")


def test_a_city_without_chinese_is_asked_for_no_chinese_notice(lakeside: Path, anyone) -> None:
    city_load(anyone, lakeside)
    editor = joins(administrator(""), "editor", "Amina Juma", "EDITOR", "area", "C").go("/console/notices")
    assert "in Chinese" not in editor.text
    last = str(clock.today() + timedelta(9))
    editor.send("title_en", title_en="Open on Sunday", text_en="All sites", source="letter 3", until=last)
    editor.sees("Open on Sunday", "waits for another post")


def opened(visitor: Visitor, code: str) -> dict[str, str]:
    """The form of a new site, filled in."""
    leaf = re.search(rf'<option value="(\d+)"[^>]*>[^<]*{LAKESIDE.leaf}', visitor.text)[1]
    return dict(LAKESIDE.site, code=code, leaf_id=leaf)


def test_teams_and_readiness_are_those_of_the_city_by_the_size_of_the_site(lakeside: Path, anyone) -> None:
    written(
        lakeside, "team", "role,stations,least,most,certified,valid_from",
        *(f"{role},,1,,yes,2020-01-01" for role in ("SCREENER", "VACCINATOR", "OBSERVER")),
        "VACCINATOR,2,2,,yes,2020-01-01", "SITE_MANAGER,,1,,no,2020-01-01",
        *(f"{role},,0,,no,2020-01-01" for role in ("STATION_NURSE", "REGISTRAR", "EMERGENCY_CLINICIAN")),
    )  # fmt: skip
    written(
        lakeside, "readiness", "code,severity,by_role,name_en,valid_from",
        "TENT,stop,,A tent with shade,2020-01-01", "RADIO,note,,Radio,2020-01-01",
    )  # fmt: skip
    city_load(anyone, lakeside)
    posts, site = staffed(administrator(""), replace(LAKESIDE, site=dict(LAKESIDE.site, stations="2")))
    manager, day = posts["manager"], clock.today()

    def planned(stations: int) -> None:
        told = {f"plan_{day}": "1", f"opens_{day}": "08:00", f"closes_{day}": "18:00", f"seats_{day}": "6"}
        manager.go(f"{site}/week").send("/week/plan", **told, **{f"stations_{day}": str(stations)})

    planned(2)
    manager.go(f"{site}/team").send("/team/set").sees("Vaccinator", "and 2 are needed")
    planned(1)
    manager.go(f"{site}/team").send("/team/set").sees("The team is set")
    assert "Ambulance" not in manager.go(site).sees("A tent with shade", "Radio").text
    assert "The session is open" not in manager.send(f"{site}/open").sees("is not ready", "A tent with shade").text
    manager.go(site).send(f"{site}/open", ready=["TENT"]).sees("The session is open")


def test_a_role_in_which_somebody_holds_a_post_is_not_taken_away(lakeside: Path, anyone) -> None:
    written(
        lakeside, "roles", ROLES, f"WARD_LEAD,Lead of a ward,,,district,service,district_officer,{PAGES},,2020-01-01"
    )
    city_load(anyone, lakeside)
    admin = administrator("")
    for role, name in (("WARD_LEAD", "lead"), ("DISTRICT_OFFICER", "officer")):
        joins(admin, name, "Amina Juma", role, "area", "North")
    written(lakeside, "roles", ROLES, "DISTRICT_OFFICER,,,0,,,,,,2020-01-01")
    with pytest.raises(Mistakes) as wrong:
        city_load(anyone, lakeside)
    assert {(m.value, m.rule) for m in wrong.value.found} == {
        ("WARD_LEAD", "role_known"),
        ("DISTRICT_OFFICER", "role_held"),
    }
