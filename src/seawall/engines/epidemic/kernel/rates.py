"""The flows of the SEIR model with hospital and death, for all strata and cells at once.

A cell is one age group in one district: cell = group * districts + district. The state is one array of rows by cells:
S, E, I, R, H of every stratum (five blocks of `strata` rows), then the dead, the infections so far, the admissions so far.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

F = NDArray[np.float64]
S, E, I, R, H, BLOCKS = 0, 1, 2, 3, 4, 5  # noqa: E741 - the names of the field
DEAD, INFECTED, ADMITTED, TAIL = 0, 1, 2, 3
ONSET, LEAVE, DISCHARGE, LOSE, RATES = 0, 1, 2, 3, 4


@njit(cache=True)
def pressure(
    state: F, strata: int, infectiousness: F, mixing: F, matrices: F, factors: F, prevalence: F, force: F
) -> None:
    """Writes `force` (cells): contacts per day with the infectious, before susceptibility and transmission per contact.

    force[i,d] = sum over layers of factor[l,d] * sum_j C_l[i,j] * sum_e mixing[d,e] * infectious[j,e] / living[j,e];
    `matrices` (layers, groups, groups), `factors` (layers, districts), `mixing` (districts, districts; rows sum to 1).
    """
    layers, groups, _ = matrices.shape
    districts = mixing.shape[0]
    cells = groups * districts
    for cell in range(cells):
        living = 0.0
        infectious = 0.0
        for v in range(strata):
            ill = state[I * strata + v, cell]
            living += state[v, cell] + state[E * strata + v, cell] + ill
            living += state[R * strata + v, cell] + state[H * strata + v, cell]
            infectious += infectiousness[v] * ill
        prevalence[0, cell] = infectious / living if living > 0.0 else 0.0
        force[cell] = 0.0
    seen = 0
    if districts > 1:
        seen = 1
        for group in range(groups):
            for d in range(districts):
                total = 0.0
                for e in range(districts):
                    total += mixing[d, e] * prevalence[0, group * districts + e]
                prevalence[1, group * districts + d] = total
    if districts == 1:
        for layer in range(layers):
            for i in range(groups):
                total = 0.0
                for j in range(groups):
                    total += matrices[layer, i, j] * prevalence[seen, j]
                force[i] += factors[layer, 0] * total
        return
    met = prevalence[seen].reshape(groups, districts)
    for layer in range(layers):
        reached = np.dot(matrices[layer], met)
        for i in range(groups):
            for d in range(districts):
                force[i * districts + d] += factors[layer, d] * reached[i, d]


@njit(cache=True)
def flows(
    state: F,
    change: F,
    strata: int,
    latent: bool,
    rates: F,
    susceptibility: F,
    hospital: F,
    fatal: F,
    onto: NDArray[np.int64],
    waning: F,
    force: F,
) -> None:
    """Writes `change` (as state), people a day.

    `rates` = E to I, I onward, H onward, R to S; `susceptibility` (strata, cells) holds transmission per contact, the age
    group's susceptibility and the vaccine's effect; `hospital` and `fatal` (strata, cells) are shares of infections that
    are admitted, and that die without being admitted; of those admitted the share `fatal[strata]` dies. People of
    stratum v wane to stratum `onto[v]` (-1: never) at `waning[v]` a day, whatever their compartment.
    """
    cells = force.shape[0]
    tail = BLOCKS * strata
    for row in range(TAIL):
        for cell in range(cells):
            change[tail + row, cell] = 0.0
    for v in range(strata):
        e, i, r, h = E * strata + v, I * strata + v, R * strata + v, H * strata + v
        for cell in range(cells):
            new = susceptibility[v, cell] * force[cell] * state[v, cell]
            onset = rates[ONSET] * state[e, cell] if latent else new
            left = rates[LEAVE] * state[i, cell]
            admitted = left * hospital[v, cell]
            died = left * fatal[v, cell]
            gone = rates[DISCHARGE] * state[h, cell]
            dead_there = gone * fatal[strata, cell]
            lost = rates[LOSE] * state[r, cell]
            change[v, cell] = lost - new
            change[e, cell] = new - onset
            change[i, cell] = onset - left
            change[r, cell] = left - admitted - died + gone - dead_there - lost
            change[h, cell] = admitted - gone
            change[tail + DEAD, cell] += died + dead_there
            change[tail + INFECTED, cell] += new
            change[tail + ADMITTED, cell] += admitted
    for v in range(strata):
        if onto[v] >= 0:
            for block in range(BLOCKS):
                source, target = block * strata + v, block * strata + onto[v]
                for cell in range(cells):
                    waned = waning[v] * state[source, cell]
                    change[source, cell] -= waned
                    change[target, cell] += waned
