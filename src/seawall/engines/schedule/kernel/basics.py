"""Days, ages, relations and references: what judging and forecasting both ask."""

from typing import Any

import numpy as np

from . import layout as at
from .columns import Grid, Number, People, leaf, piece


@leaf
def plus(day: int, months: int, days: int) -> Number:
    """Calendar months clipped to the month's end, then days."""
    if months == 0:
        return day + days
    z = day + 719468
    era = z // 146097
    doe = z - era * 146097
    yoe = (doe - doe // 1460 + doe // 36524 - doe // 146096) // 365
    doy = doe - (365 * yoe + yoe // 4 - yoe // 100)
    mp = (5 * doy + 2) // 153
    d = doy - (153 * mp + 2) // 5 + 1
    m = mp + 3 if mp < 10 else mp - 9
    y = yoe + era * 400 + (1 if m <= 2 else 0)
    total = y * 12 + m - 1 + months
    y = total // 12
    m = total - y * 12 + 1
    if m == 2:
        longest = 29 if (y % 4 == 0 and (y % 100 != 0 or y % 400 == 0)) else 28
    elif m == 4 or m == 6 or m == 9 or m == 11:
        longest = 30
    else:
        longest = 31
    if d > longest:
        d = longest
    if m <= 2:
        y -= 1
    era = y // 400
    yoe = y - era * 400
    doy = (153 * (m - 3 if m > 2 else m + 9) + 2) // 5 + d - 1
    doe = yoe * 365 + yoe // 4 - yoe // 100 + doy
    return era * 146097 + doe - 719468 + days


@leaf
def reached(start: int, months: int, days: int, day: int) -> bool:
    """Whether that length of time after `start` has passed by the day; the calendar is asked only near the edge."""
    gap = day - start - days
    if months == 0:
        return gap >= 0
    if gap >= months * 31:
        return True
    if gap < months * 28:
        return False
    return plus(start, months, days) <= day


@piece
def in_force(table: Grid, row: int, day: int) -> bool:
    return table[row, at.V_FROM] <= day and day <= table[row, at.V_TO]


@piece
def age_sides(low: int, high: int, birth_low: int, birth_high: int, months: int, days: int) -> Number:
    """1 when surely that old on the day, -1 when surely not, 0 when the dates known do not tell."""
    if reached(birth_high, months, days, low):
        return 1
    if not reached(birth_low, months, days, high):
        return -1
    return 0


@piece
def condition_rows(rules: Grid, people: People, person: int) -> tuple[Number, Number]:
    """The condition rows to look at: none for most people, who have no condition."""
    if people.starts[person, 1] == people.starts[person + 1, 1]:
        return np.int64(0), np.int64(0)
    return rules[0, at.H_CONDITIONS], rules[0, at.H_CONDITIONS + 1]


@piece
def has_condition(people: People, person: int, code: int, day: int) -> bool:
    for c in range(people.starts[person, 1], people.starts[person + 1, 1]):
        if (
            people.conditions[c, at.Y_KIND] == code
            and people.conditions[c, at.Y_SINCE] <= day
            and day <= people.conditions[c, at.Y_UNTIL]
        ):
            return True
    return False


@piece
def may_start(rules: Grid, s: int, low: int, high: int, birth_low: int, birth_high: int) -> Number:
    """Whether a series may start on a day: 1 surely, 0 not to be told, else why it may not."""
    if low < rules[s, at.S_FROM] or low > rules[s, at.S_TO]:
        return np.int64(at.CLOSED)
    months, days = rules[s, at.S_BELOW], rules[s, at.S_BELOW + 1]
    if months != at.NONE and age_sides(low, high, birth_low, birth_high, months, days) == 1:
        return np.int64(at.CLOSED)
    if rules[s, at.S_MIN] == at.NONE:
        return np.int64(1)
    return np.int64(age_sides(low, high, birth_low, birth_high, rules[s, at.S_MIN], rules[s, at.S_MIN + 1]))


@piece
def is_own(rules: Grid, vaccine: int) -> bool:
    """Whether a vaccine is against the target; an unknown one may be."""
    return vaccine < 0 or rules[at.VACCINES + vaccine, at.K_OWN] == 1


@piece
def product_of(rules: Grid, vaccine: int) -> Number:
    """The product; unknown for a vaccine against the target that the schedule has no name for."""
    if (
        vaccine >= 0
        and rules[at.VACCINES + vaccine, at.K_OWN]
        and rules[at.VACCINES + vaccine, at.K_PLATFORM] == at.NONE
    ):
        return np.int64(at.UNKNOWN)
    return np.int64(vaccine)


@piece
def related(rules: Grid, relation: int, vaccine: int, last: int) -> bool:
    """Whether a vaccine stands in the relation to the last counted one; an unknown one stands in every relation."""
    if relation == at.ANY:
        return True
    if last < 0:
        return last == at.UNKNOWN
    if relation == at.SAME_PRODUCT:
        return vaccine == last
    same = rules[at.VACCINES + vaccine, at.K_PLATFORM] == rules[at.VACCINES + last, at.K_PLATFORM]
    if relation == at.SAME_PLATFORM:
        return same
    return not same


@piece
def reference(
    rules: Grid, people: People, person: int, upto: int, row: int, memory: Grid, dates: Grid, doubles: Any, day: int
) -> tuple[Number, Number]:
    """The dates from which an interval row measures, for a dose given after the first `upto` doses."""
    after = rules[row, at.I_AFTER]
    argument = rules[row, at.I_ARG]
    if after == at.PREVIOUS:
        return memory[at.M_PREV_LO], memory[at.M_PREV_HI]
    if after == at.COUNTED:
        return memory[at.M_LAST_LO], memory[at.M_LAST_HI]
    if after == at.DOSE:
        return dates[2 * argument - 2], dates[2 * argument - 1]
    if after == at.PRODUCT:
        start = people.starts[person, 0]
        for i in range(upto - 1, start - 1, -1):
            v = product_of(rules, people.doses[i, at.L_VACCINE])
            taken = people.doses[i, at.L_HIGH] >= people.births[person, at.B_LOW] and not doubles[i - start]
            if v >= 0 and (argument >> v) & 1 and taken:
                return np.int64(people.doses[i, at.L_LOW]), np.int64(people.doses[i, at.L_HIGH])
        return np.int64(at.NONE), np.int64(at.NONE)
    latest = np.int64(at.NONE)
    for c in range(people.starts[person, 1], people.starts[person + 1, 1]):
        if (
            people.conditions[c, at.Y_KIND] == argument
            and people.conditions[c, at.Y_SINCE] > latest
            and people.conditions[c, at.Y_SINCE] <= day
        ):
            latest = np.int64(people.conditions[c, at.Y_SINCE])
    return latest, latest


@piece
def skip_places(rules: Grid, people: People, person: int, day: int, s: int, memory: Grid) -> None:
    """Passes over places that a person of this age, or with the last dose at such an age, does not need."""
    first = rules[s, at.S_FIRST]
    while first + memory[at.M_NEXT] < rules[s, at.S_LAST]:
        place = first + memory[at.M_NEXT]
        skipped = False
        for w in range(rules[place, at.P_WIN], rules[place, at.P_WIN + 1]):
            if not in_force(rules, w, day):
                continue
            m = rules[w, at.W_SKIP_AGE]
            if m != at.NONE and reached(people.births[person, at.B_HIGH], m, rules[w, at.W_SKIP_AGE + 1], day):
                skipped = True
            m = rules[w, at.W_SKIP_LAST]
            if m != at.NONE and memory[at.M_COUNT] > 0:
                birthday = plus(people.births[person, at.B_HIGH], m, rules[w, at.W_SKIP_LAST + 1])
                if birthday <= memory[at.M_LAST_LO]:
                    skipped = True
        if not skipped:
            return
        memory[at.M_NEXT] += 1


@piece
def after_condition(people: People, person: int, code: int, day: int, dates: Grid) -> Number:
    """How many counted doses came after the condition began; -1 when the person does not have it by that day."""
    best = -1
    for c in range(people.starts[person, 1], people.starts[person + 1, 1]):
        if people.conditions[c, at.Y_KIND] == code and people.conditions[c, at.Y_SINCE] <= day:
            doses = 0
            for k in range(0, dates.shape[0], 2):
                if dates[k] != at.NONE and dates[k] >= people.conditions[c, at.Y_SINCE]:
                    doses += 1
            if best < 0 or doses < best:
                best = doses
    return best
