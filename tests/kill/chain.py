"""A morning of supply with acts of fixed ids: what was done before a death is told again and answered as it was."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid5

from seawall.platform import clock
from seawall.reference.services import PlaceNew, places_register
from seawall.supply import services
from seawall.terms.actor import Actor, Reach
from seawall.terms.acts import Item, Outcome
from seawall.terms.codes import LotState, PlaceKind
from seawall.terms.stock import (
    CartonMark,
    CartonOpen,
    DosesReserve,
    DoseUse,
    DoseWaste,
    LoanSettle,
    LotHold,
    LotReceive,
    OfferAnswer,
    ShipmentAccept,
    ShipmentRefuse,
    ShipmentSend,
    StockOffer,
)

KEEPER = Actor(0, 0, "OPERATOR", frozenset({"*"}), Reach(everywhere=True))
IDS = UUID("6d1c2a52-7a07-4a0e-9d0e-0c6b7a3f9e10")
LOT, CARTON, BOX, FIRST = "K-1", "8600000" + "0" * 13, "8600001" + "0" * 13, "8600002" + "0" * 13
PAPER = {"temperature_record": "T", "max_celsius": 6.0, "min_celsius": 3.0, "handed_by": "A", "taken_by": "B"}


class Morning:
    """A store and two sites, and acts whose ids are made from their names."""

    def __init__(self, day: date) -> None:
        self.at = datetime.combine(day, time(7), clock.zone())
        places = ((PlaceKind.STORE, "K-STORE"), (PlaceKind.SITE, "K-SITE"), (PlaceKind.SITE, "K-OTHER"))
        self.store, self.site, self.other = places_register(
            [PlaceNew(kind=kind, code=code, name_zh=code, name_en=code, synthetic=True) for kind, code in places]
        )

    def base(self, name: str) -> dict:
        return {"act": uuid5(IDS, name), "occurred_at": self.at}

    def do(self, verb: str, item: Item) -> Outcome:
        (outcome,) = getattr(services, verb)(KEEPER, [item])
        assert outcome.done, (verb, outcome.refusal)
        return outcome

    def send(self, name: str, to: int, packs: int, *codes: str) -> str:
        item = ShipmentSend(
            **self.base(name), from_place_id=self.store, to_place_id=to, lot=LOT, packs=packs, codes=codes,
            expected_on=self.at.date(),
        )  # fmt: skip
        return str(self.do("shipment_send", item).answer["shipment"])

    def accept(self, name: str, shipment: str, place: int) -> None:
        self.do("shipment_accept", ShipmentAccept(**self.base(name), shipment=shipment, place_id=place, **PAPER))

    def live(self) -> None:
        boxes = (CartonMark(code=CARTON), CartonMark(code=BOX, packs=4, parent=CARTON))
        self.do("lot_receive", LotReceive(
            **self.base("receive"), lot=LOT, product="BIBP", place_id=self.store, expires=self.at.date() + timedelta(300),
            release_certificate="R", doses_per_pack=3, packs=12, first_code=FIRST, cartons=boxes, **PAPER,
        ))  # fmt: skip
        self.accept("take", self.send("carton", self.site, 4, CARTON), self.site)
        self.do("carton_open", CartonOpen(**self.base("open"), place_id=self.site, code=BOX))
        self.do("doses_reserve", DosesReserve(
            **self.base("keep"), place_id=self.site, product="BIBP", doses=2, until=self.at.date()
        ))  # fmt: skip
        use = DoseUse(**self.base("use"), place_id=self.site, code=FIRST, product="BIBP", later=True)
        self.do("dose_use", use)
        self.do("dose_use", replace(use, act=uuid5(IDS, "use again"), occurred_at=self.at + timedelta(minutes=1)))
        waste = DoseWaste(**self.base("waste"), place_id=self.site, code=FIRST, doses=1, reason="BROKEN")
        self.do("dose_waste", waste)
        back = ShipmentRefuse(
            **self.base("refuse"), shipment=self.send("two", self.other, 2), place_id=self.other, reason="FULL"
        )
        self.accept("back", str(self.do("shipment_refuse", back).answer["shipment"]), self.store)
        self.lend()
        for state in (LotState.QUARANTINED, LotState.RELEASED):
            self.do("lot_hold", LotHold(**self.base(state), lot=LOT, place_id=None, state=state, authority="NMPA"))

    def lend(self) -> None:
        offer = StockOffer(
            **self.base("offer"), from_place_id=self.store, to_place_id=self.other, lot=LOT, packs=2,
            settle_by=self.at.date() + timedelta(days=3),
        )  # fmt: skip
        self.do("stock_offer", offer)
        answer = OfferAnswer(**self.base("answer"), place_id=self.other, offer=str(offer.act), accepted=True)
        self.do("offer_answer", answer)
        self.accept("borrow", str(answer.act), self.other)
        settle = LoanSettle(**self.base("settle"), place_id=self.other, offer=str(offer.act), lot=LOT, packs=2)
        self.do("loan_settle", settle)
        self.accept("return", str(uuid5(settle.act, "lend")), self.store)


def morning(watch: Callable[[], None], day: date) -> None:
    """Every verb of the chain once, from its maker to an arm and back; watched from its first act on."""
    clock.set_to(datetime.combine(day, time(8), clock.zone()))
    acts = Morning(day)
    watch()
    acts.live()
