"""The compiled walk over everybody: judge each dose, choose the series, forecast the next dose."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numba import njit

from . import layout as at
from .basics import after_condition, condition_rows, in_force, reached
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
        people.doses[i, at.L_VACCINE],
    )
    dates[2 * memory[at.M_NEXT]], dates[2 * memory[at.M_NEXT] + 1] = low, high
    memory[at.M_NEXT] += 1
    memory[at.M_REPAIR] = 0
    if memory[at.M_FIRST] == at.NONE:
        memory[at.M_FIRST] = low
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
def walk(
    rules: Grid, people: People, person: int, begin: int, end: int, s: int, mixed: bool, memory: Grid, dates: Grid,
    found: Grid,
) -> None:  # fmt: skip
    """Judges the doses of one stretch against one series. `found` has outcome, reason, rule, rank and number."""
    fill(dates, at.NONE)
    for i in range(begin, end):
        v = people.doses[i, at.L_VACCINE]
        f = i - begin
        found[f, 3] = at.NONE
        if v >= 0 and not rules[at.VACCINES + v, at.K_OWN]:
            found[f, 0], found[f, 1], found[f, 2], found[f, 4] = at.X_OTHER, at.DOSE_OTHER_VACCINE, 0, at.NONE
            continue
        if people.doses[i, at.L_HIGH] < people.births[person, at.B_LOW]:
            found[f, 0], found[f, 1], found[f, 2], found[f, 4] = at.X_NOT_VALID, at.DOSE_BEFORE_BIRTH, 0, at.NONE
            continue
        memory[at.M_GIVEN] += 1
        found[f, 4] = memory[at.M_GIVEN]
        outcome, reason, rule = judge_dose(rules, people, person, i, s, mixed, memory, dates)
        found[f, 0], found[f, 1], found[f, 2] = outcome, reason, rule
        if outcome <= at.X_UNSURE:
            found[f, 3] = memory[at.M_NEXT] + 1
            count_dose(rules, people, person, i, s, outcome, reason, rule, memory, dates)
        elif reason == at.DOSE_INTERVAL_SHORT:
            memory[at.M_REPAIR] = 1
        memory[at.M_PREV_LO] = people.doses[i, at.L_LOW]
        memory[at.M_PREV_HI] = max(memory[at.M_PREV_HI], np.int64(people.doses[i, at.L_HIGH]))


@piece
def may_follow(rules: Grid, people: People, person: int, s: int, day: int, prior: int) -> bool:
    """Whether sex, age on the day the series starts, and earlier doses let the person follow a series."""
    if day < rules[s, at.S_FROM] or day > rules[s, at.S_TO]:
        return False
    if rules[s, at.S_SEX] != at.NONE and rules[s, at.S_SEX] != people.births[person, at.B_SEX]:
        return False
    if prior < rules[s, at.S_PRIOR_MIN] or (rules[s, at.S_PRIOR_MAX] != at.NONE and prior > rules[s, at.S_PRIOR_MAX]):
        return False
    youngest = np.int64(people.births[person, at.B_HIGH])
    if rules[s, at.S_MIN] != at.NONE and not reached(youngest, rules[s, at.S_MIN], rules[s, at.S_MIN + 1], day):
        return False
    return rules[s, at.S_BELOW] == at.NONE or not reached(youngest, rules[s, at.S_BELOW], rules[s, at.S_BELOW + 1], day)


@piece
def start_memory(memory: Grid, previous: Grid) -> None:
    """A fresh series; what was given before the stretch stays known."""
    fill(memory, at.NONE)
    for slot in (at.M_NEXT, at.M_COUNT, at.M_REPAIR, at.M_UNSURE, at.M_UNSURE_RULE):
        memory[slot] = 0
    memory[at.M_LAST_VACCINE] = at.NOTHING
    memory[at.M_PREV_LO], memory[at.M_PREV_HI], memory[at.M_GIVEN] = previous[0], previous[1], previous[2]


@piece
def better(rules: Grid, s: int, memory: Grid, best: Grid) -> bool:
    """Whether a series walked just now beats the best so far; table order settles what is equal."""
    first = memory[at.M_FIRST] if memory[at.M_COUNT] > 0 else np.int64(at.EVER)
    if rules[0, at.H_CHOOSE] == at.EARLIEST_START:
        key, second, third = first, -memory[at.M_COUNT], np.int64(0)
    else:
        done = memory[at.M_NEXT] >= rules[s, at.S_PRIMARY]
        key, second = np.int64(0 if done else 1), -memory[at.M_COUNT]
        third = memory[at.M_LAST_LO] if memory[at.M_COUNT] > 0 else np.int64(at.EVER)
    if key > best[0] or (key == best[0] and (second > best[1] or (second == best[1] and third >= best[2]))):
        return False
    best[0], best[1], best[2] = key, second, third
    return True


@piece
def unbeatable(rules: Grid, s: int, memory: Grid, previous: Grid) -> bool:
    """Whether no later series can do better: every dose counted, from the first one on."""
    if memory[at.M_COUNT] == 0 or memory[at.M_COUNT] < memory[at.M_GIVEN] - previous[2]:
        return False
    return rules[0, at.H_CHOOSE] == at.EARLIEST_START or memory[at.M_NEXT] >= rules[s, at.S_PRIMARY]


@piece
def first_own(rules: Grid, people: People, person: int, begin: int, end: int) -> Number:
    for i in range(begin, end):
        v = people.doses[i, at.L_VACCINE]
        if (v < 0 or rules[at.VACCINES + v, at.K_OWN]) and people.doses[i, at.L_HIGH] >= people.births[
            person, at.B_LOW
        ]:
            return i
    return -1


@piece
def stretch(
    rules: Grid, people: People, person: int, begin: int, end: int, as_of: int, room: Room, kept: Grid
) -> Number:
    """Walks every series that the person may follow over one stretch of doses. Returns the best, and remembers its walk."""
    i = first_own(rules, people, person, begin, end)
    day = np.int64(people.doses[i, at.L_LOW]) if i >= 0 else as_of
    fill(room.keys, at.EVER + 1)
    best = -1
    for s in range(rules[0, at.H_SERIES], rules[0, at.H_SERIES + 1]):
        if not may_follow(rules, people, person, s, day, room.previous[2]):
            continue
        start_memory(room.memory, room.previous)
        walk(rules, people, person, begin, end, s, room.mixed[0], room.memory, room.dates, room.found)
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
    rules: Grid, people: People, person: int, begin: int, upto: int, best: int, as_of: int, season_end: int,
    room: Room, answer: Grid,
) -> None:  # fmt: skip
    """The forecast of the chosen series; of every series that is still open while no dose counts."""
    i = first_own(rules, people, person, begin, upto)
    day = np.int64(people.doses[i, at.L_LOW]) if i >= 0 else as_of
    memory = room.memory
    counted = memory[at.M_COUNT] > 0
    first = True
    for s in range(rules[0, at.H_SERIES], rules[0, at.H_SERIES + 1]):
        if counted and s != best:
            continue
        if not counted:
            if not may_follow(rules, people, person, s, day, room.previous[2]):
                continue
            memory[at.M_NEXT] = 0
        forecast(room.today, people, person, upto, s, as_of, season_end, room.other, room)
        if first:
            copy(answer, room.other)
            first = False
        else:
            merge(answer, room.other)
    if memory[at.M_UNSURE] != 0 and answer[at.D_STATUS] != at.INELIGIBLE:
        answer[at.D_STATUS], answer[at.D_REASON] = at.REVIEW, memory[at.M_UNSURE]
        answer[at.D_RULE] = memory[at.M_UNSURE_RULE]


@piece
def uncounted(
    rules: Grid, people: People, person: int, begin: int, end: int, reason: int, outcome: int, memory: Grid, found: Grid
) -> None:
    """Doses that no series looks at: outside every season, without a series, or in the future."""
    for i in range(begin, end):
        f = i - begin
        v = people.doses[i, at.L_VACCINE]
        found[f, 2], found[f, 3], found[f, 4] = 0, at.NONE, at.NONE
        if v >= 0 and not rules[at.VACCINES + v, at.K_OWN]:
            found[f, 0], found[f, 1] = at.X_OTHER, at.DOSE_OTHER_VACCINE
        elif people.doses[i, at.L_HIGH] < people.births[person, at.B_LOW] and reason != at.DOSE_IN_FUTURE:
            found[f, 0], found[f, 1] = at.X_NOT_VALID, at.DOSE_BEFORE_BIRTH
        else:
            found[f, 0], found[f, 1] = outcome, reason
            if reason != at.DOSE_IN_FUTURE:
                memory[at.M_GIVEN] += 1
                found[f, 4] = memory[at.M_GIVEN]
                memory[at.M_PREV_LO] = people.doses[i, at.L_LOW]
                memory[at.M_PREV_HI] = max(memory[at.M_PREV_HI], np.int64(people.doses[i, at.L_HIGH]))


@piece
def has_others(rules: Grid, people: People, start: int, end: int) -> bool:
    """Whether any dose is of a vaccine of another target; only then spacing is asked."""
    for i in range(start, end):
        v = people.doses[i, at.L_VACCINE]
        if v >= 0 and not rules[at.VACCINES + v, at.K_OWN]:
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
    uncounted(rules, people, person, upto, end, at.DOSE_IN_FUTURE, at.X_NOT_VALID, memory, verdicts[upto:end])
    previous[0], previous[1], previous[2] = at.NONE, at.NONE, 0
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
            previous[0], previous[1], previous[2] = memory[at.M_PREV_LO], memory[at.M_PREV_HI], memory[at.M_GIVEN]
        walked = True
        best = -1
        if season >= 0:
            best = stretch(rules, people, person, begin, stop, as_of, room, verdicts[begin:stop])
        if best < 0:
            start_memory(memory, previous)
            reason = at.DOSE_OUTSIDE_SEASON if season < 0 else at.DOSE_NO_SERIES
            uncounted(rules, people, person, begin, stop, reason, at.X_EXTRA, memory, verdicts[begin:stop])
        start = stop
    given = memory[at.M_GIVEN]
    if best < 0:
        fill(answer, at.NONE)
        answer[at.D_PREFERRED], answer[at.D_ALLOWED], answer[at.D_NEEDED], answer[at.D_RULE] = 0, 0, 0, 0
        answer[at.D_STATUS] = at.INELIGIBLE
        answer[at.D_REASON] = at.DUE_OUTSIDE_SEASON if season < 0 else at.DUE_NO_SERIES
    else:
        look_ahead(rules, people, person, begin, upto, best, as_of, season_end, room, answer)
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
    digest, folder = hashlib.sha256(), Path(__file__).parent
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
