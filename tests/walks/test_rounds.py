"""Who cannot come is noted, planned on a round, visited, and comes back where nobody was vaccinated."""

from datetime import timedelta

import pytest

from seawall.booking import selectors as booking
from seawall.booking import services as bookings
from seawall.clinic import selectors as clinic
from seawall.clinic import services
from seawall.outreach import selectors as outreach
from seawall.platform import clock, sql
from seawall.sites import services as sites
from seawall.sites.boards import near
from seawall.supply import selectors as supply
from seawall.supply import services as supplies
from seawall.terms.bookings import SiteDay
from seawall.terms.sites import SessionOpen
from seawall.terms.stock import DosesReserve
from seawall.terms.visits import AppointmentBook
from tests.clinic.world import CAMPAIGN, DAY, PROGRAMME, done

from .pages import Visitor
from .presses_portal import citizen
from .presses_rounds import driven, stops, vehicle, wait, waiting
from .pressing import CITY

pytestmark = pytest.mark.django_db


def queue(hall) -> set[int]:
    _, rows = outreach.waits_for_visit(CAMPAIGN, PROGRAMME, [hall.leaf], DAY, 100)
    return {row.person_id for row in rows}


def test_a_citizen_asks_and_the_planner_sees_it_by_street(hall, sign_in):
    person, visitor = hall.person(), Visitor()
    visitor.client = citizen(person)
    visitor.go("/record").sees("I cannot come: home visit").go("/home-visit")
    visitor.send("need", need="BEDRIDDEN", whereabouts="2 幢 3 楼").sees("You wait for a visit", "2 幢 3 楼")
    planner = sign_in("DISTRICT_OFFICER", CITY).go("/console/rounds")
    planner.sees("1 person cannot come", "Bedridden", "A round needs a mobile site")
    assert "2 幢 3 楼" not in planner.text  # the address is for the team at the door
    visitor.go("/home-visit").send("/home-visit/end").sees("Why you cannot come")
    assert queue(hall) == set()
    assert sql.fetch("SELECT whereabouts_sealed FROM outreach_homebound") == [(None,)]


def test_a_street_officer_notes_it_and_a_call_that_says_so_counts(hall, sign_in):
    first, second = hall.persons(2)
    officer = sign_in("STREET_OFFICER", ("area", "500000"))
    officer.go(f"/console/bookings?person={first}").send(
        "need", need="FRAIL", whereabouts="村口第一家", wish="home"
    ).sees("Waits for a visit since", "村口第一家")
    officer.go("/console/calls").send("result", where={"person_id": str(second)}, result="HOMEBOUND", way="call")
    assert queue(hall) == {first, second}
    assert outreach.homebound([second])[second].need == "UNSAID"


def test_a_planner_proposes_and_accepts_and_everybody_is_booked_and_told(hall, sign_in):
    car, persons = waiting(hall, 3, phone="13800000001")
    planner = sign_in("DISTRICT_OFFICER", CITY).go(f"/console/rounds?day={DAY}")
    planner.sees("3 people cannot come").send("store_id", site_id=car, store_id=hall.site)
    planner.sees("Proposed: 3 of 3", "proposed", "3 people on the round", "min drive", "doses from")
    assert all(booking.appointments([p]) == [] for p in persons)
    planner.send("proposal").sees("3 people have a seat", "3 packs", "accepted", "Nobody waits for a visit")
    assert {a.state.value for p in persons for a in booking.appointments([p])} == {"booked"}
    assert [(row.to_place_id, row.packs) for row in supply.picks(DAY, [hall.site])] == [(car, 3)]
    told = sql.fetch("SELECT owner_id FROM platform_message WHERE kind = 'round'")
    assert {person for (person,) in told} == set(persons)
    assert booking.seat_difference(DAY, DAY) == []
    record = Visitor()
    record.client = citizen(persons[0])
    record.go("/record").sees("The team comes to you around this time")
    # The seats are theirs: the public neither finds nor books one, also where one of them gives theirs back.
    seat = booking.appointments([persons[0]])[0]
    record.send("/cancel")
    assert [s.earliest for s in near.public_sites(DAY, {car})] == [None]
    refused = hall.person()
    assert book(hall, person_id=refused, site_id=car, starts_at=seat.starts_at) == "SEATS_OF_A_ROUND"
    assert queue(hall) == {persons[0]}


def ready(hall, car: int) -> None:
    """The team and what a site needs are in the car, and its day is open."""
    hall.other = car
    for name, role in (("screener", "SCREENER"), ("vaccinator", "VACCINATOR"), ("observer", "OBSERVER")):
        hall.posts[name] = hall.post(role, certified=True)
    needs = frozenset({"EMERGENCY_CLINICIAN", "EMERGENCY_KIT", "AMBULANCE", "GREEN_CHANNEL"})
    done(sites.session_open(hall.actor, [SessionOpen(**hall.base(), site_id=car, day=DAY, ready=needs)]))


