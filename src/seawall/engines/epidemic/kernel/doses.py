"""Doses of a day: who is open to one, how a supply is shared out by order, and how people change stratum."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .rates import INFECTED, E, I, R, S

F = NDArray[np.float64]
N = NDArray[np.int64]


@njit(cache=True)
def open_to(state: F, sources: F, dose: int, reached: F) -> None:
    """Writes `reached` (cells): people in S, E or R of the strata that this dose starts from (`sources`: kinds, strata; 0 or 1)."""
    cells = reached.shape[0]
    for cell in range(cells):
        reached[cell] = 0.0
    for v in range(sources.shape[1]):
        if sources[dose, v] > 0.0:
            for cell in range(cells):
                n = v * cells + cell
                reached[cell] += state[S, n] + state[E, n] + state[R, n]


@njit(cache=True)
def share_out(supply: float, reached: F, tiers: N, shares: F, dose: int, given: F) -> None:
    """Adds to `given` (cells) what `supply` brings, tier by tier; what nobody can take is left over.

    In the first tier doses are first asked for by fixed `shares` (kinds, cells; they sum to 1, or are all 0); what a full cell cannot
    take goes to the open cells of its tier in proportion to the people still open there, and then to the next tier.
    """
    left = supply
    last = 0
    for cell in range(reached.shape[0]):
        take = min(shares[dose, cell] * supply, reached[cell] - given[cell])
        if take > 0.0:
            given[cell] += take
            left -= take
        last = max(last, tiers[cell])
    for tier in range(last + 1):
        if left <= 1e-12 * supply:
            return
        room = 0.0
        for cell in range(reached.shape[0]):
            if tiers[cell] == tier:
                room += reached[cell] - given[cell]
        if room <= 0.0:
            continue
        part = min(1.0, left / room)
        left -= part * room
        for cell in range(reached.shape[0]):
            if tiers[cell] == tier:
                given[cell] += part * (reached[cell] - given[cell])


@njit(cache=True)
def move(state: F, sources: F, moves: N, splits: F, dose: int, reached: F, given: F) -> None:
    """Moves vaccinated people out of S, E and R pro rata; `moves` (lines; dose, from, to), `splits` (lines, cells).

    The lines of one dose and source stand together in the sense that their splits sum to 1.
    """
    cells = reached.shape[0]
    for v in range(sources.shape[1]):
        if sources[dose, v] <= 0.0:
            continue
        for block in (S, E, R):
            for cell in range(cells):
                if given[cell] <= 0.0:
                    continue
                leaving = state[block, v * cells + cell] * min(1.0, given[cell] / reached[cell])
                state[block, v * cells + cell] -= leaving
                for line in range(moves.shape[0]):
                    if moves[line, 0] == dose and moves[line, 1] == v:
                        state[block, moves[line, 2] * cells + cell] += leaving * splits[line, cell]


@njit(cache=True)
def bring_in(state: F, latent: bool, day: int, arrivals: F) -> None:
    """Infects `arrivals` (days, cells) susceptible residents, as people who come home infected; never more than there are."""
    cells = arrivals.shape[1]
    strata = state.shape[1] // cells
    block = E if latent else I
    for cell in range(cells):
        if arrivals[day, cell] <= 0.0:
            continue
        healthy = 0.0
        for v in range(strata):
            healthy += state[S, v * cells + cell]
        if healthy <= 0.0:
            continue
        part = min(1.0, arrivals[day, cell] / healthy)
        for v in range(strata):
            new = state[S, v * cells + cell] * part
            state[S, v * cells + cell] -= new
            state[block, v * cells + cell] += new
            state[INFECTED, v * cells + cell] += new
