"""Sites that serve points at least cost, each point by its cheapest open site or by none: an answer and its proof.

p-median and maximal cover are both of this form. A local optimum by exchange, a bound by Lagrangian prices, sites
decided by reduced costs, and a tree over what is left; whatever the time allowed, the bound holds.
"""

import time
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .bounding import Incumbent, Stack, climb, decide, search
from .case import PROVEN, Case, Floats
from .kernels import FITS, FREE, IN, OUT, Problem, exchange, served

STEPS, NODE_STEPS, NODES = 3_000, 20, 50
ROOT_STEP, ROOT_PATIENCE = 1.0, 30  # Held, Wolfe & Crowder (1974); Beasley (1993)
PARTS = (10, 4, 6)  # of the moving sites that a shake swaps, in turn
EXCHANGES = 100_000  # more than any choice took
KICKED = 1_000_000  # pairs looked at, at most, in shaking an answer (three times at least)
DEEP = 64_000_000  # numbers kept for open nodes
SUMS = 1e-11  # relative error of a sum of 100,000 numbers in double precision


@dataclass(frozen=True)
class Service:
    """Points by start/site/cost (cheapest first), `outside` (what a point costs unserved), `opening` (what a site costs).

    At most `most` sites, those `kept` among them; `use` (limits x sites) stays within `limits`. `scale`: each point's weight.
    """

    start: np.ndarray
    site: np.ndarray
    cost: Floats
    outside: Floats
    opening: Floats
    kept: np.ndarray
    most: int
    use: Floats
    limits: Floats
    scale: Floats

    @cached_property
    def problem(self) -> Problem:
        """What the compiled loops take."""
        return Problem(
            self.start, self.site, self.cost, self.outside, self.opening, self.use, self.limits, self.scale, self.most
        )

    @cached_property
    def step(self) -> float:
        """The least difference between two totals that differ; zero when nothing can be said."""
        numbers = (self.cost, self.outside[np.isfinite(self.outside)], self.opening)
        whole = all(np.array_equal(of, np.rint(of)) for of in numbers)
        return 1.0 if whole and max((of.sum() for of in numbers if len(of)), default=0.0) < 1e15 else 0.0


@dataclass(frozen=True)
class Choice:
    """Open sites, what they cost, what every choice costs at least; `state`: what every cheaper choice does with a site."""

    opened: np.ndarray
    value: float
    bound: float
    state: np.ndarray


