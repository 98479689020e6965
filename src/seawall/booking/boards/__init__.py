"""Pages whose last room is booking: each is one selector that returns a frozen row."""

from .capacity import CapacityPage, capacity_page
from .opening import OpeningPage, opening
from .releases import ReleasesPage, releases
from .standby import StandbyPage, minutes_left, standby
from .twice import TwiceBoard, twice

__all__ = [
    "CapacityPage",
    "OpeningPage",
    "ReleasesPage",
    "StandbyPage",
    "TwiceBoard",
    "capacity_page",
    "minutes_left",
    "opening",
    "releases",
    "standby",
    "twice",
]
