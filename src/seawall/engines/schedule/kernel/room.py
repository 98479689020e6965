"""Arrays to work in, made once for everybody, and what is remembered from one person to the next.

The products that a place gives after a certain vaccine are the same for all; and people of one birth date and sex
without any history get one answer. Forgetting both would change no answer.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from . import layout as at
from .basics import related
from .columns import Grid, Number, People, piece

SEXES, FEW, MOST_DAYS = 3, 1_000, 60_000
T_OLDEST, T_SLOTS = 0, 1
U_KNOWN, U_PREFERRED, U_ALLOWED, U_ELDER = 0, 1, 2, 3
VACCINES = at.MOST_VACCINES + 2  # with the unknown one, and none


class Room(NamedTuple):
    """`today` has the rules in force on the day of the answer; `births` the first birth date and how many slots it opens."""

    memory: Grid
    best_memory: Grid
    dates: Grid
    best_dates: Grid
    found: Grid
    answer: Grid
    other: Grid
    told: Grid
    previous: Grid
    keys: Grid
    today: Grid
    births: Grid
    twins: Grid
    menus: Grid
    mixed: Any  # one flag: the person has doses of other targets too
    doubles: Any  # for each dose of the person: another record of the same injection says more


@njit(nogil=True)
def make_room(rules: Grid, people: People, first: int, last: int) -> Any:
    longest, places = 1, 0
    for person in range(first, last):
        longest = max(longest, people.starts[person + 1, 0] - people.starts[person, 0])
    for s in range(rules[0, at.H_SERIES], rules[0, at.H_SERIES + 1]):
        places += rules[s, at.S_LAST] - rules[s, at.S_FIRST]
    births = birth_slots(people, first, last)
    return Room(
        np.empty(at.M_SIZE, np.int64),
        np.empty(at.M_SIZE, np.int64),
        np.empty(at.MOST_PLACES * 2, np.int64),
        np.empty(at.MOST_PLACES * 2, np.int64),
        np.empty((longest, 5), np.int64),
        np.empty(at.D_SIZE, np.int64),
        np.empty(at.D_SIZE, np.int64),
        np.empty(4, np.int64),
        np.empty(at.E_SIZE, np.int64),
        np.empty(3, np.int64),
        rules.copy(),
        births,
        np.full(births[T_SLOTS], -1, np.int32),
        np.zeros((places * VACCINES, 4), np.int64),
        np.zeros(1, np.bool_),
        np.zeros(longest, np.bool_),
    )


@njit(nogil=True)
def birth_slots(people: People, first: int, last: int) -> Grid:
    """The first birth date, and a slot for each day and sex up to the last one; none for a few persons."""
    oldest, youngest = at.EVER, -at.EVER
    if last - first >= FEW:
        for person in range(first, last):
            low, high = people.births[person, at.B_LOW], people.births[person, at.B_HIGH]
            if low == high:
                oldest, youngest = min(oldest, low), max(youngest, low)
    days = min(max(youngest - oldest + 1, 0), MOST_DAYS)
    return np.array([oldest, days * SEXES])


@piece
def birth_slot(people: People, person: int, births: Grid) -> Number:
    """A number shared by all of one exact birth date and sex who have no condition; else -1."""
    low = np.int64(people.births[person, at.B_LOW])
    sex = np.int64(people.births[person, at.B_SEX])
    if (
        people.starts[person, 1] != people.starts[person + 1, 1]
        or low != people.births[person, at.B_HIGH]
        or sex < 0
        or sex >= SEXES
    ):
        return np.int64(-1)
    slot = (low - births[T_OLDEST]) * SEXES + sex
    return slot if 0 <= slot < births[T_SLOTS] else np.int64(-1)


@piece
def menu(rules: Grid, place: int, last: int, as_of: int, menus: Grid) -> Number:
    """The row of `menus` for a place after a vaccine: what the options in force give, preferred and allowed.

    Whoever was born by U_ELDER is of age for all of it.
    """
    row = (place - rules[rules[0, at.H_SERIES], at.S_FIRST]) * VACCINES + last - at.NOTHING
    if menus[row, U_KNOWN] == 0:
        preferred, allowed, elder = np.int64(0), np.int64(0), np.int64(at.EVER)
        for o in range(rules[place, at.P_OPT], rules[place, at.P_OPT + 1]):
            v = rules[o, at.O_PRODUCT]
            elder = min(elder, surely_of_age(rules, o, at.O_MIN, at.O_BELOW, as_of))
            elder = min(elder, surely_of_age(rules, at.VACCINES + v, at.K_MIN, at.K_BELOW, as_of))
            bit = np.int64(1) << v
            if (preferred | allowed) & bit or not related(rules, rules[o, at.O_RELATION], v, last):
                continue
            if rules[o, at.O_USE] == 0:
                preferred |= bit
            else:
                allowed |= bit
        menus[row, U_KNOWN], menus[row, U_PREFERRED], menus[row, U_ALLOWED] = 1, preferred, allowed
        menus[row, U_ELDER] = elder
    return row


@piece
def surely_of_age(rules: Grid, row: int, at_min: int, at_below: int, as_of: int) -> Number:
    """A birth date up to which everybody is old enough for a row; before all days where one may also be too old."""
    if rules[row, at_below] != at.NONE:
        return np.int64(-at.EVER)
    if rules[row, at_min] == at.NONE:
        return np.int64(at.EVER)
    return as_of - rules[row, at_min] * 31 - rules[row, at_min + 1]
