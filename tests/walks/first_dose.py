"""The shortest way from an administrator's first page to a dose in the report of its day, in any city, through pages alone."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from time import monotonic, sleep

from seawall.platform import clock
from tests.clinic.world import resident_id

from .beginning import CREW, TEAM, joins, posted, session_opened
from .pages import Visitor

PACKS = 2


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What differs from one city to the next on this way."""

    whole: str  # code of the city's area
    district: str  # what its officer types
    leaf: str  # the name under which a site finds its area
    programme: str
    product: str
    doses_per_pack: int
    store: str
    site: Mapping[str, str]  # fields of its form
    person: Mapping[str, str]
    consent: Mapping[str, str]
    first_code: str = ""  # of packs that bear trace codes
    registered: Mapping[str, Mapping[str, str]] = field(
        default_factory=dict
    )  # verb: fields of what the city's folder lacks

    @property
    def code(self) -> str:
        return self.site["code"]


def staffed(admin: Visitor, ground: Ground) -> tuple[dict[str, Visitor], str]:
    """A district's officer opens the site; who works there, by account. The site's address."""
    posts = {"officer": joins(admin, "officer", "Juan Otieno", "DISTRICT_OFFICER", "area", ground.district)}
    officer = posts["officer"].go("/console/site")  # a store in the district is no site
    leaf = re.search(rf'<option value="(\d+)"[^>]*>[^<]*{ground.leaf}', officer.text)[1]
    officer.send("/sites/open", **ground.site, leaf_id=leaf).sees(f"Site {ground.code} is in service")
    site = re.search(r'href="(/console/site/\d+)"', officer.text)[1]
    posts |= {
        name: joins(admin, name, f"Jane {name}", role, "site", ground.code, ground.programme) for name, _, role in CREW
    }
    for _, role in TEAM:
        posted(admin.go("/console/staff/assign"), f"John {role}", role, "site", ground.code, ground.programme)
    return posts, site


def stocked(cold: Visitor, manager: Visitor, site: str, ground: Ground) -> None:
    """A lot is received at the store, sent, and taken in where it is needed."""
    store = cold.go("/console/supply/place").sees(ground.store).path
    papers = {"temperature_record": "T-1", "min_celsius": "3", "max_celsius": "6", "handed_by": "A", "taken_by": "B"}
    lot = {
        "product": ground.product,
        "lot": "FIRST1",
        "expires": str(clock.today() + timedelta(300)),
        "packs": str(PACKS),
    }
    lot |= {"doses_per_pack": str(ground.doses_per_pack), "release_certificate": "R-1", "first_code": ground.first_code}
    if ground.doses_per_pack > 1:
        papers["diluent"] = "D-1"
    doses = PACKS * ground.doses_per_pack
    cold.go(f"{store}/receive").send("/receive/do", **lot, **papers).sees(f"{PACKS} packs, {doses} doses")
    cold.go(f"{store}/send").send("to", lot="FIRST1", packs=str(PACKS), to=ground.code)
    manager.go(site.replace("/site/", "/supply/place/")).send("shipment", **papers)
    manager.sees(f"{doses} doses are taken in")


def registered(registrar: Visitor, person: Mapping[str, str]) -> None:
    registrar.go("/console/people/new").send("birth_precision", **person).sees("The person is registered")


def arrived(nurse: Visitor, site: str, person: Mapping[str, str]) -> str:
    """Let in, with a booking or without: the visit."""
    nurse.go(f"{site}/arrival?q={person['number']}")
    nurse.send("appointment").sees("next in line")
    return re.search(r"visit=([0-9a-f-]{36})", nurse.go(f"{site}/screening").text)[1]


def injected(nurse: Visitor, site: str, visit: str, consent: Mapping[str, str], code: str = "") -> None:
    """Screened, consented, and given a dose of the pack with this code, or of the first in the list; let go after half an hour."""
    nurse.go(f"{site}/screening?visit={visit}")
    asked = {name: "no" for name in nurse.form("celsius").values if name.startswith("q_")}
    nurse.send("celsius", celsius="36.6", outcome="recommended", agreed=["1"], **consent, **asked)
    there = f"{site}/injection?visit={visit}"
    code = code or re.search(r'href="\?visit=[^"]*code=([0-9A-Z]{20})"', nurse.go(there).text)[1]
    nurse.go(f"{there}&code={code}")
    if "reconstituted with its diluent" in nurse.text:
        nurse.send("vvm_stage", vvm_stage="1", diluent="D-1")
    nurse.sees("May be vaccinated")
    nurse.send("arm", check=re.findall(r'name="check" value="([A-Z_]+)"', nurse.text))
    clock.set_to(clock.now() + timedelta(minutes=31))
    nurse.go(f"{site}/observation").send("visit", do="leave")


