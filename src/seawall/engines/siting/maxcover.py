"""Maximal cover: open so many sites that the most people have one within their radius, no area left too far behind."""

import time
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_matrix, hstack, identity, vstack

from .case import Answer, Case, Floats, Infeasible, nearest_open
from .exact import Choice, Service, cheapest, filled
from .kernels import IN, OUT
from .milp import Optimum, Programme, solve
from .setcover import late, merged

NODES = 100  # of the tree, before the rest is left to the mixed integer programme
ENTRIES = 3_000_000  # of the largest programme that is still built
ROUNDED = 1e-9  # of the weight of all: what the solver's tolerances may add to its bound


def max_cover(
    of: Case, open_: int, *, least_share: float | None = None, areas: np.ndarray | None = None, seconds: float = 60.0,
    seed: int = 1,
) -> Answer:  # fmt: skip
    """max sum weight[i] * z[i], z[i] <= sum over j in reach of i of y[j], sum y <= `open_`; y binary.

    Church & ReVelle (1974), The maximal covering location problem, Papers of the Regional Science Association
    32:101-118. `of` holds the pairs within the radius; points of one area and equal cover sets are one. With
    `least_share` (0 to 1) that share of the people of each of `areas` (n, numbers from 0) is covered at least; raises
    Infeasible with the largest share that is possible when it is not.
    """
    until = time.perf_counter() + seconds
    area = np.zeros(of.points, np.int64) if areas is None or least_share is None else areas
    cover = _cover(of, area)
    first = of.kept.copy()
    if least_share is None:
        choice = cheapest(_service(of, cover, open_), first, seconds, np.random.default_rng(seed), NODES)
        opened, value, bound = choice.opened, choice.value, choice.bound
        if bound < value and cover.rows.nnz <= ENTRIES:
            opened, value, bound = _closed(of, cover, open_, until, choice)
    else:
        found = _solved(of, cover, open_, least_share, until)
        if found is None:
            raise _too_fair(of, cover, open_, until)
        opened, value, bound = found
    opened = filled(of, opened, open_)
    serves, _ = nearest_open(of, opened)
    total = float(cover.weight.sum())
    return Answer("max-cover", opened, serves, total - value, total - bound, most=True)


@dataclass(frozen=True)
class _Cover:
    """Groups of points with one area and one cover set: their weight and area, groups x sites; people by area in all."""

    weight: Floats
    area: np.ndarray
    rows: csr_matrix
    people: Floats


def _cover(of: Case, area: np.ndarray) -> _Cover:
    reached = np.flatnonzero((np.diff(of.start) > 0) & (of.weight > 0))
    group, rows = merged(of.of(reached))
    both, one = np.unique(np.stack([group, area[reached]]), axis=1, return_inverse=True)
    weight = np.bincount(one.ravel(), of.weight[reached], both.shape[1])
    return _Cover(weight, both[1], csr_matrix(rows[both[0]]), np.bincount(area, of.weight))


def _service(of: Case, cover: _Cover, open_: int) -> Service:
    """A covered point costs nothing, an uncovered one its weight (Cornuejols, Fisher & Nemhauser 1977)."""
    start, site = cover.rows.indptr.astype(np.int64), cover.rows.indices.astype(np.int64)
    free = np.zeros(cover.rows.nnz)
    return Service(start, site, free, cover.weight, np.zeros(of.sites), of.kept, open_, of.use, of.limits, cover.weight)


def _programme(of: Case, cover: _Cover, open_: int, least_share: float | None) -> Programme:
    """min weight . u over y binary and u from 0 to 1 (uncovered): rows.y + u >= 1, sum y <= open_, budgets, shares."""
    groups, sites = cover.rows.shape
    parts = [hstack([cover.rows, identity(groups)]), csr_matrix(np.r_[np.ones(sites), np.zeros(groups)])]
    parts.append(hstack([csr_matrix(of.use), csr_matrix((len(of.limits), groups))]))
    high: list[Floats] = [np.full(groups, np.inf), np.array([float(open_)]), of.limits]
    if least_share is not None:
        count = len(cover.people)
        uncovered = csr_matrix((cover.weight, (cover.area, np.arange(groups))), shape=(count, groups))
        parts.append(hstack([csr_matrix((count, sites)), uncovered]))
        reachable = np.bincount(cover.area, cover.weight, count)
        high.append(reachable - least_share * cover.people + 1e-9 * (1 + cover.people))
    top = np.concatenate(high)
    low = np.r_[np.ones(groups), np.full(len(top) - groups, -np.inf)]
    whole = np.r_[np.ones(sites, bool), np.zeros(groups, bool)]
    lower = np.r_[of.kept.astype(float), np.zeros(groups)]
    cost = np.r_[np.zeros(sites), cover.weight]
    return Programme(cost, csr_matrix(vstack(parts)), low, top, np.ones(sites + groups), whole, lower)


