"""One dose against one place of a series, by the rules of the dose's own day."""

from typing import Any

import numpy as np

from . import layout as at
from .basics import age_sides, in_force, may_start, product_of, reached, reference, related, skip_places
from .columns import Grid, Number, People, piece


@piece
def window_of(rules: Grid, place: int, day: int) -> Number:
    """The row by which a place is given on a day; -1: by none."""
    for w in range(rules[place, at.P_WIN], rules[place, at.P_WIN + 1]):
        if in_force(rules, w, day):
            return np.int64(w)
    return np.int64(-1)


@piece
def option_of(rules: Grid, place: int, v: int, last: int, day: int) -> Number:
    """The row by which a product may be given at a place after the last counted one; -1: by none."""
    for o in range(rules[place, at.P_OPT], rules[place, at.P_OPT + 1]):
        if rules[o, at.O_PRODUCT] == v and in_force(rules, o, day) and related(rules, rules[o, at.O_RELATION], v, last):
            return np.int64(o)
    return np.int64(-1)


@piece
def judge_product(
    rules: Grid, people: People, i: int, place: int, v: int, window: int, last: int, birth_low: int, birth_high: int
) -> tuple[Number, Number, Number, bool]:  # fmt: skip
    """Outcome, reason and rule by product and volume, and whether they are final."""
    low, high = np.int64(people.doses[i, at.L_LOW]), np.int64(people.doses[i, at.L_HIGH])
    rule = rules[window, at.V_RULE]
    if v < 0:
        return np.int64(at.X_UNSURE), np.int64(at.DOSE_PRODUCT_UNKNOWN), rule, False
    option = option_of(rules, place, v, last, low)
    if option < 0:
        mixed = last >= 0 and rules[at.VACCINES + last, at.K_PLATFORM] != rules[at.VACCINES + v, at.K_PLATFORM]
        reason = np.int64(at.DOSE_PLATFORM_MIXED if mixed else at.DOSE_PRODUCT_NOT_ALLOWED)
        return np.int64(at.X_NOT_VALID), reason, rule, True
    volume = people.doses[i, at.L_VOLUME]
    if volume != at.NONE and volume < rules[option, at.O_VOLUME]:
        return np.int64(at.X_NOT_VALID), np.int64(at.DOSE_VOLUME), rules[option, at.V_RULE], True
    outcome, reason = rules[option, at.O_OUTCOME], np.int64(at.DOSE_VALID)
    if rules[option, at.O_REASON] != 0:
        reason, outcome = rules[option, at.O_REASON], max(outcome, np.int64(at.X_NOTE))
    if outcome > 0:
        rule = rules[option, at.V_RULE]
    if outcome < at.X_REVIEW and (
        outside_ages(rules, option, at.O_MIN, at.O_BELOW, low, high, birth_low, birth_high)
        or outside_ages(rules, at.VACCINES + v, at.K_MIN, at.K_BELOW, low, high, birth_low, birth_high)
    ):
        return np.int64(at.X_REVIEW), np.int64(at.DOSE_PRODUCT_AGE), rules[option, at.V_RULE], False
    return outcome, reason, rule, False


@piece
def judge_interval(
    rules: Grid, people: People, person: int, k: int, low: int, high: int, upto: int, memory: Grid, dates: Grid,
    doubles: Any,
) -> tuple[Number, Number]:  # fmt: skip
    """What one interval row finds: too short, within grace, not to be told, or late."""
    ref_low, ref_high = reference(rules, people, person, upto, k, memory, dates, doubles, low)
    if ref_low == at.NONE:
        return np.int64(0), np.int64(0)
    found, why = judge_gap(rules, k, at.I_ACCEPT, at.I_MIN, at.I_OUTCOME, low, high, ref_low, ref_high)
    if found == at.X_UNSURE:
        why = np.int64(at.DOSE_DATE_UNCERTAIN)
    dated = found == 0 and rules[k, at.I_LATE] != at.NONE
    if dated and reached(ref_high, rules[k, at.I_LATE], rules[k, at.I_LATE + 1], low - 1):
        return np.int64(at.X_NOTE), np.int64(at.DOSE_LATE)
    return found, why


