"""The variables of a campaign plan, and what its rules share: periods summed, doses shifted by their interval."""

from dataclasses import dataclass

import numpy as np

from .blocks import Block
from .case import Case
from .periods import day_shares


@dataclass(frozen=True)
class Model:
    """The programme under construction and the numbers of its variables."""

    block: Block
    x: np.ndarray  # [unit, class, step, period] doses
    later: list[int]  # steps of rank 2 and more, in the order of w and v
    w: np.ndarray  # [unit, class, later step, period] persons whose dose is open and not given
    v: np.ndarray  # of them those who wait longer than the policy allows
    y: np.ndarray  # [product, period] doses left
    missing: np.ndarray  # [target, unit] persons
    size: float  # persons per unit of the programme


def by_period(case: Case, by_day: np.ndarray) -> np.ndarray:
    """Sum the last axis from days to periods."""
    return np.add.reduceat(by_day, case.periods.first, axis=-1)


def city_shares(case: Case) -> np.ndarray:
    """Share of each day in its period, by the doses that the city's stations can give."""
    return day_shares(case.periods, case.capacity.sum(axis=0))


def put_shifted(model: Model, rows: np.ndarray, step: int, shares: np.ndarray, sign: float) -> None:
    """Add sign x shares[t',t] x[step,t'] to row t."""
    source, goal = np.nonzero(shares)
    model.block.put(rows[:, :, goal], model.x[:, :, step][:, :, source], sign * shares[source, goal])


def opening_between(case: Case, step: int, since: np.ndarray, until: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Who opens on days since[t] <= d < until[t] for each period t: from the past, and as shares of planned doses."""
    past = case.by_class(case.due[:, :, step])
    total = np.concatenate([np.zeros((*past.shape[:2], 1)), np.cumsum(past, axis=2)], axis=2)
    shares, day_share = np.zeros((case.periods.count, case.periods.count)), city_shares(case)
    lag = case.steps[step].lag
    for period, (a, b) in enumerate(zip(since.tolist(), until.tolist(), strict=True)):
        for day in range(max(0, a - lag), b - lag):
            shares[case.periods.of_day[day], period] += day_share[day]
    return total[:, :, until] - total[:, :, since], shares
