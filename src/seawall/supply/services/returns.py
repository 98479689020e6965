"""Whole packs that leave the chain for good."""

from collections import Counter
from uuid import UUID

from seawall.platform import clock, sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.terms.acts import Params, Refusal
from seawall.terms.codes import MovementKind, Owner, PlaceKind, StockState
from seawall.terms.stock import StockReturn

from .. import ledger, photos, tables, whole_packs, witness
from ..models import Removal
from ..virtual import virtual_places

ENDS = frozenset({PlaceKind.MAKER, PlaceKind.DESTROYED})
LOTS = "SELECT lot, doses_per_pack FROM supply_lot WHERE lot = ANY(%s)"


@verb(Owner.PLACE, zh="退回", en="Return stock")
def stock_return(w: Work, items: list[StockReturn]) -> Answers:
    """Send whole packs back to the maker, or have them destroyed with a certificate before a witness; quarantined ones go first."""
    virtual = virtual_places()
    sizes: dict[str, int] = dict(sql.fetch(LOTS, [sorted({i.lot for i in items})]))
    answers: dict[UUID, Refusal | Params] = {}
    seen = photos.read(items)
    for item in items:
        if item.lot not in sizes:
            answers[item.act] = Refusal("LOT_UNKNOWN", {"lot": item.lot})
        elif item.to not in ENDS or item.packs < 1:
            answers[item.act] = Refusal("NOTHING_TO_SEND", {"lot": item.lot})
        elif why := photos.wrong(item, seen) or (
            _unproven(item, sizes[item.lot]) if item.to == PlaceKind.DESTROYED else None
        ):
            answers[item.act] = why
    wanted = [whole_packs.Wanted(i.act, i.place_id, i.lot, i.packs) for i in items if i.act not in answers]
    shares, short = whole_packs.share_out(wanted, quarantined=True)
    good = [i for i in items if i.act in shares]
    whole_packs.relocate([(code, virtual[i.to], StockState.ON_HAND, i.act) for i in good for code, _ in shares[i.act]])
    moves = []
    for item in good:
        for state, packs in Counter(state for _, state in shares[item.act]).items():
            source, target = (item.place_id, state), (virtual[item.to], StockState.ON_HAND)
            doses = packs * sizes[item.lot]
            moves.append(ledger.Move(item, MovementKind.RETURN, item.lot, doses, source, target, reason=item.reason))
    ledger.post(w, moves, virtual.values())
    destroyed = [
        (i.place_id, i.act, i.lot, i.packs * sizes[i.lot], i.to, i.reason, i.certificate, i.witness)
        + (photos.name(i, seen), i.occurred_at)
        for i in good
        if i.to == PlaceKind.DESTROYED
    ]
    sql.insert(Removal, witness.COLUMNS, destroyed)
    photos.keep([i for i in good if i.to == PlaceKind.DESTROYED], seen, w.recorded_at)
    return answers | short | {i.act: {"lot": i.lot, "doses": i.packs * sizes[i.lot]} for i in good}


def _unproven(item: StockReturn, doses_per_pack: int) -> Refusal | None:
    """What a destruction lacks: its certificate and who stood by, and a picture where it is much."""
    if not (item.certificate.strip() and item.witness.strip()):
        return Refusal("DESTRUCTION_UNPROVEN", {"lot": item.lot})
    doses, most = item.packs * doses_per_pack, tables.much_lost_from("photo", clock.civil_day(item.occurred_at))
    if not item.photo and doses >= most:
        return Refusal("PHOTO_NEEDED", {"lot": item.lot, "doses": doses, "most": most})
    return None
