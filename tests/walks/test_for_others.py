"""Somebody without a telephone is booked for by the street officer or the help line: found by document, wish noted, look on record."""

import re
from datetime import date

import pytest

from seawall.booking import selectors as booking
from seawall.platform import sql
from tests.booking.announcing import announce_returns
from tests.clinic.world import CAMPAIGN, resident_id

from .presses_for_others import officer

pytestmark = pytest.mark.django_db
BIRTH = date(1951, 2, 3)


@pytest.fixture
def parent(hall):
    return hall.person(birth=BIRTH)


def number(hall):
    return resident_id(BIRTH, hall.serial)


@pytest.mark.parametrize("role", ["STREET_OFFICER", "HELPLINE_OPERATOR"])
def test_a_seat_is_booked_for_a_parent_found_by_document(hall, sign_in, parent, role):
    visitor = officer(hall, sign_in) if role == "STREET_OFFICER" else sign_in(role, ("area", "500000"))
    visitor.go(f"/console/bookings?q={number(hall)}").sees("Book the seat")
    visitor.send("wish", wish="relative").sees("Cancel the appointment")
    (row,) = booking.appointments([parent])
    assert sql.fetch("SELECT wish FROM booking_appointment WHERE act = %s", [row.appointment]) == [("relative",)]
    assert (
        sql.fetch("SELECT count(*) FROM platform_look WHERE person_id = %s AND page = 'for_others'", [parent])[0][0] > 0
    )
    visitor.send("appointment").sees("Book the seat")
    assert [a.state for a in booking.appointments([parent])] == ["cancelled"]


def test_a_person_waits_for_a_seat_and_stands_by(hall, sign_in, parent):
    visitor = officer(hall, sign_in).go(f"/console/bookings?person={parent}")
    visitor.send("/bookings/wait", opens="2021-04-11", closes="2021-04-13").sees(
        "The person waits for a seat", "Waits from"
    )
    visitor.send("wait_no_more").sees("The person waits no longer")
    visitor.send("km", km="2").sees("On standby, within 2 km")
    assert booking.standby(parent) == {CAMPAIGN: 2}


def test_nobody_outside_the_reach_is_found(hall, sign_in, parent):
    stranger = sign_in("STREET_OFFICER", ("area", "500229"))
    stranger.go(f"/console/bookings?q={number(hall)}").sees("Nobody in the reach of your post")
    stranger.go(f"/console/bookings?person={parent}", status=403)


def test_a_person_is_invited_and_the_invitation_stands_on_the_page(hall, sign_in, parent):
    visitor = officer(hall, sign_in).go(f"/console/bookings?person={parent}")
    visitor.send("channel", channel="visit").sees(
        "The invitation is on record", "to come from 10 Apr to 16 Apr for dose 1"
    )
    assert [(i.person_id, i.channel) for i in booking.invitations([parent])] == [(parent, "visit")]


def test_the_help_line_reads_when_cancelled_seats_return(hall, sign_in, parent, tmp_path):
    announce_returns(tmp_path / "city", "16:00")
    caller = sign_in("HELPLINE_OPERATOR", ("area", "500000")).go(f"/console/bookings?person={parent}")
    caller.sees("Seats that are cancelled can be booked again at: 16:00")
    late = re.findall(r'<option value="([^"]+)">\s*17:', caller.sent)[0]
    caller.send("wish", wish="phone", starts_at=late).send("appointment").sees(
        "Cancelled seats of this day can be booked from"
    )


def test_who_releases_seats_sees_how_many_return(hall, sign_in, parent, tmp_path):
    announce_returns(tmp_path / "city", "16:00")
    officer(hall, sign_in).go(f"/console/bookings?person={parent}").send("wish", wish="phone").send("appointment")
    page = sign_in("COMMAND_OFFICE", ("area", "500000")).go("/console/releases")
    page.sees("Seats that are cancelled can be booked again at: 16:00", "Returning")
