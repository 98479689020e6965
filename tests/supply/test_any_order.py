"""Any sequence of verbs leaves every balance equal to its lines, every pack in its balance, and nothing below zero."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

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

from seawall.platform import sql
from seawall.supply import selectors, services
from seawall.terms.codes import LotState, PlaceKind
from seawall.terms.stock import (
    DifferenceExplain,
    DifferenceSign,
    DoseWaste,
    LotHold,
    ProductHold,
    StockCount,
    StockReturn,
)

from .conftest import Chain

FEW = st.integers(0, 2)
STATES = st.sampled_from(sorted(LotState))


class Books(RuleBasedStateMachine):
    """Verbs drawn in any order over three places, lots with packs of one to three doses, and shipments under way."""

    chain: Chain

    def __init__(self) -> None:
        super().__init__()
        self.mark = transaction.savepoint()
        self.at = self.chain
        self.second = replace(self.at.actor, account_id=self.at.actor.account_id + 1)
        self.places = (self.at.store, self.at.site, self.at.other)
        self.lots: list[str] = []
        self.codes: list[str] = []
        self.moving: list[tuple[object, int]] = []
        self.told: list[tuple[int, object]] = []

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.mark)

    def base(self) -> dict:
        self.at.now += timedelta(seconds=1)
        return {"act": uuid4(), "occurred_at": self.at.now}

    @initialize(size=st.integers(1, 3), where=FEW)
    def begin(self, size: int, where: int) -> None:
        self.receive(size, 4, where)

    @rule(size=st.integers(1, 3), packs=st.integers(1, 5), where=FEW)
    def receive(self, size: int, packs: int, where: int) -> None:
        lot, head = f"H{len(self.lots)}", f"82{len(self.lots):05}"
        if self.at.receive(lot, packs, size, place_id=self.places[where], first_code=head + "0" * 13).done:
            self.lots.append(lot)
            self.codes += [f"{head}{n:013}" for n in range(packs)]

    @rule(lot=st.integers(0, 9), packs=st.integers(1, 3), source=FEW, step=st.integers(1, 2))
    def send(self, lot: int, packs: int, source: int, step: int) -> None:
        to = self.places[(source + step) % 3]
        item = self.at.send(self.lots[lot % len(self.lots)], packs, to, self.places[source])
        if services.shipment_send(self.at.actor, [item])[0].done:
            self.moving.append((item.act, to))

    @precondition(lambda self: self.moving)
    @rule(which=st.integers(0, 9), high=st.sampled_from((6.0, 9.0)))
    def accept(self, which: int, high: float) -> None:
        shipment, to = self.moving.pop(which % len(self.moving))
        assert self.at.accept(shipment, to, high=high).done

    @rule(which=st.integers(0, 40), where=FEW, times=st.integers(1, 4))
    def use(self, which: int, where: int, times: int) -> None:
        code = self.codes[which % len(self.codes)]
        services.dose_use(self.at.actor, [self.at.use(code, place=self.places[where]) for _ in range(times)])

    @rule(which=st.integers(0, 40), where=FEW, doses=st.integers(0, 3))
    def waste(self, which: int, where: int, doses: int) -> None:
        code = self.codes[which % len(self.codes)]
        item = DoseWaste(
            **self.base(), place_id=self.places[where], code=code, doses=doses, reason="BROKEN", witness="王芳"
        )
        services.dose_waste(self.at.actor, [item])

    @rule(lot=st.integers(0, 9), where=st.none() | FEW, state=STATES)
    def hold(self, lot: int, where: int | None, state: LotState) -> None:
        place = None if where is None else self.places[where]
        item = LotHold(
            **self.base(), lot=self.lots[lot % len(self.lots)], place_id=place, state=state, authority="NMPA"
        )
        assert services.lot_hold(self.at.actor, [item])[0].done

    @rule(state=STATES)
    def hold_product(self, state: LotState) -> None:
        item = ProductHold(**self.base(), product="BIBP", state=state, authority="NMPA")
        assert services.product_hold(self.at.actor, [item])[0].done

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
        services.stock_return(self.at.actor, [item])

    @rule(which=st.integers(0, 40), where=FEW, doses=st.sampled_from((-1, 1)))
    def differ(self, which: int, where: int, doses: int) -> None:
        """A count that is one off, and a pack named for it."""
        place, code = self.places[where], self.codes[which % len(self.codes)]
        lot = self.lots[int(code[2:7])]
        booked = sum(r.doses for r in selectors.stock([place]) if r.lot == lot and r.state != "in_transit")
        count = StockCount(**self.base(), place_id=place, lot=lot, counted=booked + doses)
        services.stock_count(self.at.actor, [count])
        item = DifferenceExplain(
            **self.base(), place_id=place, count=count.act, code=code, doses=doses, cause="NOT_ENTERED"
        )
        if services.difference_explain(self.at.actor, [item])[0].done:
            self.told.append((place, item.act))

    @precondition(lambda self: self.told)
    @rule(which=st.integers(0, 9))
    def sign(self, which: int) -> None:
        place, act = self.told.pop(which % len(self.told))
        services.difference_sign(self.second, [DifferenceSign(**self.base(), place_id=place, explanation=act)])

    @invariant()
    def in_balance(self) -> None:
        assert selectors.difference() == []
        assert all(row.holds for row in selectors.identity(self.at.now.replace(year=2030)))
        assert sql.fetch("SELECT count(*) FROM supply_balance WHERE doses < 0") == [(0,)]


SOME = settings(
    max_examples=12,
    stateful_step_count=20,
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)


def test_the_books_balance_after_any_sequence_of_verbs(chain):
    run_state_machine_as_test(type("Kept", (Books,), {"chain": chain}), settings=SOME)
