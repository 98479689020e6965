"""The door, now: from the queues at this moment, how many may come in each quarter of an hour, and the next seats."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import numpy as np

from seawall.terms.counting import one

from ..tables import Findings
from .chance import Days, draw, in_turn
from .load import SENTENCES
from .measuring import GRID, each
from .simulate import setting
from .site import OBSERVATION, PREPARATION, QUARTER, Bounds, Site, Station, average
from .slots import with_defaults
from .trial import EVERYBODY, Trial, seated

AHEAD, DRAWS = 4, 200  # quarters looked ahead; futures drawn
MOST = 5_000  # persons inside and coming within the hour; more are refused: the draws would ask for gigabytes
LOOKS = 7  # moments of the next half hour at which seats are counted
OPEN, SLOW, PAUSE, NOBODY = "open", "slow", "pause", "nobody"
BEFORE = 1e-6  # minutes by which who is being served goes before who waits


@dataclass(frozen=True, slots=True)
class Present:
    """What is seen at minute `at`.

    waiting: persons in the queue of each station; busy: persons being served there (all servers if somebody waits, else
    what the coming keep busy, unless given; where everybody has a server nobody waits, so who is said to wait is
    served); seated_for: minutes that each person in observation has sat, if known.
    """

    at: float
    waiting: Mapping[str, int] = field(default_factory=dict)
    busy: Mapping[str, int] = field(default_factory=dict)
    seated_for: Sequence[float] | None = None


@dataclass(frozen=True, slots=True)
class Advice:
    """level: open, slow or pause; admit: persons a quarter-hour who may come in; coming: how many are expected.

    wait, wait_if_open (p50, p95): minutes that who enters in the next half hour will wait, at `admit` and if all come
    in; narrow: the station where they wait longest if all come in; ahead (points, 4): minute, p05, p50, p95 of seats
    asked for in the next half hour at `admit`; seats: chairs there are; reason: the bound that holds the door back,
    `nobody` where nobody is coming, or "".
    """

    level: str
    admit: int
    coming: int
    wait: tuple[float, float]
    wait_if_open: tuple[float, float]
    narrow: Station
    ahead: np.ndarray
    seats: int
    reason: str

    def say(self) -> tuple[str, str]:
        """The advice in Chinese and English."""
        zh, en = _sentences()[f"{self.level}:{self.reason}"]
        told = {
            "admit": self.admit, "coming": self.coming, "p50": f"{self.wait[0]:.0f}", "p95": f"{self.wait[1]:.0f}",
            "open95": f"{self.wait_if_open[1]:.0f}", "seats": self.seats, "need": int(self.ahead[:, 3].max()),
        }  # fmt: skip
        name = self.narrow.station
        english = one(en.format(narrow=(self.narrow.en or name).lower(), **told))
        return zh.format(narrow=self.narrow.zh or name, **told), english


@cache
def _sentences() -> dict[str, tuple[str, str]]:
    with Path(__file__).with_name("door.csv").open(encoding="utf-8", newline="") as file:
        return {f"{row['level']}:{row['reason']}": (row["zh"], row["en"]) for row in csv.DictReader(file)}


def expected_ahead(site: Site, at: float) -> int:
    """Persons who come in a quarter-hour, on average over the next hour: appointments kept, walk-ins, crowds."""
    end = at + AHEAD * QUARTER
    moments, booked = site.slots()
    kept = float(booked[(moments >= at) & (moments < end)].sum()) * (1 - site.no_show)
    walk = sum(w.per_hour / 60 * max(0.0, min(w.end, end) - max(w.start, at)) for w in site.walk_ins)
    return int(np.ceil((kept + walk + sum(c.persons for c in site.crowds if at <= c.at < end)) / AHEAD))


def door_advice(
    site: Site, present: Present, coming: int | None = None, bounds: Bounds | None = None, *, seed: int = 0
) -> Advice:
    """Whether to slow the door now, and to how many persons a quarter-hour, for the bounds to hold for an hour.

    The next hour is drawn 200 times from what is seen: people in queues go on, who is being served is somewhere in his
    service (evenly by chance), and `coming` persons a quarter-hour (the site's appointments unless given) want to come
    in, spread evenly. Syringes are taken to be filled in time. The greatest number that keeps the bounds is advised.
    Raises tables.Mistakes where more than `MOST` persons are inside or come within the hour.
    """
    bounds = with_defaults(site, bounds)
    site = replace(site, stations=tuple(s for s in site.stations if s.kind != PREPARATION), doses=())
    coming = expected_ahead(site, present.at) if coming is None else coming
    ahead = _Ahead(site, present, coming, seed)
    seats = next((s.servers for s in site.steps if s.kind == OBSERVATION), 0)
    if not ahead.persons:
        curve, wait, narrow = ahead.look(0)
        return Advice(OPEN, 0, 0, wait, wait, narrow, curve, seats, NOBODY)
    low, high = -1, coming + 1
    while high - low > 1:
        middle = (low + high) // 2
        if ahead.keeps(middle, bounds):
            low = middle
        else:
            high = middle
    admit = max(low, 0)
    level = OPEN if low == coming else SLOW if low > 0 else PAUSE
    held = "" if coming else NOBODY
    reason = held if level == OPEN else ahead.first_broken(low + 1, bounds)
    curve, wait, _ = ahead.look(admit)
    _, wait_open, narrow = ahead.look(coming)
    return Advice(level, admit, coming, wait, wait_open, narrow, curve, seats, reason)


def seats_ahead(site: Site, present: Present, coming: int | None = None, *, seed: int = 0) -> np.ndarray:
    """Seats asked for at each five minutes of the next half hour, (points, 4): minute, p05, p50, p95."""
    site = replace(site, stations=tuple(s for s in site.stations if s.kind != PREPARATION), doses=())
    coming = expected_ahead(site, present.at) if coming is None else coming
    return _Ahead(site, present, coming, seed).look(coming)[0]


def _no_more_than_can_be_drawn(persons: int) -> None:
    findings = Findings(SENTENCES)
    if persons > MOST:
        findings.add("", 0, "waiting", None, "too_many_ahead", f"{persons:,}")
    findings.stop_if_any()


class _Ahead:
    """The next hour, drawn once from what is seen, with up to `most` persons coming in each quarter."""

    def __init__(self, site: Site, present: Present, most: int, seed: int) -> None:
        self.site, self.present, self.most = seated(site), present, most
        self.until = max(site.closes, present.at + AHEAD * QUARTER)
        rng = np.random.Generator(np.random.SFC64(seed))
        inside = [self._inside(step) for step in site.steps]
        _no_more_than_can_be_drawn(sum(map(sum, inside)) + AHEAD * most)
        entry, arrive, left = self._here(site, inside, rng)
        self.persons, self.here = len(entry) + AHEAD * most, len(entry)
        persons = self.persons
        steps = site.steps
        service, walk = np.empty((DRAWS, len(steps), persons)), np.zeros((DRAWS, len(steps), persons))
        for k, step in enumerate(steps):
            service[:, k] = draw(step.service, rng, (DRAWS, persons))
            if k:
                walk[:, k] = draw(step.walk, rng, (DRAWS, persons))
            mine = np.flatnonzero((entry == k) & (arrive < present.at))
            service[:, k, mine] = left[k]
        self.place = np.tile((np.arange(most) + 0.5) / max(most, 1), AHEAD)
        self.quarter = np.repeat(np.arange(AHEAD), most)
        self.rank = np.tile(np.arange(most), AHEAD)
        self.jitter = rng.random((DRAWS, AHEAD * most))
        first = np.concatenate([np.broadcast_to(arrive, (DRAWS, self.here)), np.zeros((DRAWS, AHEAD * most))], axis=1)
        group = np.concatenate([np.zeros(self.here, np.int64), 1 + self.quarter])
        places = np.concatenate([entry, np.zeros(AHEAD * most, np.int64)])
        self.drawn = Days(first, in_turn(first), places, service, walk, group, np.empty(0), np.empty((DRAWS, 0)))

    def _inside(self, step: Station) -> tuple[int, int]:
        """Persons being served at a station, and persons in its queue."""
        queue, busy = self.present.waiting.get(step.station, 0), self.present.busy.get(step.station)
        if step.kind == OBSERVATION and self.present.seated_for is not None:
            return len(self.present.seated_for), queue
        usual = round(self.most / QUARTER * average(step.service)) if step.kind != OBSERVATION else 0
        if step.servers >= EVERYBODY:
            return max(usual, queue) if busy is None else busy + queue, 0
        return min(step.servers, busy if busy is not None else step.servers if queue else usual), queue

    def _here(
        self, site: Site, inside: Sequence[tuple[int, int]], rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray, list[np.ndarray]]:
        """Station and moment of who is inside, and what is left of the services that go on, by station."""
        entry, arrive, left = [np.empty(0, np.int64)], [np.empty(0)], []
        for k, (step, (busy, queue)) in enumerate(zip(site.steps, inside, strict=True)):
            sat = self.present.seated_for if step.kind == OBSERVATION else None
            whole = draw(step.service, rng, (DRAWS, busy))
            left.append(np.maximum(whole - np.array(sat), 0) if sat is not None else whole * rng.random((DRAWS, busy)))
            entry.append(np.full(busy + queue, k))
            arrive.append(np.repeat([self.present.at - BEFORE, self.present.at], [busy, queue]))
        return np.concatenate(entry), np.concatenate(arrive), left

    def arriving(self, admit: int) -> np.ndarray:
        """Moments at which everybody comes when `admit` persons come in evenly each quarter."""
        gap = QUARTER / max(admit, 1)
        moments = self.present.at + QUARTER * self.quarter + gap * (self.rank + self.jitter)
        arrive = self.drawn.arrive.copy()
        arrive[:, self.here :] = np.where(self.rank < admit, moments, np.inf)
        return arrive

    def grid(self) -> np.ndarray:
        """Moments of the next half hour at which seats are counted."""
        return GRID * (np.ceil(self.present.at / GRID) + np.arange(LOOKS))

    def keeps(self, admit: int, bounds: Bounds) -> bool:
        arrive = self.arriving(admit)
        now = replace(self.drawn, arrive=arrive, coming=in_turn(arrive))
        return Trial(now, bounds, skip=frozenset({0})).keeps(self.site)

    def first_broken(self, admit: int, bounds: Bounds) -> str:
        """The bound that `admit` persons a quarter-hour break."""
        for name in ("seats", "crowd", "wait", "finish"):
            one = Bounds(share=bounds.share, **{name: getattr(bounds, name)})
            if getattr(bounds, name) is not None and not self.keeps(admit, one):
                return name
        return "wait"

    def look(self, admit: int) -> tuple[np.ndarray, tuple[float, float], Station]:
        """Seats of the next half hour; p50 and p95 of waiting of who enters in it; where they wait longest."""
        if not self.persons:
            return np.column_stack([self.grid(), np.zeros((LOOKS, 3))]), (0.0, 0.0), self.site.steps[0]
        arrive, steps = self.arriving(admit), self.site.steps
        shape = self.drawn.service.shape
        waits, begin, end = np.zeros(shape), np.empty((shape[0], shape[2])), np.empty((shape[0], shape[2]))
        d = self.drawn
        each(
            arrive, in_turn(arrive), d.entry, d.service, d.walk, *setting(self.site)[3:], self.until, waits, begin, end
        )
        soon = (self.quarter < 2) & (self.rank < admit)
        mine = waits[:, :, self.here :][:, :, soon]
        points = np.quantile(mine.sum(axis=1), (0.5, 0.95)) if soon.any() else np.zeros(2)
        means = mine.mean(axis=(0, 2)) if soon.any() else waits.mean(axis=(0, 2))
        grid = self.grid()
        used = ((begin[:, None] <= grid[:, None]) & (end[:, None] > grid[:, None])).sum(axis=2)
        seats = np.quantile(used, (0.05, 0.5, 0.95), axis=0)
        return (
            np.column_stack([grid, seats.T]),
            (float(points[0]), float(points[1])),
            steps[int(means.argmax())],
        )
