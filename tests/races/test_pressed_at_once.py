"""A press that arrives several times at the same moment: one effect, and everybody gets the first answer."""

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from django.conf import settings as django_settings
from django.test import Client

from seawall.campaigns.services import campaign_load
from seawall.platform import clock, sql
from seawall.reference.services import city_load
from seawall.terms.actor import Actor
from tests.clinic.conftest import CITY
from tests.clinic.world import World
from tests.walks.conftest import sign_in  # noqa: F401
from tests.walks.presses_portal import confirm, hold
from tests.walks.presses_site import arrival, injection
from tests.walks.pressing import Press

from .crowd import Crowd

HANDS = 8
Enter = Callable[..., object]
LEFT = {
    "hold": "SELECT state, 1 FROM booking_appointment UNION ALL SELECT 'seat', taken FROM sites_slot WHERE taken > 0",
    "confirm": "SELECT state, 1 FROM booking_appointment UNION ALL SELECT 'seat', taken FROM sites_slot WHERE taken > 0",
    "arrive": "SELECT state, ticket FROM clinic_visit",
    "dose": "SELECT 'given', 1 FROM clinic_injection UNION ALL SELECT 'line', -delta FROM supply_stockline "
    "WHERE kind = 'use' UNION ALL SELECT 'history', 1 FROM people_doseevent",
}
PRESSES = {
    "hold": (hold, [("held", 1), ("seat", 1)]),
    "confirm": (confirm, [("booked", 1), ("seat", 1)]),
    "arrive": (arrival, [("arrived", 1)]),
    "dose": (injection, [("given", 1), ("history", 1), ("line", 1)]),
}


@pytest.fixture
def crowd(transactional_db: None) -> Iterator[Crowd]:
    hands = Crowd(HANDS)
    yield hands
    hands.leave()


@pytest.fixture
def hall(crowd: Crowd, anyone: Actor, noon: datetime, settings: pytest.FixtureRequest) -> World:
    settings.SEAWALL_DEMO = False
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    city_load("chongqing")
    campaign_load(CITY)
    clock.set_to(noon)
    return World(anyone, noon).build()


def pressed(press: Press) -> tuple[int, str]:
    """One more hand at the same screen."""
    client = Client(headers={"accept-language": "en"})
    client.cookies[django_settings.SESSION_COOKIE_NAME] = press.client.session.session_key
    answer = client.post(press.address, press.told)
    return answer.status_code, answer.get("Location", "") or answer.content.decode()


@pytest.mark.parametrize("name", PRESSES)
def test_presses_at_the_same_moment_are_one(crowd: Crowd, hall: World, sign_in: Enter, name: str) -> None:  # noqa: F811
    make, left = PRESSES[name]
    press = make(hall, sign_in)
    press.client.get("/home")  # what the first request of a process loads is not part of the race
    answers = crowd.at_once([lambda: pressed(press)] * HANDS)
    assert len(set(answers)) == 1, answers
    assert answers[0][0] == 302
    assert sorted(sql.fetch(LEFT[name])) == left
    assert pressed(press) == answers[0]
