"""Compiled loops over one problem: the sites of each point in order of cost, and the cost of serving it by none."""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.signedinteger]
Flags = NDArray[np.bool_]
OUT, FREE, IN = 0, 1, 2  # what is decided of a site
MOST_PAIRS = 16_000_000  # of sites, looked at in exchanging them
LEAST_GAIN = 1e-9  # of the total: less is the rounding of sums
FITS = 1e-9  # by how much a sum in double precision may pass a limit


class Problem(NamedTuple):
    """The sites of point i are `site[indptr[i]:indptr[i + 1]]`, cheapest first, at `cost`; `outside`: what it costs unserved.

    `opening` is paid for each open site, at most `most`; `use` (limits x sites) is what a site takes of each of the
    `limits`; `scale` is each point's weight.
    """

    indptr: Ints
    site: Ints
    cost: Floats
    outside: Floats
    opening: Floats
    use: Floats
    limits: Floats
    scale: Floats
    most: int


@njit(cache=True)
def copied(source: np.ndarray, target: np.ndarray) -> None:
    """Copies numbers one by one: compiles much faster than a slice."""
    for k in range(len(source)):
        target[k] = source[k]


@njit(cache=True)
def nearest_first(start: Ints, site: Ints, distance: Floats) -> None:
    """Puts the pairs of each point in order of distance, then site, in place (Shell sort, gaps of Knuth 1973)."""
    for i in range(len(start) - 1):
        low, count = start[i], start[i + 1] - start[i]
        gap = 1
        while gap < count // 3:
            gap = 3 * gap + 1
        while gap > 0:
            for e in range(low + gap, low + count):
                d, j, at = distance[e], site[e], e
                while at - gap >= low and (distance[at - gap] > d or (distance[at - gap] == d and site[at - gap] > j)):
                    distance[at], site[at] = distance[at - gap], site[at - gap]
                    at -= gap
                distance[at], site[at] = d, j
            gap //= 3


@njit(cache=True)
def total_of(values: Floats, chosen: Flags) -> float:
    """The sum of the values of the chosen sites."""
    total = 0.0
    for j in range(len(values)):
        if chosen[j]:
            total += values[j]
    return total


@njit(cache=True)
def served(of: Problem, opened: Flags, first: Floats, second: Floats, owner: Ints) -> float:
    """Fills for each point the least cost, the second least and the open site that serves it (-1: none); gives the sum."""
    total = 0.0
    for i in range(len(of.indptr) - 1):
        first[i], second[i], owner[i] = of.outside[i], of.outside[i], -1
        for e in range(of.indptr[i], of.indptr[i + 1]):
            if of.cost[e] >= of.outside[i]:
                break
            if opened[of.site[e]]:
                if owner[i] < 0:
                    first[i], owner[i] = of.cost[e], of.site[e]
                else:
                    second[i] = of.cost[e]
                    break
        total += first[i]
    return total


class Gains(NamedTuple):
    """What a swap brings: `gain` of opening a site, `loss` of closing one, and `extra` of doing both."""

    gain: Floats
    loss: Floats
    extra: Floats


@njit(cache=True)
def clear_extra(of: Problem, second: Floats, owner: Ints, extra: Floats) -> None:
    """Puts back to zero just the pairs that `fill_gains` touched."""
    for i in range(len(of.outside)):
        if owner[i] >= 0:
            for e in range(of.indptr[i], of.indptr[i + 1]):
                if of.cost[e] >= second[i]:
                    break
                extra[of.site[e], owner[i]] = 0.0


@njit(cache=True)
def fill_gains(of: Problem, opened: Flags, first: Floats, second: Floats, owner: Ints, to: Gains) -> None:
    """Equations 1-4 of Resende & Werneck, from what each point pays at its site and would pay at its next best."""
    for j in range(len(opened)):
        to.gain[j] = to.loss[j] = -of.opening[j]
    for i in range(len(of.outside)):
        if owner[i] >= 0:
            to.loss[owner[i]] += second[i] - first[i]
        for e in range(of.indptr[i], of.indptr[i + 1]):
            if of.cost[e] >= second[i]:
                break
            j = of.site[e]
            if opened[j]:
                continue
            if of.cost[e] < first[i]:
                to.gain[j] += first[i] - of.cost[e]
            if owner[i] >= 0:
                to.extra[j, owner[i]] += second[i] - max(of.cost[e], first[i])


