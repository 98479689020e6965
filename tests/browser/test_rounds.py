"""A round on the phone of its team, in both languages: where to next, who is there, and the way into the stations."""

from datetime import timedelta
from importlib import import_module
from uuid import uuid4

import pytest
from django.conf import settings

from seawall.booking import selectors as booking
from seawall.campaigns import selectors as campaigns
from seawall.interfaces.guard import POST
from seawall.outreach import services
from seawall.platform import clock, sql
from seawall.sites import selectors as site_selectors
from seawall.sites import services as sites
from seawall.staff import services as staff
from seawall.supply import services as supply
from seawall.terms.actor import Actor, Reach
from seawall.terms.codes import SiteKind
from seawall.terms.rounds import HomeboundNote, RoundAccept, RoundPropose
from seawall.terms.staff import PostAssign, Scope
from seawall.terms.stock import LotReceive
from seawall.terms.visits import SiteOpen
from tests import databases
from tests.clinic.world import done

from .conftest import SCREENSHOTS

ANYBODY = Actor(1, 1, "TEST", frozenset({"*"}), Reach(everywhere=True))
DUE = """
SELECT d.person_id FROM people_due d JOIN people_person p ON p.id = d.person_id AND p.state = 'active'
WHERE d.programme = %s AND d.status IN ('due', 'overdue') AND NOT EXISTS (SELECT 1 FROM booking_appointment a
    WHERE a.person_id = d.person_id AND a.state IN ('held', 'booked', 'arrived'))
  AND NOT EXISTS (SELECT 1 FROM outreach_reason r WHERE r.person_id = d.person_id) LIMIT 400
"""


def able(campaign, day) -> list[int]:
    """Who may have a dose on the day and has no seat."""
    persons = [person for (person,) in sql.fetch(DUE, [campaign.programme])]
    return [person for person, why in booking.may_book(persons, campaign.code, day).items() if why is None]


@pytest.fixture
def driven(server, django_db_blocker) -> tuple[int, int]:
    """A mobile site of the rehearsed city with a round of tomorrow, and the post of a nurse aboard."""
    with django_db_blocker.unblock(), databases.pointed_at(f"seawall_browser_{databases.worker()}"):
        day = clock.today() + timedelta(days=1)
        campaign = campaigns.running(day)[0]
        base = lambda: {"act": uuid4(), "occurred_at": clock.now()}  # noqa: E731
        home = site_selectors.sites(day)[0]
        people = able(campaign, day)[:12]
        opened = SiteOpen(
            **base(), code=f"CAR-{uuid4().hex[:6]}", kind=SiteKind.MOBILE, name_zh="上门接种车", name_en="Visiting team",
            leaf_id=home.leaf_id,
            address_zh=home.address_zh, address_en=home.address_en, phone=home.phone, stations=1, seats=10,
            longitude=home.longitude, latitude=home.latitude, synthetic=True,
        )  # fmt: skip
        car = int(done(sites.site_open(ANYBODY, [opened]))[0].answer["site_id"])
        product = "BIBP"
        lot = LotReceive(
            **base(), lot="ROUND-1", product=product, place_id=home.site_id, expires=day + timedelta(days=300), release_certificate="R-1",
            temperature_record="T-1", max_celsius=7.0, min_celsius=3.0, handed_by="甲", taken_by="乙", doses_per_pack=1, packs=20,
            first_code="8999997" + "0" * 13,
        )  # fmt: skip
        done(supply.lot_receive(ANYBODY, [lot]))
        notes = [
            HomeboundNote(**base(), person_id=p, need="FRAIL", wish="phone", whereabouts=f"{1 + n % 3} 幢 2 楼")
            for n, p in enumerate(people)
        ]
        done(services.homebound_note(ANYBODY, notes))
        asked = RoundPropose(**base(), site_id=car, day=day, campaign=campaign.code, store_id=home.site_id)
        assert done(services.round_propose(ANYBODY, [asked]))[0].answer["people"]
        done(services.round_accept(ANYBODY, [RoundAccept(**base(), site_id=car, day=day, proposal=asked.act)]))
        nurse = PostAssign(
            **base(), role="STATION_NURSE", person="护士", valid_from=day - timedelta(days=1), synthetic=True,
            scopes=(Scope(kind="site", ref=str(car)),),
        )  # fmt: skip
        return car, int(done(staff.posts_assign(ANYBODY, [nurse]))[0].answer["post_id"])


def test_the_team_sees_its_round_on_a_phone(visit, driven, django_db_blocker) -> None:
    car, post = driven
    with django_db_blocker.unblock(), databases.pointed_at(f"seawall_browser_{databases.worker()}"):
        day = clock.today() + timedelta(days=1)
    for language in ("zh", "en"):
        nurse = visit(language, 390, 844)
        with django_db_blocker.unblock(), databases.pointed_at(f"seawall_browser_{databases.worker()}"):
            session = import_module(settings.SESSION_ENGINE).SessionStore()
            session[POST] = post
            session.create()
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session.session_key, "url": nurse.address}
        nurse.page.context.add_cookies([cookie])
        assert nurse.open(f"/console/site/{car}/stops?day={day}") == 200
        nurse.at_peace()
        nurse.page.screenshot(path=SCREENSHOTS / f"round-{language}-phone.png")
        later = nurse.page.locator("form[action$='/stops/next'] button")
        if later.count():
            street = nurse.page.locator(".verdict h1").inner_text()
            later.last.click()
            nurse.page.wait_for_load_state("networkidle")
            assert nurse.page.locator(".verdict h1").inner_text() != street
        door = nurse.page.locator("a[href*='/arrival?booked=']").first
        door.click()
        nurse.page.wait_for_load_state("networkidle")
        assert f"/console/site/{car}/arrival" in nurse.page.url
        nurse.at_peace()
