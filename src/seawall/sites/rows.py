"""From table rows to the frozen rows that others see."""

from typing import Any

from seawall.terms.codes import DoorState, SiteKind, SiteState
from seawall.terms.sites import SessionRow, SiteRow
from seawall.terms.visits import SeatRow

SITE_COLUMNS = (
    "s.site_id, s.code, s.kind, s.state, s.name_zh, s.name_en, s.leaf_id, s.address_zh, s.address_en, s.phone, s.stations, "
    "s.seats, s.parent_facility_id, s.longitude, s.latitude, s.opened_on, s.closed_on, s.door, s.door_reason, s.door_post_id, "
    "s.synthetic"
)


def site_row(row: tuple[Any, ...]) -> SiteRow:
    values = list(row)
    values[2], values[3], values[17] = SiteKind(row[2]), SiteState(row[3]), DoorState(row[17])
    return SiteRow(*values)


def session_row(row: tuple[Any, ...]) -> SessionRow:
    return SessionRow(*row)


def seat_row(row: tuple[Any, ...]) -> SeatRow:
    return SeatRow(*row)