@njit(cache=True)
def best_swap(
    of: Problem, opened: Flags, kept: Flags, used: Floats, more: bool, by: Gains, least: float
) -> tuple[int, int]:
    """The site to open and the one to close (-1: none) that bring most, if more than `least`; `more`: one may be added."""
    m = len(opened)
    best, enter, leave = least, -1, -1
    for r in range(m):
        if opened[r] and not kept[r] and -by.loss[r] > best:
            best, enter, leave = -by.loss[r], -1, r
    for j in range(m):
        if opened[j]:
            continue
        if by.gain[j] > best and more and _fits(of, used, j, -1):
            best, enter, leave = by.gain[j], j, -1
        for r in range(m):
            if opened[r] and not kept[r]:
                profit = by.gain[j] - by.loss[r] + by.extra[j, r]
                if profit > best and _fits(of, used, j, r):
                    best, enter, leave = profit, j, r
    return enter, leave


@njit(cache=True)
def exchange(of: Problem, opened: Flags, kept: Flags, rounds: int) -> float:
    """Vertex substitution to a local optimum: opens, closes or swaps while the total falls; changes `opened` in place.

    Gains, losses and their correction per pair as in Resende & Werneck (2007), A fast swap-based local search procedure
    for location problems, Ann Oper Res 150:205-230, eq. 1-4.
    """
    n, m = len(of.outside), len(opened)
    first, second, owner = np.empty(n), np.empty(n), np.empty(n, np.int64)
    total = served(of, opened, first, second, owner) + total_of(of.opening, opened)
    if m * m > MOST_PAIRS:
        return total
    by, used, count = Gains(np.empty(m), np.empty(m), np.zeros((m, m))), np.zeros(len(of.limits)), 0
    for b in range(len(of.limits)):
        used[b] = total_of(of.use[b], opened)
    for j in range(m):
        count += opened[j]
    for _ in range(rounds):
        fill_gains(of, opened, first, second, owner, by)
        enter, leave = best_swap(of, opened, kept, used, count < of.most, by, LEAST_GAIN * max(1.0, abs(total)))
        clear_extra(of, second, owner, by.extra)
        if enter < 0 and leave < 0:
            break
        for moved, sign in ((enter, 1), (leave, -1)):
            if moved >= 0:
                opened[moved] = sign > 0
                count += sign
                for b in range(len(of.limits)):
                    used[b] += sign * of.use[b, moved]
        total = served(of, opened, first, second, owner) + total_of(of.opening, opened)
    return total


@njit(cache=True)
def _fits(of: Problem, used: Floats, enter: int, leave: int) -> bool:
    for b in range(len(of.limits)):  # noqa: SIM110 - compiled
        if used[b] + of.use[b, enter] - (of.use[b, leave] if leave >= 0 else 0.0) > of.limits[b] + FITS:
            return False
    return True


@njit(cache=True)
def relaxed(
    of: Problem, price: Floats, charged: Floats, state: Ints, constant: float, reduced: Floats, chosen: Flags
) -> float:
    """The Lagrangian bound for prices of the points: fills the reduced costs of the sites and `chosen`; gives the bound.

    L = sum price + constant + min over at most `most` sites of (charged + sum min(0, cost - price)); Cornuejols, Fisher &
    Nemhauser (1977), Management Science 23:789-810, section 3. Sites that are IN are always chosen, OUT never.
    """
    copied(charged, reduced)
    bound = constant
    for i in range(len(of.outside)):
        p = price[i]
        bound += p
        for e in range(of.indptr[i], of.indptr[i + 1]):
            if of.cost[e] >= p:
                break
            reduced[of.site[e]] += of.cost[e] - p
    left, k = of.most, 0
    free = np.empty(len(state), np.int64)
    for j in range(len(state)):
        chosen[j] = state[j] == IN
        if chosen[j]:
            bound += reduced[j]
            left -= 1
        elif state[j] == FREE and reduced[j] < 0:
            free[k] = j
            k += 1
    if k > left:
        _lowest_first(reduced, free, k, left)
    for a in range(min(k, left)):
        chosen[free[a]] = True
        bound += reduced[free[a]]
    return bound


@njit(cache=True)
def _lowest_first(reduced: Floats, free: Ints, k: int, left: int) -> None:
    """Brings the `left` sites of least reduced cost to the front of the first k of `free` (quickselect, Hoare 1961)."""
    low, high = 0, k - 1
    while low < high:
        pivot = reduced[free[(low + high) // 2]]
        a, b = low, high
        while a <= b:
            while reduced[free[a]] < pivot:
                a += 1
            while reduced[free[b]] > pivot:
                b -= 1
            if a <= b:
                free[a], free[b] = free[b], free[a]
                a += 1
                b -= 1
        if left <= b:
            high = b
        elif left >= a:
            low = a
        else:
            break


@njit(cache=True)
def visits(of: Problem, price: Floats, chosen: Flags, count: Ints) -> None:
    """Fills by how many chosen sites each point would be served at these prices."""
    for i in range(len(of.indptr) - 1):
        c = 0
        for e in range(of.indptr[i], of.indptr[i + 1]):
            if of.cost[e] >= price[i]:
                break
            if chosen[of.site[e]]:
                c += 1
        count[i] = c
