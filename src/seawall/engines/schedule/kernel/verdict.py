"""One dose against one place of a series, by the rules of the dose's own day."""

import numpy as np
from numba import njit

from . import layout as at
from .basics import age_sides, in_force, plus, reference, related, skip_places
from .columns import Compiled, Grid, People


@njit(nogil=True)
def judge_dose(
    tables: Compiled, people: People, person: int, i: int, s: int, memory: Grid, dates: Grid
) -> tuple[int, int, int]:
    """Outcome, reason and rule of one dose against the next place of a series, by the rules of its own day."""
    low, high, v = np.int64(people.low[i]), np.int64(people.high[i]), people.vaccine[i]
    birth_low, birth_high = np.int64(people.birth_low[person]), np.int64(people.birth_high[person])
    skip_places(tables, people, person, low, s, memory)
    place = tables.series[s, at.S_FIRST] + memory[at.M_NEXT]
    if place >= tables.series[s, at.S_LAST]:
        return at.X_EXTRA, at.DOSE_AFTER_SERIES, tables.series[s, at.S_RULE]
    window = -1
    for w in range(tables.places[place, at.P_WIN], tables.places[place, at.P_WIN + 1]):
        if in_force(tables.windows, w, low):
            window = w
            break
    if window < 0:
        if memory[at.M_NEXT] >= tables.series[s, at.S_PRIMARY]:
            return at.X_EXTRA, at.DOSE_AFTER_SERIES, tables.series[s, at.S_RULE]
        return at.X_EXTRA, at.DOSE_NOT_IN_FORCE, tables.series[s, at.S_RULE]
    if memory[at.M_PREV_HI] != at.NONE and memory[at.M_PREV_LO] == low and memory[at.M_PREV_HI] == high and low == high:
        return at.X_NOT_VALID, at.DOSE_SAME_DAY, tables.windows[window, at.V_RULE]
    outcome, reason, rule = np.int64(0), np.int64(at.DOSE_VALID), tables.windows[window, at.V_RULE]
    if v < 0:
        outcome, reason = np.int64(at.X_UNSURE), np.int64(at.DOSE_PRODUCT_UNKNOWN)
    else:
        option = -1
        for o in range(tables.places[place, at.P_OPT], tables.places[place, at.P_OPT + 1]):
            if (
                tables.options[o, at.O_PRODUCT] == v
                and in_force(tables.options, o, low)
                and related(tables, tables.options[o, at.O_RELATION], v, memory[at.M_LAST_VACCINE])
            ):
                option = o
                break
        if option < 0:
            last = memory[at.M_LAST_VACCINE]
            if last >= 0 and tables.vaccines[last, at.K_PLATFORM] != tables.vaccines[v, at.K_PLATFORM]:
                return at.X_NOT_VALID, at.DOSE_PLATFORM_MIXED, rule
            return at.X_NOT_VALID, at.DOSE_PRODUCT_NOT_ALLOWED, rule
        outcome = tables.options[option, at.O_OUTCOME]
        if tables.options[option, at.O_REASON] != 0:
            reason = tables.options[option, at.O_REASON]
            outcome = max(outcome, np.int64(at.X_NOTE))
        if outcome > 0:
            rule = tables.options[option, at.V_RULE]
        if (
            outcome < at.X_REVIEW
            and outside_ages(tables.options, option, at.O_MIN, at.O_BELOW, low, high, birth_low, birth_high)
        ) or (
            outcome < at.X_REVIEW
            and outside_ages(tables.vaccines, v, at.K_MIN, at.K_BELOW, low, high, birth_low, birth_high)
        ):
            outcome, reason, rule = (
                np.int64(at.X_REVIEW),
                np.int64(at.DOSE_PRODUCT_AGE),
                tables.options[option, at.V_RULE],
            )
    for a in range(tables.places[place, at.P_AGE], tables.places[place, at.P_AGE + 1]):
        if not in_force(tables.ages, a, low):
            continue
        found, why = judge_age(tables, a, low, high, birth_low, birth_high)
        if found > outcome:
            outcome, reason, rule = found, why, tables.ages[a, at.V_RULE]
    for k in range(tables.places[place, at.P_INT], tables.places[place, at.P_INT + 1]):
        if not in_force(tables.intervals, k, low):
            continue
        if v >= 0 and not (tables.intervals[k, at.I_MASK] >> v) & 1:
            continue
        ref_low, ref_high = reference(tables, people, person, i, k, memory, dates, low)
        if ref_low == at.NONE:
            continue
        found, why = judge_gap(tables.intervals, k, at.I_ACCEPT, at.I_MIN, at.I_OUTCOME, low, high, ref_low, ref_high)
        if found == at.X_UNSURE:
            why = np.int64(at.DOSE_DATE_UNCERTAIN)
        if found == 0 and tables.intervals[k, at.I_LATE] != at.NONE:
            if plus(ref_high, tables.intervals[k, at.I_LATE], tables.intervals[k, at.I_LATE + 1]) < low:
                found, why = np.int64(at.X_NOTE), np.int64(at.DOSE_LATE)
        if found > outcome:
            outcome, reason, rule = found, why, tables.intervals[k, at.V_RULE]
    if v >= 0:
        for g in range(tables.spacing.shape[0]):
            if not in_force(tables.spacing, g, low) or not (tables.spacing[g, at.G_OWN] >> v) & 1:
                continue
            found = judge_spacing(tables, people, person, i, g)
            if found > outcome:
                outcome, reason, rule = found, np.int64(at.DOSE_SPACING), tables.spacing[g, at.V_RULE]
    return outcome, reason, rule


