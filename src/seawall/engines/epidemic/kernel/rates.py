"""The flows of the SEIR model with hospital and death, for all strata and cells at once.

A cell is one age group in one district: cell = group * districts + district. The state is (BLOCKS, strata * cells), a
stratum's cells together: S, E, I, R, dead, infections so far, in hospital, admissions so far; a disease that admits nobody
leaves the last two alone (`ward` False).
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .records import People, Rates

F = NDArray[np.float64]
S, E, I, R, DEAD, INFECTED, H, ADMITTED, BLOCKS = 0, 1, 2, 3, 4, 5, 6, 7, 8  # noqa: E741 - the names of the field
ONSET, LEAVE, DISCHARGE, LOSE, RATES = 0, 1, 2, 3, 4


@njit(cache=True)
def pressure(state: F, people: People, rates: Rates, contacts: F, factors: F, prevalence: F, force: F) -> None:
    """Writes `force` (strata * cells): contacts a day with the infectious, before transmission and susceptibility.

    force[i,d] = sum over layers of factor[l,d] * sum_j C_l[i,j] * sum_e mix[d,e] * infectious[j,e] / living[j,e], the same
    for every stratum. `contacts` (layers, groups, groups) and the mixing of districts come transposed, so that the inner loops
    run along memory; `factors` (layers, districts).
    """
    residents, mixing, infectiousness = people.residents, people.mixing, rates.infectiousness
    layers, groups, _ = contacts.shape
    districts = mixing.shape[0]
    cells = groups * districts
    for cell in range(cells):
        prevalence[cell] = 0.0
        force[cell] = residents[cell]
    for v in range(infectiousness.shape[0]):
        for cell in range(cells):
            prevalence[cell] += infectiousness[v] * state[I, v * cells + cell]
            force[cell] -= state[DEAD, v * cells + cell]
    for cell in range(cells):
        prevalence[cell] = prevalence[cell] / force[cell] if force[cell] > 0.0 else 0.0
        force[cell] = 0.0
    if districts == 1:
        for layer in range(layers):
            for j in range(groups):
                met = factors[layer, 0] * prevalence[j]
                for i in range(groups):
                    force[i] += contacts[layer, j, i] * met
    else:
        seen = np.dot(prevalence.reshape(groups, districts), mixing)
        for layer in range(layers):
            reached = np.dot(contacts[layer].T, seen)
            for i in range(groups):
                for d in range(districts):
                    force[i * districts + d] += factors[layer, d] * reached[i, d]
    for v in range(1, infectiousness.shape[0]):
        for cell in range(cells):
            force[v * cells + cell] = force[cell]


@njit(cache=True)
def flows(state: F, change: F, rates: Rates, force: F) -> None:
    """Writes `change` (as state), people a day; people of a stratum that wanes do so whatever their compartment."""
    daily, latent, ward, susceptibility = rates.daily, rates.latent, rates.ward, rates.susceptibility
    hospital, fatal, fatal_inside, onto, waning = (
        rates.hospital,
        rates.fatal,
        rates.fatal_inside,
        rates.onto,
        rates.waning,
    )
    onset_rate, leave, discharge, lose = daily[ONSET], daily[LEAVE], daily[DISCHARGE], daily[LOSE]
    for n in range(force.shape[0]):
        new = susceptibility[n] * force[n] * state[S, n]
        onset = onset_rate * state[E, n] if latent else new
        left = leave * state[I, n]
        died = left * fatal[n]
        lost = lose * state[R, n]
        change[S, n] = lost - new
        change[E, n] = new - onset
        change[I, n] = onset - left
        change[R, n] = left - died - lost
        change[DEAD, n] = died
        change[INFECTED, n] = new
    if ward:
        for n in range(force.shape[0]):
            admitted = leave * state[I, n] * hospital[n]
            gone = discharge * state[H, n]
            died = gone * fatal_inside[n]
            change[R, n] += gone - admitted - died
            change[DEAD, n] += died
            change[H, n] = admitted - gone
            change[ADMITTED, n] = admitted
    cells = force.shape[0] // onto.shape[0]
    for v in range(onto.shape[0]):
        if onto[v] >= 0:
            for block in (S, E, I, R, H):
                if block == H and not ward:
                    continue
                for cell in range(cells):
                    waned = waning[v] * state[block, v * cells + cell]
                    change[block, v * cells + cell] -= waned
                    change[block, onto[v] * cells + cell] += waned
