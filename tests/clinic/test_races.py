"""Many hands at once, each with a connection of its own: never a dose too many, never one lost."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

import pytest
from django.db import connection

from seawall.clinic import services as clinic
from seawall.clinic.models import Injection
from seawall.platform import clock
from seawall.supply import selectors as supply
from seawall.terms.actor import Actor
from seawall.terms.acts import Outcome

from .world import World

pytestmark = pytest.mark.django_db(transaction=True)
HANDS = 6


@pytest.fixture
def hall(db: None, anyone: Actor, noon: datetime) -> World:
    from seawall.campaigns.services import campaign_load
    from seawall.reference.services import city_load

    from .conftest import CITY

    city_load("chongqing")
    campaign_load(CITY)
    clock.set_to(noon)
    return World(anyone, noon).build()


def at_once(acts: list[Callable[[], Outcome]]) -> list[Outcome]:
    """Start all of them at the same moment."""
    gate = Barrier(len(acts))

    def run(call: Callable[[], Outcome]) -> Outcome:
        try:
            connection.ensure_connection()
            gate.wait()
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def codes(outcomes: list[Outcome]) -> Counter[str]:
    return Counter(o.refusal.code if o.refusal else "done" for o in outcomes)


def test_one_visit_and_many_hands_make_one_injection(hall):
    visit, packs = hall.ready(hall.person()), hall.packs(HANDS)
    outcomes = at_once([lambda code=code: hall.give(visit, code, 20) for code in packs])
    assert codes(outcomes) == {"done": 1, "VISIT_NOT_READY": HANDS - 1}
    assert [row.checks for row in Injection.objects.all()] == [(1 << 11) - 1]
    assert sum(row.doses for row in supply.stock([hall.site])) == HANDS - 1


def test_the_last_dose_of_a_lot_goes_into_one_arm(hall):
    pack = hall.packs(1)[0]
    visits = [hall.ready(person, n) for n, person in enumerate(hall.persons(HANDS))]
    outcomes = at_once([lambda v=v: hall.give(v, pack, 20) for v in visits])
    assert codes(outcomes) == {"done": 1, "CODE_USED_UP": HANDS - 1}
    assert supply.stock([hall.site]) == []
    assert supply.difference() == []


def test_one_person_at_two_sites_at_once_gets_one_dose(hall):
    """One site gives while another enters a dose from paper: the second to lock the person finds the first."""
    person = hall.person()
    here, there = hall.packs(1)[0], hall.packs(1, site=hall.other)[0]
    visit, entered = hall.ready(person), hall.paper(person, there, 20, site_id=hall.other)
    outcomes = at_once([lambda: hall.give(visit, here, 20), lambda: clinic.dose_enter(hall.actor, [entered])[0]])
    assert sum(o.done for o in outcomes) == 1
    assert set(codes(outcomes)) - {"done"} <= {"DOSE_SAME_DAY", "TOO_EARLY"}
    assert Injection.objects.count() == 1
    assert sum(row.doses for row in supply.stock([hall.site, hall.other])) == 1


def test_a_day_does_not_close_over_somebody_who_is_coming_in(hall):
    """Whichever is first wins: either the day is closed and the person refused, or the person is in and the day stays open."""
    person = hall.person()
    arrival, closing = hall.arrival(person, None, 20), hall.closing({})
    came, closed = at_once(
        [lambda: clinic.visit_arrive(hall.actor, [arrival])[0], lambda: clinic.day_close(hall.actor, [closing])[0]]
    )
    assert came.done != closed.done
