"""What is due next in one series. The rules read here are only those in force on the day of the answer."""

import numpy as np

from . import layout as at
from .basics import (
    after_condition,
    age_sides,
    condition_rows,
    has_condition,
    in_force,
    plus,
    reached,
    reference,
    related,
    skip_places,
)
from .columns import Grid, Number, People, copy, fill, piece
from .room import U_ALLOWED, U_ELDER, U_PREFERRED, Room, menu
from .verdict import outside_ages


@piece
def in_group(rules: Grid, people: People, person: int, k: int, as_of: int) -> bool:
    """Whether an offer is for persons of this sex who have, or need not have, a condition."""
    return (rules[k, at.F_SEX] == at.NONE or rules[k, at.F_SEX] == people.births[person, at.B_SEX]) and (
        rules[k, at.F_COND] == at.NONE or has_condition(people, person, rules[k, at.F_COND], as_of)
    )


@piece
def offered_age(rules: Grid, k: int, low: int, high: int, as_of: int) -> tuple[Number, Number]:
    """Old enough and young enough for an offer: each surely (1), surely not (-1), or not to be told (0)."""
    old, young = np.int64(1), np.int64(1)
    if rules[k, at.F_MIN] != at.NONE:
        old = np.int64(age_sides(as_of, as_of, low, high, rules[k, at.F_MIN], rules[k, at.F_MIN + 1]))
    if rules[k, at.F_BELOW] != at.NONE:
        young = -np.int64(age_sides(as_of, as_of, low, high, rules[k, at.F_BELOW], rules[k, at.F_BELOW + 1]))
    if low < rules[k, at.F_BORN_FROM]:
        young = min(young, np.int64(-1 if high < rules[k, at.F_BORN_FROM] else 0))
    if high > rules[k, at.F_BORN_TO]:
        young = min(young, np.int64(-1 if low > rules[k, at.F_BORN_TO] else 0))
    return old, young


@piece
def offered_since(rules: Grid, k: int, high: int) -> Number:
    """The day on which an offer reached the person: its own first day, or the birthday if that came later."""
    since: Number = rules[k, at.V_FROM]
    if rules[k, at.F_MIN] != at.NONE and not reached(high, rules[k, at.F_MIN], rules[k, at.F_MIN + 1], since):
        since = plus(high, rules[k, at.F_MIN], rules[k, at.F_MIN + 1])
    return since


@piece
def next_birthday(
    rules: Grid, people: People, person: int, start: int, end: int, low: int, high: int, as_of: int
) -> tuple[Number, Number]:
    """The first day on which an offer of one level will reach somebody too young for all of them, and its rule."""
    birthday, rule = np.int64(at.EVER), np.int64(0)
    for k in range(start, end):
        if in_group(rules, people, person, k, as_of):
            old, young = offered_age(rules, k, low, high, as_of)
            if old == -1 and young == 1:
                since = offered_since(rules, k, high)
                if since < birthday:
                    birthday, rule = since, rules[k, at.V_RULE]
    return birthday, rule


@piece
def offered(rules: Grid, people: People, person: int, place: int, as_of: int, told: Grid) -> bool:
    """Whether the place is offered: one row of every level must fit. `told`: reason, rule, earliest."""
    told[0], told[1], told[2] = at.DUE_NOT_OFFERED_YET, 0, -at.EVER
    start, end = rules[place, at.P_OFF], rules[place, at.P_OFF + 1]
    low, high = np.int64(people.births[person, at.B_LOW]), np.int64(people.births[person, at.B_HIGH])
    since = np.int64(-at.EVER)
    k = start
    while k < end:
        first, level = k, rules[k, at.F_LEVEL]
        fits, coming, fit_since, fit_rule = False, False, np.int64(at.EVER), np.int64(0)
        group_rule, age_rule, unsure_rule = np.int64(0), np.int64(0), np.int64(0)
        while k < end and rules[k, at.F_LEVEL] == level:
            rule = rules[k, at.V_RULE]
            if in_group(rules, people, person, k, as_of):
                old, young = offered_age(rules, k, low, high, as_of)
                if old == 1 and young == 1:
                    this_since = offered_since(rules, k, high)
                    if not fits or this_since < fit_since:
                        fit_since, fit_rule = this_since, rule
                    fits = True
                elif old == -1 or young == -1:
                    coming = coming or (old == -1 and young == 1)
                    if age_rule == 0:
                        age_rule = rule
                elif unsure_rule == 0:
                    unsure_rule = rule
            elif group_rule == 0:
                group_rule = rule
            k += 1
        if not fits:
            if unsure_rule != 0:
                told[0], told[1] = at.DUE_AGE_UNCERTAIN, unsure_rule
            elif age_rule != 0:
                told[0], told[1] = at.DUE_NOT_OFFERED_AGE, age_rule
                if coming:
                    told[2], told[1] = next_birthday(rules, people, person, first, k, low, high, as_of)
            else:
                told[0], told[1] = at.DUE_NOT_OFFERED_GROUP, group_rule
            return False
        if fit_since >= since:
            since, told[1] = fit_since, fit_rule
    told[2] = since
    return start < end or rules[place, at.P_LIMITED] == 0


