"""Presses of stock: between places, at the scanner, counted by two, and stopped."""

from collections.abc import Callable
from datetime import timedelta

from seawall.supply import services
from seawall.terms.codes import LotState
from seawall.terms.stock import LotHold, ShipmentSend
from tests.clinic.world import DAY, SIGNED, World, done

from .presses_site import manager, nurse
from .presses_staff import LOT, receive
from .pressing import CITY, Enter, Press, fresh, from_page, once_more


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


def vial(hall: World, enter: Enter) -> Press:
    """A vial of five doses, before the first of them."""
    (code,) = hall.packs(1, doses=5)
    told = fresh(code=code, visit=str(hall.ready(hall.person())), vvm_stage="", diluent="")
    return Press(nurse(hall, enter).client, f"/console/supply/vial/{hall.site}", told)


def sheet(hall: World) -> str:
    return f"/console/supply/place/{hall.site}/sheet"


def counted(hall: World, enter: Enter) -> Press:
    hall.packs(6)
    press = from_page(manager(hall, enter), sheet(hall), "/counted", file=None)
    press.files = {"file": {"count.csv": b"lot,counted\nL0001,5\n"}}
    return press


def explain(hall: World, enter: Enter) -> Press:
    code = f"8{hall.lots + 1:06d}" + "0" * 13
    return from_page(once_more(counted(hall, enter)), sheet(hall), "code", code=code, cause="LOST_UNSEEN")


def sign(hall: World, enter: Enter) -> Press:
    once_more(explain(hall, enter))
    return from_page(enter("COLD_CHAIN_MANAGER", ("site", hall.site)), sheet(hall), "explanation")


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


SHEET = "console/supply/place/<int:place_id>/sheet"
PRESSES: dict[tuple[str, str], Callable[[World, Enter], Press]] = {
    ("console/supply/shipment/<uuid:shipment>", "take"): take,
    ("console/supply/shipment/<uuid:shipment>", "send_back"): send_back,
    ("console/supply/vial/<int:site_id>", "vial"): vial,
    (f"{SHEET}/counted", "sheet"): counted,
    (f"{SHEET}/explain", "explain"): explain,
    (f"{SHEET}/sign", "sign"): sign,
    ("console/supply/lot/<str:lot>/bookings", "lot_bookings"): bookings,
    ("console/supply/lot/<str:lot>/product", "product_stop"): product,
}
