"""Codes, cartons, vials and hand-overs: what was scanned is what it is, and nothing is used that may not be."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from seawall.platform import sql
from seawall.supply import codes, selectors, services
from seawall.supply.codes import Form
from seawall.supply.models import Carton, Pack
from seawall.terms.acts import Refusal
from seawall.terms.codes import LotState
from seawall.terms.stock import CartonMark, CartonOpen, CodeType, LotHold, ShipmentRefuse, VialOpen

GTIN = "06901234567892"
BOX, CARTON, SMALL = "8190001" + "0" * 13, "8190002" + "0" * 13, "8190003" + "0" * 13
GS = "\x1d"


@pytest.mark.parametrize(
    ("text", "form", "key", "symbology"),
    [
        ("81000010000000000001", Form.TRACE, "81000010000000000001", ""),
        ("]C081000010000000000001\r\n", Form.TRACE, "81000010000000000001", "]C0"),
        (f"]d201{GTIN}1722030110LOT1{GS}21SER1", Form.SERIAL, f"01{GTIN}21SER1", "]d2"),
        (f"]C101{GTIN}21S1", Form.SERIAL, f"01{GTIN}21S1", "]C1"),
        (f"01{GTIN}1722030110LOT1", Form.LOT, f"01{GTIN}10LOT1", ""),
        ("6901234567892", Form.PRODUCT, GTIN, ""),
        ("]E06901234567892", Form.PRODUCT, GTIN, "]E0"),
    ],
)
def test_a_code_is_read_as_what_it_is(text, form, key, symbology):
    code = codes.read(text)
    assert (code.form, code.key, code.symbology, code.raw) == (form, key, symbology, text.encode())


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("8" * 19, "CODE_LENGTH"),
        ("6901234567891", "CODE_LENGTH"),
        ("abc", "BAD_TRACE_CODE"),
        ("８" * 20, "BAD_TRACE_CODE"),
        ("", "BAD_TRACE_CODE"),
    ],
)
def test_what_is_no_code_says_why(text, why):
    read = codes.read(text)
    assert isinstance(read, Refusal) and read.code == why


def why(chain, code: str) -> str | None:
    _pack, refusal = selectors.scanned(chain.site, code, chain.now)
    return refusal and refusal.code


def test_a_serial_of_gs1_is_registered_used_and_disagrees_where_it_must(chain):
    texts = tuple(f"]d201{GTIN}1722030110G1{GS}21S{n}" for n in range(3))
    sql.execute("UPDATE reference_productpack SET code_kind = 'gs1-serial' WHERE doses_per_pack = 1")
    assert chain.receive("X1", 3, codes=texts).refusal.code == "CODE_DISAGREES"
    assert chain.receive("G1", 3, first_code="8100001" + "0" * 13).refusal.code == "CODE_KIND_DIFFERS"
    assert chain.receive("G1", 2, codes=texts).refusal.code == "PACKS_DIFFER"
    chain.deliver_item(chain.lot("G1", 3, codes=texts, first_code=""))
    assert services.dose_use(chain.actor, [chain.use(texts[1])])[0].done
    assert [why(chain, text) for text in texts] == [None, "CODE_USED_UP", None]
    assert why(chain, f"01{GTIN}10G1") is None, "a code of the lot stands for its first pack"
    assert [why(chain, text) for text in (GTIN, f"01{GTIN}10G9", f"01{GTIN}21S9", "01" + "04012345678901" + "21S9")] == [
        "CODE_IS_PRODUCT", "CODE_IS_LOT", "CODE_UNKNOWN", "CODE_PREFIX_UNKNOWN"]  # fmt: skip


def nested(chain, packs: int = 20):
    """Packs of which the first ten lie in a box, and the box in a carton with the next five."""
    marks = (
        CartonMark(code=CARTON),
        CartonMark(code=BOX, packs=10, parent=CARTON),
        CartonMark(code=SMALL, packs=5, parent=CARTON),
    )
    item = chain.lot("N1", packs, cartons=marks)
    assert services.lot_receive(chain.actor, [item])[0].done
    return [item.first_code[:7] + f"{n:013d}" for n in range(packs)]


def sent(chain, *scanned: str, packs: int):
    return services.shipment_send(chain.actor, [replace(chain.send("N1", packs), codes=scanned)])[0]


def test_a_carton_is_everything_in_it_and_moves_whole(chain):
    nested(chain)
    assert sent(chain, CARTON, packs=14).refusal.code == "PACKS_DIFFER"
    outcome = sent(chain, CARTON, packs=15)
    assert chain.accept(outcome.answer["shipment"], codes=(CARTON,)).answer["doses"] == 15
    assert Pack.objects.filter(place_id=chain.site).count() == 15


def test_a_carton_with_a_pack_elsewhere_is_refused_by_name_and_opened_into_parts(chain):
    packs = nested(chain)
    assert sent(chain, packs[3], packs=1).done
    refusal = sent(chain, CARTON, packs=15).refusal
    assert (refusal.code, refusal.params["child"]) == ("CARTON_CHILD_ELSEWHERE", packs[3])
    box = CartonOpen(act=uuid4(), occurred_at=chain.now, place_id=chain.store, code=SMALL)
    assert services.carton_open(chain.actor, [box])[0].answer["packs"] == 5
    assert Carton.objects.get(code=CARTON).opened_at == chain.now, "the carton around it is open too"
    assert sent(chain, CARTON, packs=15).refusal.code == "CARTON_OPENED"
    assert sent(chain, packs[12], packs[12], packs=2).refusal.code == "SCANNED_TWICE"
    assert sent(chain, packs[12], packs[13], packs=2).done


def test_a_carton_opened_on_its_way_is_taken_in_by_what_is_still_inside(chain):
    """Somebody took a pack out at the door: the carton's code counts for nothing any more, what lies in it for itself."""
    packs = nested(chain)
    shipment = sent(chain, CARTON, packs=15).answer["shipment"]
    opened = CartonOpen(act=uuid4(), occurred_at=chain.now, place_id=chain.site, code=CARTON)
    assert services.carton_open(chain.actor, [opened])[0].done
    refusal = chain.accept(shipment, codes=(CARTON,)).refusal
    assert (refusal.code, refusal.params["code"]) == ("CARTON_OPENED", CARTON)
    assert chain.accept(shipment, codes=(BOX, packs[10])).answer == {
        "lot": "N1", "doses": 11, "quarantined": 0, "cold_chain_broken": False, "missing": 4,
    }  # fmt: skip


