"""Verbs of the reports room."""

from .closing import city_day_close, unit_day_close
from .dispatch import dispatch_make, dispatch_release
from .export import dictionary, export

__all__ = ["city_day_close", "dictionary", "dispatch_make", "dispatch_release", "export", "unit_day_close"]
