"""Presses of district and city: calls, closings, orders, alerts, the campaign and its policies."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from seawall.campaigns import selectors as campaigns
from seawall.campaigns.services import groups_assign
from seawall.command.boards.dispatch import dispatch_of
from seawall.command.services import alert_raise, order_acknowledge, order_execute, order_issue
from seawall.platform import clock
from seawall.reference import selectors as reference
from seawall.reports import services as reports
from seawall.terms.campaigns import GroupsAssign
from seawall.terms.closings import CityDayClose, UnitDayClose
from seawall.terms.command import AlertRaise, OrderChange, OrderIssue
from tests.clinic.conftest import CITY as FOLDER
from tests.clinic.world import CAMPAIGN, DAY, World, done

from .presses_site import officer
from .pressing import CITY, Enter, Press, fresh, from_page, unit_of


def units_closed(hall: World) -> None:
    clock.set_to(hall.now + timedelta(hours=8))
    at = {"occurred_at": hall.now + timedelta(hours=8), "day": DAY}
    units = [UnitDayClose(act=uuid4(), unit_id=u.unit_id, **at) for u in reference.units(DAY)]
    done(reports.unit_day_close(hall.actor, units))


def evening(hall: World) -> None:
    units_closed(hall)
    at = {"occurred_at": hall.now + timedelta(hours=8), "day": DAY}
    assert reports.city_day_close.one(hall.actor, CityDayClose(act=uuid4(), campaign=CAMPAIGN, **at)).done


def calls(hall: World, enter: Enter) -> Press:
    """Somebody is overdue for the second dose by the evening."""
    hall.history(hall.person(), date(2021, 1, 20))
    done([groups_assign.one(hall.actor, GroupsAssign(**hall.base(), campaign=CAMPAIGN, on=DAY))])
    evening(hall)
    return from_page(officer(hall, enter), f"/console/district/{unit_of(hall)[0]}", "/calls")


def dispatch(hall: World, enter: Enter) -> Press:
    evening(hall)
    reports.dispatch_make(dispatch_of(campaigns.current(), DAY, []))
    day = (DAY + timedelta(days=1)).isoformat()
    return Press(enter("LEADING_GROUP_HEAD", CITY).client, "/console/dispatch", {"day": day})


def unit_close(hall: World, enter: Enter) -> Press:
    told = fresh(day=DAY.isoformat(), unit=str(unit_of(hall)[0]))
    return Press(enter("DISTRICT_OFFICER", ("unit", unit_of(hall)[1])).client, "/console/evening/unit", told)


def city_close(hall: World, enter: Enter) -> Press:
    units_closed(hall)
    told = fresh(day=DAY.isoformat(), campaign=CAMPAIGN)
    return Press(enter("COMMAND_OFFICE", CITY).client, "/console/evening/close", told)


def evening_run(hall: World, enter: Enter) -> Press:
    clock.set_to(hall.now + timedelta(hours=8))
    told = fresh(day=DAY.isoformat(), campaign=CAMPAIGN)
    return Press(enter("COMMAND_OFFICE", CITY).client, "/console/evening/run", told)


def order_at(*verbs: Any) -> Callable[[World, int], None]:
    """An order that has come as far as these steps, by somebody else."""

    def prepare(hall: World, unit_id: int) -> None:
        item = OrderIssue(**hall.base(), code="ORDER_OTHER", params={"text": "x"}, unit_id=unit_id, for_day=DAY)
        done(order_issue(hall.actor, [item]))
        for verb in verbs:
            done(verb(hall.actor, [OrderChange(**hall.base(), order=item.act, note="seen")]))

    return prepare


def acknowledge(hall: World, enter: Enter) -> Press:
    order_at()(hall, unit_of(hall)[0])
    return from_page(officer(hall, enter), "/console/orders", "/console/orders/acknowledge")


def execute(hall: World, enter: Enter) -> Press:
    order_at(order_acknowledge)(hall, unit_of(hall)[0])
    return from_page(officer(hall, enter), "/console/orders", "/console/orders/execute", note="picture 17")


def verify(hall: World, enter: Enter) -> Press:
    order_at(order_acknowledge, order_execute)(hall, unit_of(hall)[0])
    return from_page(enter("COMMAND_OFFICE", CITY), "/console/orders", "/console/orders/verify", met="yes")


def issue(hall: World, enter: Enter) -> Press:
    asked = {"to": f"unit:{unit_of(hall)[0]}", "code": "ORDER_OTHER", "due_at": "2021-04-11T18:00", "text": "open"}
    return from_page(enter("COMMAND_OFFICE", CITY), "/console/orders", "/console/orders/issue", **asked)


def alert(path: str, **filled: str) -> Callable[[World, Enter], Press]:
    def press(hall: World, enter: Enter) -> Press:
        item = AlertRaise(**hall.base(), code="OUT_OF_AREA", unit_id=unit_of(hall)[0], on=DAY)
        done(alert_raise(hall.actor, [item]))
        return from_page(enter("COMMAND_OFFICE", CITY), "/console/orders", f"/console/orders/{path}", **filled)

    return press


def campaign_files(hall: World, enter: Enter) -> Press:
    """The folder as it was, with another target."""
    files = {path.name: path.read_bytes() for path in sorted(Path(FOLDER).iterdir())}
    files["targets.csv"] = files["targets.csv"].replace(b"0.53", b"0.54")
    press = from_page(enter("COMMAND_OFFICE", CITY), "/console/campaign", "/campaign/files")
    press.told.pop("files", None)
    press.files = {"files": files}
    return press


def campaign_groups(hall: World, enter: Enter) -> Press:
    hall.persons(2)
    return from_page(enter("COMMAND_OFFICE", CITY), "/console/campaign", "/campaign/groups")


def campaign_plan(hall: World, enter: Enter) -> Press:
    evening(hall)
    return from_page(enter("COMMAND_OFFICE", CITY), "/console/campaign", "/campaign/plan")


def campaign_policy(hall: World, enter: Enter) -> Press:
    told = {
        "code": "TRIAL", "value": "later_doses_only", "name_zh": "试行", "name_en": "Trial", "source": "letter 7",
        "since": "2021-05-02", "until": "2021-05-20",
    }  # fmt: skip
    return from_page(enter("COMMAND_OFFICE", CITY), "/console/campaign", "/campaign/policy", **told)


def policy(hall: World, enter: Enter) -> Press:
    return Press(enter("LEADING_GROUP_HEAD", CITY).client, "/console/policy/P-2021-06-10", {})
