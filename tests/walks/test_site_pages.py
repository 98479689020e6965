"""Sites at the screen of whoever runs them: opened, a week planned at once, teams from certified staff, days called off."""

import re
from datetime import date, timedelta
from uuid import uuid4

import pytest

from seawall.booking.models import Appointment
from seawall.platform import relay, sql
from seawall.reference.services import FacilityNew, facilities_register
from seawall.sites import selectors as sites
from tests.clinic.world import DAY, World

pytestmark = pytest.mark.django_db

MONDAY = date(2021, 4, 12)  # of the week after
SITE = {
    "kind": "fixed", "code": "NEW-1", "name_zh": "新接种点", "name_en": "New site", "phone": "023-1", "stations": "2",
    "seats": "30", "address_zh": "新街 1 号", "address_en": "1 New Street", "longitude": "106.5", "latitude": "29.5",
}  # fmt: skip


@pytest.fixture
def manager(hall, sign_in):
    return sign_in("SITE_MANAGER", ("site", hall.site))


@pytest.fixture
def officer(hall, sign_in):
    return sign_in("DISTRICT_OFFICER", ("unit", "500101"))


def week(site: int, day: date = MONDAY) -> str:
    return f"/console/site/{site}/week?from={day}"


def inputs(text: str) -> dict[str, str]:
    """Fields that stand in the table and belong to the form by name; a box only when it is ticked."""
    found = {}
    for tag in re.findall(r"<input [^>]*form=\"week\"[^>]*>", text):
        name, value = (re.search(rf' {key}="([^"]*)"', tag) for key in ("name", "value"))
        if 'type="checkbox"' not in tag or " checked" in tag:
            found[name[1]] = value[1] if value else ""
    return found


def planned(site: int, day: date) -> tuple[int, str] | None:
    found = sites.sessions(day, [site])
    return (found[0].capacity, found[0].state) if found else None


def test_a_text_longer_than_its_column_is_named_with_the_most_it_holds(hall, officer):
    officer.go("/console/sites").send("/sites/open", **(SITE | {"leaf_id": str(hall.leaf), "phone": "0" * 31}))
    officer.sees("at most 30 characters")
    assert [site.code for site in sites.sites(DAY) if site.code == "NEW-1"] == []


def test_an_officer_opens_a_site_in_the_own_district(hall: World, officer):
    page = officer.go("/console/sites").sees("Open a site")
    leaf = hall.leaf
    assert f'value="{leaf}"' in page.text
    officer.send("address_zh", **SITE, leaf_id=str(leaf)).sees("Site NEW-1 is in service", "New site")
    assert {row.code for row in sites.sites(DAY)} == {"HALL-1", "HALL-2", "NEW-1"}
    officer.send("address_zh", **SITE, leaf_id=str(leaf)).sees("NEW-1")
    assert officer.form("address_zh").values["address_en"] == "1 New Street"
    assert len(sites.sites(DAY)) == 3


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"kind": "temporary"}, "grade"),
        ({"stations": "0"}, "station"),
        ({"longitude": "east"}, "must be a number"),
        ({"leaf_id": "99999999"}, "outside the area"),
    ],
)
def test_a_site_that_cannot_be_opened_keeps_the_form(hall: World, officer, changed, said):
    officer.go("/console/sites").send("address_zh", **(SITE | {"leaf_id": str(hall.leaf)} | changed)).sees(said)
    assert officer.form("address_zh").values["name_en"] == "New site"
    assert len(sites.sites(DAY)) == 2


def test_a_temporary_site_names_its_hospital(hall: World, officer):
    rows = [FacilityNew(code="H3", name_zh="三级医院", name_en="Hospital", grade=3, leaf_id=hall.leaf, synthetic=True)]
    (hospital,) = facilities_register(rows)
    given = SITE | {"kind": "temporary", "leaf_id": str(hall.leaf), "parent_facility_id": str(hospital)}
    officer.go("/console/sites").send("address_zh", **given).sees("in service")


def test_a_week_is_planned_at_once_and_copied_from_the_last(hall: World, manager):
    days = {f"plan_{MONDAY + timedelta(n)}": "1" for n in (0, 1, 4)}
    days |= {f"seats_{MONDAY}": "7", f"opens_{MONDAY}": "10:00", f"closes_{MONDAY}": "11:00"}
    manager.go(week(hall.site))
    manager.send("monday", **(inputs(manager.text) | days)).sees("Days planned: 3")
    assert planned(hall.site, MONDAY) == (28, "planned")
    assert planned(hall.site, MONDAY + timedelta(2)) is None
    manager.go(week(hall.site, MONDAY + timedelta(7)) + "&copy=1")
    form = manager.form("monday")
    copied = {k for k, v in inputs(manager.text).items() if k.startswith("plan_") and v}
    assert copied == {f"plan_{MONDAY + timedelta(n)}" for n in (7, 8, 11)}
    manager.send("monday", **inputs(manager.text)).sees("Days planned: 3")
    assert form.values["monday"] == str(MONDAY + timedelta(7))
    assert planned(hall.site, MONDAY + timedelta(11)) is not None


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [("closes", "08:00", "08:00"), ("stations", "9", "9"), ("seats", "400", "400"), ("opens", "x", "time of day")],
)
def test_a_day_that_cannot_be_planned_says_why(hall: World, manager, field, value, said):
    given = {f"opens_{MONDAY}": "09:00", f"closes_{MONDAY}": "11:00", f"stations_{MONDAY}": "2"}
    given |= {f"plan_{MONDAY}": "1", f"{field}_{MONDAY}": value}
    manager.go(week(hall.site)).send("monday", **given).sees(said)
    assert planned(hall.site, MONDAY) is None


