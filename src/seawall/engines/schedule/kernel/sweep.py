"""The compiled walk over everybody: judge each dose, choose the series, forecast the next dose."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numba import njit

from . import layout as at
from .basics import after_condition, in_force, plus
from .columns import Compiled, Grid, People
from .forecast import forecast
from .verdict import judge_dose


@njit(nogil=True)
def count_dose(
    tables: Compiled,
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
    low, high = np.int64(people.low[i]), np.int64(people.high[i])
    memory[at.M_COUNT] += 1
    memory[at.M_LAST_LO], memory[at.M_LAST_HI], memory[at.M_LAST_VACCINE] = (
        low,
        max(memory[at.M_LAST_HI], high),
        people.vaccine[i],
    )
    dates[memory[at.M_NEXT], 0], dates[memory[at.M_NEXT], 1] = low, high
    memory[at.M_NEXT] += 1
    memory[at.M_REPAIR] = 0
    if memory[at.M_FIRST] == at.NONE:
        memory[at.M_FIRST] = low
    if outcome == at.X_UNSURE and memory[at.M_UNSURE] == 0:
        memory[at.M_UNSURE], memory[at.M_UNSURE_RULE] = reason, rule
    if memory[at.M_NEXT] < tables.series[s, at.S_PRIMARY]:
        for c in range(tables.conditions.shape[0]):
            if tables.conditions[c, at.C_EFFECT] == at.FINISH and in_force(tables.conditions, c, low):
                doses = after_condition(people, person, tables.conditions[c, at.C_COND], low, dates)
                if doses >= tables.conditions[c, at.C_DOSES]:
                    memory[at.M_NEXT] = tables.series[s, at.S_PRIMARY]
    if memory[at.M_NEXT] >= tables.series[s, at.S_PRIMARY] and memory[at.M_COMPLETE] == at.NONE:
        memory[at.M_COMPLETE] = low


@njit(nogil=True)
def walk(
    tables: Compiled, people: People, person: int, begin: int, end: int, s: int, memory: Grid, dates: Grid, found: Grid
) -> None:
    """Judges the doses of one stretch against one series. `found` has outcome, reason, rule, rank and number."""
    dates[:] = at.NONE
    for i in range(begin, end):
        v = people.vaccine[i]
        f = i - begin
        found[f, 3] = at.NONE
        if v >= 0 and not tables.vaccines[v, at.K_OWN]:
            found[f, 0], found[f, 1], found[f, 2], found[f, 4] = at.X_OTHER, at.DOSE_OTHER_VACCINE, 0, at.NONE
            continue
        if people.high[i] < people.birth_low[person]:
            found[f, 0], found[f, 1], found[f, 2], found[f, 4] = at.X_NOT_VALID, at.DOSE_BEFORE_BIRTH, 0, at.NONE
            continue
        memory[at.M_GIVEN] += 1
        found[f, 4] = memory[at.M_GIVEN]
        if s < 0:
            outcome, reason, rule = (
                np.int64(at.X_EXTRA),
                np.int64(at.DOSE_OUTSIDE_SEASON if s == at.NO_SEASON else at.DOSE_NO_SERIES),
                np.int64(0),
            )
        else:
            outcome, reason, rule = judge_dose(tables, people, person, i, s, memory, dates)
        found[f, 0], found[f, 1], found[f, 2] = outcome, reason, rule
        if outcome <= at.X_UNSURE:
            found[f, 3] = memory[at.M_NEXT] + 1
            count_dose(tables, people, person, i, s, outcome, reason, rule, memory, dates)
        elif reason == at.DOSE_INTERVAL_SHORT:
            memory[at.M_REPAIR] = 1
        memory[at.M_PREV_LO], memory[at.M_PREV_HI] = people.low[i], max(memory[at.M_PREV_HI], np.int64(people.high[i]))


@njit(nogil=True)
def may_follow(tables: Compiled, people: People, person: int, s: int, day: int, prior: int) -> bool:
    """Whether sex, age on the day the series starts, and earlier doses let the person follow a series."""
    row = tables.series[s]
    if day < row[at.S_FROM] or day > row[at.S_TO]:
        return False
    if row[at.S_SEX] != at.NONE and row[at.S_SEX] != people.sex[person]:
        return False
    if prior < row[at.S_PRIOR_MIN] or (row[at.S_PRIOR_MAX] != at.NONE and prior > row[at.S_PRIOR_MAX]):
        return False
    youngest = np.int64(people.birth_high[person])
    if row[at.S_MIN] != at.NONE and plus(youngest, row[at.S_MIN], row[at.S_MIN + 1]) > day:
        return False
    return row[at.S_BELOW] == at.NONE or plus(youngest, row[at.S_BELOW], row[at.S_BELOW + 1]) > day


@njit(nogil=True)
def start_memory(memory: Grid, previous: Grid) -> None:
    """A fresh series; what was given before the stretch stays known."""
    memory[:] = at.NONE
    memory[at.M_NEXT], memory[at.M_COUNT], memory[at.M_REPAIR], memory[at.M_UNSURE], memory[at.M_UNSURE_RULE] = (
        0,
        0,
        0,
        0,
        0,
    )
    memory[at.M_LAST_VACCINE] = at.NOTHING
    memory[at.M_PREV_LO], memory[at.M_PREV_HI], memory[at.M_GIVEN] = previous[0], previous[1], previous[2]


@njit(nogil=True)
def better(tables: Compiled, s: int, memory: Grid, best: Grid) -> bool:
    """Whether a series walked just now beats the best so far; table order settles what is equal."""
    keys = np.empty(3, np.int64)
    first = memory[at.M_FIRST] if memory[at.M_COUNT] > 0 else at.EVER
    if tables.general[0] == 0:
        keys[0], keys[1], keys[2] = first, -memory[at.M_COUNT], 0
    else:
        done = memory[at.M_NEXT] >= tables.series[s, at.S_PRIMARY]
        keys[0] = 0 if done else 1
        keys[1] = -memory[at.M_COUNT]
        keys[2] = memory[at.M_LAST_LO] if memory[at.M_COUNT] > 0 else at.EVER
    for k in range(3):
        if keys[k] != best[k]:
            if keys[k] < best[k]:
                best[0], best[1], best[2] = keys[0], keys[1], keys[2]
                return True
            return False
    return False


@njit(nogil=True)
def first_own(tables: Compiled, people: People, person: int, begin: int, end: int) -> int:
    for i in range(begin, end):
        v = people.vaccine[i]
        if (v < 0 or tables.vaccines[v, at.K_OWN]) and people.high[i] >= people.birth_low[person]:
            return i
    return -1


@njit(nogil=True)
def stretch(
    tables: Compiled,
    people: People,
    person: int,
    begin: int,
    end: int,
    as_of: int,
    previous: Grid,
    memory: Grid,
    dates: Grid,
    found: Grid,
    kept: Grid,
) -> int:
    """Walks every series that the person may follow over one stretch of doses; `kept` is the best one's. Returns it."""
    i = first_own(tables, people, person, begin, end)
    day = np.int64(people.low[i]) if i >= 0 else as_of
    best_keys = np.full(3, at.EVER + 1, np.int64)
    best = -1
    for s in range(tables.series.shape[0]):
        if not may_follow(tables, people, person, s, day, previous[2]):
            continue
        start_memory(memory, previous)
        walk(tables, people, person, begin, end, s, memory, dates, found)
        if better(tables, s, memory, best_keys) or best < 0:
            best = s
            kept[: end - begin] = found[: end - begin]
    start_memory(memory, previous)
    walk(tables, people, person, begin, end, best, memory, dates, found)
    if best < 0:
        kept[: end - begin] = found[: end - begin]
    return best


