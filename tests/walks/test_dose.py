"""A dose walks through the house: from a line of the plan to an arm, a bin or the way back; at night nothing is missing."""

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

import pytest

from seawall.campaigns import selectors as campaigns
from seawall.clinic import selectors as clinic
from seawall.drill import services as drill
from seawall.platform import clock, sql
from seawall.reference import selectors as reference
from seawall.sites.selectors import site as site_row
from seawall.supply import selectors as supply
from seawall.terms.actor import Actor
from seawall.terms.codes import PlaceKind, StockState
from seawall.terms.stock import PickRow, ShipmentRow
from tests.city import LIVED_UNTIL
from tests.clinic.world import World

from .pages import Visitor, post_of

WEEK = timedelta(days=7)
NEEDS = ["EMERGENCY_CLINICIAN", "EMERGENCY_KIT", "AMBULANCE", "GREEN_CHANNEL"]


@pytest.fixture(autouse=True)
def _in_the_city(
    city: str, settings: pytest.FixtureRequest, django_db_blocker: pytest.FixtureRequest
) -> Iterator[None]:
    settings.SEAWALL_DEMO = True
    with django_db_blocker.unblock():
        yield


@pytest.fixture
def eve() -> date:
    """The last evening lived whose plan sends a site something for the morning: so small a city is not supplied every day."""
    last = LIVED_UNTIL
    while not to_sites(last):
        last += timedelta(days=1)
        assert last < LIVED_UNTIL + WEEK, "nothing was sent in a week"
        drill.live_day(last)
    return last


@pytest.fixture
def hall(anyone: Actor, eve: date) -> World:
    """The makers of acts, at a site of the rehearsed city."""
    clock.set_to(clock.now())
    world = World(anyone, clock.now() + timedelta(hours=2))
    clock.set_to(world.now)
    return world


def to_sites(eve: date) -> list[PickRow]:
    """What the plan of an evening asks stores to send their sites in the morning, of what is there already."""
    held = {(row.place_id, row.lot): row.doses for row in supply.stock() if row.state == StockState.ON_HAND}
    asked = [
        row for row in supply.picks(eve + timedelta(days=1)) if row.order.startswith(f"{eve:%Y%m%d} ") and not row.sent
    ]
    there = [row for row in asked if held.get((row.from_place_id, row.lot), 0) >= row.doses]
    sites = {p.place_id for p in reference.places(place_ids={r.to_place_id for r in there}) if p.kind == PlaceKind.SITE}
    return [row for row in there if row.to_place_id in sites]


def test_from_a_line_of_the_plan_to_the_nightly_identity(hall, eve):
    shipment = planned_and_sent(eve)
    hall.site = shipment.to_place_id
    codes = arrived(hall, shipment)
    given(hall, codes[0], shipment.product)
    wasted_and_returned(hall, codes[1:], shipment.lot)
    night(hall)


def planned_and_sent(eve: date) -> ShipmentRow:
    """A shipment that last night's plan asked for is sent by its keeper, with several packs if any has."""
    plan = campaigns.plan_of(campaigns.current().code, eve)
    assert plan is not None
    lines = campaigns.plan_frame(plan.run_id, "shipments")
    assert lines is not None
    asked = to_sites(eve)
    assert {row.product for row in asked} <= set(lines["product"].to_list())
    pick = max(asked, key=lambda row: (row.packs, str(row.pick)))
    page = f"/console/supply/place/{pick.from_place_id}/picks"
    Visitor().takes_post("CDC_COLD_CHAIN").go(page).sees(pick.lot).send("picks/send")
    shipment = next(row for row in supply.shipments_due(eve + timedelta(days=1)) if row.shipment == pick.pick)
    lot = next(row for row in supply.lots([shipment.lot]))
    assert lot.release_certificate
    Visitor().takes_post("LEADING_GROUP_HEAD").go("/console/supply").sees(shipment.lot)
    return shipment


def arrived(hall: World, shipment: ShipmentRow) -> list[str]:
    """Not to be used on the road; taken in with its temperatures, it is on hand."""
    place = shipment.to_place_id
    on_road = sql.fetch("SELECT code FROM supply_pack WHERE shipment = %s ORDER BY code", [shipment.shipment])
    codes = [code for (code,) in on_road]
    assert len(codes) == shipment.packs
    assert not {p.code for p in supply.packs([place])} & set(codes)
    manager, page = Visitor().takes_post("SITE_MANAGER", site=place), f"/console/supply/place/{place}"
    manager.go(f"{page}/temperature").send("/temperature/do", device="VEHICLE-1", celsius="4.5")
    papers = {
        "temperature_record": "VEHICLE-1",
        "max_celsius": "6.5",
        "min_celsius": "3.1",
        "handed_by": "A",
        "taken_by": "B",
    }
    manager.go(page).send("/accept/do", where={"shipment": str(shipment.shipment)}, **papers).sees(
        "taken in, 0 of them kept apart"
    )
    assert {p.code for p in supply.packs([place])} >= set(codes)
    return codes


def given(hall: World, code: str, product: str) -> None:
    """A nurse of the site gives it by its trace code; once."""
    manager = Visitor().takes_post("SITE_MANAGER", site=hall.site).go(f"/console/site/{hall.site}")
    manager.send(f"/site/{hall.site}/open", ready=NEEDS).sees("The session is open")
    row = site_row(hall.site)
    assert row is not None
    hall.leaf, hall.serial = row.leaf_id, 700
    hall.posts = {"screener": post_of("SCREENER", site=hall.site), "observer": post_of("OBSERVER", site=hall.site)}
    visit = hall.ready(hall.person(birth=date(1990, 1, 1)))
    nurse = Visitor().takes_post("VACCINATOR", site=hall.site)
    page = f"/console/site/{hall.site}/injection?visit={visit}&code={code}"
    checks = [check.code for check in clinic.checks()]
    clock.set_to(hall.now + timedelta(minutes=10))
    nurse.go(page).sees(code).send("arm", check=checks)
    dose = clinic.injections([(hall.site, UUID(str(visit)))])[hall.site, visit]
    assert (dose.product, dose.lot) == (product, sql.fetch("SELECT lot FROM supply_pack WHERE code = %s", [code])[0][0])
    used = sql.fetch("SELECT sum(-delta) FROM supply_stockline WHERE code = %s AND kind = 'use' AND delta < 0", [code])
    assert used == [(1,)]


def wasted_and_returned(hall: World, codes: list[str], lot: str) -> None:
    """One pack breaks, one goes back to the maker; both are rows of the ledger, neither is a correction."""
    manager, page = Visitor().takes_post("SITE_MANAGER", site=hall.site), f"/console/supply/place/{hall.site}"
    if codes:
        manager.go(f"{page}/waste").send("/waste/do", code=codes[0], doses="1", reason="BROKEN").sees("written off")
    if len(codes) > 1:
        manager.go(f"{page}/return").send("/return/do", lot=lot, packs="1", to="maker", reason="SURPLUS").sees(
            "given back"
        )


def night(hall: World) -> None:
    """received = given + wasted + returned + on hand, for every lot at every place; and the board says so."""
    at = hall.now + timedelta(hours=12)
    clock.set_to(at)
    rows = supply.identity(at)
    assert rows
    assert [row for row in rows if not row.holds] == []
    assert supply.difference(at) == []
    here = [row for row in rows if row.place_id == hall.site and row.given]
    assert sum(row.given for row in here) >= 1
    director = Visitor().takes_post("LEADING_GROUP_HEAD")
    director.go("/console/board").sees("agree to the dose")
