"""What is due next in one series, by the rules in force on the day of the answer."""

import numpy as np
from numba import njit

from . import layout as at
from .basics import after_condition, age_sides, has_condition, in_force, plus, reference, related, skip_places
from .columns import Compiled, Grid, People
from .verdict import outside_ages


@njit(nogil=True)
def offered(tables: Compiled, people: People, person: int, place: int, as_of: int, told: Grid) -> bool:
    """Whether the place is offered: one row of every level must fit. `told`: reason, rule, earliest."""
    told[0], told[1], told[2] = at.DUE_NOT_OFFERED_YET, 0, -at.EVER
    start, end = tables.places[place, at.P_OFF], tables.places[place, at.P_OFF + 1]
    rows = tables.offers
    low, high = np.int64(people.birth_low[person]), np.int64(people.birth_high[person])
    any_in_force = False
    since = np.int64(-at.EVER)
    k = start
    while k < end:
        level = rows[k, at.F_LEVEL]
        present, fits, fit_since, fit_rule = False, False, np.int64(at.EVER), np.int64(0)
        group_rule, age_rule, unsure_rule = np.int64(0), np.int64(0), np.int64(0)
        birthday = np.int64(at.EVER)
        while k < end and rows[k, at.F_LEVEL] == level:
            if not in_force(rows, k, as_of):
                k += 1
                continue
            present = True
            rule = rows[k, at.V_RULE]
            group = (rows[k, at.F_SEX] == at.NONE or rows[k, at.F_SEX] == people.sex[person]) and (
                rows[k, at.F_COND] == at.NONE or has_condition(people, person, rows[k, at.F_COND], as_of)
            )
            if not group:
                if group_rule == 0:
                    group_rule = rule
                k += 1
                continue
            old_enough, young_enough, this_birthday = 1, 1, rows[k, at.V_FROM]
            if rows[k, at.F_MIN] != at.NONE:
                old_enough = age_sides(as_of, as_of, low, high, rows[k, at.F_MIN], rows[k, at.F_MIN + 1])
                this_birthday = max(this_birthday, plus(high, rows[k, at.F_MIN], rows[k, at.F_MIN + 1]))
            if rows[k, at.F_BELOW] != at.NONE:
                young_enough = -age_sides(as_of, as_of, low, high, rows[k, at.F_BELOW], rows[k, at.F_BELOW + 1])
            if low < rows[k, at.F_BORN_FROM]:
                young_enough = min(young_enough, -1 if high < rows[k, at.F_BORN_FROM] else 0)
            if high > rows[k, at.F_BORN_TO]:
                young_enough = min(young_enough, -1 if low > rows[k, at.F_BORN_TO] else 0)
            if old_enough == 1 and young_enough == 1:
                if not fits or this_birthday < fit_since:
                    fit_since, fit_rule = this_birthday, rule
                fits = True
            elif old_enough == -1 or young_enough == -1:
                if age_rule == 0:
                    age_rule = rule
                if old_enough == -1 and young_enough == 1 and this_birthday < birthday:
                    birthday, age_rule = this_birthday, rule
            elif unsure_rule == 0:
                unsure_rule = rule
            k += 1
        if not present:
            continue
        any_in_force = True
        if not fits:
            if unsure_rule != 0:
                told[0], told[1] = at.DUE_AGE_UNCERTAIN, unsure_rule
            elif age_rule != 0:
                told[0], told[1] = at.DUE_NOT_OFFERED_AGE, age_rule
                if birthday < at.EVER:
                    told[2] = birthday
            else:
                told[0], told[1] = at.DUE_NOT_OFFERED_GROUP, group_rule
            return False
        if fit_since >= since:
            since, told[1] = fit_since, fit_rule
    told[2] = since
    return any_in_force or start == end


