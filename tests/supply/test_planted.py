"""One dose planted in the books by hand is found that night, and named: place, lot, day, and the act that made it."""

from dataclasses import replace
from uuid import uuid4

import pytest

from seawall.platform import clock, sql
from seawall.reference.services import PlaceNew, places_register
from seawall.supply import selectors, services
from seawall.terms.codes import PlaceKind
from seawall.terms.cold import ExcursionDecision
from seawall.terms.stock import CartonMark, DoseWaste, PacksWaste, ShipmentRefuse

from .test_cold_chain import decide

HERE = "place_id = %(site)s AND act = %(act)s"


@pytest.fixture
def acts(chain):
    """One act of each kind at the site, by kind."""
    codes = chain.deliver("B1", 6, 2)
    use = chain.use(codes[0])
    waste = DoseWaste(act=uuid4(), occurred_at=chain.now, place_id=chain.site, code=codes[4], doses=2, reason="BROKEN")
    lose = PacksWaste(act=uuid4(), occurred_at=chain.now, place_id=chain.site, lot="B1", packs=2, reason="LOST")
    assert services.dose_use(chain.actor, [use])[0].done
    assert services.packs_waste(chain.actor, [lose])[0].done
    assert services.dose_waste(chain.actor, [waste])[0].done
    accept, send = (
        sql.fetch("SELECT act FROM supply_stockline WHERE place_id = %s AND kind = %s", [place, kind])[0][0]
        for place, kind in ((chain.site, "accept"), (chain.store, "send"))
    )
    receive = sql.fetch("SELECT act FROM supply_stockline WHERE kind = 'receive'")[0][0]
    assert selectors.difference() == []
    return {"use": use.act, "waste": waste.act, "lose": lose.act, "accept": accept, "send": send, "receive": receive}


@pytest.mark.parametrize(
    ("kind", "at", "change"),
    [
        ("use", "site", "UPDATE supply_stockline SET delta = delta - 1 WHERE {here}"),
        ("waste", "site", "UPDATE supply_stockline SET delta = delta + 1 WHERE {here}"),
        ("use", "site", "DELETE FROM supply_stockline WHERE {here}"),
        ("waste", "site", "DELETE FROM supply_stockline WHERE {here}"),
        ("lose", "site", "UPDATE supply_stockline SET delta = delta + 1 WHERE {here} AND line = 1"),
        ("lose", "site", "DELETE FROM supply_stockline WHERE {here} AND line = 2"),
        (
            "accept",
            "site",
            "UPDATE supply_stockline SET delta = delta - 1 WHERE {here} AND kind = 'accept' AND delta > 0",
        ),
        ("receive", "store", "UPDATE supply_stockline SET delta = delta + 1 WHERE {here} AND kind = 'receive'"),
        ("send", "store", "UPDATE supply_stockline SET delta = delta + 1 WHERE {here} AND kind = 'send'"),
    ],
)
def test_the_act_whose_lines_are_not_what_it_said_is_named(chain, acts, kind, at, change):
    place = getattr(chain, at)
    sql.execute(change.format(here=HERE), {"site": place, "act": acts[kind]})
    found = selectors.difference()
    assert {(d.place_id, d.lot, d.day, d.act) for d in found if d.act} == {(place, "B1", clock.today(), acts[kind])}
    assert abs(sum(d.booked - d.proven for d in found if not d.state.startswith("pair/"))) in {1, 2}


def test_a_line_that_no_act_wrote_is_named_too(chain, acts):
    stray = uuid4()
    sql.execute(
        "INSERT INTO supply_stockline (place_id, act, kind, line, lot, state, delta, other_place_id, reason, occurred_at, recorded_at) "
        "SELECT place_id, %s, kind, line, lot, state, -1, other_place_id, '', occurred_at, recorded_at FROM supply_stockline "
        "WHERE act = %s",
        [stray, acts["use"]],
    )
    (found,) = selectors.difference()
    assert (found.place_id, found.lot, found.act, found.verb) == (chain.site, "B1", stray, "")


LEVELS = ("store", "district", "site")
PLANTED = {
    "a line deleted": "DELETE FROM supply_stockline WHERE act = %(act)s AND place_id = %(place)s AND state = 'on_hand'",
    "a line changed": "UPDATE supply_stockline SET delta = delta + 1 WHERE act = %(act)s AND place_id = %(place)s AND state = 'on_hand'",
    "a balance changed": "UPDATE supply_balance SET doses = doses - 1 "
    "WHERE place_id = %(place)s AND lot = 'B1' AND state = 'on_hand'",
    "a pack emptied": "UPDATE supply_pack SET doses_left = 1 WHERE code = %(code)s",
    "a pack moved": "UPDATE supply_pack SET place_id = %(other)s WHERE code = %(code)s",
    "a pack of a box moved": "UPDATE supply_pack SET place_id = %(other)s WHERE code = %(inside)s",
    "a pack taken for held": "UPDATE supply_pack SET state = 'quarantined' WHERE code = %(code)s",
    "a pack taken for under way": "UPDATE supply_pack SET state = 'in_transit' WHERE code = %(code)s",
}


