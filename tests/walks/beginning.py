"""How an installation begins, through pages alone: one link, accounts and posts, campaign, store, hospital, site, session."""

import re
from datetime import date, timedelta
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

from django.core.files.uploadedfile import SimpleUploadedFile

from seawall.interfaces.cli.first import GRANTS, first_account
from seawall.interfaces.cli.intake import actor
from seawall.platform import clock
from seawall.reference.services import city_load
from tests.clinic.conftest import CITY

from .authenticator import PASSWORD, set_up
from .pages import Visitor

DAY = date(2021, 4, 10)
OFFICES = (
    ("office", "陈办", "COMMAND_OFFICE", "area", "500000"),
    ("officer", "李强", "DISTRICT_OFFICER", "area", "渝中区"),
    ("cold", "周敏", "CDC_COLD_CHAIN", "area", "500000"),
    ("head", "何组", "LEADING_GROUP_HEAD", "area", "500000"),
    ("first", "吕责", "FIRST_RESPONSIBLE", "unit", "500103"),
)
CREW = (
    ("manager", "赵晨", "SITE_MANAGER"),
    ("registrar", "孙登", "REGISTRAR"),
    ("nurse", "王芳", "STATION_NURSE"),
)
TEAM = (
    ("钱晚", "SITE_MANAGER"),
    ("吴问", "SCREENER"),
    ("郑针", "VACCINATOR"),
    ("冯观", "OBSERVER"),
    ("卫急", "EMERGENCY_CLINICIAN"),
)
"""Named to the site; somebody else of it signs in."""
CERTIFIED = {"STATION_NURSE", "SCREENER", "VACCINATOR", "OBSERVER"}


def chosen(visitor: Visitor, link: str, username: str) -> Visitor:
    """Whoever was given the link chooses a password and signs in with it."""
    visitor.go(urlsplit(link).path).send("new_password1", new_password1=PASSWORD, new_password2=PASSWORD)
    return visitor.sees("Your password is set").send("username", username=username, password=PASSWORD)


def entered(visitor: Visitor) -> Visitor:
    return visitor.send("post", post=visitor.go("/console/start").form("post").buttons[0][1])


def administrator(city: str = "chongqing") -> Visitor:
    """`seawall init` gives a link to the administrator of a city whose campaigns are not taken in yet."""
    if city:
        city_load(city)
    return administers(
        Visitor(), first_account(actor(None, "en", GRANTS), "admin", "Administrator", "http://testserver")
    )


def administers(visitor: Visitor, link: str) -> Visitor:
    """With the link of `seawall init`; the role asks for a second factor, then lets in."""
    entered(chosen(visitor, link, "admin"))
    set_up(visitor.sees("asks for a second factor"))
    assert "asks for a second factor" not in visitor.text
    return entered(visitor.sees("Recovery"))


def joins(
    admin: Visitor, username: str, name: str, role: str, kind: str, ref: str, programme: str = "covid19-cn"
) -> Visitor:
    """An account with its link, and a post on it: whoever is let in stands on a page of their work."""
    admin.go("/console/staff/accounts").send("/accounts/new", username=username, name=name)
    link = unescape(re.search(r'<input value="([^"]+/welcome/[^"]+)" readonly', admin.text)[1])
    admin.go("/console/staff/accounts")
    page = re.search(rf'href="(/console/staff/accounts/\d+)">{username}<', admin.text)[1]
    assign = unescape(re.search(r'href="(/console/staff/assign[^"]*)"', admin.go(page).text)[1])
    posted(admin.go(assign), name, role, kind, ref, programme)
    return entered(chosen(admin.another(), link, username))


def posted(form: Visitor, name: str, role: str, kind: str, ref: str, programme: str = "covid19-cn") -> None:
    """A post, and the certificate that its holder shows."""
    form.send("role", role=role, person=name, kind0=kind, ref0=ref).sees("The post is assigned.", name)
    if role in CERTIFIED:
        until = str(clock.today() + timedelta(365))
        form.send("exam", kind="VACCINATION_TRAINING", programme=programme, valid_to=until)
        form.sees("The credential is recorded.")


def campaign_taken_in(office: Visitor) -> None:
    """Nothing refuses the newcomer with a closed door: the first page says what comes first, and whose it is."""
    assert office.path == "/console/first"
    office.sees("First steps", "Take in the campaign", "District health officer")
    files = [SimpleUploadedFile(path.name, path.read_bytes()) for path in Path(CITY).iterdir()]
    office.go("/console/campaign").sees("No campaign is set up yet").send("/campaign/files", files=files)
    office.sees("The campaign is taken in.")


def store_and_hospital_registered(office: Visitor) -> None:
    office.go("/console/first").sees("/console/act/place_register").go("/console/act/place_register")
    told = {"kind": "store", "code": "YZ-STORE", "name_zh": "渝中疫苗库", "name_en": "Yuzhong store"}
    office.send("act", **told, **{"leaf_id.said": "Jiefangbei"}).sees("YZ-STORE")
    office.go("/console/first").sees("/console/act/facility_register").go("/console/act/facility_register")
    told = {"code": "YZ-H1", "name_zh": "渝中医院", "name_en": "Yuzhong hospital", "grade": "3"}
    office.send("act", **told, **{"leaf_id.said": "Jiefangbei"}).sees("YZ-H1")


def site_opened(officer: Visitor) -> tuple[str, str]:
    """The site's address in the console, and its street."""
    officer.go("/console/sites").sees("No site is in service yet")
    leaf = re.search(r'<option value="(\d+)"[^>]*>[^<]*Jiefangbei', officer.text)[1]
    told = {
        "code": "YZ-01", "name_zh": "解放碑接种点", "name_en": "Jiefangbei site", "phone": "023-63000000", "leaf_id": leaf,
        "address_zh": "民族路1号", "address_en": "1 Minzu Road", "longitude": "106.57", "latitude": "29.56",
        "stations": "1", "seats": "20",
    }  # fmt: skip
    officer.send("/sites/open", **told).sees("Site YZ-01 is in service", "has no session in the coming week")
    return re.search(r'href="(/console/site/\d+)"', officer.text)[1], leaf


def session_opened(manager: Visitor, site: str, on: date = DAY) -> None:
    """The day is planned, its team set and what it needs found in place."""
    manager.go(site).sees("No session is planned for this day", f"{site}/week")
    day = {f"plan_{on}": "1", f"opens_{on}": "08:00", f"closes_{on}": "18:00", f"stations_{on}": "1"}
    manager.go(f"{site}/week").send("/week/plan", **day, **{f"seats_{on}": "6"}).sees("Days planned: 1.")
    manager.go(f"{site}/team").send("/team/set").sees("The team is set")
    ready = re.findall(r'name="ready" value="([A-Z_]+)"', manager.go(site).text)
    manager.send(f"{site}/open", ready=ready).sees("The session is open")
