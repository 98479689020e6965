"""Two dozen hands send, scan, open, lend, keep back, give, waste, stop, return and count the same lot at once: the books balance."""

import random
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from seawall.platform import sql
from seawall.supply import selectors, services
from seawall.terms.codes import LotState, PlaceKind
from seawall.terms.stock import (
    CartonMark,
    CartonOpen,
    DosesReserve,
    DoseWaste,
    LotHold,
    OfferAnswer,
    StockCount,
    StockOffer,
    StockReturn,
)
from tests.supply.conftest import Chain

from .crowd import HANDS, Crowd

pytestmark = pytest.mark.django_db(transaction=True)
ACTS, PACKS, BOX = 6, 60, 5
CARTON, BOXES = "8500000" + "0" * 13, [f"85{n:05}" + "0" * 13 for n in range(1, 7)]


class Hand:
    """One keeper with a dice of its own; whatever is refused is refused by name."""

    def __init__(self, chain: Chain, codes: list[str], seed: int) -> None:
        self.chain, self.codes, self.dice = chain, codes, random.Random(seed)

    def work(self) -> int:
        does = (self.send, self.use, self.waste, self.hold, self.give_back, self.count)
        does += (self.send_box, self.open_box, self.lend, self.keep)
        return sum(self.dice.choice(does)() for _ in range(ACTS))

    def base(self) -> dict:
        return {"act": uuid4(), "occurred_at": self.chain.now}

    def place(self) -> int:
        return self.dice.choice((self.chain.store, self.chain.site, self.chain.other))

    def send(self) -> int:
        source, to = self.dice.sample((self.chain.store, self.chain.site, self.chain.other), 2)
        (sent,) = services.shipment_send(self.chain.actor, [self.chain.send("B1", 2, to, source)])
        return int(sent.done and self.chain.accept(sent.answer["shipment"], to).done)

    def send_box(self) -> int:
        """Whatever the scanner finds in a box or in the carton of boxes, if all of it stands here."""
        source, to = self.dice.sample((self.chain.store, self.chain.site, self.chain.other), 2)
        code = self.dice.choice((CARTON, *BOXES, *BOXES))
        item = replace(self.chain.send("B1", BOX * len(BOXES) if code == CARTON else BOX, to, source), codes=(code,))
        (sent,) = services.shipment_send(self.chain.actor, [item])
        return int(sent.done and self.chain.accept(sent.answer["shipment"], to, codes=(code,)).done)

    def open_box(self) -> int:
        item = CartonOpen(**self.base(), place_id=self.place(), code=self.dice.choice(BOXES))
        return int(services.carton_open(self.chain.actor, [item])[0].done)

    def lend(self) -> int:
        """Offered and taken at once by the other place."""
        giver, taker = self.dice.sample((self.chain.store, self.chain.site, self.chain.other), 2)
        due = self.chain.now.date() + timedelta(days=3)
        offer = StockOffer(**self.base(), from_place_id=giver, to_place_id=taker, lot="B1", packs=2, settle_by=due)
        services.stock_offer(self.chain.actor, [offer])
        answer = OfferAnswer(**self.base(), place_id=taker, offer=str(offer.act), accepted=True)
        done = services.offer_answer(self.chain.actor, [answer])[0].done
        return int(done and self.chain.accept(answer.act, taker).done)

    def keep(self) -> int:
        item = DosesReserve(
            **self.base(),
            place_id=self.place(),
            product="BIBP",
            doses=self.dice.randint(0, 6),
            until=self.chain.now.date(),
        )
        return int(services.doses_reserve(self.chain.actor, [item])[0].done)

    def use(self) -> int:
        item = self.chain.use(self.dice.choice(self.codes), place=self.place(), later=self.dice.random() < 0.5)
        return int(services.dose_use(self.chain.actor, [item])[0].done)

    def waste(self) -> int:
        code = self.dice.choice(self.codes)
        item = DoseWaste(**self.base(), place_id=self.place(), code=code, doses=1, reason="BROKEN", witness="王芳")
        return int(services.dose_waste(self.chain.actor, [item])[0].done)

    def hold(self) -> int:
        state = self.dice.choice((LotState.QUARANTINED, LotState.RELEASED, LotState.RELEASED))
        item = LotHold(
            **self.base(), lot="B1", place_id=self.dice.choice((None, self.place())), state=state, authority="NMPA"
        )
        return int(services.lot_hold(self.chain.actor, [item])[0].done)

    def give_back(self) -> int:
        item = StockReturn(**self.base(), place_id=self.place(), lot="B1", packs=1, to=PlaceKind.MAKER, reason="RECALL")
        return int(services.stock_return(self.chain.actor, [item])[0].done)

    def count(self) -> int:
        item = StockCount(**self.base(), place_id=self.place(), lot="B1", counted=self.dice.randint(0, 9))
        return int(services.stock_count(self.chain.actor, [item])[0].done)


def test_the_books_of_a_lot_balance_under_many_hands(chain: Chain, crowd: Crowd):
    boxes = [CartonMark(code=code, packs=BOX, parent=CARTON) for code in BOXES]
    item = chain.lot("B1", PACKS, 3, cartons=(CartonMark(code=CARTON), *boxes))
    assert services.lot_receive(chain.actor, [item])[0].done
    codes = [item.first_code[:7] + f"{int(item.first_code[7:]) + n:013}" for n in range(PACKS)]
    done = crowd.at_once([Hand(chain, codes, seed).work for seed in range(HANDS)])
    assert sum(done) > HANDS
    assert selectors.difference(thorough=True) == []
    assert all(row.holds for row in selectors.identity(chain.now.replace(year=2030)))
    assert sql.fetch("SELECT count(*) FROM supply_balance WHERE doses < 0") == [(0,)]