@njit(nogil=True)
def candidates(tables: Compiled, place: int, as_of: int, last: int) -> tuple[int, int]:
    """The products that the options in force allow next: preferred, then allowed."""
    preferred, allowed = np.int64(0), np.int64(0)
    for o in range(tables.places[place, at.P_OPT], tables.places[place, at.P_OPT + 1]):
        v = tables.options[o, at.O_PRODUCT]
        bit = np.int64(1) << v
        if (preferred | allowed) & bit or not in_force(tables.options, o, as_of):
            continue
        relation = tables.options[o, at.O_RELATION]
        if related(tables, relation, v, last):
            if tables.options[o, at.O_USE] == 0:
                preferred |= bit
            else:
                allowed |= bit
    return preferred, allowed


@njit(nogil=True)
def of_age(
    tables: Compiled, people: People, person: int, place: int, day: int, as_of: int, last: int, mask: int
) -> int:
    """Takes out the products for which the person will surely be too young or too old on that day."""
    low, high = np.int64(people.birth_low[person]), np.int64(people.birth_high[person])
    seen = np.int64(0)
    for o in range(tables.places[place, at.P_OPT], tables.places[place, at.P_OPT + 1]):
        v = tables.options[o, at.O_PRODUCT]
        bit = np.int64(1) << v
        if not mask & bit or seen & bit or not in_force(tables.options, o, as_of):
            continue
        if not related(tables, tables.options[o, at.O_RELATION], v, last):
            continue
        seen |= bit
        if outside_ages(tables.options, o, at.O_MIN, at.O_BELOW, day, day, low, high) or outside_ages(
            tables.vaccines, v, at.K_MIN, at.K_BELOW, day, day, low, high
        ):
            mask &= ~bit
    return mask


@njit(nogil=True)
def later(answer: Grid, slot: int, date: int, rule: int) -> None:
    """Moves a day back, never forward; the row that moved the earliest day is the one that binds."""
    if date > answer[slot]:
        answer[slot] = date
        if slot == at.D_EARLIEST:
            answer[at.D_RULE] = rule


@njit(nogil=True)
def ends(answer: Grid, table: Grid, row: int, at_late: int, at_over: int, ref: int) -> bool:
    """Draws in the last day on time and the first day overdue by one row. Returns whether it set the overdue day."""
    over = np.int64(at.EVER)
    if table[row, at_late] != at.NONE:
        late = plus(ref, table[row, at_late], table[row, at_late + 1])
        answer[at.D_LATEST] = min(answer[at.D_LATEST], late)
        over = late + 1
    if table[row, at_over] != at.NONE:
        over = plus(ref, table[row, at_over], table[row, at_over + 1])
    if over < answer[at.D_OVERDUE]:
        answer[at.D_OVERDUE] = over
        return True
    return False