@njit(nogil=True)
def season_of(tables: Compiled, day: int) -> int:
    for n in range(tables.seasons.shape[0]):
        if tables.seasons[n, at.N_FROM] <= day and day <= tables.seasons[n, at.N_TO]:
            return n
    return -1


@njit(nogil=True)
def at_start(
    tables: Compiled,
    people: People,
    person: int,
    begin: int,
    upto: int,
    best: int,
    as_of: int,
    season_end: int,
    previous: Grid,
    memory: Grid,
    dates: Grid,
    answer: Grid,
    told: Grid,
    other: Grid,
) -> None:
    """Before anything counts every series is open: the products of all that are offered stand side by side."""
    i = first_own(tables, people, person, begin, upto)
    day = np.int64(people.low[i]) if i >= 0 else as_of
    for s in range(tables.series.shape[0]):
        if s == best or not may_follow(tables, people, person, s, day, previous[2]):
            continue
        memory[at.M_NEXT] = 0
        forecast(tables, people, person, upto, s, as_of, season_end, memory, dates, other, told)
        if other[at.D_STATUS] == at.INELIGIBLE or other[at.D_STATUS] == at.COMPLETE:
            continue
        if answer[at.D_STATUS] == at.INELIGIBLE or answer[at.D_STATUS] == at.CONTRAINDICATED:
            if other[at.D_STATUS] != at.CONTRAINDICATED or answer[at.D_STATUS] == at.INELIGIBLE:
                answer[:] = other
        else:
            answer[at.D_PREFERRED] |= other[at.D_PREFERRED]
            answer[at.D_ALLOWED] |= other[at.D_ALLOWED] & ~answer[at.D_PREFERRED]


