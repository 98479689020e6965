"""Presses of stock: between places, at the scanner, counted by two, and stopped."""

import json
from collections.abc import Callable
from datetime import timedelta

from seawall.supply import services
from seawall.terms.codes import LotState
from seawall.terms.stock import CartonMark, LotHold, LotReceive, ShipmentSend
from tests.clinic.world import DAY, SIGNED, World, done

from .presses_site import manager, nurse
from .presses_staff import LOT, receive
from .pressing import CITY, Enter, Press, fresh, from_page, once_more, unit_of

FIRST_PACK, CARTON = "8000001" + "0" * 13, "8770000" + "9" * 13


def picks(hall: World, enter: Enter) -> Press:
    keeper = once_more(receive(hall, enter))
    pick = ShipmentSend(
        **hall.base(), from_place_id=hall.store, to_place_id=hall.site, lot=LOT["lot"], packs=2, expected_on=DAY
    )
    done(services.picks_make(hall.actor, [pick]))
    return from_page(keeper, f"/console/supply/place/{hall.store}/picks", "pick")


def ask(hall: World, enter: Enter) -> Press:
    page = f"/console/supply/place/{hall.site}/loans"
    return from_page(manager(hall, enter), page, "loans/ask", product="BIBP", doses="2")


def at_door(hall: World, enter: Enter, having: str, **told: str) -> Press:
    """A shipment stands at the site's door."""
    hall.packs(2)
    sent = ShipmentSend(
        **hall.base(), from_place_id=hall.site, to_place_id=hall.other, lot="L0001", packs=2, expected_on=DAY
    )
    shipment = done(services.shipment_send(hall.actor, [sent]))[0].answer["shipment"]
    keeper = enter("COLD_CHAIN_MANAGER", ("site", hall.other))
    return from_page(keeper, f"/console/supply/shipment/{shipment}", having, **told)


def take(hall: World, enter: Enter) -> Press:
    papers = {"temperature_record": "T-5", "min_celsius": "3", "max_celsius": "6", **SIGNED}
    return at_door(hall, enter, "handed_by", **papers)


def send_back(hall: World, enter: Enter) -> Press:
    return at_door(hall, enter, "reason", reason="BOX_WET")


def confirm(hall: World, enter: Enter) -> Press:
    second = enter("SITE_MANAGER", ("site", hall.other)).client.session["post_id"]
    press = at_door(hall, enter, "by_hand", code=FIRST_PACK, by_hand="1")
    press.told |= fresh(does="confirm", typed=FIRST_PACK, codes=FIRST_PACK, confirmed_by=str(second))
    return press


def carton(hall: World, enter: Enter) -> Press:
    """A shipment of a lot that came in a carton stands at the site's door."""
    lot = {"lot": "C1", "product": "BIBP", "place_id": hall.store, "expires": DAY.replace(year=2022)}
    papers = {
        "release_certificate": "R-C1",
        "temperature_record": "T-1",
        "max_celsius": 7.0,
        "min_celsius": 3.0,
        **SIGNED,
    }
    cases = (CartonMark(code=CARTON, packs=2),)
    received = LotReceive(
        **hall.base(minutes=-60), **lot, **papers, doses_per_pack=1, packs=2, first_code=FIRST_PACK, cartons=cases
    )
    done(services.lot_receive(hall.actor, [received]))
    sent = ShipmentSend(
        **hall.base(minutes=-30), from_place_id=hall.store, to_place_id=hall.other, lot="C1", packs=2, expected_on=DAY
    )
    shipment = done(services.shipment_send(hall.actor, [sent]))[0].answer["shipment"]
    press = from_page(
        enter("COLD_CHAIN_MANAGER", ("site", hall.other)), f"/console/supply/shipment/{shipment}", "by_hand"
    )
    press.told |= fresh(does="open", code=CARTON, codes=CARTON)
    return press


def vial(hall: World, enter: Enter) -> Press:
    """A vial of five doses, before the first of them."""
    (code,) = hall.packs(1, doses=5)
    told = fresh(code=code, visit=str(hall.ready(hall.person())), vvm_stage="", diluent="")
    return Press(nurse(hall, enter).client, f"/console/supply/vial/{hall.site}", told)


def broken(hall: World, enter: Enter) -> Press:
    """A vial that broke at the station where it was scanned."""
    (code,) = hall.packs(1)
    return from_page(nurse(hall, enter), f"/console/site/{hall.site}/injection", "lost", code=code, reason="BROKEN")


