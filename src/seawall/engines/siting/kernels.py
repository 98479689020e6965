"""Compiled loops over one layout: the sites of each point in order of cost (indptr, site, cost), and the cost of serving it by none."""

import numpy as np
from numba import njit

OUT, FREE, IN = 0, 1, 2  # what is decided of a site


@njit(cache=True)
def copied(source, target):  # type: ignore[no-untyped-def]
    """Copies numbers one by one: compiles much faster than a slice."""
    for k in range(len(source)):
        target[k] = source[k]


@njit(cache=True)
def nearest_first(start, site, distance):  # type: ignore[no-untyped-def]
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
def total_of(values, chosen):  # type: ignore[no-untyped-def]
    """The sum of the values of the chosen sites."""
    total = 0.0
    for j in range(len(values)):
        if chosen[j]:
            total += values[j]
    return total


@njit(cache=True)
def served(indptr, site, cost, outside, opened, first, second, owner):  # type: ignore[no-untyped-def]
    """Fills for each point the least cost, the second least and the open site that serves it (-1: none); gives the sum."""
    total = 0.0
    for i in range(len(indptr) - 1):
        first[i], second[i], owner[i] = outside[i], outside[i], -1
        for e in range(indptr[i], indptr[i + 1]):
            if cost[e] >= outside[i]:
                break
            if opened[site[e]]:
                if owner[i] < 0:
                    first[i], owner[i] = cost[e], site[e]
                else:
                    second[i] = cost[e]
                    break
        total += first[i]
    return total


@njit(cache=True)
def exchange(indptr, site, cost, outside, opening, use, limits, opened, kept, most, rounds):  # type: ignore[no-untyped-def]
    """Vertex substitution to a local optimum: opens, closes or swaps while the total falls; changes `opened` in place.

    Gains, losses and their correction per pair as in Resende & Werneck (2007), A fast swap-based local search procedure
    for location problems, Ann Oper Res 150:205-230, eq. 1-4. `opening` is paid per open site, `use` (limits x sites)
    is what a site takes of each limit, `most` the number of sites allowed.
    """
    n, m = len(indptr) - 1, len(opened)
    first, second, owner = np.empty(n), np.empty(n), np.empty(n, np.int64)
    gain, loss, extra = np.empty(m), np.empty(m), np.zeros((m, m)) if m * m <= 16_000_000 else np.zeros((1, 1))
    total = served(indptr, site, cost, outside, opened, first, second, owner) + total_of(opening, opened)
    if len(extra) != m:
        return total
    used = np.zeros(len(limits))
    for b in range(len(limits)):
        used[b] = total_of(use[b], opened)
    count = 0
    for j in range(m):
        count += opened[j]
    for _ in range(rounds):
        for j in range(m):
            gain[j] = loss[j] = -opening[j]
        for i in range(n):
            if owner[i] >= 0:
                loss[owner[i]] += second[i] - first[i]
            for e in range(indptr[i], indptr[i + 1]):
                if cost[e] >= second[i]:
                    break
                j = site[e]
                if opened[j]:
                    continue
                if cost[e] < first[i]:
                    gain[j] += first[i] - cost[e]
                if owner[i] >= 0:
                    extra[j, owner[i]] += second[i] - max(cost[e], first[i])
        best, enter, leave = 1e-9 * max(1.0, abs(total)), -1, -1
        for r in range(m):
            if opened[r] and not kept[r] and -loss[r] > best:
                best, enter, leave = -loss[r], -1, r
        for j in range(m):
            if opened[j]:
                continue
            if gain[j] > best and count < most and _fits(use, limits, used, j, -1):
                best, enter, leave = gain[j], j, -1
            for r in range(m):
                if opened[r] and not kept[r]:
                    profit = gain[j] - loss[r] + extra[j, r]
                    if profit > best and _fits(use, limits, used, j, r):
                        best, enter, leave = profit, j, r
        for i in range(n):
            if owner[i] >= 0:
                for e in range(indptr[i], indptr[i + 1]):
                    if cost[e] >= second[i]:
                        break
                    extra[site[e], owner[i]] = 0.0
        if enter < 0 and leave < 0:
            break
        if enter >= 0:
            opened[enter] = True
            count += 1
            for b in range(len(limits)):
                used[b] += use[b, enter]
        if leave >= 0:
            opened[leave] = False
            count -= 1
            for b in range(len(limits)):
                used[b] -= use[b, leave]
        total = served(indptr, site, cost, outside, opened, first, second, owner) + total_of(opening, opened)
    return total


@njit(cache=True)
def _fits(use, limits, used, enter, leave):  # type: ignore[no-untyped-def]
    for b in range(len(limits)):  # noqa: SIM110 - compiled
        if used[b] + use[b, enter] - (use[b, leave] if leave >= 0 else 0.0) > limits[b] + 1e-9:
            return False
    return True


@njit(cache=True)
def relaxed(indptr, site, cost, cap, price, toll, state, most, constant, worth, chosen):  # type: ignore[no-untyped-def]
    """The Lagrangian bound for prices of the points: fills `worth` by site and `chosen`; gives the bound.

    L = sum price + constant + min over at most `most` sites of (toll + sum min(0, cost - price)); Cornuejols, Fisher &
    Nemhauser (1977), Management Science 23:789-810, section 3. Sites that are IN are always chosen, OUT never.
    """
    n, m = len(indptr) - 1, len(state)
    copied(toll, worth)
    bound = constant
    for i in range(n):
        p = price[i]
        bound += p
        for e in range(indptr[i], indptr[i + 1]):
            if cost[e] >= p:
                break
            worth[site[e]] += cost[e] - p
    left = most
    free = np.empty(m, np.int64)
    k = 0
    for j in range(m):
        chosen[j] = state[j] == IN
        if chosen[j]:
            bound += worth[j]
            left -= 1
        elif state[j] == FREE and worth[j] < 0:
            free[k] = j
            k += 1
    if k > left:
        _lowest_first(worth, free, k, left)
    for a in range(min(k, left)):
        chosen[free[a]] = True
        bound += worth[free[a]]
    return bound


@njit(cache=True)
def _lowest_first(worth, free, k, left):  # type: ignore[no-untyped-def]
    """Brings the `left` sites of least worth to the front of the first k of `free` (quickselect, Hoare 1961)."""
    low, high = 0, k - 1
    while low < high:
        pivot = worth[free[(low + high) // 2]]
        a, b = low, high
        while a <= b:
            while worth[free[a]] < pivot:
                a += 1
            while worth[free[b]] > pivot:
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
def visits(indptr, site, cost, price, chosen, count):  # type: ignore[no-untyped-def]
    """Fills by how many chosen sites each point would be served at these prices."""
    for i in range(len(indptr) - 1):
        c = 0
        for e in range(indptr[i], indptr[i + 1]):
            if cost[e] >= price[i]:
                break
            if chosen[site[e]]:
                c += 1
        count[i] = c
