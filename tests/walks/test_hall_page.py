"""The page of a hall through the day: ready and open, slow the door, close; and nothing that the post may not do."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from seawall.clinic import selectors as clinic
from seawall.platform import clock, sql
from seawall.sites import selectors as sites
from tests.clinic.world import DAY, World

pytestmark = pytest.mark.django_db


def shut(hall: World) -> None:
    """The hall before it opens."""
    sql.execute("UPDATE sites_session SET state = 'planned', opened_at = NULL WHERE site_id = %s", [hall.site])
    sql.execute("DELETE FROM sites_readiness WHERE site_id = %s", [hall.site])


def test_before_opening_the_task_leads_and_what_is_missing_is_said_in_words(hall, sign_in):
    shut(hall)
    manager = sign_in("SITE_MANAGER", ("site", hall.site))
    page = manager.go(f"/console/site/{hall.site}").sees("Session 08:00 to 18:00", "Open the session")
    assert page.text.index("Open the session") < page.text.index("Quarter-hours")
    assert "Close the day" not in page.text
    manager.send("ready", ready=["EMERGENCY_CLINICIAN", "GREEN_CHANNEL"])
    manager.sees("Emergency equipment and drugs; Ambulance standing by")
    assert "EMERGENCY_KIT," not in manager.text
    page = manager.form("ready")
    assert set(page.values["ready"]) == {"EMERGENCY_CLINICIAN", "GREEN_CHANNEL"}
    manager.send("ready", ready=[need.code for need in sites.readiness(hall.site, DAY)])
    manager.sees("Door open")


@pytest.mark.parametrize(
    ("role", "scope"),
    [("AEFI_OFFICER", "area"), ("LEADING_GROUP_HEAD", "area"), ("STATION_NURSE", "site"), ("OBSERVER", "site")],
)
def test_a_post_is_shown_only_what_it_may_do(hall, sign_in, role, scope):
    visitor = sign_in(role, (scope, "500000" if scope == "area" else hall.site))
    for prepare in (lambda: None, lambda: shut(hall)):
        prepare()
        page = visitor.go(f"/console/site/{hall.site}").text
        for word in ("Open the session", "Set the door", "Close the day"):
            assert word not in page
    assert ("/arrival" in page) == (role in {"STATION_NURSE", "OBSERVER"})


def test_the_door_is_set_with_a_reason_that_stands_on_the_board(hall, sign_in):
    manager = sign_in("SITE_MANAGER", ("site", hall.site))
    manager.go(f"/console/site/{hall.site}").send("choice", choice="held:SEATS")
    manager.sees("Door held", "Not enough observation seats")
    assert "> · " not in manager.text
    manager.send("choice", choice="held:").sees("needs a reason")
    assert sites.site(hall.site).door_reason == "SEATS"


def test_the_day_is_closed_when_it_is_time_and_a_refusal_keeps_what_was_counted(hall, sign_in):
    hall.packs(3)
    hall.book(hall.person(), hall.now + timedelta(hours=1))
    manager = sign_in("SITE_MANAGER", ("site", hall.site))
    page = manager.go(f"/console/site/{hall.site}").sees("Close before the hours are over")
    assert page.text.index("Quarter-hours") < page.text.index("Close the day")
    clock.set_to(datetime(2021, 4, 10, 18, 5, tzinfo=clock.zone()))
    page = manager.go(f"/console/site/{hall.site}")
    assert page.text.index("Close the day") < page.text.index("Quarter-hours")
    manager.send("count_L0001", count_L0001="2")
    assert manager.form("count_L0001").values["count_L0001"] == "2"
    assert clinic.closings(DAY) == {}
    manager.send("count_L0001", count_L0001="3", act=str(uuid4())).sees("Day closed")


def test_a_queue_at_any_step_without_a_team_is_answered_at_once(hall, sign_in):
    hall.arrive(hall.person())
    manager = sign_in("SITE_MANAGER", ("site", hall.site))
    for state in ("arrived", "screened", "consented"):
        sql.execute("UPDATE clinic_visit SET state = %s WHERE site_id = %s", [state, hall.site])
        manager.go(f"/console/site/{hall.site}").sees("Advice for the door", "No team is set for this day")


def test_another_day_is_not_called_live_and_offers_no_act(hall, sign_in):
    manager = sign_in("SITE_MANAGER", ("site", hall.site))
    page = manager.go(f"/console/site/{hall.site}?day=2021-04-09").text
    assert "Live" not in page
    assert not any(word in page for word in ("Set the door", "Open the session", "Close the day"))
