"""Rows of the evening: closings, orders and what a document needs of them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from .acts import Item
from .names import Name


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitDayClose(Item):
    """A reporting unit ends its day: every site of it that was open must have closed, or stands named as missing."""

    unit_id: int
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CityDayClose(Item):
    """The city ends its day of a campaign and freezes its facts."""

    day: date
    campaign: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchRelease(Item):
    """审定并下达: a named post releases a campaign's dispatch of a day."""

    campaign: str
    day: date


@dataclass(frozen=True, slots=True)
class Denominator:
    """Of whom a share is: what they are called, how many they are, and where that number comes from."""

    name: Name
    size: int
    source: Name


@dataclass(frozen=True, slots=True)
class Stamp:
    """Of when a page's figures are: live, or of a closing, provisional or final, with its late entries (补录)."""

    as_of: datetime
    state: Literal["live", "provisional", "final"]
    denominator: Denominator | None = None
    late: int = 0
