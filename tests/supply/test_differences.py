"""A difference moves the book only by the hands of two, pack by pack; much loss and destruction need a second person."""

from dataclasses import replace
from uuid import uuid4

import pytest

from seawall.supply import selectors, services
from seawall.terms.codes import PlaceKind
from seawall.terms.stock import DifferenceExplain, DifferenceSign, DoseWaste, StockCount, StockReturn


@pytest.fixture(autouse=True)
def proven(chain):
    yield
    assert selectors.difference() == []
    assert all(row.holds for row in selectors.identity(chain.now.replace(year=2030)))


def code(outcomes):
    return [o.refusal.code if o.refusal else "done" for o in outcomes]


class Keeper:
    """Counts, explains and signs at the site."""

    def __init__(self, chain) -> None:
        self.chain, self.codes = chain, chain.deliver("B1", 3, 2)
        self.second = replace(chain.actor, account_id=chain.actor.account_id + 1)

    def base(self) -> dict:
        return {"act": uuid4(), "occurred_at": self.chain.now, "place_id": self.chain.site}

    def count(self, counted: int) -> StockCount:
        item = StockCount(**self.base(), lot="B1", counted=counted, seal="S-1")
        assert services.stock_count(self.chain.actor, [item])[0].done
        return item

    def explain(
        self, count: object, doses: int, cause: str = "LOST_UNSEEN", code: str | None = None
    ) -> DifferenceExplain:
        return DifferenceExplain(**self.base(), count=count, code=code or self.codes[0], doses=doses, cause=cause)

    def sign(self, item: DifferenceExplain) -> DifferenceSign:
        return DifferenceSign(**self.base(), explanation=item.act)


@pytest.fixture
def keeper(chain):
    return Keeper(chain)


def left(chain):
    return [(row.lot, row.doses) for row in selectors.stock([chain.site])]


def test_the_book_follows_a_difference_once_another_has_signed(chain, keeper):
    count = keeper.count(5)
    told = keeper.explain(count.act, -1)
    assert code(services.difference_explain(chain.actor, [told])) == ["done"]
    assert left(chain) == [("B1", 6)]
    assert code(services.difference_sign(chain.actor, [keeper.sign(told)])) == ["SECOND_PERSON_IS_THE_FIRST"]
    signed = services.difference_sign(keeper.second, [keeper.sign(told), keeper.sign(told)])
    assert code(signed) == ["done", "EXPLANATION_NOT_OPEN"]
    assert left(chain) == [("B1", 5)]
    assert selectors.open_differences() == []


def test_found_doses_come_back_into_their_pack_and_no_further(chain, keeper):
    for _ in range(2):
        assert services.dose_use(chain.actor, [chain.use(keeper.codes[0])])[0].done
    count = keeper.count(5)
    wrong = [
        keeper.explain(count.act, -1),
        keeper.explain(count.act, 2),
        keeper.explain(count.act, 1, code=keeper.codes[1]),
        keeper.explain(count.act, 1, "FUN"),
        keeper.explain(uuid4(), 1),
        keeper.explain(count.act, 1, code="8199999" + "0" * 13),
    ]
    assert code(services.difference_explain(chain.actor, wrong)) == [
        "MORE_THAN_DIFFERS", "MORE_THAN_DIFFERS", "MORE_THAN_LEFT", "DIFFERENCE_CAUSE_UNKNOWN", "DIFFERENCE_NOT_OPEN",
        "CODE_PREFIX_UNKNOWN",
    ]  # fmt: skip
    told = keeper.explain(count.act, 1, "ENTERED_TWICE")
    assert code(services.difference_explain(chain.actor, [told])) == ["done"]
    assert code(services.difference_sign(keeper.second, [keeper.sign(told)])) == ["done"]
    assert left(chain) == [("B1", 5)]


def test_a_later_count_that_agrees_closes_it_and_another_is_open_again(chain, keeper):
    keeper.count(4)
    chain.now = chain.now.replace(hour=15)
    keeper.count(6)
    assert selectors.open_differences() == []
    chain.now = chain.now.replace(hour=16)
    keeper.count(5)
    assert [(row.booked, row.counted, row.explained) for row in selectors.open_differences()] == [(6, 5, 0)]


def test_a_scanned_code_is_read_as_it_stands_and_a_typed_one_waits_for_a_second_person(chain, keeper):
    count = keeper.count(4)
    scanned = keeper.explain(count.act, -1, code=f"]C0{keeper.codes[0]}")
    typed = replace(keeper.explain(count.act, -1, code=keeper.codes[1]), typed=True)
    assert code(services.difference_explain(chain.actor, [scanned, typed])) == ["done", "TYPED_ALONE"]
    assert left(chain) == [("B1", 6)]


def test_much_lost_in_a_day_needs_a_second_person(chain):
    codes = chain.deliver("B9", 30)
    base = {"occurred_at": chain.now, "place_id": chain.site, "doses": 1, "reason": "BROKEN"}
    items = [DoseWaste(act=uuid4(), code=c, **base) for c in codes[:20]]
    outcomes = services.dose_waste(chain.actor, items)
    assert code(outcomes) == ["done"] * 19 + ["WITNESS_NEEDED"]
    named = DoseWaste(act=uuid4(), code=codes[19], **base, witness="王芳")
    assert code(services.dose_waste(chain.actor, [named])) == ["done"]


def test_nothing_is_destroyed_without_certificate_and_witness(chain, keeper):
    item = StockReturn(**keeper.base(), lot="B1", packs=1, to=PlaceKind.DESTROYED, reason="EXPIRED", certificate="D-1")
    whole = replace(item, act=uuid4(), witness="王芳")
    assert code(services.stock_return(chain.actor, [item, whole])) == ["DESTRUCTION_UNPROVEN", "done"]
