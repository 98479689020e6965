"""The first day of an installation through pages alone, from an empty database: a person, a dose and a quota walk through it.

Only the passing of time and the worker in the background are played here; whatever is done is done by somebody at a page.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest

from seawall.command import jobs
from seawall.platform import clock, sql
from tests.clinic.world import resident_id

from .beginning import (
    CREW,
    DAY,
    OFFICES,
    TEAM,
    administrator,
    campaign_taken_in,
    joins,
    posted,
    session_opened,
    site_opened,
    store_and_hospital_registered,
)
from .entering import come_in
from .pages import Visitor

pytestmark = pytest.mark.django_db
BIRTH = date(1985, 3, 2)
NUMBER = resident_id(BIRTH, 501)
CODE = "81000000000000000001"
PACKS, SENT = 20, 8
Posts = dict[str, Visitor]


@pytest.fixture(autouse=True)
def _morning(db: None, noon, settings) -> Iterator[None]:
    settings.SEAWALL_DEMO = False
    clock.set_to(noon)
    yield


@pytest.fixture
def posts() -> Posts:
    """Who works here, by the name of the account."""
    admin = administrator().sees("First steps")
    return {"admin": admin} | {row[0]: joins(admin, *row) for row in OFFICES}


def test_a_person_a_dose_and_a_quota_walk_through_the_first_day_by_pages_alone(posts: Posts) -> None:
    campaign_taken_in(posts["office"])
    site, leaf = site_opened(posts["officer"])
    store_and_hospital_registered(posts["office"])
    posts |= {row[0]: joins(posts["admin"], *row, "site", "YZ-01") for row in CREW}
    for row in TEAM:
        posted(posts["admin"].go("/console/staff/assign"), *row, "site", "YZ-01")
    session_opened(posts["manager"], site)
    place = a_dose_is_received_sent_and_accepted(posts, site)
    person = a_person_is_registered_corrected_and_made_one(posts, leaf)
    a_quota_has_its_people(posts, leaf)
    a_dose_is_given_to_a_person(posts["nurse"], site)
    a_person_reads_the_record()
    assert posts["office"].go("/console/first").text.count('<span class="word normal">done</span>') == 9
    a_dose_is_wasted_counted_and_its_day_closed(posts["manager"], site, place)
    units_and_city_close(posts)
    a_dose_is_accounted_for(posts, person)
    a_quota_is_planned_to_unit_and_street(posts["office"])
    a_quota_is_ordered_and_answered(posts)


def a_dose_is_received_sent_and_accepted(posts: Posts, site: str) -> str:
    """From its maker to the store, from there to the site, where it is on hand; the site's address among places of stock."""
    cold, manager = posts["cold"], posts["manager"]
    store = cold.go("/console/supply/place").sees("Yuzhong store").path
    told = {
        "product": "BIBP", "lot": "BIBP2104A", "expires": "2022-12-31", "packs": str(PACKS), "doses_per_pack": "1",
        "first_code": CODE, "release_certificate": "PQ-2104", "temperature_record": "TT-1", "handed_by": "A", "taken_by": "B",
        "min_celsius": "3", "max_celsius": "6",
    }  # fmt: skip
    cold.go(f"{store}/receive").send("/receive/do", **told).sees("Lot BIBP2104A is received: 20 packs")
    cold.go(f"{store}/send").send("to", lot="BIBP2104A", packs=str(SENT), to="YZ-01", expected_on=str(DAY))
    cold.sees("8 doses are sent")
    place = site.replace("/site/", "/supply/place/")
    manager.go(place).sees("8 packs expected", "Yuzhong store")

    manager.send(
        "shipment", temperature_record="TT-2", handed_by="A", taken_by="B", min_celsius="3", max_celsius="6"
    ).sees("0 of them kept apart")
    return place


def a_person_is_registered_corrected_and_made_one(posts: Posts, leaf: str) -> str:
    """Registered at the site and again at the district, corrected there, a dose elsewhere entered, the two made one; the page."""
    registrar, officer = posts["registrar"], posts["officer"]
    typed = {"name": "李小雨", "sex": "2", "birth": BIRTH.isoformat()}
    assert registrar.go("/console/people/new").form("birth_precision").values["leaf_id"] == leaf
    registrar.send("birth_precision", phone="13900000001", number=NUMBER, **typed).sees(
        "The person is registered", "李小雨"
    )
    assert registrar.path.startswith("/console/site/"), "the site goes on at its arrival"
    officer.go("/console/people/new").send(
        "birth_precision", leaf_id=leaf, witness="邻居", number="", **(typed | {"name": "李晓宇"})
    )
    officer.sees("Perhaps known already", "same sound").send("birth_precision", another="1").sees(
        "may be the same person"
    )
    twin = officer.path
    officer.go(f"{twin}/identity").send("reason", name="李晓雨", reason="misheard").sees(
        "The record is corrected", "李晓宇"
    )
    officer.go(f"{twin}/elsewhere")
    officer.send("proof", given_on="2021-03-10", product="BIBP", source="elsewhere", proof="BOOKLET", proof_number="A1")
    officer.sees("The dose is recorded")
    pair = re.search(
        r'href="(/console/people/\d+/twice/\d+)"', officer.go("/console/people/twice").sees("may be one person").text
    )[1]
    person = next(
        f.values["stays"]
        for f in officer.go(pair).forms()
        if "stays" in f.values and f"/{f.values['stays']}" not in twin
    )
    officer.send("stays", where={"stays": person}, reason="same telephone").sees("The two records are one")
    page = f"/console/people/{person}"
    officer.go(page).sees("10 Mar 2021")
    return page