def book(hall, **item) -> str:
    outcome = bookings.appointment_book.one(hall.actor, AppointmentBook(**hall.base(), campaign=CAMPAIGN, **item))
    return outcome.refusal.code if outcome.refusal else ""


def test_first_doses_leave_alone_what_is_kept_for_second_doses(hall, sign_in):
    car, first = vehicle(hall), hall.person()
    second = hall.person()
    hall.history(second, DAY - timedelta(days=40))
    hall.packs(1)
    kept = DosesReserve(**hall.base(), place_id=hall.site, product="BIBP", doses=1, until=DAY)
    supplies.doses_reserve(hall.actor, [kept])
    wait(hall, [first, second])
    planner = sign_in("DISTRICT_OFFICER", CITY).go(f"/console/rounds?day={DAY}")
    planner.send("store_id", site_id=car, store_id=hall.site)
    planner.sees("1 person on the round", "no dose for them that is not kept for a later dose 1")
    planner.send("proposal")
    assert [a.person_id for a in booking.day_list([car], DAY)] == [second]
    assert queue(hall) == {first}


def test_the_team_drives_vaccinates_and_what_is_left_comes_back(hall, sign_in):
    car, persons = driven(hall)
    code = hall.packs(2, site=car)[0]
    ready(hall, car)
    nurse = sign_in("STATION_NURSE", ("site", car), certified=True).go("/console/station")
    assert nurse.path.startswith(f"/console/site/{car}/stops")  # who is on the road today begins at the round
    first, last = stops(car)
    nurse.sees("Next:", "0 of 2 vaccinated, 2 people still to do", "张三丰", "1 幢 2 楼", "no telephone")
    looks = sql.fetch("SELECT count(*) FROM platform_look WHERE page = 'round'")
    assert looks[0][0] >= 2
    nurse.send("stop", where={"stop": str(last)}).sees(f"Next stop: {last}")
    assert stops(car) == [last, first]
    away = next(s for s in outreach.round_of(car, DAY).stops if s.stop == last).persons[0]
    nurse.send("result", where={"person_id": str(away)}, result="UNREACHABLE").sees("Recorded as the reason")
    nurse.sees("missed", "1 person still to do")
    assert queue(hall) == {away}  # not at home settles nothing: the next round takes them
    there = next(p for p in persons if p != away)
    seat = booking.appointments([there])[0]
    assert f"/console/site/{car}/arrival?booked={seat.appointment}" in nurse.sent
    nurse.go(f"/console/site/{car}/arrival?booked={seat.appointment}").send("appointment").go(
        f"/console/site/{car}/stops"
    )
    visit = clinic.visits(car, DAY)[0].visit
    nurse.sees("arrived", "Screening")
    done(services.screening_record(hall.actor, [hall.screening(visit, site_id=car)]))
    done(services.consent_record(hall.actor, [hall.consent(visit, site_id=car)]))
    assert hall.give(visit, code, site_id=car).done
    nurse.go(nurse.path).sees("1 of 2 vaccinated", "observed")
    done(services.observation_end(hall.actor, [hall.leave(visit, 45, site_id=car)]))
    nurse.go(nurse.path).sees("The round is driven", "1 of 2 vaccinated, 0 people still to do")
    left = {row.lot: row.doses for row in hall.stock(car)}
    clock.set_to(hall.now + timedelta(hours=5))
    assert done(services.day_close(hall.actor, [hall.closing(left, site_id=car)]))[0].answer["given"] == 1
    assert queue(hall) == {away}


def test_who_refuses_at_the_door_carries_the_reason_and_is_not_asked_again(hall, sign_in):
    car, (person,) = driven(hall, 1)
    nurse = sign_in("STATION_NURSE", ("site", car)).go(f"/console/site/{car}/stops")
    nurse.send("result", result="REFUSED").sees("The round is driven")
    assert outreach.reasons([person], CAMPAIGN, DAY)[person].result == "REFUSED"
    assert queue(hall) == set()


def test_a_round_called_off_sends_nobody_elsewhere(hall, sign_in):
    car, persons = driven(hall)
    bookings.site_withdraw(hall.actor, [SiteDay(**hall.base(), site_id=car, day=DAY, last=DAY)])
    assert {a.state.value for p in persons for a in booking.appointments([p])} == {"cancelled"}
    assert queue(hall) == set(persons)


def test_roles_that_do_not_plan_or_drive_are_kept_out(hall, sign_in):
    car, _ = driven(hall)
    assert sign_in("HELPLINE_OPERATOR", CITY).client.get("/console/rounds").status_code == 403
    street = sign_in("STREET_OFFICER", CITY)
    assert street.client.get(f"/console/site/{car}/stops").status_code == 403
    other = sign_in("STATION_NURSE", ("site", hall.site))
    assert other.client.get(f"/console/site/{car}/stops").status_code == 403
    assert 'name="store_id"' not in street.go("/console/rounds").sent
