"""What others may ask of closings and their facts."""

from .books import books
from .dispatch import dispatch_content, dispatch_state, dispatches
from .frame import frame
from .paper import dispatch_paper
from .proofs import Proof, proofs
from .public import my_record, nearest_site, portal_home, public_sites, slots
from .series import (
    booked_counts,
    closing_times,
    daily_use,
    doses_by_day,
    given_cells,
    groups_given,
    last_closing,
    later_by_product,
    leaf_doses,
    published,
    settled_members,
    site_facts,
    standing_by_group,
    standing_by_leaf,
    standing_by_unit,
    stock_by_place,
    units_closed,
    units_given,
    wasted,
)

__all__ = [
    "Proof",
    "booked_counts",
    "books",
    "closing_times",
    "daily_use",
    "dispatch_content",
    "dispatch_paper",
    "dispatch_state",
    "dispatches",
    "doses_by_day",
    "frame",
    "given_cells",
    "groups_given",
    "last_closing",
    "later_by_product",
    "leaf_doses",
    "my_record",
    "nearest_site",
    "portal_home",
    "proofs",
    "public_sites",
    "published",
    "settled_members",
    "site_facts",
    "slots",
    "standing_by_group",
    "standing_by_leaf",
    "standing_by_unit",
    "stock_by_place",
    "units_closed",
    "units_given",
    "wasted",
]