@piece
def of_age(rules: Grid, people: People, person: int, place: int, day: int, last: int, mask: int) -> Number:
    """Takes out the products for which the person will surely be too young or too old on that day."""
    low, high = np.int64(people.births[person, at.B_LOW]), np.int64(people.births[person, at.B_HIGH])
    seen = np.int64(0)
    for o in range(rules[place, at.P_OPT], rules[place, at.P_OPT + 1]):
        v = rules[o, at.O_PRODUCT]
        bit = np.int64(1) << v
        if not mask & bit or seen & bit:
            continue
        if not related(rules, rules[o, at.O_RELATION], v, last):
            continue
        seen |= bit
        if outside_ages(rules, o, at.O_MIN, at.O_BELOW, day, day, low, high) or outside_ages(
            rules, at.VACCINES + v, at.K_MIN, at.K_BELOW, day, day, low, high
        ):
            mask &= ~bit
    return mask


@piece
def later(answer: Grid, slot: int, date: int, rule: int) -> None:
    """Moves a day back, never forward; the row that moved the earliest day is the one that binds."""
    if date > answer[slot]:
        answer[slot] = date
        if slot == at.D_EARLIEST:
            answer[at.D_RULE] = rule


@piece
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


@piece
def next_dates(
    rules: Grid,
    people: People,
    person: int,
    upto: int,
    place: int,
    as_of: int,
    mask: int,
    answer: Grid,
    room: Room,
) -> tuple[Number, Number, Number]:
    """Earliest, recommended, latest and overdue days from every age, interval and spacing row in force.

    Returns the day after which the person is too old (at.EVER when none), its rule and the rule of the overdue day.
    """
    memory, dates = room.memory, room.dates
    birth_high = np.int64(people.births[person, at.B_HIGH])
    too_old, old_rule, over_rule = np.int64(at.EVER), np.int64(0), np.int64(0)
    for a in range(rules[place, at.P_AGE], rules[place, at.P_AGE + 1]):
        first = at.A_MIN if rules[a, at.A_MIN] != at.NONE else at.A_ACCEPT
        if rules[a, first] != at.NONE:
            later(answer, at.D_EARLIEST, plus(birth_high, rules[a, first], rules[a, first + 1]), rules[a, at.V_RULE])
        if rules[a, at.A_REC] != at.NONE:
            later(answer, at.D_RECOMMENDED, plus(birth_high, rules[a, at.A_REC], rules[a, at.A_REC + 1]), 0)
        if ends(answer, rules, a, at.A_LATE, at.A_OVER, birth_high):
            over_rule = rules[a, at.V_RULE]
        if rules[a, at.A_BELOW] != at.NONE:
            last = plus(birth_high, rules[a, at.A_BELOW], rules[a, at.A_BELOW + 1]) - 1
            if last < too_old:
                too_old, old_rule = last, rules[a, at.V_RULE]
    for k in range(rules[place, at.P_INT], rules[place, at.P_INT + 1]):
        if not rules[k, at.I_MASK] & mask:
            continue
        ref_low, ref_high = reference(rules, people, person, upto, k, memory, dates, room.doubles, as_of)
        if ref_low == at.NONE:
            continue
        if rules[k, at.I_MIN] != at.NONE:
            later(
                answer, at.D_EARLIEST, plus(ref_high, rules[k, at.I_MIN], rules[k, at.I_MIN + 1]), rules[k, at.V_RULE]
            )
        if rules[k, at.I_REC] != at.NONE:
            later(answer, at.D_RECOMMENDED, plus(ref_high, rules[k, at.I_REC], rules[k, at.I_REC + 1]), 0)
        if ends(answer, rules, k, at.I_LATE, at.I_OVER, ref_high):
            over_rule = rules[k, at.V_RULE]
    if not room.mixed[0]:
        return too_old, old_rule, over_rule
    for g in range(rules[0, at.H_SPACING], rules[0, at.H_SPACING + 1]):
        if not rules[g, at.G_OWN] & mask or rules[g, at.G_MIN] == at.NONE:
            continue
        for j in range(upto - 1, people.starts[person, 0] - 1, -1):
            w = people.doses[j, at.L_VACCINE]
            if w >= 0 and not rules[at.VACCINES + w, at.K_OWN] and (rules[g, at.G_OTHER] >> w) & 1:
                clear = plus(np.int64(people.doses[j, at.L_HIGH]), rules[g, at.G_MIN], rules[g, at.G_MIN + 1])
                later(answer, at.D_EARLIEST, clear, rules[g, at.V_RULE])
    return too_old, old_rule, over_rule


