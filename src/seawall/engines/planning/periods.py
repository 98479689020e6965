"""The time grid: single days near by, weeks cut back from the deadline, and how doses of one period fall due in others."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

WEEK = 7


@dataclass(frozen=True)
class Periods:
    """Days 0..n-1 from `start`, grouped: `of_day[d]` is the period of day d, `first` and `last` its day numbers."""

    start: date
    of_day: np.ndarray
    first: np.ndarray
    last: np.ndarray

    @property
    def count(self) -> int:
        return len(self.first)

    @property
    def day_count(self) -> int:
        return len(self.of_day)

    def number(self, day: date) -> int:
        """Day number of a date; negative before the plan."""
        return (day - self.start).days

    def day(self, number: int) -> date:
        return self.start + timedelta(days=int(number))


def make_periods(start: date, end: date, near_days: int, cuts: Iterable[date]) -> Periods:
    """Daily for `near_days`, then weeks counted back from `end`; every cut (a day on which a rule changes) starts a period."""
    total = (end - start).days + 1
    starts = set(range(min(near_days, total)))
    starts |= {d for d in range(total - WEEK, near_days - 1, -WEEK) if d >= near_days}
    starts |= {near_days} if near_days < total else set()
    starts |= {n for cut in cuts if 0 <= (n := (cut - start).days) < total}
    first = np.array(sorted(starts), dtype=np.int64)
    last = np.append(first[1:] - 1, total - 1)
    return Periods(start, np.repeat(np.arange(len(first)), last - first + 1), first, last)


def shift_shares(periods: Periods, weights: np.ndarray, lag: int) -> np.ndarray:
    """A[a, b] = share of the doses of period a that fall due in period b, `lag` days later (day weights inside a period)."""
    shares = np.zeros((periods.count, periods.count))
    inside = day_shares(periods, weights)
    for day in range(periods.day_count - lag):
        shares[periods.of_day[day], periods.of_day[day + lag]] += inside[day]
    return shares


def day_shares(periods: Periods, weights: np.ndarray) -> np.ndarray:
    """Share of each day in its period, by weight; even where the period has none."""
    total = np.bincount(periods.of_day, weights=weights, minlength=periods.count)
    length = periods.last - periods.first + 1
    return np.where(
        total[periods.of_day] > 0, weights / np.maximum(total[periods.of_day], 1e-12), 1 / length[periods.of_day]
    )
