"""Doses counted by hand."""

from uuid import UUID

from seawall.platform import sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.terms.acts import Params, Refusal
from seawall.terms.codes import Owner
from seawall.terms.stock import StockCount

from .. import events
from ..models import Count

BOOKED = f"""
SELECT u.place_id, u.lot, coalesce(sum(b.doses), 0)::int FROM {sql.unnest({"place_id": "bigint", "lot": "text"})}
LEFT JOIN supply_balance b ON b.place_id = u.place_id AND b.lot = u.lot AND b.state <> 'in_transit' GROUP BY 1, 2
"""


@verb(Owner.PLACE, zh="盘点", en="Count stock", tells=(events.STOCK_DIFFERS,))
def stock_count(w: Work, items: list[StockCount]) -> Answers:
    """Write down a count beside the book. A difference stays open and is announced; the book is not bent to fit."""
    keys = sorted({(i.place_id, i.lot) for i in items})
    booked = {(place, lot): doses for place, lot, doses in sql.fetch(BOOKED, sql.turn(keys, 2))}
    good = [i for i in items if i.counted >= 0]
    columns = ("place_id", "act", "lot", "counted_at", "recorded_at", "booked", "counted", "seal")
    sql.insert(
        Count,
        columns,
        [
            (i.place_id, i.act, i.lot, i.occurred_at, w.recorded_at, booked[i.place_id, i.lot], i.counted, i.seal)
            for i in good
        ],
    )
    answers: dict[UUID, Refusal | Params] = {i.act: Refusal("COUNT_BELOW_ZERO", {"lot": i.lot}) for i in items}
    for i in good:
        book = booked[i.place_id, i.lot]
        told: Params = {"lot": i.lot, "booked": book, "counted": i.counted, "difference": i.counted - book}
        answers[i.act] = told
        if i.counted != book:
            w.announce(events.STOCK_DIFFERS, "place", i.place_id, i, told)
    return answers