@njit(nogil=True)
def next_dates(
    tables: Compiled,
    people: People,
    person: int,
    upto: int,
    place: int,
    as_of: int,
    mask: int,
    memory: Grid,
    dates: Grid,
    answer: Grid,
) -> tuple[int, int, int]:
    """Earliest, recommended, latest and overdue days from every age, interval and spacing row in force.

    Returns the day after which the person is too old (at.EVER when none), its rule and the rule of the overdue day.
    """
    birth_low, birth_high = np.int64(people.birth_low[person]), np.int64(people.birth_high[person])
    too_old, old_rule, over_rule = np.int64(at.EVER), np.int64(0), np.int64(0)
    ages, gaps, spacing = tables.ages, tables.intervals, tables.spacing
    for a in range(tables.places[place, at.P_AGE], tables.places[place, at.P_AGE + 1]):
        if not in_force(ages, a, as_of):
            continue
        first = at.A_MIN if ages[a, at.A_MIN] != at.NONE else at.A_ACCEPT
        if ages[a, first] != at.NONE:
            later(answer, at.D_EARLIEST, plus(birth_high, ages[a, first], ages[a, first + 1]), ages[a, at.V_RULE])
        if ages[a, at.A_REC] != at.NONE:
            later(answer, at.D_RECOMMENDED, plus(birth_high, ages[a, at.A_REC], ages[a, at.A_REC + 1]), 0)
        if ends(answer, ages, a, at.A_LATE, at.A_OVER, birth_high):
            over_rule = ages[a, at.V_RULE]
        if ages[a, at.A_BELOW] != at.NONE:
            last = plus(birth_low, ages[a, at.A_BELOW], ages[a, at.A_BELOW + 1]) - 1
            if last < too_old:
                too_old, old_rule = last, ages[a, at.V_RULE]
    for k in range(tables.places[place, at.P_INT], tables.places[place, at.P_INT + 1]):
        if not in_force(gaps, k, as_of) or not gaps[k, at.I_MASK] & mask:
            continue
        ref_low, ref_high = reference(tables, people, person, upto, k, memory, dates, as_of)
        if ref_low == at.NONE:
            continue
        if gaps[k, at.I_MIN] != at.NONE:
            later(answer, at.D_EARLIEST, plus(ref_high, gaps[k, at.I_MIN], gaps[k, at.I_MIN + 1]), gaps[k, at.V_RULE])
        if gaps[k, at.I_REC] != at.NONE:
            later(answer, at.D_RECOMMENDED, plus(ref_high, gaps[k, at.I_REC], gaps[k, at.I_REC + 1]), 0)
        if ends(answer, gaps, k, at.I_LATE, at.I_OVER, ref_high):
            over_rule = gaps[k, at.V_RULE]
    for g in range(spacing.shape[0]):
        if not in_force(spacing, g, as_of) or not spacing[g, at.G_OWN] & mask or spacing[g, at.G_MIN] == at.NONE:
            continue
        for j in range(upto - 1, people.dose_start[person] - 1, -1):
            w = people.vaccine[j]
            if w >= 0 and not tables.vaccines[w, at.K_OWN] and (spacing[g, at.G_OTHER] >> w) & 1:
                clear = plus(np.int64(people.high[j]), spacing[g, at.G_MIN], spacing[g, at.G_MIN + 1])
                later(answer, at.D_EARLIEST, clear, spacing[g, at.V_RULE])
    return too_old, old_rule, over_rule


@njit(nogil=True)
def conditions_speak(tables: Compiled, people: People, person: int, as_of: int, mask: int, told: Grid) -> int:
    """Takes out the products that conditions forbid or put off. `told`: 0 free, 1 forbidden, 2 deferred; rule; until."""
    told[0], told[1], told[2] = 0, 0, at.NONE
    deferred, until, defer_rule = np.int64(0), np.int64(at.NONE), np.int64(0)
    for c in range(tables.conditions.shape[0]):
        effect = tables.conditions[c, at.C_EFFECT]
        if (effect != at.FORBID and effect != at.DEFER) or not in_force(tables.conditions, c, as_of):
            continue
        for p in range(people.condition_start[person], people.condition_start[person + 1]):
            if (
                people.condition[p] != tables.conditions[c, at.C_COND]
                or people.since[p] > as_of
                or people.until[p] < told[3]
            ):
                continue
            if effect == at.FORBID:
                if mask & tables.conditions[c, at.C_MASK]:
                    told[1] = tables.conditions[c, at.V_RULE]
                mask &= ~tables.conditions[c, at.C_MASK]
            else:
                if mask & tables.conditions[c, at.C_MASK] and people.until[p] > until:
                    until, defer_rule = np.int64(people.until[p]), tables.conditions[c, at.V_RULE]
                deferred |= tables.conditions[c, at.C_MASK]
    if mask == 0:
        told[0] = 1
    elif not mask & ~deferred:
        told[0], told[1], told[2] = 2, defer_rule, until
    else:
        mask &= ~deferred
    return mask


