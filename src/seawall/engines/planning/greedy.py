"""A plan without a solver, for when the time is not enough for one: whoever waits first, then whoever may start, day by day."""

import numpy as np

from .case import Case
from .programme import last_useful_day, usable_lots


def greedy_doses(case: Case) -> np.ndarray:
    """[unit, class, step, day] doses: later doses as they open, then first ones that can still count, higher ranks first.

    A first dose is given only from vaccine beyond what those already started still need, so that nobody is stranded; where
    vaccine or stations are short, units share in proportion to what they want. Far from best, but always at hand.
    """
    days = case.periods.day_count
    result = np.zeros((len(case.units), case.classes, len(case.steps), days))
    stock, coming = np.zeros(len(case.products)), np.zeros((len(case.products), days))
    for product, day, _, doses, _ in usable_lots(case):
        coming[product, day] += doses
    room, due = case.by_class(case.room), case.by_class(case.due)
    waiting, own = np.zeros(result.shape[:3]), [n for n, s in enumerate(case.steps) if s.host == n]
    for day in range(days):
        stock += coming[:, day] / (1 + case.wastage)
        left = case.day_room[:, day].copy()
        for number in own:
            step = case.steps[number]
            if step.rank > 1:
                opened = result[:, :, step.previous, day - step.lag] if day >= step.lag else 0.0
                waiting[:, :, number] += due[:, :, number, day] + opened
                given = _share(waiting[:, :, number], left, stock[step.product])
                waiting[:, :, number] -= given
                _give(result, given, number, day, left, stock, step.product)
        for number in own:
            step = case.steps[number]
            if step.rank == 1 and case.first_allowed[day] and day <= last_useful_day(case, step.product):
                free = max(0.0, stock[step.product] - _owed(case, result, waiting, step.product, day))
                series = sum(case.steps[n].product == step.product for n in own)
                open_now = np.where(day >= case.opens[None, :], room, 0.0) * case.limits.offered[:, [step.product]]
                given = _share(open_now, left, free / series)
                room -= given
                _give(result, given, number, day, left, stock, step.product)
    return result


def _share(wanted: np.ndarray, room: np.ndarray, stock: float) -> np.ndarray:
    """[unit, class] what is wanted, cut to each unit's room, the earlier class first, and to the stock in proportion."""
    before = np.cumsum(wanted, axis=1) - wanted
    cut = np.clip(room[:, None] - before, 0, wanted)
    return cut * min(1.0, stock / max(cut.sum(), 1e-9))


def _give(
    result: np.ndarray, given: np.ndarray, step: int, day: int, left: np.ndarray, stock: np.ndarray, product: int
) -> None:
    result[:, :, step, day] = given
    left -= given.sum(axis=1)
    stock[product] -= given.sum()


def _owed(case: Case, result: np.ndarray, waiting: np.ndarray, product: int, day: int) -> float:
    """Doses that those who have started a series still need: of the next step, and of every step after it."""
    own = [n for n, s in enumerate(case.steps) if s.host == n and s.product == product]
    total = 0.0
    for place, number in enumerate(own):
        step = case.steps[number]
        if step.rank > 1:
            soon = result[:, :, step.previous, max(0, day - step.lag + 1) : day + 1].sum()
            later = case.due[:, :, number, day + 1 :].sum()
            total += (float(waiting[:, :, number].sum()) + soon + later) * (len(own) - place)
    return total
