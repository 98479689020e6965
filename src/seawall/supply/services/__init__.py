"""What supply does on request; every verb takes a batch."""

from .counts import cold_record, stock_count
from .doses import dose_use, dose_waste
from .lots import lot_receive
from .returns import stock_return
from .shipments import shipment_accept, shipment_send, stock_transfer
from .stops import lot_hold, product_hold

__all__ = [
    "cold_record",
    "dose_use",
    "dose_waste",
    "lot_hold",
    "lot_receive",
    "product_hold",
    "shipment_accept",
    "shipment_send",
    "stock_count",
    "stock_return",
    "stock_transfer",
]