@piece
def conditions_speak(rules: Grid, people: People, person: int, as_of: int, mask: Number, told: Grid) -> Number:
    """Takes out the products that conditions forbid or put off. `told`: 0 free, 1 forbidden, 2 deferred; rule; until."""
    told[0], told[1], told[2] = 0, 0, at.NONE
    deferred, until, defer_rule = np.int64(0), np.int64(at.NONE), np.int64(0)
    for c in range(*condition_rows(rules, people, person)):
        effect = rules[c, at.C_EFFECT]
        if effect != at.FORBID and effect != at.DEFER:
            continue
        for p in range(people.starts[person, 1], people.starts[person + 1, 1]):
            if (
                people.conditions[p, at.Y_KIND] != rules[c, at.C_COND]
                or people.conditions[p, at.Y_SINCE] > as_of
                or people.conditions[p, at.Y_UNTIL] < told[3]
            ):
                continue
            if effect == at.FORBID:
                if mask & rules[c, at.C_MASK]:
                    told[1] = rules[c, at.V_RULE]
                mask &= ~rules[c, at.C_MASK]
            else:
                if mask & rules[c, at.C_MASK] and people.conditions[p, at.Y_UNTIL] > until:
                    until, defer_rule = np.int64(people.conditions[p, at.Y_UNTIL]), rules[c, at.V_RULE]
                deferred |= rules[c, at.C_MASK]
    if mask == 0:
        told[0] = 1
    elif not mask & ~deferred:
        told[0], told[1], told[2] = 2, defer_rule, until
    else:
        mask &= ~deferred
    return mask


@piece
def needed(rules: Grid, people: People, person: int, s: int, as_of: int, memory: Grid, dates: Grid) -> Number:
    """Doses still wanted: the rest of the primary series, fewer after some conditions; one for a booster."""
    rest: Number = rules[s, at.S_PRIMARY] - memory[at.M_NEXT]
    if rest <= 0:
        return np.int64(1)
    for c in range(*condition_rows(rules, people, person)):
        if rules[c, at.C_EFFECT] == at.FINISH:
            doses = after_condition(people, person, rules[c, at.C_COND], as_of, dates)
            if doses >= 0:
                rest = min(rest, max(np.int64(1), rules[c, at.C_DOSES] - doses))
    return rest


@piece
def tidy(answer: Grid, end: int) -> None:
    """Turns the days that nothing sets into none, and puts the others in order."""
    answer[at.D_LATEST] = min(answer[at.D_LATEST], end)
    if answer[at.D_EARLIEST] <= -at.EVER:
        answer[at.D_EARLIEST] = at.NONE
    for slot in (at.D_LATEST, at.D_OVERDUE):
        if answer[slot] >= at.EVER:
            answer[slot] = at.NONE
    in_order(answer, end)


