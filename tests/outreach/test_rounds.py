"""Whatever happens to rounds, everybody who cannot come waits, has a seat, has a reason or has a dose: one of them, and never none."""

import random
from datetime import timedelta

import pytest

from seawall.booking import selectors as booking
from seawall.booking import services as bookings
from seawall.outreach import selectors, services
from seawall.terms.bookings import SiteDay
from seawall.terms.rounds import RoundAccept, RoundPropose, StopSettle
from seawall.terms.visits import AppointmentChange
from tests.clinic.world import CAMPAIGN, DAY, PROGRAMME, World
from tests.walks.presses_rounds import vehicle, wait

pytestmark = pytest.mark.django_db
STANDING = {"held", "booked", "arrived"}
PEOPLE, ACTS = 12, 60


@pytest.mark.parametrize("seed", range(4))
def test_nobody_is_lost(hall: World, seed: int) -> None:
    chance = random.Random(seed)
    hall.packs(6)
    people, cars = hall.persons(PEOPLE), [vehicle(hall, f"CAR-{n}") for n in range(3)]
    wait(hall, people, "同一幢" if seed % 2 else "{p} 幢")
    days = [DAY + timedelta(days=n) for n in range(1, 3)]

    def propose(car: int) -> None:
        item = RoundPropose(**hall.base(), site_id=car, day=chance.choice(days), campaign=CAMPAIGN, store_id=hall.site)
        services.round_propose(hall.actor, [item])

    def accept(car: int) -> None:
        for row in selectors.rounds([car], days[0], days[-1]):
            services.round_accept(
                hall.actor, [RoundAccept(**hall.base(), site_id=car, day=row.day, proposal=row.proposal)]
            )

    def seat(car: int):
        found = [a for day in days for a in booking.day_list([car], day) if a.state == "booked"]
        return chance.choice(found) if found else None

    def cancel(car: int) -> None:
        if a := seat(car):
            change = AppointmentChange(**hall.base(), person_id=a.person_id, appointment=a.appointment)
            bookings.appointment_cancel(hall.actor, [change])

    def settle(car: int) -> None:
        if a := seat(car):
            day, result = a.starts_at.date(), chance.choice(["UNREACHABLE", "REFUSED", "DEFERRED"])
            services.stop_settle(
                hall.actor, [StopSettle(**hall.base(), site_id=car, day=day, person_id=a.person_id, result=result)]
            )

    def call_off(car: int) -> None:
        bookings.site_withdraw(hall.actor, [SiteDay(**hall.base(), site_id=car, day=days[0])])

    seen = set()
    for _ in range(ACTS):
        chance.choice([propose, propose, accept, accept, cancel, settle, call_off])(chance.choice(cars))
        waits = {r.person_id for r in selectors.waits_for_visit(CAMPAIGN, PROGRAMME, [hall.leaf], DAY, 100)[1]}
        seated = {p for p in people if any(a.state in STANDING for a in booking.appointments([p]))}
        reasoned = set(selectors.reasons(people, CAMPAIGN, DAY)) - seated
        assert waits | seated | reasoned == set(people)
        assert not waits & (seated | reasoned)
        assert all(booking.seat_difference(day, day) == [] for day in days)
        seen.add((bool(seated), bool(reasoned)))
    assert (True, True) in seen
