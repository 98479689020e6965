"""The compiled day: persons pass stations by recursion over who is next and which server is free next, without events.

A station with c servers and one queue, first come first served, obeys (Kiefer and Wolfowitz 1955, Trans AMS 78:1-18)
begin = max(reach, the least of the c free times); the server's free time becomes begin + service. Between stations
persons may overtake each other, so each station's queue is put in order of reaching it; equal moments keep the order of
the station before. A person's injection also waits for the k-th filled syringe, k being the place in that queue.
"""

import numpy as np
from numba import njit

SLACK = 24  # moves for each person that nearly sorted queues need; beyond it a full sort is cheaper


@njit(cache=True)
def sort_by(order: np.ndarray, count: int, key: np.ndarray) -> None:
    """Puts the first `count` of `order` in order of `key`; stable; quick when they nearly are in order."""
    keys = np.empty(count)
    for p in range(count):
        keys[p] = key[order[p]]
    moves, limit = 0, SLACK * count
    for p in range(1, count):
        value, who, q = keys[p], order[p], p - 1
        while q >= 0 and keys[q] > value:
            keys[q + 1] = keys[q]
            order[q + 1] = order[q]
            q -= 1
        keys[q + 1] = value
        order[q + 1] = who
        moves += p - 1 - q
        if moves > limit:
            order[:count] = order[:count][np.argsort(keys, kind="mergesort")]
            return


@njit(cache=True)
def in_order(order: np.ndarray, count: int, key: np.ndarray) -> np.ndarray:
    """The keys of the first `count` of `order`, sorted; `order` is put in their order too."""
    sort_by(order, count, key)
    sorted_keys = np.empty(count)
    for p in range(count):
        sorted_keys[p] = key[order[p]]
    return sorted_keys


@njit(cache=True)
def replace_least(heap: np.ndarray, value: float) -> None:
    """Puts `value` in the place of the least entry of a binary heap."""
    at, size = 0, len(heap)
    while True:
        child = 2 * at + 1
        if child >= size:
            break
        if child + 1 < size and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= value:
            break
        heap[at] = heap[child]
        at = child
    heap[at] = value


@njit(cache=True)
def next_present(moment: float, away: np.ndarray) -> float:
    """First moment from `moment` on at which a server is there; `away` (a, 2): windows in order of their start."""
    for w in range(len(away)):
        if away[w, 0] <= moment < away[w, 1]:
            moment = away[w, 1]
    return moment


@njit(cache=True)
def serve(
    order: np.ndarray, count: int, reach: np.ndarray, ready: np.ndarray, service: np.ndarray, servers: int,
    away: np.ndarray, first: np.ndarray, begin: np.ndarray, end: np.ndarray,
) -> None:  # fmt: skip
    """One station: fills begin and end (inf = never) of the first `count` of `order`.

    ready (count or more,): moment from which the p-th in the queue may begin, or empty; away (a, 2) with first
    (servers + 1,): the windows of server j are away[first[j]:first[j + 1]].
    """
    if len(away) == 0 and servers >= count:
        for p in range(count):
            i = order[p]
            begin[i] = max(reach[i], ready[p]) if len(ready) else reach[i]
            end[i] = begin[i] + service[i]
        return
    free = np.full(servers, -np.inf)
    for p in range(count):
        i = order[p]
        moment = reach[i]
        if len(ready):
            moment = max(moment, ready[p])
        who = 0
        if len(away):
            best = np.inf
            who = -1
            for j in range(servers):
                there = next_present(max(moment, free[j]), away[first[j] : first[j + 1]])
                if there < best or (there == best and there < np.inf and free[j] < free[who]):
                    best, who = there, j
            moment = best
        else:
            moment = max(moment, free[0])
        begin[i] = moment
        end[i] = moment + service[i]
        if moment == np.inf:
            continue
        if len(away):
            free[who] = end[i]
        else:
            replace_least(free, end[i])


@njit(cache=True)
def filled(
    releases: np.ndarray, filling: np.ndarray, servers: int, away: np.ndarray, first: np.ndarray, need: int
) -> np.ndarray:
    """Moments at which syringes are filled, in order, at least `need` long; inf where no dose is left."""
    count = len(releases)
    order, begin, end = np.arange(count), np.empty(count), np.empty(count)
    serve(order, count, releases, np.empty(0), filling, servers, away, first, begin, end)
    ready = np.full(max(count, need), np.inf)
    ready[:count] = in_order(order, count, end)
    return ready


@njit(cache=True)
def live(
    arrive: np.ndarray, coming: np.ndarray, entry: np.ndarray, service: np.ndarray, walk: np.ndarray, ready: np.ndarray, injection: int,
    servers: np.ndarray, away: np.ndarray, first: np.ndarray, queue: np.ndarray, length: np.ndarray,
    reach: np.ndarray, begin: np.ndarray, end: np.ndarray,
) -> None:  # fmt: skip
    """One day through all stations.

    arrive, entry (n,); coming (n,): persons in order of arriving; service, walk (K, n); ready: filled syringes, or
    empty; servers (K,); away (a, 2), first (K, most + 1). Fills queue (K, n), the persons in the order of reaching each
    station, of which length (K,) are real; reach, begin, end (K, n), inf for who never gets so far.
    """
    stations, persons = service.shape
    order, count, late = np.empty(persons, np.int64), 0, 0
    reach[:], begin[:], end[:] = np.inf, np.inf, np.inf
    for i in range(persons):
        late += entry[i] > 0
    none = np.empty(0)
    for k in range(stations):
        if k:
            kept = 0
            for p in range(count):
                i = order[p]
                reach[k, i] = end[k - 1, i] + walk[k, i]
                if reach[k, i] < np.inf:
                    order[kept] = i
                    kept += 1
            count = kept
        if k == 0 or late:
            for i in coming:
                if entry[i] == k and arrive[i] < np.inf:
                    reach[k, i] = arrive[i]
                    order[count] = i
                    count += 1
        sort_by(order, count, reach[k])
        waits_for = ready if k == injection else none
        serve(order, count, reach[k], waits_for, service[k], servers[k], away[first[k, 0] : first[k, -1]],
              first[k] - first[k, 0],
              begin[k], end[k])  # fmt: skip
        queue[k, :count] = order[:count]
        length[k] = count