def day_closed(manager: Visitor, site: str, left: int) -> None:
    """In the evening, with what was counted."""
    until(hour=18)
    lot = next(name for form in manager.go(site).forms() for name in form.names() if name.startswith("count_"))
    manager.send(f"{site}/close", **{lot: str(left)})
    assert f"{site}/close" not in {form.action for form in manager.go(site).forms()}, manager.text


def until(hour: int) -> None:
    """The clock on the wall moves on."""
    clock.set_to(clock.now().astimezone(clock.zone()).replace(hour=hour, minute=5))


def ready(admin: Visitor, ground: Ground) -> tuple[dict[str, Visitor], str]:
    """From the administrator's first page to an open site with vaccine; everybody of this way, and the site's address."""
    posts, site = staffed(admin, ground)
    posts["office"] = joins(admin, "office", "Rosa Soto", "COMMAND_OFFICE", "area", ground.whole)
    posts["cold"] = joins(admin, "cold", "Mary Wanjiru", "CDC_COLD_CHAIN", "area", ground.whole)
    for verb, told in ground.registered.items():
        posts["office"].go(f"/console/act/{verb}").send("act", **told).sees(told["code"])
    session_opened(posts["manager"], site, clock.today())
    stocked(posts["cold"], posts["manager"], site, ground)
    return posts, site


def first_dose(admin: Visitor, ground: Ground) -> dict[str, Visitor]:
    """From the administrator's first page to a closed site; everybody of this way."""
    posts, site = ready(admin, ground)
    registered(posts["registrar"], ground.person)
    visit = arrived(posts["nurse"], site, ground.person)
    injected(posts["nurse"], site, visit, ground.consent, ground.first_code)
    posts["cold"].go("/console/supply").sees("given 1")
    day_closed(posts["manager"], site, PACKS * ground.doses_per_pack - 1)
    return posts


def evening_run(office: Visitor) -> None:
    """The office has it run, which closes units and city and plans on; the worker beside the server does it."""
    until(hour=20)
    office.go("/console/evening").send("/console/evening/run").sees("The evening has begun")
    ends = monotonic() + 90
    while "every 2s" in office.go("/console/evening").text:
        assert monotonic() < ends, office.text
        sleep(0.3)
    assert "stopped" not in office.text, office.text
    office.sees("City closed")
    office.go("/console/evening/dispatch").sees("Daily dispatch", "<dt>Done</dt> <dd>1 dose</dd>")


CHONGQING = Ground(
    whole="500000", district="渝中区", leaf="Jiefangbei", programme="covid19-cn", product="BIBP", doses_per_pack=1,
    store="Yuzhong store", first_code="81000000000000000001", consent={"signer": "self"},
    site={
        "code": "YZ-01", "name_zh": "解放碑接种点", "name_en": "Jiefangbei site", "phone": "023-63000000",
        "address_zh": "民族路1号", "address_en": "1 Minzu Road", "longitude": "106.57", "latitude": "29.56", "stations": "1", "seats": "20",
    },
    person={
        "name": "李小雨", "sex": "2", "birth": "1985-03-02", "number": resident_id(date(1985, 3, 2), 502), "phone": "13900000001",
    },
    registered={
        "place_register": {
            "kind": "store", "code": "YZ-STORE", "name_zh": "渝中疫苗库", "name_en": "Yuzhong store", "leaf_id.said": "Jiefangbei",
        },
        "facility_register": {
            "code": "YZ-H1", "name_zh": "渝中医院", "name_en": "Yuzhong hospital", "grade": "3", "leaf_id.said": "Jiefangbei",
        },
    },
)  # fmt: skip
LOS_RIOS = Ground(
    whole="Región de Los Ríos", district="Valdivia", leaf="Isla Teja", programme="measles-cl", product="MMR", doses_per_pack=10,
    store="Regional vaccine store",
    site={
        "code": "IT-01", "name_en": "Isla Teja clinic", "phone": "63 221 2345", "address_en": "Los Robles 1",
        "longitude": "-73.26", "latitude": "-39.81", "stations": "1", "seats": "20",
    },
    person={
        "name": "José María Fernández de la Cruz Ñancupil", "sex": "1", "birth": "2022-05-01", "number": "12.345.678-5",
        "phone": "+56 9 6123 4567",
    },
    consent={"signer": "guardian", "signer_name": "Elena Ñancupil", "relation": "mother"},
)  # fmt: skip
