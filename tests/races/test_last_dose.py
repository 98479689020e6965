"""The last dose of a lot, from many real connections at once: never one too many, never a lost one."""

from datetime import UTC, datetime

import pytest

from seawall.supply import selectors, services
from seawall.supply.models import Pack
from seawall.terms.codes import LotState
from seawall.terms.stock import LotHold

from .crowd import HANDS, ROUNDS, codes

END = datetime(2030, 1, 1, tzinfo=UTC)

pytestmark = pytest.mark.django_db(transaction=True)


def given(place):
    return sum(row.given for row in selectors.identity(END) if row.place_id == place)


@pytest.fixture(autouse=True)
def proven(chain):
    """After every race the books balance."""
    yield
    assert selectors.difference() == []
    assert all(row.holds for row in selectors.identity(END))


def test_the_last_dose_of_a_lot(chain, crowd):
    for n in range(ROUNDS):
        code = chain.deliver(f"L{n}", 1, first_code=f"81{n:05}" + "0" * 13)[0]
        outcomes = crowd.at_once([lambda c=code: services.dose_use(chain.actor, [chain.use(c)])[0]] * HANDS)
        assert codes(outcomes) == {"done": 1, "CODE_USED_UP": HANDS - 1}
    assert given(chain.site) == ROUNDS


def test_vials_of_two_doses_are_emptied_and_no_further(chain, crowd):
    for n in range(ROUNDS // 2):
        vials = chain.deliver(f"L{n}", 5, 2, first_code=f"81{n:05}" + "0" * 13)
        calls = [lambda c=vials[h % 5]: services.dose_use(chain.actor, [chain.use(c)])[0] for h in range(HANDS)]
        assert codes(crowd.at_once(calls)) == {"done": 10, "CODE_USED_UP": HANDS - 10}
        assert not Pack.objects.filter(lot=f"L{n}", doses_left__gt=0).exists()


def test_batches_that_reach_for_the_same_packs_in_any_order(chain, crowd):
    packs = chain.deliver("B1", 16)
    batches = [
        [chain.use(code) for code in (packs[h % 16 :] + packs[: h % 16])[:: 1 if h % 2 else -1]] for h in range(HANDS)
    ]
    found = crowd.at_once([lambda b=b: services.dose_use(chain.actor, b) for b in batches])
    assert codes([o for outcomes in found for o in outcomes]) == {"done": 16, "CODE_USED_UP": (HANDS - 1) * 16}


def test_whole_packs_are_sent_once(chain, crowd):
    for n in range(ROUNDS // 2):
        chain.receive(f"L{n}", 10, first_code=f"81{n:05}" + "0" * 13)
        calls = [
            lambda h=h, lot=f"L{n}": services.shipment_send(
                chain.actor, [chain.send(lot, 1, chain.site if h % 2 else chain.other)]
            )[0]
            for h in range(HANDS)
        ]
        assert codes(crowd.at_once(calls)) == {"done": 10, "NOT_ENOUGH_PACKS": HANDS - 10}


def test_nothing_of_a_recalled_lot_is_used_after_its_recall(chain, crowd):
    for n in range(ROUNDS // 2):
        lot = f"L{n}"
        packs = chain.deliver(lot, HANDS - 1, first_code=f"81{n:05}" + "0" * 13)
        hold = LotHold(
            act=chain.use(packs[0]).act,
            occurred_at=chain.now,
            lot=lot,
            place_id=None,
            state=LotState.RECALLED,
            authority="NMPA",
        )
        calls = [lambda h=hold: services.lot_hold(chain.actor, [h])[0]]
        calls += [lambda c=c: services.dose_use(chain.actor, [chain.use(c)])[0] for c in packs]
        recalled, *used = crowd.at_once(calls)
        outcomes = codes(used)
        assert set(outcomes) <= {"done", "LOT_RECALLED", "LOT_QUARANTINED"}
        assert recalled.answer["doses"] == HANDS - 1 - outcomes["done"]
        left = services.dose_use(chain.actor, [chain.use(c) for c in packs])
        assert set(codes(left)) <= {"LOT_RECALLED", "CODE_USED_UP"}
