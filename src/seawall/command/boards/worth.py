"""What the coverage is worth: the effective reproduction number now and without vaccine, and an outbreak it holds back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Self

from seawall.reports import selectors as reports
from seawall.terms.actor import Actor
from seawall.terms.closings import Denominator, Stamp
from seawall.terms.names import Name

from ..models import Worth


@dataclass(frozen=True, slots=True)
class Interval:
    """A reproduction number with the interval that holds nine of ten."""

    r: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Self:
        middle, low, high = values
        return cls(middle, low, high)


@dataclass(frozen=True, slots=True)
class Panel:
    """As of a closing: with the coverage that is, and had nobody been vaccinated."""

    day: date
    now: Interval
    none: Interval
    verdict: str
    infections_none: int
    infections_now: int

    @property
    def averted(self) -> int:
        return max(0, self.infections_none - self.infections_now)


@dataclass(frozen=True, slots=True)
class AgeGroup:
    """Residents of an age, those started and those with a complete series."""

    group: str
    people: int
    started: int
    complete: int


@dataclass(frozen=True, slots=True)
class Assumption:
    """One number that is taken for granted, with its interval, its source, and how well it is known."""

    parameter: str
    name: Name
    value: float
    low: float | None
    high: float | None
    source: str
    mark: str


@dataclass(frozen=True, slots=True)
class WorthPage:
    """The panel, coverage by age, and every assumption with its source."""

    stamp: Stamp
    worth: Panel | None
    groups: tuple[AgeGroup, ...]
    assumptions: tuple[Assumption, ...]


def worth_of(campaign: str, day: date) -> Panel | None:
    """The panel of the board, from the closing of `day` or the last one before it."""
    row = _kept(campaign, day)
    return _panel(row) if row else None


def _kept(campaign: str, day: date) -> Worth | None:
    return Worth.objects.filter(campaign=campaign, day__lte=day).order_by("-day").first()


def _panel(row: Worth) -> Panel:
    content = row.content
    return Panel(
        day=row.day,
        now=Interval.of(content["now"]),
        none=Interval.of(content["none"]),
        verdict=content["verdict"],
        infections_none=round(content["infections_none"]),
        infections_now=round(content["infections_now"]),
    )


def worth_page(actor: Actor, campaign: str, day: date) -> WorthPage:
    row = _kept(campaign, day)
    groups, assumptions = (_groups(row), _assumptions(row)) if row else ((), ())
    residents = Denominator(
        Name("常住人口", "residents"), sum(group.people for group in groups), Name("合成人口", "synthetic people")
    )
    return WorthPage(
        reports.stamp(campaign, row.day if row else day, residents), _panel(row) if row else None, groups, assumptions
    )


def _groups(row: Worth) -> tuple[AgeGroup, ...]:
    columns = (row.content.get(key, []) for key in ("groups", "people", "started", "complete"))
    return tuple(AgeGroup(*line) for line in zip(*columns, strict=True))


def _assumptions(row: Worth) -> tuple[Assumption, ...]:
    return tuple(
        Assumption(a["parameter"], Name(a["zh"], a["en"]), a["value"], a["low"], a["high"], a["source"], a["mark"])
        for a in row.content.get("assumptions", [])
    )
