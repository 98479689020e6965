"""The least staff for a demanded throughput: every cheaper staff is shown not to keep the bounds on the same drawn days."""

import heapq
import math
from dataclasses import dataclass, replace
from itertools import count

import numpy as np

from ..tables import Findings
from .load import SENTENCES
from .simulate import Flow, simulate
from .site import OBSERVATION, Bounds, Release, Site, average
from .trial import WAIT, Trial, broken, days_for, expected, no_more_than_can_be_searched, seated, trial, unlimited

MOST_TRIED = 5_000
UNLIMITED = 10**9


@dataclass(frozen=True, slots=True)
class Staffing:
    """The answer: servers by station, seats among them; `least`: servers that a station needs were all others unlimited.

    cost: of all servers and seats; tried: staffs lived; proven: every cheaper staff from `least` on was refused on the
    drawn days; flow: fresh days with the answer; broken: bounds that no staff can keep (then there is no answer).
    """

    site: Site
    bounds: Bounds
    least: dict[str, int]
    cost: float
    tried: int
    proven: bool
    flow: Flow | None
    broken: tuple[str, ...] = ()

    @property
    def servers(self) -> dict[str, int]:
        """Servers by station."""
        return {s.station: s.servers for s in self.site.stations}


def demanded(site: Site, served: float) -> Site:
    """This site with its appointments (or walk-ins, if it has none) and doses scaled so that `served` come on average.

    Raises tables.Mistakes where nobody comes, however many are asked.
    """
    moments, persons = site.slots()
    kept = float(persons.sum()) * (1 - site.no_show)
    if not (kept if len(persons) else expected(site)):
        findings = Findings(SENTENCES)
        findings.add("", 0, "arrivals", None, "nobody_comes")
        findings.stop_if_any()
    if not len(persons):
        factor = served / expected(site)
        return replace(site, walk_ins=tuple(replace(w, per_hour=w.per_hour * factor) for w in site.walk_ins))
    others = expected(site) - kept
    factor = max(served - others, 0) / kept
    sums = np.round(np.cumsum(persons) * factor).astype(np.int64)
    doses = tuple(scaled for r in site.doses for scaled in _scaled(r, factor))
    return replace(site.booked(moments, np.diff(sums, prepend=0)), doses=doses)


def _scaled(release: Release, factor: float) -> list[Release]:
    moments = release.first + release.every * np.arange(release.times)
    return [Release(float(t), math.ceil(release.doses * factor - 1e-6)) for t in moments]


def staff_for(site: Site, served: float, bounds: Bounds | None = None, *, seed: int = 0) -> Staffing:
    """The cheapest servers with which `served` persons a day pass and the bounds hold (waiting 20 minutes if unstated).

    Staffs are tried in order of cost from `least` upwards on the same drawn days, so the first that holds is the
    cheapest. Chairs do not hold back the stations before them: they are counted for the chosen staff, enough for
    `bounds.share` of the days. Absences keep their share of the staff. Raises tables.Mistakes for more than can be searched.
    """
    no_more_than_can_be_searched(served)
    bounds = bounds or site.bounds
    bounds = replace(bounds, wait=WAIT if bounds.wait is None else bounds.wait)
    wanted = seated(demanded(site, served))
    tried = trial(wanted, bounds, days_for(served), seed)
    search = _Search(wanted, tried)
    least = search.least() if search.possible() else None
    if least is None:
        most = wanted.staffed(dict.fromkeys(search.names, search.most))
        return Staffing(
            demanded(site, served), bounds, {}, math.inf, search.count, True, None, broken(most, bounds, 50, seed)
        )
    best, proven = search.cheapest(least)
    staffed = search.site(best)
    seats = math.ceil(simulate(staffed, 200, seed + 1).seats_peak.p95) if site.place(OBSERVATION) >= 0 else 0
    chosen = staffed.staffed({s.station: max(seats, 1) for s in staffed.steps if s.kind == OBSERVATION})
    cost = sum(s.cost * s.servers for s in chosen.stations)
    return Staffing(
        chosen, bounds, dict(zip(search.names, least, strict=True)), cost, search.count, proven,
        simulate(chosen, 200, seed + 1),
    )  # fmt: skip


