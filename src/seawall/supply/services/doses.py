"""Single doses: into an arm, or lost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from seawall.platform import clock, sql
from seawall.platform.verbs import Work, run_verb
from seawall.terms.actor import Actor
from seawall.terms.acts import Outcome, Params, Refusal
from seawall.terms.codes import LotState, MovementKind, PlaceKind, StockState
from seawall.terms.stock import DoseUse, DoseWaste

from .. import ledger, tables
from ..virtual import virtual_places

PACKS = f"""
SELECT p.code, p.lot, p.product, p.expires, p.place_id, p.state, p.doses, p.doses_left, p.open_until, l.open_minutes, l.state
FROM supply_pack p JOIN {sql.unnest({"code": "text"})} ON p.code = u.code JOIN supply_lot l ON l.lot = p.lot
ORDER BY p.code FOR UPDATE OF p
"""
DRAW = f"""
UPDATE supply_pack p SET doses_left = u.doses_left, open_until = u.open_until
FROM {sql.unnest({"code": "text", "doses_left": "int", "open_until": "timestamptz"})} WHERE p.code = u.code
"""
IMPOSSIBLE = frozenset({"CODE_UNKNOWN", "CODE_NOT_HERE", "CODE_USED_UP", "SHIPMENT_NOT_ACCEPTED"})


@dataclass(slots=True)
class Open:
    """A pack locked by this transaction, as it stands after the items before."""

    code: str
    lot: str
    product: str
    expires: date
    place_id: int
    state: str
    doses: int
    doses_left: int
    open_until: datetime | None
    open_minutes: int
    lot_state: str
    touched: bool = False

    def draw(self, doses: int, at: datetime) -> None:
        if self.doses_left == self.doses:
            self.open_until = at + timedelta(minutes=self.open_minutes)
        self.doses_left -= doses
        self.touched = True


def _locked(codes: set[str]) -> dict[str, Open]:
    return {row[0]: Open(*row) for row in sql.fetch(PACKS, [sorted(codes)])}


def _save(packs: Mapping[str, Open]) -> None:
    rows = [(p.code, p.doses_left, p.open_until) for p in packs.values() if p.touched]
    sql.execute(DRAW, sql.turn(rows, 3))


def dose_use(actor: Actor, items: Sequence[DoseUse], *, requires: str = "dose_give") -> list[Outcome]:
    """One dose each from the pack scanned; called inside the transaction of the injection, whose right covers it."""
    return run_verb(
        actor, "dose_use", items, owner="place", owner_id=lambda i: i.place_id, work=_use, requires=requires
    )


def _use(w: Work, items: list[DoseUse]) -> Mapping[UUID, Refusal | Params]:
    packs = _locked({i.code for i in items})
    virtual = virtual_places()
    given = (virtual[PlaceKind.GIVEN], StockState.ON_HAND)
    answers: dict[UUID, Refusal | Params] = {}
    moves = []
    for item in items:
        pack = packs.get(item.code)
        refusal = usable(pack, item)
        if pack is None or (refusal and (not item.happened or refusal.code in IMPOSSIBLE)):
            answers[item.act] = refusal or Refusal("CODE_UNKNOWN", {"code": item.code})
            continue
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
    _save(packs)
    ledger.post(w, moves, virtual.values())
    return answers


def usable(pack: Open | None, item: DoseUse) -> Refusal | None:
    """Why this dose may not leave this pack now; every reason has a code of its own."""
    if pack is None:
        return Refusal("CODE_UNKNOWN", {"code": item.code})
    if pack.place_id != item.place_id:
        return Refusal("CODE_NOT_HERE", {"code": item.code, "place_id": pack.place_id})
    if pack.state == StockState.IN_TRANSIT:
        return Refusal("SHIPMENT_NOT_ACCEPTED", {"code": item.code, "lot": pack.lot})
    if pack.product != item.product:
        return Refusal("WRONG_PRODUCT", {"code": item.code, "product": pack.product, "asked": item.product})
    if pack.doses_left < 1:
        return Refusal("CODE_USED_UP", {"code": item.code, "doses": pack.doses})
    if pack.state == StockState.QUARANTINED or pack.lot_state != LotState.RELEASED:
        code = "LOT_RECALLED" if pack.lot_state == LotState.RECALLED else "LOT_QUARANTINED"
        return Refusal(code, {"lot": pack.lot})
    if pack.expires < clock.civil_day(item.occurred_at):
        return Refusal("LOT_EXPIRED", {"lot": pack.lot, "expires": pack.expires.isoformat()})
    if pack.open_until and item.occurred_at > pack.open_until:
        return Refusal("OPENED_TOO_LONG", {"code": item.code, "minutes": pack.open_minutes})
    return None


def dose_waste(actor: Actor, items: Sequence[DoseWaste]) -> list[Outcome]:
    """Doses of a pack are lost, with the reason; quarantined packs may be wasted too."""
    return run_verb(actor, "dose_waste", items, owner="place", owner_id=lambda i: i.place_id, work=_waste)


def _waste(w: Work, items: list[DoseWaste]) -> Mapping[UUID, Refusal | Params]:
    packs = _locked({i.code for i in items})
    virtual = virtual_places()
    wasted = (virtual[PlaceKind.WASTED], StockState.ON_HAND)
    answers: dict[UUID, Refusal | Params] = {}
    moves = []
    for item in items:
        pack = packs.get(item.code)
        refusal = _wastable(pack, item)
        if pack is None or refusal:
            answers[item.act] = refusal or Refusal("CODE_UNKNOWN", {"code": item.code})
            continue
        pack.draw(item.doses, item.occurred_at)
        answers[item.act] = {"lot": pack.lot, "doses": item.doses, "doses_left": pack.doses_left}
        source = (pack.place_id, StockState(pack.state))
        moves.append(
            ledger.Move(item, MovementKind.WASTE, pack.lot, item.doses, source, wasted, pack.code, item.reason)
        )
    _save(packs)
    ledger.post(w, moves, virtual.values())
    return answers


def _wastable(pack: Open | None, item: DoseWaste) -> Refusal | None:
    if item.reason not in tables.waste_reasons():
        return Refusal("WASTE_REASON_UNKNOWN", {"reason": item.reason})
    if pack is None:
        return Refusal("CODE_UNKNOWN", {"code": item.code})
    if pack.place_id != item.place_id:
        return Refusal("CODE_NOT_HERE", {"code": item.code, "place_id": pack.place_id})
    if pack.state == StockState.IN_TRANSIT:
        return Refusal("SHIPMENT_NOT_ACCEPTED", {"code": item.code, "lot": pack.lot})
    if not 0 < item.doses <= pack.doses_left:
        return Refusal("MORE_THAN_LEFT", {"code": item.code, "doses": item.doses, "left": pack.doses_left})
    return None