@pytest.fixture
def levels(chain):
    """A store, a district store and a site, each with two boxes of two packs and a loose one, and the act that brought them."""
    district = PlaceNew(
        kind=PlaceKind.STORE, code="T-D", name_zh="D", name_en="D", synthetic=True, supplied_by=chain.store
    )
    places = dict(zip(LEVELS, (chain.store, *places_register([district]), chain.site), strict=True))
    boxes = tuple(CartonMark(code=f"84{n:05}" + "0" * 13, packs=2) for n in range(3))
    item = chain.lot("B1", 9, 2, cartons=boxes, first_code="8700001" + "0" * 13)
    assert services.lot_receive(chain.actor, [item])[0].done
    brought = {"store": item.act}
    for name, box, source in (("district", 1, "store"), ("site", 2, "district")):
        codes = [box.code for box in boxes[box:]] + [f"8700001{n:013}" for n in range(6 + box, 9)]
        packs = sum(2 if code.startswith("84") else 1 for code in codes)
        send = replace(chain.send("B1", packs, places[name], places[source]), codes=tuple(codes))
        assert services.shipment_send(chain.actor, [send])[0].done
        brought[name] = chain.accept(send.act, places[name]).act
    assert selectors.difference() == []
    return places, brought


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("planted", PLANTED)
def test_whatever_is_planted_at_any_level_is_found_there(chain, levels, planted, level):
    places, brought = levels
    n = LEVELS.index(level)
    told = {
        "place": places[level], "act": brought[level], "other": chain.other, "inside": f"8700001{2 * n:013}",
        "code": f"8700001{6 + n:013}",
    }  # fmt: skip
    assert sql.execute(PLANTED[planted], told) == 1
    found = selectors.difference()
    assert {(d.place_id, d.lot) for d in found} <= {(places[level], "B1"), (chain.other, "B1")}
    assert (places[level], "B1") in {(d.place_id, d.lot) for d in found}
    acts = {d.act for d in found if d.act}
    assert acts == ({brought[level]} if planted.startswith("a line") else set())
    assert {d.day for d in found if d.act} == ({clock.today()} if acts else set())


@pytest.mark.parametrize("verb", ["shipment_refuse", "stock_lend"])
def test_a_loan_and_a_shipment_sent_back_are_named_too(chain, verb):
    chain.deliver("B1", 6, 2)
    if verb == "stock_lend":
        (outcome,) = services.stock_lend(chain.actor, [chain.send("B1", 2, chain.other, chain.site)])
        place = chain.site
    else:
        (sent,) = services.shipment_send(chain.actor, [chain.send("B1", 2, chain.other, chain.site)])
        item = ShipmentRefuse(
            act=uuid4(), occurred_at=chain.now, shipment=str(sent.act), place_id=chain.other, reason="FULL"
        )
        (outcome,) = services.shipment_refuse(chain.actor, [item])
        place = chain.other
    assert outcome.done and selectors.difference() == []
    sql.execute(
        "UPDATE supply_stockline SET delta = delta - 1 WHERE act = %s AND place_id = %s AND delta < 0",
        [outcome.act, place],
    )
    found = selectors.difference()
    assert {(d.place_id, d.lot, d.act) for d in found if not d.state.startswith("pair/")} == {
        (place, "B1", outcome.act)
    }


@pytest.mark.parametrize("table", ["balance", "pack"])
def test_a_book_changed_by_no_act_names_none(chain, acts, table):
    change = {
        "balance": "UPDATE supply_balance SET doses = doses - 1 WHERE place_id = %s AND lot = 'B1' AND state = 'on_hand'",
        "pack": "UPDATE supply_pack SET doses_left = 1 WHERE place_id = %s AND doses_left = 2 AND code = "
        "(SELECT max(code) FROM supply_pack)",
    }
    sql.execute(change[table], [chain.site])
    found = selectors.difference()
    assert {(d.place_id, d.lot, abs(d.booked - d.proven), d.act) for d in found} == {(chain.site, "B1", 1, None)}


def test_a_decision_that_destroyed_several_lots_is_not_taken_for_the_act(chain):
    """It comes after the act that is wrong, and answers with the doses of all lots together."""
    codes = chain.deliver("B1", 4)
    chain.deliver("B2", 2)
    use = chain.use(codes[0])
    assert services.dose_use(chain.actor, [use])[0].done
    chain.device()
    clock.set_to(chain.now)
    assert not chain.read(9.2).answer["within"]
    assert decide(chain, ExcursionDecision.DESTROY).answer["doses"] == 5
    assert selectors.difference() == []
    sql.execute("UPDATE supply_stockline SET delta = delta - 1 WHERE act = %s", [use.act])
    assert {(d.lot, d.act, d.verb) for d in selectors.difference()} == {("B1", use.act, "dose_use")}