def test_a_day_is_called_off_and_its_bookings_go_elsewhere(hall: World, manager):
    tomorrow = DAY + timedelta(1)
    for site in (hall.site, hall.other):
        hall.open_day(site, tomorrow)
    sql.execute("UPDATE sites_session SET state = 'planned' WHERE day = %s", [tomorrow])
    hall.book(hall.person(), hall.now + timedelta(1))
    manager.go(week(hall.site, tomorrow)).sees("1 booked are moved")
    manager.send("day", where={"day": str(tomorrow)}).sees("is called off")
    relay.deliver()
    assert list(Appointment.objects.values_list("site_id", flat=True)) == [hall.other]
    assert planned(hall.site, tomorrow)[1] == "closed"


def test_a_team_is_made_of_the_posts_of_the_site_whose_certificate_holds(hall: World, manager):
    path = f"/console/site/{hall.site}/team?day={DAY}"
    page = manager.go(path).sees("No team is set", "Site day manager: 1 of 2")
    vaccinators = [f"role_{hall.posts[name]}" for name in ("vaccinator", "novice")]
    values = page.form(vaccinators[0]).values
    assert values[vaccinators[0]] == "VACCINATOR"
    assert values[vaccinators[1]] == ""
    manager.send(vaccinators[1], **{vaccinators[1]: "VACCINATOR"}).sees("band refusal", "certificate")
    assert sites.team(hall.site, DAY) == []


def test_a_whole_team_stands_and_closes_the_duties(hall: World, manager, sign_in):
    sql.execute("UPDATE sites_session SET stations = 1 WHERE site_id = %s", [hall.site])
    sign_in("SITE_MANAGER", ("site", hall.site), ("site", hall.other))
    clinician = hall.post("EMERGENCY_CLINICIAN", certified=False)
    manager.go(f"/console/site/{hall.site}/team?day={DAY}")
    station = f"station_{hall.posts['vaccinator']}"
    manager.send(station, **{station: "1"})
    manager.sees("The team is set", "The team is whole")
    team = {member.post_id: (member.role, member.station) for member in sites.team(hall.site, DAY)}
    assert team[clinician] == ("EMERGENCY_CLINICIAN", 0)
    assert team[hall.posts["vaccinator"]] == ("VACCINATOR", 1)


def test_a_site_of_others_is_out_of_reach(hall: World, manager):
    for page in ("week", "team"):
        manager.go(f"/console/site/{hall.other}/{page}", status=403)
    act = {"act": str(uuid4()), "monday": str(MONDAY), "day": str(MONDAY), "reason": "x"}
    plan = {f"plan_{MONDAY}": "1", f"opens_{MONDAY}": "09:00", f"closes_{MONDAY}": "10:00", f"stations_{MONDAY}": "1"}
    for path in ("week/plan", "week/off", "team/set"):
        manager.client.post(f"/console/site/{hall.other}/{path}", act | plan)
    assert planned(hall.other, MONDAY) is None
    assert sites.team(hall.other, MONDAY) == []
    assert manager.client.post(f"/console/site/{hall.other}/leave", act).status_code == 403
    assert manager.client.post("/console/sites/open", act | SITE | {"leaf_id": hall.leaf}).status_code == 403


def test_a_post_that_only_looks_is_offered_no_act(hall: World, sign_in):
    nurse = sign_in("STATION_NURSE", ("site", hall.site))
    for page in ("week", "team"):
        text = nurse.go(f"/console/site/{hall.site}/{page}").text
        assert not any(word in text for word in ("Plan the days", "Set the team", "Call off", "Close the site"))
    assert "Open the site" not in nurse.go("/console/sites").text


def test_the_page_of_capacity_names_what_binds_and_lets_seats_follow(hall: World, manager):
    page = manager.go(f"/console/site/{hall.site}/capacity").sees("0 seats", "bound most by: Usable doses")
    page.send("/capacity/follow").sees("Seats follow:")
    assert {seat.capacity for seat in sites.seats([hall.site], DAY) if seat.starts_at >= hall.now} == {0}
    hall.packs(24)
    manager.go(f"/console/site/{hall.site}/capacity").sees("24 seats", "By vaccine and dose")
    manager.send("/capacity/follow").sees("offer more")
    assert "/capacity/follow" not in manager.text


def test_who_cannot_be_moved_stands_on_the_list_of_who_answers(hall: World, manager, sign_in):
    hall.packs(24)
    person, other = hall.persons(2)
    hall.book(person), hall.book(other)
    sql.execute("UPDATE sites_session SET state = 'closed' WHERE site_id = %s", [hall.other])
    sql.execute("UPDATE sites_session SET most_waiting = 0 WHERE site_id = %s", [hall.site])
    manager.go(f"/console/site/{hall.site}/capacity").sees("bound most by: Waiting hall", "To be seated by hand")
    manager.send("/capacity/follow").sees("2 found no other seat")
    manager.sees("booked above capacity; the seat is kept", "appointment_move?person_id=")
    sign_in("DISTRICT_OFFICER", ("unit", "500101")).go(f"/console/site/{hall.site}/capacity").sees(
        "To be seated by hand"
    )
    assert set(Appointment.objects.values_list("state", flat=True)) == {"booked"}
