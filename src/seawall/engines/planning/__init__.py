"""Plan a campaign backwards from its deadline: target, supply, capacity -> quotas, shipments, and what stands in the way."""

from .blocks import SolverFailed
from .case import last_useful
from .files import plan_on_files, summary_text
from .load import ScenarioMistakes, check_files, load_scenario, read_files
from .plan import plan
from .scenario import Campaign, Mistake, Plan, Scenario, Settings, scaled, whole_parts

__all__ = [
    "Campaign",
    "Mistake",
    "Plan",
    "Scenario",
    "ScenarioMistakes",
    "Settings",
    "SolverFailed",
    "check_files",
    "last_useful",
    "load_scenario",
    "plan",
    "plan_on_files",
    "read_files",
    "scaled",
    "summary_text",
    "whole_parts",
]
