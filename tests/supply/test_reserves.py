"""What is kept for later doses: a first dose does not take it, a later one does, a move does not strand it."""

from datetime import date, datetime
from uuid import uuid4

import pytest

from seawall.platform import clock
from seawall.supply import selectors, services
from seawall.terms.stock import DosesReserve

from .conftest import Chain

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(chain: Chain, noon: datetime) -> None:
    clock.set_to(noon)


def keep(chain: Chain, doses: int, until: date = date(2021, 4, 11)) -> str:
    item = DosesReserve(
        act=uuid4(), occurred_at=chain.now, place_id=chain.site, product="BIBP", doses=doses, until=until
    )
    (outcome,) = services.doses_reserve(chain.actor, [item])
    return outcome.refusal.code if outcome.refusal else ""


def codes(outcomes) -> list[str]:
    return [o.refusal.code if o.refusal else "given" for o in outcomes]


def test_first_doses_leave_what_later_doses_need_and_later_doses_take_it(chain: Chain):
    packs = chain.deliver(packs=5)
    assert keep(chain, 2) == ""
    first = services.dose_use(chain.actor, [chain.use(code) for code in packs[:4]])
    assert codes(first) == ["given", "given", "given", "RESERVED_FOR_LATER"]
    assert first[3].refusal.params == {"product": "BIBP", "doses": 2}
    later = services.dose_use(chain.actor, [chain.use(packs[3], later=True), chain.use(packs[4])])
    assert codes(later) == ["given", "RESERVED_FOR_LATER"]
    (row,) = selectors.reserves(date(2021, 4, 10))
    assert (row.doses, row.on_hand, row.lacking, row.free) == (1, 1, 0, 0)
    assert selectors.difference() == []


def test_a_dose_that_happened_is_told_of_and_kept_doses_are_free_after_their_day(chain: Chain):
    packs = chain.deliver(packs=3)
    keep(chain, 3)
    (happened,) = services.dose_use(chain.actor, [chain.use(packs[0], happened=True)])
    assert happened.done and happened.answer["incident"] == "RESERVED_FOR_LATER"
    assert [(r.doses, r.on_hand, r.lacking) for r in selectors.reserves(date(2021, 4, 10))] == [(3, 2, 1)]
    keep(chain, 2, until=date(2021, 4, 9))
    assert codes(services.dose_use(chain.actor, [chain.use(packs[1])])) == ["given"]
    assert keep(chain, -1) == "RESERVE_BELOW_ZERO" and selectors.reserves(date(2021, 4, 10)) == []


def test_an_open_pack_is_used_by_whoever_comes(chain: Chain):
    packs = chain.deliver(packs=1, doses=3)
    services.dose_use(chain.actor, [chain.use(packs[0])])
    keep(chain, 2)
    assert codes(services.dose_use(chain.actor, [chain.use(packs[0], minutes=1)])) == ["given"]


def test_moves_take_only_what_is_free_and_a_batch_counts_together(chain: Chain):
    chain.deliver(packs=6)
    keep(chain, 3)
    moves = [chain.send("B1", n, to=chain.other, at=chain.site) for n in (2, 2, 1)]
    assert codes(services.stock_transfer(chain.actor, moves)) == ["given", "MOVE_STRANDS_LATER", "given"]
    plan = chain.send("B1", 2, to=chain.other, at=chain.site)
    assert codes(services.shipment_send(chain.actor, [plan])) == ["given"]


def test_it_costs_no_statement_where_nothing_is_kept(chain: Chain, django_assert_max_num_queries):
    packs = chain.deliver(packs=8)
    with django_assert_max_num_queries(30) as few:
        services.dose_use(chain.actor, [chain.use(packs[0])])
    with django_assert_max_num_queries(len(few)) as many:
        services.dose_use(chain.actor, [chain.use(code) for code in packs[1:7]])
    keep(chain, 1)
    with django_assert_max_num_queries(len(many) + 2):
        services.dose_use(chain.actor, [chain.use(packs[7], later=True)])
