"""Pages whose last room is booking: each is one selector that returns a frozen row."""

from .capacity import CapacityPage, capacity_page
from .standby import StandbyPage, minutes_left, standby
from .twice import TwiceBoard, twice

__all__ = ["CapacityPage", "StandbyPage", "TwiceBoard", "capacity_page", "minutes_left", "standby", "twice"]
