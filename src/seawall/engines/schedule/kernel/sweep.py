"""The compiled walk over everybody: judge each dose, choose the series, forecast the next dose."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numba import njit

from ..words import STATUSES
from . import layout as at
from .basics import after_condition, condition_rows, in_force, is_own, may_start, product_of
from .columns import Grid, Number, People, copy, fill, piece
from .forecast import forecast, keep_in_force
from .room import Room, birth_slot, make_room
from .verdict import judge_dose


@piece
def count_dose(
    rules: Grid,
    people: People,
    person: int,
    i: int,
    s: int,
    outcome: int,
    reason: int,
    rule: int,
    memory: Grid,
    dates: Grid,
) -> None:
    """Remembers a dose that counts, and closes the primary series where this dose, or a condition, finishes it."""
    low, high = np.int64(people.doses[i, at.L_LOW]), np.int64(people.doses[i, at.L_HIGH])
    memory[at.M_COUNT] += 1
    memory[at.M_LAST_LO], memory[at.M_LAST_HI], memory[at.M_LAST_VACCINE] = (
        low,
        max(memory[at.M_LAST_HI], high),
        product_of(rules, people.doses[i, at.L_VACCINE]),
    )
    dates[2 * memory[at.M_NEXT]], dates[2 * memory[at.M_NEXT] + 1] = low, high
    memory[at.M_NEXT] += 1
    memory[at.M_REPAIR] = 0
    memory[at.M_PRIOR] += 1
    if memory[at.M_FIRST] == at.NONE:
        birth_low, birth_high = np.int64(people.births[person, at.B_LOW]), np.int64(people.births[person, at.B_HIGH])
        memory[at.M_FIRST] = low
        memory[at.M_UNSURE_START] = may_start(rules, s, low, high, birth_low, birth_high) == 0
    if outcome == at.X_UNSURE and memory[at.M_UNSURE] == 0:
        memory[at.M_UNSURE], memory[at.M_UNSURE_RULE] = reason, rule
    if memory[at.M_NEXT] < rules[s, at.S_PRIMARY]:
        for c in range(*condition_rows(rules, people, person)):
            if rules[c, at.C_EFFECT] == at.FINISH and in_force(rules, c, low):
                doses = after_condition(people, person, rules[c, at.C_COND], low, dates)
                if doses >= rules[c, at.C_DOSES]:
                    memory[at.M_NEXT] = rules[s, at.S_PRIMARY]
    if memory[at.M_NEXT] >= rules[s, at.S_PRIMARY] and memory[at.M_COMPLETE] == at.NONE:
        memory[at.M_COMPLETE] = low


@piece
def says_more(people: People, i: int, j: int) -> bool:
    """Whether record j may be of the same injection as i and says more: the product, or the day of the month."""
    low, high, v = people.doses[i, at.L_LOW], people.doses[i, at.L_HIGH], people.doses[i, at.L_VACCINE]
    w = people.doses[j, at.L_VACCINE]
    if people.doses[j, at.L_LOW] < low or people.doses[j, at.L_HIGH] > high or (v >= 0 and v != w):
        return False
    narrower = np.int64(people.doses[j, at.L_HIGH]) - people.doses[j, at.L_LOW] < np.int64(high) - low
    return narrower or (v < 0 and w >= 0)


@piece
def mark_doubles(rules: Grid, people: People, person: int, upto: int, doubles: Any) -> None:
    """Marks the records that another one of the same injection makes superfluous; the fuller one is the dose."""
    start, end = people.starts[person, 0], people.starts[person + 1, 0]
    born = people.births[person, at.B_LOW]
    for i in range(start, end):
        doubles[i - start] = False
        v, width = people.doses[i, at.L_VACCINE], np.int64(people.doses[i, at.L_HIGH]) - people.doses[i, at.L_LOW]
        if (v >= 0 and width == 0) or width > at.MONTH or not is_own(rules, v) or people.doses[i, at.L_HIGH] < born:
            continue
        for j in range(start, upto):
            if is_own(rules, people.doses[j, at.L_VACCINE]) and people.doses[j, at.L_HIGH] >= born:
                doubles[i - start] |= says_more(people, i, j)


@piece
def set_aside(rules: Grid, people: People, person: int, i: int, doubles: Any, verdict: Grid) -> bool:
    """Whether no series has to look at a record, and the verdict that it then has."""
    verdict[2], verdict[3], verdict[4] = 0, at.NONE, at.NONE
    if not is_own(rules, people.doses[i, at.L_VACCINE]):
        verdict[0], verdict[1] = at.X_OTHER, at.DOSE_OTHER_VACCINE
    elif people.doses[i, at.L_HIGH] < people.births[person, at.B_LOW]:
        verdict[0], verdict[1] = at.X_NOT_VALID, at.DOSE_BEFORE_BIRTH
    elif doubles[i - people.starts[person, 0]]:
        verdict[0], verdict[1] = at.X_NOT_VALID, at.DOSE_SAME_DAY
    else:
        return False
    return True


@piece
def give(people: People, i: int, memory: Grid, verdict: Grid) -> None:
    """Numbers a dose that was given, whether it counts or not."""
    memory[at.M_GIVEN] += 1
    verdict[4] = memory[at.M_GIVEN]
    memory[at.M_PREV_LO] = people.doses[i, at.L_LOW]
    memory[at.M_PREV_HI] = max(memory[at.M_PREV_HI], np.int64(people.doses[i, at.L_HIGH]))


@piece
def walk(
    rules: Grid, people: People, person: int, begin: int, end: int, s: int, room: Room, memory: Grid, dates: Grid,
    found: Grid,
) -> None:  # fmt: skip
    """Judges the doses of one stretch against one series. `found` has outcome, reason, rule, rank and number."""
    fill(dates, at.NONE)
    day = begin
    while day < end:
        low, after = people.doses[day, at.L_LOW], day + 1
        if people.doses[day, at.L_HIGH] == low:
            while after < end and people.doses[after, at.L_LOW] == low and people.doses[after, at.L_HIGH] == low:
                after += 1
        best = -1  # of the doses of one day the one with the best verdict counts, whatever their order
        for i in range(day, after):
            verdict = found[i - begin]
            if set_aside(rules, people, person, i, room.doubles, verdict):
                continue
            verdict[4] = 0
            verdict[0], verdict[1], verdict[2] = judge_dose(
                rules, people, person, i, day, s, room.mixed[0], memory, dates, room.doubles
            )
            if verdict[0] <= at.X_UNSURE and (best < 0 or verdict[0] < found[best - begin, 0]):
                best = i
        for i in range(day, after):
            verdict = found[i - begin]
            if verdict[4] == at.NONE:
                continue
            if best >= 0 and i != best:
                verdict[0], verdict[1], verdict[2], verdict[4] = at.X_NOT_VALID, at.DOSE_SAME_DAY, 0, at.NONE
                continue
            give(people, i, memory, verdict)
            if i == best:
                verdict[3] = memory[at.M_NEXT] + 1
                count_dose(rules, people, person, i, s, verdict[0], verdict[1], verdict[2], memory, dates)
            elif verdict[1] == at.DOSE_INTERVAL_SHORT:
                memory[at.M_REPAIR] = 1
        day = after


@piece
def may_follow(rules: Grid, people: People, person: int, s: int, prior: int) -> bool:
    """Whether sex and doses of earlier seasons let the person follow a series at all."""
    if rules[s, at.S_SEX] != at.NONE and rules[s, at.S_SEX] != people.births[person, at.B_SEX]:
        return False
    most = rules[s, at.S_PRIOR_MAX]
    return prior >= rules[s, at.S_PRIOR_MIN] and (most == at.NONE or prior <= most)


@piece
def start_memory(memory: Grid, previous: Grid) -> None:
    """A fresh series; what was given before the stretch stays known."""
    fill(memory, at.NONE)
    for slot in (at.M_NEXT, at.M_COUNT, at.M_REPAIR, at.M_UNSURE, at.M_UNSURE_RULE, at.M_UNSURE_START):
        memory[slot] = 0
    memory[at.M_LAST_VACCINE] = at.NOTHING
    memory[at.M_PREV_LO], memory[at.M_PREV_HI] = previous[at.E_PREV_LO], previous[at.E_PREV_HI]
    memory[at.M_GIVEN], memory[at.M_PRIOR] = previous[at.E_GIVEN], previous[at.E_PRIOR]


@piece
def better(rules: Grid, s: int, memory: Grid, best: Grid) -> bool:
    """Whether a series walked just now beats the best so far; table order settles what is equal."""
    first = memory[at.M_FIRST] if memory[at.M_COUNT] > 0 else np.int64(at.EVER)
    if rules[0, at.H_CHOOSE] == at.EARLIEST_START:
        key, second, third = first, memory[at.M_UNSURE_START], -memory[at.M_COUNT]
    else:
        done = memory[at.M_NEXT] >= rules[s, at.S_PRIMARY]
        key, second = np.int64(0 if done else 1), -memory[at.M_COUNT]
        last = memory[at.M_LAST_LO] if memory[at.M_COUNT] > 0 else np.int64(at.EVER)
        third = 2 * last + memory[at.M_UNSURE_START]
    if key > best[0] or (key == best[0] and (second > best[1] or (second == best[1] and third >= best[2]))):
        return False
    best[0], best[1], best[2] = key, second, third
    return True


@piece
def unbeatable(rules: Grid, s: int, memory: Grid, previous: Grid) -> bool:
    """Whether no later series can do better: every dose counted, from the first one on."""
    if memory[at.M_COUNT] == 0 or memory[at.M_COUNT] < memory[at.M_GIVEN] - previous[at.E_GIVEN]:
        return False
    if memory[at.M_UNSURE_START]:
        return False
    return rules[0, at.H_CHOOSE] == at.EARLIEST_START or memory[at.M_NEXT] >= rules[s, at.S_PRIMARY]


@piece
def stretch(rules: Grid, people: People, person: int, begin: int, end: int, room: Room, kept: Grid) -> Number:
    """Walks every series that the person may follow over one stretch of doses. Returns the best, and remembers its walk."""
    fill(room.keys, 3 * at.EVER)
    best = -1
    for s in range(rules[0, at.H_SERIES], rules[0, at.H_SERIES + 1]):
        if not may_follow(rules, people, person, s, room.previous[at.E_PRIOR]):
            continue
        start_memory(room.memory, room.previous)
        walk(rules, people, person, begin, end, s, room, room.memory, room.dates, room.found)
        if better(rules, s, room.memory, room.keys) or best < 0:
            best = s
            for f in range(end - begin):
                for k in range(5):
                    kept[f, k] = room.found[f, k]
            if unbeatable(rules, s, room.memory, room.previous):
                return best
            copy(room.best_memory, room.memory)
            copy(room.best_dates, room.dates)
    copy(room.memory, room.best_memory)
    copy(room.dates, room.best_dates)
    return best


@piece
def season_of(rules: Grid, day: int) -> Number:
    for n in range(rules[0, at.H_SEASONS], rules[0, at.H_SEASONS + 1]):
        if rules[n, at.N_FROM] <= day and day <= rules[n, at.N_TO]:
            return n
    return -1


@piece
def merge(answer: Grid, other: Grid) -> None:
    """Before anything counts every series is open: the products of all that are offered stand side by side."""
    status, found = answer[at.D_STATUS], other[at.D_STATUS]
    if found == at.INELIGIBLE or found == at.COMPLETE:
        return
    if status == at.INELIGIBLE or (status == at.CONTRAINDICATED and found != at.CONTRAINDICATED):
        copy(answer, other)
    else:
        answer[at.D_PREFERRED] |= other[at.D_PREFERRED]
        answer[at.D_ALLOWED] = (answer[at.D_ALLOWED] | other[at.D_ALLOWED]) & ~answer[at.D_PREFERRED]


@piece
def look_ahead(
    rules: Grid,
    people: People,
    person: int,
    upto: int,
    best: int,
    as_of: int,
    season_end: int,
    room: Room,
    answer: Grid,
) -> None:
    """The forecast of the chosen series; while no dose counts, of every series that may start on the day."""
    memory = room.memory
    counted = memory[at.M_COUNT] > 0
    birth_low, birth_high = np.int64(people.births[person, at.B_LOW]), np.int64(people.births[person, at.B_HIGH])
    first, unsure_rule = True, np.int64(0)
    for s in range(rules[0, at.H_SERIES], rules[0, at.H_SERIES + 1]):
        if counted and s != best:
            continue
        if not counted:
            if not may_follow(rules, people, person, s, room.previous[at.E_PRIOR]):
                continue
            start = may_start(rules, s, as_of, as_of, birth_low, birth_high)
            if start == 0 and unsure_rule == 0:
                unsure_rule = rules[s, at.S_RULE]
            if start != 1:
                continue
            memory[at.M_NEXT] = 0
        forecast(room.today, people, person, upto, s, as_of, season_end, room.other, room)
        if first:
            copy(answer, room.other)
            first = False
        else:
            merge(answer, room.other)
    if first:
        no_answer(answer, at.INELIGIBLE, at.DUE_NO_SERIES, 0)
        if unsure_rule:
            no_answer(answer, at.REVIEW, at.DUE_AGE_UNCERTAIN, unsure_rule)
    if memory[at.M_UNSURE] != 0 and answer[at.D_STATUS] != at.INELIGIBLE:
        answer[at.D_STATUS], answer[at.D_REASON] = at.REVIEW, memory[at.M_UNSURE]
        answer[at.D_RULE] = memory[at.M_UNSURE_RULE]


@piece
def no_answer(answer: Grid, status: int, reason: int, rule: int) -> None:
    """An answer without a series."""
    fill(answer, at.NONE)
    answer[at.D_PREFERRED], answer[at.D_ALLOWED], answer[at.D_NEEDED] = 0, 0, 0
    answer[at.D_STATUS], answer[at.D_REASON], answer[at.D_RULE] = status, reason, rule


@piece
def uncounted(
    rules: Grid, people: People, person: int, begin: int, end: int, reason: int, memory: Grid, doubles: Any, found: Grid
) -> None:
    """Doses of a stretch in which no series is followed. A dose outside the seasons was a dose all the same."""
    for i in range(begin, end):
        verdict = found[i - begin]
        if not set_aside(rules, people, person, i, doubles, verdict):
            verdict[0], verdict[1] = at.X_EXTRA, reason
            give(people, i, memory, verdict)
            memory[at.M_PRIOR] += reason == at.DOSE_OUTSIDE_SEASON


@piece
def not_yet_given(rules: Grid, people: People, begin: int, end: int, found: Grid) -> None:
    """Doses dated after the day of the answer."""
    for i in range(begin, end):
        own = is_own(rules, people.doses[i, at.L_VACCINE])
        verdict = found[i - begin]
        verdict[2], verdict[3], verdict[4] = 0, at.NONE, at.NONE
        verdict[0] = at.X_NOT_VALID if own else at.X_OTHER
        verdict[1] = at.DOSE_IN_FUTURE if own else at.DOSE_OTHER_VACCINE


@piece
def has_others(rules: Grid, people: People, start: int, end: int) -> bool:
    """Whether any dose is of a vaccine of another target; only then spacing is asked."""
    for i in range(start, end):
        vaccine = people.doses[i, at.L_VACCINE]
        if not is_own(rules, vaccine):
            return True
    return False


@piece
def judge_person(
    rules: Grid, people: People, person: int, as_of: int, room: Room, verdicts: Grid, answer: Grid
) -> None:
    """Stretch by stretch (a season each, or the whole life), then what is due."""
    start, end = people.starts[person, 0], people.starts[person + 1, 0]
    upto = start
    while upto < end and people.doses[upto, at.L_LOW] <= as_of:
        upto += 1
    memory, previous = room.memory, room.previous
    room.mixed[0] = has_others(rules, people, start, end)
    mark_doubles(rules, people, person, upto, room.doubles)
    not_yet_given(rules, people, upto, end, verdicts[upto:end])
    previous[at.E_PREV_LO], previous[at.E_PREV_HI], previous[at.E_GIVEN], previous[at.E_PRIOR] = at.NONE, at.NONE, 0, 0
    seasonal = rules[0, at.H_SEASONAL] == 1
    now = season_of(rules, as_of) if seasonal else 0
    season_end = rules[now, at.N_TO] if seasonal and now >= 0 else np.int64(at.EVER)
    begin, best, season, walked = start, -1, -1, False
    while start < upto or not walked or season != now:
        begin = start
        stop = upto
        season = now
        if seasonal and start < upto:
            season = season_of(rules, people.doses[start, at.L_LOW])
            stop = start + 1
            while stop < upto and season_of(rules, people.doses[stop, at.L_LOW]) == season:
                stop += 1
        if walked:
            previous[at.E_PREV_LO], previous[at.E_PREV_HI] = memory[at.M_PREV_LO], memory[at.M_PREV_HI]
            previous[at.E_GIVEN], previous[at.E_PRIOR] = memory[at.M_GIVEN], memory[at.M_PRIOR]
        walked = True
        best = -1
        if season >= 0:
            best = stretch(rules, people, person, begin, stop, room, verdicts[begin:stop])
        if best < 0:
            start_memory(memory, previous)
            reason = at.DOSE_OUTSIDE_SEASON if season < 0 else at.DOSE_NO_SERIES
            uncounted(rules, people, person, begin, stop, reason, memory, room.doubles, verdicts[begin:stop])
        start = stop
    given = memory[at.M_GIVEN]
    if best < 0:
        no_answer(answer, at.INELIGIBLE, at.DUE_OUTSIDE_SEASON if season < 0 else at.DUE_NO_SERIES, 0)
    else:
        look_ahead(rules, people, person, upto, best, as_of, season_end, room, answer)
    answer[at.D_GIVEN] = given


@piece
def keep(answers: Grid, person: int, answer: Grid) -> None:
    """Writes an answer in 32 bits each."""
    for k in range(at.D_SIZE):
        answers[person, k] = answer[k]
    for low, high in ((at.D_PREFERRED, at.D_PREFERRED_HIGH), (at.D_ALLOWED, at.D_ALLOWED_HIGH)):
        answers[person, low] = answer[low] & ((1 << at.HALF) - 1)
        answers[person, high] = answer[low] >> at.HALF


def _fingerprint() -> int:
    """Changes with any source that is compiled in, so that no stale code is taken from numba's cache."""
    digest, folder = hashlib.sha256(repr(STATUSES).encode()), Path(__file__).parent
    for path in (folder.parent / "words.py", *sorted(folder.glob("*.py"))):
        digest.update(path.read_bytes())
    return int(digest.hexdigest()[:12], 16)


def _build(fingerprint: int) -> Callable[..., Any]:
    @njit(cache=True, nogil=True)
    def sweep(rules: Grid, people: People, as_of: int, first: int, last: int, verdicts: Grid, answers: Grid) -> Number:
        """Judges persons `first` to `last`; verdicts has a row per dose, answers a row per person."""
        room = make_room(rules, people, first, last)
        keep_in_force(room.today, as_of)
        for person in range(first, last):
            slot = np.int64(-1)
            if people.starts[person, 0] == people.starts[person + 1, 0]:
                slot = birth_slot(people, person, room.births)
            if slot >= 0 and room.twins[slot] >= 0:
                copy(answers[person], answers[room.twins[slot]])
                continue
            judge_person(rules, people, person, as_of, room, verdicts, room.answer)
            keep(answers, person, room.answer)
            if slot >= 0:
                room.twins[slot] = person
        return fingerprint

    return sweep


sweep = _build(_fingerprint())