@njit(nogil=True)
def needed(tables: Compiled, people: People, person: int, s: int, as_of: int, memory: Grid, dates: Grid) -> int:
    """Doses still wanted: the rest of the primary series, fewer after some conditions; one for a booster."""
    rest = tables.series[s, at.S_PRIMARY] - memory[at.M_NEXT]
    if rest <= 0:
        return np.int64(1)
    for c in range(tables.conditions.shape[0]):
        if tables.conditions[c, at.C_EFFECT] == at.FINISH and in_force(tables.conditions, c, as_of):
            doses = after_condition(people, person, tables.conditions[c, at.C_COND], as_of, dates)
            if doses >= 0:
                rest = min(rest, max(np.int64(1), tables.conditions[c, at.C_DOSES] - doses))
    return rest


@njit(nogil=True)
def tidy(answer: Grid, too_old: int, season_end: int) -> None:
    """Puts the four days in order and turns the days that nothing sets into none."""
    answer[at.D_LATEST] = min(answer[at.D_LATEST], min(too_old, season_end))
    answer[at.D_RECOMMENDED] = max(answer[at.D_RECOMMENDED], answer[at.D_EARLIEST])
    for slot in (at.D_EARLIEST, at.D_RECOMMENDED):
        if answer[slot] <= -at.EVER:
            answer[slot] = at.NONE
    for slot in (at.D_LATEST, at.D_OVERDUE):
        if answer[slot] >= at.EVER:
            answer[slot] = at.NONE


@njit(nogil=True)
def name_status(tables: Compiled, place: int, as_of: int, over_rule: int, memory: Grid, answer: Grid) -> None:
    repair = memory[at.M_REPAIR] == 1
    if answer[at.D_EARLIEST] != at.NONE and as_of < answer[at.D_EARLIEST]:
        answer[at.D_STATUS], answer[at.D_REASON] = at.NOT_YET, at.DUE_REPAIR_LATER if repair else at.DUE_LATER
    elif answer[at.D_OVERDUE] != at.NONE and as_of >= answer[at.D_OVERDUE]:
        answer[at.D_STATUS], answer[at.D_REASON], answer[at.D_RULE] = at.OVERDUE, at.DUE_OVERDUE, over_rule
    else:
        answer[at.D_STATUS] = at.DUE
        if repair:
            answer[at.D_REASON] = at.DUE_REPAIR
        elif memory[at.M_COUNT] == 0:
            answer[at.D_REASON] = at.DUE_FIRST
        elif tables.places[place, at.P_BOOSTER]:
            answer[at.D_REASON] = at.DUE_BOOSTER
        else:
            answer[at.D_REASON] = at.DUE_NEXT


