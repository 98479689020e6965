"""What a course reads and writes, each part under its name, and the room that it works in."""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

F = NDArray[np.float64]
N = NDArray[np.int64]


class People(NamedTuple):
    """Residents of each cell, how districts (transposed) and, by layer, groups (transposed) meet, and who comes home
    infected (days, cells)."""

    residents: F
    mixing: F
    contacts: F
    arrivals: F


class Rates(NamedTuple):
    """The way through the disease: `latent`, whether there is a time of incubation, `ward`, whether anybody is admitted.

    `daily` holds E to I, I onward, H onward, R to S; by stratum: `infectiousness`, and those who wane `onto` another
    stratum (-1: never) at `waning` a day; by stratum and cell: `susceptibility` (transmission per contact, the group's
    susceptibility and the vaccine's effect), the shares of infections admitted to `hospital` and `fatal` without
    admission, and the share of those admitted who die, `fatal_inside`.
    """

    latent: bool
    ward: bool
    daily: F
    infectiousness: F
    susceptibility: F
    hospital: F
    fatal: F
    fatal_inside: F
    onto: N
    waning: F


class Measures(NamedTuple):
    """Factors on contacts by date, `base` (days, layers, districts), and measures switched by what is seen: `triggers`
    (metric, on, off, least days), `where` (measures, districts), `effects` (measures, layers)."""

    base: F
    triggers: F
    where: F
    effects: F


class Doses(NamedTuple):
    """Doses of each kind: `supply` (days, kinds) shared out by fixed `shares` (kinds, cells) and `tiers` (cells), `plan`
    (days, kinds, cells); the strata a kind starts from, `sources` (kinds, strata), and where they lead: `moves` (lines;
    dose, from, to) with `splits` (lines, cells); `vaccinated` tells the strata that count as such."""

    supply: F
    plan: F
    shares: F
    tiers: N
    sources: F
    moves: N
    splits: F
    vaccinated: F


class Record(NamedTuple):
    """What is written of a course: `by_group` (days + 1, RECORDED, groups) and `by_district` likewise, both from zeros,
    `new` infections (days, cells), and doses `used` (kinds, cells), from zeros."""

    by_group: F
    by_district: F
    new: F
    used: F


class Room(NamedTuple):
    """Arrays to work in, made once for a course; `whole` stands for the factors where one matrix holds them all."""

    prevalence: F
    force: F
    reached: F
    given: F
    since: N
    factors: F
    previous: F
    blended: F
    whole: F


@njit(cache=True)
def make_room(people: People, rates: Rates, measures: Measures) -> Room:
    cells, districts = people.residents.shape[0], people.mixing.shape[0]
    layers, groups = people.contacts.shape[0], people.contacts.shape[1]
    return Room(
        np.empty(cells),
        np.empty(rates.infectiousness.shape[0] * cells),
        np.empty(cells),
        np.empty(cells),
        np.zeros(measures.triggers.shape[0], np.int64),
        np.empty((layers, districts)),
        np.full((layers, districts), -1.0),
        np.zeros((1, groups, groups)),
        np.ones((1, districts)),
    )