@piece
def judge_dose(
    rules: Grid, people: People, person: int, i: int, upto: int, s: int, mixed: bool, memory: Grid, dates: Grid,
    doubles: Any,
) -> tuple[Number, Number, Number]:  # fmt: skip
    """Outcome, reason and rule of one dose against the next place of a series, by the rules of its own day.

    `upto`: the person's first dose of that day. `mixed`: there are doses of other targets, so that spacing matters.
    The worst finding speaks; of equal ones the first.
    """
    low, high = np.int64(people.doses[i, at.L_LOW]), np.int64(people.doses[i, at.L_HIGH])
    v = product_of(rules, people.doses[i, at.L_VACCINE])
    birth_low, birth_high = np.int64(people.births[person, at.B_LOW]), np.int64(people.births[person, at.B_HIGH])
    start = np.int64(1)
    if memory[at.M_COUNT] == 0:
        start = may_start(rules, s, low, high, birth_low, birth_high)
        if start == at.CLOSED:
            return at.X_EXTRA, at.DOSE_NO_SERIES, 0
        if start == at.TOO_YOUNG_TO_START:
            return at.X_NOT_VALID, at.DOSE_TOO_YOUNG, rules[s, at.S_RULE]
    skip_places(rules, people, person, low, s, memory)
    place = rules[s, at.S_FIRST] + memory[at.M_NEXT]
    if place >= rules[s, at.S_LAST]:
        return at.X_EXTRA, at.DOSE_AFTER_SERIES, rules[s, at.S_RULE]
    window = window_of(rules, place, low)
    if window < 0:
        late = memory[at.M_NEXT] >= rules[s, at.S_PRIMARY]
        return at.X_EXTRA, at.DOSE_AFTER_SERIES if late else at.DOSE_NOT_IN_FORCE, rules[s, at.S_RULE]
    last = memory[at.M_LAST_VACCINE]
    outcome, reason, rule, final = judge_product(rules, people, i, place, v, window, last, birth_low, birth_high)
    if final:
        return outcome, reason, rule
    if start == 0 and outcome < at.X_UNSURE:
        outcome, reason, rule = np.int64(at.X_UNSURE), np.int64(at.DOSE_AGE_UNCERTAIN), rules[s, at.S_RULE]
    for a in range(rules[place, at.P_AGE], rules[place, at.P_AGE + 1]):
        if in_force(rules, a, low):
            found, why = judge_age(rules, a, low, high, birth_low, birth_high)
            if found > outcome:
                outcome, reason, rule = found, why, rules[a, at.V_RULE]
    for k in range(rules[place, at.P_INT], rules[place, at.P_INT + 1]):
        if in_force(rules, k, low) and (v < 0 or (rules[k, at.I_MASK] >> v) & 1):
            found, why = judge_interval(rules, people, person, k, low, high, upto, memory, dates, doubles)
            if found > outcome:
                outcome, reason, rule = found, why, rules[k, at.V_RULE]
    if v >= 0 and mixed:
        for g in range(rules[0, at.H_SPACING], rules[0, at.H_SPACING + 1]):
            if in_force(rules, g, low) and (rules[g, at.G_OWN] >> v) & 1:
                found = judge_spacing(rules, people, person, i, g)
                if found > outcome:
                    outcome, reason, rule = found, np.int64(at.DOSE_SPACING), rules[g, at.V_RULE]
    return outcome, reason, rule


@piece
def outside_ages(
    table: Grid, row: int, at_min: int, at_below: int, low: int, high: int, birth_low: int, birth_high: int
) -> bool:
    """Whether the person was surely too young or too old for a row's age bounds."""
    if (
        table[row, at_min] != at.NONE
        and age_sides(low, high, birth_low, birth_high, table[row, at_min], table[row, at_min + 1]) == -1
    ):
        return True
    if table[row, at_below] == at.NONE:
        return False
    return age_sides(low, high, birth_low, birth_high, table[row, at_below], table[row, at_below + 1]) == 1


