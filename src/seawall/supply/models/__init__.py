"""Tables of supply, by noun."""

from .cold import Device, Excursion, HeldLot, LoggerFile, ReadingDay, RefusedReading, Standing
from .counts import Count, Explanation, Photo, Removal, Shortfall
from .ledger import Balance, Reserve, StockLine
from .lending import Ask, Offer
from .lots import Hold, Lot, ProductStop
from .packs import Carton, Pack, TypedCode
from .shipments import GoodsApart, Handover, Pick, Shipment

__all__ = [
    "Ask",
    "Balance",
    "Carton",
    "Count",
    "Device",
    "Excursion",
    "Explanation",
    "GoodsApart",
    "Handover",
    "HeldLot",
    "Hold",
    "LoggerFile",
    "Lot",
    "Offer",
    "Pack",
    "Photo",
    "Pick",
    "ProductStop",
    "ReadingDay",
    "RefusedReading",
    "Removal",
    "Reserve",
    "Shipment",
    "Shortfall",
    "Standing",
    "StockLine",
    "TypedCode",
]
