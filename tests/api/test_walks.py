"""Three walks by a machine alone: from an empty database and `seawall init`, everything else is asked for over HTTP."""

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from django.test import Client

from seawall.interfaces.cli.first import GRANTS, first_account
from seawall.interfaces.cli.intake import actor
from seawall.platform import clock
from seawall.reference.services import city_load
from tests.clinic.conftest import CITY
from tests.clinic.world import CAMPAIGN, DAY, PROGRAMME, resident_id
from tests.walks.authenticator import PASSWORD, set_up
from tests.walks.pages import Visitor

pytestmark = pytest.mark.django_db
SECRET = "a-secret-of-a-machine-long-enough-to-keep"
WHOLE = ("area", "500000")
NEEDS = ["EMERGENCY_CLINICIAN", "EMERGENCY_KIT", "AMBULANCE", "GREEN_CHANNEL"]
FIRST = "81000000000000000001"


@pytest.fixture(autouse=True)
def _morning(db: None, noon: datetime, settings: Any) -> Iterator[None]:
    settings.SEAWALL_DEMO = False
    clock.set_to(noon)
    yield


class Caller:
    """Whoever speaks JSON: with a token, or in a session of the console."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def batch(self, verb: str, *items: dict[str, Any]) -> list[dict[str, Any]]:
        told = json.dumps({"items": [{"act": uuid4(), **item} for item in items]}, cls=DjangoJSONEncoder)
        answer = self.client.post(f"/api/v1/acts/{verb}", told, content_type="application/json")
        assert answer.status_code == 200, answer.content.decode()
        return answer.json()["outcomes"]

    def does(self, verb: str, **item: Any) -> dict[str, Any]:
        (outcome,) = self.batch(verb, item)
        assert outcome["done"], outcome
        return outcome["answer"]

    def refused(self, verb: str, **item: Any) -> str:
        (outcome,) = self.batch(verb, item)
        return outcome["refusal"]["code"]

    def reads(self, resource: str, **asked: Any) -> list[dict[str, Any]]:
        rows, cursor = [], ""
        while cursor is not None:
            answer = self.client.get(f"/api/v1/{resource}", asked | {"limit": 1000, "cursor": cursor})
            assert answer.status_code == 200, answer.content.decode()
            rows += answer.json()["rows"]
            cursor = answer.json()["next"]
        return rows


class City:
    """What an installation is given on its first day, each thing by the post whose work it is."""

    def __init__(self) -> None:
        self.admin = self._administrator()
        self.posts: dict[str, int] = {}
        self.office, self.officer = self.joins("COMMAND_OFFICE", WHOLE), self.joins("DISTRICT_OFFICER", WHOLE)
        self.cold = self.joins("CDC_COLD_CHAIN", WHOLE)
        files = {path.name: path.read_text(encoding="utf-8") for path in CITY.iterdir()}
        assert self.office.does("campaign_set", files=files)["campaign"] == CAMPAIGN
        self.leaf = next(a for a in self.office.reads("areas", q="Jiefangbei"))["area_id"]
        self.store = self.office.does(
            "place_register", kind="store", code="STORE-1", name_zh="市库", name_en="City store", leaf_id=self.leaf
        )["place_id"]
        self.site = self._site()

    def _administrator(self) -> Caller:
        """`seawall init` gives a link; whoever follows it chooses a password and sets a second factor up."""
        city_load("chongqing")
        link = first_account(actor(None, "en", GRANTS), "admin", "管理员", "http://testserver")
        visitor = Visitor().go(link.removeprefix("http://testserver"))
        visitor.send("new_password1", new_password1=PASSWORD, new_password2=PASSWORD)
        visitor.send("username", username="admin", password=PASSWORD)
        visitor.send("post", post=visitor.go("/console/start").form("post").buttons[0][1])
        set_up(visitor)
        visitor.send("post", post=visitor.go("/console/start").form("post").buttons[0][1])
        return Caller(visitor.client)

    def joins(self, role: str, *scopes: tuple[str, object]) -> Caller:
        """A post with a token, and the certificate that stations ask for."""
        told = [{"kind": kind, "ref": str(ref)} for kind, ref in scopes]
        post = self.admin.does("posts_assign", role=role, person=role, valid_from="2021-01-01", scopes=told)["post_id"]
        days = {"valid_from": "2021-01-01", "valid_to": "2021-12-31"}
        if "site" in dict(scopes):
            self.admin.does("credentials_grant", post_id=post, kind="VACCINATION_TRAINING", programme=PROGRAMME, **days)
        self.admin.does("token_issue", post_id=post, name=role, secret=SECRET, **days)
        self.posts[role] = post
        return Caller(Client(headers={"Authorization": f"Bearer {post}.{SECRET}", "Accept-Language": "en"}))

    def _site(self) -> int:
        """A site in service, its day open, and those who work there."""
        site = self.officer.does(
            "site_open", code="S-1", kind="fixed", name_zh="一号点", name_en="One", leaf_id=self.leaf, address_zh="某街 1 号",
            address_en="1 Some Street", phone="023-63000000", stations=2, seats=30, longitude=106.57, latitude=29.56,
        )["site_id"]  # fmt: skip
        self.manager, self.nurse = (
            self.joins("SITE_MANAGER", ("site", site)),
            self.joins("STATION_NURSE", ("site", site)),
        )
        (
            self.joins("SCREENER", ("site", site)),
            self.joins("VACCINATOR", ("site", site)),
            self.joins("OBSERVER", ("site", site)),
        )
        self.manager.does(
            "session_plan", site_id=site, day=DAY, opens="08:00", closes="18:00", stations=2, seats_per_slot=8
        )
        self.manager.does("session_open", site_id=site, day=DAY, ready=NEEDS)
        return site

    def stocked(self, packs: int) -> list[str]:
        """A lot taken in at the store, and so many packs of it at the site; their trace codes."""
        self.cold.does(
            "lot_receive", lot="L-1", product="BIBP", place_id=self.store, expires="2022-12-31", release_certificate="R-1",
            temperature_record="T-1", max_celsius=6, min_celsius=3, doses_per_pack=1, packs=packs + 2, first_code=FIRST,
            handed_by="Chen Li", taken_by="Wang Fang",
        )  # fmt: skip
        told = {"from_place_id": self.store, "to_place_id": self.site, "lot": "L-1", "packs": packs, "expected_on": DAY}
        shipment = self.cold.does("shipment_send", **told)["shipment"]
        told = {
            "place_id": self.site,
            "temperature_record": "T-2",
            "max_celsius": 7,
            "min_celsius": 3,
            "handed_by": "Chen Li",
            "taken_by": "Wang Fang",
        }
        assert self.manager.reads("shipments")[0]["shipment"] == str(shipment)
        self.manager.does("shipment_accept", shipment=str(shipment), **told)
        return [f"{int(FIRST) + n}" for n in range(packs)]

    def registered(self, serial: int) -> int:
        birth = date(1985, 3, 2)
        number = {"kind": "RESIDENT_ID", "number": resident_id(birth, serial)}
        told = {"name": "李梅", "sex": 2 - serial % 2, "birth": birth, "leaf_id": self.leaf, "documents": [number]}
        return self.officer.does("persons_register", **told)["person_id"]

    def vaccinated(self, person: int, code: str, *, leaves: bool = True) -> str:
        """Booked, let in, screened, asked, given, and seen off after half an hour unless they stay; the visit."""
        seat = {"person_id": person, "campaign": CAMPAIGN, "site_id": self.site, "starts_at": clock.now()}
        booked = self.officer.does("appointment_book", **seat)["appointment"]
        let_in = {"site_id": self.site, "person_id": person, "campaign": CAMPAIGN, "appointment": booked}
        here = {"site_id": self.site, "visit": self.nurse.does("visit_arrive", **let_in)["visit"]}
        screened = {"clinician_post_id": self.posts["SCREENER"], "outcome": "recommended", "celsius": 36.5}
        self.nurse.does("screening_record", **here, **screened, occurred_at=later(5))
        self.nurse.does("consent_record", **here, version="COVID19-2021-1", language="zh-hans", occurred_at=later(6))
        dose = {"code": code, "product": "BIBP", "vaccinator_post_id": self.posts["VACCINATOR"]}
        self.nurse.does("dose_give", **here, **dose, occurred_at=later(10))
        if not leaves:
            return str(here["visit"])
        leaving = {"doctor_post_id": self.posts["OBSERVER"]}
        assert self.nurse.refused("observation_end", **here, **leaving, occurred_at=later(20)) == "STAY_UNTIL"
        self.nurse.does("observation_end", **here, **leaving, occurred_at=later(45))
        return str(here["visit"])


def later(minutes: int) -> datetime:
    return clock.now() + timedelta(minutes=minutes)


def test_a_person_walks_through_by_machine_alone():
    city = City()
    person, codes = city.registered(501), city.stocked(1)
    (due,) = city.officer.reads("dues", person=person, programme=PROGRAMME)
    assert due["status"] == "due"
    city.vaccinated(person, codes[0])
    (dose,) = city.officer.reads("histories", person=person, programme=PROGRAMME)
    assert (dose["product"], dose["given_on"], dose["lot"]) == ("BIBP", DAY.isoformat(), "L-1")
    (due,) = city.officer.reads("dues", person=person, programme=PROGRAMME)
    assert due["status"] == "not_yet"
    (visit,) = city.manager.reads("visits")
    assert visit["state"] == "left"


def test_a_dose_walks_through_by_machine_alone():
    city = City()
    codes = city.stocked(3)
    city.vaccinated(city.registered(502), codes[0])
    city.nurse.does("dose_waste", place_id=city.site, code=codes[1], doses=1, reason="BROKEN")
    held = {(row["place_id"], row["lot"]): row["doses"] for row in city.cold.reads("stock")}
    assert held == {(city.store, "L-1"): 2, (city.site, "L-1"): 1}
    wrong = {"site_id": city.site, "day": DAY, "counted_doses": {"L-1": 2}, "occurred_at": later(300)}
    assert city.manager.refused("day_close", **wrong) == "DAY_COUNT_DIFFERS"
    city.manager.does("day_close", **wrong | {"counted_doses": {"L-1": 1}})
    (closing,) = city.manager.reads("closings")
    assert closing["site_id"] == city.site
    assert 1 + 1 + sum(held.values()) == 5  # received = given + wasted + on hand


def test_a_quota_walks_through_by_machine_alone():
    city = City()
    city.vaccinated(city.registered(503), city.stocked(1)[0])
    city.manager.does("day_close", site_id=city.site, day=DAY, counted_doses={}, occurred_at=later(300))
    city.office.does("groups_assign", campaign=CAMPAIGN, on=DAY)
    units = city.office.reads("units")
    assert len(units) == 39
    city.office.batch("unit_day_close", *({"unit_id": unit["unit_id"], "day": DAY} for unit in units))
    city.office.does("city_day_close", day=DAY, campaign=CAMPAIGN)
    run = str(uuid4())
    city.office.does("plan_run", act=run, campaign=CAMPAIGN)
    city.office.does("plan_publish", campaign=CAMPAIGN, run_id=run)
    tomorrow = DAY + timedelta(days=1)
    quotas = city.office.reads("quotas", campaign=CAMPAIGN, day=tomorrow)
    unit = next(unit["unit_id"] for unit in units if city.leaf in unit["leaves"])
    doses = sum(row["doses"] for row in quotas if row["unit_id"] == unit)
    code = next(u["code"] for u in units if u["unit_id"] == unit)
    first = city.joins("FIRST_RESPONSIBLE", ("unit", code))
    told = {"code": "ORDER_CHECK_COLD_CHAIN", "unit_id": unit, "for_day": tomorrow, "doses": doses}
    order = city.office.does("order_issue", **told)["order"]
    assert [row["state"] for row in first.reads("orders", day=tomorrow)] == ["issued"]
    first.does("order_acknowledge", order=order)
    assert first.refused("order_execute", order=order) == "ORDER_WITHOUT_EVIDENCE"
    first.does("order_execute", order=order, note="两辆车")
    city.office.does("order_verify", order=order)
    assert [row["state"] for row in city.office.reads("orders", day=tomorrow)] == ["verified"]
