"""What may be asked to change campaigns."""

from .groups import groups_assign
from .loading import campaign_load, campaign_set
from .plans import plan_compute, plan_publish
from .policies import policy_apply, policy_preview, policy_propose
from .scenarios import scenarios_plan

__all__ = [
    "campaign_load",
    "campaign_set",
    "groups_assign",
    "plan_compute",
    "plan_publish",
    "policy_apply",
    "policy_preview",
    "policy_propose",
    "scenarios_plan",
]
