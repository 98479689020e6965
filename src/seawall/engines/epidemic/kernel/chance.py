"""One stochastic course: whole people, binomial draws for every way out of a compartment, in equal steps of a day."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .doses import open_to, share_out
from .rates import ADMITTED, DEAD, DISCHARGE, INFECTED, LEAVE, LOSE, ONSET, E, H, I, R, S, pressure
from .records import Doses, Measures, People, Rates, Record, make_room
from .seen import count_new, factors_today, note_day

F = NDArray[np.float64]


@njit(cache=True)
def draw(rng: np.random.Generator, people: float, chance: float) -> float:
    """How many of `people` something happens to that happens to each with probability `chance`."""
    if people < 1.0 or chance <= 0.0:
        return 0.0
    if chance >= 1.0:
        return people
    return float(rng.binomial(int(people), chance))


@njit(cache=True)
def whole(rng: np.random.Generator, amount: float) -> float:
    """A whole number with mean `amount`: its floor, or one more by the chance of the rest."""
    floor = np.floor(amount)
    return floor + (1.0 if rng.random() < amount - floor else 0.0)


@njit(cache=True)
def move_people(rng: np.random.Generator, state: F, doses: Doses, dose: int, reached: F, given: F) -> None:
    """As `move`, with whole people; who gets which stratum of a dose is drawn, and `given` becomes what was used."""
    sources, moves, splits = doses.sources, doses.moves, doses.splits
    cells = reached.shape[0]
    for cell in range(cells):
        part = min(1.0, given[cell] / reached[cell]) if reached[cell] > 0.0 else 0.0
        given[cell] = 0.0
        if part <= 0.0:
            continue
        for v in range(sources.shape[1]):
            if sources[dose, v] <= 0.0:
                continue
            for block in (S, E, R):
                n = v * cells + cell
                leaving = min(state[block, n], whole(rng, state[block, n] * part))
                state[block, n] -= leaving
                given[cell] += leaving
                left, share = leaving, 1.0
                for line in range(moves.shape[0]):
                    if moves[line, 0] == dose and moves[line, 1] == v:
                        gone = draw(rng, left, splits[line, cell] / share if share > 1e-12 else 1.0)
                        state[block, moves[line, 2] * cells + cell] += gone
                        left -= gone
                        share -= splits[line, cell]
                state[block, n] += left


@njit(cache=True)
def leap(rng: np.random.Generator, state: F, rates: Rates, force: F, step: float) -> None:
    """One step: who is exposed to a force is infected with probability 1 - exp(-force * step); each person leaves a
    compartment with probability rate * step, so that the mean stay is exactly 1 / rate whatever the step."""
    daily, latent, ward, susceptibility = rates.daily, rates.latent, rates.ward, rates.susceptibility
    hospital, fatal, fatal_inside, onto, waning = (
        rates.hospital,
        rates.fatal,
        rates.fatal_inside,
        rates.onto,
        rates.waning,
    )
    width = force.shape[0]
    onset, leave = min(1.0, daily[ONSET] * step), min(1.0, daily[LEAVE] * step)
    discharge, lose = min(1.0, daily[DISCHARGE] * step), min(1.0, daily[LOSE] * step)
    for n in range(width):
        new = draw(rng, state[S, n], 1.0 - np.exp(-susceptibility[n] * force[n] * step))
        ill = draw(rng, state[E, n], onset) if latent else new
        left = draw(rng, state[I, n], leave)
        died = draw(rng, left, fatal[n])
        lost = draw(rng, state[R, n], lose)
        admitted, gone, died_there = 0.0, 0.0, 0.0
        if ward:
            admitted = draw(rng, left - died, hospital[n])
            gone = draw(rng, state[H, n], discharge)
            died_there = draw(rng, gone, fatal_inside[n])
        state[S, n] += lost - new
        state[E, n] += new - ill
        state[I, n] += ill - left
        state[R, n] += left - died - admitted + gone - died_there - lost
        state[H, n] += admitted - gone
        state[DEAD, n] += died + died_there
        state[INFECTED, n] += new
        state[ADMITTED, n] += admitted
    cells = width // onto.shape[0]
    for v in range(onto.shape[0]):
        if onto[v] >= 0:
            fading = min(1.0, waning[v] * step)
            for block in (S, E, I, R, H):
                for cell in range(cells):
                    waned = draw(rng, state[block, v * cells + cell], fading)
                    state[block, v * cells + cell] -= waned
                    state[block, onto[v] * cells + cell] += waned


@njit(cache=True)
def bring_in_people(rng: np.random.Generator, state: F, latent: bool, day: int, arrivals: F) -> None:
    """As `bring_in`, with whole people."""
    cells = arrivals.shape[1]
    block = E if latent else I
    for cell in range(cells):
        coming = whole(rng, arrivals[day, cell])
        for v in range(state.shape[1] // cells):
            n = v * cells + cell
            come = min(coming, state[S, n])
            state[S, n] -= come
            state[block, n] += come
            state[INFECTED, n] += come
            coming -= come


@njit(cache=True)
def vaccinate_people(rng: np.random.Generator, state: F, day: int, doses: Doses, reached: F, given: F, used: F) -> None:
    """As `vaccinate`, with whole people."""
    supply, plan, cells = doses.supply, doses.plan, given.shape[0]
    for dose in range(doses.sources.shape[0]):
        wanted = supply[day, dose]
        for cell in range(cells):
            given[cell] = plan[day, dose, cell] if plan.shape[0] > day else 0.0
            wanted += given[cell]
        if wanted <= 0.0:
            continue
        open_to(state, doses.sources, dose, reached)
        for cell in range(cells):
            given[cell] = min(given[cell], reached[cell])
        if supply[day, dose] > 0.0:
            share_out(supply[day, dose], reached, doses.tiers, doses.shares, dose, given)
        move_people(rng, state, doses, dose, reached, given)
        for cell in range(cells):
            used[dose, cell] += given[cell]


@njit(cache=True)
def chance_course(
    rng: np.random.Generator, state: F, people: People, rates: Rates, measures: Measures, doses: Doses, steps: int, record: Record
) -> None:  # fmt: skip
    """As `course`, by chance; `state` holds whole people."""
    room, days, even = make_room(people, rates, measures), record.new.shape[0], True
    for day in range(days):
        note_day(state, rates.ward, doses.vaccinated, day, record)
        count_new(state, day, -1.0, record.new)
        if people.arrivals.shape[0] > day:
            bring_in_people(rng, state, rates.latent, day, people.arrivals)
        vaccinate_people(rng, state, day, doses, room.reached, room.given, record.used)
        even = factors_today(day, state, people, measures, record.new, even, room)
        met, held = (room.blended, room.whole) if even else (people.contacts, room.factors)
        for _ in range(steps):
            pressure(state, people, rates, met, held, room.prevalence, room.force)
            leap(rng, state, rates, room.force, 1.0 / steps)
        count_new(state, day, 1.0, record.new)
    note_day(state, rates.ward, doses.vaccinated, days, record)
