"""Capacitated location: open sites and give each point whole to one of them, at the least cost of sites and ways."""

import time
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix, hstack, identity, vstack

from .case import PROVEN, Answer, Case, Floats, Infeasible, nearest_open
from .exact import Service, cheapest
from .loads import ascend, packed
from .median import reaching
from .milp import Programme, solve
from .setcover import late, out_of_reach

STEPS, DROPS = 600, 30
PAIRS = 2_000_000  # of the largest programme that is still built
ROUNDED = 1e-9  # of a value: what the solver's tolerances may add to its bound


def capacitated(of: Case, *, open_: int | None = None, seconds: float = 60.0, seed: int = 1) -> Answer:
    """min sum fixed_cost[j] y[j] + sum weight[i] distance[i,j] x[i,j]; sum_j x[i,j] = 1,
    sum_i weight[i] x[i,j] <= capacity[j] y[j], x[i,j] <= y[j], sum y <= `open_`; x and y binary, kept sites open.

    Single-source capacitated location (Holmberg, Ronnqvist & Yuan 1999, EJOR 113:544-559); without capacities it is
    the plain location problem with fixed costs. Fixed costs of kept sites count: write 0 where they are spent. Points
    of no weight go to the nearest open site. Raises Infeasible when the points do not fit.
    """
    until = time.perf_counter() + seconds
    heavy = np.flatnonzero(of.weight > 0)
    served, most = of.of(heavy), of.sites if open_ is None else open_
    serves = np.full(of.points, -1)
    if len(unreached := np.flatnonzero(np.diff(served.start) == 0)):
        raise out_of_reach(served, unreached)
    if of.capacity.min(initial=np.inf) >= served.weight.sum():
        opened, value, bound = _unlimited(served, most, seconds, seed)
    else:
        opened, owner, value, bound = _limited(served, most, until)
        serves[heavy] = owner
    nearest, _ = nearest_open(of, opened)
    return Answer("capacitated", opened, np.where(serves >= 0, serves, nearest), value, bound)


def _unlimited(of: Case, most: int, seconds: float, seed: int) -> tuple[np.ndarray, float, float]:
    cost = of.distance * of.weight[of.point]
    outside = np.full(of.points, 2.0 * (cost.sum() + of.fixed_cost.sum()) + 1.0)
    service = Service(
        of.start, of.site, cost, outside, of.fixed_cost, of.kept, most, of.use, of.limits, of.weight
    )  # fmt: skip
    choice = cheapest(service, reaching(of, most, seconds), seconds, np.random.default_rng(seed))
    return choice.opened, choice.value, choice.bound


@dataclass(frozen=True)
class _Known:
    """An allowed answer: who serves each point, and what it costs."""

    owner: np.ndarray
    value: float

    def opened(self, of: Case) -> np.ndarray:
        opened = of.kept.copy()
        opened[self.owner] = True
        return opened


@dataclass(frozen=True)
class _Prices:
    """A bound with the prices of points, the prices of room and the worth of sites that prove it."""

    bound: float
    point: Floats
    room: Floats
    worth: Floats
    chosen: np.ndarray


def _limited(of: Case, most: int, until: float) -> tuple[np.ndarray, np.ndarray, float, float]:
    """Open sites, owner of each point, value and bound."""
    known = _first(of, most)
    prices = _priced(of, most, known)
    known = _improved(of, most, prices, known, until)
    if known is not None and (bound := _tight(of, prices.bound, known.value)) >= known.value * (1 - PROVEN / 2):
        return known.opened(of), known.owner, known.value, min(bound, known.value)
    pairs = _worthwhile(of, prices, known)
    if len(pairs) > PAIRS and known is not None:
        return known.opened(of), known.owner, known.value, prices.bound
    optimum = solve(_programme(of, most, pairs), until - time.perf_counter(), _start(of, pairs, known))
    if optimum.x is not None:
        owner = np.full(of.points, -1)
        taken = pairs[optimum.x[of.sites :] > 0.5]
        owner[of.point[taken]] = of.site[taken]
        known = min(filter(None, (known, _Known(owner, _cost(of, owner)))), key=lambda of_: of_.value)
    if known is None:
        raise _impossible(of, most, timed_out=optimum.bound < np.inf)
    bound = min(max(prices.bound, optimum.bound), known.value)
    return known.opened(of), known.owner, known.value, _tight(of, bound, known.value)