def cheapest(
    of: Service, first: np.ndarray, seconds: float, rng: np.random.Generator, nodes: int | None = None
) -> Choice:
    """The cheapest sites, starting from the allowed choice `first`; stops after `seconds` (or `nodes` of the tree) with
    the bound reached."""
    until = time.perf_counter() + seconds
    best = Incumbent(np.zeros(1), first.copy())
    best.value[0] = improved(of, best.sites)
    for kick in range(int(np.clip(KICKED // max(1, len(of.cost)), 3, 60))):
        _shaken(of, best, rng, PARTS[0] if kick < 3 else PARTS[kick % len(PARTS)])
    price, limit_price = _first_prices(of, best.sites), np.zeros(len(of.limits))
    state = np.where(of.kept, IN, FREE).astype(np.int8)
    if of.kept.sum() >= of.most:
        state[state == FREE] = OUT
    priced, reduced, chosen, _ = climb(
        of.problem, state, price, limit_price, best, _target(of, best), STEPS, ROOT_STEP, ROOT_PATIENCE
    )
    _retry(of, chosen, best)
    decide(of.problem, priced, reduced, chosen, state, best.value[0] - _target(of, best))
    bound = max(priced, _at_least(of))
    bound = _tree(of, state, price, limit_price, bound, best, until, nodes)
    value = float(best.value[0])
    return Choice(best.sites, value, float(min(bound, value)), state)


def improved(of: Service, opened: np.ndarray) -> float:
    """Brings `opened` to a local optimum of exchanges, in place; gives its cost."""
    return float(exchange(of.problem, opened, of.kept, EXCHANGES))


def filled(of: Case, opened: np.ndarray, open_: int) -> np.ndarray:
    """More sites up to the number, the first that budgets allow: they never make anybody's way longer."""
    filled = opened.copy()
    for j in np.flatnonzero(~opened):
        if filled.sum() >= open_:
            break
        filled[j] = True
        if (of.use[:, filled].sum(axis=1) > of.limits + FITS).any():
            filled[j] = False
    return filled


def _target(of: Service, best: Incumbent) -> float:
    """A bound within this of the best value proves it: no two totals are nearer, or only rounding is left."""
    value = abs(float(best.value[0]))
    largest = max(value, float(of.scale.sum()))
    return max(of.step - max(1e-6, SUMS * largest), PROVEN / 2 * value)


def _at_least(of: Service) -> float:
    """What is paid even if every site were open: each point by its cheapest site."""
    reached = np.diff(of.start) > 0
    cheapest_site = np.where(
        reached, of.cost[np.minimum(of.start[:-1], len(of.cost) - 1)] if len(of.cost) else 0.0, np.inf
    )
    return float(np.minimum(cheapest_site, of.outside).sum() + of.opening[of.kept].sum())


def _first_prices(of: Service, opened: np.ndarray) -> Floats:
    """Prices to start from: half-way between what a point's site costs and what its next best open one would."""
    first, second = np.empty(len(of.outside)), np.empty(len(of.outside))
    served(of.problem, opened, first, second, np.empty(len(first), np.int64))
    return (first + np.minimum(second, 2 * first + of.scale)) / 2


def _shaken(of: Service, best: Incumbent, rng: np.random.Generator, part: int) -> None:
    """Swaps one in `part` of the sites that may move at random and improves again; keeps what is better."""
    if len(of.limits):
        return
    trial = best.sites.copy()
    moving, closed = np.flatnonzero(trial & ~of.kept), np.flatnonzero(~trial)
    count = min(len(closed), len(moving), max(2, len(moving) // part))
    trial[rng.choice(moving, count, replace=False)] = False
    trial[rng.choice(closed, count, replace=False)] = True
    _retry(of, trial, best)


def _retry(of: Service, start: np.ndarray, best: Incumbent) -> None:
    """Improves a choice if it is allowed, and keeps it when it is the cheapest so far."""
    if any((of.use[b][start].sum() > of.limits[b] + FITS) for b in range(len(of.limits))):
        return
    trial = start.copy()
    value = improved(of, trial)
    if value < best.value[0]:
        best.value[0], best.sites[:] = value, trial


def _tree(
    of: Service, state: np.ndarray, price: Floats, limit_price: Floats, bound: float, best: Incumbent, until: float,
    nodes: int | None,
) -> float:  # fmt: skip
    """Closes the tree below a state as far as time allows; gives the bound of the whole."""
    deepest = len(of.opening) + 2  # each site is branched on once at most
    rows = min(deepest, NODES + DEEP // max(1, len(of.outside) + len(of.opening)))
    stack = Stack(
        np.zeros((rows, len(state)), np.int8),
        np.zeros((rows, len(price))),
        np.zeros((rows, len(limit_price))),
        np.zeros(rows),
    )
    stack.state[0], stack.price[0], stack.limit_price[0], stack.bound[0] = state, price, limit_price, bound
    depth, looked = 1, 0
    while (
        depth
        and (nodes is None or looked < nodes)
        and (rows == deepest or depth < rows - NODES)
        and time.perf_counter() < until
    ):
        depth = search(of.problem, best, _target(of, best), stack, depth, NODES, NODE_STEPS)
        looked += NODES
    value = float(best.value[0])
    whole = of.step > _target(of, best)
    closed = value if whole else value - _target(of, best)
    return min([closed, *stack.bound[:depth]])
