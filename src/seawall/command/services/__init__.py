"""What may be asked of the command: orders and alerts."""

from .alerts import alert_close, alert_raise, alerts_raise
from .orders import order_acknowledge, order_execute, order_issue, order_verify

__all__ = [
    "alert_close",
    "alert_raise",
    "alerts_raise",
    "order_acknowledge",
    "order_execute",
    "order_issue",
    "order_verify",
]