@piece
def in_order(answer: Grid, end: int) -> None:
    """No day on time or overdue comes before the first day allowed; past the last day of all, no day is allowed."""
    first = answer[at.D_EARLIEST]
    if first > end:
        answer[at.D_EARLIEST], answer[at.D_RECOMMENDED] = at.NONE, at.NONE
        return
    answer[at.D_RECOMMENDED] = max(answer[at.D_RECOMMENDED], first)
    if first != at.NONE and answer[at.D_LATEST] != at.NONE:
        answer[at.D_LATEST] = max(answer[at.D_LATEST], first)
    if first != at.NONE and answer[at.D_OVERDUE] != at.NONE:
        answer[at.D_OVERDUE] = max(answer[at.D_OVERDUE], first + 1)
    if answer[at.D_LATEST] != at.NONE:
        answer[at.D_RECOMMENDED] = min(answer[at.D_RECOMMENDED], answer[at.D_LATEST])


@piece
def name_status(rules: Grid, place: int, as_of: int, over_rule: int, memory: Grid, answer: Grid) -> None:
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
        elif rules[place, at.P_BOOSTER]:
            answer[at.D_REASON] = at.DUE_BOOSTER
        else:
            answer[at.D_REASON] = at.DUE_NEXT


@piece
def start_answer(rules: Grid, s: int, memory: Grid, answer: Grid) -> None:
    """An answer that says complete until something else is found."""
    fill(answer, at.NONE)
    answer[at.D_SERIES], answer[at.D_COMPLETE] = s, memory[at.M_COMPLETE]
    answer[at.D_PREFERRED], answer[at.D_ALLOWED], answer[at.D_NEEDED] = 0, 0, 0
    answer[at.D_RULE] = rules[s, at.S_RULE]
    answer[at.D_STATUS], answer[at.D_REASON] = at.COMPLETE, at.DUE_COMPLETE


@piece
def next_place(rules: Grid, people: People, person: int, s: int, as_of: int, memory: Grid, answer: Grid) -> Number:
    """The place that comes next; -1 where none does: immune, past the last one, or not given yet."""
    for c in range(*condition_rows(rules, people, person)):
        immune = rules[c, at.C_EFFECT] == at.IMMUNE
        if immune and has_condition(people, person, rules[c, at.C_COND], as_of):
            answer[at.D_REASON], answer[at.D_RULE] = at.DUE_IMMUNE, rules[c, at.V_RULE]
            return np.int64(-1)
    skip_places(rules, people, person, as_of, s, memory)
    primary_done = memory[at.M_NEXT] >= rules[s, at.S_PRIMARY]
    if primary_done and answer[at.D_COMPLETE] == at.NONE and memory[at.M_COUNT] > 0:
        answer[at.D_COMPLETE] = memory[at.M_LAST_LO]
    place = rules[s, at.S_FIRST] + memory[at.M_NEXT]
    if place >= rules[s, at.S_LAST]:
        return np.int64(-1)
    if rules[place, at.P_WIN] == rules[place, at.P_WIN + 1]:
        if not primary_done:
            answer[at.D_STATUS], answer[at.D_REASON] = at.INELIGIBLE, at.DUE_NOT_OFFERED_YET
        return np.int64(-1)
    return np.int64(place)


@piece
def name_offer(told: Grid, answer: Grid) -> None:
    """Why the place is not offered, and from when it will be."""
    answer[at.D_STATUS] = at.REVIEW if told[0] == at.DUE_AGE_UNCERTAIN else at.INELIGIBLE
    answer[at.D_REASON], answer[at.D_RULE] = told[0], told[1]
    if told[2] > -at.EVER:
        answer[at.D_EARLIEST] = told[2]


@piece
def name_bar(day: int, too_old: int, old_rule: int, season_end: int, mask: int, answer: Grid) -> bool:
    """Whether age, season or products stand in the way on the first day allowed."""
    if day > too_old:
        answer[at.D_STATUS], answer[at.D_REASON], answer[at.D_RULE] = at.INELIGIBLE, at.DUE_TOO_OLD, old_rule
    elif day > season_end:
        answer[at.D_STATUS], answer[at.D_REASON] = at.INELIGIBLE, at.DUE_OUTSIDE_SEASON
    elif mask == 0:
        answer[at.D_STATUS], answer[at.D_REASON] = at.INELIGIBLE, at.DUE_NO_PRODUCT
    else:
        return False
    return True


