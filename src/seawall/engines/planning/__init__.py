"""Plan a campaign backwards from its deadline: target, supply, capacity -> quotas, shipments, and what stands in the way."""

from .blocks import SolverFailed
from .case import last_useful
from .comparison import compare, side_by_side
from .files import plan_on_files, summary_text
from .load import ScenarioMistakes, check_files, load_scenario, read_files
from .plan import plan
from .printed import rules_text
from .scenario import Campaign, Mistake, Plan, Scenario, Settings, scaled, whole_parts
from .variants import cured, earliest_date, holidays_worked, more_mobile, policy_applied, supply_late

__all__ = [
    "Campaign",
    "Mistake",
    "Plan",
    "Scenario",
    "ScenarioMistakes",
    "Settings",
    "SolverFailed",
    "check_files",
    "compare",
    "cured",
    "earliest_date",
    "holidays_worked",
    "last_useful",
    "load_scenario",
    "more_mobile",
    "plan",
    "plan_on_files",
    "policy_applied",
    "read_files",
    "rules_text",
    "scaled",
    "side_by_side",
    "summary_text",
    "supply_late",
    "whole_parts",
]