@njit(nogil=True)
def outside_ages(
    table: Grid, row: int, at_min: int, at_below: int, low: int, high: int, birth_low: int, birth_high: int
) -> bool:
    """Whether the person was surely too young or too old for a row's age bounds."""
    if (
        table[row, at_min] != at.NONE
        and age_sides(low, high, birth_low, birth_high, table[row, at_min], table[row, at_min + 1]) == -1
    ):
        return True
    if (
        table[row, at_below] != at.NONE
        and age_sides(low, high, birth_low, birth_high, table[row, at_below], table[row, at_below + 1]) == 1
    ):
        return True
    return False


@njit(nogil=True)
def judge_age(tables: Compiled, a: int, low: int, high: int, birth_low: int, birth_high: int) -> tuple[int, int]:
    ages = tables.ages
    outcome, reason = np.int64(0), np.int64(0)
    if ages[a, at.A_BELOW] != at.NONE:
        side = age_sides(low, high, birth_low, birth_high, ages[a, at.A_BELOW], ages[a, at.A_BELOW + 1])
        if side == 1:
            return ages[a, at.A_OUTCOME], np.int64(at.DOSE_TOO_OLD)
        if side == 0:
            outcome, reason = np.int64(at.X_UNSURE), np.int64(at.DOSE_AGE_UNCERTAIN)
    if ages[a, at.A_ACCEPT] != at.NONE:
        side = age_sides(low, high, birth_low, birth_high, ages[a, at.A_ACCEPT], ages[a, at.A_ACCEPT + 1])
        if side == -1:
            return ages[a, at.A_OUTCOME], np.int64(at.DOSE_TOO_YOUNG)
        if side == 0:
            outcome, reason = np.int64(at.X_UNSURE), np.int64(at.DOSE_AGE_UNCERTAIN)
    younger = ages[a, at.A_MIN] != at.NONE and outside_ages(
        ages, a, at.A_MIN, at.A_BELOW, low, high, birth_low, birth_high
    )
    if outcome == 0 and younger:
        return np.int64(at.X_GRACE), np.int64(at.DOSE_AGE_GRACE)
    if outcome == 0 and ages[a, at.A_LATE] != at.NONE:
        m, d = ages[a, at.A_LATE], ages[a, at.A_LATE + 1]
        if plus(birth_high, m, d) < low:
            return np.int64(at.X_NOTE), np.int64(at.DOSE_LATE)
    return outcome, reason


@njit(nogil=True)
def judge_gap(
    table: Grid,
    row: int,
    at_accept: int,
    at_min: int,
    at_outcome: int,
    low: int,
    high: int,
    ref_low: int,
    ref_high: int,
) -> tuple[int, int]:
    if table[row, at_accept] != at.NONE:
        m, d = table[row, at_accept], table[row, at_accept + 1]
        if plus(ref_high, m, d) > low:
            if ref_high <= low and plus(ref_low, m, d) > high:
                return table[row, at_outcome], np.int64(at.DOSE_INTERVAL_SHORT)
            return np.int64(at.X_UNSURE), np.int64(at.DOSE_DATE_UNCERTAIN)
    if table[row, at_min] != at.NONE and plus(ref_low, table[row, at_min], table[row, at_min + 1]) > high:
        return np.int64(at.X_GRACE), np.int64(at.DOSE_GRACE)
    return np.int64(0), np.int64(0)


@njit(nogil=True)
def judge_spacing(tables: Compiled, people: People, person: int, i: int, g: int) -> int:
    """The worst a spacing row finds between one dose and the vaccines of other targets given up to that day."""
    worst = np.int64(0)
    low, high = np.int64(people.low[i]), np.int64(people.high[i])
    for j in range(people.dose_start[person], people.dose_start[person + 1]):
        w = people.vaccine[j]
        if j == i or w < 0 or tables.vaccines[w, at.K_OWN] or not (tables.spacing[g, at.G_OTHER] >> w) & 1:
            continue
        if people.low[j] > low:
            break
        if people.low[j] == low:
            found = np.int64(0) if tables.spacing[g, at.G_SAME_DAY] else tables.spacing[g, at.G_OUTCOME]
        else:
            found, _ = judge_gap(
                tables.spacing,
                g,
                at.G_ACCEPT,
                at.G_MIN,
                at.G_OUTCOME,
                low,
                high,
                np.int64(people.low[j]),
                np.int64(people.high[j]),
            )
        if found == at.X_GRACE:
            found = np.int64(at.X_NOTE)
        if found > worst:
            worst = found
    return worst
