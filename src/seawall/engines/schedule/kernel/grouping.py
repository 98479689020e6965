"""Finds the person of each record by its key, and groups doses by person in the order in which they are judged."""

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Rows = NDArray[np.int64]


@njit(cache=True, nogil=True)
def numbered(key: Any, check: Any) -> tuple[Any, Any]:
    """Open addressing: the table of places, and for each record the first one that has its key."""
    size = 16
    while size < 2 * len(key):
        size *= 2
    places = np.full(size, -1, np.int32)
    first = np.empty(len(key), np.int32)
    for i in range(len(key)):
        place = np.int64(key[i] >> np.uint64(20)) & (size - 1)
        while places[place] >= 0 and (key[places[place]] != key[i] or check[places[place]] != check[i]):
            place = (place + 1) & (size - 1)
        if places[place] < 0:
            places[place] = i
        first[i] = places[place]
    return places, first


@njit(cache=True, nogil=True)
def owners(places: Any, key: Any, check: Any, wanted: Any, wanted_check: Any) -> Any:
    """For each wanted key the record that has it, or -1."""
    size = len(places)
    found = np.empty(len(wanted), np.int32)
    for i in range(len(wanted)):
        place = np.int64(wanted[i] >> np.uint64(20)) & (size - 1)
        while places[place] >= 0 and (key[places[place]] != wanted[i] or check[places[place]] != wanted_check[i]):
            place = (place + 1) & (size - 1)
        found[i] = places[place]
    return found


@njit(cache=True, nogil=True)
def grouped(owner: Any, count: int, key: Any) -> tuple[Any, Any]:
    """Where each owner's records start, and all records by owner, key and the order given; -1 owns nothing."""
    start = np.zeros(count + 1, np.int64)
    for i in range(len(owner)):
        start[owner[i] + 1] += 1
    start[0] = 0
    for n in range(count):
        start[n + 1] += start[n]
    order = np.empty(start[count], np.int64)
    filled = start.copy()
    for i in range(len(owner)):
        if owner[i] < 0:
            continue
        first = start[owner[i]]
        j = filled[owner[i]]
        filled[owner[i]] += 1
        while j > first and key[order[j - 1]] > key[i]:
            order[j] = order[j - 1]
            j -= 1
        order[j] = i
    return start, order


@njit(cache=True, nogil=True)
def repeated(start: Any, order: Any, low: Any, high: Any, product: Any) -> Any:
    """Marks records that say the same product on the same date again; those of an unknown product do not count."""
    again = np.zeros(len(low), np.bool_)
    for n in range(len(start) - 1):
        for j in range(start[n] + 1, start[n + 1]):
            i = order[j]
            k = j - 1
            while product[i] >= 0 and k >= start[n] and low[order[k]] == low[i]:
                if product[order[k]] == product[i] and high[order[k]] == high[i]:
                    again[i] = True
                    break
                k -= 1
    return again
