"""Pages whose last room is booking: each is one selector that returns a frozen row."""

from .twice import TwiceBoard, twice

__all__ = ["TwiceBoard", "twice"]
