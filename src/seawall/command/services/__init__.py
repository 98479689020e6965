"""What may be asked of the command: orders and alerts."""

from .acts import calls_assign, dispatch_release, moves_approve, plan_publish, policy_apply, scenarios_plan
from .alerts import alert_close, alert_raise, alert_take, alerts_raise
from .city import CITY_JUDGES, city_load, city_read
from .evening import EveningStopped
from .layout import sites_put_forward
from .orders import order_acknowledge, order_execute, order_issue, order_lapse, order_verify
from .planning import plan_run
from .runs import evening, evening_go, evening_run, evenings_due

__all__ = [
    "CITY_JUDGES",
    "EveningStopped",
    "alert_close",
    "alert_raise",
    "alert_take",
    "alerts_raise",
    "calls_assign",
    "city_load",
    "city_read",
    "dispatch_release",
    "evening",
    "evening_go",
    "evening_run",
    "evenings_due",
    "moves_approve",
    "order_acknowledge",
    "order_execute",
    "order_issue",
    "order_lapse",
    "order_verify",
    "plan_publish",
    "plan_run",
    "policy_apply",
    "scenarios_plan",
    "sites_put_forward",
]
