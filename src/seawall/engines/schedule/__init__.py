"""Dose history in; which doses count, what is due next, and why. The rules are folders of tables."""

from .backward import last_first_dose
from .judging import SCHEDULES, Judgement, Schedule, judge, load, shipped
from .loader import Mistake, ScheduleMistakes
from .synthetic import prepare

__all__ = [
    "SCHEDULES",
    "Judgement",
    "Mistake",
    "Schedule",
    "ScheduleMistakes",
    "judge",
    "last_first_dose",
    "load",
    "prepare",
    "shipped",
]
