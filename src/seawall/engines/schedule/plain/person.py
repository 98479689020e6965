"""One person and one answer, as the reference engine sees them."""

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from .. import tables as t
from ..words import VERDICTS, Outcome


class Between(NamedTuple):
    """A day of which only a first and a last possibility are known."""

    low: date
    high: date


@dataclass(frozen=True, slots=True)
class Dose:
    given: Between
    product: str | None
    volume_ml: float | None = None


@dataclass(frozen=True, slots=True)
class Had:
    """A condition of the person. Without an end it goes on."""

    condition: str
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class Person:
    birth: Between | None
    sex: int
    doses: tuple[Dose, ...] = ()
    conditions: tuple[Had, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    outcome: Outcome
    reason: str
    rule: str = ""
    rank: int | None = None
    number: int | None = None

    @property
    def word(self) -> str | None:
        return VERDICTS[self.outcome]


@dataclass(frozen=True, slots=True)
class Due:
    status: str
    reason: str
    rule: str = ""
    series: str | None = None
    rank: int | None = None
    needed: int = 0
    earliest: date | None = None
    recommended: date | None = None
    overdue_from: date | None = None
    latest: date | None = None
    preferred: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    complete_on: date | None = None
    deferred_until: date | None = None
    given: int = 0


@dataclass(slots=True)
class Walk:
    """What is remembered while the doses of one stretch are held against one series."""

    series: t.Series
    given: int
    prior: int
    previous: Between | None
    place: int = 1
    counted: dict[int, Dose] = field(default_factory=dict)
    last: Dose | None = None
    first_on: date | None = None
    unsure_start: bool = False
    complete_on: date | None = None
    unsure: Verdict | None = None
    repair: bool = False
    verdicts: list[Verdict] = field(default_factory=list)


def later_of(a: Between, b: Between | None) -> Between:
    return Between(a.low, max(a.high, b.high) if b else a.high)


OTHER = Verdict(Outcome.OTHER, "DOSE_OTHER_VACCINE")
DOUBLE = Verdict(Outcome.NOT_VALID, "DOSE_SAME_DAY")
BEFORE_BIRTH = Verdict(Outcome.NOT_VALID, "DOSE_BEFORE_BIRTH")
