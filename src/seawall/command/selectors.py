"""What doors may ask of the command: whole pages, orders and alerts."""

from .boards.city import command_board
from .boards.district import district_board
from .boards.person import person_page
from .boards.plan import plan_page, policy_preview
from .boards.portal import my_record, nearest_site, portal_home, public_sites, slots
from .boards.roster import roster_page
from .boards.site import site_board
from .boards.station import find_arrival, station
from .boards.supply import supply_page
from .lists import alerts, order_counts, orders

__all__ = [
    "alerts",
    "command_board",
    "district_board",
    "find_arrival",
    "my_record",
    "nearest_site",
    "order_counts",
    "orders",
    "person_page",
    "plan_page",
    "policy_preview",
    "portal_home",
    "public_sites",
    "roster_page",
    "site_board",
    "slots",
    "station",
    "supply_page",
]
