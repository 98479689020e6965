"""Lower bounds by subgradient steps, what they decide of single sites, and the tree that closes what is left open."""

import numpy as np
from numba import njit

from .kernels import FREE, IN, OUT, copied, relaxed, served, total_of, visits


@njit(cache=True)
def climb(  # type: ignore[no-untyped-def]
    indptr, site, cost, outside, opening, use, limits, scale, most, state, price, fines, record, best, target,
          rounds, theta, patience):  # fmt: skip
    """Raises the bound from `price` and `fines` (left at the best found): gives (bound, worth, chosen, share).

    Steps as in Held, Wolfe & Crowder (1974), Mathematical Programming 6:62-88, along a smoothed direction; `record`
    (one number) and `best` (sites) keep the cheapest complete answer met; `share` is how often a site was chosen of
    late. Stops when the bound passes record - target.
    """
    n, m = len(indptr) - 1, len(state)
    floor, cap = np.zeros(n), outside.copy()
    for i in range(n):
        low = True
        for e in range(indptr[i], indptr[i + 1]):
            if low and state[site[e]] != OUT:
                floor[i] = cost[e]
                low = False
            if state[site[e]] == IN:
                cap[i] = min(cap[i], cost[e])
                break
        if low:
            floor[i] = cap[i]
        floor[i] = min(floor[i], cap[i])
        price[i] = min(max(price[i], floor[i]), cap[i])
    worth, chosen, count = np.empty(m), np.zeros(m, np.bool_), np.zeros(n, np.int64)
    first, second, owner = np.empty(n), np.empty(n), np.empty(n, np.int64)
    top, top_price, top_fines = -np.inf, price.copy(), fines.copy()
    top_worth, top_chosen, share = np.empty(m), np.zeros(m, np.bool_), np.zeros(m)
    way, way_fines = np.zeros(n), np.zeros(len(fines))
    stale = 0
    for step in range(rounds):
        toll = opening.copy()
        constant = 0.0
        for b in range(len(limits)):
            for j in range(m):
                toll[j] += fines[b] * use[b, j]
            constant -= fines[b] * limits[b]
        bound = relaxed(indptr, site, cost, cap, price, toll, state, most, constant, worth, chosen)
        for j in range(m):
            share[j] = 0.9 * share[j] + (0.1 if chosen[j] else 0.0)
        if bound > top or step % 10 == 0:
            fits = True
            for b in range(len(limits)):
                if total_of(use[b], chosen) > limits[b] + 1e-9:
                    fits = False
            if fits:
                total = served(indptr, site, cost, outside, chosen, first, second, owner) + total_of(opening, chosen)
                if total < record[0]:
                    record[0] = total
                    copied(chosen, best)
        if bound > top:
            if bound > top + 1e-5 * abs(top):
                stale = 0
            else:
                stale += 1
            top = bound
            copied(price, top_price)
            copied(fines, top_fines)
            copied(worth, top_worth)
            copied(chosen, top_chosen)
        else:
            stale += 1
        if top >= record[0] - target:
            break
        if stale >= patience:
            theta *= 0.5
            stale = 0
            copied(top_price, price)
            copied(top_fines, fines)
            for i in range(n):
                way[i] = 0.0
            if theta < 1e-3:
                break
            continue
        visits(indptr, site, cost, price, chosen, count)
        norm = 0.0
        for i in range(n):
            way[i] = 1.0 - count[i] + 0.6 * way[i]
            if (way[i] > 0 and price[i] >= cap[i]) or (way[i] < 0 and price[i] <= floor[i]):
                way[i] = 0.0
            norm += (scale[i] * way[i]) ** 2
        for b in range(len(limits)):
            way_fines[b] = total_of(use[b], chosen) - limits[b] + 0.6 * way_fines[b]
            if way_fines[b] < 0 and fines[b] <= 0:
                way_fines[b] = 0.0
            norm += way_fines[b] * way_fines[b]
        if norm < 1e-12:
            break
        size = theta * (record[0] - bound) / norm
        for i in range(n):
            price[i] = min(max(price[i] + size * scale[i] ** 2 * way[i], floor[i]), cap[i])
        for b in range(len(limits)):
            fines[b] = max(0.0, fines[b] + size * way_fines[b])
    copied(top_price, price)
    copied(top_fines, fines)
    return top, top_worth, top_chosen, share


