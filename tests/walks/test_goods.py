"""Syringes, forms and drugs at the screen, under the roles that keep them: bought, sent, used up by the closing, counted, asked for."""

from datetime import timedelta

import pytest

from seawall.clinic import services as clinic
from seawall.platform import clock, sql
from seawall.reference import selectors as reference
from seawall.supply import selectors as supply
from tests.clinic.world import DAY, World, done

pytestmark = pytest.mark.django_db

SIGNED = {"handed_by": "Chen Li", "taken_by": "Wang Fang"}
SYRINGES = {
    "product": "SYR05", "lot": "S1", "expires": "2024-03-01", "packs": "5", "doses_per_pack": "100", "release_certificate": "",
    "temperature_record": "", "min_celsius": "", "max_celsius": "", "first_code": "", **SIGNED,
}  # fmt: skip
FORMS = SYRINGES | {"product": "CONSENT", "lot": "F1", "expires": "", "packs": "2", "doses_per_pack": "500"}


def at(place: int, task: str = "") -> str:
    return f"/console/supply/place/{place}" + (f"/{task}" if task else "")


def held(place: int) -> dict[str, int]:
    return {row.lot: row.doses for row in supply.stock([place], ancillary=True) if row.product in {"SYR05", "CONSENT"}}


@pytest.fixture
def officer(hall, sign_in):
    return sign_in("CDC_COLD_CHAIN", ("area", "500000"))


@pytest.fixture
def manager(hall, sign_in):
    return sign_in("SITE_MANAGER", ("site", hall.site))


@pytest.fixture
def equipped(hall: World, officer, manager) -> World:
    """The store buys and sends, the site takes in; no certificate, no thermometer, no code."""
    for lot in (SYRINGES, FORMS):
        officer.go(at(hall.store, "receive")).send("release_certificate", **lot).sees(f"{lot['packs']} packs")
        officer.go(at(hall.store, "send")).send("to", lot=lot["lot"], packs="1", to="HALL-1", expected_on=str(DAY))
        manager.go(at(hall.site)).sees("1 pack expected")
        papers = {"temperature_record": "", "min_celsius": "", "max_celsius": ""}
        manager.send("shipment", **papers, **SIGNED).sees("0 of them kept apart")
    return hall


def given(hall: World, doses: int) -> None:
    packs = hall.packs(doses + 1)
    for n, person in enumerate(hall.persons(doses)):
        visit = hall.ready(person, n)
        done([hall.give(visit, packs[n], 20 + n)])
        done(clinic.observation_end(hall.actor, [hall.leave(visit, 60)]))


def close(hall: World, manager) -> None:
    clock.set_to(hall.now + timedelta(hours=9))
    manager.go(f"/console/site/{hall.site}").send("count_L0001", count_L0001="1").sees("The day of this site is closed")


def test_goods_come_travel_and_are_used_up_by_the_closing_of_the_day(equipped: World, manager, officer):
    assert held(equipped.store) == {"S1": 400, "F1": 500}
    given(equipped, 3)
    close(equipped, manager)
    assert held(equipped.site) == {"S1": 97, "F1": 497}
    manager.go(at(equipped.site)).sees("AD syringe, 0.5 mL", "Consent form", "no expiry", "lasts 226.3 days")
    lacking = {row.product: row.units for row in supply.shortfalls([equipped.site])}
    assert lacking == {"SHARPS5": 1}, "the book had no safety box"
    assert "1 used that the book did not have: count" in manager.text
    officer.go("/console/supply").sees(
        "Syringes, forms and drugs that run out", "Adrenaline, 1 mg ampoule", "5 to be kept"
    )
    assert supply.difference() == []
    assert all(row.holds for row in supply.identity(clock.now()))


def test_what_the_hand_counts_otherwise_is_a_difference_explained_and_signed(equipped: World, manager, sign_in):
    manager.go(at(equipped.site, "sheet")).sees("AD syringe, 0.5 mL").send("count_S1", count_S1="94")
    manager.sees("counted 94, booked 100")
    manager.go(at(equipped.site, "differences")).send(
        "cause", does="explain", code="S1", doses="-6", cause="NOT_ENTERED"
    )
    head = sign_in("SITE_LEADER", ("site", equipped.site))
    head.go(at(equipped.site, "differences")).send("explanation", does="sign")
    assert held(equipped.site)["S1"] == 94
    assert supply.open_differences([equipped.site]) == [] and supply.difference() == []


def test_a_site_asks_for_goods_and_another_lends_them(equipped: World, manager, sign_in):
    giver = sign_in("SITE_LEADER", ("site", equipped.other))
    giver.go(at(equipped.other, "loans")).send("loans/ask", product="SYR05", doses="60", needed_on=str(DAY))
    giver.sees("The request is out")
    manager.go(at(equipped.site, "loans")).sees("AD syringe").send("loans/offer", lot="S1", packs="1").sees("Offered")
    giver.go(at(equipped.other, "loans")).send("loans/answer", accepted="true").sees("Answered")
    assert held(equipped.site) == {"F1": 500}
    assert held(equipped.other) == {"S1": 100}


def test_a_vaccine_still_needs_its_papers_and_a_syringe_its_expiry(hall: World, officer):
    officer.go(at(hall.store, "receive"))
    officer.send("release_certificate", **(SYRINGES | {"expires": ""})).sees("without its expiry")
    officer.send("release_certificate", **(SYRINGES | {"product": "BIBP"})).sees("release certificate")
    assert held(hall.store) == {}


def test_a_syringe_is_given_to_nobody(equipped: World, sign_in):
    visit = equipped.ready(equipped.person())
    ((code,),) = sql.fetch("SELECT code FROM supply_pack WHERE lot = 'S1' AND place_id = %s", [equipped.site])
    nurse = sign_in("STATION_NURSE", ("site", equipped.site), certified=True)
    nurse.go(f"/console/site/{equipped.site}/injection?visit={visit}&code={code}").sees("refusal-full", "is no vaccine")
    assert "data-confirm" not in nurse.text


def test_whoever_asks_for_vaccines_sees_no_syringe(equipped: World):
    """Booking, planning, the portal and the judges read these."""
    codes = {row.code for row in reference.products(DAY)}
    assert "BIBP" in codes and not codes & {"SYR05", "CONSENT", "SHARPS5", "ADRENALINE"}
    assert not reference.product_names(DAY).keys() & {"SYR05"}
    assert "SYR05" not in set(reference.product_words().values())
    assert supply.usable_doses(equipped.site) == {} and supply.packs([equipped.site]) == []
