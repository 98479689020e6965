"""Single doses: into an arm, or lost."""

from collections.abc import Mapping
from uuid import UUID

from seawall.platform import sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.terms.acts import Params, Refusal
from seawall.terms.codes import MovementKind, Owner, PlaceKind, StockState
from seawall.terms.stock import DoseUse, DoseWaste

from .. import ledger, reserves, tables, witness
from ..usable import PACKS, Open, unknown, usable
from ..virtual import virtual_places

DRAW = f"""
UPDATE supply_pack p SET doses_left = u.doses_left, open_until = u.open_until
FROM {sql.unnest({"code": "text", "doses_left": "int", "open_until": "timestamptz"})} WHERE p.code = u.code
"""
IMPOSSIBLE = frozenset({"BAD_TRACE_CODE", "CODE_UNKNOWN", "CODE_NOT_HERE", "CODE_USED_UP", "SHIPMENT_NOT_ACCEPTED"})


def locked(codes: set[str]) -> dict[str, Open]:
    return {row[0]: Open(*row) for row in sql.fetch(f"{PACKS} FOR UPDATE OF p", [sorted(codes)])}


def save(packs: Mapping[str, Open]) -> None:
    rows = [(p.code, p.doses_left, p.open_until) for p in packs.values() if p.touched]
    sql.execute(DRAW, sql.turn(rows, 3))


@verb(Owner.PLACE, zh="取用一剂", en="Use doses of a pack", grants=("dose_give", "dose_enter"), inside=True)
def dose_use(w: Work, items: list[DoseUse]) -> Answers:
    """One dose each from the pack scanned; called inside the transaction of the injection, whose right covers it."""
    packs = locked({i.code for i in items})
    kept = reserves.Kept(items)
    virtual = virtual_places()
    given = (virtual[PlaceKind.GIVEN], StockState.ON_HAND)
    answers: dict[UUID, Refusal | Params] = {}
    moves = []
    for item in items:
        pack = packs.get(item.code)
        refusal = usable(pack, item) or (kept.refusal(pack, item) if pack else None)
        if pack is None or (refusal and (not item.happened or refusal.code in IMPOSSIBLE)):
            answers[item.act] = refusal or unknown(item.code)
            continue
        kept.draw(item)
        pack.draw(1, item.occurred_at)
        answers[item.act] = {
            "lot": pack.lot,
            "product": pack.product,
            "expires": pack.expires.isoformat(),
            "doses_left": pack.doses_left,
            "incident": refusal.code if refusal else "",
        }
        source = (pack.place_id, StockState(pack.state))
        moves.append(ledger.Move(item, MovementKind.USE, pack.lot, 1, source, given, pack.code))
    save(packs)
    reserves.take(kept.taken)
    ledger.post(w, moves, virtual.values())
    return answers


@verb(Owner.PLACE, zh="登记报废", en="Waste doses", destroys=True)
def dose_waste(w: Work, items: list[DoseWaste]) -> Answers:
    """Doses of a pack are lost, with the reason; quarantined packs may be wasted too."""
    packs = locked({i.code for i in items})
    virtual = virtual_places()
    wasted = (virtual[PlaceKind.WASTED], StockState.ON_HAND)
    much = witness.Much(items, packs)
    answers: dict[UUID, Refusal | Params] = {}
    moves = []
    for item in items:
        pack = packs.get(item.code)
        refusal = _wastable(pack, item) or much.refuses(item)
        if pack is None or refusal:
            answers[item.act] = refusal or unknown(item.code)
            continue
        pack.draw(item.doses, item.occurred_at)
        answers[item.act] = {"lot": pack.lot, "doses": item.doses, "doses_left": pack.doses_left}
        source = (pack.place_id, StockState(pack.state))
        moves.append(
            ledger.Move(item, MovementKind.WASTE, pack.lot, item.doses, source, wasted, pack.code, item.reason)
        )
    save(packs)
    ledger.post(w, moves, virtual.values())
    witness.keep([i for i in items if i.witness.strip() and not isinstance(answers[i.act], Refusal)], packs)
    return answers


def _wastable(pack: Open | None, item: DoseWaste) -> Refusal | None:
    if item.reason not in tables.waste_reasons():
        return Refusal("WASTE_REASON_UNKNOWN", {"reason": item.reason})
    if pack is None:
        return unknown(item.code)
    if pack.place_id != item.place_id:
        return Refusal("CODE_NOT_HERE", {"code": item.code, "place_id": pack.place_id})
    if pack.state == StockState.IN_TRANSIT:
        return Refusal("SHIPMENT_NOT_ACCEPTED", {"code": item.code, "lot": pack.lot})
    if not 0 < item.doses <= pack.doses_left:
        return Refusal("MORE_THAN_LEFT", {"code": item.code, "doses": item.doses, "left": pack.doses_left})
    return None
