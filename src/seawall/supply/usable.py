"""Whether a dose may leave a pack now: one answer for the page that scans it and for the act that uses it."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from seawall.platform import clock, sql
from seawall.terms.acts import Refusal
from seawall.terms.codes import LotState, StockState
from seawall.terms.stock import DoseUse

TRACE_CODE = re.compile(r"[0-9A-Z]{7}[0-9]{13}")
PACKS = f"""
SELECT p.code, p.lot, p.product, p.expires, p.place_id, p.state, p.doses, p.doses_left, p.open_until, l.open_minutes, l.state
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
    open_minutes: int
    lot_state: str
    touched: bool = False

    def draw(self, doses: int, at: datetime) -> None:
        if self.doses_left == self.doses:
            self.open_until = at + timedelta(minutes=self.open_minutes)
        self.doses_left -= doses
        if self.doses_left == self.doses:
            self.open_until = None
        self.touched = True


def unknown(code: str) -> Refusal:
    """No pack answers to the code: it breaks the rule of trace codes, or nobody registered it."""
    return Refusal("CODE_UNKNOWN" if TRACE_CODE.fullmatch(code) else "BAD_TRACE_CODE", {"code": code})


def usable(pack: Open | None, item: DoseUse) -> Refusal | None:
    """Why this dose may not leave this pack now; every reason has a code of its own."""
    if pack is None:
        return unknown(item.code)
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
