"""From table rows to the frozen rows that others see."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from seawall.terms.acts import Refusal
from seawall.terms.codes import LotState, StockState
from seawall.terms.stock import LotRow, PackRow, ShipmentRow, StockRow

from .usable import Open


def stock_row(row: tuple[Any, ...]) -> StockRow:
    place_id, product, lot, expires, lot_state, state, doses = row
    return StockRow(place_id, product, lot, expires, LotState(lot_state), StockState(state), doses)


def pack_row(row: tuple[Any, ...]) -> PackRow:
    return PackRow(*row)


def lot_row(row: tuple[Any, ...]) -> LotRow:
    lot, product, expires, state, certificate, doses = row
    return LotRow(lot, product, expires, LotState(state), certificate, doses)


def shipment_row(row: tuple[Any, ...]) -> ShipmentRow:
    return ShipmentRow(*row)


@dataclass(frozen=True, slots=True)
class LotWord:
    """Who stopped or freed a lot everywhere (authority and act), when, and whether as one of its product."""

    authority: str
    act: UUID | None
    at: datetime | None
    by_product: bool


@dataclass(frozen=True, slots=True)
class GoodsApartRow:
    """Goods that stand apart at a place: `why` is the code of the refusal."""

    place_id: int
    lot: str
    product: str
    doses: int
    why: str
    since: datetime


@dataclass(frozen=True, slots=True)
class UsedPack:
    """The pack from which a dose was taken, and when."""

    code: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Promptness:
    """Finished shipments: how many, the share of doses that did not come as asked, the share in time, median hours from the order."""

    shipments: int
    error: float | None
    in_time: float | None
    hours: float | None

    @property
    def error_percent(self) -> float | None:
        return None if self.error is None else 100 * self.error

    @property
    def in_time_percent(self) -> float | None:
        return None if self.in_time is None else 100 * self.in_time


@dataclass(frozen=True, slots=True)
class UsableDoses:
    """Doses of a product that may be given now: in closed packs, in opened ones; and how many the next closed pack holds."""

    closed: int
    opened: int
    next_pack: int = 0

    @property
    def doses(self) -> int:
        return self.closed + self.opened


@dataclass(frozen=True, slots=True)
class ScannedPack:
    """A pack as the scanner finds it, wherever it is and whatever its state."""

    code: str
    lot: str
    product: str
    expires: date
    place_id: int
    doses: int
    doses_left: int
    opened_at: datetime | None


def scanned_row(pack: Open) -> ScannedPack:
    return ScannedPack(
        pack.code, pack.lot, pack.product, pack.expires, pack.place_id, pack.doses, pack.doses_left, pack.opened_at
    )


@dataclass(frozen=True, slots=True)
class PackHeld:
    """A pack at a place, usable or not, with all that decides whether a dose may leave it."""

    code: str
    product: str
    lot: str
    expires: date
    state: str
    lot_state: str
    doses: int
    left: int
    open_until: datetime | None
    gap: bool
    vvm: int | None
    diluent: str | None
    minutes: int
    needs_diluent: bool
    last_vvm: int | None


def pack_held(pack: Open, on: date) -> PackHeld:
    rule = pack.rule(on)
    return PackHeld(
        pack.code, pack.product, pack.lot, pack.expires, pack.state, pack.lot_state, pack.doses, pack.doses_left,
        pack.open_until, pack.gap, pack.vvm, pack.diluent, rule.minutes, rule.diluent, rule.vvm,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """Messages or lines of one source that were no reading, for one reason and under one name; no name is all others."""

    source: str
    code: str
    name: str
    count: int
    last_at: datetime

    @property
    def why(self) -> Refusal:
        return Refusal(self.code, {"device": self.name, "celsius": None})


@dataclass(frozen=True, slots=True)
class WaitingExcursion:
    """An excursion that nobody decided yet, and the doses that it holds."""

    place_id: int
    device: str
    excursion: UUID
    doses: int
