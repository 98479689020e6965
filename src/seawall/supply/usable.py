"""Whether a dose may leave a pack now: one answer for the page that scans it and for the act that uses it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from seawall.platform import clock, sql
from seawall.terms.acts import Refusal
from seawall.terms.codes import LotState, StockState
from seawall.terms.stock import DoseUse

from . import tables

PACKS = f"""
SELECT p.code, p.lot, p.product, p.expires, p.place_id, p.state, p.doses, p.doses_left, p.open_until, l.platform, l.state,
    p.gap, p.vvm, p.diluent, l.diluent
FROM supply_pack p JOIN {sql.unnest({"code": "text"})} ON p.code = u.code JOIN supply_lot l ON l.lot = p.lot
ORDER BY p.code
"""


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
    platform: str
    lot_state: str
    gap: bool
    vvm: int | None
    diluent: str | None
    bundled: str
    touched: bool = False

    def draw(self, doses: int, at: datetime) -> None:
        """Doses leave the pack, or come back to it where the number is negative."""
        if self.open_until is None:
            self.open_until = at + timedelta(minutes=self.rule(clock.civil_day(at)).minutes)
        self.doses_left -= doses
        if self.doses_left == self.doses:
            self.open_until = None
        self.touched = True

    def rule(self, day: date) -> tables.Vial:
        return tables.vial(self.product, self.platform, day)

    @property
    def opened_at(self) -> datetime | None:
        """When it was opened, by the rule of the day on which its time ends."""
        if self.open_until is None:
            return None
        return self.open_until - timedelta(minutes=self.rule(clock.civil_day(self.open_until)).minutes)


def may_shift(pack: Open, place_id: int, doses: int) -> Refusal | None:
    """Why a pack cannot lose or regain so many doses here."""
    if pack.place_id != place_id:
        return Refusal("CODE_NOT_HERE", {"code": pack.code, "place_id": pack.place_id})
    if pack.state == StockState.IN_TRANSIT:
        return Refusal("SHIPMENT_NOT_ACCEPTED", {"code": pack.code, "lot": pack.lot})
    if not 0 <= pack.doses_left + doses <= pack.doses:
        return Refusal("MORE_THAN_LEFT", {"code": pack.code, "doses": abs(doses), "left": pack.doses_left})
    return None


def usable(pack: Open, item: DoseUse, *, closed: bool = False) -> Refusal | None:
    """Why this dose may not leave this pack now; every reason has a code of its own. `closed`: asked before it is opened."""
    if pack.place_id != item.place_id:
        return Refusal("CODE_NOT_HERE", {"code": item.code, "place_id": pack.place_id})
    if pack.state == StockState.IN_TRANSIT:
        return Refusal("SHIPMENT_NOT_ACCEPTED", {"code": item.code, "lot": pack.lot})
    if pack.product != item.product:
        return Refusal("WRONG_PRODUCT", {"code": item.code, "product": pack.product, "asked": item.product})
    if pack.doses_left < 1:
        return Refusal("CODE_USED_UP", {"code": item.code, "doses": pack.doses})
    if pack.gap and pack.state == StockState.QUARANTINED:
        return Refusal("CUSTODY_GAP", {"code": item.code, "lot": pack.lot})
    if pack.state == StockState.QUARANTINED or pack.lot_state != LotState.RELEASED:
        code = "LOT_RECALLED" if pack.lot_state == LotState.RECALLED else "LOT_QUARANTINED"
        return Refusal(code, {"lot": pack.lot})
    if pack.expires < clock.civil_day(item.occurred_at):
        return Refusal("LOT_EXPIRED", {"lot": pack.lot, "expires": pack.expires.isoformat()})
    return None if closed else _as_opened(pack, item.code, item.occurred_at)


def _as_opened(pack: Open, code: str, at: datetime) -> Refusal | None:
    """What the product's table asks of the opened vial: its time, its diluent, its monitor."""
    rule = pack.rule(clock.civil_day(at))
    if rule.diluent and pack.diluent is None:
        return Refusal("DILUENT_MISSING", {"code": code})
    if rule.vvm is not None and pack.vvm is None:
        return Refusal("VVM_NOT_READ", {"code": code})
    if rule.vvm is not None and pack.vvm is not None and pack.vvm > rule.vvm:
        return Refusal("VVM_REACHED", {"code": code, "stage": pack.vvm, "last": rule.vvm})
    if pack.open_until and at > pack.open_until:
        late = "RECONSTITUTED_TOO_LONG" if rule.diluent else "OPENED_TOO_LONG"
        return Refusal(late, {"code": code, "minutes": rule.minutes})
    return None