@njit(cache=True)
def decide(bound, worth, chosen, state, most, ceiling):  # type: ignore[no-untyped-def]
    """Fixes sites whose other choice would lift the bound to `ceiling`: IN or OUT in `state`; gives how many.

    With at most k free sites chosen, leaving a chosen one out costs at least what the best unchosen one is worth less
    than it, and taking an unchosen one at least what it is worth more than the worst chosen (reduced costs).
    """
    m = len(state)
    taken, best_not, worst_taken = 0, 0.0, -np.inf
    for j in range(m):
        if state[j] == IN:
            taken += 1
        elif state[j] == FREE and chosen[j]:
            taken += 1
            worst_taken = max(worst_taken, worth[j])
        elif state[j] == FREE:
            best_not = min(best_not, worth[j])
    full = taken >= most
    fixed = 0
    for j in range(m):
        if state[j] != FREE:
            continue
        if chosen[j] and bound - worth[j] + best_not >= ceiling:
            state[j] = IN
            fixed += 1
        elif not chosen[j] and bound + worth[j] - (min(worst_taken, 0.0) if full else 0.0) >= ceiling:
            state[j] = OUT
            fixed += 1
    return fixed


@njit(cache=True)
def search(  # type: ignore[no-untyped-def]
    indptr, site, cost, outside, opening, use, limits, scale, most, record, best, target, stack_state, stack_price,
           stack_fines, stack_bound, depth, nodes, rounds):  # fmt: skip
    """Goes on with the depth-first tree for `nodes` nodes; gives the depth left (0: the record is proven).

    Each row of the stacks is an open node: decided sites, prices to start from, bound of its parent. Branches on the
    site that was chosen about half of the time; the likelier side first.
    """
    m = stack_state.shape[1]
    for _ in range(nodes):
        if depth == 0:
            return 0
        depth -= 1
        if stack_bound[depth] >= record[0] - target:
            continue
        state, price, fines = stack_state[depth].copy(), stack_price[depth].copy(), stack_fines[depth].copy()
        fixed = 1
        bound, share = -np.inf, np.zeros(m)
        while fixed > 0:
            before = bound
            bound, worth, chosen, share = climb(
                indptr, site, cost, outside, opening, use, limits, scale, most, state, price, fines, record, best, target,
                rounds, 0.5, 8,
            )  # fmt: skip
            bound = max(bound, before)
            if bound >= record[0] - target:
                break
            fixed = decide(bound, worth, chosen, state, most, record[0] - target)
            _close(state, most)
        if bound >= record[0] - target:
            continue
        pick, near = -1, 2.0
        for j in range(m):
            if state[j] == FREE and abs(share[j] - 0.5) < near:
                pick, near = j, abs(share[j] - 0.5)
        if pick < 0:
            continue
        likely = IN if share[pick] >= 0.5 else OUT
        for side in (IN + OUT - likely, likely):
            copied(state, stack_state[depth])
            copied(price, stack_price[depth])
            copied(fines, stack_fines[depth])
            stack_state[depth, pick] = side
            _close(stack_state[depth], most)
            stack_bound[depth] = bound
            depth += 1
    return depth


@njit(cache=True)
def _close(state, most):  # type: ignore[no-untyped-def]
    """Once as many sites as allowed are IN, every other is OUT."""
    taken = 0
    for j in range(len(state)):
        taken += state[j] == IN
    if taken >= most:
        for j in range(len(state)):
            if state[j] == FREE:
                state[j] = OUT
