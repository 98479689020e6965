"""Doses are counted: every movement is a pair, every balance is proven, every refusal has its own code."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.test.utils import CaptureQueriesContext

from seawall.platform import clock, sql
from seawall.reference.reasons import registry
from seawall.supply import selectors, services
from seawall.supply.models import Balance, Pack, StockLine
from seawall.terms.actor import Reach
from seawall.terms.codes import LotState, PlaceKind, StockState
from seawall.terms.stock import DoseWaste, LotHold, StockCount, StockReturn

HAND, TRANSIT, QUARANTINE = StockState.ON_HAND, StockState.IN_TRANSIT, StockState.QUARANTINED


def balances(place=None):
    rows = Balance.objects.exclude(doses=0)
    rows = rows.filter(place_id=place) if place else rows
    return {(r.place_id, r.lot, r.state): r.doses for r in rows}


def codes(outcomes):
    return [o.refusal.code if o.refusal else "done" for o in outcomes]


@pytest.fixture(autouse=True)
def proven(request, chain):
    """After every test of this module the books must balance."""
    yield
    assert selectors.difference() == []
    rows = selectors.identity(chain.now + timedelta(days=4000))
    assert all(row.holds for row in rows)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"release_certificate": " "}, "LOT_WITHOUT_RELEASE"),
        ({"temperature_record": ""}, "NO_TEMPERATURE_RECORD"),
        ({"max_celsius": 8.1}, "TRANSPORT_TEMPERATURE"),
        ({"min_celsius": 1.9}, "TRANSPORT_TEMPERATURE"),
        ({"product": "NONE"}, "PRODUCT_UNKNOWN"),
        ({"packs": 0}, "NOTHING_TO_RECEIVE"),
        ({"expires": date(2021, 4, 9)}, "LOT_EXPIRED"),
        ({"first_code": "123"}, "BAD_TRACE_CODE"),
        ({"first_code": "8100001" + "9" * 13}, "BAD_TRACE_CODE"),
    ],
)
def test_a_delivery_without_its_papers_is_refused(chain, changed, code):
    outcome = chain.receive(**changed)
    assert outcome.refusal.code == code
    assert code in registry()
    assert Pack.objects.count() == 0


def test_receiving_registers_every_pack_in_sequence(chain):
    outcome = chain.receive("B1", 500, 2, first_code="8100001" + "0000000000998")
    assert outcome.answer["doses"] == 1000
    assert Pack.objects.order_by("code").last().code == outcome.answer["last_code"] == "81000010000000001497"
    assert balances() == {(chain.store, "B1", HAND): 1000}
    assert [(line.place_id, line.delta) for line in StockLine.objects.all()] == [(chain.store, 1000)]


def test_packs_that_bear_no_code_are_numbered_and_the_same_again_is_the_same(chain):
    item = chain.lot("B1", 3, first_code="")
    first, again = (services.lot_receive(chain.actor, [item])[0] for _ in range(2))
    codes = list(Pack.objects.order_by("code").values_list("code", flat=True))
    assert first.answer == again.answer and first.answer["last_code"] == codes[2]
    assert [code[:1] + code[7:] for code in codes] == [f"N{n:013}" for n in (1, 2, 3)]
    assert chain.receive("B2", 3, first_code="").done, "another lot gets other codes"


def test_a_second_delivery_of_a_lot_must_agree_and_brings_new_codes(chain):
    first = chain.lot("B1", 10)
    outcomes = services.lot_receive(
        chain.actor,
        [
            first,
            chain.lot("B1", 10, first_code=first.first_code[:-2] + "05"),
            chain.lot("B1", 10, first_code=first.first_code[:-2] + "10"),
            chain.lot("B1", 10, 2, first_code=first.first_code[:-2] + "50"),
        ],
    )
    assert codes(outcomes) == ["done", "CODE_ALREADY_KNOWN", "done", "LOT_DIFFERS"]
    assert codes([chain.receive("B1", 1, product="SVAC", first_code=first.first_code[:-2] + "99")]) == ["LOT_DIFFERS"]
    assert codes([chain.receive("B2", 5, first_code=first.first_code)]) == ["CODE_ALREADY_KNOWN"]
    assert balances() == {(chain.store, "B1", HAND): 20}


def test_shipping_moves_whole_packs_first_codes_first(chain):
    chain.receive("B1", 10, 2)
    items = [chain.send("B1", 3), chain.send("B1", 4, chain.other), chain.send("B1", 4), chain.send("B1", 3)]
    outcomes = services.shipment_send(chain.actor, items)
    assert codes(outcomes) == ["done", "done", "NOT_ENOUGH_PACKS", "done"]
    assert outcomes[2].refusal.params["there"] == 3
    assert balances() == {(chain.site, "B1", TRANSIT): 12, (chain.other, "B1", TRANSIT): 8}
    chosen = list(Pack.objects.filter(shipment=items[0].act).order_by("code").values_list("code", flat=True))
    assert chosen == list(Pack.objects.order_by("code").values_list("code", flat=True))[:3]
    assert codes([chain.accept(items[1].act)]) == ["SHIPMENT_NOT_FOR_HERE"]
    assert codes([chain.accept(items[0].act, record=" ")]) == ["NO_TEMPERATURE_RECORD"]
    assert chain.accept(items[0].act).answer["quarantined"] == 0
    assert codes([chain.accept(items[0].act), chain.accept("no such"), chain.accept(uuid4())]) == [
        "SHIPMENT_ALREADY_ACCEPTED",
        "SHIPMENT_UNKNOWN",
        "SHIPMENT_UNKNOWN",
    ]
    assert balances(chain.site) == {(chain.site, "B1", HAND): 6, (chain.site, "B1", TRANSIT): 6}
    late = [row.late for row in selectors.shipments_due(date(2021, 4, 12))]
    assert late == [True, True]
    assert selectors.shipments_due(date(2021, 4, 10)) == []


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"lot": "NONE"}, "LOT_UNKNOWN"),
        ({"packs": 0}, "NOTHING_TO_SEND"),
        ({"packs": 11}, "NOT_ENOUGH_PACKS"),
    ],
)
def test_what_cannot_be_sent(chain, changed, code):
    chain.receive("B1", 10)
    item = replace(chain.send("B1", 1), **changed)
    assert codes(services.shipment_send(chain.actor, [item])) == [code]
    same = replace(chain.send("B1", 1), to_place_id=chain.store)
    assert codes(services.shipment_send(chain.actor, [same])) == ["SAME_PLACE"]
    old = replace(chain.send("B1", 1), occurred_at=chain.now + timedelta(days=400))
    assert codes(services.shipment_send(chain.actor, [old])) == ["LOT_EXPIRED"]


def test_what_arrived_before_it_left_stands_apart_until_its_times_are_right(chain):
    early = chain.now - timedelta(hours=1)
    assert chain.receive("B2", 1, left_at=chain.now + timedelta(hours=1)).refusal.code == "ARRIVED_BEFORE_IT_LEFT"
    chain.receive("B1", 4)
    (sent,) = services.shipment_send(chain.actor, [chain.send("B1", 4)])
    shipment = sent.answer["shipment"]
    assert codes([chain.accept(shipment, arrived_at=early)]) == ["ARRIVED_BEFORE_IT_LEFT"]
    assert [(row.place_id, row.doses) for row in selectors.goods_apart([chain.site])] == [(chain.site, 4)]
    assert balances(chain.site) == {(chain.site, "B1", TRANSIT): 4}
    picked = replace(chain.send("B1", 1), picked_at=chain.now + timedelta(minutes=1))
    assert codes(services.shipment_send(chain.actor, [picked])) == ["PICKED_AFTER_IT_LEFT"]
    assert codes([chain.accept(shipment, arrived_at=chain.now)]) == ["done"]
    assert selectors.goods_apart([chain.site]) == [] and selectors.difference() == []


def test_a_shipment_that_left_the_cold_waits_in_quarantine_for_a_decision(chain):
    chain.receive("B1", 4)
    (sent,) = services.shipment_send(chain.actor, [chain.send("B1", 4)])
    assert chain.accept(sent.answer["shipment"], high=11.0).answer["quarantined"] == 4
    code = Pack.objects.order_by("code").first().code
    assert codes(services.dose_use(chain.actor, [chain.use(code)])) == ["LOT_QUARANTINED"]
    assert selectors.packs([chain.site]) == []
    assert [row.state for row in selectors.stock([chain.site])] == [QUARANTINE]
    release = LotHold(
        act=uuid4(), occurred_at=chain.now, lot="B1", place_id=chain.site, state=LotState.RELEASED, authority="CDC"
    )
    assert services.lot_hold(chain.actor, [release])[0].answer["doses"] == 4
    assert codes(services.dose_use(chain.actor, [chain.use(code)])) == ["done"]


def test_every_dose_that_may_not_be_used_says_why(chain):
    one = chain.deliver("B1", 5)
    two = chain.deliver("B2", 1, 2)
    old = chain.deliver("OLD", 1, expires=date(2021, 4, 10))
    waiting = chain.lot("TR", 1)
    services.lot_receive(chain.actor, [waiting])
    services.shipment_send(chain.actor, [chain.send("TR", 1)])
    use = chain.use
    asked = [
        (use(one[0]), "done"),
        (use(one[0]), "CODE_USED_UP"),
        (use("8199999" + "0" * 13), "CODE_PREFIX_UNKNOWN"),
        (use(one[1], place=chain.other), "CODE_NOT_HERE"),
        (use(one[1], product="SVAC"), "WRONG_PRODUCT"),
        (use(two[0]), "done"),
        (use(two[0], minutes=59), "done"),
        (use(two[0], minutes=1), "CODE_USED_UP"),
        (use(old[0], minutes=13 * 60), "LOT_EXPIRED"),
        (use(old[0]), "done"),
        (use(waiting.first_code), "SHIPMENT_NOT_ACCEPTED"),
    ]
    outcomes = services.dose_use(chain.actor, [item for item, _ in asked])
    assert codes(outcomes) == [code for _, code in asked]
    assert {code for _, code in asked} - {"done"} <= set(registry())
    assert outcomes[0].answer["lot"] == "B1"
    assert balances(chain.site) == {(chain.site, "B1", HAND): 4, (chain.site, "TR", TRANSIT): 1}


def test_an_opened_pack_may_not_be_used_too_long(chain):
    code = chain.deliver("B1", 1, 2)[0]
    outcomes = services.dose_use(chain.actor, [chain.use(code), chain.use(code, minutes=61)])
    assert codes(outcomes) == ["done", "OPENED_TOO_LONG"]
    waste = DoseWaste(act=uuid4(), occurred_at=chain.now, place_id=chain.site, code=code, doses=1, reason="OPEN_VIAL")
    assert codes(services.dose_waste(chain.actor, [waste])) == ["done"]


def test_a_dose_already_given_is_recorded_with_its_incident(chain):
    code = chain.deliver("B1", 2, expires=date(2021, 4, 10))[0]
    item = chain.use(code, minutes=24 * 60, happened=True)
    (outcome,) = services.dose_use(chain.actor, [item])
    assert outcome.done
    assert outcome.answer["incident"] == "LOT_EXPIRED"
    (again,) = services.dose_use(chain.actor, [chain.use(code, happened=True)])
    assert again.refusal.code == "CODE_USED_UP"


def test_doses_of_one_vial_in_one_batch_are_taken_in_order(chain):
    code = chain.deliver("B1", 1, 2)[0]
    outcomes = services.dose_use(chain.actor, [chain.use(code) for _ in range(3)])
    assert codes(outcomes) == ["done", "done", "CODE_USED_UP"]
    assert [o.answer["doses_left"] for o in outcomes[:2]] == [1, 0]


@pytest.mark.parametrize(
    ("doses", "reason", "code"),
    [
        (3, "BROKEN", "MORE_THAN_LEFT"),
        (0, "BROKEN", "MORE_THAN_LEFT"),
        (1, "FUN", "WASTE_REASON_UNKNOWN"),
        (2, "BROKEN", "done"),
    ],
)
def test_waste_states_a_reason_and_no_more_than_is_left(chain, doses, reason, code):
    pack = chain.deliver("B1", 1, 2)[0]
    item = DoseWaste(act=uuid4(), occurred_at=chain.now, place_id=chain.site, code=pack, doses=doses, reason=reason)
    assert codes(services.dose_waste(chain.actor, [item])) == [code]
    elsewhere = replace(item, act=uuid4(), place_id=chain.other, reason="BROKEN")
    unknown = replace(item, act=uuid4(), code="8199999" + "0" * 13, reason="BROKEN")
    assert codes(services.dose_waste(chain.actor, [elsewhere, unknown])) == ["CODE_NOT_HERE", "CODE_PREFIX_UNKNOWN"]


def hold(chain, lot, state, place=None):
    item = LotHold(act=uuid4(), occurred_at=chain.now, lot=lot, place_id=place, state=state, authority="NMPA")
    return services.lot_hold(chain.actor, [item])[0]


def test_a_recall_stops_the_lot_everywhere_and_a_release_frees_it(chain):
    here = chain.deliver("B1", 6)
    chain.receive("B1", 4, first_code="8177777" + "0" * 13)
    (moving,) = services.shipment_send(chain.actor, [chain.send("B1", 2, chain.other)])
    assert hold(chain, "B1", LotState.RECALLED).answer["doses"] == 8
    assert codes(services.dose_use(chain.actor, [chain.use(here[0])])) == ["LOT_RECALLED"]
    assert codes(services.shipment_send(chain.actor, [chain.send("B1", 1)])) == ["LOT_RECALLED"]
    assert chain.accept(moving.answer["shipment"], chain.other).answer["quarantined"] == 2
    chain.receive("B1", 3, first_code="8177778" + "0" * 13)
    assert {row.state for row in selectors.stock()} == {QUARANTINE}
    assert [row.lot for row in selectors.lots()] == ["B1"]
    assert hold(chain, "B1", LotState.RELEASED).answer["doses"] == 13
    assert {row.state for row in selectors.stock()} == {HAND}
    assert codes([hold(chain, "NONE", LotState.RECALLED)]) == ["LOT_UNKNOWN"]
    facts = {fact for (fact,) in sql.fetch("SELECT fact FROM platform_fact WHERE owner_kind = 'lot'")}
    assert facts == {"LotRecalled", "LotReleased"}


def test_a_hold_at_one_place_leaves_the_others_free_and_outlasts_a_release_of_the_lot(chain):
    chain.deliver("B1", 6)
    chain.receive("B1", 4, first_code="8177777" + "0" * 13)
    assert hold(chain, "B1", LotState.QUARANTINED, chain.site).answer["doses"] == 6
    hold(chain, "B1", LotState.QUARANTINED)
    assert hold(chain, "B1", LotState.RELEASED).answer["doses"] == 4
    assert balances() == {(chain.site, "B1", QUARANTINE): 6, (chain.store, "B1", HAND): 4}
    (more,) = services.shipment_send(chain.actor, [chain.send("B1", 1)])
    assert chain.accept(more.answer["shipment"]).answer["quarantined"] == 1
    assert hold(chain, "B1", LotState.RELEASED, chain.site).answer["doses"] == 7


def test_a_recalled_lot_goes_back_to_its_maker(chain):
    chain.deliver("B1", 6)
    hold(chain, "B1", LotState.RECALLED)
    item = StockReturn(
        act=uuid4(), occurred_at=chain.now, place_id=chain.site, lot="B1", packs=6, to=PlaceKind.MAKER, reason="RECALL"
    )
    assert codes(services.stock_return(chain.actor, [item])) == ["done"]
    assert balances() == {}
    (row,) = [r for r in selectors.identity(chain.now + timedelta(days=4000)) if r.place_id == chain.site]
    assert (row.received, row.returned, row.on_hand) == (6, 6, 0)
    again = replace(item, act=uuid4())
    assert codes(services.stock_return(chain.actor, [again])) == ["NOT_ENOUGH_PACKS"]


def test_a_counted_difference_stays_open_until_a_count_agrees(chain):
    chain.deliver("B1", 6)

    def count(counted, minutes):
        at = chain.now + timedelta(minutes=minutes)
        item = StockCount(act=uuid4(), occurred_at=at, place_id=chain.site, lot="B1", counted=counted)
        return services.stock_count(chain.actor, [item])[0]

    assert count(5, 1).answer["difference"] == -1
    assert balances(chain.site) == {(chain.site, "B1", HAND): 6}
    assert [(r.booked, r.counted) for r in selectors.open_differences([chain.site])] == [(6, 5)]
    assert count(-1, 2).refusal.code == "COUNT_BELOW_ZERO"
    assert count(6, 3).answer["difference"] == 0
    assert selectors.open_differences() == []


def test_first_expired_is_offered_first_and_opened_before_unopened(chain):
    chain.deliver("LATE", 2, 2, expires=date(2022, 5, 1))
    early = chain.deliver("SOON", 2, 2, expires=date(2021, 6, 1))
    services.dose_use(chain.actor, [chain.use(early[1], minutes=1)])
    sql.execute("UPDATE supply_pack SET open_until = NULL")
    clock.set_to(chain.now)
    offered = selectors.packs([chain.site], "BIBP")
    assert [(p.lot, p.opened) for p in offered] == [("SOON", True), ("SOON", False), ("LATE", False), ("LATE", False)]
    assert selectors.packs([chain.site], "SVAC") == []
    assert sum(row.doses for row in selectors.stock([chain.site])) == 7


def test_days_of_cover_are_stock_over_the_mean_use_of_seven_days(chain):
    used = chain.deliver("B1", 30)
    clock.set_to(chain.now)
    services.dose_use(chain.actor, [chain.use(code) for code in used[:14]])
    (row,) = [r for r in selectors.days_of_cover([chain.site], date(2021, 4, 11)) if r.place_id == chain.site]
    assert (row.on_hand, row.used_per_day, row.days) == (16, 2.0, 8.0)
    (later,) = selectors.days_of_cover([chain.site], date(2021, 4, 20))
    assert later.days is None


def test_a_balance_cannot_go_below_zero_whoever_writes_it(chain):
    chain.deliver("B1", 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        sql.execute("UPDATE supply_balance SET doses = doses - 2 WHERE place_id = %s", [chain.site])


def test_the_proof_names_the_place_lot_and_state_that_does_not_balance(chain):
    chain.deliver("B1", 4)
    with transaction.atomic():
        sql.execute("UPDATE supply_balance SET doses = 5 WHERE place_id = %s AND state = 'on_hand'", [chain.site])
        found = selectors.difference()
        assert [(d.place_id, d.state, d.booked, d.proven) for d in found] == [
            (chain.site, "on_hand", 5, 4),
            (chain.site, "packs/on_hand", 5, 4),
        ]
        assert not all(r.holds for r in selectors.identity(chain.now + timedelta(days=4000)))
        transaction.set_rollback(True)


def test_a_line_without_its_other_half_is_found_however_old(chain):
    chain.deliver("B1", 4)
    with transaction.atomic():
        sql.execute("UPDATE supply_stockline SET recorded_at = recorded_at - interval '9 years'")
        sql.execute("UPDATE supply_stockline SET delta = -3 WHERE kind = 'send' AND delta < 0")
        found = {d.state: d.proven for d in selectors.difference()}
        assert found == {"on_hand": 1, "pair/send": 1}
        transaction.set_rollback(True)


def test_statements_do_not_grow_with_the_batch(chain):
    used = chain.deliver("B1", 80)
    counts = []
    for size in (1, 30):
        items = [chain.use(used.pop()) for _ in range(size)]
        with CaptureQueriesContext(connection) as queries:
            services.dose_use(chain.actor, items)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    counts = []
    for size in (1, 20):
        lots = [chain.lot(f"L{size}-{n}", 3, first_code=f"82{size:02}{n:03}" + "0" * 13) for n in range(size)]
        with CaptureQueriesContext(connection) as queries:
            services.lot_receive(chain.actor, lots)
            sent = services.shipment_send(chain.actor, [chain.send(i.lot, 2) for i in lots])
        assert all(o.done for o in sent)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_repeated_dose_is_used_once(chain):
    code = chain.deliver("B1", 1, 2)[0]
    item = chain.use(code)
    first, again = services.dose_use(chain.actor, [item])[0], services.dose_use(chain.actor, [item])[0]
    assert again.replayed and again.answer == first.answer
    assert Pack.objects.get(code=code).doses_left == 1


def test_a_post_of_one_place_stops_a_lot_there_and_nowhere_else(chain):
    chain.deliver("B1", 3)
    keeper = replace(chain.actor, grants=frozenset({"lot_hold"}), reach=Reach(sites=frozenset({chain.site})))
    local = replace(chain, actor=keeper)
    assert codes([hold(local, "B1", LotState.QUARANTINED, chain.other)]) == ["OUT_OF_AREA"]
    assert codes([hold(local, "B1", LotState.RECALLED)]) == ["OUT_OF_AREA"]
    assert hold(local, "B1", LotState.QUARANTINED, chain.site).answer["doses"] == 3
    assert hold(chain, "B1", LotState.RECALLED).done
    assert codes([hold(local, "B1", LotState.RELEASED)]) == ["OUT_OF_AREA"]


def test_nothing_is_sent_to_a_place_that_holds_no_stock(chain):
    chain.receive("B1", 3)
    given = sql.fetch("SELECT id FROM reference_place WHERE kind = 'given'")[0][0]
    sent = services.shipment_send(chain.actor, [chain.send("B1", 1, to) for to in (given, 987_654_321)])
    assert codes(sent) == ["PLACE_HOLDS_NO_STOCK"] * 2