@piece
def judge_age(rules: Grid, a: int, low: int, high: int, birth_low: int, birth_high: int) -> tuple[Number, Number]:
    outcome, reason = np.int64(0), np.int64(0)
    if rules[a, at.A_BELOW] != at.NONE:
        side = age_sides(low, high, birth_low, birth_high, rules[a, at.A_BELOW], rules[a, at.A_BELOW + 1])
        if side == 1:
            return rules[a, at.A_OUTCOME], np.int64(at.DOSE_TOO_OLD)
        if side == 0:
            outcome, reason = np.int64(at.X_UNSURE), np.int64(at.DOSE_AGE_UNCERTAIN)
    if rules[a, at.A_ACCEPT] != at.NONE:
        side = age_sides(low, high, birth_low, birth_high, rules[a, at.A_ACCEPT], rules[a, at.A_ACCEPT + 1])
        if side == -1:
            return rules[a, at.A_OUTCOME], np.int64(at.DOSE_TOO_YOUNG)
        if side == 0:
            outcome, reason = np.int64(at.X_UNSURE), np.int64(at.DOSE_AGE_UNCERTAIN)
    younger = rules[a, at.A_MIN] != at.NONE and outside_ages(
        rules, a, at.A_MIN, at.A_BELOW, low, high, birth_low, birth_high
    )
    if outcome == 0 and younger:
        return np.int64(at.X_GRACE), np.int64(at.DOSE_AGE_GRACE)
    if outcome == 0 and rules[a, at.A_LATE] != at.NONE:
        m, d = rules[a, at.A_LATE], rules[a, at.A_LATE + 1]
        if reached(birth_high, m, d, low - 1):
            return np.int64(at.X_NOTE), np.int64(at.DOSE_LATE)
    return outcome, reason


@piece
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
) -> tuple[Number, Number]:
    if table[row, at_accept] != at.NONE:
        m, d = table[row, at_accept], table[row, at_accept + 1]
        if not reached(ref_high, m, d, low):
            if ref_high <= low and not reached(ref_low, m, d, high):
                return table[row, at_outcome], np.int64(at.DOSE_INTERVAL_SHORT)
            return np.int64(at.X_UNSURE), np.int64(at.DOSE_DATE_UNCERTAIN)
    if table[row, at_min] != at.NONE and not reached(ref_low, table[row, at_min], table[row, at_min + 1], high):
        return np.int64(at.X_GRACE), np.int64(at.DOSE_GRACE)
    return np.int64(0), np.int64(0)


@piece
def judge_spacing(rules: Grid, people: People, person: int, i: int, g: int) -> Number:
    """The worst a spacing row finds between one dose and the vaccines of other targets given up to that day."""
    worst = np.int64(0)
    low, high = np.int64(people.doses[i, at.L_LOW]), np.int64(people.doses[i, at.L_HIGH])
    for j in range(people.starts[person, 0], people.starts[person + 1, 0]):
        w = people.doses[j, at.L_VACCINE]
        if j == i or w < 0 or rules[at.VACCINES + w, at.K_OWN] or not (rules[g, at.G_OTHER] >> w) & 1:
            continue
        if people.doses[j, at.L_LOW] > low:
            break
        if people.doses[j, at.L_LOW] == low:
            found = np.int64(0) if rules[g, at.G_SAME_DAY] else rules[g, at.G_OUTCOME]
        else:
            found, _ = judge_gap(
                rules,
                g,
                at.G_ACCEPT,
                at.G_MIN,
                at.G_OUTCOME,
                low,
                high,
                np.int64(people.doses[j, at.L_LOW]),
                np.int64(people.doses[j, at.L_HIGH]),
            )
        if found == at.X_GRACE:
            found = np.int64(at.X_NOTE)
        if found > worst:
            worst = found
    return worst