def _tight(of: Case, bound: float, value: float) -> float:
    """The value itself where all totals are whole numbers and the bound is less than one below it."""
    numbers = of.distance * of.weight[of.point]
    whole = np.allclose(numbers, np.rint(numbers), rtol=0, atol=1e-9) and np.array_equal(
        of.fixed_cost, np.rint(of.fixed_cost)
    )
    return value if whole and value - bound < 1 - max(1e-6, ROUNDED * abs(value)) else bound


def _cost(of: Case, owner: np.ndarray) -> float:
    opened = of.kept.copy()
    opened[owner] = True
    serving = of.site == owner[of.point]
    return float(of.fixed_cost[opened].sum() + (of.distance * of.weight[of.point])[serving].sum())


def _room(of: Case) -> Floats:
    return np.minimum(of.capacity, of.weight.sum())


def _ways(of: Case) -> Floats:
    """Cost of each point at each site (n x m), infinite where there is no way."""
    ways = np.full((of.points, of.sites), np.inf)
    ways[of.point, of.site] = of.distance * of.weight[of.point]
    return ways


def _allowed(of: Case, most: int, opened: np.ndarray) -> bool:
    return bool(opened.sum() <= most and (of.use[:, opened].sum(axis=1) <= of.limits + 1e-9).all())


def _packed(of: Case, ways: Floats, opened: np.ndarray) -> _Known | None:
    owner = np.empty(of.points, np.int64)
    return _Known(owner, _cost(of, owner)) if packed(ways, of.weight, _room(of), opened, owner) else None


def _first(of: Case, most: int) -> _Known | None:
    """The largest sites, as many as allowed."""
    opened = of.kept.copy()
    for j in np.argsort(-of.capacity, kind="stable"):
        if opened.sum() < most and not opened[j]:
            opened[j] = True
            if not _allowed(of, most, opened):
                opened[j] = False
    return _packed(of, _ways(of), opened)


def _priced(of: Case, most: int, known: _Known | None) -> _Prices:
    cost = of.distance * of.weight[of.point]
    order = np.lexsort((of.point, of.site))
    begin = np.concatenate(([0], np.cumsum(np.bincount(of.site, minlength=of.sites)))).astype(np.int64)
    third = of.start[:-1] + np.minimum(2, np.maximum(np.diff(of.start) - 1, 0))
    price = cost[third]
    upper = known.value if known else 2 * float(cost[of.start[1:] - 1].sum() + of.fixed_cost.sum())
    bound, worth, tax, chosen = ascend(
        begin, of.point[order].astype(np.int64), cost[order], of.weight, _room(of), of.fixed_cost, of.kept, most,
        price, upper, STEPS,
    )  # fmt: skip
    return _Prices(float(bound), price, tax, worth, chosen)


def _improved(of: Case, most: int, prices: _Prices, known: _Known | None, until: float) -> _Known | None:
    """Packs the sites the prices choose, adds the worthiest until all fit, and closes what is not worth its cost.

    Stops when the time is up, if any answer is known by then."""
    ways, opened = _ways(of), prices.chosen.copy()
    for j in np.argsort(prices.worth, kind="stable"):
        if _room(of)[opened].sum() >= of.weight.sum() and (found := _packed(of, ways, opened)):
            known = found if known is None or found.value < known.value else known
            break
        opened[j] = True
        if not _allowed(of, most, opened):
            opened[j] = prices.chosen[j]
    for _ in range(DROPS if known else 0):
        assert known is not None
        if time.perf_counter() > until:
            break
        trials = [_packed(of, ways, np.where(np.arange(of.sites) == j, False, known.opened(of)))
                  for j in np.flatnonzero(known.opened(of) & ~of.kept)]  # fmt: skip
        best = min(filter(None, trials), key=lambda of_: of_.value, default=None)
        if best is None or best.value >= known.value:
            break
        known = best
    return known


