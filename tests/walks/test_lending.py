"""Stock between places at the screen: the pick list of a store, and doses asked for, lent and given back."""

from datetime import UTC, date, datetime, timedelta

import pytest

from seawall.supply import selectors as supply
from seawall.supply import services
from seawall.terms.stock import LotReceive, ShipmentAccept, ShipmentSend
from tests.clinic.world import DAY, World, done

from .pages import Visitor
from .pressing import CITY

pytestmark = pytest.mark.django_db


def loans(place: int) -> str:
    return f"/console/supply/place/{place}/loans"


def on_hand(place: int) -> int:
    return sum(row.doses for row in supply.stock([place]) if row.state == "on_hand")


@pytest.fixture
def keepers(hall: World, sign_in) -> tuple[Visitor, Visitor]:
    """The manager of the hall, and the head of the other site."""
    return sign_in("SITE_MANAGER", ("site", hall.site)), sign_in("SITE_LEADER", ("site", hall.other))


def lot_at(hall: World, place: int, lot: str, packs: int, expires: date) -> None:
    """A lot that stands in a store as its maker brought it."""
    received = LotReceive(
        **hall.base(), lot=lot, product="BIBP", place_id=place, expires=expires, release_certificate="R", packs=packs,
        temperature_record="T", max_celsius=7.0, min_celsius=3.0, doses_per_pack=1, first_code=f"8{lot:0>6}" + "0" * 13,
        handed_by="A", taken_by="B",
    )  # fmt: skip
    done(services.lot_receive(hall.actor, [received]))


def test_a_store_sends_what_its_pick_list_asks_first_expired_first(hall: World, sign_in):
    lot_at(hall, hall.store, "LATE", 4, date(2022, 3, 1))
    lot_at(hall, hall.store, "SOON", 2, DAY + timedelta(days=20))
    picks = [
        ShipmentSend(**hall.base(), from_place_id=hall.store, to_place_id=hall.site, lot=lot, packs=packs, expected_on=DAY,
                     order="20210409")
        for lot, packs in (("LATE", 9), ("SOON", 2))
    ]  # fmt: skip
    done(services.picks_make(hall.actor, picks))
    keeper = sign_in("CDC_COLD_CHAIN", CITY).go(f"/console/supply/place/{hall.store}/picks")
    keeper.sees("Goods to come", "800SOON0000000000000", "800SOON0000000000001", "not here yet")
    assert keeper.text.index("lot/SOON") < keeper.text.index("lot/LATE")
    keeper.send("pick", pick=[]).sees("Nothing is ticked")
    keeper.go(f"/console/supply/place/{hall.store}/picks").send("picked_at", picked_at=f"{DAY}T11:30")
    keeper.sees("lines are on their way", "Sent")
    assert {p.pick: p.sent for p in supply.picks(DAY)} == {picks[0].act: False, picks[1].act: True}
    (way,) = supply.shipments([hall.site], DAY, DAY)
    assert (way.shipment, way.packs, way.order) == (picks[1].act, 2, "20210409")
    assert (way.ordered_at, way.picked_at) == (hall.now, datetime(2021, 4, 10, 3, 30, tzinfo=UTC))
    assert supply.difference() == []


def test_doses_are_asked_for_lent_with_a_slip_and_given_back(hall: World, keepers):
    asker, giver = keepers
    hall.packs(10, site=hall.other)
    asker.go(loans(hall.site)).send("loans/ask", product="BIBP", doses="4", needed_on=str(DAY)).sees(
        "The request is out"
    )
    giver.go(loans(hall.other)).sees("Others ask for", "4")
    giver.send("loans/offer", packs="4", settle_by=str(DAY + timedelta(days=3))).sees(
        "Offered; the other place answers"
    )
    assert on_hand(hall.other) == 10
    asker.go(loans(hall.site)).sees("Offers to answer")
    (offer,) = supply.offers([hall.site])
    asker.send("loans/answer", accepted="true").sees("Answered")
    assert supply.asks() == [] and on_hand(hall.other) == 6
    asker.go(f"/console/supply/slip/{offer.offer}").sees("Slip of a loan", "4 doses", "lent")
    (way,) = supply.shipments_due(DAY + timedelta(days=1))
    paper = {"temperature_record": "T", "min_celsius": 3.0, "max_celsius": 6.0, "handed_by": "A", "taken_by": "B"}
    done(
        services.shipment_accept(
            hall.actor, [ShipmentAccept(**hall.base(), shipment=str(way.shipment), place_id=hall.site, **paper)]
        )
    )
    asker.go(loans(hall.site)).send("settle", packs="1").sees("on its way")
    assert supply.offers([hall.site])[0].owed == 3
    asker.go(loans(hall.site)).send("settle", packs="3").sees("on its way")
    assert supply.offers([hall.site])[0].state == "settled" and on_hand(hall.site) == 0
    assert supply.difference() == []


def test_what_cannot_be_lent_is_refused_by_name(hall: World, keepers):
    asker, giver = keepers
    hall.packs(2, site=hall.other)
    giver.go(loans(hall.other)).send("loans/offer", to_place_id=str(hall.site), packs="5", settle_by="").sees("Offered")
    asker.go(loans(hall.site)).send("loans/answer", accepted="true").sees("packs")
    assert [o.state for o in supply.offers([hall.site])] == ["offered"] and on_hand(hall.other) == 2
    asker.go(loans(hall.site)).send("loans/answer", accepted="false").sees("Answered")
    giver.go(loans(hall.other)).send("loans/offer", to_place_id=str(hall.site), packs="1", settle_by=str(DAY)).sees(
        "settled on a day after"
    )
    asker.go(loans(hall.site)).send("loans/ask", product="BIBP", doses="0", needed_on=str(DAY)).sees(
        "at least one dose"
    )
    asker.go(loans(hall.site)).send("loans/ask", product="BIBP", doses="1", needed_on=str(DAY))
    asker.send("loans/withdraw").sees("The request is withdrawn")
    assert supply.asks() == []
    asker.go(loans(hall.other), status=403)
