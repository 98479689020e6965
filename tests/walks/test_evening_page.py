"""The evening through its doors: the page, the interface for machines, the clock; who has not closed is named, and a stop is said."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from seawall.campaigns import selectors as campaigns
from seawall.command import jobs, lists
from seawall.command import selectors as command
from seawall.command import services as commands
from seawall.platform import clock, sql
from seawall.reference import selectors as reference
from seawall.reports import selectors as reports
from seawall.terms.command import EveningRun
from tests.clinic.world import DAY, World

CITY = ("area", "500000")
WAITING = (
    "SELECT args->>'run' FROM procrastinate_jobs WHERE task_name = 'command.evening' AND status = 'todo' ORDER BY id"
)


@pytest.fixture
def night(hall: World) -> World:
    """The cut-off of the day has come."""
    clock.set_to(campaigns.current().cut_off_at(DAY))
    return hall


def background() -> None:
    """What the worker does of the runs that wait."""
    for (run,) in sql.fetch(WAITING):
        jobs.evening_task.func(run)
    sql.execute("UPDATE procrastinate_jobs SET status = 'succeeded' WHERE task_name = 'command.evening'")


def test_the_office_runs_it_sees_where_it_stopped_and_runs_it_again(night: World, sign_in) -> None:
    office = sign_in("COMMAND_OFFICE", CITY)
    office.go("/console/evening").sees("Run the evening", "This evening has not been run", "not closed")
    sql.execute(
        "UPDATE campaigns_campaign SET files = '{}', digest = 'torn'"
    )  # nothing to plan from: the plan will fail
    form = office.form("/console/evening/run").values
    office.send("/console/evening/run").sees("The evening has begun", "not begun")
    office.client.post("/console/evening/run", form)  # pressed twice
    assert len(sql.fetch(WAITING)) == 1
    background()
    office.go("/console/evening").sees("stopped", "Run the evening again", "The program failed")
    latest = command.evening_page(night.actor, campaigns.current(), DAY).latest
    assert latest is not None and [str(s.state) for s in latest.steps[:5]] == ["done"] * 4 + ["stopped"]
    assert reports.last_closing() == DAY
    assert [a.code for a in lists.alerts() if a.code == "EVENING_STOPPED"]
    office.send("/console/evening/run")
    background()
    assert len(command.evening_page(night.actor, campaigns.current(), DAY).runs) == 2
    office.client.cookies["django_language"] = "zh-hans"
    office.go("/console/evening").sees("再次办理晚间流程", "已停", "此前各次")


def test_a_unit_closes_its_own_day_and_no_other(night: World, sign_in) -> None:
    mine, other = reference.units(DAY)[:2]
    officer = sign_in("DISTRICT_OFFICER", ("unit", mine.code))
    officer.go("/console/evening").sees(mine.name_en)
    assert other.name_en not in officer.text and "Run the evening" not in officer.text
    values = officer.form("unit").values
    officer.send("unit").sees("day is closed")
    assert set(reports.units_closed(DAY)) == {mine.unit_id}
    foreign = values | {"unit": str(other.unit_id), "act": str(uuid4())}
    officer.client.post("/console/evening/unit", foreign)
    ahead = values | {"day": str(DAY + timedelta(days=1)), "act": str(uuid4())}
    officer.client.post("/console/evening/unit", ahead)
    assert set(reports.units_closed(DAY)) == {mine.unit_id} and not reports.units_closed(DAY + timedelta(days=1))
    assert officer.client.post("/console/evening/run", values).status_code == 403


@pytest.mark.parametrize(
    ("why", "day", "minutes"),
    [("EVENING_TOO_SOON", DAY, -1), ("EVENING_TOO_SOON", DAY + timedelta(days=1), 0), ("EVENING_RUNS", DAY, 0)],
)
def test_what_cannot_be_run_says_why(night: World, why: str, day: date, minutes: int) -> None:
    campaign = campaigns.current()
    clock.set_to(campaign.cut_off_at(DAY) + timedelta(minutes=minutes))

    def asked() -> str:
        item = EveningRun(act=uuid4(), occurred_at=clock.now(), campaign=campaign.code, day=day)
        refusal = commands.evening.one(night.actor, item).refusal
        return refusal.code if refusal else ""

    if why == "EVENING_RUNS":
        assert asked() == ""
    assert asked() == why


def test_the_clock_starts_it_once_after_its_cut_off_and_never_in_a_day_that_is_played(night: World) -> None:
    assert commands.evenings_due() == []
    sql.execute("DELETE FROM platform_clock")
    today = clock.today()
    sql.execute(
        "UPDATE campaigns_campaign SET opens = %s, deadline = %s, cut_off = '00:00'", [today, today + timedelta(days=9)]
    )
    (run,) = commands.evenings_due()
    assert sql.fetch(WAITING) == [(str(run),)]
    assert run not in commands.evenings_due()
    assert commands.evenings_due() == []