@pytest.mark.parametrize(
    "marks",
    [
        (CartonMark(code=CARTON, packs=21),),
        (CartonMark(code=BOX, packs=2, parent=CARTON),),
        (CartonMark(code=BOX, packs=2), CartonMark(code=CARTON, packs=2, first_code="8100001" + "0" * 13)),
        (CartonMark(code=BOX, packs=2), CartonMark(code=BOX, packs=2)),
    ],
)
def test_cartons_that_do_not_fit_are_refused(chain, marks):
    assert chain.receive("N1", 20, first_code="8100001" + "0" * 13, cartons=marks).refusal.code == "CASES_DO_NOT_FIT"


def test_two_thousand_packs_in_a_carton_cost_no_more_statements_than_two(chain, django_assert_max_num_queries):
    chain.receive("N1", 2002, cartons=(CartonMark(code=BOX, packs=2), CartonMark(code=CARTON, packs=2000)))
    with CaptureQueriesContext(connection) as few:
        shipment = sent(chain, BOX, packs=2).answer["shipment"]
        assert chain.accept(shipment, codes=(BOX,)).answer["doses"] == 2
    with django_assert_max_num_queries(len(few)):
        shipment = sent(chain, CARTON, packs=2000).answer["shipment"]
        assert chain.accept(shipment, codes=(CARTON,)).answer["doses"] == 2000


def opened(chain, code: str, minutes: int = 0, **told: object):
    item = VialOpen(
        act=uuid4(), occurred_at=chain.now + timedelta(minutes=minutes), place_id=chain.site, code=code, **told
    )
    return services.vial_open(chain.actor, [item])[0]


@pytest.fixture
def measles(chain):
    """Ten-dose vials of a vaccine that needs its diluent and bears a monitor."""
    sql.execute("UPDATE reference_product SET code = 'MMR', platform = 'LIVE' WHERE code = 'BIBP'")
    return chain.deliver("M1", 3, 10, product="MMR", diluent="D-1")


def used(chain, code: str, minutes: int = 0) -> str:
    refusal = services.dose_use(chain.actor, [chain.use(code, "MMR", minutes=minutes)])[0].refusal
    return refusal.code if refusal else "given"


def test_diluent_and_monitor_are_judged_at_use(chain, measles):
    assert chain.receive("M2", 1, 10, product="MMR").refusal.code == "DILUENT_NOT_BUNDLED"
    assert used(chain, measles[0]) == "DILUENT_MISSING"
    assert opened(chain, measles[0], vvm_stage=3, diluent="D-1").refusal.code == "VVM_REACHED"
    assert opened(chain, measles[0], diluent="D-1").refusal.code == "VVM_NOT_READ"
    assert opened(chain, measles[0], vvm_stage=1).refusal.code == "DILUENT_MISSING"
    assert opened(chain, measles[0], vvm_stage=1, diluent="D-7").refusal.code == "DILUENT_OF_OTHERS"
    assert opened(chain, measles[0], vvm_stage=2, diluent="D-1").answer["minutes"] == 360
    assert opened(chain, measles[0], vvm_stage=2, diluent="D-1").refusal.code == "VIAL_OPEN_ALREADY"
    assert [used(chain, measles[0], m) for m in (0, 359, 361)] == ["given", "given", "RECONSTITUTED_TOO_LONG"]
    assert [p.code for p in selectors.opened([chain.site])] == [measles[0]]


