"""Many days of a site: drawn, lived, and summed up with intervals. The same seed gives the same answer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from ..tables import Findings
from .chance import Days, days
from .load import SENTENCES
from .measuring import FINE, GRID, LONGEST, POINTS, measure
from .site import INJECTION, OBSERVATION, Absence, Site, Station

CHUNK = 64  # days drawn together
AT_ONCE = 2_000_000  # persons drawn together: days of more than 31,250 are drawn in smaller chunks
MOST_DAYS = 10_000  # of one answer: each keeps its curves, some 10 KB
MOST_LIVED = 50_000_000  # persons over all days of an answer: some minutes
PERCENTILES = (0.05, 0.5, 0.95)


@dataclass(frozen=True, slots=True)
class Interval:
    """Percentiles of what happened, the mean, and the 95% confidence interval of the mean over days (Student's t)."""

    p05: float
    p50: float
    p95: float
    mean: float
    low: float
    high: float


@dataclass(slots=True)
class Flow:
    """What R days gave; stations in the order of `site.steps`, times in minutes.

    Waits and minutes speak of all who came: who is never served is taken to wait until the site closes or, if that is
    later, until the last person moves. So with anybody `unserved` they and `finish` are the least that can be.
    totals, waits, lengths, busy, curves, counts: as `measuring.measure` says.
    """

    site: Site
    seed: int
    totals: np.ndarray
    waits: np.ndarray
    lengths: np.ndarray
    busy: np.ndarray
    curves: np.ndarray
    counts: np.ndarray

    @property
    def days(self) -> int:
        return len(self.totals)

    @property
    def arrived(self) -> Interval:
        """Persons who came, by day."""
        return over_days(self.totals[:, 0])

    @property
    def served(self) -> Interval:
        """Persons who passed all stations, by day."""
        return over_days(self.totals[:, 1])

    @property
    def unserved(self) -> Interval:
        """Persons who came and never leave: still inside when the day ends, by day."""
        return over_days(self.totals[:, 0] - self.totals[:, 1])

    @property
    def finish(self) -> Interval:
        """Minute at which the last person left, by day; no earlier than this where somebody is unserved."""
        return over_days(self.totals[:, 2])

    @property
    def crowd_peak(self) -> Interval:
        """Most persons inside at once (queues, desks, walks and seats), by day."""
        return over_days(self.totals[:, 3])

    @property
    def seats_peak(self) -> Interval:
        """Most observation seats in use at once, by day."""
        return over_days(self.totals[:, 4])

    @property
    def minutes_in_site(self) -> Interval:
        """From coming to leaving, by person."""
        return self._by_person(len(self.site.steps) + 1, self.totals[:, 5])

    @property
    def wait_total(self) -> Interval:
        """Waiting over all stations, by person."""
        return self._by_person(len(self.site.steps), self.totals[:, 6])

    def wait(self, step: int) -> Interval:
        """Waiting at one station, by person; at the injection, for a syringe too."""
        return self._by_person(step, self.waits[:, step])

    def queue_peak(self, step: int) -> Interval:
        """Most persons waiting at once at one station, by day."""
        return over_days(self.lengths[:, step])

    def utilisation(self) -> dict[str, Interval]:
        """Busy share of the staffed time from opening until closing or the station's last person, by day."""
        codes = [s.station for s in self.site.steps]
        if self.site.preparation:
            codes.append(self.site.preparation.station)
        return {code: over_days(self.busy[:, k]) for k, code in enumerate(codes)}

    def _by_person(self, row: int, means: np.ndarray) -> Interval:
        counts = self.counts[row]
        if not counts.any():
            return Interval(*(np.nan,) * 6)
        points = np.searchsorted(np.cumsum(counts), np.array(PERCENTILES) * counts.sum()) / FINE
        p05, p50, p95 = (float(p) for p in points)
        return Interval(p05, p50, p95, *confidence(means))


def confidence(values: np.ndarray) -> tuple[float, float, float]:
    """Mean of independent days and its 95% confidence interval; nan days (nobody came) are left out."""
    values = values[~np.isnan(values)]
    if not len(values):
        return (np.nan,) * 3
    mean = float(values.mean())
    if len(values) < 2:
        return mean, -np.inf, np.inf
    half = float(stdtrit(len(values) - 1, 0.975) * values.std(ddof=1) / np.sqrt(len(values)))
    return mean, mean - half, mean + half


def over_days(values: np.ndarray) -> Interval:
    """Percentiles over days, and the mean with its confidence interval."""
    real = values[~np.isnan(values)]
    points = np.quantile(real, PERCENTILES) if len(real) else np.full(3, np.nan)
    p05, p50, p95 = (float(p) for p in points)
    return Interval(p05, p50, p95, *confidence(values))


def absences(stations: tuple[Station | None, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Windows away (a, 2) in order by station and server, and where each server's begin (stations, most + 1); most = servers
    of the largest station that has any.

    The rows of a station send away other servers in turn, so that two breaks of half the staff are a break for all.
    """
    most = max((s.servers for s in stations if s and s.absences), default=0)
    away: list[tuple[float, float]] = []
    first = np.zeros((len(stations), most + 1), np.int64)
    for k, station in enumerate(stations):
        windows: list[list[Absence]] = [[] for _ in range(most)]
        if station:
            each = (absence for absence in station.absences for _ in range(absence.servers))
            for turn, absence in enumerate(each):
                windows[turn % station.servers].append(absence)
        for j, mine in enumerate(windows):
            first[k, j] = len(away)
            away.extend(sorted((a.start, a.end) for a in mine))
        first[k, most] = len(away)
    return np.array(away, float).reshape(-1, 2), first


def setting(site: Site) -> tuple[int, int, int, np.ndarray, np.ndarray, np.ndarray]:
    """fillers, injection, observation, servers, away, first: what `measure` and `holds` ask of a site."""
    preparation = site.preparation
    away, first = absences((*site.steps, preparation))
    servers = np.array([s.servers for s in site.steps])
    fillers = preparation.servers if preparation else 0
    return fillers, site.place(INJECTION), site.place(OBSERVATION), servers, away, first


def lived(
    site: Site, drawn: Days, counts: np.ndarray, until: np.ndarray | None = None, planned: int | None = None
) -> tuple[np.ndarray, ...]:
    """Lives drawn days and adds persons to `counts`; totals, waits, lengths, busy, curves.

    until (R,): who is never served waits until this minute at least, closing unless given; planned: the first so many
    persons are those of the plan, all unless given.
    """
    number, steps = len(drawn.arrive), len(site.steps)
    totals, waits, lengths = np.full((number, 8), np.nan), np.empty((number, steps)), np.empty((number, steps))
    busy, curves = np.full((number, steps + 1), np.nan), np.zeros((number, steps + 2, POINTS), np.int32)
    until = np.full(number, site.closes) if until is None else np.maximum(until, site.closes)
    planned = drawn.arrive.shape[1] if planned is None else planned
    measure(
        drawn.arrive, drawn.coming, drawn.entry, drawn.service, drawn.walk, drawn.releases, drawn.filling, *setting(site),
        site.opens, site.closes, until, planned, totals, waits, lengths, busy, counts, curves,
    )  # fmt: skip
    return totals, waits, lengths, busy, curves


def chunks(site: Site, replications: int, seed: int) -> Iterator[Days]:
    """Days in chunks, each with its own stream of the seed."""
    size = int(np.clip(AT_ONCE / max(expected(site), 1.0), 1, CHUNK))
    starts = range(0, replications, size)
    for start, stream in zip(starts, np.random.SeedSequence(seed).spawn(len(starts)), strict=True):
        yield days(site, min(size, replications - start), np.random.Generator(np.random.SFC64(stream)))


def expected(site: Site) -> float:
    """Persons who come on a day, on average."""
    booked = float(site.slots()[1].sum()) * (1 - site.no_show)
    walk = sum(w.per_hour * (w.end - w.start) / 60 for w in site.walk_ins)
    return booked + walk + sum(c.persons for c in site.crowds)


def no_more_than_can_be_lived(persons: float, days: int) -> None:
    """Raises tables.Mistakes where so many persons over so many days would take hours or gigabytes."""
    if days > MOST_DAYS or persons * days > MOST_LIVED:
        findings = Findings(SENTENCES)
        findings.add("", 0, "--replications", f"{days:,}", "too_many_days", f"{persons:,.0f}")
        findings.stop_if_any()


def simulate(site: Site, replications: int, seed: int = 0) -> Flow:
    """Lives `replications` independent days of a site. Raises tables.Mistakes for more than can be lived."""
    no_more_than_can_be_lived(expected(site), replications)
    counts = np.zeros((len(site.steps) + 2, FINE * LONGEST + 1), np.int64)
    parts = [lived(site, drawn, counts) for drawn in chunks(site, replications, seed)]
    return joined(site, seed, parts, counts)


def joined(site: Site, seed: int, parts: Sequence[tuple[np.ndarray, ...]], counts: np.ndarray) -> Flow:
    """One flow from parts of its days, each as `lived` gives them."""
    totals, waits, lengths, busy, curves = (np.concatenate(part) for part in zip(*parts, strict=True))
    return Flow(site, seed, totals, waits, lengths, busy, curves, counts)


def minutes() -> np.ndarray:
    """Moments of the points of a curve."""
    return GRID * np.arange(POINTS)
