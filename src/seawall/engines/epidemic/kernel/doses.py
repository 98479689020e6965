"""Doses of a day: who is open to one, how a supply is shared out by order, and how people change stratum."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .rates import E, I, R, S

F = NDArray[np.float64]
N = NDArray[np.int64]


@njit(cache=True)
def open_to(state: F, strata: int, sources: F, reached: F) -> None:
    """Writes `reached` (cells): people in S, E or R of the strata that this dose starts from (`sources`, 0 or 1)."""
    for cell in range(reached.shape[0]):
        reached[cell] = 0.0
    for v in range(strata):
        if sources[v] > 0.0:
            for cell in range(reached.shape[0]):
                reached[cell] += state[S * strata + v, cell] + state[E * strata + v, cell] + state[R * strata + v, cell]


@njit(cache=True)
def share_out(supply: float, reached: F, tiers: N, shares: F, given: F) -> float:
    """Adds to `given` (cells) what `supply` brings, tier by tier, and returns what nobody could take.

    In the first tier doses are first asked for by fixed `shares` (they sum to 1, or are all 0); what a full cell cannot
    take goes to the open cells of its tier in proportion to the people still open there, and then to the next tier.
    """
    left = supply
    for cell in range(reached.shape[0]):
        take = min(shares[cell] * supply, reached[cell] - given[cell])
        if take > 0.0:
            given[cell] += take
            left -= take
    last = 0
    for cell in range(reached.shape[0]):
        last = max(last, tiers[cell])
    for tier in range(last + 1):
        if left <= 1e-9 * supply:
            break
        room = 0.0
        for cell in range(reached.shape[0]):
            if tiers[cell] == tier:
                room += reached[cell] - given[cell]
        if room <= 0.0:
            continue
        part = min(1.0, left / room)
        for cell in range(reached.shape[0]):
            if tiers[cell] == tier:
                take = part * (reached[cell] - given[cell])
                given[cell] += take
                left -= take
    return max(left, 0.0)


@njit(cache=True)
def move(state: F, strata: int, moves: N, splits: F, dose: int, reached: F, given: F) -> None:
    """Moves vaccinated people out of S, E and R pro rata; `moves` (moves; dose, from, to), `splits` (moves, cells)."""
    for line in range(moves.shape[0]):
        if moves[line, 0] != dose:
            continue
        source = moves[line, 1]
        first = True
        for earlier in range(line):
            if moves[earlier, 0] == dose and moves[earlier, 1] == source:
                first = False
        if not first:
            continue
        for block in (S, E, R):
            row = block * strata + source
            for cell in range(reached.shape[0]):
                if given[cell] <= 0.0:
                    continue
                leaving = state[row, cell] * min(1.0, given[cell] / reached[cell])
                state[row, cell] -= leaving
                for way in range(line, moves.shape[0]):
                    if moves[way, 0] == dose and moves[way, 1] == source:
                        state[block * strata + moves[way, 2], cell] += leaving * splits[way, cell]


@njit(cache=True)
def bring_in(state: F, strata: int, latent: bool, infected: int, arrivals: F) -> None:
    """Infects `arrivals` (cells) susceptible residents, as people who come home infected; never more than there are."""
    block = E if latent else I
    for cell in range(arrivals.shape[0]):
        if arrivals[cell] <= 0.0:
            continue
        healthy = 0.0
        for v in range(strata):
            healthy += state[v, cell]
        if healthy <= 0.0:
            continue
        part = min(1.0, arrivals[cell] / healthy)
        for v in range(strata):
            new = state[v, cell] * part
            state[v, cell] -= new
            state[block * strata + v, cell] += new
            state[infected, cell] += new
