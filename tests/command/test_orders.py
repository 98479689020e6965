"""Orders go out, are acknowledged, executed and verified; alerts stay open once, and close when they no longer hold."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from seawall.campaigns import selectors as campaigns
from seawall.campaigns.services import campaign_load
from seawall.command import lists
from seawall.command.services import (
    alert_close,
    alert_raise,
    alert_take,
    alerts_raise,
    order_acknowledge,
    order_execute,
    order_issue,
    order_verify,
)
from seawall.command.services.tomorrow import orders_lapse
from seawall.people.services import household_register
from seawall.platform import clock
from seawall.platform.models import Fact
from seawall.reference import selectors as reference
from seawall.reference.services import city_load
from seawall.staff.services import posts_assign
from seawall.terms.actor import Reach
from seawall.terms.acts import Refused
from seawall.terms.codes import OrderState
from seawall.terms.command import AlertClose, AlertFound, AlertRaise, AlertTake, OrderChange, OrderIssue
from seawall.terms.rosters import HouseholdRegister
from seawall.terms.staff import PostAssign, Scope
from tests.clinic.conftest import CITY

pytestmark = pytest.mark.django_db

DAY = date(2021, 4, 11)
TEXT = "ORDER_CHECK_COLD_CHAIN"  # a text without figures


@pytest.fixture
def units(noon):
    """Ids of the planning units by code; the clock stands at noon of 10 April 2021."""
    city_load("chongqing")
    clock.set_to(noon)
    return {u.code: u for u in reference.units(DAY)}


@pytest.fixture
def issue(anyone, act, noon):
    def make(*targets, code=TEXT, actor=anyone, **more):
        items = [
            OrderIssue(act=act("order", n), occurred_at=noon, code=code, for_day=DAY, **target, **more)
            for n, target in enumerate(targets)
        ]
        return order_issue(actor, items)

    return make


@pytest.fixture
def step(act, noon):
    def make(verb, actor, order, name="", **more):
        more.setdefault("note", "日清表" if verb is order_execute else "")
        (outcome,) = verb(
            actor,
            [
                OrderChange(
                    act=act(verb.__name__, order, name), occurred_at=noon + timedelta(hours=1), order=order, **more
                )
            ],
        )
        return outcome

    return make


def officer(anyone, post, unit):
    grants = frozenset({"order_issue", "order_acknowledge", "order_execute", "order_verify"})
    return replace(anyone, post_id=post, grants=grants, reach=Reach(leaves=unit.leaves))


def test_an_order_walks_through_its_four_states(anyone, act, units, issue, step):
    (made,) = issue({"unit_id": units["500103"].unit_id}, doses=500)
    order, doer = act("order", 0), officer(anyone, 7, units["500103"])
    assert made.answer == {"order": str(order)}
    assert step(order_acknowledge, doer, order).done
    assert step(order_execute, doer, order, note="两辆车").done
    assert step(order_verify, anyone, order).done
    (row,) = lists.orders(for_day=DAY)
    assert (row.state, row.doses, row.acknowledged_by, row.executed_by, row.verified_by) == (
        OrderState.VERIFIED,
        500,
        7,
        7,
        anyone.post_id,
    )
    assert lists.order_counts(DAY) == {"issued": 0, "acknowledged": 0, "executed": 0, "verified": 1, "lapsed": 0}
    assert set(Fact.objects.values_list("fact", flat=True)) == {"OrderIssued", "OrderVerified"}


def test_steps_are_taken_in_order_and_once(anyone, act, units, issue, step):
    issue({"unit_id": units["500103"].unit_id})
    order = act("order", 0)
    early = step(order_execute, anyone, order)
    assert (early.refusal.code, early.refusal.params["needed"]) == ("ORDER_NOT_IN_STATE", "acknowledged")
    assert step(order_acknowledge, anyone, order).done
    assert step(order_acknowledge, anyone, order).replayed
    assert step(order_acknowledge, anyone, order, "again").refusal.code == "ORDER_NOT_IN_STATE"
    assert step(order_acknowledge, anyone, act("none")).refusal.code == "ORDER_UNKNOWN"


def test_nobody_verifies_his_own_work_and_what_is_not_met_goes_back(anyone, act, units, issue, step):
    issue({"unit_id": units["500103"].unit_id})
    order, doer = act("order", 0), officer(anyone, 7, units["500103"])
    step(order_acknowledge, doer, order)
    step(order_execute, doer, order)
    assert step(order_verify, doer, order).refusal.code == "ORDER_VERIFIED_BY_ITSELF"
    assert step(order_verify, anyone, order, "look", met=False, note="未到").done
    (row,) = lists.orders(still_open=True)
    assert (row.state, row.executed_at, row.note) == (OrderState.ACKNOWLEDGED, None, "未到")
    assert row.evidence == "日清表"  # what was shown stays beside why it was sent back
    assert step(order_execute, doer, order, "bare", note=" ").refusal.code == "ORDER_WITHOUT_EVIDENCE"
    assert step(order_execute, doer, order, "again").done


def test_orders_stay_inside_the_reach_of_a_post(anyone, act, units, issue, step):
    mine = officer(anyone, 7, units["500103"])
    inside, outside = issue({"unit_id": units["500103"].unit_id}, {"unit_id": units["500104"].unit_id}, actor=mine)
    assert inside.done
    assert outside.refusal.code == "ORDER_OUT_OF_REACH"
    stranger = officer(anyone, 8, units["500104"])
    assert step(order_acknowledge, stranger, act("order", 0)).refusal.code == "ORDER_OUT_OF_REACH"
    with pytest.raises(Refused):
        step(order_acknowledge, replace(stranger, grants=frozenset()), act("order", 0))


def test_an_officer_orders_the_posts_whose_area_lies_in_his(anyone, act, noon, units, issue, step):
    base = {"occurred_at": noon, "person": "某某", "valid_from": date(2021, 1, 1), "synthetic": True}
    here, there = units["500103"], units["500104"]
    homes = [HouseholdRegister(act=act("home", u.code), occurred_at=noon, leaf_id=min(u.leaves)) for u in (here, there)]
    kept = [o.answer["household_id"] for o in household_register(anyone, homes)]
    scopes = [
        ("unit", here.code),
        ("household", kept[0]),
        ("household", kept[1]),
        ("unit", there.code),
        ("area", "500000"),
    ]
    items = [
        PostAssign(act=act("post", n), role="GRID_WORKER", scopes=(Scope(kind=kind, ref=str(ref)),), **base)
        for n, (kind, ref) in enumerate(scopes)
    ]
    posts = [o.answer["post_id"] for o in posts_assign(anyone, items)]
    told = issue(*({"post_id": post} for post in posts), actor=officer(anyone, 7, here))
    assert [o.done for o in told] == [True, True, False, False, False]
    assert {o.refusal.code for o in told[2:]} == {"ORDER_OUT_OF_REACH"}
    contact = replace(anyone, post_id=posts[1], reach=Reach(households=frozenset(kept[:1])))
    assert step(order_acknowledge, contact, act("order", 1)).done
    assert step(order_acknowledge, contact, act("order", 0)).refusal.code == "ORDER_OUT_OF_REACH"


def test_an_order_has_one_target_and_a_known_text(anyone, units, issue):
    none, two = issue({}, {"unit_id": units["500103"].unit_id, "site_id": 3})
    assert none.refusal.code == two.refusal.code == "ORDER_TARGET_UNCLEAR"


def test_an_order_with_an_unknown_text_is_refused(issue):
    (outcome,) = issue({"site_id": 3}, code="DO_SOMETHING")
    assert outcome.refusal.code == "ORDER_TEXT_UNKNOWN"


@pytest.mark.parametrize(
    ("code", "params", "missing"),
    [
        ("ORDER_OTHER", {"text": "  "}, "text"),
        ("ORDER_MEET_QUOTA", {"doses": 5}, "later"),
        ("ORDER_CALL_OVERDUE", {"people": "many"}, "people"),
        ("ORDER_ADD_STATIONS", {}, "stations"),
    ],
)
def test_an_order_states_what_its_text_counts(issue, code, params, missing):
    (outcome,) = issue({"site_id": 3}, code=code, params=params)
    assert (outcome.refusal.code, outcome.refusal.params) == ("ORDER_FIGURES_MISSING", {"names": missing})


def test_an_order_is_overdue_until_it_is_executed(anyone, act, noon, issue, step):
    issue({"site_id": 3}, due_at=noon)
    (row,) = lists.orders(site_ids=[3])
    assert row.overdue(noon + timedelta(minutes=1)) and not row.overdue(noon)
    step(order_acknowledge, anyone, act("order", 0))
    step(order_execute, anyone, act("order", 0))
    (row,) = lists.orders(site_ids=[3])
    assert not row.overdue(noon + timedelta(days=1))


def alert(act, noon, on, unit=None, doses=10, code="STOCK_LOW"):
    return AlertRaise(act=act("alert", code, unit, on), occurred_at=noon, code=code, unit_id=unit, on=on, doses=doses)


def test_an_alert_seen_again_keeps_its_first_day_and_takes_the_new_figures(anyone, act, noon):
    tomorrow = DAY + timedelta(days=1)
    (first,) = alert_raise(anyone, [alert(act, noon, DAY)])
    (again,) = alert_raise(anyone, [alert(act, noon, tomorrow, doses=25)])
    assert again.answer == {"alert": first.answer["alert"], "new": False}
    (row,) = lists.alerts()
    assert (row.since, row.seen_on, row.doses) == (DAY, tomorrow, 25)


def test_an_alert_is_taken_on_by_whom_it_concerns(anyone, act, noon, units):
    here, there = units["500103"], units["500104"]
    alert_raise(anyone, [alert(act, noon, DAY, unit=here.unit_id), alert(act, noon, DAY)])
    by_place = {a.unit_id: a.alert for a in lists.alerts()}
    mine = replace(officer(anyone, 7, here), grants=frozenset({"alert_take"}))
    foreign = replace(mine, post_id=8, reach=Reach(leaves=there.leaves))

    def take(who, place, n=0):
        item = AlertTake(act=act("take", who.post_id, place, n), occurred_at=noon, alert=by_place[place])
        refusal = alert_take.one(who, item).refusal
        return refusal.code if refusal else ""

    assert take(mine, here.unit_id) == "" and take(foreign, here.unit_id) == "ALERT_OUT_OF_REACH"
    assert take(mine, None) == "ALERT_OUT_OF_REACH"  # the whole city's
    assert [a.taken_by for a in lists.alerts() if a.unit_id] == [7]
    assert take(anyone, here.unit_id) == take(anyone, None) == ""
    alert_close(anyone, [AlertClose(act=act("c"), occurred_at=noon, alert=by_place[None], on=DAY, note="已补")])
    assert take(anyone, None, 1) == "ALERT_NOT_OPEN"


def test_an_alert_closes_once_and_may_come_back(anyone, act, noon):
    alert_raise(anyone, [alert(act, noon, DAY, unit=1)])
    (row,) = lists.alerts()
    done, twice = alert_close(
        anyone, [AlertClose(act=act(n), occurred_at=noon, alert=row.alert, on=DAY) for n in ("close", "twice")]
    )
    assert done.done
    assert twice.refusal.code == "ALERT_NOT_OPEN"
    (back,) = alert_raise(anyone, [alert(act, noon, DAY + timedelta(days=3), unit=1)])
    assert back.answer["new"]
    assert [a.since for a in lists.alerts(on=DAY + timedelta(days=3))] == [DAY + timedelta(days=3)]
    assert lists.alerts(on=DAY + timedelta(days=1)) == []


def test_the_evening_settles_what_it_watches_and_may_do_so_again(anyone, act, noon):
    def found(*units):
        return [AlertFound(code="STOCK_LOW", unit_id=u, doses=u, params={"days": 1.5}) for u in units]

    assert alerts_raise(anyone, "C", DAY, noon, found(1, 2, 3)) == (3, 0)
    alert_raise(anyone, [alert(act, noon, DAY, code="BY_HAND")])
    later = DAY + timedelta(days=1)
    assert alerts_raise(anyone, "C", later, noon, found(2, 9)) == (1, 2)
    standing = {("STOCK_LOW", 2), ("STOCK_LOW", 9), ("BY_HAND", None)}
    assert {(a.code, a.unit_id) for a in lists.alerts()} == standing
    alerts_raise(anyone, "C", later, noon, found(2, 9))
    assert {(a.code, a.unit_id) for a in lists.alerts()} == standing
    assert [(a.since, a.seen_on) for a in lists.alerts(unit_ids=[2])] == [(DAY, later)]
    alerts_raise(anyone, "C", later, noon, found(9))
    assert lists.alerts(unit_ids=[2]) == []


def test_statements_do_not_grow_with_the_batch(anyone, act, noon, units):
    counts = []
    for size in (3, 39):
        ids = [u.unit_id for u in units.values()][:size]
        with CaptureQueriesContext(connection) as queries:
            orders = [OrderIssue(act=act(size, u), occurred_at=noon, code=TEXT, for_day=DAY, unit_id=u) for u in ids]
            assert all(o.done for o in order_issue(anyone, orders))
            for verb in (order_acknowledge, order_execute):
                changes = [
                    OrderChange(act=act(size, u, verb.__name__), occurred_at=noon, order=act(size, u), note="日清表")
                    for u in ids
                ]
                assert all(o.done for o in verb(anyone, changes))
            alert_raise(anyone, [alert(act, noon, DAY + timedelta(days=size), unit=u) for u in ids])
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("code", "state", "due", "lapses"),
    [
        ("today's, issued", OrderState.ISSUED, 0, True),
        ("today's, acknowledged", OrderState.ACKNOWLEDGED, 0, True),
        ("today's, done: somebody looks tomorrow", OrderState.EXECUTED, 0, False),
        ("an old one, done and never looked at", OrderState.EXECUTED, -30, True),
        ("an old one, verified", OrderState.VERIFIED, -30, False),
        ("tomorrow's", OrderState.ISSUED, 1, False),
    ],
)
def test_orders_of_a_past_day_lapse_with_what_was_reached(anyone, act, noon, loaded, code, state, due, lapses):
    unit = next(iter(reference.units(DAY))).unit_id
    day, evening = DAY + timedelta(days=due), loaded.cut_off_at(DAY)
    item = OrderIssue(act=act(code), occurred_at=noon, code=TEXT, unit_id=unit, for_day=day, doses=40)
    order_issue(anyone, [item])
    steps = (order_acknowledge, order_execute, order_verify)
    for verb in steps[: list(OrderState).index(state)]:
        change = OrderChange(act=act(code, verb.__name__), occurred_at=noon, order=act(code), note="日清表")
        assert verb(replace(anyone, post_id=len(verb.__name__)), [change])[0].done
    assert all(o.done for o in orders_lapse(anyone, loaded, DAY))
    (row,) = lists.orders(for_day=day)
    assert (row.state, row.lapsed_at, row.reached) == (
        (OrderState.LAPSED, evening, None) if lapses else (state, None, None)
    )
    assert not (lapses and row.overdue(evening + timedelta(days=99)))
    assert bool(lists.orders(until=DAY, still_open=True)) == (not lapses and state != OrderState.VERIFIED and due <= 0)
    assert lists.order_counts(day)["lapsed"] == lapses
    assert orders_lapse(anyone, loaded, DAY) == []
    late = OrderChange(act=act(code, "late"), occurred_at=noon, order=act(code))
    if lapses:
        (outcome,) = order_acknowledge(anyone, [late])
        assert outcome.refusal.params["state"] == "lapsed"


@pytest.fixture
def loaded(noon):
    """The campaign of the repository, at noon of 10 April 2021."""
    city_load("chongqing")
    clock.set_to(noon)
    return campaigns.campaign(campaign_load(CITY))
