"""One deterministic course of an epidemic: doses and arrivals at the start of each day, then Euler or Runge-Kutta steps."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .doses import bring_in, move, open_to, share_out
from .rates import BLOCKS, H, flows, pressure
from .records import Doses, Measures, People, Rates, Record, Room, make_room
from .seen import count_new, factors_today, note_day

F = NDArray[np.float64]


@njit(cache=True)
def vaccinate(state: F, day: int, doses: Doses, reached: F, given: F, used: F) -> None:
    """The doses of one day, kind by kind: the plan as far as people are open to it, then the supply."""
    supply, plan = doses.supply, doses.plan
    planned = plan.shape[0] > day
    for dose in range(doses.sources.shape[0]):
        wanted = supply[day, dose]
        for cell in range(given.shape[0]):
            given[cell] = plan[day, dose, cell] if planned else 0.0
            wanted += given[cell]
        if wanted <= 0.0:
            continue
        open_to(state, doses.sources, dose, reached)
        for cell in range(given.shape[0]):
            given[cell] = min(given[cell], reached[cell])
        if supply[day, dose] > 0.0:
            share_out(supply[day, dose], reached, doses.tiers, doses.shares, dose, given)
        move(state, doses.sources, doses.moves, doses.splits, dose, reached, given)
        for cell in range(given.shape[0]):
            used[dose, cell] += given[cell]


@njit(cache=True)
def runge_kutta(
    state: F, slope: F, trial: F, total: F, live: int, step: float, people: People, rates: Rates, met: F, held: F, room: Room
) -> None:  # fmt: skip
    """One step of the classical rule of fourth order; `slope` holds the slope at its start, `live` the numbers that move."""
    now, way, ahead = state.reshape(state.size), slope.reshape(state.size), trial.reshape(state.size)
    for n in range(live):
        total[n] = way[n]
        ahead[n] = now[n] + 0.5 * step * way[n]
    for stage in range(3):
        pressure(trial, people, rates, met, held, room.prevalence, room.force)
        flows(trial, slope, rates, room.force)
        if stage == 2:
            break
        reach = 0.5 * step if stage == 0 else step
        for n in range(live):
            total[n] += 2.0 * way[n]
            ahead[n] = now[n] + reach * way[n]
    for n in range(live):
        now[n] += step / 6.0 * (total[n] + way[n])


@njit(cache=True)
def course(
    state: F, people: People, rates: Rates, measures: Measures, doses: Doses, steps: int, fourth: bool, record: Record
) -> None:
    """Fills `record`; `state` ends last.

    `steps` equal steps a day by Euler's rule, or by the classical Runge-Kutta rule of fourth order (`fourth`).
    """
    room = make_room(people, rates, measures)
    slope, trial, total = np.empty(state.shape), np.empty(state.shape), np.empty(state.size)
    now, way = state.reshape(state.size), slope.reshape(state.size)
    live = rates.infectiousness.shape[0] * people.residents.shape[0] * (BLOCKS if rates.ward else H)
    step, days, even = 1.0 / steps, record.new.shape[0], True
    for day in range(days):
        note_day(state, rates.ward, doses.vaccinated, day, record)
        count_new(state, day, -1.0, record.new)
        if people.arrivals.shape[0] > day:
            bring_in(state, rates.latent, day, people.arrivals)
        vaccinate(state, day, doses, room.reached, room.given, record.used)
        even = factors_today(day, state, people, measures, record.new, even, room)
        met, held = (room.blended, room.whole) if even else (people.contacts, room.factors)
        for _ in range(steps):
            pressure(state, people, rates, met, held, room.prevalence, room.force)
            flows(state, slope, rates, room.force)
            if fourth:
                runge_kutta(state, slope, trial, total, live, step, people, rates, met, held, room)
                continue
            for n in range(live):
                now[n] += step * way[n]
        count_new(state, day, 1.0, record.new)
    note_day(state, rates.ward, doses.vaccinated, days, record)
