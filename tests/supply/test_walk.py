"""The same random acts on the ledger and on a plain model of it end with the same doses everywhere, and every step is proven."""

import random
from collections import Counter
from uuid import uuid4

import pytest

from seawall.supply import selectors, services
from seawall.terms.codes import LotState, PlaceKind
from seawall.terms.stock import DoseWaste, LotHold, StockReturn


class Model:
    """Doses by place and lot, counted by hand from what the acts said was done."""

    def __init__(self):
        self.here, self.moving = Counter(), {}
        self.given = self.wasted = self.returned = self.received = 0

    def receive(self, place, lot, doses):
        self.here[place, lot] += doses
        self.received += doses

    def send(self, shipment, source, target, lot, doses):
        self.here[source, lot] -= doses
        self.moving[shipment] = (target, lot, doses)

    def accept(self, shipment):
        target, lot, doses = self.moving.pop(shipment)
        self.here[target, lot] += doses

    def lose(self, place, lot, doses, how):
        self.here[place, lot] -= doses
        setattr(self, how, getattr(self, how) + doses)


class Walk:
    def __init__(self, chain, seed):
        self.chain, self.dice, self.model = chain, random.Random(seed), Model()
        self.places = [chain.store, chain.site, chain.other]
        self.lots = {}
        self.codes = []

    def step(self):
        acts = (self.receive, self.send, self.accept, self.use, self.use, self.waste, self.hold, self.give_back)
        self.dice.choice(acts)()

    def receive(self):
        lot, size, packs = f"L{len(self.lots)}", self.dice.choice((1, 2)), self.dice.randint(1, 6)
        place, first = self.dice.choice(self.places), f"81{len(self.lots):05}" + "0" * 13
        if self.chain.receive(lot, packs, size, place_id=place, first_code=first).done:
            self.lots[lot] = size
            self.codes += [f"{first[:7]}{n:013}" for n in range(packs)]
            self.model.receive(place, lot, packs * size)

    def send(self):
        if not self.lots:
            return
        source, target = self.dice.sample(self.places, 2)
        items = [
            self.chain.send(self.dice.choice(list(self.lots)), self.dice.randint(1, 3), target, source)
            for _ in range(2)
        ]
        for item, outcome in zip(items, services.shipment_send(self.chain.actor, items), strict=True):
            if outcome.done:
                self.model.send(item.act, source, target, item.lot, item.packs * self.lots[item.lot])

    def accept(self):
        for shipment in self.dice.sample(sorted(self.model.moving), min(2, len(self.model.moving))):
            target = self.model.moving[shipment][0]
            assert self.chain.accept(shipment, target, high=self.dice.choice((6.0, 9.0))).done
            self.model.accept(shipment)

    def use(self):
        if not self.codes:
            return
        items = [self.chain.use(self.dice.choice(self.codes), place=self.dice.choice(self.places)) for _ in range(6)]
        for item, outcome in zip(items, services.dose_use(self.chain.actor, items), strict=True):
            if outcome.done:
                self.model.lose(item.place_id, outcome.answer["lot"], 1, "given")

    def waste(self):
        if not self.codes:
            return
        items = [
            DoseWaste(
                act=uuid4(),
                occurred_at=self.chain.now,
                place_id=place,
                code=self.dice.choice(self.codes),
                doses=self.dice.randint(1, 2),
                reason="BROKEN",
            )
            for place in self.places * 2
        ]
        for item, outcome in zip(items, services.dose_waste(self.chain.actor, items), strict=True):
            if outcome.done:
                self.model.lose(item.place_id, outcome.answer["lot"], item.doses, "wasted")

    def hold(self):
        if not self.lots:
            return
        item = LotHold(
            act=uuid4(),
            occurred_at=self.chain.now,
            lot=self.dice.choice(list(self.lots)),
            place_id=self.dice.choice((None, *self.places)),
            state=self.dice.choice((*LotState, LotState.RELEASED)),
            authority="NMPA",
        )
        assert services.lot_hold(self.chain.actor, [item])[0].done

    def give_back(self):
        if not self.lots:
            return
        item = StockReturn(
            act=uuid4(),
            occurred_at=self.chain.now,
            place_id=self.dice.choice(self.places),
            lot=self.dice.choice(list(self.lots)),
            packs=self.dice.randint(1, 2),
            to=self.dice.choice((PlaceKind.MAKER, PlaceKind.DESTROYED)),
            reason="RECALL",
            certificate="D-1",
            witness="王芳",
        )
        (outcome,) = services.stock_return(self.chain.actor, [item])
        if outcome.done:
            self.model.lose(item.place_id, item.lot, outcome.answer["doses"], "returned")


@pytest.mark.parametrize("seed", range(6))
def test_the_ledger_agrees_with_a_plain_count(chain, seed):
    walk = Walk(chain, seed)
    for _ in range(60):
        walk.step()
        assert selectors.difference() == []
    model, here = walk.model, Counter()
    for row in selectors.stock():
        if row.state != "in_transit":
            here[row.place_id, row.lot] += row.doses
    assert here == +model.here
    rows = selectors.identity(chain.now.replace(year=2030))
    assert all(row.holds for row in rows)
    assert (sum(r.given for r in rows), sum(r.wasted for r in rows)) == (model.given, model.wasted)
    moving = sum(doses for _, _, doses in model.moving.values())
    assert model.received == model.given + model.wasted + model.returned + moving + here.total()
    assert model.given > 0
    assert model.wasted > 0
