"""From smooth amounts to whole doses, day by day: what people, stations and lots really allow, with the error carried on.

Rounding never drifts: each day's cells are cut from one running sum with an offset that moves by the golden ratio, so totals
of the city, of each unit and of each cell stay within one dose of the plan, and what was cut off is asked for again next day.
"""

from dataclasses import dataclass

import numpy as np

from .case import Case
from .lots import Stores
from .scenario import whole_parts
from .steps import givers
from .unit_rules import WEEK, weeks

GOLDEN = 0.6180339887498949


@dataclass
class Whole:
    """Whole doses [unit, group, step, day], and how many the optimisation wanted."""

    doses: np.ndarray
    stores: Stores
    wanted: float = 0.0


def whole_doses(case: Case, smooth: np.ndarray, held: np.ndarray | None = None) -> Whole:
    """Walk the days: open doses, share out by rank, round, ship, give, waste.

    smooth [unit, class, step, day] doses; held [unit, product, day] what is to lie in the units, where deliveries are followed.
    """
    units, groups, steps, days = len(case.units), len(case.groups), len(case.steps), smooth.shape[3]
    doses = np.zeros((units, groups, steps, days), dtype=np.int64)
    room, pool = case.room.copy(), np.zeros((units, groups, steps))
    carry = np.zeros(smooth.shape[:3])
    stores, staff = Stores(case), _Staff(case)
    use = _product_use(case, smooth)
    first = np.array([s.rank == 1 for s in case.steps])
    for day in range(days):
        _open_steps(case, pool, doses, day)
        carry = _still_wanted(case, carry, smooth[:, :, :, day:], pool)
        want = np.maximum(carry + smooth[:, :, :, day], 0)
        if not case.first_allowed[day]:
            want[:, :, first] = 0
        _to_persons(case, want, room, pool)
        want *= np.minimum(1, staff.room(day) / np.maximum(want.sum(axis=(1, 2)), 1e-9))[:, None, None]
        shared = share_out(case, want, room, pool)
        whole = _round(shared, (GOLDEN * (case.periods.start.toordinal() + day)) % 1.0)
        whole = _within_persons(case, whole, room, pool)
        _unstranded(case, whole, doses, stores, day)
        kept = np.zeros(use.shape[:2]) if held is None else _kept(case, held, day)
        stores.ship(day, _ahead(case, use, day), _product_need(case, whole), _between(case, use, day), kept)
        whole = stores.use(day, whole)
        doses[:, :, :, day] = whole
        staff.give(day, whole.sum(axis=(1, 2)))
        carry += smooth[:, :, :, day] - case.by_class(whole.astype(float))
        room -= whole[:, :, first].sum(axis=2)
        for number, step in enumerate(case.steps):
            if step.rank > 1:
                pool[:, :, step.host] -= whole[:, :, number]
        stores.close(day)
    return Whole(doses, stores, float(smooth.sum()))


def _still_wanted(case: Case, carry: np.ndarray, coming: np.ndarray, pool: np.ndarray) -> np.ndarray:
    """What is owed from days before: later doses to whoever waits, first doses not where none are planned any more.

    Of a stock to be used up, rounding leaves nobody waiting: whoever waits beyond what is planned is owed a dose.
    """
    waiting, soon = case.by_class(pool), 3 * coming[:, :, :, :WEEK].sum(axis=3)
    result = np.minimum(carry, soon)
    cleared = {product for product, _ in case.limits.clear}
    for number, step in enumerate(case.steps):
        if step.rank > 1:
            here, mine = waiting[:, :, step.host], carry[:, :, number]
            if step.product in cleared:
                mine = np.maximum(mine, here - coming[:, :, number].sum(axis=2))
            result[:, :, number] = np.minimum(mine, np.maximum(here, soon[:, :, number]))
    return result


def _to_persons(case: Case, want: np.ndarray, room: np.ndarray, pool: np.ndarray) -> None:
    """Nothing is wanted for persons who are not there: it would take stations from others."""
    waiting, first = case.by_class(pool), np.array([s.rank == 1 for s in case.steps])
    start = want[:, :, first].sum(axis=2)
    want[:, :, first] *= np.minimum(1, case.by_class(room) / np.maximum(start, 1e-9))[:, :, None]
    for number, step in enumerate(case.steps):
        if step.rank > 1:
            want[:, :, number] = np.minimum(want[:, :, number], waiting[:, :, step.host])


class _Staff:
    """Doses that stations and vaccinators still allow: of the day, and of the week counted back from the deadline."""

    def __init__(self, case: Case) -> None:
        self.case, (self.week_of, length) = case, weeks(case)
        self.left = np.floor(case.limits.staff_week[:, None] * length / WEEK + 1e-9)

    def room(self, day: int) -> np.ndarray:
        return np.minimum(self.case.day_room[:, day], self.left[:, self.week_of[day]])

    def give(self, day: int, doses: np.ndarray) -> None:
        self.left[:, self.week_of[day]] -= doses


def _ahead(case: Case, use: np.ndarray, day: int) -> np.ndarray:
    """[unit, product, day] what a unit will use from the day on which what leaves today comes, no further than its ceiling."""
    result = np.zeros((*use.shape[:2], case.cover))
    for step in range(case.cover):
        at = day + case.limits.extra + step
        here = np.flatnonzero((at < use.shape[2]) & (step <= case.limits.ceiling))
        result[here, :, step] = use[here, :, at[here]]
    return result


