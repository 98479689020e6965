"""Pages whose last room is reports: each is one selector that returns a frozen row."""

from .balance import Balance, balance_of, city_balance
from .batches import BatchesPage, BatchPage, PackPage, batch_page, batches_page, pack_page
from .corrections import Correcting, correcting
from .frame import Frame, frame
from .layout import MOST, LayoutPage, asked_of, layout_page
from .roster import RosterPage, RostersPage, roster_page, rosters_page
from .safety import SafetyPage, safety_page
from .site import SitePage, site_page
from .tally import TallyBoard, tally_board
from .turn import PortalHome, portal_home, turn
from .unreached import UnreachedPage, unreached
from .wastage import WastagePage, wastage_page

__all__ = [
    "MOST",
    "Balance",
    "BatchPage",
    "BatchesPage",
    "Correcting",
    "Frame",
    "LayoutPage",
    "PackPage",
    "PortalHome",
    "RosterPage",
    "RostersPage",
    "SafetyPage",
    "SitePage",
    "TallyBoard",
    "UnreachedPage",
    "WastagePage",
    "asked_of",
    "balance_of",
    "batch_page",
    "batches_page",
    "city_balance",
    "correcting",
    "frame",
    "layout_page",
    "pack_page",
    "portal_home",
    "roster_page",
    "rosters_page",
    "safety_page",
    "site_page",
    "tally_board",
    "turn",
    "unreached",
    "wastage_page",
]
