"""The opening rush in small, through the whole door: far more people than seats, and a waiting room before them."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection

from seawall.booking import selectors as booking
from seawall.campaigns.services import campaign_load
from seawall.interfaces.portal import room
from seawall.platform import clock, sql, turns
from seawall.reference.services import city_load
from seawall.sites import selectors as sites
from seawall.terms.actor import Actor
from tests.booking.test_booking import CITY
from tests.clinic.world import DAY, World
from tests.walks.pages import read
from tests.walks.test_portal import citizen

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def hall(transactional_db: None, anyone: Actor, noon: datetime, settings: pytest.FixtureRequest) -> World:
    settings.SEAWALL_DEMO = False
    city_load("chongqing")
    campaign_load(CITY)
    clock.set_to(noon)
    return World(anyone, noon).build()


def test_the_opening_rush_in_small_sells_each_seat_once(hall: World, monkeypatch):
    """A hundred people for each seat, through many hands at once."""
    seats = 2
    hall.open_day(hall.site, DAY + timedelta(days=1), seats=0)
    at = sites.slot_of(clock.now()) + timedelta(days=1)
    sql.execute(
        "UPDATE sites_slot SET planned = %s, capacity = %s WHERE site_id = %s AND starts_at = %s",
        [seats, seats, hall.site, at],
    )
    watch = turns.Watch("rush", turns.Rules(40, 0.1, timedelta(minutes=15)))
    monkeypatch.setattr(room, "watch", lambda: watch)
    people = hall.persons(100 * seats)
    seen: Counter[str] = Counter()

    def visit(person: int) -> None:
        client = citizen(person)
        for _ in range(400):
            page = client.get(f"/book/when?site={hall.site}&day={DAY + timedelta(days=1)}")
            seen[str(page.status_code)] += 1
            if "Waiting room" not in read(page):
                break
            seen["waited"] += 1
        act = str(uuid4())
        held = client.post("/book/hold", {"act": act, "site": hall.site, "starts_at": at.isoformat()})
        seen[str(held.status_code)] += 1
        if held["Location"] == f"/book/{act}":
            seen["sold"] += client.post(f"/book/{act}", {"act": str(uuid4())})["Location"] == "/record"

    def hand(n: int) -> None:
        for person in people[n::8]:
            visit(person)
        connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(hand, range(8)))
    assert seen["sold"] == seats
    assert seen["waited"] > 0
    assert {code for code in seen if code.isdigit()} <= {"200", "302"}
    assert sites.taken(DAY + timedelta(days=1), DAY + timedelta(days=1)) == {(hall.site, at): seats}
    assert booking.seat_difference(DAY, DAY + timedelta(days=1)) == []