def a_quota_has_its_people(posts: Posts, leaf: str) -> None:
    """Others of the street are registered who have had no dose; everybody is counted once, in a group of the campaign."""
    for n, name in enumerate(("王芳", "张强", "刘洋")):
        told = {"name": name, "sex": "1", "birth": f"198{n}-03-02", "number": resident_id(date(1980 + n, 3, 2), 511)}
        posts["officer"].go("/console/people/new").send("birth_precision", leaf_id=leaf, **told).sees(
            "The person is registered"
        )
    posts["office"].go("/console/campaign").send("/campaign/groups").sees("Everybody is in a group again")


def a_dose_is_given_to_a_person(nurse: Visitor, site: str) -> None:
    """Ticket, questions and consent, vial and eleven checks, half an hour of rest."""
    nurse.go(f"{site}/arrival?q={NUMBER}").sees("李小雨").send("appointment").sees("next in line")
    nurse.go(f"{site}/screening")
    visit = re.search(r"visit=([0-9a-f-]{36})", nurse.text)[1]
    nurse.go(f"{site}/screening?visit={visit}")
    asked = {name: "no" for name in nurse.form("celsius").values if name.startswith("q_")}
    nurse.send("celsius", celsius="36.6", outcome="recommended", agreed=["1"], signer="self", **asked)
    nurse.go(f"{site}/injection?visit={visit}&code={CODE}").sees("joined")
    checks = re.findall(r'name="check" value="([A-Z_]+)"', nurse.text)
    assert len(checks) == 11
    nurse.send("arm", check=checks)
    clock.set_to(clock.now() + timedelta(minutes=31))
    nurse.go(f"{site}/observation").sees("李").send("visit", do="leave")


def a_person_reads_the_record() -> None:
    """On the telephone: both doses, the one given elsewhere among them."""
    citizen = come_in(Visitor().go("/book"), NUMBER)
    citizen.go("/record").sees("10 Mar 2021", "10 Apr 2021", "BIBP2104A")


def a_dose_is_wasted_counted_and_its_day_closed(manager: Visitor, site: str, place: str) -> None:
    """One pack breaks; what is left is counted, and the site closes its day with that count only."""
    broken = str(int(CODE) + 1)
    manager.go(f"{place}/waste").send("/waste/do", code=broken, doses="1", reason="BROKEN").sees("written off")
    evening(hour=18)
    lot = next(name for form in manager.go(site).forms() for name in form.names() if name.startswith("count_"))
    manager.send(f"{site}/close", **{lot: str(SENT)})
    assert f"{site}/close" in {form.action for form in manager.go(site).forms()}, "a wrong count closes nothing"
    manager.send(f"{site}/close", **{lot: str(SENT - 2)})
    assert f"{site}/close" not in {form.action for form in manager.go(site).forms()}


def evening(hour: int) -> None:
    clock.set_to(datetime.combine(DAY, datetime.min.time(), clock.zone()).replace(hour=hour))


def units_and_city_close(posts: Posts) -> None:
    """The district says that its day is over; at the cut-off the office has the evening run, which closes the others and the city."""
    evening(hour=20)
    posts["first"].go("/console/evening").send("unit").sees("day is closed")
    posts["office"].go("/console/evening").send("/console/evening/run").sees("The evening has begun")
    for (run,) in sql.fetch("SELECT args->>'run' FROM procrastinate_jobs WHERE task_name = 'command.evening'"):
        jobs.evening_task.func(run)
    page = posts["office"].go("/console/evening")
    assert "stopped" not in page.text, page.text


def a_dose_is_accounted_for(posts: Posts, person: str) -> None:
    """Received is given, wasted and on hand; the board says so, and the dose stands in the city's figures."""
    posts["head"].go("/console/board").sees("agree to the dose")
    posts["cold"].go("/console/supply").sees("BIBP2104A")
    posts["officer"].go(person).sees("10 Apr 2021")


def a_quota_is_planned_to_unit_and_street(office: Visitor) -> None:
    """The plan of the evening is in force, and its quota stands with the district and the street."""
    office.go("/console/plan").sees("quotas published")
    tomorrow = f"/console/campaign?day={DAY + timedelta(days=1)}"
    unit = re.search(r"&amp;unit=(\d+)#quotas", office.go(tomorrow).text)[1]
    office.go(f"{tomorrow}&unit={unit}").sees("1 first and 0 later doses", "Jiefangbei")


def a_quota_is_ordered_and_answered(posts: Posts) -> None:
    """The head of the group sends tomorrow's dispatch; the district sees its order and says that it has arrived."""
    head, first = posts["head"], posts["first"]
    head.go("/console/board").send("/console/dispatch")
    assert "/console/dispatch" not in {form.action for form in head.go("/console/board").forms()}
    first.go("/console/orders").sees("quota of 1 dose").send("/console/orders/acknowledge").sees("Report as done")
