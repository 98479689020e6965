"""What supply does on request; every verb takes a batch."""

from .cartons import carton_open
from .counts import stock_count
from .decisions import device_empty, excursion_decide
from .devices import device_calibrate, device_change, device_register, device_retire, lot_shelve
from .differences import difference_explain, difference_sign
from .doses import dose_put_back, dose_use, vial_open
from .goods import goods_consume
from .loans import ask_withdraw, loan_settle, offer_answer, stock_ask, stock_offer
from .loggers import logger_commit, logger_stage
from .lots import lot_receive
from .picks import picks_make
from .readings import cold_record, readings_take
from .receipts import shipment_accept, shipment_refuse
from .reserves import doses_reserve
from .returns import stock_return
from .shipments import shipment_send, stock_lend, stock_transfer
from .stops import lot_hold, product_hold
from .typed import code_type
from .wasting import dose_waste, packs_waste

__all__ = [
    "ask_withdraw",
    "carton_open",
    "code_type",
    "cold_record",
    "device_calibrate",
    "device_change",
    "device_empty",
    "device_register",
    "device_retire",
    "difference_explain",
    "difference_sign",
    "dose_put_back",
    "dose_use",
    "dose_waste",
    "doses_reserve",
    "excursion_decide",
    "goods_consume",
    "loan_settle",
    "logger_commit",
    "logger_stage",
    "lot_hold",
    "lot_receive",
    "lot_shelve",
    "offer_answer",
    "packs_waste",
    "picks_make",
    "product_hold",
    "readings_take",
    "shipment_accept",
    "shipment_refuse",
    "shipment_send",
    "stock_ask",
    "stock_count",
    "stock_lend",
    "stock_offer",
    "stock_return",
    "stock_transfer",
    "vial_open",
]
