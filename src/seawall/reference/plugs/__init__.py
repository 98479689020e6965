"""What a country needs beyond tables, by the name that a city's folder gives: rules of numbers, holidays, spelling."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib import import_module

import polars as pl

from seawall.terms.codes import DayKind

from ..numbers import Check

Day = tuple[date, DayKind, str, str, str]  # day, kind, names, source
Made = Callable[[pl.Series, pl.Series, str], pl.Series]  # births, sexes, a marked identifier: numbers that nobody has
NAMES = ("china",)


@dataclass(frozen=True)
class Plug:
    """One country's part; what it does not bring stays as it is anywhere."""

    name: str
    checks: Mapping[str, Check] = field(default_factory=dict)
    english: Callable[[str], str] | None = None  # an area's name in Latin letters
    town: Callable[[str], bool] | None = None  # whether an area's name says that it is built up
    days: Callable[[], Iterator[Day]] | None = None
    made: Mapping[str, Made] = field(default_factory=dict)  # numbers of a rehearsal, by rule


@cache
def plug(name: str) -> Plug:
    found: Plug = import_module(f"{__name__}.{name}").PLUG
    return found


@cache
def checks() -> dict[str, Check]:
    """Every rule of a number by name, those of all countries."""
    from ..numbers import CHECKS

    return CHECKS | {name: check for known in NAMES for name, check in plug(known).checks.items()}
