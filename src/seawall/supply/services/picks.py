"""What a store is asked to send: picks of the published plan, made in the evening and carried out by its keeper."""

from uuid import UUID

from seawall.platform import sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.terms.acts import Params, Refusal
from seawall.terms.codes import Owner
from seawall.terms.stock import ShipmentSend

from ..models import Pick

LOTS = "SELECT lot, product, doses_per_pack FROM supply_lot WHERE lot = ANY(%s)"


@verb(Owner.PLACE, zh="生成拣货单", en="Make pick lists", key="from_place_id", grants=("shipment_send",), inside=True)
def picks_make(w: Work, items: list[ShipmentSend]) -> Answers:
    """Ask stores to send packs; sending a shipment under the act of a pick carries it out."""
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
    return answers | {i.act: {"pick": str(i.act), "packs": i.packs} for i in good}
