"""A count of events as a rate with its interval. Pure."""

from math import sqrt

from .rows import RateRow

Z95 = 1.959964
PER = 100_000


def byar(events: int) -> tuple[float, float]:
    """95% limits of a Poisson count by Byar's approximation: within 1% of the exact limits from 5 events on."""
    low = 0.0
    if events:
        low = events * (1 - 1 / (9 * events) - Z95 / (3 * sqrt(events))) ** 3
    above = events + 1
    high = above * (1 - 1 / (9 * above) + Z95 / (3 * sqrt(above))) ** 3
    return max(low, 0.0), high


def rate(key: str, events: int, serious: int, doses: int) -> RateRow:
    """No denominator, no rate."""
    if doses <= 0:
        return RateRow(key, events, serious, doses, None, None, None)
    low, high = byar(events)
    return RateRow(key, events, serious, doses, *(round(x * PER / doses, 2) for x in (events, low, high)))
