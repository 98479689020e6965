"""A quota walks through the house: from the published plan to seats, bookings and doses, and back as tomorrow's orders."""

from collections.abc import Iterator
from datetime import timedelta

import polars as pl
import pytest

from seawall.campaigns import selectors as campaigns
from seawall.clinic import selectors as clinic
from seawall.command import selectors as command
from seawall.drill import services as drill
from seawall.platform import sql
from seawall.reports import selectors as reports
from seawall.sites import selectors as sites
from seawall.staff import selectors as staff
from seawall.terms.actor import Actor
from seawall.terms.codes import OrderState
from seawall.terms.command import OrderRow
from seawall.terms.figures import signed
from tests.city import LIVED_UNTIL

from .pages import Visitor, post_of

DAY = LIVED_UNTIL + timedelta(days=1)


@pytest.fixture(autouse=True)
def _in_the_city(
    city: str, settings: pytest.FixtureRequest, django_db_blocker: pytest.FixtureRequest
) -> Iterator[None]:
    settings.SEAWALL_DEMO = True
    with django_db_blocker.unblock():
        yield


def test_from_the_plan_to_doses_and_back_to_the_next_orders():
    code = campaigns.current().code
    unit, quota = published(code)
    seated_and_booked()
    director, officer = sent_and_acknowledged(unit)
    given = lived(code)
    gap_seen(director, given)
    planned_again(code)
    executed_and_verified(director, unit, quota)
    ordered_again(officer)


def published(code: str) -> tuple[int, int]:
    """Yesterday's evening published quotas for the day by unit, group, product and dose rank."""
    plan = campaigns.plan_of(code, LIVED_UNTIL)
    assert plan is not None
    assert plan.as_of == LIVED_UNTIL
    quotas = campaigns.quotas(code, DAY)
    totals = quotas.group_by("unit_id").agg(pl.col("doses").sum()).sort("doses", descending=True)
    assert totals["doses"].sum() > 0
    asked = {o.unit_id: o.doses for o in command.orders(for_day=DAY) if o.code == "ORDER_MEET_QUOTA"}
    assert asked == dict(totals.iter_rows())
    return totals.row(0)


def seated_and_booked() -> None:
    """Sites have planned the day's quarter-hours, and nobody sits on a seat that is not counted."""
    rows = sites.sessions(DAY)
    assert sum(row.capacity for row in rows) > 0
    assert all(row.taken <= row.capacity for row in rows)
    booked = sql.fetch(
        "SELECT count(*) FROM booking_appointment WHERE state = 'booked' AND (starts_at AT TIME ZONE 'Asia/Shanghai')::date = %s",
        [DAY],
    )
    assert sum(row.taken for row in rows) == booked[0][0]


def sent_and_acknowledged(unit: int) -> tuple[Visitor, Visitor]:
    """The director releases the dispatch; the unit's officer sees the order and says that it has arrived."""
    director, officer = Visitor(), Visitor()
    director.takes_post("LEADING_GROUP_HEAD").go("/console/board").send("dispatch")
    assert reports.dispatch_state(campaigns.current().code, LIVED_UNTIL).released
    officer.takes_post("FIRST_RESPONSIBLE", unit).go(f"/console/district/{unit}")
    order = meet_quota(unit)
    officer.send("order", where={"order": str(order.order)})
    assert str(meet_quota(unit).state) == "acknowledged"
    return director, officer


def meet_quota(unit: int) -> OrderRow:
    """The unit's order for the day."""
    return next(o for o in command.orders(for_day=DAY, unit_ids=[unit]) if o.code == "ORDER_MEET_QUOTA")


def lived(code: str) -> int:
    """The day is lived: seats become doses, each in history, ledger and clinic."""
    drill.live_until(DAY)
    given = clinic.given(DAY)
    assert len(given) > 0
    frozen = sql.fetch(
        "SELECT coalesce(sum(doses), 0)::int FROM reports_given WHERE own_day = %s AND place_id <> 0", [DAY]
    )
    assert frozen == [(len(given),)]
    assert set(clinic.closings(DAY)) >= {row.site_id for row in given}
    return len(given)


def gap_seen(director: Visitor, given: int) -> None:
    """By evening the board tells the gap, as of the closing: doses in the history less those of the plan published first."""
    figures = command.command_board(staff_actor("LEADING_GROUP_HEAD"), campaigns.current(), DAY).figures
    ((history,),) = sql.fetch("SELECT count(*) FROM people_doseverdict v JOIN people_doseevent e USING (person_id, act) "
                              "WHERE e.given_on <= %s", [DAY])  # fmt: skip
    (row,) = [r for r in campaigns.back_schedule(campaigns.current().code) if r["date"] == DAY]
    planned = sum(doses for rank, doses in row.items() if rank.startswith("dose_"))
    assert (figures.today, figures.gap_doses) == (given, history - planned)
    director.go(f"/console/board?day={DAY}").sees(signed(history - planned, "en"))


def planned_again(code: str) -> None:
    """The plan was made anew from the frozen facts, and is the one in force."""
    plan = campaigns.plan_of(code, DAY)
    assert plan is not None
    assert plan.as_of == DAY
    assert campaigns.plans(code)[0].run_id == plan.run_id


def executed_and_verified(director: Visitor, unit: int, quota: int) -> None:
    """The order that was acknowledged was reported as done in the evening, and is verified by somebody else."""
    order = meet_quota(unit)
    assert order.state == OrderState.EXECUTED
    director.go("/console/orders").send("/orders/verify", where={"order": str(order.order)}, met="yes")
    assert str(meet_quota(unit).state) == "verified"
    assert quota > 0


def ordered_again(officer: Visitor) -> None:
    """Tomorrow's orders wait for the units, from the new plan."""
    tomorrow = DAY + timedelta(days=1)
    rows = [o for o in command.orders(for_day=tomorrow) if o.code == "ORDER_MEET_QUOTA"]
    quotas = campaigns.quotas(campaigns.current().code, tomorrow)
    assert sum(o.doses for o in rows) == quotas["doses"].sum() > 0
    assert {str(o.state) for o in rows} == {"issued"}


def staff_actor(role: str) -> Actor:
    actor = staff.actor_for(post_of(role), "en")
    assert actor is not None
    return actor
