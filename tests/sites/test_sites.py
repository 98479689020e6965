"""A site opens with what it needs, its seats are counted once, and planning anew takes nobody's seat."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.test.utils import CaptureQueriesContext

from seawall.platform import sql
from seawall.platform.verbs import Work
from seawall.reference import selectors as reference
from seawall.reference.services import areas_locate
from seawall.sites import selectors, services
from seawall.staff.models import Credential
from seawall.terms.codes import DoorState, PlaceKind, SiteKind
from seawall.terms.sites import DoorSet, SiteClose, TeamPost, TeamSet
from seawall.terms.visits import SessionPlan

from .conftest import DAY, FOUR

NINE = datetime(2021, 4, 12, 1, 0, tzinfo=UTC)
QUARTER = timedelta(minutes=15)


def codes(outcomes):
    return [o.refusal.code if o.refusal else "done" for o in outcomes]


def test_a_site_is_a_place_under_the_same_id(town):
    site = town.open("S1")
    place = reference.place(site)
    assert (place.kind, place.code, place.leaf_id) == (PlaceKind.SITE, "S1", town.leaf)
    assert place.unit_id == reference.leaf_units(DAY)[town.leaf]
    assert [(s.site_id, s.code, s.door) for s in selectors.sites(DAY)] == [(site, "S1", DoorState.NORMAL)]
    assert selectors.sites(date(2021, 4, 9)) == []


@pytest.mark.parametrize(
    ("longitude", "latitude", "code"),
    [(106.5, 29.5, "done"), (29.5, 106.5, "SITE_FAR_FROM_AREA"), (-106.5, 29.5, "SITE_FAR_FROM_AREA")],
)
def test_a_site_lies_near_the_area_that_it_names(town, longitude, latitude, code):
    areas_locate([(town.leaf, 106.6, 29.6)])
    assert codes(services.site_open(town.actor, [town.item(longitude=longitude, latitude=latitude)])) == [code]


def test_one_bad_site_refuses_only_itself(town):
    items = [
        town.item("S1"),
        town.item("S1"),
        town.item("S2", leaf_id=-1),
        town.item("S3", stations=0),
        town.item("S4", stations=10**6),
        town.item("S5", seats=10**6),
        town.item("T1", kind=SiteKind.TEMPORARY),
        town.item("T2", kind=SiteKind.TEMPORARY, parent_facility_id=town.clinic),
        town.item("T3", kind=SiteKind.TEMPORARY, parent_facility_id=town.hospital),
    ]
    expected = ["done", "SITE_KNOWN", "AREA_UNKNOWN", "SITE_WITHOUT_ROOM", "SITE_TOO_LARGE", "SITE_TOO_LARGE"]
    expected += ["TEMPORARY_WITHOUT_PARENT", "TEMPORARY_WITHOUT_PARENT", "done"]
    assert codes(services.site_open(town.actor, items)) == expected
    assert codes(services.site_open(town.actor, [town.item("S1")])) == ["SITE_KNOWN"]


def test_a_day_is_planned_in_quarter_hours_of_the_campaigns_time(town):
    site = town.open()
    assert town.plan(site, 3).answer == {"slots": 8, "seats": 24}
    seats = selectors.seats([site], DAY)
    assert [s.starts_at for s in seats] == [NINE + n * QUARTER for n in range(8)]
    assert {s.capacity for s in seats} == {3}
    (row,) = selectors.sessions(DAY)
    assert (row.state, row.capacity, row.taken) == ("planned", 24, 0)
    frame = selectors.capacity_frame(DAY, DAY)
    unit = next(u.code for u in reference.units(DAY) if town.leaf in u.leaves)
    assert frame.rows() == [(unit, DAY, 24)]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"opens": time(11), "closes": time(9)}, "BAD_HOURS"),
        ({"opens": time(9, 5)}, "BAD_HOURS"),
        ({"stations": 5}, "MORE_STATIONS_THAN_SITE"),
        ({"stations": 0}, "MORE_STATIONS_THAN_SITE"),
        ({"seats_per_slot": 31}, "SLOT_ABOVE_STATION_RATE"),
        ({"seats_per_slot": 30}, None),
    ],
)
def test_a_plan_that_cannot_be_served_is_refused(town, changed, code):
    refusal = town.plan(town.open(), **changed).refusal
    assert (refusal.code if refusal else None) == code


def take(town, wanted, given_up=()):
    w = Work(town.actor, town.now)
    return services.seats_take(w, [(uuid4(), site, at) for site, at in wanted], given_up)


def test_the_first_have_the_seats_and_the_others_hear_of_the_nearest(town):
    site = town.open()
    town.plan(site, 2)
    third = NINE + 2 * QUARTER
    answers = list(take(town, [(site, third)] * 3 + [(site, NINE - QUARTER), (99, NINE)]).values())
    refused = [getattr(a, "code", "done") for a in answers]
    assert sorted(refused) == ["NO_SUCH_SLOT", "NO_SUCH_SLOT", "SEAT_GONE", "done", "done"]
    gone = next(a for a in answers if getattr(a, "code", "") == "SEAT_GONE")
    near = [datetime.fromisoformat(text) for text in gone.params["alternatives"].split()]
    assert near == [third - QUARTER, third + QUARTER, third - 2 * QUARTER]
    assert selectors.taken(DAY, DAY) == {(site, third): 2}


def test_a_seat_given_up_in_the_same_breath_can_be_taken(town):
    site = town.open()
    town.plan(site, 1)
    take(town, [(site, NINE)])
    (answer,) = take(town, [(site, NINE)], [(site, NINE)]).values()
    assert answer == {}
    services.seats_release(Work(town.actor, town.now), [(site, NINE)])
    assert selectors.taken(DAY, DAY) == {}


def test_planning_anew_keeps_every_seat_that_is_taken(town):
    site = town.open()
    town.plan(site, 3)
    take(town, [(site, NINE)] * 3 + [(site, NINE + 7 * QUARTER)])
    assert town.plan(site, 1, closes=time(10)).refusal is None
    seats = {s.starts_at: (s.capacity, s.taken) for s in selectors.seats([site], DAY)}
    assert seats[NINE] == (3, 3)
    assert seats[NINE + QUARTER] == (1, 0)
    assert seats[NINE + 6 * QUARTER] == (0, 0)
    assert seats[NINE + 7 * QUARTER] == (1, 1)


def test_a_slot_cannot_be_oversold_whoever_writes_it(town):
    site = town.open()
    town.plan(site, 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        sql.execute("UPDATE sites_slot SET taken = 2 WHERE site_id = %s", [site])


def test_a_day_opens_only_with_the_four_things_in_place(town):
    site = town.open()
    assert codes(services.session_open(town.actor, [town.mark(site)])) == ["NO_SESSION"]
    town.plan(site)
    (refused,) = services.session_open(town.actor, [town.mark(site)])
    assert refused.refusal.params["missing"] == "EMERGENCY_CLINICIAN, EMERGENCY_KIT, AMBULANCE, GREEN_CHANNEL"
    assert town.ready(site, frozenset({"NONSENSE"})).refusal.code == "READINESS_UNKNOWN"
    town.ready(site, FOUR - {"AMBULANCE"}, frozenset({"AMBULANCE"}))
    (refused,) = services.session_open(town.actor, [town.mark(site)])
    assert (refused.refusal.code, refused.refusal.params["missing"]) == ("NOT_READY", "AMBULANCE")
    town.ready(site)
    assert codes(services.session_open(town.actor, [town.mark(site)])) == ["done"]
    assert {row.code: row.ready for row in selectors.readiness(site, DAY)} == dict.fromkeys(FOUR, True) | {
        "RESIDENT_SUPERVISOR": None
    }
    assert codes(services.session_close(town.actor, [town.mark(site)])) == ["done"]
    assert codes(services.session_open(town.actor, [town.mark(site)])) == ["SESSION_CLOSED"]
    assert town.plan(site).refusal.code == "SESSION_CLOSED"
    (answer,) = take(town, [(site, NINE)]).values()
    assert answer.code == "SITE_NOT_OPEN"


def test_a_closed_site_gives_no_more_seats_and_says_so(town):
    site, other = town.open("S1"), town.open("S2")
    for day in (DAY, DAY + timedelta(days=1)):
        town.plan(site, day=day)
    item = SiteClose(act=uuid4(), occurred_at=town.now, site_id=site, day=DAY + timedelta(days=1), reason="FLOOD")
    assert codes(services.site_close(town.actor, [item, replace(item, act=uuid4())])) == ["done", "SITE_NOT_OPEN"]
    assert [s.site_id for s in selectors.sites(DAY + timedelta(days=1))] == [other]
    assert [s.state for s in selectors.sessions(DAY + timedelta(days=1))] == ["closed"]
    (answer,) = take(town, [(site, NINE + timedelta(days=1))]).values()
    assert answer.code == "SITE_NOT_OPEN"
    assert sql.fetch("SELECT payload->>'reason' FROM platform_fact WHERE fact = 'SiteClosed'") == [("FLOOD",)]


TEAM = (
    *(TeamPost(n, "SITE_MANAGER") for n in (1, 2)),
    *(TeamPost(10 + n, "VACCINATOR", n) for n in range(1, 5)),
    TeamPost(20, "SCREENER"),
    TeamPost(21, "OBSERVER"),
    TeamPost(22, "EMERGENCY_CLINICIAN"),
)


def team(town, site, members):
    item = TeamSet(act=uuid4(), occurred_at=town.now, site_id=site, day=DAY, programme="covid19-cn", members=members)
    return services.team_set(town.actor, [item])[0]


@pytest.fixture
def trained(town):
    """Certificates for everybody in TEAM who needs one."""
    for post in (11, 12, 13, 14, 20, 21):
        Credential.objects.create(
            post_id=post, act=uuid4(), kind="VACCINATION_TRAINING", programme="", valid_from=DAY, valid_to=DAY
        )


@pytest.mark.usefixtures("trained")
@pytest.mark.parametrize(
    ("members", "code"),
    [
        (TEAM, None),
        (TEAM[1:], "TEAM_TOO_SMALL"),
        ((*TEAM, TeamPost(3, "SITE_MANAGER"), TeamPost(4, "SITE_MANAGER")), "TEAM_TOO_LARGE"),
        ((*TEAM[:2], *TEAM[3:]), "TEAM_TOO_SMALL"),
        ((*TEAM, TeamPost(30, "VACCINATOR")), "NOT_CERTIFIED"),
        ((*TEAM, TeamPost(30, "DANCER")), "ROLE_UNKNOWN"),
    ],
)
def test_a_team_has_enough_of_each_and_nobody_untrained(town, members, code):
    outcome = team(town, town.open(), members)
    assert (outcome.refusal.code if outcome.refusal else None) == code


@pytest.mark.usefixtures("trained")
def test_an_emergency_clinician_in_the_team_counts_as_in_place(town):
    site = town.open()
    town.plan(site)
    assert team(town, site, TEAM).done
    assert team(town, site, TEAM).done
    assert len(selectors.team(site, DAY)) == len(TEAM)
    town.ready(site, FOUR - {"EMERGENCY_CLINICIAN"})
    assert codes(services.session_open(town.actor, [town.mark(site)])) == ["done"]


def test_the_door_says_who_holds_it_and_why(town):
    site = town.open()
    item = DoorSet(act=uuid4(), occurred_at=town.now, site_id=site, state=DoorState.HELD, reason="SEATS")
    assert codes(services.door_set(town.actor, [item, replace(item, act=uuid4(), site_id=99)])) == [
        "done",
        "SITE_NOT_OPEN",
    ]
    for state, reason in (("held", ""), ("held", "EASED"), ("slowed", "RESCUE"), ("normal", "FULL")):
        wrong = replace(item, act=uuid4(), state=DoorState(state), reason=reason)
        assert codes(services.door_set(town.actor, [wrong])) == ["DOOR_REASON_NEEDED"]
    row = selectors.site(site)
    assert (row.door, row.door_reason, row.door_post_id) == (DoorState.HELD, "SEATS", 1)


def test_statements_do_not_grow_with_the_batch(town):
    counts = []
    for size in (1, 12):
        sites = [town.item(f"N{size}-{n}") for n in range(size)]
        with CaptureQueriesContext(connection) as queries:
            ids = [o.answer["site_id"] for o in services.site_open(town.actor, sites)]
            plans = [
                SessionPlan(
                    act=uuid4(),
                    occurred_at=town.now,
                    site_id=site,
                    day=DAY,
                    opens=time(9),
                    closes=time(12),
                    stations=2,
                    seats_per_slot=1,
                )
                for site in ids
            ]
            services.session_plan(town.actor, plans)
            take(town, [(site, NINE) for site in ids] * 2)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_opening_takes_what_was_found_with_it_and_keeps_it_when_the_day_stays_shut(town):
    site = town.open()
    town.plan(site)

    def said() -> dict[str, bool | None]:
        return {row.code: row.ready for row in selectors.readiness(site, DAY) if row.stops}

    (nonsense,) = services.session_open(town.actor, [town.mark(site, ready=frozenset({"NONSENSE"}))])
    assert (nonsense.refusal.code, set(said().values())) == ("READINESS_UNKNOWN", {None})
    mark = town.mark(site, ready=FOUR - {"AMBULANCE"}, missing=frozenset({"AMBULANCE"}))
    (short,) = services.session_open(town.actor, [mark])
    assert (short.refusal.code, short.refusal.params["missing"]) == ("NOT_READY", "AMBULANCE")
    assert said() == dict.fromkeys(FOUR, True) | {"AMBULANCE": False}
    assert codes(services.session_open(town.actor, [town.mark(site)])) == ["NOT_READY"]
    assert codes(services.session_open(town.actor, [town.mark(site, ready=frozenset({"AMBULANCE"}))])) == ["done"]
    assert said() == dict.fromkeys(FOUR, True)
