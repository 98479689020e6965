"""What may be asked of the command: orders and alerts."""

from .alerts import alerts_close, alerts_raise, alerts_settle
from .orders import order_acknowledge, order_execute, order_issue, order_verify

__all__ = [
    "alerts_close",
    "alerts_raise",
    "alerts_settle",
    "order_acknowledge",
    "order_execute",
    "order_issue",
    "order_verify",
]
