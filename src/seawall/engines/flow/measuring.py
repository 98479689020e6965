"""The compiled count over many days: waiting, queues, seats, crowd, finishing time; and whether bounds hold."""

import numpy as np
from numba import njit

from .kernel import filled, in_order, live

FINE = 100  # parts of a minute that waiting is counted in
LONGEST = 1440  # minutes; longer waits are counted as this long
GRID = 5.0  # minutes between the points of a curve
POINTS = 385  # 32 hours


@njit(cache=True)
def peak(ins: np.ndarray, outs: np.ndarray) -> int:
    """Most persons inside at once, from moments in order; who leaves at a moment makes room for who comes then."""
    most, gone = 0, 0
    for p in range(len(ins)):
        while gone < len(outs) and outs[gone] <= ins[p]:
            gone += 1
        most = max(most, p + 1 - gone)
    return most


@njit(cache=True)
def add_curve(curve: np.ndarray, start: float, end: float) -> None:
    """Counts one person at every grid point in [start, end)."""
    low = int(np.ceil(max(start, 0.0) / GRID))
    high = POINTS if end > GRID * (POINTS - 1) else int(np.ceil(max(end, 0.0) / GRID))
    for t in range(low, min(high, POINTS)):
        curve[t] += 1


@njit(cache=True)
def staffed(servers: int, away: np.ndarray, first: np.ndarray, start: float, end: float) -> float:
    """Server minutes present in [start, end)."""
    if len(first) == 0 or first[0] == first[-1]:
        return servers * max(0.0, end - start)
    minutes = 0.0
    for j in range(servers):
        at = start
        for w in range(first[j], first[j + 1]):
            minutes += max(0.0, min(away[w, 0], end) - at)
            at = max(at, away[w, 1])
        minutes += max(0.0, end - at)
    return minutes


@njit(cache=True)
def moments_in(coming: np.ndarray, arrive: np.ndarray) -> np.ndarray:
    """Moments of coming in order, of those who come."""
    moments, count = np.empty(len(coming)), 0
    for i in coming:
        if arrive[i] < np.inf:
            moments[count] = arrive[i]
            count += 1
    return moments[:count]


@njit(cache=True)
def last_moment(
    until: float, arrive: np.ndarray, queue: np.ndarray, length: np.ndarray, reach: np.ndarray, end: np.ndarray
) -> float:
    """The moment until which who is never served waits at least: `until`, or the last at which anybody moves."""
    for moment in arrive:
        if moment < np.inf:
            until = max(until, moment)
    for k in range(len(length)):
        for p in range(length[k]):
            i = queue[k, p]
            until = max(until, reach[k, i])
            if end[k, i] < np.inf:
                until = max(until, end[k, i])
    return until


