"""Every verb of supply stands on a page, and every role that holds it comes to that page and is offered it."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from seawall.platform import clock
from seawall.staff.roles import shipped_roles
from seawall.supply import services
from seawall.terms.cold import ColdReading, LoggerStage
from seawall.terms.rosters import FileContent
from seawall.terms.stock import DifferenceExplain, OfferAnswer, ShipmentSend, StockAsk, StockCount, StockOffer
from tests.clinic.world import DAY, World, done
from tests.spec import verbs as manual

from .pressing import CITY

pytestmark = pytest.mark.django_db
DOORED = {verb.name: verb for verb in manual.doored() if verb.body.__module__.split(".")[1] == "supply"}
LEVELS = {"city": CITY, "district": CITY}  # every other role holds the site
STORE, COLD, LOT = "/console/supply/place/{site}", "/console/supply/cold/{site}/F1", "/console/supply/lot/L0001"
SHIPMENT, STATION = "/console/supply/shipment/{shipment}", "/console/site/{site}/injection"
PAGES: dict[str, tuple[str, str]] = {
    "ask_withdraw": (STORE + "/loans", "loans/withdraw"),
    "carton_open": (SHIPMENT, "code"),
    "code_type": (SHIPMENT, "by_hand"),
    "cold_record": (COLD, "celsius"),
    "device_calibrate": (COLD, "calibrated_on"),
    "device_change": (COLD, "longitude"),
    "device_empty": (COLD, "empty"),
    "device_register": ("/console/supply/cold", "device"),
    "device_retire": (COLD, "retire"),
    "difference_explain": (STORE + "/differences", "cause"),
    "difference_sign": (STORE + "/differences", "explanation"),
    "dose_waste": (STORE + "/waste", "doses"),
    "excursion_decide": (COLD, "decision"),
    "loan_settle": (STORE + "/loans", "loans/settle"),
    "logger_commit": (COLD, "commit"),
    "logger_stage": (COLD, "layout"),
    "lot_hold": (LOT, "hold"),
    "lot_receive": (STORE + "/receive", "release_certificate"),
    "lot_shelve": (COLD, "shelve"),
    "offer_answer": (STORE + "/loans", "loans/answer"),
    "packs_waste": (STORE + "/lose", "codes"),
    "product_hold": (LOT, "product"),
    "shipment_accept": (SHIPMENT, "handed_by"),
    "shipment_refuse": (SHIPMENT, "reason"),
    "shipment_send": (STORE + "/send", "to"),
    "stock_ask": (STORE + "/loans", "loans/ask"),
    "stock_count": (STORE + "/sheet", "count_L0001"),
    "stock_offer": (STORE + "/loans", "loans/offer"),
    "stock_return": (STORE + "/return", "packs"),
    "vial_open": (STATION, "code"),
}
AT_STATION = {"dose_waste": "vial/", "code_type": "code", "vial_open": "code"}  # what who injects has there
MACHINES = {"readings_take"}  # loggers and brokers send; a person brings the file of a logger


def test_every_verb_of_supply_has_its_page() -> None:
    assert DOORED.keys() - MACHINES == PAGES.keys()
    assert [name for name, verb in DOORED.items() if name not in MACHINES and not manual.doors(verb)["page"]] == []


@pytest.fixture
def shown(hall: World) -> dict[str, object]:
    """A site at which everything waits: goods, offers, a loan, a difference, a warm refrigerator, a logger's file."""
    hall.packs(8)
    hall.packs(8, site=hall.other)
    hall.device(name="F1"), hall.device(hall.other, "F2")
    base = {"from_place_id": hall.other, "to_place_id": hall.site, "lot": "L0002"}
    offers = [StockOffer(**hall.base(), **base, packs=1, settle_by=DAY + timedelta(days=5)) for _ in range(2)]
    done(services.stock_offer(hall.actor, offers))
    answer = OfferAnswer(**hall.base(), place_id=hall.site, offer=str(offers[0].act), accepted=True)
    done(services.offer_answer(hall.actor, [answer]))
    ask = StockAsk(**hall.base(), place_id=hall.site, product="BIBP", doses=2, needed_on=DAY)
    other = StockAsk(**hall.base(), place_id=hall.other, product="BIBP", doses=2, needed_on=DAY)
    done(services.stock_ask(hall.actor, [ask, other]))
    sent = ShipmentSend(**hall.base(), **base, packs=2, expected_on=DAY)
    done(services.shipment_send(hall.actor, [sent]))
    count = StockCount(**hall.base(), place_id=hall.site, lot="L0001", counted=6)
    done(services.stock_count(hall.actor, [count]))
    told = DifferenceExplain(
        **hall.base(), place_id=hall.site, count=count.act, code=f"8{1:06d}" + "0" * 13, doses=-1, cause="LOST_UNSEEN"
    )
    done(services.difference_explain(hall.actor, [told]))
    clock.set_to(hall.now + timedelta(minutes=20))
    readings = [(5, 11.5), (15, 5.0)]
    for minutes, celsius in readings:
        item = ColdReading(**hall.base(minutes), place_id=hall.site, device="F1", celsius=celsius)
        done(services.cold_record(hall.actor, [item]))
    hall.packs(5)  # what came after it was cold again may be given
    hall.device(name="F3")
    content = FileContent.of(b"timestamp,celsius\n2021-04-10T03:00:00,4.5\n")
    file = LoggerStage(
        **hall.base(), place_id=hall.site, device="F1", layout="comma", filename="a.csv", content=content
    )
    done(services.logger_stage(hall.actor, [file]))
    return {"site": hall.site, "shipment": sent.act}


@pytest.mark.parametrize("role", sorted({holder for verb in DOORED.values() for holder in manual.holders(verb)}))
def test_a_role_is_offered_on_a_page_each_verb_of_supply_that_it_holds(
    hall: World, shown: dict[str, object], sign_in: Callable, role: str
) -> None:
    held = [name for name, verb in DOORED.items() if role in manual.holders(verb) and name not in MACHINES]
    supplies = "see:supply" in shipped_roles()[role].grants
    scope = LEVELS.get(shipped_roles()[role].level, ("site", hall.site))
    visitor, lacking = sign_in(role, scope, certified=True), []
    if not supplies:
        visit = hall.ready(hall.person(), minutes=20)
        assert visit and AT_STATION.keys() >= set(held)
    for name in held:
        path, form = PAGES[name] if supplies else (STATION, AT_STATION[name])
        visitor.go(path.format(**shown))
        offered = [f for f in visitor.forms() if form in f.names() or form in f.action]
        if not offered:
            lacking.append(f"{name}: {path} offers no form with {form}")
    assert lacking == []
