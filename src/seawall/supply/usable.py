"""Whether a dose may leave a pack now: one answer for the page that scans it and for the act that uses it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from seawall.platform import clock, sql
from seawall.terms import interlocks
from seawall.terms.acts import Refusal
from seawall.terms.codes import LotState, ProductKind, StockState
from seawall.terms.stock import DoseUse

from . import tables

COLUMNS = """p.code, p.lot, p.product, p.expires, p.place_id, p.state, p.doses, p.doses_left, p.open_until, l.platform, l.state,
    p.gap, p.vvm, p.diluent, l.diluent, l.kind"""
PACKS = f"""
SELECT {COLUMNS}
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
    kind: str
    touched: bool = False

    @property
    def vaccine(self) -> bool:
        return self.kind == ProductKind.VACCINE

    def draw(self, doses: int, at: datetime) -> None:
        """Doses leave the pack, or come back to it where the number is negative."""
        if self.open_until is None and self.vaccine:
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
    rule = pack.rule(clock.civil_day(item.occurred_at))
    told = facts(pack, item) if closed else facts(pack, item) | _as_opened(pack, rule, item.occurred_at)
    return interlocks.first(tables.interlocks(), told, _values(pack, item, rule))


def facts(pack: Open, item: DoseUse) -> dict[str, str]:
    """What tables/interlocks.csv asks of a pack, whether it is opened or not."""
    lot = "other" if pack.lot_state not in (LotState.RELEASED, LotState.RECALLED) else pack.lot_state
    return {
        "place": "here" if pack.place_id == item.place_id else "elsewhere",
        "transit": "yes" if pack.state == StockState.IN_TRANSIT else "no",
        "kind": "vaccine" if pack.vaccine else "other",
        "product": "same" if pack.product == item.product else "other",
        "left": "some" if pack.doses_left > 0 else "none",
        "custody": "gap" if pack.gap else "whole",
        "state": "quarantined" if pack.state == StockState.QUARANTINED else "usable",
        "lot": str(lot),
        "expiry": "past" if pack.expires < clock.civil_day(item.occurred_at) else "good",
    }


def _as_opened(pack: Open, rule: tables.Vial, at: datetime) -> dict[str, str]:
    """What the product's table asks of the opened vial: its time, its diluent, its monitor."""
    late = pack.open_until is not None and at > pack.open_until
    return {
        "diluent": "missing" if rule.diluent and pack.diluent is None else "fine",
        "monitor": _monitor(pack.vvm, rule.vvm),
        "opened": ("mixed_late" if rule.diluent else "late") if late else "fine",
    }


def _monitor(stage: int | None, last: int | None) -> str:
    if last is None:
        return "fine"
    if stage is None:
        return "unread"
    return "reached" if stage > last else "fine"


def _values(pack: Open, item: DoseUse, rule: tables.Vial) -> dict[str, str | int | None]:
    return {
        "code": item.code,
        "place_id": pack.place_id,
        "lot": pack.lot,
        "product": pack.product,
        "asked": item.product,
        "doses": pack.doses,
        "expires": pack.expires.isoformat(),
        "stage": pack.vvm,
        "last": rule.vvm,
        "minutes": rule.minutes,
    }
