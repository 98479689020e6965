"""From table rows to the frozen rows that others see."""

import json
from typing import Any

from seawall.terms.codes import DoorState, ProposalState, SiteKind, SiteState
from seawall.terms.sites import ProposalRow, SessionRow, SiteRow
from seawall.terms.visits import SeatRow

SITE_COLUMNS = (
    "s.site_id, s.code, s.kind, s.state, s.name_zh, s.name_en, s.leaf_id, s.address_zh, s.address_en, s.phone, s.stations, "
    "s.seats, s.parent_facility_id, s.longitude, s.latitude, s.opened_on, s.closed_on, s.door, s.door_reason, s.door_post_id, "
    "s.synthetic"
)
PROPOSAL_COLUMNS = (
    "p.proposal, p.code, p.kind, p.state, p.name_zh, p.name_en, p.leaf_id, p.address_zh, p.address_en, p.phone, p.stations, "
    "p.seats, p.parent_facility_id, p.longitude, p.latitude, p.synthetic, p.gains, p.found, p.missing, p.reason, p.site_id, "
    "p.proposed_by, p.checked_by, p.approved_by, p.settled_by, p.changed_at"
)


def proposal_row(row: tuple[Any, ...]) -> ProposalRow:
    values = list(row)
    values[2], values[3] = SiteKind(row[2]), ProposalState(row[3])
    values[16] = json.loads(row[16]) if isinstance(row[16], str) else row[16]
    values[17], values[18] = frozenset(row[17]), frozenset(row[18])
    return ProposalRow(*values)


def site_row(row: tuple[Any, ...]) -> SiteRow:
    values = list(row)
    values[2], values[3], values[17] = SiteKind(row[2]), SiteState(row[3]), DoorState(row[17])
    return SiteRow(*values)


def session_row(row: tuple[Any, ...]) -> SessionRow:
    return SessionRow(*row)


def seat_row(row: tuple[Any, ...]) -> SeatRow:
    return SeatRow(*row)
