"""What a store is asked to send: picks of the published plan, made in the evening and carried out by its keeper."""

from collections.abc import Sequence
from uuid import UUID, uuid5

from seawall.platform import clock, sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.terms.acts import Params, Refusal
from seawall.terms.codes import Owner
from seawall.terms.stock import ShipmentSend

from .. import bundles, selectors
from ..models import Pick

LOTS = "SELECT lot, product, doses_per_pack FROM supply_lot WHERE lot = ANY(%s)"


@verb(Owner.PLACE, zh="生成拣货单", en="Make pick lists", key="from_place_id", grants=("shipment_send",), inside=True)
def picks_make(w: Work, items: list[ShipmentSend]) -> Answers:
    """Ask stores to send packs, and with vaccine the ancillary goods that its doses need.

    Sending a shipment under the act of a pick carries it out.
    """
    lots = {lot: rest for lot, *rest in sql.fetch(LOTS, [sorted({i.lot for i in items})])}
    answers: dict[UUID, Refusal | Params] = {i.act: Refusal("LOT_UNKNOWN", {"lot": i.lot}) for i in items}
    good = [i for i in items if i.lot in lots]
    columns: tuple[str, ...] = ("place_id", "act", "to_place_id", "lot", "product", "packs", "doses", "order")
    columns += ("expected_on", "asked_at")
    rows = [
        (i.from_place_id, i.act, i.to_place_id, i.lot, lots[i.lot][0], i.packs, i.packs * lots[i.lot][1], i.order)
        + (i.expected_on, i.occurred_at)
        for i in good
    ]
    sql.insert(Pick, columns, rows)
    sql.insert(Pick, columns, _along(good))
    return answers | {i.act: {"pick": str(i.act), "packs": i.packs} for i in good}


def _along(items: Sequence[ShipmentSend]) -> list[tuple[object, ...]]:
    """Picks of the ancillary goods that go with these; each has an act made from that of the first pick of its way."""
    ways = {(i.from_place_id, i.to_place_id): i for i in reversed(items)}
    if not ways:
        return []
    places = {place for way in ways for place in way}
    stock = selectors.stock(places, ancillary=True)
    lots = {row.lot: row for row in selectors.lots({row.lot for row in stock})}
    legs = [(*way, item.expected_on) for way, item in ways.items()]
    asked = [row for row in selectors.picks(min(i.expected_on for i in items)) if row.to_place_id in places]
    on = clock.civil_day(items[0].occurred_at)
    sizes = {lot: row.doses_per_pack for lot, row in lots.items()}
    return [
        (
            a.from_place_id,
            uuid5(first.act, a.lot),
            a.to_place_id,
            a.lot,
            lots[a.lot].product,
            a.packs,
            a.packs * sizes[a.lot],
        )
        + (first.order, a.expected_on, first.occurred_at)
        for a in bundles.along(legs, stock, asked, sizes, on)
        if (first := ways[a.from_place_id, a.to_place_id])
    ]
