"""Overbooked standby: many hands call, answer and give back at once, and no more people come than there are doses."""

import random
from datetime import datetime
from uuid import uuid4

import pytest

from seawall.booking import selectors, services
from seawall.booking.services.standby import call_of
from seawall.campaigns.services import campaign_load
from seawall.platform import clock
from seawall.reference.services import city_load
from seawall.terms.bookings import StandbyCall, StandbyJoin
from seawall.terms.visits import AppointmentChange
from tests.booking.test_standby import LAST_HOUR, at
from tests.clinic.conftest import CITY
from tests.clinic.world import CAMPAIGN, DAY, World

from .crowd import HANDS, codes

pytestmark = pytest.mark.django_db(transaction=True)
DOSES, ROUNDS = 5, 6
OUT = {"held", "booked", "arrived", "fulfilled"}


@pytest.fixture
def evening(transactional_db, anyone, noon: datetime) -> World:
    city_load("chongqing")
    campaign_load(CITY)
    clock.set_to(noon)
    hall = World(anyone, noon).build()
    hall.packs(DOSES)
    clock.set_to(at(LAST_HOUR))
    return hall


def test_overbooked_standby(evening: World, crowd):
    people = evening.persons(HANDS * 2)
    joined = [StandbyJoin(**evening.base(), person_id=p, campaign=CAMPAIGN, km=5) for p in people]
    assert set(codes(services.standby_join(evening.actor, joined))) == {"done"}
    call, chance = call_of(evening.site, CAMPAIGN, DAY), random.Random(5)

    def hand(number: int):
        told = {"act": uuid4(), "occurred_at": clock.now()}
        if number % 3 == 0:
            item = StandbyCall(**told, site_id=evening.site, campaign=CAMPAIGN, doses=DOSES)
            return services.standby_call(evening.actor, [item])[0]
        open_now = [o for o in selectors.standby_offers(call) if o.state in {"held", "booked"}]
        if not open_now:
            return services.standby_join(
                evening.actor, [StandbyJoin(**told, person_id=people[number], campaign=CAMPAIGN, km=5)]
            )[0]
        offer = chance.choice(open_now)
        change = AppointmentChange(**told, person_id=offer.person_id, appointment=offer.appointment)
        verb = services.appointment_confirm if number % 3 == 1 else services.appointment_cancel
        return verb(evening.actor, [change])[0]

    seen = set()
    for _ in range(ROUNDS):
        seen |= set(codes(crowd.at_once([lambda n=n: hand(n) for n in range(HANDS)])))
        offers = selectors.standby_offers(call)
        out = [o.person_id for o in offers if o.state in OUT]
        assert len(out) <= DOSES, "more people than doses"
        assert len(out) == len(set(out)), "one person with two offers"
        assert selectors.seat_difference(DAY, DAY) == []
    assert "done" in seen and len({o.person_id for o in offers}) > DOSES