def test_a_code_typed_by_hand_needs_somebody_else(chain):
    code = chain.deliver("B1", 2)[0]
    typed = replace(chain.use(code), typed=True)
    assert services.dose_use(chain.actor, [typed])[0].refusal.code == "TYPED_ALONE"
    alone = CodeType(act=uuid4(), occurred_at=chain.now, place_id=chain.site, code=code, confirmed_by=999)
    assert services.code_type(chain.actor, [alone])[0].refusal.code == "CONFIRMER_UNKNOWN"


def test_a_pack_nobody_handed_over_waits_apart(chain):
    chain.receive("B1", 2)
    sql.execute("DELETE FROM supply_handover")
    shipment = services.shipment_send(chain.actor, [chain.send("B1", 2)])[0].answer["shipment"]
    assert chain.accept(shipment).answer["quarantined"] == 2
    assert why(chain, Pack.objects.first().code) == "CUSTODY_GAP"


@pytest.mark.django_db(transaction=True)
def test_the_database_itself_refuses_more_uses_than_doses_from_many_hands(chain):
    code = chain.deliver("B1", 1, 3)[0]

    def draw(_n: int) -> bool:
        try:
            sql.execute("UPDATE supply_pack SET doses_left = doses_left - 1 WHERE code = %s", [code])
        except Exception as error:
            assert "pack_doses_left" in str(error)
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as hands:
        assert sorted(hands.map(draw, range(8))) == [False] * 5 + [True] * 3
    assert Pack.objects.get(code=code).doses_left == 0


def test_goods_without_an_emergency_decision_or_certificate_are_refused_and_either_will_do(chain):
    assert chain.receive("E1", 1, release_certificate="").refusal.code == "LOT_WITHOUT_RELEASE"
    assert [row.why for row in selectors.goods_apart([chain.store])] == ["LOT_WITHOUT_RELEASE"]
    assert chain.receive("E1", 1, release_certificate="", emergency_decision="EUA-2020-7").done
    assert selectors.goods_apart([chain.store]) == []
    assert chain.receive("E2", 1, taken_by=" ", expires=date(2022, 3, 1)).refusal.code == "HANDOVER_UNSIGNED"


def test_codes_seen_before_and_codes_of_recalled_or_expired_lots_have_each_their_answer(chain):
    codes = chain.deliver("B1", 4)
    first = chain.lot("B1").first_code
    again = chain.receive("B2", 1, first_code=first)
    assert (again.refusal.code, again.refusal.params["code"]) == ("CODE_ALREADY_KNOWN", first)
    assert services.dose_use(chain.actor, [chain.use(codes[0])])[0].done
    assert why(chain, codes[0]) == "CODE_USED_UP"
    sql.execute("UPDATE supply_pack SET expires = '2021-04-09' WHERE code = %s", [codes[1]])
    assert why(chain, codes[1]) == "LOT_EXPIRED"
    hold = LotHold(
        act=uuid4(), occurred_at=chain.now, lot="B1", place_id=None, state=LotState.RECALLED, authority="NMPA"
    )
    assert services.lot_hold(chain.actor, [hold])[0].done
    assert why(chain, codes[2]) == "LOT_RECALLED"
    scanned = replace(chain.send("B1", 1, chain.other, chain.site), codes=(codes[2],))
    assert services.shipment_send(chain.actor, [scanned])[0].refusal.code == "LOT_RECALLED"


def test_a_sender_takes_its_own_refused_shipment_back_once_and_sends_it_again(chain):
    chain.receive("B1", 2)
    shipment = services.shipment_send(chain.actor, [chain.send("B1", 2)])[0].answer["shipment"]
    refuse = ShipmentRefuse(
        act=uuid4(), occurred_at=chain.now, shipment=str(shipment), place_id=chain.site, reason="BOX_WET"
    )
    back = services.shipment_refuse(chain.actor, [refuse])[0].answer["shipment"]
    assert chain.accept(back, chain.site).refusal.code == "SHIPMENT_NOT_FOR_HERE"
    taken = chain.accept(back, chain.store).answer
    assert (taken["doses"], taken["quarantined"], taken["missing"]) == (2, 0, 0), "its own hand-over is no gap"
    assert chain.accept(back, chain.store).refusal.code == "SHIPMENT_ALREADY_ACCEPTED"
    assert chain.accept(shipment, chain.site).refusal.code == "SHIPMENT_ALREADY_ACCEPTED"
    assert services.shipment_send(chain.actor, [chain.send("B1", 2)])[0].done
    assert selectors.difference() == []
