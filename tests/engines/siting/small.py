"""Small cases, and the plain answer to each by trying every choice of sites."""

from collections.abc import Callable, Iterator
from itertools import combinations, product

import numpy as np
from hypothesis import strategies as st

from seawall.engines.siting import Case, case_of_matrix

Value = Callable[[np.ndarray], float]


@st.composite
def cases(draw: st.DrawFn, holes: bool = True, whole: bool = True) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """Weights (n), distances (n x m, some infinite), kept (m) and a number of sites to open."""
    n, m = draw(st.integers(1, 9)), draw(st.integers(1, 7))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    distance = rng.integers(0, 20, (n, m)).astype(float) if whole else rng.random((n, m)) * 20
    if holes:
        distance[rng.random((n, m)) < draw(st.sampled_from([0.0, 0.2, 0.5]))] = np.inf
    weight = rng.integers(0, 9, n).astype(float) if whole else np.round(rng.random(n) * 9, 3)
    kept = rng.random(m) < 0.15
    return weight, distance, kept, draw(st.integers(max(1, int(kept.sum())), m))


def choices(kept: np.ndarray, most: int) -> Iterator[np.ndarray]:
    """Every set of at most so many sites with the kept ones among them."""
    free = np.flatnonzero(~kept)
    for count in range(most - int(kept.sum()) + 1):
        for more in combinations(free, count):
            opened = kept.copy()
            opened[list(more)] = True
            yield opened


def least(kept: np.ndarray, most: int, value: Value) -> float:
    return min(map(value, choices(kept, most)), default=np.inf)


def travel(weight: np.ndarray, distance: np.ndarray) -> Value:
    """People times distance; infinite when somebody of some weight cannot go anywhere."""

    def value(opened: np.ndarray) -> float:
        near = np.where(opened, distance, np.inf).min(axis=1, initial=np.inf)
        return float((weight * np.where(weight > 0, near, 0)).sum())

    return value


def uncovered(weight: np.ndarray, distance: np.ndarray, radius: float) -> Value:
    return lambda opened: float(weight[~((distance <= radius) & opened).any(axis=1)].sum())


def assigned(
    weight: np.ndarray, distance: np.ndarray, capacity: np.ndarray, fixed_cost: np.ndarray, opened: np.ndarray
) -> float:
    """The cheapest way to give each point to one open site within capacities, by trying all."""
    heavy = np.flatnonzero(weight > 0)
    best = np.inf
    for sites in product(np.flatnonzero(opened), repeat=len(heavy)):
        load = np.bincount(np.array(sites, int), weight[heavy], len(opened)) if len(heavy) else np.zeros(len(opened))
        if (load <= capacity + 1e-9).all():
            ways = sum(weight[i] * distance[i, j] for i, j in zip(heavy, sites, strict=True))
            best = min(best, float(ways + fixed_cost[opened].sum()))
    return best


def made(weight: np.ndarray, distance: np.ndarray, **more: np.ndarray) -> Case:
    return case_of_matrix(weight, distance, **more)
