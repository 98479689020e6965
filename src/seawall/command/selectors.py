"""What doors may ask of the command: whole pages, orders and alerts."""

from .boards.city import CityFigures, CommandBoard, Measure, command_board
from .boards.curve import BurnUp, DayRanks, Milestone
from .boards.district import DistrictBoard, district_board
from .boards.evening import evening_page
from .boards.inbox import orders_page
from .boards.plan import plan_page
from .boards.plan_rows import LastDay, Schedule
from .boards.policy import policy_preview
from .boards.supply import supply_page
from .boards.verdict import TargetVerdict
from .boards.worth import worth_page
from .lists import alerts, order_counts, orders
from .texts import order_texts

__all__ = [
    "BurnUp",
    "CityFigures",
    "CommandBoard",
    "DayRanks",
    "DistrictBoard",
    "LastDay",
    "Measure",
    "Milestone",
    "Schedule",
    "TargetVerdict",
    "alerts",
    "command_board",
    "district_board",
    "evening_page",
    "order_counts",
    "order_texts",
    "orders",
    "orders_page",
    "plan_page",
    "policy_preview",
    "supply_page",
    "worth_page",
]
