"""A vaccination site as stations in a row: who comes, what each step takes, who works there, and what must hold."""

from dataclasses import dataclass, field, replace
from datetime import time

import numpy as np

PREPARATION, DESK, INJECTION, OBSERVATION = "preparation", "desk", "injection", "observation"
QUARTER = 15.0


@dataclass(frozen=True, slots=True)
class Part:
    """One law of a mixture, in minutes; which fields count is said by `law` (see dictionary.csv, table `law`)."""

    law: str
    share: float = 1.0
    shift: float = 0.0
    mean: float = 0.0
    sd: float = 0.0
    low: float = 0.0
    high: float = 0.0
    values: tuple[float, ...] = ()

    def average(self) -> float:
        """Its mean in minutes, before anything is cut at zero."""
        if self.law == "uniform":
            return (self.low + self.high) / 2
        if self.law == "measured":
            return float(np.mean(self.values))
        return self.shift + self.mean


Law = tuple[Part, ...]
NOTHING: Law = (Part("fixed"),)


def fixed(minutes: float) -> Law:
    """The law that always takes so many minutes."""
    return (Part("fixed", mean=minutes),)


def exponential(mean: float, shift: float = 0.0) -> Law:
    """shift + an exponential time of this mean, in minutes."""
    return (Part("exponential", mean=mean, shift=shift),)


def average(law: Law) -> float:
    """Mean of a mixture, in minutes."""
    return sum(part.share * part.average() for part in law)


@dataclass(frozen=True, slots=True)
class Absence:
    """So many servers of a station are away from `start` until `end` (minutes); who is busy finishes first."""

    servers: int
    start: float
    end: float = np.inf


@dataclass(frozen=True, slots=True)
class Station:
    """A step with equal servers and one queue, first come first served; `cost` is of one server (or seat) a day."""

    station: str
    servers: int
    service: Law
    kind: str = DESK
    walk: Law = NOTHING
    absences: tuple[Absence, ...] = ()
    cost: float = 1.0
    zh: str = ""
    en: str = ""


@dataclass(frozen=True, slots=True)
class Appointments:
    """`persons` are asked to come at `first`, `first + every`, ... up to `last`, all in minutes."""

    first: float
    last: float
    every: float
    persons: int

    def times(self) -> np.ndarray:
        """The moment of each slot."""
        return self.first + self.every * np.arange(int((self.last - self.first) / self.every + 1e-9) + 1)


@dataclass(frozen=True, slots=True)
class WalkIns:
    """Persons without an appointment: a Poisson stream of `per_hour` from `start` to `end` (minutes)."""

    start: float
    end: float
    per_hour: float


@dataclass(frozen=True, slots=True)
class Crowd:
    """Exactly `persons` more come, evenly by chance within `over` minutes after `at`: buses, a rumour."""

    at: float
    persons: int
    over: float = QUARTER


@dataclass(frozen=True, slots=True)
class Release:
    """`doses` are given out for preparation at `first`, `first + every`, ...: `times` times."""

    first: float
    doses: int
    every: float = 0.0
    times: int = 1


@dataclass(frozen=True, slots=True)
class Bounds:
    """What must hold: for `share` of the persons of every slot the waiting, and on `share` of the days the rest.

    wait: minutes of one person over all stations; crowd: persons inside at once; seats: observation seats in use at
    once; finish: minute by which the last person has left. None asks for nothing.
    """

    wait: float | None = None
    crowd: int | None = None
    seats: int | None = None
    finish: float | None = None
    share: float = 0.95


@dataclass(frozen=True, slots=True)
class WhatIf:
    """A disturbance: more people, staff away, doses late; any of them together."""

    what_if: str
    zh: str = ""
    en: str = ""
    crowds: tuple[Crowd, ...] = ()
    absences: tuple[tuple[str, Absence], ...] = ()
    doses_late: float = 0.0
    doses_late_until: float = np.inf


@dataclass(frozen=True, slots=True)
class Site:
    """A day of a site; every time is in minutes after `begins`; without it, minutes label the axes."""

    site: str
    opens: float
    closes: float
    stations: tuple[Station, ...]
    appointments: tuple[Appointments, ...] = ()
    punctuality: Law = NOTHING
    no_show: float = 0.0
    walk_ins: tuple[WalkIns, ...] = ()
    crowds: tuple[Crowd, ...] = ()
    doses: tuple[Release, ...] = ()
    bounds: Bounds = field(default_factory=Bounds)
    what_ifs: tuple[WhatIf, ...] = ()
    begins: time | None = None
    zh: str = ""
    en: str = ""

    @property
    def steps(self) -> tuple[Station, ...]:
        """The stations that persons pass, in order."""
        return tuple(s for s in self.stations if s.kind != PREPARATION)

    @property
    def preparation(self) -> Station | None:
        """Where syringes are filled, if the site counts it."""
        return next((s for s in self.stations if s.kind == PREPARATION), None)

    def place(self, kind: str) -> int:
        """Place among `steps` of the station of this kind; -1 if there is none."""
        return next((k for k, s in enumerate(self.steps) if s.kind == kind), -1)

    def slots(self) -> tuple[np.ndarray, np.ndarray]:
        """Moments of the slots in order of time (minutes), and persons booked in each."""
        times = [a.times() for a in self.appointments]
        persons = [np.full(len(t), a.persons) for a, t in zip(self.appointments, times, strict=True)]
        if not times:
            return np.empty(0), np.empty(0, np.int64)
        moments, where = np.unique(np.concatenate(times), return_inverse=True)
        return moments, np.bincount(where, np.concatenate(persons), len(moments)).astype(np.int64)

    def booked(self, moments: np.ndarray, persons: np.ndarray) -> "Site":
        """This site with other appointments: so many persons at each moment."""
        rows = (Appointments(float(t), float(t), QUARTER, int(n)) for t, n in zip(moments, persons, strict=True) if n)
        return replace(self, appointments=tuple(rows))

    def staffed(self, servers: dict[str, int]) -> "Site":
        """This site with other numbers of servers, by station; the same share of them is away at each absence."""
        return replace(self, stations=tuple(_with(s, servers.get(s.station, s.servers)) for s in self.stations))

    def releases(self) -> np.ndarray:
        """Moments at which each dose is given out, in order."""
        rows = [np.repeat(r.first + r.every * np.arange(r.times), r.doses) for r in self.doses]
        return np.sort(np.concatenate(rows)) if rows else np.empty(0)

    def disturbed(self, by: WhatIf) -> "Site":
        """This site on the day that `by` happens."""
        away: dict[str, tuple[Absence, ...]] = {}
        for station, absence in by.absences:
            away[station] = (*away.get(station, ()), absence)
        stations = tuple(replace(s, absences=s.absences + away.get(s.station, ())) for s in self.stations)
        doses = tuple(late for r in self.doses for late in _late(r, by))
        return replace(self, stations=stations, crowds=self.crowds + by.crowds, doses=doses)


def _late(release: Release, by: WhatIf) -> list[Release]:
    """Each delivery planned before `doses_late_until`, so many minutes later."""
    moments = release.first + release.every * np.arange(release.times)
    return [Release(float(t + by.doses_late * (t < by.doses_late_until)), release.doses) for t in moments]


def _with(station: Station, servers: int) -> Station:
    share = servers / station.servers
    away = tuple(replace(a, servers=max(1, round(a.servers * share))) for a in station.absences)
    return replace(station, servers=servers, absences=away)
