"""What may be asked to change campaigns."""

from .groups import groups_assign
from .loading import campaign_load
from .plans import plan_publish, plan_run
from .policies import policy_apply, policy_preview, policy_propose
from .scenarios import scenarios_plan

__all__ = [
    "campaign_load",
    "groups_assign",
    "plan_publish",
    "plan_run",
    "policy_apply",
    "policy_preview",
    "policy_propose",
    "scenarios_plan",
]
