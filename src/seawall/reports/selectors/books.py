"""账实相符: doses received = given + wasted + destroyed + on hand, over the city, to the dose."""

from collections.abc import Sequence
from datetime import datetime

from seawall.platform import sql
from seawall.terms.dispatch import Books
from seawall.terms.stock import Difference

FLOWS = """
SELECT coalesce(sum(l.delta) FILTER (WHERE p.kind = 'maker'), 0)::bigint,
       coalesce(-sum(l.delta) FILTER (WHERE p.kind = 'given'), 0)::bigint,
       coalesce(-sum(l.delta) FILTER (WHERE p.kind = 'wasted'), 0)::bigint,
       coalesce(-sum(l.delta) FILTER (WHERE p.kind = 'destroyed'), 0)::bigint
FROM supply_stockline l JOIN reference_place p ON p.id = l.other_place_id
JOIN supply_lot t ON t.lot = l.lot AND t.kind = 'vaccine'
WHERE p.kind IN ('maker', 'given', 'wasted', 'destroyed') AND l.recorded_at <= %s
"""
HELD = """
WITH vaccine AS (SELECT lot FROM supply_lot WHERE kind = 'vaccine')
SELECT coalesce((SELECT sum(doses) FROM supply_balance JOIN vaccine USING (lot)), 0)::bigint
     - coalesce((SELECT sum(delta) FROM supply_stockline JOIN vaccine USING (lot) WHERE recorded_at > %s), 0)::bigint
"""


def books(at: datetime, wrong: Sequence[Difference]) -> Books:
    """The city's books at a moment; `where` names a place that does not balance, by the proof's finding `wrong`.

    Flows come from the ledger's lines to and from virtual places, what is held from the guarded balances: two sources that can disagree.
    """
    received, given, wasted, destroyed = sql.fetch(FLOWS, [at])[0]
    on_hand = sql.fetch(HELD, [at])[0][0]
    return Books(
        received=received,
        given=given,
        wasted=wasted,
        returned=destroyed,
        on_hand=on_hand,
        difference=received - given - wasted - destroyed - on_hand,
        where=wrong[0].place_id if wrong else None,
        lines_wrong=len(wrong),
    )