@njit(nogil=True)
def outside(people: People, tables: Compiled, begin: int, end: int, reason: int, found: Grid) -> None:
    for i in range(begin, end):
        f = i - begin
        v = people.vaccine[i]
        found[f, 2], found[f, 3], found[f, 4] = 0, at.NONE, at.NONE
        if v >= 0 and not tables.vaccines[v, at.K_OWN]:
            found[f, 0], found[f, 1] = at.X_OTHER, at.DOSE_OTHER_VACCINE
        else:
            found[f, 0], found[f, 1] = at.X_NOT_VALID, reason


@njit(nogil=True)
def judge_person(
    tables: Compiled,
    people: People,
    person: int,
    as_of: int,
    verdicts: Grid,
    answer: Grid,
    other: Grid,
    memory: Grid,
    dates: Grid,
    found: Grid,
    told: Grid,
    previous: Grid,
) -> None:
    begin, end = people.dose_start[person], people.dose_start[person + 1]
    upto = begin
    while upto < end and people.low[upto] <= as_of:
        upto += 1
    outside(people, tables, upto, end, at.DOSE_IN_FUTURE, verdicts[upto:end])
    previous[0], previous[1], previous[2] = at.NONE, at.NONE, 0
    seasonal = tables.general[1] == 1
    now = season_of(tables, as_of) if seasonal else -1
    season_end = tables.seasons[now, at.N_TO] if now >= 0 else np.int64(at.EVER)
    start, best, season = begin, -1, -3
    while start < upto:
        stop = upto
        season = -1
        if seasonal:
            season = season_of(tables, people.low[start])
            stop = start + 1
            while stop < upto and season_of(tables, people.low[stop]) == season:
                stop += 1
        if seasonal and season < 0:
            start_memory(memory, previous)
            walk(tables, people, person, start, stop, at.NO_SEASON, memory, dates, verdicts[start:stop])
        else:
            best = stretch(
                tables, people, person, start, stop, as_of, previous, memory, dates, found, verdicts[start:stop]
            )
        if stop < upto:
            previous[0], previous[1], previous[2] = memory[at.M_PREV_LO], memory[at.M_PREV_HI], memory[at.M_GIVEN]
        begin, start = start, stop
    if season == -3 or (seasonal and season != now):
        if season != -3:
            previous[0], previous[1], previous[2] = memory[at.M_PREV_LO], memory[at.M_PREV_HI], memory[at.M_GIVEN]
        begin = upto
        best = stretch(tables, people, person, upto, upto, as_of, previous, memory, dates, found, verdicts[upto:upto])
    given = memory[at.M_GIVEN]
    if (seasonal and now < 0) or best < 0:
        answer[:] = at.NONE
        answer[at.D_PREFERRED], answer[at.D_ALLOWED], answer[at.D_NEEDED], answer[at.D_RULE] = 0, 0, 0, 0
        answer[at.D_STATUS], answer[at.D_REASON] = (
            at.INELIGIBLE,
            at.DUE_OUTSIDE_SEASON if seasonal and now < 0 else at.DUE_NO_SERIES,
        )
    else:
        forecast(tables, people, person, upto, best, as_of, season_end, memory, dates, answer, told)
        if memory[at.M_COUNT] == 0:
            at_start(
                tables,
                people,
                person,
                begin,
                upto,
                best,
                as_of,
                season_end,
                previous,
                memory,
                dates,
                answer,
                told,
                other,
            )
        if memory[at.M_UNSURE] != 0 and answer[at.D_STATUS] != at.INELIGIBLE:
            answer[at.D_STATUS], answer[at.D_REASON], answer[at.D_RULE] = (
                at.REVIEW,
                memory[at.M_UNSURE],
                memory[at.M_UNSURE_RULE],
            )
    answer[at.D_GIVEN] = given


def _fingerprint() -> int:
    """Changes with any source that is compiled in, so that no stale code is taken from numba's cache."""
    digest, folder = hashlib.sha256(), Path(__file__).parent
    for path in (folder.parent / "words.py", *sorted(folder.glob("*.py"))):
        digest.update(path.read_bytes())
    return int(digest.hexdigest()[:12], 16)


def _build(fingerprint: int) -> Callable[..., Any]:
    @njit(cache=True, nogil=True)
    def sweep(
        tables: Compiled, people: People, as_of: int, first: int, last: int, verdicts: Grid, answers: Grid
    ) -> int:
        """Judges persons `first` to `last`; verdicts has a row per dose, answers a row per person."""
        longest = 1
        for person in range(first, last):
            longest = max(longest, people.dose_start[person + 1] - people.dose_start[person])
        memory, dates = np.empty(at.M_SIZE, np.int64), np.empty((at.MOST_PLACES, 2), np.int64)
        found = np.empty((longest, 5), np.int64)
        other, told, previous = np.empty(at.D_SIZE, np.int64), np.empty(4, np.int64), np.empty(3, np.int64)
        for person in range(first, last):
            judge_person(
                tables, people, person, as_of, verdicts, answers[person], other, memory, dates, found, told, previous
            )
        return fingerprint

    return sweep


sweep = _build(_fingerprint())
