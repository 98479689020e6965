"""From table rows to the frozen rows that others see."""

from typing import Any

from seawall.terms.codes import LotState, StockState
from seawall.terms.stock import LotRow, PackRow, ShipmentRow, StockRow


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
