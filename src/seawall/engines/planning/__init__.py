"""Plan a campaign backwards from its deadline: target, supply, capacity -> quotas, shipments, and what stands in the way."""

from .files import plan_on_files
from .load import ScenarioMistakes, load_scenario
from .plan import plan
from .scenario import Campaign, Mistake, Plan, Scenario, Settings, scaled

__all__ = [
    "Campaign",
    "Mistake",
    "Plan",
    "Scenario",
    "ScenarioMistakes",
    "Settings",
    "load_scenario",
    "plan",
    "plan_on_files",
    "scaled",
]