@njit(cache=True)
def measure(
    arrive: np.ndarray, coming: np.ndarray, entry: np.ndarray, service: np.ndarray, walk: np.ndarray, releases: np.ndarray,
    filling: np.ndarray, fillers: int, injection: int, observation: int, servers: np.ndarray, away: np.ndarray,
    first: np.ndarray, opens: float, closes: float, until: np.ndarray, planned: int, totals: np.ndarray, waits: np.ndarray,
    lengths: np.ndarray, busy: np.ndarray, counts: np.ndarray, curves: np.ndarray,
) -> None:  # fmt: skip
    """Lives R days and counts them.

    fillers: servers of the preparation, 0 if the site counts none; its windows are the last row of away and first.
    until (R,): who is never served is taken to wait until this minute at least, or until the last moment at which
    anybody moves; so waits and minutes speak of all who came, and of who is still inside they say the least.
    planned: the first so many persons are those of the plan.
    totals (R, 8): arrived, served, finish (the least, where somebody is still inside; nan where nobody came), crowd
    peak, seats peak, mean minutes in site, mean wait over all stations, the same of the persons of the plan;
    waits, lengths (R, K): mean wait and longest queue; busy (R, K + 1): share of staffed time, preparation last;
    counts (K + 2, FINE * LONGEST + 1): persons by wait at each station, wait over all, minutes in site;
    curves (R, K + 2, POINTS): waiting at each station, inside, in a seat.
    """
    days, stations, persons = service.shape
    queue, length = np.empty((stations, persons), np.int64), np.empty(stations, np.int64)
    reach, begin, end = np.empty((stations, persons)), np.empty((stations, persons)), np.empty((stations, persons))
    last, total = stations - 1, np.empty(persons)
    longest = counts.shape[1] - 1
    for r in range(days):
        ready = np.empty(0)
        prepared = away[first[stations, 0] : first[stations, -1]], first[stations] - first[stations, 0]
        if fillers:
            ready = filled(releases, filling[r], fillers, prepared[0], prepared[1], persons)
        live(arrive[r], coming[r], entry, service[r], walk[r], ready, injection, servers, away, first, queue, length,
             reach, begin, end)  # fmt: skip
        late = last_moment(until[r], arrive[r], queue, length, reach, end)
        total[:] = 0.0
        for k in range(stations):
            waited, worked, latest = 0.0, 0.0, closes
            for p in range(length[k]):
                i = queue[k, p]
                add_curve(curves[r, k], reach[k, i], begin[k, i])
                wait = min(begin[k, i], late) - reach[k, i]
                total[i] += wait
                waited += wait
                counts[k, min(int(wait * FINE), longest)] += 1
                if begin[k, i] < np.inf:
                    worked += service[r, k, i]
                    latest = max(latest, end[k, i])
            waits[r, k] = waited / length[k] if length[k] else np.nan
            present = staffed(servers[k], away, first[k], opens, latest)
            busy[r, k] = worked / present if present else np.nan
            moments = np.empty(length[k])
            starts = np.empty(length[k])
            for p in range(length[k]):
                moments[p], starts[p] = reach[k, queue[k, p]], begin[k, queue[k, p]]
            lengths[r, k] = peak(moments, starts)
            if k == observation:
                leaving = in_order(queue[k, : length[k]].copy(), length[k], end[k])
                totals[r, 4] = peak(starts, leaving)
                for p in range(length[k]):
                    add_curve(curves[r, stations + 1], starts[p], end[k, queue[k, p]])
        present_at = moments_in(coming[r], arrive[r])
        leave = in_order(queue[last, : length[last]].copy(), length[last], end[last])
        totals[r, 3] = peak(present_at, leave)
        finish_day(r, arrive[r], end[last], late, planned, total, totals, counts, curves, longest)
        if fillers:
            worked, latest = 0.0, closes
            for p in range(len(releases)):
                if ready[p] < np.inf:
                    worked += filling[r, p]
                    latest = max(latest, ready[p])
            start = min(opens, releases[0]) if len(releases) else opens
            present = staffed(fillers, prepared[0], prepared[1], start, latest)
            busy[r, stations] = worked / present if present else np.nan


@njit(cache=True)
def finish_day(
    r: int, arrive: np.ndarray, leave: np.ndarray, late: float, planned: int, total: np.ndarray, totals: np.ndarray,
    counts: np.ndarray, curves: np.ndarray, longest: int,
) -> None:  # fmt: skip
    """Counts what belongs to the whole day: who came, who left and when, minutes inside; who never leaves stays till `late`."""
    arrived, served, finish, inside, waited, asked, wait_asked = 0, 0, 0.0, 0.0, 0.0, 0, 0.0
    stations = counts.shape[0] - 2
    for i in range(len(arrive)):
        if arrive[i] == np.inf:
            continue
        arrived += 1
        served += leave[i] < np.inf
        add_curve(curves[r, stations], arrive[i], leave[i])
        stays = min(leave[i], late) - arrive[i]
        finish = max(finish, min(leave[i], late))
        inside += stays
        waited += total[i]
        if i < planned:
            asked += 1
            wait_asked += total[i]
        counts[stations, min(int(total[i] * FINE), longest)] += 1
        counts[stations + 1, min(int(stays * FINE), longest)] += 1
    totals[r, 0], totals[r, 1] = arrived, served
    if arrived:
        totals[r, 2], totals[r, 5], totals[r, 6] = finish, inside / arrived, waited / arrived
    if asked:
        totals[r, 7] = wait_asked / asked


