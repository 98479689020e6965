"""Planners who accept rounds to the same people at once: each person is on one of them, and nobody on none who could be."""

from datetime import datetime

import pytest

from seawall.booking import selectors as booking
from seawall.campaigns.services import campaign_load
from seawall.outreach import selectors as outreach
from seawall.outreach import services
from seawall.platform import clock
from seawall.reference.services import city_load
from seawall.terms.rounds import RoundAccept
from tests.clinic.conftest import CITY
from tests.clinic.world import CAMPAIGN, DAY, PROGRAMME, World
from tests.walks.presses_rounds import proposed, vehicle, wait

from .crowd import Crowd, codes

pytestmark = pytest.mark.django_db(transaction=True)
PLANNERS, PEOPLE = 4, 9


@pytest.fixture
def hall(transactional_db, anyone, noon: datetime) -> World:
    city_load("chongqing")
    campaign_load(CITY)
    clock.set_to(noon)
    return World(anyone, noon).build()


def test_two_planners_take_the_same_people(hall: World):
    hall.packs(PEOPLE)
    people, cars = hall.persons(PEOPLE), [vehicle(hall, f"CAR-{n}") for n in range(PLANNERS)]
    wait(hall, people, "养老院")
    items = [RoundAccept(**hall.base(), site_id=car, day=DAY, proposal=proposed(hall, car)) for car in cars]
    crowd = Crowd(PLANNERS)
    try:
        done = crowd.at_once([lambda i=i: services.round_accept(hall.actor, [i])[0] for i in items])
    finally:
        crowd.leave()
    assert set(codes(done)) == {"done"}
    assert sum(int(str(o.answer["people"])) for o in done) == PEOPLE
    seats = [a for car in cars for a in booking.day_list([car], DAY)]
    assert sorted(a.person_id for a in seats) == sorted(people), "each on one round"
    assert booking.seat_difference(DAY, DAY) == []
    on = [p for car in cars for stop in outreach.round_of(car, DAY).stops for p in stop.persons]
    assert sorted(on) == sorted(people), "no stop names whom another round has"
    assert outreach.waits_for_visit(CAMPAIGN, PROGRAMME, [hall.leaf], DAY, 100) == (0, [])
