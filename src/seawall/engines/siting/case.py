"""What is to be sited: points of demand, candidate sites, the distances between them, and what may be spent."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from .kernels import nearest_first

Floats = np.ndarray  # of float64
NAMED = 10  # points named in a sentence; the rest are in its numbers
PROVEN = 1e-9  # a relative gap that stands for none: the rounding of sums in double precision


@dataclass(frozen=True)
class Case:
    """n points and m candidates; reachable pairs by point, nearest first.

    `weight` (n): people. `start` (n+1), `site`, `distance` (pairs): the candidates that point i can reach are
    `site[start[i]:start[i+1]]`, nearest first. `capacity` (m): people, infinite = no limit. `fixed_cost` (m): money.
    `kept` (m): already open and staying. `use` (limits x m) and `limits`: what a site takes of each budget. `row` (n): the number of
    each point in the whole, where this is a part of it.
    """

    weight: Floats
    start: np.ndarray
    site: np.ndarray
    distance: Floats
    capacity: Floats
    fixed_cost: Floats
    kept: np.ndarray
    use: Floats
    limits: Floats
    row: np.ndarray

    @property
    def points(self) -> int:
        return len(self.weight)

    @property
    def sites(self) -> int:
        return len(self.capacity)

    @property
    def point(self) -> np.ndarray:
        """The point of each pair."""
        return np.repeat(np.arange(self.points), np.diff(self.start))

    def within(self, radius: Floats) -> "Case":
        """Only the pairs within a radius, one for each point."""
        point = self.point
        keep = self.distance <= radius[point]
        start = np.concatenate(([0], np.cumsum(np.bincount(point[keep], minlength=self.points))))
        return replace(self, start=start, site=self.site[keep], distance=self.distance[keep])

    def of(self, points: np.ndarray) -> "Case":
        """Only some of the points (numbers in rising order)."""
        lengths = np.diff(self.start)
        keep = np.isin(self.point, points)
        start = np.concatenate(([0], np.cumsum(lengths[points])))
        return replace(
            self, weight=self.weight[points], start=start, site=self.site[keep], distance=self.distance[keep],
            row=self.row[points],
        )  # fmt: skip


def case(
    weight: Floats, pairs: tuple[np.ndarray, np.ndarray, Floats], sites: int, *, capacity: Floats | None = None,
    fixed_cost: Floats | None = None, kept: np.ndarray | None = None, use: Floats | None = None,
    limits: Floats | None = None,
) -> Case:  # fmt: skip
    """A case from pairs (point, site, distance) in any order; pairs that are not named cannot reach each other."""
    point, site, distance = pairs
    start = np.concatenate(([0], np.cumsum(np.bincount(point, minlength=len(weight))))).astype(np.int64)
    order = slice(None) if (point[1:] >= point[:-1]).all() else np.argsort(point, kind="stable")
    site, distance = np.array(site[order], np.int64), np.array(distance[order], float)
    nearest_first(start, site, distance)
    return Case(
        np.asarray(weight, float), start, site, distance,
        np.full(sites, np.inf) if capacity is None else np.asarray(capacity, float),
        np.zeros(sites) if fixed_cost is None else np.asarray(fixed_cost, float),
        np.zeros(sites, bool) if kept is None else np.asarray(kept, bool),
        np.zeros((0, sites)) if use is None else np.asarray(use, float),
        np.zeros(0) if limits is None else np.asarray(limits, float), np.arange(len(weight)),
    )  # fmt: skip


def case_of_matrix(weight: Floats, distance: Floats, **more: np.ndarray) -> Case:
    """A case from a full matrix (points x sites); a pair that is not finite cannot reach each other."""
    point, site = np.nonzero(np.isfinite(distance))
    return case(weight, (point, site, distance[point, site]), distance.shape[1], **more)


@dataclass(frozen=True)
class Answer:
    """Which sites are open and whom each serves, with the proof.

    `opened` (m); `serves` (n): the site of each point, -1 where none; `value` and `bound` in the unit of the model
    (`most`: more is better); `proven`: no better answer exists, but for rounding.
    """

    model: str
    opened: np.ndarray
    serves: np.ndarray
    value: float
    bound: float
    most: bool = False

    @property
    def gap(self) -> float:
        """|bound - value| / max(1e-9, |value|): by how much, at most, a better answer could exist."""
        return abs(self.bound - self.value) / max(1e-9, abs(self.value)) if self.value != self.bound else 0.0

    @property
    def proven(self) -> bool:
        return self.gap <= PROVEN


class Infeasible(ValueError):
    """No choice of sites satisfies what is asked; says why in both languages (`zh`, `en`) and with the numbers."""

    def __init__(self, reason: str, zh: str, en: str, **numbers: object) -> None:
        super().__init__(f"{en} {zh}")
        self.reason, self.zh, self.en, self.numbers = reason, zh, en, numbers

    def naming(self, codes: Sequence[str]) -> "Infeasible":
        """The same with the codes of the points it speaks of."""
        points = self.numbers.get("points")
        if not isinstance(points, list):
            return self
        names = [codes[i] for i in points]
        shown = ", ".join(names[:NAMED]) + (" …" if len(names) > NAMED else "")
        return Infeasible(self.reason, f"{self.zh}（{shown}）", f"{self.en} ({shown})", **self.numbers)


def nearest_open(of: Case, opened: np.ndarray) -> tuple[np.ndarray, Floats]:
    """For each point its nearest open site (-1: none can be reached) and the distance (infinite: none)."""
    chosen = np.flatnonzero(opened[of.site])
    first = np.searchsorted(chosen, of.start[:-1])
    pair = chosen[np.minimum(first, len(chosen) - 1)] if len(chosen) else np.zeros(of.points, np.int64)
    has = (first < len(chosen)) & (pair < of.start[1:]) if len(chosen) else np.zeros(of.points, bool)
    if not len(of.site):
        return np.full(of.points, -1), np.full(of.points, np.inf)
    return np.where(has, of.site[pair], -1), np.where(has, of.distance[pair], np.inf)
