"""Presses of stock between places: what a pick list sends, and a request."""

from seawall.supply import services
from seawall.terms.stock import ShipmentSend
from tests.clinic.world import DAY, World, done

from .presses_site import manager
from .presses_staff import LOT, receive
from .pressing import CITY, Enter, Press, from_page


def picks(hall: World, enter: Enter) -> Press:
    press = receive(hall, enter)
    press.client.post(press.address, press.told)
    pick = ShipmentSend(
        **hall.base(), from_place_id=hall.store, to_place_id=hall.site, lot=LOT["lot"], packs=2, expected_on=DAY
    )
    done(services.picks_make(hall.actor, [pick]))
    return from_page(enter("CDC_COLD_CHAIN", CITY), f"/console/supply/place/{hall.store}/picks", "pick")


def ask(hall: World, enter: Enter) -> Press:
    page = f"/console/supply/place/{hall.site}/loans"
    return from_page(manager(hall, enter), page, "loans/ask", product="BIBP", doses="2")
