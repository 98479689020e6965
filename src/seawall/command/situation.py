"""Shall we reach the target in time? Plain arithmetic over a closing's figures, so that a reader can redo it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, sqrt

RISK_DAYS = 3.0  # more than so many days behind the back-schedule is a risk, even if the forecast still arrives
INTERVAL = 1.2816  # a normal law holds 80% within so many standard deviations


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast doses are given, and when the target falls at that speed."""

    last7: float
    spread: float  # standard deviation of one day
    remaining: int
    need_per_day: float
    expected_on: date | None
    expected_low: date | None
    expected_high: date | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The board's first line."""

    state: str  # normal | attention | stop
    code: str  # NOT_STARTED | REACHED | ON_TIME | AT_RISK | NOT_ON_TIME


def pace(daily: Mapping[date, int], today: date, remaining: int, deadline: date) -> Pace:
    """Speed of the last seven days and, at that speed, the day on which `remaining` doses are done (80% interval).

    `daily`: doses by day. The interval treats days as independent: n days give n * mean, sd * sqrt(n).
    """
    days = [daily.get(today - timedelta(n), 0) for n in range(7)]
    mean = sum(days) / 7
    spread = sqrt(sum((d - mean) ** 2 for d in days) / 6)
    left = (deadline - today).days
    need = remaining / left if left > 0 else float(remaining)
    if remaining <= 0:
        return Pace(mean, spread, 0, 0.0, today, today, today)
    if mean <= 0:
        return Pace(mean, spread, remaining, need, None, None, None)
    middle = remaining / mean
    wide = INTERVAL * spread * sqrt(middle) / mean
    low, high = max(1.0, middle - wide), middle + wide
    on = [today + timedelta(ceil(n)) for n in (middle, low, high)]
    return Pace(mean, spread, remaining, need, *on)


def verdict(pace_now: Pace, deadline: date, days_behind: float, *, started: bool, plan_short: int) -> Verdict:
    """ON_TIME, AT_RISK or NOT_ON_TIME, from the forecast, the distance to the back-schedule and the plan's own shortfall."""
    if not started:
        return Verdict("attention", "NOT_STARTED")
    if pace_now.remaining <= 0:
        return Verdict("normal", "REACHED")
    late = pace_now.expected_on is None or pace_now.expected_on > deadline
    if plan_short > 0 or (late and days_behind > RISK_DAYS):
        return Verdict("stop", "NOT_ON_TIME")
    if late or days_behind > RISK_DAYS or (pace_now.expected_high or deadline) > deadline:
        return Verdict("attention", "AT_RISK")
    return Verdict("normal", "ON_TIME")


def days_behind(actual: int, planned: Sequence[tuple[date, int]], today: date) -> float:
    """How many days ago the plan stood where we stand now (negative: ahead), by straight lines between days."""
    previous_day, previous = None, 0
    for day, total in planned:
        if total >= actual:
            if previous_day is None or total == previous:
                return float((today - day).days)
            share = (actual - previous) / (total - previous)
            reached = (previous_day - date.min).days + share * (day - previous_day).days
            return (today - date.min).days - reached
        previous_day, previous = day, total
    return float((today - planned[-1][0]).days) if planned else 0.0
