"""Lower bounds by subgradient steps, what they decide of single sites, and the tree that closes what is left open.

The dual (Cornuejols, Fisher & Nemhauser 1977, Management Science 23:789-810, section 3) is a concave function of one
price for each point, what it would pay to be served once, and one for each limit. Any prices give a valid lower
bound; the steps below look for high ones, and the constants only say how fast: none of them can make a bound wrong.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from .kernels import FITS, FREE, IN, OUT, Flags, Floats, Ints, Problem, copied, relaxed, served, total_of, visits

# d_t = g_t + SMOOTHING d_(t-1): Camerini, Fratta & Maffioli (1975), Mathematical Programming Study 3:26-34. Ours is a
# fixed number found by trial; 0 would be the plain subgradient.
SMOOTHING = 0.6
# After `patience` steps without a higher bound the step is halved and starts from the best prices again: Held, Wolfe &
# Crowder (1974), Mathematical Programming 6:62-88; Beasley (1993), EJOR 65:383-399, with a patience of 30.
HALVED, LEAST_STEP = 0.5, 1e-3
RISEN = 1e-5  # a bound that is not higher by this part of itself wears patience down all the same
KEPT_SHARE, NEW_SHARE = 0.9, 0.1  # exponential mean of "chosen in the relaxed answer", by which the tree branches
PRICED_EVERY = 10  # steps after which a relaxed answer is priced in full though the bound did not rise
OPTIMAL = 1e-12  # squared length below which a direction is none: the prices are optimal
# In the tree, short climbs from the parent's prices: half the step and little patience, found by trial.
NODE_STEP, NODE_PATIENCE = 0.5, 8


class Dual(NamedTuple):
    """Prices of the points and of the limits, with what the relaxed problem answers to them, by site."""

    price: Floats
    limit_price: Floats
    reduced: Floats
    chosen: Flags


class Stack(NamedTuple):
    """Open nodes of the tree, one a row: decided sites, prices to start from, bound of the parent."""

    state: Ints
    price: Floats
    limit_price: Floats
    bound: Floats


class Incumbent(NamedTuple):
    """The cheapest complete answer met: its value (one number) and its sites."""

    value: Floats
    sites: Flags


@njit(cache=True)
def new_dual(price: Floats, limit_price: Floats, sites: int) -> Dual:
    return Dual(price.copy(), limit_price.copy(), np.empty(sites), np.zeros(sites, np.bool_))


@njit(cache=True)
def keep_dual(source: Dual, target: Dual) -> None:
    copied(source.price, target.price)
    copied(source.limit_price, target.limit_price)
    copied(source.reduced, target.reduced)
    copied(source.chosen, target.chosen)


@njit(cache=True)
def price_range(of: Problem, state: Ints, price: Floats, low: Floats, high: Floats) -> None:
    """Fills between what an optimal price of each point lies: its cheapest site, and the cheapest surely open.
    Puts the prices within.

    The dual prices of Erlenkotter (1978), Operations Research 26:992-1009, keep to the same range.
    """
    for i in range(len(low)):
        found = False
        low[i], high[i] = 0.0, of.outside[i]
        for e in range(of.indptr[i], of.indptr[i + 1]):
            if not found and state[of.site[e]] != OUT:
                low[i], found = of.cost[e], True
            if state[of.site[e]] == IN:
                high[i] = min(high[i], of.cost[e])
                break
        low[i] = min(low[i], high[i]) if found else high[i]
        price[i] = min(max(price[i], low[i]), high[i])


@njit(cache=True)
def relax(of: Problem, state: Ints, dual: Dual) -> float:
    """The bound at these prices; fills the reduced costs and the choice.

    L(v, u) = sum v - sum u limit + min over the sites of (opening + u use + sum min(0, cost - v)), u >= 0.
    """
    charged, constant = of.opening.copy(), 0.0
    for b in range(len(of.limits)):
        for j in range(len(charged)):
            charged[j] += dual.limit_price[b] * of.use[b, j]
        constant -= dual.limit_price[b] * of.limits[b]
    return relaxed(of, dual.price, charged, state, constant, dual.reduced, dual.chosen)


@njit(cache=True)
def offer(of: Problem, chosen: Flags, best: Incumbent) -> None:
    """Prices a choice of sites in full (Beasley's Lagrangean heuristic) and keeps it if it is allowed and the cheapest."""
    for b in range(len(of.limits)):
        if total_of(of.use[b], chosen) > of.limits[b] + FITS:
            return
    n = len(of.outside)
    first, second, owner = np.empty(n), np.empty(n), np.empty(n, np.int64)
    total = served(of, chosen, first, second, owner) + total_of(of.opening, chosen)
    if total < best.value[0]:
        best.value[0] = total
        copied(chosen, best.sites)


@njit(cache=True)
def direction(of: Problem, dual: Dual, low: Floats, high: Floats, ways: Floats, limit_ways: Floats) -> float:
    """Fills the smoothed subgradient at these prices; gives its squared length, each point measured by its weight.

    A component that would push a price out of its range is none (Beasley 1993). `g` of a point is one less the chosen
    sites that would serve it, `g` of a limit what is used beyond it.
    """
    count, norm = np.zeros(len(low), np.int64), 0.0
    visits(of, dual.price, dual.chosen, count)
    for i in range(len(low)):
        ways[i] = 1.0 - count[i] + SMOOTHING * ways[i]
        if (ways[i] > 0 and dual.price[i] >= high[i]) or (ways[i] < 0 and dual.price[i] <= low[i]):
            ways[i] = 0.0
        norm += (of.scale[i] * ways[i]) ** 2
    for b in range(len(of.limits)):
        limit_ways[b] = total_of(of.use[b], dual.chosen) - of.limits[b] + SMOOTHING * limit_ways[b]
        if limit_ways[b] < 0 and dual.limit_price[b] <= 0:
            limit_ways[b] = 0.0
        norm += limit_ways[b] * limit_ways[b]
    return norm


@njit(cache=True)
def move(of: Problem, dual: Dual, size: float, low: Floats, high: Floats, ways: Floats, limit_ways: Floats) -> None:
    """One step of the prices along a direction, kept in range."""
    for i in range(len(low)):
        dual.price[i] = min(max(dual.price[i] + size * of.scale[i] ** 2 * ways[i], low[i]), high[i])
    for b in range(len(of.limits)):
        dual.limit_price[b] = max(0.0, dual.limit_price[b] + size * limit_ways[b])


@njit(cache=True)
def note_share(chosen: Flags, share: Floats) -> None:
    for j in range(len(share)):
        share[j] = KEPT_SHARE * share[j] + (NEW_SHARE if chosen[j] else 0.0)


@njit(cache=True)
def restart(top: Dual, now: Dual, ways: Floats) -> None:
    """Back to the best prices, with no memory of the directions that led away from them."""
    copied(top.price, now.price)
    copied(top.limit_price, now.limit_price)
    for i in range(len(ways)):
        ways[i] = 0.0


@njit(cache=True)
def climb(
    of: Problem, state: Ints, price: Floats, limit_price: Floats, best: Incumbent, target: float,
    steps: int, theta: float, patience: int,
) -> tuple[float, Floats, Flags, Floats]:  # fmt: skip
    """Raises the bound from the prices (left at the best found): gives bound, reduced costs, choice and `share`.

    Steps of Held, Wolfe & Crowder (1974), section 2: v += theta (value - L(v)) / |d|^2 d. `share` is how often a site
    was chosen of late. Stops when the bound passes the best value less `target`.
    """
    low, high = np.empty(len(price)), np.empty(len(price))
    price_range(of, state, price, low, high)
    now, top = new_dual(price, limit_price, len(state)), new_dual(price, limit_price, len(state))
    ways, limit_ways, share = np.zeros(len(price)), np.zeros(len(limit_price)), np.zeros(len(state))
    highest, stale = -np.inf, 0
    for step in range(steps):
        bound = relax(of, state, now)
        note_share(now.chosen, share)
        if bound > highest or step % PRICED_EVERY == 0:
            offer(of, now.chosen, best)
        stale = 0 if bound > highest + RISEN * abs(highest) else stale + 1
        if bound > highest:
            highest = bound
            keep_dual(now, top)
        if highest >= best.value[0] - target:
            break
        if stale >= patience:
            theta, stale = HALVED * theta, 0
            restart(top, now, ways)
            if theta < LEAST_STEP:
                break
            continue
        norm = direction(of, now, low, high, ways, limit_ways)
        if norm < OPTIMAL:
            break
        move(of, now, theta * (best.value[0] - bound) / norm, low, high, ways, limit_ways)
    copied(top.price, price)
    copied(top.limit_price, limit_price)
    return highest, top.reduced, top.chosen, share


@njit(cache=True)
def decide(of: Problem, bound: float, reduced: Floats, chosen: Flags, state: Ints, ceiling: float) -> int:
    """Fixes sites whose other choice would lift the bound to `ceiling`: IN or OUT in `state`; gives how many.

    The penalty tests of Christofides & Beasley (1982), EJOR 10:196-204. With at most k free sites chosen, leaving a
    chosen one out costs at least its reduced cost against the best unchosen one's, and taking an unchosen one at least
    its own against the worst chosen one's.
    """
    taken, best_not, worst_taken = 0, 0.0, -np.inf
    for j in range(len(state)):
        if state[j] == IN:
            taken += 1
        elif state[j] == FREE and chosen[j]:
            taken += 1
            worst_taken = max(worst_taken, reduced[j])
        elif state[j] == FREE:
            best_not = min(best_not, reduced[j])
    full = taken >= of.most
    fixed = 0
    for j in range(len(state)):
        if state[j] != FREE:
            continue
        if chosen[j] and bound - reduced[j] + best_not >= ceiling:
            state[j] = IN
            fixed += 1
        elif not chosen[j] and bound + reduced[j] - (min(worst_taken, 0.0) if full else 0.0) >= ceiling:
            state[j] = OUT
            fixed += 1
    return fixed


@njit(cache=True)
def bounded(
    of: Problem, state: Ints, price: Floats, limit_price: Floats, best: Incumbent, target: float, steps: int
) -> tuple[float, Floats]:
    """Climbs and decides in turn until a node is closed or nothing more is decided; gives bound and `share`."""
    fixed, bound, share = 1, -np.inf, np.zeros(len(state))
    while fixed > 0:
        before = bound
        bound, reduced, chosen, share = climb(
            of, state, price, limit_price, best, target, steps, NODE_STEP, NODE_PATIENCE
        )
        bound = max(bound, before)
        if bound >= best.value[0] - target:
            break
        fixed = decide(of, bound, reduced, chosen, state, best.value[0] - target)
        close(of, state)
    return bound, share


@njit(cache=True)
def undecided(state: Ints, share: Floats) -> int:
    """The free site that was chosen about half of the time; -1: none is free."""
    pick, near = -1, 2.0
    for j in range(len(state)):
        if state[j] == FREE and abs(share[j] - 0.5) < near:
            pick, near = j, abs(share[j] - 0.5)
    return pick


@njit(cache=True)
def search(of: Problem, best: Incumbent, target: float, stack: Stack, depth: int, nodes: int, steps: int) -> int:
    """Goes on with the depth-first tree for `nodes` nodes; gives the depth left (0: the best answer is proven).

    Branches on the site that the relaxed answers are least at one about; the likelier side first.
    """
    for _ in range(nodes):
        if depth == 0:
            return 0
        depth -= 1
        if stack.bound[depth] >= best.value[0] - target:
            continue
        state, price = stack.state[depth].copy(), stack.price[depth].copy()
        limit_price = stack.limit_price[depth].copy()
        bound, share = bounded(of, state, price, limit_price, best, target, steps)
        if bound >= best.value[0] - target:
            continue
        pick = undecided(state, share)
        if pick < 0:
            continue
        likely = IN if share[pick] >= 0.5 else OUT
        for side in (IN + OUT - likely, likely):
            copied(state, stack.state[depth])
            copied(price, stack.price[depth])
            copied(limit_price, stack.limit_price[depth])
            stack.state[depth, pick] = side
            close(of, stack.state[depth])
            stack.bound[depth] = bound
            depth += 1
    return depth


@njit(cache=True)
def close(of: Problem, state: Ints) -> None:
    """Once as many sites as allowed are IN, every other is OUT."""
    taken = 0
    for j in range(len(state)):
        taken += state[j] == IN
    if taken >= of.most:
        for j in range(len(state)):
            if state[j] == FREE:
                state[j] = OUT
