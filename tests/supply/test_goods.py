"""Syringes, forms and drugs on the vaccines' own verbs: received, sent, counted, lent, wasted; used up with the doses of a day."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from seawall.platform import sql
from seawall.reference import selectors as reference
from seawall.supply import needs, selectors, services
from seawall.terms.codes import NeedPer, StockState
from seawall.terms.stock import (
    NEVER,
    DoseWaste,
    GoodsConsume,
    LotReceive,
    ShipmentAccept,
    StockAsk,
    StockCount,
)

from .conftest import Chain

pytestmark = pytest.mark.django_db
DAY = date(2021, 4, 10)


def bought(chain: Chain, product: str, packs: int, size: int, **more: object) -> LotReceive:
    """Goods as they come: without certificate, temperature or code."""
    told: dict = {
        "act": uuid4(), "occurred_at": chain.now, "lot": f"{product}-1", "product": product, "place_id": chain.store,
        "doses_per_pack": size, "packs": packs, "handed_by": "Chen Li", "taken_by": "Wang Fang",
        "expires": date(2024, 1, 1),
    }  # fmt: skip
    return LotReceive(**{**told, **more})


def at_site(chain: Chain, product: str, packs: int, size: int, **more: object) -> None:
    item = bought(chain, product, packs, size, place_id=chain.site, **more)
    assert services.lot_receive(chain.actor, [item])[0].done


def close(chain: Chain, doses: int, product: str = "BIBP") -> dict:
    item = GoodsConsume(act=uuid4(), occurred_at=chain.now, place_id=chain.site, day=DAY, doses={product: doses})
    (outcome,) = services.goods_consume(chain.actor, [item])
    return outcome.answer


def held(chain: Chain, product: str, place: int | None = None) -> int:
    return sum(r.doses for r in selectors.stock([place or chain.site], ancillary=True) if r.product == product)


def sound() -> bool:
    return not selectors.difference() and all(row.holds for row in selectors.identity(NOON))


NOON = datetime(2030, 1, 1, tzinfo=UTC)


def test_goods_come_without_certificate_temperature_and_code_and_a_form_without_expiry(chain):
    form = bought(chain, "CONSENT", 2, 500, expires=NEVER)
    assert services.lot_receive(chain.actor, [form, bought(chain, "SYR05", 3, 100)])[1].done
    (row,) = [r for r in selectors.stock([chain.store], ancillary=True) if r.product == "CONSENT"]
    assert (row.doses, row.expires) == (1000, NEVER)
    assert selectors.stock([chain.store]) == [], "whoever asks for vaccine sees vaccine alone"
    assert sound()


@pytest.mark.parametrize(
    ("product", "changed", "code"),
    [
        ("SYR05", {"expires": NEVER}, "EXPIRY_MISSING"),
        ("ADRENALINE", {"expires": date(2021, 1, 1)}, "LOT_EXPIRED"),
        ("CONSENT", {"taken_by": " "}, "HANDOVER_UNSIGNED"),
        ("BIBP", {}, "LOT_WITHOUT_RELEASE"),
        ("BIBP", {"release_certificate": "LR-1"}, "NO_TEMPERATURE_RECORD"),
        ("BIBP", {"release_certificate": "LR-1", "temperature_record": "T"}, "NO_TEMPERATURE_RECORD"),
    ],
)
def test_what_each_kind_must_bring_is_asked_of_it_alone(chain, product, changed, code):
    outcome = services.lot_receive(chain.actor, [bought(chain, product, 1, 1, **changed)])[0]
    assert outcome.refusal.code == code


def test_goods_travel_without_a_temperature_and_are_on_hand_as_they_come(chain):
    assert services.lot_receive(chain.actor, [bought(chain, "SYR05", 5, 100)])[0].done
    sent = services.shipment_send(chain.actor, [chain.send("SYR05-1", 2)])[0]
    item = ShipmentAccept(
        act=uuid4(), occurred_at=chain.now, shipment=str(sent.answer["shipment"]), place_id=chain.site,
        handed_by="Liu Yang", taken_by="Wang Fang",
    )  # fmt: skip
    told = services.shipment_accept(chain.actor, [item])[0].answer
    assert (told["doses"], told["quarantined"]) == (200, 0)
    assert (held(chain, "SYR05"), held(chain, "SYR05", chain.store)) == (200, 300)
    assert sound()


def test_a_day_uses_up_what_its_doses_need_the_first_to_expire_first(chain):
    at_site(chain, "SYR05", 2, 100, lot="LATE", expires=date(2025, 1, 1))
    at_site(chain, "SYR05", 1, 100, lot="SOON", expires=date(2022, 1, 1))
    at_site(chain, "CONSENT", 1, 500, expires=NEVER)
    at_site(chain, "SHARPS5", 1, 25, expires=NEVER)
    assert close(chain, 130) == {"doses": 130 + 130 + 2, "short": 0}
    left = {r.lot: r.doses for r in selectors.stock([chain.site], ancillary=True)}
    assert left == {"LATE": 170, "CONSENT-1": 370, "SHARPS5-1": 23}
    assert sound()


def test_a_vaccine_that_comes_in_its_syringe_needs_none(chain):
    at_site(chain, "SYR05", 1, 100)
    close(chain, 40, "IIV4")
    assert held(chain, "SYR05") == 100


def test_what_the_book_lacks_is_told_and_waits_for_a_count_and_stops_nothing(chain):
    at_site(chain, "SYR05", 1, 100)
    told = close(chain, 130)
    assert told["short"] == 30 + 130 + 2, "syringes, forms and boxes"
    assert held(chain, "SYR05") == 0
    lacking = {row.product: row.units for row in selectors.shortfalls([chain.site])}
    assert lacking == {"SYR05": 30, "CONSENT": 130, "SHARPS5": 2}
    assert sound(), "nothing below zero, nothing made up"
    chain.now += timedelta(minutes=1)
    count = StockCount(act=uuid4(), occurred_at=chain.now, place_id=chain.site, lot="SYR05-1", counted=12)
    assert services.stock_count(chain.actor, [count])[0].answer["difference"] == 12
    assert "SYR05" not in {row.product for row in selectors.shortfalls([chain.site])}, "the count says what there is"


def test_expired_and_stopped_goods_are_not_used_up(chain):
    at_site(chain, "SYR05", 1, 100, lot="OLD", expires=DAY)
    sql.execute("UPDATE supply_lot SET expires = %s WHERE lot = 'OLD'", [DAY - timedelta(days=1)])
    assert close(chain, 10)["doses"] == 0
    assert held(chain, "SYR05") == 100


def test_a_syringe_is_no_vaccine_at_the_needle(chain):
    at_site(chain, "SYR05", 1, 100)
    ((code,),) = sql.fetch("SELECT code FROM supply_pack")
    outcome = services.dose_use(chain.actor, [chain.use(code, "SYR05", happened=True)])[0]
    assert outcome.refusal.code == "NOT_A_VACCINE"
    assert selectors.scanned(chain.site, code, chain.now)[1].code == "NOT_A_VACCINE"


def test_a_box_of_goods_is_named_by_its_lot_and_loses_units_without_a_witness(chain):
    at_site(chain, "SYR05", 1, 100)
    waste = DoseWaste(
        act=uuid4(), occurred_at=chain.now, place_id=chain.site, code="SYR05-1", doses=40, reason="BROKEN"
    )
    assert services.dose_waste(chain.actor, [waste])[0].answer["doses_left"] == 60
    assert selectors.opened([chain.site]) == [], "a begun box is no opened vial, and is not written off at closing"
    assert selectors.wasted(DAY, 1) == {}, "no dose was lost"
    assert selectors.losses(DAY) == []
    assert sound()


def test_goods_are_asked_for_and_last_by_what_days_used_up(chain):
    ask = StockAsk(act=uuid4(), occurred_at=chain.now, place_id=chain.site, product="SYR05", doses=300, needed_on=DAY)
    assert services.stock_ask(chain.actor, [ask])[0].done
    at_site(chain, "SYR05", 2, 100)
    close(chain, 70)
    cover = selectors.days_of_cover([chain.site], DAY + timedelta(days=1), ancillary=True)
    (row,) = [c for c in cover if c.product == "SYR05"]
    assert (row.on_hand, row.used_per_day, row.days) == (130, 10.0, 13.0)
    assert selectors.days_of_cover([chain.site], DAY + timedelta(days=1)) == []


def test_goods_go_with_the_vaccine_that_is_picked(chain):
    at_store = [
        bought(chain, "SYR05", 20, 100),
        bought(chain, "CONSENT", 2, 500, expires=NEVER),
        bought(chain, "ADRENALINE", 3, 10),
    ]
    assert all(o.done for o in services.lot_receive(chain.actor, [*at_store, chain.lot("B1", 900)]))
    (made,) = services.picks_make(chain.actor, [chain.send("B1", 500)])
    assert made.done
    picks = {row.product: row for row in selectors.picks(DAY)}
    assert {code: row.packs for code, row in picks.items()} == {"BIBP": 500, "SYR05": 6, "CONSENT": 2, "ADRENALINE": 1}
    assert {row.order for row in picks.values()} == {""}
    services.picks_make(chain.actor, [chain.send("B1", 40)])
    more = sum(row.packs for row in selectors.picks(DAY) if row.product == "SYR05")
    assert more == 6, "six boxes are enough for 540 doses and those that are lost: only what lacks is sent"


def test_expired_goods_at_the_receiver_count_for_nothing(chain):
    at_site(chain, "SYR05", 9, 100, lot="OLD")
    sql.execute("UPDATE supply_lot SET expires = %s WHERE lot = 'OLD'", [DAY - timedelta(days=1)])
    done = services.lot_receive(chain.actor, [bought(chain, "SYR05", 20, 100), chain.lot("B1", 200)])
    assert all(o.done for o in done)
    services.picks_make(chain.actor, [chain.send("B1", 150)])
    assert [row.packs for row in selectors.picks(DAY) if row.product == "SYR05"] == [2]


def test_the_arithmetic_of_needs():
    row = reference.NeedRow
    rules = [
        row("SYRINGE", "*", NeedPer.DOSE, 1, 1, 1.11),
        row("SYRINGE", "PREFILLED", NeedPer.DOSE, 0, 1, 1.0),
        row("MIXER", "MMR", NeedPer.DOSE, 1, 10, 1.11),
        row("BAG", "*", NeedPer.DAY, 2, 1, 1.0),
        row("DRUG", "*", NeedPer.SITE, 5, 1, 1.0),
    ]
    doses = {"MMR": 21, "PREFILLED": 9}
    assert needs.used_up(rules, doses) == {"SYRINGE": 21, "MIXER": 3, "BAG": 2}
    assert needs.to_send(rules, doses) == {"SYRINGE": 24, "MIXER": 3}
    assert needs.kept(rules) == {"DRUG": 5}


def test_closing_many_days_costs_no_more_statements_than_one(chain, django_assert_max_num_queries):
    at_site(chain, "SYR05", 5, 100)
    items = [
        GoodsConsume(act=uuid4(), occurred_at=chain.now, place_id=place, day=DAY, doses={"BIBP": 3})
        for place in (chain.site, chain.other)
        for _ in range(20)
    ]
    with django_assert_max_num_queries(20):
        assert all(o.done for o in services.goods_consume(chain.actor, items))
    assert held(chain, "SYR05") == 500 - 60
    assert {r.state for r in selectors.stock([chain.site], ancillary=True)} == {StockState.ON_HAND}
    assert sound()


def test_a_vaccine_is_never_named_by_its_lot(chain):
    codes = chain.deliver("B1", 2)
    waste = DoseWaste(act=uuid4(), occurred_at=chain.now, place_id=chain.site, code="B1", doses=1, reason="BROKEN")
    assert services.dose_waste(chain.actor, [waste])[0].refusal.code == "BAD_TRACE_CODE"
    assert services.dose_use(chain.actor, [chain.use("B1")])[0].refusal is not None
    assert services.dose_use(chain.actor, [chain.use(codes[0])])[0].done