def _worthwhile(of: Case, prices: _Prices, known: _Known | None) -> np.ndarray:
    """The pairs that a better answer could use: others would lift the bound past the known answer (reduced costs)."""
    if known is None:
        return np.arange(len(of.site))
    over = of.distance * of.weight[of.point] - prices.point[of.point] + of.weight[of.point] * prices.room[of.site]
    closed = np.where(prices.chosen, 0.0, np.maximum(prices.worth, 0.0))
    at_least = prices.bound + np.maximum(over, 0.0) + closed[of.site]
    return np.flatnonzero((at_least <= known.value * (1 + 1e-9)) | (of.site == known.owner[of.point]))


def _programme(of: Case, most: int, pairs: np.ndarray) -> Programme:
    """The rows of `capacitated` over the sites, then the given pairs."""
    n, m, count = of.points, of.sites, len(pairs)
    point, site, k = of.point[pairs], of.site[pairs], np.arange(count)
    once = hstack([csr_matrix((n, m)), csr_matrix((np.ones(count), (point, k)), shape=(n, count))])
    load = csr_matrix((of.weight[point], (site, k)), shape=(m, count))
    room = hstack([csr_matrix((-_room(of), (np.arange(m), np.arange(m))), shape=(m, m)), load])
    strong = hstack([csr_matrix((-np.ones(count), (k, site)), shape=(count, m)), identity(count)])
    number = csr_matrix(np.r_[np.ones(m), np.zeros(count)])
    use = hstack([csr_matrix(of.use), csr_matrix((len(of.limits), count))])
    rows = csr_matrix(vstack([once, room, strong, number, use]))
    low = np.r_[np.ones(n), np.full(m + count + 1 + len(of.limits), -np.inf)]
    high = np.r_[np.ones(n), np.zeros(m + count), most, of.limits]
    cost = np.r_[of.fixed_cost, of.distance[pairs] * of.weight[point]]
    lower = np.r_[of.kept.astype(float), np.zeros(count)]
    return Programme(cost, rows, low, high, np.ones(m + count), np.ones(m + count, bool), lower)


def _start(of: Case, pairs: np.ndarray, known: _Known | None) -> Floats | None:
    if known is None:
        return None
    return np.r_[known.opened(of), of.site[pairs] == known.owner[of.point[pairs]]].astype(float)


def _impossible(of: Case, most: int, timed_out: bool) -> Infeasible:
    """Why nothing fits: how many people stay unserved at the least, even if points could be divided."""
    if timed_out:
        return late()
    pairs = np.arange(len(of.site))
    plain = _programme(of, most, pairs)
    n, m, count = of.points, of.sites, len(pairs)
    missing = csr_matrix((np.ones(n), (np.arange(n), np.arange(n))), shape=(plain.rows.shape[0], n))
    optimum = solve(
        Programme(
            np.r_[np.zeros(m + count), of.weight], csr_matrix(hstack([plain.rows, missing])), plain.low, plain.high,
            np.ones(m + count + n), np.r_[np.ones(m, bool), np.zeros(count + n, bool)],
            np.r_[of.kept.astype(float), np.zeros(count + n)],
        ), 30.0,
    )  # fmt: skip
    if optimum.x is None:
        if optimum.bound < np.inf:
            return late()
        return Infeasible("limits", "在这些限额内没有可行方案。", "Nothing fits within these budgets.")
    where = np.flatnonzero(optimum.x[m + count :] * of.weight > 1e-6)
    if not len(where):
        return Infeasible(
            "not_whole",
            "容量总数够，但需求点不能拆分时放不下；请拆分大的需求点或增加容量。",
            "The capacities would hold everyone only if points were divided: divide large points, or add capacity.",
        )
    short = optimum.value
    return Infeasible(
        "capacity_short",
        f"可开放的容量比需求少 {short:,.6g} 人，涉及 {len(where)} 个需求点。",
        f"The capacity that may be open is {short:,.6g} people short, at {len(where)} points of demand.",
        short=short,
        points=of.row[where].tolist(),
    )
