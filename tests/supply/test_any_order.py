"""Any sequence of verbs leaves every balance equal to its lines, every pack in its balance, and nothing below zero."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4, uuid5

from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from seawall.platform import clock, sql
from seawall.reference.services import PlaceNew, places_register
from seawall.supply import scanning, selectors, services
from seawall.terms.acts import Item
from seawall.terms.codes import LotState, PlaceKind, StockState
from seawall.terms.stock import (
    CartonMark,
    CartonOpen,
    DifferenceExplain,
    DifferenceSign,
    DosesReserve,
    DoseWaste,
    GoodsConsume,
    LoanSettle,
    LotHold,
    OfferAnswer,
    PacksWaste,
    ProductHold,
    ShipmentRefuse,
    StockAsk,
    StockCount,
    StockOffer,
    StockReturn,
    VialOpen,
)

from .conftest import Chain
from .test_differences import picture

FEW = st.integers(0, 3)
ANY = st.integers(0, 40)
BELOW = """
SELECT (SELECT count(*) FROM supply_balance WHERE doses < 0), (SELECT count(*) FROM supply_reserve WHERE doses < 0),
    (SELECT count(*) FROM supply_offer WHERE (state = 'settled') <> (state IN ('lent', 'settled') AND returned >= doses))
"""
PRODUCTS = st.sampled_from(("BIBP", "BIBP", "SYR05"))
USABLE = ("SYR05", StockState.ON_HAND, LotState.RELEASED)
STATES = st.sampled_from((*sorted(LotState), *[LotState.RELEASED] * 4))


class Books(RuleBasedStateMachine):
    """Verbs drawn in any order over two levels of stores and two sites: lots with packs of one to three doses, loose, in boxes
    or in boxes within a carton, shipments under way, loans, and doses kept for later ones."""

    chain: Chain
    done: Counter[str]

    def __init__(self) -> None:
        super().__init__()
        self.mark = transaction.savepoint()
        self.at = self.chain
        self.second = replace(self.at.actor, account_id=self.at.actor.account_id + 1)
        district = PlaceNew(
            kind=PlaceKind.STORE, code="T-DISTRICT", name_zh="区库", name_en="District store", synthetic=True,
            supplied_by=self.at.store,
        )  # fmt: skip
        self.places = (self.at.store, *places_register([district]), self.at.site, self.at.other)
        self.lots: list[str] = []
        self.product: dict[str, str] = {}
        self.cases: list[str] = []
        self.offers: list[tuple[str, int]] = []
        self.codes: list[str] = []
        self.moving: list[tuple[object, int]] = []
        self.told: list[tuple[int, object]] = []

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.mark)

    def does(self, verb: str, *items: Item, second: bool = False) -> bool:
        """Whether the last of them was done; what is refused is refused by name and changes nothing."""
        outcomes = getattr(services, verb)(self.second if second else self.at.actor, list(items))
        self.done.update(verb for o in outcomes if o.done)
        return outcomes[-1].done

    def base(self) -> dict:
        self.at.now += timedelta(seconds=1)
        return {"act": uuid4(), "occurred_at": self.at.now}

    def lot_of(self, code: str) -> str:
        return self.lots[int(code[2:7])]

    def place(self, code: str, where: int) -> int:
        """Where the pack or case stands, three times in four; else the first store."""
        held = scanning.inside([code]).get(code)
        return held[0].place_id if held and where else self.places[0]

    def home(self, lot: str, where: int) -> int:
        """Where most of a lot stands, three times in four; else the first store."""
        rows = [row for row in selectors.stock(ancillary=True) if row.lot == lot and row.state == "on_hand"]
        return max(rows, key=lambda row: row.doses).place_id if rows and where else self.places[0]

    def on_the_way(self, shipment: object) -> bool:
        return sql.fetch("SELECT state FROM supply_shipment WHERE act = %s", [shipment]) == [("sent",)]

    @initialize(size=st.integers(1, 3), where=FEW)
    def begin(self, size: int, where: int) -> None:
        self.receive(size, 4, where)

    @rule(size=st.integers(1, 3), packs=st.integers(1, 5), where=FEW, boxed=FEW, product=PRODUCTS)
    def receive(self, size: int, packs: int, where: int, boxed: int = 0, product: str = "BIBP") -> None:
        """Packs of one lot, of which the first so many lie in a box, and the box with the next one in a carton."""
        lot, head = f"H{len(self.lots)}", f"82{len(self.lots):05}"
        carton, box = (f"{kind}{len(self.lots):05}" + "0" * 13 for kind in ("83", "84"))
        inside = min(boxed, packs)
        marks = (CartonMark(code=carton), CartonMark(code=box, packs=inside, parent=carton)) if inside else ()
        first = head + "0" * 13
        if self.at.receive(
            lot, packs, size, place_id=self.places[where], first_code=first, cartons=marks, product=product
        ).done:
            self.lots.append(lot)
            self.product[lot] = product
            self.codes += [f"{head}{n:013}" for n in range(packs)]
            self.cases += [carton, box] if inside else []

    @rule(lot=st.integers(0, 9), packs=st.integers(1, 3), source=FEW, step=st.integers(1, 3))
    def send(self, lot: int, packs: int, source: int, step: int) -> None:
        name, to = self.lots[lot % len(self.lots)], self.places[(source + step) % 4]
        item = self.at.send(name, packs, to, self.home(name, source))
        if self.does("shipment_send", item):
            self.moving.append((item.act, to))

    @rule(which=ANY, source=FEW, step=st.integers(1, 3), case=st.booleans())
    def send_scanned(self, which: int, source: int, step: int, case: bool) -> None:
        """What a scanner reads leaves: one pack, or a box or carton with everything in it."""
        texts = self.cases if case and self.cases else self.codes
        code, to = texts[which % len(texts)], self.places[(source + step) % 4]
        held = len(scanning.inside([code]).get(code, []))
        item = replace(self.at.send(self.lot_of(code), held, to, self.place(code, source)), codes=(code,))
        if self.does("shipment_send", item):
            self.moving.append((item.act, to))

    @precondition(lambda self: self.moving)
    @rule(which=st.integers(0, 9), high=st.sampled_from((6.0, 9.0)))
    def accept(self, which: int, high: float) -> None:
        shipment, to = self.moving.pop(which % len(self.moving))
        assert self.at.accept(shipment, to, high=high).done
        self.done["shipment_accept"] += 1

    @precondition(lambda self: self.moving)
    @rule(which=st.integers(0, 9), code=ANY, case=st.booleans())
    def accept_part(self, which: int, code: int, case: bool) -> None:
        """One pack or closed case is taken in; what else was sent stays on its way. An opened case is none any more."""
        shipment, to = self.moving[which % len(self.moving)]
        texts = self.cases if case and self.cases else self.codes
        text = texts[code % len(texts)]
        taken = self.at.accept(shipment, to, codes=(text,)).done
        assert not (taken and scanning.opened_cartons([text]).get(text)), (
            "only what is still inside is scanned, one by one"
        )
        if taken and not self.on_the_way(shipment):
            self.moving.remove((shipment, to))

    @precondition(lambda self: self.moving)
    @rule(which=st.integers(0, 9))
    def send_back(self, which: int) -> None:
        shipment, to = self.moving[which % len(self.moving)]
        item = ShipmentRefuse(**self.base(), shipment=str(shipment), place_id=to, reason="WRONG_PLACE")
        if self.does("shipment_refuse", item):
            (back,) = sql.fetch("SELECT to_place_id FROM supply_shipment WHERE act = %s", [item.act])
            self.moving[which % len(self.moving)] = (item.act, back[0])

    @precondition(lambda self: self.cases)
    @rule(which=ANY, where=FEW)
    def open_case(self, which: int, where: int) -> None:
        code = self.cases[which % len(self.cases)]
        item = CartonOpen(**self.base(), place_id=self.place(code, where), code=code)
        self.does("carton_open", item)

    @rule(which=ANY, where=FEW)
    def open_pack(self, which: int, where: int) -> None:
        code = self.codes[which % len(self.codes)]
        item = VialOpen(**self.base(), place_id=self.place(code, where), code=code)
        self.does("vial_open", item)

    @rule(where=FEW, doses=st.integers(0, 4))
    def reserve(self, where: int, doses: int) -> None:
        item = DosesReserve(
            **self.base(), place_id=self.places[where], product="BIBP", doses=doses, until=clock.civil_day(self.at.now)
        )
        assert self.does("doses_reserve", item)

    @rule(lot=st.integers(0, 9), packs=st.integers(1, 3), source=FEW, step=st.integers(1, 3), loan=st.booleans())
    def lend(self, lot: int, packs: int, source: int, step: int, loan: bool) -> None:
        """Asked for, offered and taken at once; a refusal leaves the offer as it was."""
        held = [(row.lot, row.place_id) for row in selectors.stock(ancillary=True) if row.state == StockState.ON_HAND]
        name, giver = held[lot % len(held)] if held else (self.lots[lot % len(self.lots)], self.places[0])
        taker = self.places[(source + step) % 4]
        due = clock.civil_day(self.at.now) + timedelta(days=3)
        ask = StockAsk(**self.base(), place_id=taker, product=self.product[name], doses=packs, needed_on=due)
        assert self.does("stock_ask", ask)
        offer = StockOffer(
            **self.base(), from_place_id=giver, to_place_id=taker, lot=name, packs=packs,
            settle_by=due if loan else None, ask=str(ask.act),
        )  # fmt: skip
        if not self.does("stock_offer", offer):
            return  # to itself
        answer = OfferAnswer(**self.base(), place_id=taker, offer=str(offer.act), accepted=True)
        if self.does("offer_answer", answer):
            self.moving.append((answer.act, taker))
            self.offers += [(str(offer.act), taker)] if loan else []
            if loan and step == 1 and self.at.accept(answer.act, taker).done:
                self.moving.pop()
                self.give_loan_back(str(offer.act), taker, name, 1)

    @precondition(lambda self: self.offers)
    @rule(which=st.integers(0, 9), lot=st.integers(0, 9), packs=st.integers(1, 2))
    def settle(self, which: int, lot: int, packs: int) -> None:
        """Of a lot that the borrower has, where it has any."""
        offer, taker = self.offers[which % len(self.offers)]
        lent = next(row.product for row in selectors.offers() if str(row.offer) == offer)
        here = [row for row in selectors.stock([taker], ancillary=True) if row.state == StockState.ON_HAND]
        same = [row.lot for row in here if row.product == lent]
        same = same or [name for name in self.lots if self.product[name] == lent]
        self.give_loan_back(offer, taker, same[lot % len(same)], packs)

    def give_loan_back(self, offer: str, taker: int, lot: str, packs: int) -> None:
        item = LoanSettle(**self.base(), place_id=taker, offer=offer, lot=lot, packs=packs)
        if self.does("loan_settle", item):
            ((giver,),) = sql.fetch("SELECT place_id FROM supply_offer WHERE act = %s", [offer])
            self.moving.append((uuid5(item.act, "lend"), giver))

    @rule(which=ANY, where=FEW, times=st.integers(1, 4), later=st.booleans())
    def use(self, which: int, where: int, times: int, later: bool) -> None:
        code = self.codes[which % len(self.codes)]
        uses = [self.at.use(code, place=self.place(code, where), later=later) for _ in range(times)]
        self.does("dose_use", *uses)

    @rule(where=FEW, doses=st.integers(0, 4))
    def close(self, where: int, doses: int) -> None:
        """A day used syringes up, the book having them or not; what it lacks is kept, and nothing goes below zero."""
        place, day = self.places[where], clock.civil_day(self.at.now)
        before = {row.product: row.units for row in selectors.shortfalls([place])}
        there = sum(
            r.doses for r in selectors.stock([place], ancillary=True) if (r.product, r.state, r.lot_state) == USABLE
        )
        assert self.does("goods_consume", GoodsConsume(**self.base(), place_id=place, day=day, doses={"BIBP": doses}))
        after = {row.product: row.units for row in selectors.shortfalls([place])}
        assert after.get("SYR05", 0) - before.get("SYR05", 0) == max(0, doses - there)

    @rule(which=ANY, where=FEW, doses=st.integers(0, 3))
    def waste(self, which: int, where: int, doses: int) -> None:
        code = self.codes[which % len(self.codes)]
        item = DoseWaste(
            **self.base(), place_id=self.place(code, where), code=code, doses=doses, reason="BROKEN", witness="王芳"
        )
        self.does("dose_waste", item)

    @rule(which=ANY, where=FEW, packs=st.integers(0, 9), scanned=st.booleans())
    def lose(self, which: int, where: int, packs: int, scanned: bool) -> None:
        code = self.codes[which % len(self.codes)]
        place = self.place(code, where)
        lot = sql.fetch("SELECT lot FROM supply_pack WHERE code = %s", [code])[0][0]
        item = PacksWaste(
            **self.base(), place_id=place, lot=lot, reason="COLD_CHAIN", packs=0 if scanned else min(packs, 2),
            codes=(code,) if scanned else (), witness="王芳", photo=picture(),
        )  # fmt: skip
        self.does("packs_waste", item)

    @rule(lot=st.integers(0, 9), where=st.none() | FEW, state=STATES)
    def hold(self, lot: int, where: int | None, state: LotState) -> None:
        place = None if where is None else self.places[where]
        item = LotHold(
            **self.base(), lot=self.lots[lot % len(self.lots)], place_id=place, state=state, authority="NMPA"
        )
        assert self.does("lot_hold", item)

    @rule(state=STATES)
    def hold_product(self, state: LotState) -> None:
        item = ProductHold(**self.base(), product="BIBP", state=state, authority="NMPA")
        assert self.does("product_hold", item)

    @rule(
        lot=st.integers(0, 9),
        where=FEW,
        packs=st.integers(1, 2),
        to=st.sampled_from((PlaceKind.MAKER, PlaceKind.DESTROYED)),
    )
    def give_back(self, lot: int, where: int, packs: int, to: PlaceKind) -> None:
        item = StockReturn(
            **self.base(), place_id=self.places[where], lot=self.lots[lot % len(self.lots)], packs=packs, to=to, reason="RECALL",
            certificate="D-1", witness="王芳",
        )  # fmt: skip
        self.does("stock_return", item)

    @rule(which=ANY, where=FEW, doses=st.sampled_from((-1, 1)))
    def differ(self, which: int, where: int, doses: int) -> None:
        """A count that is one off, and a pack named for it."""
        code = self.codes[which % len(self.codes)]
        place = self.place(code, where)
        lot = self.lot_of(code)
        booked = sum(
            r.doses for r in selectors.stock([place], ancillary=True) if r.lot == lot and r.state != "in_transit"
        )
        count = StockCount(**self.base(), place_id=place, lot=lot, counted=booked + doses)
        self.does("stock_count", count)
        item = DifferenceExplain(
            **self.base(), place_id=place, count=count.act, code=code, doses=doses, cause="NOT_ENTERED"
        )
        if self.does("difference_explain", item):
            self.told.append((place, item.act))

    @precondition(lambda self: self.told)
    @rule(which=st.integers(0, 9))
    def sign(self, which: int) -> None:
        place, act = self.told.pop(which % len(self.told))
        self.does("difference_sign", DifferenceSign(**self.base(), place_id=place, explanation=act), second=True)

    @invariant()
    def in_balance(self) -> None:
        assert selectors.difference() == []
        assert all(row.holds for row in selectors.identity(self.at.now.replace(year=2030)))
        assert sql.fetch(BELOW) == [(0, 0, 0)]


SOME = settings(
    max_examples=30,
    stateful_step_count=40,
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)


DRAWN = {
    "shipment_send", "shipment_accept", "shipment_refuse", "carton_open", "vial_open", "doses_reserve", "dose_use", "dose_waste",
    "packs_waste",
    "stock_ask", "stock_offer", "offer_answer", "loan_settle", "lot_hold", "product_hold", "stock_return", "stock_count",
    "difference_explain", "difference_sign", "goods_consume",
}  # fmt: skip


def test_the_books_balance_after_any_sequence_of_verbs(chain):
    done: Counter[str] = Counter()
    run_state_machine_as_test(type("Kept", (Books,), {"chain": chain, "done": done}), settings=SOME)
    assert done.keys() == DRAWN, "each of them was done in some sequence, not refused in all"