def _between(case: Case, use: np.ndarray, day: int) -> np.ndarray:
    """[unit, product] what a unit uses tomorrow and until what leaves today comes."""
    result = np.zeros(use.shape[:2])
    for unit in np.flatnonzero(case.limits.extra):
        result[unit] = use[unit, :, day + 1 : day + case.limits.extra[unit]].sum(axis=1)
    return result


def _kept(case: Case, held: np.ndarray, day: int) -> np.ndarray:
    at = np.minimum(day + case.limits.extra, held.shape[2] - 1)
    return held[np.arange(len(held)), :, at]


def _unstranded(case: Case, whole: np.ndarray, doses: np.ndarray, stores: Stores, day: int) -> None:
    """Of a stock to be used up, start nobody whose later doses are not there or known to come, with a week to spare."""
    for product, _ in case.limits.clear:
        own = [n for n, s in enumerate(case.steps) if s.host == n and s.product == product]
        if len(own) < 2:
            continue
        first, each = own[0], 1.0 + float(case.wastage[product])
        given = case.given.sum(axis=(0, 1)) + doses[:, :, :, :day].sum(axis=(0, 1, 3))
        series = [sum(given[g] for g in givers(case.steps, step)) for step in own]
        owed = max(0.0, len(own) * series[0] - sum(series)) * each + 1
        done = case.periods.day(day + sum(case.steps[n].lag for n in own) + WEEK)
        today, late = stores.available(product, case.periods.day(day)), stores.available(product, done)
        most = min((today - owed) / (len(own) * each), (late - owed) / ((len(own) - 1) * each))
        asked = whole[:, :, first]
        if asked.sum() > most:
            parts = whole_parts(asked.ravel().astype(float), max(0, int(most)))
            whole[:, :, first] = np.minimum(asked, parts.reshape(asked.shape))


def _open_steps(case: Case, pool: np.ndarray, doses: np.ndarray, day: int) -> None:
    """Persons whose later dose opens today: from the past, and from doses of this plan."""
    for number, step in enumerate(case.steps):
        if step.rank > 1 and step.host == number:
            pool[:, :, number] += np.rint(case.due[:, :, number, day])
            if day >= step.lag:
                for giver in givers(case.steps, step.previous):
                    pool[:, :, number] += doses[:, :, giver, day - step.lag]


def share_out(case: Case, want: np.ndarray, room: np.ndarray, pool: np.ndarray) -> np.ndarray:
    """Class amounts to groups: higher rank first, equal ranks in proportion, never more than there are persons."""
    result = np.zeros((want.shape[0], len(case.groups), want.shape[2]))
    first = np.array([s.rank == 1 for s in case.steps])
    start = want[:, :, first].sum(axis=2)
    mix = want[:, :, first] / np.maximum(start, 1e-12)[:, :, None]
    left, waiting = want.copy(), pool.copy()
    for rank in np.unique(case.rank):
        for k in range(case.classes):
            here = np.flatnonzero((case.rank == rank) & (case.class_of == k))
            if not len(here):
                continue
            part = _fill(start[:, k], room[:, here])
            start[:, k] -= part.sum(axis=1)
            result[:, here[:, None], np.flatnonzero(first)[None, :]] = part[:, :, None] * mix[:, k, None, :]
            for number in np.flatnonzero(~first):
                host = case.steps[number].host
                part = _fill(left[:, k, number], waiting[:, here, host])
                left[:, k, number] -= part.sum(axis=1)
                waiting[:, here, host] -= part
                result[:, here, number] = part
    return result


def _fill(amount: np.ndarray, room: np.ndarray) -> np.ndarray:
    total = room.sum(axis=1)
    return room * np.minimum(1.0, amount / np.maximum(total, 1e-12))[:, None]


def _round(values: np.ndarray, offset: float) -> np.ndarray:
    """Systematic rounding: differences of floor(running sum + offset); every run of cells keeps its sum within one."""
    running = np.floor(np.cumsum(values.ravel()) + offset + 1e-7)
    return np.diff(running, prepend=np.floor(offset + 1e-7)).reshape(values.shape).astype(np.int64)


def _within_persons(case: Case, whole: np.ndarray, room: np.ndarray, pool: np.ndarray) -> np.ndarray:
    """First doses of all products together stay within the group's persons, later ones within those who wait."""
    start, waiting = room.astype(np.int64), pool.astype(np.int64)
    for number, step in enumerate(case.steps):
        left = start if step.rank == 1 else waiting[:, :, step.host]
        whole[:, :, number] = np.minimum(whole[:, :, number], left)
        left -= whole[:, :, number]
    return whole


def _product_use(case: Case, smooth: np.ndarray) -> np.ndarray:
    """[unit, product, day] doses a unit is expected to draw, with waste."""
    result = np.zeros((smooth.shape[0], len(case.products), smooth.shape[3]))
    total = smooth.sum(axis=1)
    for number, step in enumerate(case.steps):
        result[:, step.product] += total[:, number] * (1 + case.wastage[step.product])
    return result


def _product_need(case: Case, whole: np.ndarray) -> np.ndarray:
    need = np.zeros((whole.shape[0], len(case.products)), dtype=np.int64)
    total = whole.sum(axis=1)
    for number, step in enumerate(case.steps):
        need[:, step.product] += total[:, number]
    return need