def _closed(of: Case, cover: _Cover, open_: int, until: float, known: Choice) -> tuple[np.ndarray, float, float]:
    """The rest of the proof: only what every better choice must look like is left to the programme."""
    plain = _programme(of, cover, open_, None)
    assert plain.lower is not None
    lower, upper = plain.lower.copy(), plain.upper.copy()
    lower[: of.sites] = np.maximum(lower[: of.sites], known.state == IN)
    upper[: of.sites] = known.state != OUT
    start = np.r_[known.opened, (cover.rows @ known.opened.astype(float)) == 0].astype(float)
    inside = (start >= lower).all() and (start <= upper).all()
    optimum = solve(replace(plain, lower=lower, upper=upper), until - time.perf_counter(), start if inside else None)
    found = _read(of, cover, optimum)
    if found is None or found[1] >= known.value:
        bound = min(known.value, optimum.bound if found is None else found[2])
        return known.opened, known.value, max(known.bound, bound)
    return found[0], found[1], min(found[1], max(known.bound, found[2]))


def _solved(
    of: Case, cover: _Cover, open_: int, least_share: float | None, until: float
) -> tuple[np.ndarray, float, float] | None:
    """Open sites, uncovered weight and its bound; None when no choice is allowed."""
    optimum = solve(_programme(of, cover, open_, least_share), until - time.perf_counter())
    if optimum.x is None and optimum.bound == np.inf:
        return None
    if optimum.x is None:
        raise late()
    return _read(of, cover, optimum)


def _read(of: Case, cover: _Cover, optimum: Optimum) -> tuple[np.ndarray, float, float] | None:
    """Open sites, uncovered weight and its bound of a solved programme; None when it gave no answer."""
    if optimum.x is None:
        return None
    opened = optimum.x[: of.sites] > 0.5
    value = float(cover.weight[(cover.rows @ opened.astype(float)) == 0].sum())
    whole = np.array_equal(cover.weight, np.rint(cover.weight))
    bound = float(np.ceil(optimum.bound - max(1e-5, ROUNDED * cover.weight.sum()))) if whole else optimum.bound
    return opened, value, min(bound, value)


def _too_fair(of: Case, cover: _Cover, open_: int, until: float) -> Infeasible:
    """Says which least share is possible at most: max t, covered people of each area >= t * its people."""
    plain = _programme(of, cover, open_, 0.0)
    count, sites = len(cover.people), of.sites
    column = np.r_[np.zeros(plain.rows.shape[0] - count), cover.people]
    rows = csr_matrix(hstack([plain.rows, csr_matrix(column[:, None])]))
    programme = Programme(
        np.r_[np.zeros(len(plain.cost)), -1.0], rows, plain.low, plain.high, np.r_[plain.upper, 1.0],
        np.r_[plain.whole, False], np.r_[plain.lower if plain.lower is not None else np.zeros(sites), 0.0],
    )  # fmt: skip
    optimum = solve(programme, max(5.0, until - time.perf_counter()))
    if optimum.bound == -np.inf:
        return late()
    if optimum.bound == np.inf:
        return Infeasible("limits", "在这些限额内没有可行方案。", "Nothing fits within these budgets.")
    best = min(1.0, -optimum.bound)
    shown = f"{np.floor(best * 1e4 + 1e-6) / 100:.2f}%"
    return Infeasible(
        "share_high",
        f"{open_} 个接种点无法让每个区域都达到此覆盖率；最差区域最多可达 {shown}。",
        f"{open_} sites cannot cover this share of every area: the worst area reaches {shown} at most.",
        possible=best,
    )
