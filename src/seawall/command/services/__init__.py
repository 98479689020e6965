"""What may be asked of the command: orders and alerts."""

from .acts import calls_assign, dispatch_release, moves_approve, plan_publish, policy_apply, scenarios_plan
from .alerts import alert_close, alert_raise, alerts_raise
from .evening import evening
from .layout import sites_put_forward
from .orders import order_acknowledge, order_execute, order_issue, order_verify

__all__ = [
    "alert_close",
    "alert_raise",
    "alerts_raise",
    "calls_assign",
    "dispatch_release",
    "evening",
    "moves_approve",
    "order_acknowledge",
    "order_execute",
    "order_issue",
    "order_verify",
    "plan_publish",
    "policy_apply",
    "scenarios_plan",
    "sites_put_forward",
]
