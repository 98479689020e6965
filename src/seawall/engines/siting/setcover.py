"""Set cover: the fewest or the cheapest sites that reach everybody, with points of equal cover sets as one point."""

import numpy as np
from scipy.sparse import csr_matrix, vstack

from .case import Answer, Case, Floats, Infeasible, nearest_open
from .milp import Programme, solve

LEAST = 10.0  # seconds for finding any sites at all that reach everybody, however few are allowed for the rest


def set_cover(of: Case, *, cost: Floats | None = None, open_: int | None = None, seconds: float = 60.0) -> Answer:
    """min sum cost[j] * y[j], sum over j in reach of i of y[j] >= 1 for every point i; y binary, kept sites open.

    Toregas, Swain, ReVelle & Bergman (1971), The location of emergency service facilities, Operations Research
    19:1363-1373. `of` holds the pairs within the radius; `cost` is 1 for each site where not given; `open_`, if
    given, is the most sites allowed. Raises Infeasible when somebody is out of reach or too few sites are allowed.
    """
    price = np.ones(of.sites) if cost is None else cost
    unreached = np.flatnonzero((np.diff(of.start) == 0) & (of.weight > 0))
    if len(unreached):
        raise out_of_reach(of, unreached)
    found = _cover(of, price, open_, seconds)
    if found is None:
        raise _too_few(of, seconds)
    opened, bound = found
    serves, _ = nearest_open(of, opened)
    return Answer("set-cover", opened, serves, float(price[opened].sum()), bound)


def out_of_reach(of: Case, points: np.ndarray) -> Infeasible:
    people = of.weight[points].sum()
    return Infeasible(
        "out_of_reach",
        f"{len(points)} 个需求点（{people:,.0f} 人）到不了任何候选点。",
        f"{len(points)} points of demand ({people:,.0f} people) cannot reach any candidate.",
        points=of.row[points].tolist(),
    )


def late() -> Infeasible:
    return Infeasible(
        "time_short", "限定时间内没有找到方案；请延长 --seconds。", "No answer was found in time: allow more --seconds."
    )


def _too_few(of: Case, seconds: float) -> Infeasible:
    fewest = fewest_sites(of, seconds)
    if fewest is None:
        return Infeasible("limits", "在这些限额内无法覆盖所有人。", "No sites within these budgets reach everybody.")
    need = fewest[1]
    return Infeasible(
        "sites_short",
        f"这么多接种点无法覆盖所有人；至少需要 {need} 个。",
        f"So few sites cannot cover everyone: at least {need} are needed.",
        needed=need,
    )


def fewest_sites(of: Case, seconds: float) -> tuple[np.ndarray, int] | None:
    """Few sites that reach every point of some weight within the budgets, and the number below which none do; None
    when no sites do at all. Raises Infeasible when there was no time to tell."""
    found = _cover(of, np.ones(of.sites), None, max(LEAST, seconds))
    return (found[0], round(found[1])) if found is not None else None


def merged(of: Case) -> tuple[np.ndarray, csr_matrix]:
    """Points of equal cover sets as one: (group of each point, groups x sites of 0 and 1)."""
    rows = csr_matrix((np.ones(len(of.site)), of.site, of.start), shape=(of.points, of.sites))
    rng = np.random.default_rng(0)
    marks = rng.integers(1, 2**62, (2, of.sites), dtype=np.int64)
    keys = np.stack([np.add.reduceat(np.append(mark[of.site], 0), of.start[:-1]) for mark in marks])
    keys[:, np.diff(of.start) == 0] = 0
    _, first, group = np.unique(keys, axis=1, return_index=True, return_inverse=True)
    return group.ravel(), rows[first]


def greedy_cover(of: Case, cost: Floats) -> np.ndarray:
    """Kept sites, then the site that reaches most of the unreached for its cost, until all are reached."""
    _, rows = merged(of.of(np.flatnonzero(np.diff(of.start) > 0)))
    opened = of.kept.copy()
    left = rows[np.asarray(rows @ opened.astype(float)).ravel() == 0]
    while left.shape[0]:
        gain = np.asarray(left.sum(axis=0)).ravel() / np.maximum(cost, 1e-9)
        best = int(gain.argmax())
        opened[best] = True
        left = left[np.asarray(left[:, best].todense()).ravel() == 0]
    return opened


def _cover(of: Case, cost: Floats, open_: int | None, seconds: float) -> tuple[np.ndarray, float] | None:
    """The cheapest cover within the budgets and its bound; None when there is none. Raises Infeasible when time is short."""
    _, rows = merged(of.of(np.flatnonzero((of.weight > 0) & (np.diff(of.start) > 0))))
    count, limit = np.ones((1, of.sites)), [float(open_)] if open_ is not None else []
    side = vstack([csr_matrix(count)] * bool(limit) + [csr_matrix(of.use)]) if limit or len(of.limits) else None
    matrix = csr_matrix(vstack([rows, side])) if side is not None else csr_matrix(rows)
    high = np.concatenate((np.full(rows.shape[0], np.inf), limit, of.limits))
    low = np.concatenate((np.ones(rows.shape[0]), np.full(len(high) - rows.shape[0], -np.inf)))
    programme = Programme(cost, matrix, low, high, np.ones(of.sites), np.ones(of.sites, bool), of.kept.astype(float))
    start = greedy_cover(of, cost).astype(float)
    optimum = solve(programme, seconds, start if not limit and not len(of.limits) else None)
    if optimum.x is None:
        if optimum.bound < np.inf:
            raise late()
        return None
    whole = np.array_equal(cost, np.rint(cost))
    value = float(cost[optimum.x > 0.5].sum())
    bound = float(np.ceil(optimum.bound - 1e-6)) if whole else optimum.bound
    return optimum.x > 0.5, min(bound, value)
