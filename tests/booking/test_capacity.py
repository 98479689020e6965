"""One number for each quarter-hour: the least of what doses, cold chain, staff, stations, chairs and waiting hall allow."""

from datetime import date, time, timedelta

import pytest

from seawall.booking import selectors, services
from seawall.booking.jobs import seats_follow
from seawall.platform import clock, sql
from seawall.sites import selectors as sites
from seawall.sites import services as site_services
from seawall.supply import services as supply
from seawall.terms.bookings import SiteDay
from seawall.terms.codes import CapacityLimit, LotState
from seawall.terms.sites import TeamPost, TeamSet
from seawall.terms.stock import LotHold
from seawall.terms.visits import AppointmentBook, SessionPlan
from tests.clinic.world import CAMPAIGN, DAY, PROGRAMME, World, done
from tests.safety.conftest import hall, loaded  # noqa: F401

QUARTER = timedelta(minutes=15)
NEXT = DAY + timedelta(days=1)


def bears(hall: World, day: date = DAY):  # noqa: F811
    return selectors.bearing([hall.site], day, day)


def planned(hall: World, day: date = DAY, **more: object) -> None:  # noqa: F811
    told = {"opens": time(8), "closes": time(18), "stations": 4, "seats_per_slot": 20, "day": day, "site_id": hall.site}
    done(site_services.session_plan(hall.actor, [SessionPlan(**hall.base(), **{**told, **more})]))


def roster(hall: World, vaccinators: int, day: date = DAY) -> list[int]:  # noqa: F811
    nurses = [hall.post("VACCINATOR", certified=True) for _ in range(vaccinators)]
    others = {"SCREENER": hall.posts["screener"], "OBSERVER": hall.posts["observer"]}
    rows = [TeamPost(post, role) for role, post in others.items()] + [TeamPost(p, "VACCINATOR") for p in nurses]
    rows += [TeamPost(hall.post("SITE_MANAGER", certified=False), "SITE_MANAGER") for _ in range(2)]
    rows.append(TeamPost(hall.post("EMERGENCY_CLINICIAN", certified=False), "EMERGENCY_CLINICIAN"))
    item = TeamSet(**hall.base(), site_id=hall.site, day=day, programme=PROGRAMME, members=tuple(rows))
    done(site_services.team_set(hall.actor, [item]))
    return nurses


def follow(hall: World, day: date = DAY) -> dict:  # noqa: F811
    item = SiteDay(**hall.base(), site_id=hall.site, day=day)
    return dict(done(services.capacity_follow(hall.actor, [item]))[0].answer)


def offered(hall: World, day: date = DAY) -> set[int]:  # noqa: F811
    return {seat.capacity for seat in sites.seats([hall.site], day) if seat.starts_at >= quarter(hall, 0)}


def book(hall: World, count: int, at: object, site: int = 0) -> list[int]:  # noqa: F811
    people = hall.persons(count)
    items = [
        AppointmentBook(**hall.base(), person_id=p, campaign=CAMPAIGN, site_id=site or hall.site, starts_at=at)
        for p in people
    ]
    done(services.appointment_book(hall.actor, items))
    return people


def quarter(hall: World, n: int = 4):  # noqa: F811
    return sites.slot_of(clock.now()) + n * QUARTER


@pytest.mark.parametrize(
    ("plan", "least", "named"),
    [
        ({}, 20, CapacityLimit.PLANNED),
        ({"stations": 2, "seats_per_slot": 15}, 15, CapacityLimit.PLANNED),
        ({"seats_per_slot": 30}, 30, CapacityLimit.PLANNED),
        ({"most_waiting": 12}, 6, CapacityLimit.WAITING),
    ],
)
def test_what_was_planned_and_the_hall_bind_a_day_that_is_still_to_be_arranged(hall, plan, least, named):  # noqa: F811
    planned(hall, NEXT, **plan)
    assert {(q.bears, q.binding) for q in bears(hall, NEXT)} == {(least, named)}


def test_chairs_turn_over_twice_an_hour(hall):  # noqa: F811
    sql.execute("UPDATE sites_site SET seats = 14 WHERE site_id = %s", [hall.site])
    planned(hall, NEXT)
    assert {(q.bears, q.binding) for q in bears(hall, NEXT)} == {(7, CapacityLimit.CHAIRS)}


