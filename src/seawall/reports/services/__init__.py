"""Verbs of the reports room."""

from .closing import city_day_close, unit_days_close
from .dispatch import dispatch_make, dispatch_release

__all__ = ["city_day_close", "dispatch_make", "dispatch_release", "unit_days_close"]
