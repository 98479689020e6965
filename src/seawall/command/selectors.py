"""What doors may ask of the command: whole pages, orders and alerts."""

from .boards.city import command_board
from .boards.district import district_board
from .boards.layout import MOST, asked_of, layout_page
from .boards.monitors import safety_page, safety_picture
from .boards.person import person_page
from .boards.plan import plan_page, scenarios_picture
from .boards.policy import policy_preview
from .boards.roster import roster_page
from .boards.site import site_board
from .boards.station import find_arrival, station
from .boards.supply import supply_page
from .boards.worth import worth_page
from .lists import alerts, order_counts, orders

__all__ = [
    "MOST",
    "alerts",
    "asked_of",
    "command_board",
    "district_board",
    "find_arrival",
    "layout_page",
    "order_counts",
    "orders",
    "person_page",
    "plan_page",
    "policy_preview",
    "roster_page",
    "safety_page",
    "safety_picture",
    "scenarios_picture",
    "site_board",
    "station",
    "supply_page",
    "worth_page",
]
