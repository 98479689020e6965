"""The storekeeper at the scanner: a carton against what was sent, in part, from elsewhere, sent back; and the way of one pack."""

from datetime import timedelta
from uuid import UUID

import pytest

from seawall.platform import sql
from seawall.supply import selectors as supply
from seawall.supply import services
from seawall.terms.stock import CartonMark, LotReceive, ShipmentSend
from tests.clinic.world import DAY, SIGNED, World, done

pytestmark = pytest.mark.django_db
CARTON, FIRST = "8770000" + "9" * 13, "8770001" + "0" * 13
PAPERS = {"temperature_record": "T-5", "min_celsius": "3", "max_celsius": "6", **SIGNED}


def code(n: int) -> str:
    return FIRST[:7] + f"{n:013d}"


@pytest.fixture
def shipment(hall: World) -> str:
    """Twelve packs, ten of them in a carton, sent to the site."""
    base = {
        **hall.base(minutes=-600),
        "lot": "C1",
        "product": "BIBP",
        "place_id": hall.store,
        "expires": DAY.replace(year=2022),
    }
    papers = {
        "release_certificate": "R-C1",
        "temperature_record": "T-1",
        "max_celsius": 7.0,
        "min_celsius": 3.0,
        **SIGNED,
    }
    cartons = (CartonMark(code=CARTON, packs=10),)
    done(
        services.lot_receive(
            hall.actor, [LotReceive(**base, **papers, doses_per_pack=1, packs=12, first_code=FIRST, cartons=cartons)]
        )
    )
    send = ShipmentSend(
        **hall.base(minutes=-300), from_place_id=hall.store, to_place_id=hall.site, lot="C1", packs=12, expected_on=DAY,
        codes=(CARTON, f"]C0{code(10)}", code(11)), ordered_at=hall.now - timedelta(hours=10),
    )  # fmt: skip
    return str(done(services.shipment_send(hall.actor, [send]))[0].answer["shipment"])


def at_hand(hall: World) -> dict[tuple[str, str], int]:
    return {(row.lot, row.state.value): row.doses for row in supply.stock([hall.site]) if row.lot == "C1"}


def test_a_carton_is_scanned_and_taken_in_and_the_rest_stays_on_its_way(hall: World, shipment, sign_in):
    keeper = sign_in("COLD_CHAIN_MANAGER", ("site", hall.site)).go(f"/console/supply/shipment/{shipment}")
    keeper.send("code", code=CARTON).sees("Not scanned", code(11))
    other = hall.packs(1)[0]
    keeper.send("code", code=other).sees("not of it", "was not sent with this shipment")
    keeper.send("handed_by", **PAPERS, arrived_at=f"{DAY}T11:45").sees("10 doses are taken in")
    row = supply.shipment(UUID(shipment))
    assert row and row.arrived_at == hall.now - timedelta(minutes=15)
    assert at_hand(hall) == {("C1", "on_hand"): 10, ("C1", "in_transit"): 2}
    keeper.go(f"/console/supply/shipment/{shipment}").send("reason", reason="BOX_WET").sees("2 doses are refused")
    assert at_hand(hall) == {("C1", "on_hand"): 10}
    found = supply.promptness([hall.site], DAY)
    assert (found.shipments, found.hours) == (2, pytest.approx(found.hours)) and found.error > 0
    assert supply.difference() == []
    keeper.go("/console/supply").sees("Doses that did not come as asked", "% in time")


def test_without_signature_the_goods_stand_apart_until_they_are_signed(hall: World, shipment, sign_in):
    keeper = sign_in("COLD_CHAIN_MANAGER", ("site", hall.site)).go(f"/console/supply/shipment/{shipment}")
    keeper.send("handed_by", **(PAPERS | {"handed_by": " "})).sees("without the names")
    assert [(row.lot, row.doses, row.why) for row in supply.goods_apart([hall.site])] == [
        ("C1", 12, "HANDOVER_UNSIGNED")
    ]
    keeper.go("/console/supply").sees("refused, stands apart")
    keeper.go(f"/console/supply/shipment/{shipment}").send("handed_by", **PAPERS).sees("12 doses are taken in")
    assert supply.goods_apart([hall.site]) == []


def test_the_way_of_a_pack_has_every_hand_over_and_a_gap_is_seen(hall: World, shipment, sign_in):
    keeper = sign_in("COLD_CHAIN_MANAGER", ("site", hall.site)).go(f"/console/supply/shipment/{shipment}")
    keeper.send("handed_by", **PAPERS)
    keeper.go(f"/console/supply/chain/{code(3)}").sees("Every hand-over is on record", "R-C1", "Chen Li", "7.0", CARTON)
    sql.execute("UPDATE supply_handover SET handed_by = '', taken_by = '' WHERE place_id = %s", [hall.store])
    keeper.go(f"/console/supply/chain/{code(3)}").sees("names not on record", "Chen Li")
    sql.execute("DELETE FROM supply_handover WHERE place_id = %s", [hall.store])
    keeper.go(f"/console/supply/chain/{code(3)}").sees("A hand-over is missing")


def test_a_code_typed_at_receiving_is_taken_in_only_after_somebody_else_compared_it(hall: World, shipment, sign_in):
    second = sign_in("SITE_MANAGER", ("site", hall.site)).client.session["post_id"]
    keeper = sign_in("COLD_CHAIN_MANAGER", ("site", hall.site)).go(f"/console/supply/shipment/{shipment}")
    mine = keeper.client.session["post_id"]
    keeper.send("by_hand", code=code(11), by_hand="1").sees("somebody else compares the code")
    assert f'value="{second}"' in keeper.text and f'value="{mine}"' not in keeper.text
    keeper.send("handed_by", **PAPERS).sees("no second person has confirmed it")
    assert at_hand(hall) == {("C1", "in_transit"): 12}
    keeper.send("confirmed_by", confirmed_by=str(mine)).sees("by the same person")
    keeper.send("confirmed_by", confirmed_by=str(second)).sees(
        "is compared by a second person", "Typed by hand, compared"
    )
    keeper.send("handed_by", **PAPERS).sees("1 dose is taken in")
    assert at_hand(hall) == {("C1", "on_hand"): 1, ("C1", "in_transit"): 11}


def test_a_carton_opened_at_receiving_is_scanned_by_its_packs(hall: World, shipment, sign_in):
    keeper = sign_in("COLD_CHAIN_MANAGER", ("site", hall.site)).go(f"/console/supply/shipment/{shipment}")
    keeper.send("by_hand", code=CARTON).sees("Open the carton")
    keeper.send("code", where={"does": "open"}, codes=[code(11), CARTON]).sees("Scan each by itself", code(11))
    assert "Open the carton" not in keeper.text
    assert f'name="codes" value="{CARTON}"' not in keeper.text
    keeper.send("by_hand", code=code(0)).send("handed_by", **PAPERS, codes=[code(11), code(0)])
    keeper.sees("2 doses are taken in")
    assert at_hand(hall) == {("C1", "on_hand"): 2, ("C1", "in_transit"): 10}
