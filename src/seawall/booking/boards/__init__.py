"""Pages whose last room is booking: each is one selector that returns a frozen row."""

from .capacity import CapacityPage, capacity_page
from .twice import TwiceBoard, twice

__all__ = ["CapacityPage", "TwiceBoard", "capacity_page", "twice"]
