"""The evening: a step that is refused or fails stops it, is an alert in words, and is taken up again where it stopped."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import NoReturn
from uuid import uuid4

import pytest
from django.db import transaction

from seawall.campaigns import selectors as campaigns
from seawall.command import lists, shipping
from seawall.command import services as command
from seawall.command.services import tonight
from seawall.command.services.evening import STEPS
from seawall.engines.planning.blocks import Block, SolverFailed
from seawall.platform import clock, sql
from seawall.reference import selectors as reference
from seawall.reports import selectors as reports
from seawall.reports import services as closings
from seawall.staff.roles import shipped_roles
from seawall.terms.actor import Actor, Reach
from seawall.terms.acts import Refused
from seawall.terms.closings import UnitDayClose
from tests.city import LIVED_UNTIL

DAY = LIVED_UNTIL + timedelta(days=1)
OFFICE = Actor(
    account_id=1,
    post_id=1,
    role="COMMAND_OFFICE",
    grants=shipped_roles()["COMMAND_OFFICE"].grants,
    reach=Reach(everywhere=True),
)


@pytest.fixture(autouse=True)
def _in_the_city(city: str, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        clock.set_to(campaigns.current().cut_off_at(DAY))
        yield
        transaction.set_rollback(True)


@contextmanager
def stops(step: str, why: str) -> Iterator[None]:
    with pytest.raises(command.EveningStopped) as stopped:
        yield
    assert (stopped.value.step, stopped.value.why.code) == (step, why)
    (alert,) = [a for a in lists.alerts() if a.code == "EVENING_STOPPED"]
    assert alert.since == reports.last_closing()  # so that the boards, which show the last closed day, show it
    for language in ("zh-hans", "en"):
        said = reference.say(alert.code, alert.params, language)
        assert reference.say(step, {}, language) in said
        assert "…" not in said and step not in said and why not in said


def ended() -> None:
    """The evening went to its end: closed, planned, ordered, told; nothing of the stop is left."""
    command.evening_run(OFFICE, campaigns.current().code, DAY)
    plan = campaigns.plan_of(campaigns.current().code, DAY)
    assert plan is not None and plan.as_of == DAY == reports.last_closing()
    assert reports.dispatch_state(campaigns.current().code, DAY).ready and lists.orders(for_day=DAY + timedelta(days=1))
    assert not [a for a in lists.alerts() if a.code == "EVENING_STOPPED"]


def test_it_runs_under_the_grants_of_the_command_office_and_twice_is_once() -> None:
    for role in ("DISTRICT_OFFICER", "CDC_COLD_CHAIN", "SITE_LEADER"):
        with pytest.raises(Refused, match="NOT_PERMITTED"):
            command.evening_run(replace(OFFICE, grants=shipped_roles()[role].grants), campaigns.current().code, DAY)
    unit = reference.units(DAY)[0].unit_id
    itself = UnitDayClose(act=uuid4(), occurred_at=clock.now(), unit_id=unit, day=DAY)
    assert closings.unit_day_close(OFFICE, [itself])[0].done  # a unit that closed by itself is no reason to stop
    ended()
    assert lists.orders(until=DAY, still_open=True) == []
    before = counts()
    ended()
    assert counts() == before
    with stops("EVENING_CLOSE_CITY", "CITY_DAY_CLOSED"):
        command.evening_run(OFFICE, campaigns.current().code, DAY - timedelta(days=3))


def counts() -> list[tuple[int, ...]]:
    tables = ("command_order", "supply_shipment", "campaigns_planrun", "reports_closing", "platform_act")
    told = "WHERE verb NOT IN ('evening', 'evening_step')"  # that somebody ran it again is on record
    wheres = {"platform_act": told}
    return [sql.fetch(f"SELECT count(*) FROM {table} {wheres.get(table, '')}")[0] for table in tables]


def test_a_refused_and_a_failed_step_stop_it_and_it_goes_on_from_there() -> None:
    with pytest.raises(Refused, match="OUT_OF_AREA"):
        command.evening_run(replace(OFFICE, reach=Reach()), campaigns.current().code, DAY)
    assert reports.last_closing() == LIVED_UNTIL
    (kept,) = sql.fetch("SELECT files::text, digest FROM campaigns_campaign")
    sql.execute("UPDATE campaigns_campaign SET files = '{}', digest = 'torn'")
    with stops("EVENING_PLAN", "STEP_FAILED"):
        command.evening_run(OFFICE, campaigns.current().code, DAY)
    assert reports.last_closing() == DAY and not reports.dispatch_state(campaigns.current().code, DAY).ready
    sql.execute("UPDATE campaigns_campaign SET files = %s, digest = %s", kept)
    ended()


def test_a_solver_that_fails_is_an_alert_and_yesterdays_plan_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    code = campaigns.current().code
    monkeypatch.setattr(Block, "solve", no_answer)
    command.evening_run(OFFICE, campaigns.current().code, DAY)
    assert [a.code for a in lists.alerts(DAY) if a.code == "PLAN_RUN_FAILED"] == ["PLAN_RUN_FAILED"]
    assert campaigns.plan_of(code, DAY).as_of == LIVED_UNTIL  # type: ignore[union-attr]
    assert lists.orders(for_day=DAY + timedelta(days=1)) and reports.dispatch_state(campaigns.current().code, DAY).ready
    monkeypatch.undo()
    ended()


def no_answer(*_: object, **__: object) -> NoReturn:
    raise SolverFailed("HiGHS: Infeasible")


def test_without_a_store_the_shipments_say_so() -> None:
    campaign = campaigns.current()
    day = next(d for d in (LIVED_UNTIL - timedelta(days=n) for n in range(20)) if tonight._leaving(campaign, d))
    sql.execute("DELETE FROM supply_pick")
    sql.execute("UPDATE reference_place SET kind = 'vehicle' WHERE kind = 'store'")
    with pytest.raises(Refused, match="NO_STORE") as refused:
        tonight.shipments_of_the_night(OFFICE, campaign, day)
    assert int(str(refused.value.refusal.params["doses"])) > 0


LEGS = [shipping.Leg(11, "A", 5), shipping.Leg(12, "A", 4), shipping.Leg(11, "B", 2)]


@pytest.mark.parametrize(
    ("held", "sent"),
    [
        ({(1, "A"): 20, (1, "B"): 20}, [(1, 11, "A", 5), (1, 12, "A", 4), (1, 11, "B", 2)]),
        ({(1, "A"): 3, (2, "A"): 6, (2, "B"): 9}, [(2, 11, "A", 5), (1, 12, "A", 3), (2, 12, "A", 1), (2, 11, "B", 2)]),
        ({(2, "A"): 9}, [(2, 11, "A", 5), (2, 12, "A", 4), (1, 11, "B", 2)]),
        ({}, [(1, 11, "A", 5), (1, 12, "A", 4), (1, 11, "B", 2)]),
    ],
    ids=["one store", "two stores", "a lot nobody holds is asked of the first, which refuses it", "nothing anywhere"],
)
def test_legs_leave_the_stores_that_hold_their_lot(held: dict[tuple[int, str], int], sent: list[tuple[object, ...]]):
    found = [(store, leg.place_id, leg.lot, leg.packs) for store, leg in shipping.sources(LEGS, [1, 2], held)]
    assert found == sent


def test_the_stores_of_a_unit_serve_its_sites_first_expired_first_from_the_nearest() -> None:
    """Unit U: a store 1, a street's store 2 below it that serves site 12; site 11 has one station, site 12 two."""
    below = shipping.Below({"U": {11: 1, 12: 2}, "V": {13: 1}}, {(11, "P"): 1}, {11: (1,), 12: (1, 2), 13: ()})
    held = {(1, "P"): [("OLD", 2), ("NEW", 9)], (2, "P"): [("LEFT", 1)]}
    legs = shipping.onward({("U", "P"): 5, ("V", "P"): 3}, below, held, {"OLD": 1, "NEW": 1, "LEFT": 1})
    assert [(store, leg.place_id, leg.lot, leg.packs) for store, leg in legs] == [
        (1, 2, "NEW", 2),
        (1, 2, "OLD", 1),
        (1, 11, "OLD", 1),
        (2, 12, "LEFT", 1),
        (2, 12, "NEW", 2),
        (2, 12, "OLD", 1),
    ]
    assert below.here == {(11, "P"): 2, (12, "P"): 4}


def test_every_step_has_a_name_in_both_languages() -> None:
    for step, _ in STEPS:
        assert step not in reference.say(step, {}, "en") and not reference.say(step, {}, "zh-hans").isascii()
