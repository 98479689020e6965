"""Orders and alerts by page: issued, acknowledged, executed with evidence, sent back and verified; each by the post whose move it is."""

from datetime import timedelta
from uuid import uuid4

import pytest

from seawall.command import lists
from seawall.command import services as command
from seawall.platform import clock
from seawall.reference import selectors as reference
from seawall.terms.codes import OrderState
from seawall.terms.command import AlertRaise, OrderIssue, OrderRow
from tests.clinic.world import DAY, World, done

from .pages import read

CITY = ("area", "500000")


@pytest.fixture
def units(hall: World):
    return reference.units(DAY)[:2]


def only() -> OrderRow:
    (row,) = lists.orders()
    return row


def test_an_order_goes_out_and_comes_back_verified(hall: World, units, sign_in) -> None:
    mine = units[0]
    office, officer = sign_in("COMMAND_OFFICE", CITY), sign_in("DISTRICT_OFFICER", ("unit", mine.code))
    office.go("/console/orders").sees("Issue an order", "No order waits for us")
    asked = {"to": f"unit:{mine.unit_id}", "code": "ORDER_OTHER", "due_at": "2021-04-11T18:00"}
    office.send("/console/orders/issue", **asked).sees("This order still needs: text")
    office.send("/console/orders/issue", **asked, text="open the east gate").sees("open the east gate")
    assert only().due_at == clock.now().replace(hour=10, minute=0) + timedelta(days=1)
    officer.go("/console/orders").sees("Please do: open the east gate", "Acknowledge")
    officer.send("/console/orders/acknowledge").sees("Report as done")
    officer.send("/console/orders/execute", note=" ").sees("Say by what it is seen")
    officer.send("/console/orders/execute", note="picture 17").sees("waits to be verified")
    assert "/console/orders/verify" not in {f.action for f in officer.forms()}  # not one's own work
    office.go("/console/orders").sees("Evidence: picture 17")
    office.send("/console/orders/verify", met="no", note="still shut").sees("sent back")
    assert only().state == OrderState.ACKNOWLEDGED
    officer.go("/console/orders").sees("still shut").send("/console/orders/execute", note="picture 18")
    office.go("/console/orders").send("/console/orders/verify", met="yes").sees("is verified")
    assert (only().state, only().evidence) == (OrderState.VERIFIED, "picture 18")
    officer.client.cookies["django_language"] = "zh-hans"
    officer.go("/console/orders").sees("没有待办的指令", "预警")


@pytest.mark.parametrize("path", ["acknowledge", "execute", "verify"])
def test_what_another_unit_is_asked_is_not_ours_to_move(hall: World, units, sign_in, path: str) -> None:
    mine, other = units
    item = OrderIssue(**hall.base(), code="ORDER_CLOSE_THE_DAY", unit_id=other.unit_id, for_day=DAY)
    done(command.order_issue(hall.actor, [item]))
    officer = sign_in("DISTRICT_OFFICER", ("unit", mine.code)).go("/console/orders")
    assert str(item.act) not in officer.text
    move = {"act": str(uuid4()), "order": str(item.act), "note": "x"}
    said = officer.client.post(f"/console/orders/{path}", move, follow=True, headers={"Accept-Language": "en"})
    assert "outside the area of your post" in read(said) and only().state == OrderState.ISSUED
    foreign = {"to": f"unit:{other.unit_id}", "code": "ORDER_CLOSE_THE_DAY"}
    officer.send("/console/orders/issue", **foreign).sees("outside the area of your post")
    assert len(lists.orders()) == 1


def test_a_site_and_a_post_are_asked_by_name(hall: World, units, sign_in) -> None:
    leaf_unit = reference.leaf_units(DAY)[hall.leaf]
    office = sign_in("COMMAND_OFFICE", CITY).go(f"/console/orders?unit={leaf_unit}")
    office.send("/console/orders/issue", to=f"site:{hall.site}", code="ORDER_ADD_STATIONS", stations="2")
    leader = sign_in("SITE_LEADER", ("site", hall.site)).go("/console/orders").sees("Open 2 more stations")
    leader.send("/console/orders/acknowledge").sees("is acknowledged")
    sign_in("SITE_MANAGER", ("site", hall.other)).go("/console/orders").sees("No order waits for us")
    assert leader.client.post("/console/orders/issue").status_code == 403
    assert sign_in("VACCINATOR", ("site", hall.site)).client.get("/console/orders").status_code == 403


def test_an_alert_is_taken_on_and_closed_in_words(hall: World, units, sign_in) -> None:
    mine = units[0]
    items = [
        AlertRaise(**hall.base(), code="UNIT_BEHIND_PLAN", params={"doses": n}, unit_id=u.unit_id, on=DAY, doses=n)
        for n, u in enumerate(units, 40)
    ]
    done(command.alert_raise(hall.actor, items))
    officer = sign_in("DISTRICT_OFFICER", ("unit", mine.code)).go("/console/orders").sees("40 doses behind")
    assert "41 doses behind" not in officer.text and "/console/orders/close" not in officer.text
    officer.send("/console/orders/take").sees("taken on by us")
    foreign = {"act": str(uuid4()), "alert": str(items[1].act)}
    said = officer.client.post("/console/orders/take", foreign, follow=True, headers={"Accept-Language": "en"})
    assert "outside the area of your post" in read(said)
    office = sign_in("COMMAND_OFFICE", CITY).go("/console/orders").sees("taken on by", "nobody has taken it on")
    office.send("/console/orders/close", where={"alert": str(items[0].act)}, note="two stations more").sees("is closed")
    assert [a.alert for a in lists.alerts()] == [items[1].act]
