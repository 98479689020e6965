"""A recall and a delivery at the same moment: what comes in is stopped, whichever is first."""

from concurrent.futures import ThreadPoolExecutor
from time import sleep
from uuid import uuid4

import pytest
from django.db import connection, transaction

from seawall.supply import services
from seawall.supply.models import Pack
from seawall.terms.acts import Outcome
from seawall.terms.codes import LotState
from seawall.terms.stock import LotHold

pytestmark = pytest.mark.django_db(transaction=True)
A_WHILE = 0.3  # seconds in which the delivery would be taken in, if it did not wait


@pytest.mark.parametrize("everywhere", [True, False])
def test_a_delivery_taken_in_while_its_lot_is_being_stopped_is_stopped_too(chain, everywhere):
    item = chain.lot("B1", 3)
    assert services.lot_receive(chain.actor, [item])[0].done
    sent = services.shipment_send(chain.actor, [chain.send("B1", 3)])[0]
    hold = LotHold(
        act=uuid4(),
        occurred_at=chain.now,
        lot="B1",
        place_id=None if everywhere else chain.site,
        state=LotState.RECALLED,
        authority="NMPA",
    )

    def take_in() -> Outcome:
        try:
            return chain.accept(sent.answer["shipment"])
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            assert services.lot_hold(chain.actor, [hold])[0].done
            waiting = other.submit(take_in)
            sleep(A_WHILE)
        assert waiting.result().done
    assert set(Pack.objects.values_list("state", flat=True)) == {"quarantined"}
    used = services.dose_use(chain.actor, [chain.use(item.first_code)])[0]
    assert used.refusal.code in {"LOT_RECALLED", "LOT_QUARANTINED"}


def test_a_pack_that_still_stands_on_hand_is_not_used_when_its_lot_is_recalled(chain):
    (code,) = chain.deliver("B2", 1)
    hold = LotHold(
        act=uuid4(), occurred_at=chain.now, lot="B2", place_id=None, state=LotState.RECALLED, authority="NMPA"
    )
    assert services.lot_hold(chain.actor, [hold])[0].done
    Pack.objects.filter(code=code).update(state="on_hand")
    assert services.dose_use(chain.actor, [chain.use(code)])[0].refusal.code == "LOT_RECALLED"