class _Search:
    """Staffs of the stations that people or syringes queue at, chairs apart."""

    def __init__(self, wanted: Site, tried: Trial) -> None:
        self.wanted, self.tried, self.count = wanted, tried, 0
        searched = [s for s in wanted.stations if s.kind != OBSERVATION]
        self.names = [s.station for s in searched]
        self.costs = [s.cost for s in searched]
        self.seen: dict[tuple[int, ...], bool] = {}

    def site(self, servers: tuple[int, ...]) -> Site:
        return self.wanted.staffed(dict(zip(self.names, servers, strict=True)))

    def keeps(self, servers: tuple[int, ...]) -> bool:
        if servers not in self.seen:
            self.count += 1
            self.seen[servers] = self.tried.keeps(self.site(servers))
        return self.seen[servers]

    def possible(self) -> bool:
        """Whether the bounds hold when no station ever makes anybody wait."""
        self.count += 1
        return self.tried.keeps(unlimited(self.wanted, *self.names))

    @property
    def most(self) -> int:
        """More servers than there are persons: more cannot help."""
        return int(expected(self.wanted)) + 100

    def least(self) -> tuple[int, ...] | None:
        """For each station the fewest servers that hold while all others are unlimited; None if no number does."""
        found = []
        for name in self.names:
            alone = unlimited(self.wanted, *(n for n in self.names if n != name))
            low, high = 0, self._start(name)
            while not self._alone(alone, name, high):
                if high > self.most:
                    return None
                low, high = high, high * 2
            while high - low > 1:
                middle = (low + high) // 2
                if self._alone(alone, name, middle):
                    high = middle
                else:
                    low = middle
            found.append(high)
        return tuple(found)

    def _start(self, name: str) -> int:
        """A first guess: the mean load of the day's open hours."""
        station = next(s for s in self.wanted.stations if s.station == name)
        load = expected(self.wanted) * average(station.service) / (self.wanted.closes - self.wanted.opens)
        return max(1, math.ceil(load * 1.2))

    def _alone(self, alone: Site, name: str, servers: int) -> bool:
        self.count += 1
        return self.tried.keeps(alone.staffed({name: servers}))

    def cheapest(self, least: tuple[int, ...]) -> tuple[tuple[int, ...], bool]:
        """Best first by cost from `least`; a refused staff tells which other staffs need not be tried (`_cut`)."""
        numbers = count()
        cuts: list[tuple[float, ...]] = []
        heap = [(self._cost(least), next(numbers), least)]
        queued, servers = {least}, least
        while heap and len(self.seen) < MOST_TRIED:
            _, _, servers = heapq.heappop(heap)
            cut: tuple[float, ...] | None = next(
                (z for z in cuts if all(c <= top for c, top in zip(servers, z, strict=True))), None
            )
            if cut is None:
                if self.keeps(servers):
                    return servers, True
                cut = self._cut(servers)
                cuts.append(cut)
            for k, top in enumerate(cut):
                more = (*servers[:k], int(min(top, UNLIMITED)) + 1, *servers[k + 1 :])
                if top < UNLIMITED and more not in queued:
                    queued.add(more)
                    heapq.heappush(heap, (self._cost(more), next(numbers), more))
        while not self.keeps(servers):
            servers = tuple(c + 1 for c in servers)
        return servers, False

    def _cut(self, refused: tuple[int, ...]) -> tuple[float, ...]:
        """The most servers of each station that still break the bounds: nobody within them need be tried.

        More servers anywhere do not make anybody's way longer, so what is refused refuses everything below it. Stations
        are made unlimited one by one, or raised, as long as the bounds stay broken.
        """
        top = [float(c) for c in refused]
        for k in range(len(top)):
            held = top[k]
            top[k] = np.inf
            if not self._broken(top):
                top[k] = held
        for k in range(len(top)):
            while top[k] < np.inf:
                top[k] += 1
                if not self._broken(top):
                    top[k] -= 1
                    break
        return tuple(top)

    def _broken(self, servers: list[float]) -> bool:
        self.count += 1
        free = [name for name, c in zip(self.names, servers, strict=True) if c == np.inf]
        fixed = {name: int(c) for name, c in zip(self.names, servers, strict=True) if c < np.inf}
        return not self.tried.keeps(unlimited(self.wanted, *free).staffed(fixed))

    def _cost(self, servers: tuple[int, ...]) -> float:
        return sum(cost * number for cost, number in zip(self.costs, servers, strict=True))
