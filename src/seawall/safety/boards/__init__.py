"""Pages whose last room is safety: each is one selector that returns a frozen row."""

from .observation import ObservationPage, observation
from .person import PersonPage, person_page
from .strip import SafetyStrip, safety_strip
from .unwell import UnwellPage, unwell

__all__ = [
    "ObservationPage",
    "PersonPage",
    "SafetyStrip",
    "UnwellPage",
    "observation",
    "person_page",
    "safety_strip",
    "unwell",
]
