"""The opening rush in small, in browsers: a release announced on a page, a waiting room seen, a place kept, and each seat sold once."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from importlib import import_module
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection

from seawall.booking import selectors as booking
from seawall.campaigns import selectors as campaigns
from seawall.interfaces.portal.session import PERSON
from seawall.platform import clock, sql
from seawall.sites import selectors as sites
from seawall.sites import services
from seawall.terms.actor import Actor, Reach
from seawall.terms.visits import SessionPlan
from tests import databases

HANDS, QUARTERS = 6, 4
MINUTES = timedelta(minutes=1)
DUE = "SELECT person_id FROM people_due WHERE programme = %s AND status IN ('due', 'overdue') ORDER BY person_id LIMIT 400"


@dataclass(frozen=True, slots=True)
class Opening:
    """A day with four seats at a site, six who may book it, each with a visit of their own, and the campaign."""

    campaign: str
    site: int
    day: date
    people: tuple[int, ...]
    visits: tuple[str, ...]


@pytest.fixture
def inside(server: str, django_db_blocker) -> Callable:
    """Does something in the server's own database."""

    def run(deed: Callable[[], object]) -> object:
        with django_db_blocker.unblock(), databases.pointed_at(f"seawall_browser_{databases.worker()}"):
            try:
                return deed()
            finally:
                connection.close()

    return run


@pytest.fixture
def opening(inside) -> Iterator[Opening]:
    yield inside(_opening)


def _opening() -> Opening:
    actor, day = Actor(0, 0, "TEST", frozenset({"*"}), Reach(everywhere=True)), clock.today() + timedelta(days=6)
    campaign, site = campaigns.running(day)[0], sites.sites(day)[0]
    told = {"site_id": site.site_id, "day": day, "opens": time(9), "closes": time(10), "stations": 1}
    plan = SessionPlan(act=uuid4(), occurred_at=clock.now(), **told, seats_per_slot=1)
    (outcome,) = services.session_plan(actor, [plan])
    assert outcome.done, outcome.refusal
    due = [person for (person,) in sql.fetch(DUE, [campaign.programme])]
    seated = {row.person_id for row in booking.appointments(due) if row.state in {"held", "booked", "arrived"}}
    free = [person for person in due if person not in seated]
    may = [person for person, why in booking.may_book(free, campaign.code, day).items() if why is None]
    assert len(may) >= HANDS
    return Opening(campaign.code, site.site_id, day, tuple(may[:HANDS]), tuple(_visit(p) for p in may[:HANDS]))


def _visit(person: int) -> str:
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[PERSON] = person
    session.save()
    return str(session.session_key)


def sold(opening: Opening) -> list[int]:
    rows = booking.day_list([opening.site], opening.day)
    assert booking.seat_difference(opening.day, opening.day) == []
    return [row.person_id for row in rows if row.state == "booked"]


def test_a_rush_at_an_announced_moment_sells_each_seat_once(visit, opening, inside) -> None:
    now = inside(clock.now)
    moment = datetime.fromtimestamp(now.timestamp(), inside(clock.zone)) + 10 * MINUTES
    office = visit("en")
    office.enter("board")
    office.open("/console/releases")
    for name, value in (
        ("opens", f"{opening.day}"), ("closes", f"{opening.day}"), ("source", "notice 12"),
        ("released_at", f"{moment:%Y-%m-%dT%H:%M}"),
    ):  # fmt: skip
        office.page.fill(f"[name={name}]", value)
    office.page.get_by_role("button", name="Announce").click()
    assert office.page.get_by_text("The release is announced").is_visible()
    office.at_peace()

    crowd = [visit("en" if n % 2 else "zh", 390, 844) for n in range(HANDS)]
    address = f"/book/when?site={opening.site}&day={opening.day}"
    for visitor, key in zip(crowd, opening.visits, strict=True):
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": key, "url": visitor.address}
        visitor.page.context.add_cookies([cookie])
        visitor.open(address)
    said = {"en": "Then a draw places everybody who came before", "zh": "随机排序"}
    for visitor in crowd:
        assert said[visitor.language] in visitor.page.inner_text("main")
        visitor.at_peace()
    office.open("/console/opening")
    assert f"{HANDS} people have come before the draw" in office.page.inner_text("h1")
    office.at_peace()

    first = crowd[0]
    place = number(first)
    context = first.page.context
    first.page.close()
    first.page = context.new_page()
    first.open(address)
    assert number(first) == place, "the place is kept when the page closes"

    inside(lambda: clock.set_to(now + 11 * MINUTES))
    for visitor in crowd:
        visitor.page.wait_for_timeout(600)
        visitor.open(address)
        assert visitor.page.locator(".slot").count(), visitor.page.inner_text("main")
    for _ in range(QUARTERS + 1):  # all press at once; who comes too late hears of it and presses again
        pressing = [visitor for visitor in crowd if visitor.page.locator(".slot").count()]
        for visitor in pressing:
            visitor.page.evaluate("setTimeout(() => document.querySelector('.slot').click(), 300)")
        for visitor in pressing:
            visitor.page.wait_for_timeout(400)
            visitor.page.wait_for_load_state("networkidle")
    held = [visitor for visitor in crowd if "/book/when" not in visitor.page.url]
    assert len(held) == QUARTERS
    for visitor in held:
        visitor.page.locator("button.primary").click()
        visitor.page.wait_for_load_state("networkidle")
        assert visitor.page.url.endswith("/record")
    late = [visitor for visitor in crowd if visitor not in held]
    for visitor in late:
        assert {"en": "No time is left", "zh": "当天没有号了"}[visitor.language] in visitor.page.inner_text("main")
    buyers = inside(lambda: sold(opening))
    assert len(buyers) == len(set(buyers)) == QUARTERS and set(buyers) <= set(opening.people)


def number(visitor) -> str:
    """The place in the line that the browser keeps."""
    (cookie,) = [c for c in visitor.page.context.cookies() if c["name"] == "place"]
    return str(cookie["value"]).split(".")[0]
