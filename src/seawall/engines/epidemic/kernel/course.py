"""One deterministic course of an epidemic: doses and arrivals at the start of each day, then Euler or Runge-Kutta steps."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .doses import bring_in, move, open_to, share_out
from .rates import BLOCKS, INFECTED, flows, pressure

F = NDArray[np.float64]
N = NDArray[np.int64]
RECORDED = 9  # S, E, I, R, H, dead, vaccinated and living, infected so far, admitted so far
WEEK = 7
PER = 100_000.0


@njit(cache=True)
def record(state: F, strata: int, vaccinated: F, districts: int, by_group: F, by_district: F) -> None:
    """Adds up the state by group (RECORDED, groups) and, where there are several, by district (RECORDED, districts)."""
    cells = state.shape[1]
    by_group[:] = 0.0
    by_district[:] = 0.0
    for block in range(BLOCKS + 3):
        rows = strata if block < BLOCKS else 1
        for v in range(rows):
            row = block * strata + v if block < BLOCKS else BLOCKS * strata + block - BLOCKS
            line = block if block <= BLOCKS else block + 1
            dosed = block < BLOCKS and vaccinated[v] > 0.0
            for cell in range(cells):
                people = state[row, cell]
                by_group[line, cell // districts] += people
                if dosed:
                    by_group[BLOCKS + 1, cell // districts] += people
                if districts > 1:
                    by_district[line, cell % districts] += people
                    if dosed:
                        by_district[BLOCKS + 1, cell % districts] += people


@njit(cache=True)
def vaccinate(state: F, strata: int, day: int, supply: F, plan: F, shares: F, tiers: N, sources: F, moves: N, splits: F,
              reached: F, given: F, used: F) -> None:  # fmt: skip
    """The doses of one day, kind by kind: `plan` (days, kinds, cells) as far as people are open to it, then `supply`."""
    for dose in range(sources.shape[0]):
        wanted = 0.0
        planned = plan.shape[0] > day
        if planned:
            for cell in range(given.shape[0]):
                wanted += plan[day, dose, cell]
        if wanted <= 0.0 and supply[day, dose] <= 0.0:
            continue
        open_to(state, strata, sources[dose], reached)
        for cell in range(given.shape[0]):
            given[cell] = min(plan[day, dose, cell], reached[cell]) if planned else 0.0
        if supply[day, dose] > 0.0:
            share_out(supply[day, dose], reached, tiers, shares[dose], given)
        move(state, strata, moves, splits, dose, reached, given)
        for cell in range(given.shape[0]):
            used[dose, cell] += given[cell]


@njit(cache=True)
def watch(day: int, state: F, strata: int, districts: int, new: F, triggers: F, where: F,
          effects: F, active: N, base: F, factors: F) -> None:  # fmt: skip
    """Writes today's `factors` (layers, districts): those by date times those of measures switched by what is seen.

    `triggers` (measures; metric, on, off, least days): metric 0 is new infections of the last seven days, 1 people in
    hospital, per 100,000 residents of the districts it watches (`where`); it holds while not below `off`.
    """
    factors[:] = base
    for m in range(triggers.shape[0]):
        seen, people = 0.0, 0.0
        for cell in range(state.shape[1]):
            if where[m, cell % districts] <= 0.0:
                continue
            for row in range(BLOCKS * strata):
                people += state[row, cell]
            if triggers[m, 0] == 0.0:
                for back in range(max(0, day - WEEK), day):
                    seen += new[back, cell]
            else:
                for v in range(strata):
                    seen += state[(BLOCKS - 1) * strata + v, cell]
        level = seen / people * PER if people > 0.0 else 0.0
        if active[m] > 0:
            active[m] = 0 if level < triggers[m, 2] and day - active[m] + 1 >= triggers[m, 3] else active[m]
        elif level >= triggers[m, 1]:
            active[m] = day + 1
        if active[m] > 0:
            for layer in range(factors.shape[0]):
                for d in range(districts):
                    if where[m, d] > 0.0:
                        factors[layer, d] *= effects[m, layer]


@njit(cache=True)
def course(state: F, strata: int, latent: bool, rates: F, infectiousness: F, susceptibility: F, hospital: F, fatal: F,
           onto: N, waning: F, mixing: F, matrices: F, base: F, triggers: F, where: F, effects: F, arrivals: F,
           supply: F, plan: F, shares: F, tiers: N, sources: F, moves: N, splits: F, vaccinated: F, steps: int,
           fourth: bool, by_group: F, by_district: F, new: F, used: F) -> None:  # fmt: skip
    """Fills `by_group` (days + 1, RECORDED, groups), `by_district`, `new` (days, cells) and `used`; `state` ends last.

    `steps` equal steps a day by Euler's rule, or by the classical Runge-Kutta rule of fourth order (`fourth`).
    """
    days, (rows, cells), districts = new.shape[0], state.shape, mixing.shape[0]
    layers, groups = matrices.shape[0], matrices.shape[1]
    infected = BLOCKS * strata + INFECTED
    factors, whole = np.empty((layers, districts)), np.ones((1, districts))
    blended = np.zeros((1, groups, groups))
    previous = np.full((layers, districts), -1.0)
    even = True
    prevalence, force = np.empty((2, cells)), np.empty(cells)
    k1, k2 = np.empty((rows, cells)), np.empty((rows, cells))
    total, trial = np.empty((rows, cells)), np.empty((rows, cells))
    reached, given, before = np.empty(cells), np.empty(cells), np.empty(cells)
    active = np.zeros(triggers.shape[0], np.int64)
    step = 1.0 / steps
    for day in range(days):
        record(state, strata, vaccinated, districts, by_group[day], by_district[day])
        before[:] = state[infected]
        if arrivals.shape[0] > day:
            bring_in(state, strata, latent, infected, arrivals[day])
        vaccinate(state, strata, day, supply, plan, shares, tiers, sources, moves, splits, reached, given, used)
        watch(day, state, strata, districts, new, triggers, where, effects, active, base[day], factors)
        if not np.array_equal(factors, previous):
            previous[:] = factors
            even = True
            for d in range(1, districts):
                for layer in range(layers):
                    even = even and factors[layer, d] == factors[layer, 0]
            blended[:] = 0.0
            for layer in range(layers):
                blended[0] += factors[layer, 0] * matrices[layer]
        used_matrices, used_factors = (blended, whole) if even else (matrices, factors)
        for _ in range(steps):
            pressure(state, strata, infectiousness, mixing, used_matrices, used_factors, prevalence, force)
            flows(state, k1, strata, latent, rates, susceptibility, hospital, fatal, onto, waning, force)
            if not fourth:
                for row in range(rows):
                    for cell in range(cells):
                        state[row, cell] += step * k1[row, cell]
                continue
            total[:] = k1
            for stage in range(3):
                reach = step if stage == 2 else 0.5 * step
                last = k1 if stage == 0 else k2
                for row in range(rows):
                    for cell in range(cells):
                        trial[row, cell] = state[row, cell] + reach * last[row, cell]
                pressure(trial, strata, infectiousness, mixing, used_matrices, used_factors, prevalence, force)
                flows(trial, k2, strata, latent, rates, susceptibility, hospital, fatal, onto, waning, force)
                weight = 1.0 if stage == 2 else 2.0
                for row in range(rows):
                    for cell in range(cells):
                        total[row, cell] += weight * k2[row, cell]
            for row in range(rows):
                for cell in range(cells):
                    state[row, cell] += step / 6.0 * total[row, cell]
        for cell in range(cells):
            new[day, cell] = state[infected, cell] - before[cell]
    record(state, strata, vaccinated, districts, by_group[days], by_district[days])
