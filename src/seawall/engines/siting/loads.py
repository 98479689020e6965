"""Compiled loops for sites that hold only so many: a bound by prices, and whole points packed into open sites."""

import numpy as np
from numba import njit

from .kernels import copied


@njit(cache=True)
def ascending(values):  # type: ignore[no-untyped-def]
    """Positions in rising order of the values."""
    return np.argsort(values)


@njit(cache=True)
def filled_site(cost, need, points, first, last, price, room, take):  # type: ignore[no-untyped-def]
    """Fills `take` (by pair) for one site with the best of its points at these prices; gives (worth, price of room).

    The continuous knapsack min sum (cost - price) x, sum need x <= room, 0 <= x <= 1 (Dantzig 1957, Operations
    Research 5:266-277).
    """
    ratio = np.empty(last - first)
    for e in range(first, last):
        take[e] = 0.0
        ratio[e - first] = (cost[e] - price[points[e]]) / need[points[e]]
    worth, left = 0.0, room
    for k in ascending(ratio):
        e = first + k
        if ratio[k] >= 0:
            break
        if left <= 0:
            return worth, -ratio[k]
        share = min(1.0, left / need[points[e]])
        take[e] = share
        left -= share * need[points[e]]
        worth += share * (cost[e] - price[points[e]])
        if share < 1.0:
            return worth, -ratio[k]
    return worth, 0.0


@njit(cache=True)
def ascend(begin, points, cost, need, room, opening, kept, most, price, upper, steps):  # type: ignore[no-untyped-def]
    """Raises the bound of capacitated location from `price` (left at the best): gives (bound, worth, tax, chosen).

    Lagrangian relaxation of "each point once" (Cornuejols, Sridharan & Thizy 1991, EJOR 50:280-297); pairs by site:
    `points[begin[j]:begin[j+1]]`. `worth` by site includes `opening`; `tax` is each site's price of room.
    """
    n, m = len(price), len(room)
    take = np.zeros(len(points))
    worth, tax, chosen = np.zeros(m), np.zeros(m), np.zeros(m, np.bool_)
    top, top_price, top_worth, top_tax, top_chosen = -np.inf, price.copy(), worth.copy(), tax.copy(), chosen.copy()
    way = np.zeros(n)
    theta, stale = 1.5, 0
    for _ in range(steps):
        bound = 0.0
        for i in range(n):
            bound += price[i]
        for j in range(m):
            value, tax[j] = filled_site(cost, need, points, begin[j], begin[j + 1], price, room[j], take)
            worth[j] = opening[j] + value
            chosen[j] = kept[j]
        left = most
        for j in range(m):
            left -= kept[j]
        for j in ascending(worth):
            if not kept[j]:
                if left <= 0 or worth[j] >= 0:
                    break
                chosen[j] = True
                left -= 1
        for j in range(m):
            if chosen[j]:
                bound += worth[j]
        if bound > top:
            stale = 0 if bound > top + 1e-6 * abs(top) else stale + 1
            top = bound
            copied(price, top_price)
            copied(worth, top_worth)
            copied(tax, top_tax)
            copied(chosen, top_chosen)
        else:
            stale += 1
        if stale >= 20:
            theta *= 0.5
            stale = 0
            copied(top_price, price)
            if theta < 1e-3 or top >= upper:
                break
            continue
        for i in range(n):
            way[i] = 0.5 * way[i] + 1.0
        for j in range(m):
            if chosen[j]:
                for e in range(begin[j], begin[j + 1]):
                    way[points[e]] -= take[e]
        norm = 0.0
        for i in range(n):
            norm += (way[i] * need[i]) ** 2
        if norm < 1e-12:
            break
        size = theta * max(upper - bound, 1e-4 * abs(upper)) / norm
        for i in range(n):
            price[i] = max(0.0, price[i] + size * need[i] ** 2 * way[i])
    copied(top_price, price)
    return top, top_worth, top_tax, top_chosen


@njit(cache=True)
def packed(ways, need, room, opened, owner):  # type: ignore[no-untyped-def]
    """Gives each point (row of `ways`, infinite where there is none) to one open site; False when some do not fit.

    The point that loses most by not getting its best site comes first (regret, Martello & Toth 1990, Knapsack
    Problems, section 7.4); then single moves and swaps while the total falls.
    """
    n, m = ways.shape
    left, sites = room.copy(), np.flatnonzero(opened)
    regret, at, next_at = np.empty(n), np.full(n, -1), np.full(n, -1)
    for i in range(n):
        owner[i] = -1
    filled = -1
    for _ in range(n):
        pick = -1
        for i in range(n):
            if owner[i] >= 0:
                continue
            touched = at[i] == filled or next_at[i] == filled
            if filled < 0 or (touched and need[i] > left[filled] + 1e-9):
                best, next_best, at[i], next_at[i] = np.inf, np.inf, -1, -1
                for seat in sites:
                    if need[i] <= left[seat] + 1e-9 and ways[i, seat] < next_best:
                        if ways[i, seat] < best:
                            next_best, best, next_at[i], at[i] = best, ways[i, seat], at[i], seat
                        else:
                            next_best, next_at[i] = ways[i, seat], seat
                if at[i] < 0:
                    return False
                regret[i] = (next_best - best if next_best < np.inf else 1e300) + 1e-12 * need[i]
            if pick < 0 or regret[i] > regret[pick]:
                pick = i
        filled = int(at[pick])
        owner[pick] = filled
        left[filled] -= need[pick]
    better = True
    while better:
        better = False
        for i in range(n):
            for j in range(m):
                if opened[j] and ways[i, j] < ways[i, owner[i]] - 1e-9 and need[i] <= left[j] + 1e-9:
                    left[owner[i]] += need[i]
                    left[j] -= need[i]
                    owner[i] = j
                    better = True
        for i in range(n):
            for k in range(i):
                a, b = owner[i], owner[k]
                if a == b or ways[i, b] + ways[k, a] >= ways[i, a] + ways[k, b] - 1e-9:
                    continue
                change = need[i] - need[k]
                if change <= left[b] + 1e-9 and -change <= left[a] + 1e-9:
                    owner[i], owner[k] = b, a
                    left[a] += change
                    left[b] -= change
                    better = True
    return True
