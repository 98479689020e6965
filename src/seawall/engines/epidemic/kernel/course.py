"""One deterministic course of an epidemic: doses and arrivals at the start of each day, then Euler or Runge-Kutta steps."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .doses import bring_in, move, open_to, share_out
from .rates import BLOCKS, INFECTED, H, flows, pressure
from .seen import blend, changed, record, watch

F = NDArray[np.float64]
N = NDArray[np.int64]


@njit(cache=True)
def vaccinate(state: F, day: int, supply: F, plan: F, shares: F, tiers: N, sources: F, moves: N, splits: F,
              reached: F, given: F, used: F) -> None:  # fmt: skip
    """The doses of one day, kind by kind: `plan` (days, kinds, cells) as far as people are open to it, then `supply`."""
    planned = plan.shape[0] > day
    for dose in range(sources.shape[0]):
        wanted = supply[day, dose]
        for cell in range(given.shape[0]):
            given[cell] = plan[day, dose, cell] if planned else 0.0
            wanted += given[cell]
        if wanted <= 0.0:
            continue
        open_to(state, sources, dose, reached)
        for cell in range(given.shape[0]):
            given[cell] = min(given[cell], reached[cell])
        if supply[day, dose] > 0.0:
            share_out(supply[day, dose], reached, tiers, shares, dose, given)
        move(state, sources, moves, splits, dose, reached, given)
        for cell in range(given.shape[0]):
            used[dose, cell] += given[cell]


@njit(cache=True)
def course(state: F, people: F, latent: bool, ward: bool, rates: F, infectiousness: F, susceptibility: F, hospital: F,
           fatal: F, fatal_inside: F, onto: N, waning: F, mixing: F, contacts: F, base: F, triggers: F, where: F, effects: F,
           arrivals: F, supply: F, plan: F, shares: F, tiers: N, sources: F, moves: N, splits: F, vaccinated: F, steps: int,
           fourth: bool, by_group: F, by_district: F, new: F, used: F) -> None:  # fmt: skip
    """Fills `by_group` (days + 1, RECORDED, groups), `by_district`, `new` (days, cells) and `used`, which come as zeros; `state` ends last.

    `steps` equal steps a day by Euler's rule, or by the classical Runge-Kutta rule of fourth order (`fourth`).
    """
    days, cells, districts, strata = new.shape[0], people.shape[0], mixing.shape[0], infectiousness.shape[0]
    layers, groups = contacts.shape[0], contacts.shape[1]
    factors, whole = np.empty((layers, districts)), np.ones((1, districts))
    blended, previous, even = np.zeros((1, groups, groups)), np.full((layers, districts), -1.0), True
    prevalence, force = np.empty(cells), np.empty(strata * cells)
    slope, trial, total = np.empty(state.shape), np.empty(state.shape), np.empty(state.size)
    now, way, ahead = state.reshape(state.size), slope.reshape(state.size), trial.reshape(state.size)
    live = strata * cells * (BLOCKS if ward else H)
    reached, given, since = np.empty(cells), np.empty(cells), np.zeros(triggers.shape[0], np.int64)
    step = 1.0 / steps
    for day in range(days):
        record(state, ward, vaccinated, districts, day, by_group, by_district)
        for cell in range(cells):
            new[day, cell] = 0.0
            for v in range(strata):
                new[day, cell] -= state[INFECTED, v * cells + cell]
        if arrivals.shape[0] > day:
            bring_in(state, latent, day, arrivals)
        vaccinate(state, day, supply, plan, shares, tiers, sources, moves, splits, reached, given, used)
        watch(day, state, people, districts, new, triggers, where, effects, since, base, factors)
        if changed(factors, previous):
            even = blend(contacts, factors, blended)
        met, held = (blended, whole) if even else (contacts, factors)
        for _ in range(steps):
            pressure(state, people, infectiousness, mixing, met, held, prevalence, force)
            flows(state, slope, latent, ward, rates, susceptibility, hospital, fatal, fatal_inside, onto, waning, force)
            if not fourth:
                for n in range(live):
                    now[n] += step * way[n]
                continue
            for n in range(live):
                total[n] = way[n]
                ahead[n] = now[n] + 0.5 * step * way[n]
            for stage in range(3):
                pressure(trial, people, infectiousness, mixing, met, held, prevalence, force)
                flows(
                    trial,
                    slope,
                    latent,
                    ward,
                    rates,
                    susceptibility,
                    hospital,
                    fatal,
                    fatal_inside,
                    onto,
                    waning,
                    force,
                )
                if stage == 2:
                    break
                reach = 0.5 * step if stage == 0 else step
                for n in range(live):
                    total[n] += 2.0 * way[n]
                    ahead[n] = now[n] + reach * way[n]
            for n in range(live):
                now[n] += step / 6.0 * (total[n] + way[n])
        for cell in range(cells):
            for v in range(strata):
                new[day, cell] += state[INFECTED, v * cells + cell]
    record(state, ward, vaccinated, districts, days, by_group, by_district)
