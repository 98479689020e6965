"""Many packs lost together: scanned, by number, or everything; whole or not at all, with a second person and a picture."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from seawall.platform import sql
from seawall.supply import selectors, services
from seawall.supply.services import wasting
from seawall.terms.codes import LotState
from seawall.terms.rosters import NO_PICTURE
from seawall.terms.stock import CartonMark, CartonOpen, DoseWaste, LotHold, PacksWaste

from .test_differences import code, left, picture

CARTON = "8770000" + "9" * 13


@pytest.fixture
def lost(chain):
    """An item of packs lost at the site, with all that much asks for."""

    def make(lot: str = "B1", **more: object) -> PacksWaste:
        told: dict = {"act": uuid4(), "occurred_at": chain.now, "place_id": chain.site, "reason": "COLD_CHAIN"}
        return PacksWaste(**told | {"lot": lot, "witness": "王芳", "photo": picture()} | more)

    return make


def test_everything_of_a_lot_goes_at_once_begun_packs_and_those_kept_apart_too(chain, lost):
    codes = chain.deliver("B1", 30, 2)
    services.dose_use(chain.actor, [chain.use(codes[0])])
    (outcome,) = services.packs_waste(chain.actor, [lost()])
    assert outcome.answer == {"lot": "B1", "packs": 30, "doses": 59}
    assert left(chain) == [] and selectors.difference() == []
    lines = sql.fetch(
        "SELECT count(DISTINCT code), sum(delta)::int, min(reason) FROM supply_stockline WHERE kind = 'waste'"
    )
    assert lines == [(30, -59, "COLD_CHAIN")], "every pack has its line, so that its own page says what became of it"
    assert sql.fetch("SELECT doses, witness, photo IS NOT NULL FROM supply_removal") == [(59, "王芳", True)]
    again = services.packs_waste(chain.actor, [lost()])
    assert code(again) == ["NOT_ENOUGH_PACKS"]


def test_so_many_are_taken_from_those_kept_apart_first(chain, lost):
    chain.deliver("B1", 6)
    hold = LotHold(
        act=uuid4(), occurred_at=chain.now, lot="B1", place_id=chain.site, state=LotState.QUARANTINED, authority="X"
    )
    services.lot_hold(chain.actor, [hold])
    assert code(services.packs_waste(chain.actor, [lost(packs=7), lost(packs=4)])) == ["NOT_ENOUGH_PACKS", "done"]
    assert sum(row.doses for row in selectors.stock([chain.site])) == 2


def test_what_is_scanned_is_written_off_carton_by_carton(chain, lost):
    item = chain.lot("B1", 6, cartons=(CartonMark(code=CARTON, packs=4),))
    chain.deliver_item(item)
    loose = [item.first_code[:-1] + n for n in "45"]
    wrong = [
        lost(codes=(CARTON, item.first_code)),
        lost(codes=(CARTON,), packs=5),
        lost("B2", codes=(CARTON,)),
        lost(codes=("8111111" + "0" * 13,)),
        replace(lost(codes=(CARTON,)), place_id=chain.other),
        lost(codes=(CARTON,), reason="BORED"),
    ]
    assert code(services.packs_waste(chain.actor, wrong)) == [
        "SCANNED_TWICE", "PACKS_DIFFER", "CODE_OF_OTHER_LOT", "CODE_PREFIX_UNKNOWN", "CARTON_CHILD_ELSEWHERE",
        "WASTE_REASON_UNKNOWN",
    ]  # fmt: skip
    rest = lost(codes=(CARTON,), reason="OPEN_VIAL", witness="")
    assert code(services.packs_waste(chain.actor, [rest])) == ["WASTE_REASON_UNKNOWN"], (
        "of closed packs nothing is a rest"
    )
    good = [lost(codes=(CARTON, loose[0])), lost(codes=(loose[0],)), lost(codes=(loose[1],), packs=1)]
    assert code(services.packs_waste(chain.actor, good)) == ["done", "SCANNED_TWICE", "done"]
    assert left(chain) == [] and selectors.difference() == []


def test_a_carton_that_was_opened_or_a_pack_begun_is_named(chain, lost):
    item = chain.lot("B1", 4, 2, cartons=(CartonMark(code=CARTON, packs=2),))
    chain.deliver_item(item)
    opened = CartonOpen(act=uuid4(), occurred_at=chain.now, place_id=chain.site, code=CARTON)
    services.carton_open(chain.actor, [opened])
    services.dose_use(chain.actor, [chain.use(item.first_code)])
    outcomes = services.packs_waste(chain.actor, [lost(codes=(CARTON,)), lost(codes=(item.first_code,))])
    assert code(outcomes) == ["CARTON_OPENED", "PACK_BEGUN"]


def test_much_needs_a_second_person_and_a_picture_with_what_was_lost_before(chain, lost):
    codes = chain.deliver("B1", 40)
    before = DoseWaste(act=uuid4(), occurred_at=chain.now, place_id=chain.site, code=codes[0], doses=1, reason="BROKEN")
    services.dose_waste(chain.actor, [before])
    little = lost(packs=18, witness="", photo=picture())
    more = lost(packs=1, witness="")
    unseen = lost(packs=1, photo=NO_PICTURE)
    assert code(services.packs_waste(chain.actor, [little, more, unseen])) == ["done", "WITNESS_NEEDED", "PHOTO_NEEDED"]


def test_what_is_on_its_way_or_more_than_one_act_may_write_off_is_refused(chain, lost, monkeypatch):
    item = chain.lot("B1", 6)
    assert services.lot_receive(chain.actor, [item])[0].done
    services.shipment_send(chain.actor, [chain.send("B1", 6)])
    on_its_way = [lost(), lost(codes=(item.first_code,))]
    assert code(services.packs_waste(chain.actor, on_its_way)) == ["NOT_ENOUGH_PACKS", "SHIPMENT_NOT_ACCEPTED"]
    chain.deliver("B2", 6)
    monkeypatch.setattr(wasting, "MOST", 5)
    assert code(services.packs_waste(chain.actor, [lost("B2")])) == ["PACKS_TOO_MANY"]


def test_three_hundred_packs_cost_the_statements_of_three(chain, lost):
    counts = []
    for lot, packs in (("B1", 3), ("B2", 300)):
        codes = chain.deliver(lot, packs)
        half = len(codes) // 2
        items = [lost(lot, codes=tuple(codes[:half])), lost(lot)]
        with CaptureQueriesContext(connection) as queries:
            assert code(services.packs_waste(chain.actor, items)) == ["done"] * 2
        counts.append(len(queries))
        chain.now += timedelta(minutes=1)
    assert counts[0] == counts[1] and selectors.difference() == []
