"""What chance decides of some days, drawn before anybody is served, so that the same days can be lived with other staff."""

from dataclasses import dataclass

import numpy as np

from .site import Law, Part, Site


@dataclass(slots=True)
class Days:
    """Some days of a site: R days, n persons, K stations, m syringes.

    arrive (R, n): minute of coming, inf for who does not come; coming (R, n): persons in order of arriving;
    entry (n,): first station of each; service, walk (R, K, n): minutes; group (n,): the person's slot, the last group
    for those without; releases (m,): minute at which each dose is given out; filling (R, m): minutes to fill each.
    """

    arrive: np.ndarray
    coming: np.ndarray
    entry: np.ndarray
    service: np.ndarray
    walk: np.ndarray
    group: np.ndarray
    releases: np.ndarray
    filling: np.ndarray

    @property
    def groups(self) -> int:
        return int(self.group.max(initial=-1)) + 1


def draw(law: Law, rng: np.random.Generator, shape: tuple[int, ...], least: float = 0.0) -> np.ndarray:
    """Times of a law in minutes, float64, none below `least`."""
    times = _part(law[0], rng, shape)
    if len(law) > 1:
        which = np.searchsorted(np.cumsum([part.share for part in law])[:-1], rng.random(shape), side="right")
        for k, part in enumerate(law[1:], 1):
            chosen = which == k
            times[chosen] = _part(part, rng, (int(chosen.sum()),))
    return np.maximum(times, least, out=times)


def _part(part: Part, rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    if part.law == "exponential":
        times = rng.standard_exponential(shape)
        times *= part.mean
    elif part.law == "normal":
        times = rng.standard_normal(shape)
        times *= part.sd
        times += part.mean
    elif part.law == "uniform":
        times = rng.uniform(part.low, part.high, shape)
    elif part.law == "gamma":
        times = rng.gamma((part.mean / part.sd) ** 2, part.sd**2 / part.mean, shape)
    elif part.law == "lognormal":
        sigma2 = np.log1p((part.sd / part.mean) ** 2)
        times = rng.lognormal(np.log(part.mean) - sigma2 / 2, np.sqrt(sigma2), shape)
    elif part.law == "measured":
        times = rng.choice(np.array(part.values, float), shape)
    else:
        times = np.full(shape, float(part.mean))
    if part.shift:
        times += part.shift
    return times


def days(site: Site, count: int, rng: np.random.Generator) -> Days:
    """`count` days of a site; the same generator state gives the same days."""
    arrive, group = _arrivals(site, count, rng)
    persons = arrive.shape[1]
    steps = site.steps
    service, walk = np.empty((count, len(steps), persons)), np.zeros((count, len(steps), persons))
    for k, step in enumerate(steps):
        service[:, k] = draw(step.service, rng, (count, persons))
        if k and any(part.average() for part in step.walk):
            walk[:, k] = draw(step.walk, rng, (count, persons))
    releases = site.releases() if site.preparation else np.empty(0)
    filling = draw(site.preparation.service, rng, (count, len(releases))) if site.preparation else np.empty((count, 0))
    return Days(arrive, in_turn(arrive), np.zeros(persons, np.int64), service, walk, group, releases, filling)


def in_turn(arrive: np.ndarray) -> np.ndarray:
    """Persons of each day in order of arriving; equal moments by number."""
    return np.argsort(arrive, axis=1, kind="stable")


def _arrivals(site: Site, count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """When everybody comes (count, n), inf for who does not, and the group of each (n,)."""
    moments, booked = site.slots()
    persons = int(booked.sum())
    arrive = draw(site.punctuality, rng, (count, persons), least=-np.inf)
    arrive += np.repeat(moments, booked)
    if site.no_show:
        arrive[rng.random(arrive.shape) < site.no_show] = np.inf
    blocks = [arrive, *(_walk_ins(w.start, w.end, w.per_hour, count, rng) for w in site.walk_ins)]
    blocks += [c.at + c.over * rng.random((count, c.persons)) for c in site.crowds]
    every = np.concatenate(blocks, axis=1)
    group = np.full(every.shape[1], len(moments))
    group[:persons] = np.repeat(np.arange(len(moments)), booked)
    return np.maximum(every, site.opens, out=every), group


def _walk_ins(start: float, end: float, per_hour: float, count: int, rng: np.random.Generator) -> np.ndarray:
    """A Poisson stream: its count, then its moments, uniform on the window."""
    numbers = rng.poisson(per_hour * (end - start) / 60, count)
    moments = rng.uniform(start, end, (count, int(numbers.max(initial=0))))
    moments[np.arange(moments.shape[1]) >= numbers[:, None]] = np.inf
    return moments