@njit(nogil=True)
def forecast(
    tables: Compiled,
    people: People,
    person: int,
    upto: int,
    s: int,
    as_of: int,
    season_end: int,
    memory: Grid,
    dates: Grid,
    answer: Grid,
    told: Grid,
) -> None:
    """What is due next in one series, by the rules in force on `as_of`."""
    answer[:] = at.NONE
    answer[at.D_SERIES], answer[at.D_COMPLETE] = s, memory[at.M_COMPLETE]
    answer[at.D_PREFERRED], answer[at.D_ALLOWED], answer[at.D_NEEDED] = 0, 0, 0
    answer[at.D_RULE] = tables.series[s, at.S_RULE]
    answer[at.D_STATUS], answer[at.D_REASON] = at.COMPLETE, at.DUE_COMPLETE
    for c in range(tables.conditions.shape[0]):
        if tables.conditions[c, at.C_EFFECT] == at.IMMUNE and in_force(tables.conditions, c, as_of):
            if has_condition(people, person, tables.conditions[c, at.C_COND], as_of):
                answer[at.D_REASON], answer[at.D_RULE] = at.DUE_IMMUNE, tables.conditions[c, at.V_RULE]
                return
    skip_places(tables, people, person, as_of, s, memory)
    primary_done = memory[at.M_NEXT] >= tables.series[s, at.S_PRIMARY]
    if primary_done and answer[at.D_COMPLETE] == at.NONE and memory[at.M_COUNT] > 0:
        answer[at.D_COMPLETE] = memory[at.M_LAST_LO]
    place = tables.series[s, at.S_FIRST] + memory[at.M_NEXT]
    if place >= tables.series[s, at.S_LAST]:
        return
    window = -1
    for w in range(tables.places[place, at.P_WIN], tables.places[place, at.P_WIN + 1]):
        if in_force(tables.windows, w, as_of):
            window = w
            break
    if window < 0:
        if not primary_done:
            answer[at.D_STATUS], answer[at.D_REASON] = at.INELIGIBLE, at.DUE_NOT_OFFERED_YET
        return
    is_offered = offered(tables, people, person, place, as_of, told)
    if not is_offered and primary_done:
        return
    answer[at.D_RANK] = memory[at.M_NEXT] + 1
    answer[at.D_NEEDED] = needed(tables, people, person, s, as_of, memory, dates)
    if not is_offered:
        answer[at.D_STATUS] = at.REVIEW if told[0] == at.DUE_AGE_UNCERTAIN else at.INELIGIBLE
        answer[at.D_REASON], answer[at.D_RULE] = told[0], told[1]
        if told[2] > -at.EVER:
            answer[at.D_EARLIEST] = told[2]
        return
    answer[at.D_EARLIEST], answer[at.D_LATEST], answer[at.D_OVERDUE] = -at.EVER, at.EVER, at.EVER
    answer[at.D_RULE] = tables.windows[window, at.V_RULE]
    later(answer, at.D_EARLIEST, tables.windows[window, at.V_FROM], tables.windows[window, at.V_RULE])
    later(answer, at.D_EARLIEST, told[2], told[1])
    last = memory[at.M_LAST_VACCINE]
    preferred, allowed = candidates(tables, place, as_of, last)
    too_old, old_rule, over_rule = next_dates(
        tables, people, person, upto, place, as_of, preferred | allowed, memory, dates, answer
    )
    day = max(as_of, answer[at.D_EARLIEST])
    mask = of_age(tables, people, person, place, day, as_of, last, preferred | allowed)
    tidy(answer, too_old, season_end)
    if day >= at.EVER:
        answer[at.D_STATUS], answer[at.D_REASON] = at.REVIEW, at.DUE_AGE_UNCERTAIN
        answer[at.D_EARLIEST], answer[at.D_RECOMMENDED] = at.NONE, at.NONE
        return
    if day > too_old:
        answer[at.D_STATUS], answer[at.D_REASON], answer[at.D_RULE] = at.INELIGIBLE, at.DUE_TOO_OLD, old_rule
        return
    if day > season_end:
        answer[at.D_STATUS], answer[at.D_REASON] = at.INELIGIBLE, at.DUE_OUTSIDE_SEASON
        return
    if mask == 0:
        answer[at.D_STATUS], answer[at.D_REASON] = at.INELIGIBLE, at.DUE_NO_PRODUCT
        return
    told[3] = day
    mask = conditions_speak(tables, people, person, as_of, mask, told)
    answer[at.D_PREFERRED], answer[at.D_ALLOWED] = preferred & mask, allowed & mask
    if told[0] == 1:
        answer[at.D_STATUS], answer[at.D_REASON], answer[at.D_RULE] = (
            at.CONTRAINDICATED,
            at.DUE_CONDITION_FORBIDS,
            told[1],
        )
        return
    if told[0] == 2:
        answer[at.D_STATUS], answer[at.D_REASON], answer[at.D_RULE] = at.DEFERRED, at.DUE_CONDITION_DEFERS, told[1]
        if told[2] < at.EVER:
            answer[at.D_DEFERRED] = told[2]
            answer[at.D_EARLIEST] = max(answer[at.D_EARLIEST], told[2] + 1)
            answer[at.D_RECOMMENDED] = max(answer[at.D_RECOMMENDED], answer[at.D_EARLIEST])
        return
    name_status(tables, place, as_of, over_rule, memory, answer)