@piece
def name_condition(told: Grid, end: int, answer: Grid) -> bool:
    """Whether a condition forbids every product, or puts all of them off and until when."""
    if told[0] == 1:
        answer[at.D_STATUS], answer[at.D_REASON], answer[at.D_RULE] = (
            at.CONTRAINDICATED,
            at.DUE_CONDITION_FORBIDS,
            told[1],
        )
    elif told[0] == 2:
        answer[at.D_STATUS], answer[at.D_REASON], answer[at.D_RULE] = at.DEFERRED, at.DUE_CONDITION_DEFERS, told[1]
        if told[2] < at.EVER:
            answer[at.D_DEFERRED] = told[2]
            answer[at.D_EARLIEST] = max(answer[at.D_EARLIEST], told[2] + 1)
            in_order(answer, end)
    else:
        return False
    return True


@piece
def forecast(
    rules: Grid, people: People, person: int, upto: int, s: int, as_of: int, season_end: int, answer: Grid, room: Room
) -> None:
    """What is due next in one series, by the rules in force on `as_of`."""
    memory, told = room.memory, room.told
    start_answer(rules, s, memory, answer)
    place = next_place(rules, people, person, s, as_of, memory, answer)
    if place < 0:
        return
    is_offered = offered(rules, people, person, place, as_of, told)
    if not is_offered and memory[at.M_NEXT] >= rules[s, at.S_PRIMARY]:
        return
    answer[at.D_RANK] = memory[at.M_NEXT] + 1
    answer[at.D_NEEDED] = needed(rules, people, person, s, as_of, memory, room.dates)
    if not is_offered:
        name_offer(told, answer)
        return
    window, last = rules[place, at.P_WIN], memory[at.M_LAST_VACCINE]
    answer[at.D_EARLIEST], answer[at.D_LATEST], answer[at.D_OVERDUE] = -at.EVER, at.EVER, at.EVER
    answer[at.D_RULE] = rules[window, at.V_RULE]
    later(answer, at.D_EARLIEST, rules[window, at.V_FROM], rules[window, at.V_RULE])
    later(answer, at.D_EARLIEST, told[2], told[1])
    card = menu(rules, place, last, as_of, room.menus)
    preferred, allowed = room.menus[card, U_PREFERRED], room.menus[card, U_ALLOWED]
    mask = preferred | allowed
    too_old, old_rule, over_rule = next_dates(rules, people, person, upto, place, as_of, mask, answer, room)
    day = max(as_of, answer[at.D_EARLIEST])
    if people.births[person, at.B_HIGH] > room.menus[card, U_ELDER]:
        mask = of_age(rules, people, person, place, day, last, mask)
    if day >= at.EVER:
        answer[at.D_STATUS], answer[at.D_REASON] = at.REVIEW, at.DUE_AGE_UNCERTAIN
        for slot in (at.D_EARLIEST, at.D_RECOMMENDED, at.D_LATEST, at.D_OVERDUE):
            answer[slot] = at.NONE
        return
    end = min(too_old, season_end)
    tidy(answer, end)
    if name_bar(day, too_old, old_rule, season_end, mask, answer):
        return
    told[3] = day
    mask = conditions_speak(rules, people, person, as_of, mask, told)
    answer[at.D_PREFERRED], answer[at.D_ALLOWED] = preferred & mask, allowed & mask
    if not name_condition(told, end, answer):
        name_status(rules, place, as_of, over_rule, memory, answer)


@piece
def narrow(rules: Grid, owner: int, column: int, day: int) -> None:
    """Moves the rows of one kind that are in force on the day to the front, and lets the others go."""
    kept = rules[owner, column]
    for row in range(rules[owner, column], rules[owner, column + 1]):
        if in_force(rules, row, day):
            copy(rules[kept], rules[row])
            kept += 1
    rules[owner, column + 1] = kept


@piece
def keep_in_force(rules: Grid, day: int) -> None:
    """Leaves of the rules of a target only what the forecast of a day reads. Series stay: a dose long ago chose one."""
    narrow(rules, 0, at.H_CONDITIONS, day)
    narrow(rules, 0, at.H_SPACING, day)
    for s in range(rules[0, at.H_SERIES], rules[0, at.H_SERIES + 1]):
        for place in range(rules[s, at.S_FIRST], rules[s, at.S_LAST]):
            for column in range(at.P_WIN, at.P_OFF + 1, 2):
                narrow(rules, place, column, day)