def test_the_roster_binds_once_it_is_set_and_a_certificate_that_ends_takes_its_hands_away(hall):  # noqa: F811
    planned(hall, NEXT, stations=2, seats_per_slot=15)
    assert CapacityLimit.STAFF not in bears(hall, NEXT)[0].limits
    nurses = roster(hall, 2, NEXT)
    assert {q.limits[CapacityLimit.STAFF] for q in bears(hall, NEXT)} == {15}
    sql.execute("UPDATE staff_credential SET valid_to = %s WHERE post_id = %s", [DAY, nurses[0]])
    assert {(q.bears, q.binding) for q in bears(hall, NEXT)} == {(7, CapacityLimit.STAFF)}
    sql.execute("UPDATE staff_credential SET valid_to = %s WHERE post_id = %s", [DAY, hall.posts["screener"]])
    assert {q.bears for q in bears(hall, NEXT)} == {0}


def test_doses_of_today_go_to_who_has_a_seat_and_then_to_the_first_quarter_hours(hall):  # noqa: F811
    hall.packs(24)
    late = quarter(hall, 8)
    book(hall, 4, late)
    found = {q.starts_at: q for q in bears(hall)}
    first, second, third = (quarter(hall, n) for n in (0, 1, 2))
    assert [(found[at].bears, found[at].binding) for at in (first, second, third)] == [
        (20, CapacityLimit.PLANNED),
        (0, CapacityLimit.DOSES),
        (0, CapacityLimit.DOSES),
    ]
    assert found[late].bears == 4
    assert sum(q.bears for q in found.values()) == 24


def test_a_lot_that_is_held_takes_its_seats_and_released_gives_them_back(hall):  # noqa: F811
    hall.packs(24)
    lot = f"L{hall.lots:04d}"
    assert follow(hall)["fewer"] > 0
    assert sum(s.capacity for s in sites.seats([hall.site], DAY) if s.starts_at >= quarter(hall, 0)) == 24
    done(
        supply.lot_hold(
            hall.actor, [LotHold(**hall.base(), lot=lot, place_id=None, state=LotState.QUARANTINED, authority="test")]
        )
    )
    assert follow(hall)["fewer"] > 0
    assert offered(hall) == {0}
    done(
        supply.lot_hold(
            hall.actor, [LotHold(**hall.base(1), lot=lot, place_id=None, state=LotState.RELEASED, authority="test")]
        )
    )
    assert follow(hall)["more"] > 0
    assert max(offered(hall)) == 20


def test_who_booked_last_above_it_moves_to_the_nearest_equal_seat_and_is_told(hall):  # noqa: F811
    planned(hall, NEXT, seats_per_slot=10)
    at = quarter(hall) + timedelta(days=1)
    people = book(hall, 10, at)
    roster(hall, 4, NEXT)
    planned(hall, NEXT, most_waiting=12, seats_per_slot=10)
    told = follow(hall, NEXT)
    assert (told["moved"], told["kept"]) == (4, 0)
    where = {row.person_id: row.starts_at for row in selectors.appointments(people) if row.state == "booked"}
    assert [where[p] == at for p in people].count(True) == 6
    assert {abs(when - at) for when in where.values() if when != at} == {QUARTER}
    facts = sql.fetch("SELECT owner_id, payload->>'reason' FROM platform_fact WHERE fact = 'AppointmentMoved'")
    assert sorted(facts) == sorted((p, "CAPACITY") for p in people if where[p] != at)
    assert selectors.seat_difference(NEXT, NEXT) == []


def test_nobody_is_dropped_who_cannot_be_moved(hall):  # noqa: F811
    planned(hall, NEXT, seats_per_slot=10)
    at = quarter(hall) + timedelta(days=1)
    people = book(hall, 10, at)
    planned(hall, NEXT, most_waiting=0, seats_per_slot=10)
    sql.execute("UPDATE sites_session SET state = 'closed' WHERE site_id = %s", [hall.other])
    assert follow(hall, NEXT)["kept"] == 10
    assert {row.state for row in selectors.appointments(people)} == {"booked"}
    over = {(q.site_id, q.starts_at): q.over for q in bears(hall, NEXT) if q.over}
    assert {row.person_id for row, _ in selectors.above_capacity(over)} == set(people)
    assert follow(hall, NEXT) == {"fewer": 1, "more": 0, "moved": 0, "kept": 10}


def test_products_and_dose_ranks_have_their_own_number(hall):  # noqa: F811
    hall.packs(24)
    first = bears(hall)[0]
    assert first.given and {rank for _, rank in first.given} >= {1, 2}
    assert max(first.given.values()) <= first.bears


def test_seats_follow_by_themselves_and_nothing_is_recorded_for_nothing(hall):  # noqa: F811
    acts = "SELECT count(*) FROM platform_act WHERE verb = 'capacity_follow'"
    seats_follow()
    assert offered(hall) == {0}  # no vaccine is here
    ((before,),) = sql.fetch(acts)
    seats_follow()
    assert sql.fetch(acts) == [(before,)]
    hall.packs(24)
    seats_follow()
    assert max(offered(hall)) == 20