def sheet(hall: World) -> str:
    return f"/console/supply/place/{hall.site}/sheet"


def counted(hall: World, enter: Enter) -> Press:
    hall.packs(6)
    return from_page(manager(hall, enter), sheet(hall), "count_L0001", count_L0001="5")


def loaded(hall: World, enter: Enter) -> Press:
    """A sheet of counts, confirmed after it was shown."""
    hall.packs(6)
    press = from_page(manager(hall, enter), "/console/supply/sheet/counts", "file", file=None)
    press.told["rows"] = json.dumps([[2, {"place_id": "HALL-1", "lot": "L0001", "counted": "5"}]])
    return press


def settled(hall: World) -> str:
    return f"/console/supply/place/{hall.site}/differences"


def explain(hall: World, enter: Enter) -> Press:
    code = f"8{hall.lots + 1:06d}" + "0" * 13
    told = {"code": code, "cause": "LOST_UNSEEN", "does": "explain", "typed": None}
    return from_page(once_more(counted(hall, enter)), settled(hall), "code", **told)


def compare(hall: World, enter: Enter) -> Press:
    """A code typed at a count, compared by a second person."""
    second = enter("COLD_CHAIN_MANAGER", ("site", hall.site)).client.session["post_id"]
    press = explain(hall, enter)
    press.told |= fresh(does="confirm", typed="1", confirmed_by=str(second))
    return press


def sign(hall: World, enter: Enter) -> Press:
    once_more(explain(hall, enter))
    return from_page(enter("COLD_CHAIN_MANAGER", ("site", hall.site)), settled(hall), "explanation")


def lose(hall: World, enter: Enter) -> Press:
    """A refrigerator failed: all of it is lost, and so is what was scanned beside it."""
    hall.packs(4)
    hall.device(name="F1")
    (code, *_rest) = hall.packs(2)
    hall.device(name="F2")
    page = f"/console/supply/place/{hall.site}/lose"
    return from_page(manager(hall, enter), page, "device", device=["F1"], lot=[], codes=code, reason="COLD_CHAIN")


def bookings(hall: World, enter: Enter) -> Press:
    """Somebody is booked where every dose is of a lot that was stopped."""
    hall.packs(1)
    hall.book(hall.person(), hall.now + timedelta(hours=1))
    hold = LotHold(**hall.base(), lot="L0001", place_id=None, state=LotState.QUARANTINED, authority="CDC 1")
    done(services.lot_hold(hall.actor, [hold]))
    page = "/console/supply/lot/L0001/recall"
    return from_page(enter("CDC_DIRECTOR", CITY), page, "site", site=[str(hall.site)])


def product(hall: World, enter: Enter) -> Press:
    hall.packs(1)
    told = {"state": "recalled", "authority": "CDC 2"}
    return from_page(enter("CDC_DIRECTOR", CITY), "/console/supply/lot/L0001", "product", **told)


def clear(hall: World, enter: Enter) -> Press:
    """A lot at the site expires unused but for a session more."""
    hall.packs(40, expires=DAY + timedelta(days=10))
    officer = enter("DISTRICT_OFFICER", ("area", unit_of(hall)[1]))
    return from_page(officer, "/console/supply", "seats_per_slot")


SETTLED = "console/supply/place/<int:place_id>/differences"
PRESSES: dict[tuple[str, str], Callable[[World, Enter], Press]] = {
    ("console/supply/session", "clear"): clear,
    ("console/supply/sheet/<slug:kind>", "loaded"): loaded,
    ("console/supply/shipment/<uuid:shipment>", "take"): take,
    ("console/supply/shipment/<uuid:shipment>", "send_back"): send_back,
    ("console/supply/shipment/<uuid:shipment>", "confirm"): confirm,
    ("console/supply/shipment/<uuid:shipment>", "carton"): carton,
    ("console/supply/vial/<int:site_id>", "vial"): vial,
    ("console/supply/vial/<int:site_id>/lost", "broken"): broken,
    (SETTLED, "explain"): explain,
    (SETTLED, "compare"): compare,
    (SETTLED, "sign"): sign,
    ("console/supply/lot/<str:lot>/bookings", "lot_bookings"): bookings,
    ("console/supply/lot/<str:lot>/product", "product_stop"): product,
}
