"""What is seen of an epidemic each day: sums by group and district, and the measures that are switched by them."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .rates import BLOCKS, INFECTED, H, R
from .records import Measures, People, Record, Room

F = NDArray[np.float64]
RECORDED = 9  # S, E, I, R, dead, infections so far, in hospital, admissions so far, vaccinated and living
VACCINATED, WEEK, PER = 8, 7, 100_000.0


@njit(cache=True)
def add_up(state: F, block: int, first: int, districts: int, day: int, line: int, by_group: F, by_district: F) -> None:
    """Adds the cells of one stratum, from column `first`, to a line of the day by group and by district.

    Four partial sums, because one sum waits for each addition before the next; no slices, which cost more than the sum.
    """
    groups = by_group.shape[2]
    if districts == 1:
        for group in range(groups):
            by_group[day, line, group] += state[block, first + group]
        return
    even = districts - districts % 4
    for group in range(groups):
        at = first + group * districts
        a, b, c, d = 0.0, 0.0, 0.0, 0.0
        for n in range(at, at + even, 4):
            a += state[block, n]
            b += state[block, n + 1]
            c += state[block, n + 2]
            d += state[block, n + 3]
        for n in range(at + even, at + districts):
            a += state[block, n]
        by_group[day, line, group] += (a + b) + (c + d)
        for n in range(districts):
            by_district[day, line, n] += state[block, at + n]


@njit(cache=True)
def note_day(state: F, ward: bool, vaccinated: F, day: int, record: Record) -> None:
    """Adds up the state on a day: by group and, of several districts, by district."""
    by_group, by_district, strata = record.by_group, record.by_district, vaccinated.shape[0]
    districts = by_district.shape[2]
    cells = state.shape[1] // strata
    for block in range(BLOCKS if ward else H):
        for v in range(strata):
            add_up(state, block, v * cells, districts, day, block, by_group, by_district)
            if (block <= R or block == H) and vaccinated[v] > 0.0:
                add_up(state, block, v * cells, districts, day, VACCINATED, by_group, by_district)


@njit(cache=True)
def count_new(state: F, day: int, sign: float, new: F) -> None:
    """New infections of a day, from those so far at its start (`sign` -1), then at its end (+1)."""
    cells = new.shape[1]
    for cell in range(cells):
        if sign < 0.0:
            new[day, cell] = 0.0
        for v in range(state.shape[1] // cells):
            new[day, cell] += sign * state[INFECTED, v * cells + cell]


@njit(cache=True)
def watch(day: int, state: F, residents_of: F, new: F, measures: Measures, room: Room) -> None:
    """Writes today's factors (layers, districts): those by date times those of measures switched by what is seen.

    Of a trigger (metric, on, off, least days), metric 0 is new infections of the last seven days, 1 people in hospital,
    per 100,000 residents of the districts it watches. A measure starts on the day its level is at least `on` and ends
    on the first day below `off`, after `least days` at the earliest; `since` is its first day + 1.
    """
    base, triggers, where, effects = measures.base, measures.triggers, measures.where, measures.effects
    factors, since, districts = room.factors, room.since, room.factors.shape[1]
    for layer in range(factors.shape[0]):
        for d in range(districts):
            factors[layer, d] = base[day, layer, d]
    cells = residents_of.shape[0]
    for m in range(triggers.shape[0]):
        seen, residents = 0.0, 0.0
        for cell in range(cells):
            if where[m, cell % districts] <= 0.0:
                continue
            residents += residents_of[cell]
            if triggers[m, 0] == 0.0:
                for back in range(max(0, day - WEEK), day):
                    seen += new[back, cell]
            else:
                for v in range(state.shape[1] // cells):
                    seen += state[H, v * cells + cell]
        level = seen / residents * PER if residents > 0.0 else 0.0
        if since[m] > 0 and level < triggers[m, 2] and day - since[m] + 1 >= triggers[m, 3]:
            since[m] = 0
        elif since[m] == 0 and level >= triggers[m, 1]:
            since[m] = day + 1
        if since[m] > 0:
            for layer in range(factors.shape[0]):
                for d in range(districts):
                    if where[m, d] > 0.0:
                        factors[layer, d] *= effects[m, layer]


@njit(cache=True)
def changed(factors: F, previous: F) -> bool:
    """Whether any factor (layers, districts) differs from before; `previous` takes them over."""
    found = False
    for layer in range(factors.shape[0]):
        for d in range(factors.shape[1]):
            if factors[layer, d] != previous[layer, d]:
                found = True
                previous[layer, d] = factors[layer, d]
    return found


@njit(cache=True)
def blend(contacts: F, factors: F, blended: F) -> bool:
    """All layers as one matrix (1, groups, groups), where their factors are the same in every district; else False."""
    for layer in range(contacts.shape[0]):
        for d in range(1, factors.shape[1]):
            if factors[layer, d] != factors[layer, 0]:
                return False
    for i in range(contacts.shape[1]):
        for j in range(contacts.shape[1]):
            blended[0, i, j] = 0.0
            for layer in range(contacts.shape[0]):
                blended[0, i, j] += factors[layer, 0] * contacts[layer, i, j]
    return True


@njit(cache=True)
def factors_today(day: int, state: F, people: People, measures: Measures, new: F, even: bool, room: Room) -> bool:
    """Writes the factors of a day; whether they are the same in every district, so that `blended` holds all layers."""
    watch(day, state, people.residents, new, measures, room)
    return blend(people.contacts, room.factors, room.blended) if changed(room.factors, room.previous) else even
