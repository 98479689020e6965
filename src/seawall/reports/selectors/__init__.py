"""What others may ask of closings and their facts."""

from .books import books
from .cover import cover_by_unit
from .days import closed_day, day_asked
from .dispatch import dispatch_content, dispatch_state, dispatches
from .later_doses import later_booked, later_waiting
from .live import last_acts, live_doses, unstarted
from .paper import dispatch_paper
from .proofs import Proof, proofs
from .series import (
    NOBODY,
    PublishedFigure,
    booked_counts,
    closing_times,
    daily_use,
    done_by_source,
    doses_by_day,
    given_cells,
    groups_given,
    last_closing,
    later_by_product,
    leaf_doses,
    published,
    seats_and_bookings,
    settled_members,
    site_facts,
    standing_by_group,
    standing_by_leaf,
    standing_by_unit,
    stock_by_place,
    unit_doses,
    units_closed,
    units_given,
    wasted,
)
from .stamps import live, stamp
from .tally import StreetTally, tallied
from .ways import NewSite, SitesAsked, streets_to_come, ways

__all__ = [
    "NOBODY",
    "NewSite",
    "Proof",
    "PublishedFigure",
    "SitesAsked",
    "StreetTally",
    "booked_counts",
    "books",
    "closed_day",
    "closing_times",
    "cover_by_unit",
    "daily_use",
    "day_asked",
    "dispatch_content",
    "dispatch_paper",
    "dispatch_state",
    "dispatches",
    "done_by_source",
    "doses_by_day",
    "given_cells",
    "groups_given",
    "last_acts",
    "last_closing",
    "later_booked",
    "later_by_product",
    "later_waiting",
    "leaf_doses",
    "live",
    "live_doses",
    "proofs",
    "published",
    "seats_and_bookings",
    "settled_members",
    "site_facts",
    "stamp",
    "standing_by_group",
    "standing_by_leaf",
    "standing_by_unit",
    "stock_by_place",
    "streets_to_come",
    "tallied",
    "unit_doses",
    "units_closed",
    "units_given",
    "unstarted",
    "wasted",
    "ways",
]