@njit(cache=True)
def holds(
    arrive: np.ndarray, coming: np.ndarray, entry: np.ndarray, service: np.ndarray, walk: np.ndarray, releases: np.ndarray,
    filling: np.ndarray, fillers: int, injection: int, observation: int, servers: np.ndarray, away: np.ndarray,
    first: np.ndarray, group: np.ndarray, spare: np.ndarray, wait: float, crowd: float, seats: float, finish: float,
    spare_days: np.ndarray,
) -> bool:  # fmt: skip
    """Whether bounds hold on R days; stops at the day that breaks them.

    spare (groups,): persons of each group who may wait longer than `wait`, or never be served; spare_days (3,): days
    on which the crowd, the seats, the finish may be above their bounds (inf for a bound that is not set).
    """
    days, stations, persons = service.shape
    queue, length = np.empty((stations, persons), np.int64), np.empty(stations, np.int64)
    reach, begin, end = np.empty((stations, persons)), np.empty((stations, persons)), np.empty((stations, persons))
    left, left_days = spare.copy(), spare_days.copy()
    last, total = stations - 1, np.empty(persons)
    for r in range(days):
        ready = np.empty(0)
        if fillers:
            prepared = away[first[stations, 0] : first[stations, -1]], first[stations] - first[stations, 0]
            ready = filled(releases, filling[r], fillers, prepared[0], prepared[1], persons)
        live(arrive[r], coming[r], entry, service[r], walk[r], ready, injection, servers, away, first, queue, length,
             reach, begin, end)  # fmt: skip
        total[:] = 0.0
        for k in range(stations):
            for p in range(length[k]):
                i = queue[k, p]
                total[i] += begin[k, i] - reach[k, i]
        latest = 0.0
        for i in coming[r]:
            if arrive[r, i] < np.inf:
                latest = max(latest, end[last, i])
                if total[i] > wait or end[last, i] == np.inf:
                    left[group[i]] -= 1
                    if left[group[i]] < 0:
                        return False
        if crowd < np.inf:
            leave = in_order(queue[last, : length[last]].copy(), length[last], end[last])
            left_days[0] -= peak(moments_in(coming[r], arrive[r]), leave) > crowd
        if seats < np.inf and observation >= 0:
            starts = in_order(queue[observation, : length[observation]].copy(), length[observation], begin[observation])
            seated = in_order(queue[observation, : length[observation]].copy(), length[observation], end[observation])
            left_days[1] -= peak(starts, seated) > seats
        left_days[2] -= latest > finish
        if left_days.min() < 0:
            return False
    return True


@njit(cache=True)
def each(
    arrive: np.ndarray, coming: np.ndarray, entry: np.ndarray, service: np.ndarray, walk: np.ndarray,
    servers: np.ndarray, away: np.ndarray, first: np.ndarray, until: float, waits: np.ndarray, begin: np.ndarray,
    end: np.ndarray,
) -> None:  # fmt: skip
    """Every person of R days without preparation: waits (R, K, n), 0 where never reached and, where never served, until
    the last moment (`until` or later); begin, end (R, n) of the last step."""
    days, stations, persons = service.shape
    queue, length = np.empty((stations, persons), np.int64), np.empty(stations, np.int64)
    reach, begun, ended = np.empty((stations, persons)), np.empty((stations, persons)), np.empty((stations, persons))
    for r in range(days):
        live(arrive[r], coming[r], entry, service[r], walk[r], np.empty(0), -1, servers, away, first, queue, length,
             reach, begun, ended)  # fmt: skip
        late = last_moment(until, arrive[r], queue, length, reach, ended)
        for k in range(stations):
            for p in range(length[k]):
                i = queue[k, p]
                waits[r, k, i] = min(begun[k, i], late) - reach[k, i]
        begin[r], end[r] = begun[stations - 1], ended[stations - 1]
