"""Rows of the evening: closings, orders and what a document needs of them."""

from dataclasses import dataclass
from datetime import date

from .acts import Item


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitDayClose(Item):
    """A reporting unit ends its day: every site of it that was open must have closed, or stands named as missing."""

    unit_id: int
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CityDayClose(Item):
    """The city ends its day and freezes its facts."""

    day: date
    campaign: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchRelease(Item):
    """审定并下达: a named post releases the dispatch of a day."""

    day: date
