"""From smooth amounts to whole doses, day by day: what people, stations and lots really allow, with the error carried on.

Rounding never drifts: each day's cells are cut from one running sum with an offset that moves by the golden ratio, so totals
of the city, of each unit and of each cell stay within one dose of the plan, and what was cut off is asked for again next day.
"""

from dataclasses import dataclass, field

import numpy as np

from .case import Case
from .lots import Stores

GOLDEN = 0.6180339887498949


@dataclass
class Whole:
    """Whole doses [unit, group, step, day], with the doses that rounding, people or stock took away."""

    doses: np.ndarray
    stores: Stores
    wanted: float = 0.0
    cut: dict[str, float] = field(default_factory=dict)  # by cause, in doses left over at the end


def whole_doses(case: Case, smooth: np.ndarray) -> Whole:
    """Walk the days: open doses, share out by rank, round, ship, give, waste."""
    units, groups, steps, days = len(case.units), len(case.groups), len(case.steps), smooth.shape[3]
    doses = np.zeros((units, groups, steps, days), dtype=np.int64)
    room, pool = case.room.copy(), np.zeros((units, groups, steps))
    carry = np.zeros(smooth.shape[:3])
    stores = Stores(case)
    ahead = _product_use(case, smooth)
    for day in range(days):
        _open_steps(case, pool, doses, day)
        carry = np.minimum(
            carry, 3 * smooth[:, :, :, day : day + 7].sum(axis=3)
        )  # nothing late where nothing is planned
        want = np.maximum(carry + smooth[:, :, :, day], 0)
        if not case.first_allowed[day]:
            want[:, :, [n for n, s in enumerate(case.steps) if s.rank == 1]] = 0
        want *= np.minimum(1, case.capacity[:, day] / np.maximum(want.sum(axis=(1, 2)), 1e-9))[:, None, None]
        shared = share_out(case, want, room, pool)
        whole = np.minimum(
            _round(shared, (GOLDEN * (case.periods.start.toordinal() + day)) % 1.0), _limit(case, room, pool)
        )
        whole = _within_room(case, whole, room)
        stores.ship(day, ahead[:, :, day : day + case.cover], _product_need(case, whole))
        whole = stores.use(day, whole)
        doses[:, :, :, day] = whole
        carry += smooth[:, :, :, day] - case.by_class(whole.astype(float))
        for number, step in enumerate(case.steps):
            if step.rank == 1:
                room -= whole[:, :, number]
            else:
                pool[:, :, number] -= whole[:, :, number]
        stores.close(day)
    return Whole(doses, stores, float(smooth.sum()))


def _open_steps(case: Case, pool: np.ndarray, doses: np.ndarray, day: int) -> None:
    """Persons whose later dose opens today: from the past, and from doses of this plan."""
    for number, step in enumerate(case.steps):
        if step.rank > 1:
            pool[:, :, number] += np.rint(case.due[:, :, number, day])
            if day >= step.lag:
                pool[:, :, number] += doses[:, :, step.previous, day - step.lag]


def share_out(case: Case, want: np.ndarray, room: np.ndarray, pool: np.ndarray) -> np.ndarray:
    """Class amounts to groups: higher rank first, equal ranks in proportion, never more than there are persons."""
    result = np.zeros((want.shape[0], len(case.groups), want.shape[2]))
    first = np.array([s.rank == 1 for s in case.steps])
    start = want[:, :, first].sum(axis=2)
    mix = want[:, :, first] / np.maximum(start, 1e-12)[:, :, None]
    left = want.copy()
    for rank in np.unique(case.rank):
        for k in range(case.classes):
            here = np.flatnonzero((case.rank == rank) & (case.class_of == k))
            if not len(here):
                continue
            part = _fill(start[:, k], room[:, here])
            start[:, k] -= part.sum(axis=1)
            result[:, here[:, None], np.flatnonzero(first)[None, :]] = part[:, :, None] * mix[:, k, None, :]
            for number in np.flatnonzero(~first):
                part = _fill(left[:, k, number], pool[:, here, number])
                left[:, k, number] -= part.sum(axis=1)
                result[:, here, number] = part
    return result


def _fill(amount: np.ndarray, room: np.ndarray) -> np.ndarray:
    total = room.sum(axis=1)
    return room * np.minimum(1.0, amount / np.maximum(total, 1e-12))[:, None]


def _round(values: np.ndarray, offset: float) -> np.ndarray:
    """Systematic rounding: differences of floor(running sum + offset); every run of cells keeps its sum within one."""
    running = np.floor(np.cumsum(values.ravel()) + offset + 1e-7)
    return np.diff(running, prepend=np.floor(offset + 1e-7)).reshape(values.shape).astype(np.int64)


def _limit(case: Case, room: np.ndarray, pool: np.ndarray) -> np.ndarray:
    first = np.array([s.rank == 1 for s in case.steps])
    return np.where(first[None, None, :], room[:, :, None], pool).astype(np.int64)


def _within_room(case: Case, whole: np.ndarray, room: np.ndarray) -> np.ndarray:
    """First doses of all products together stay within the group's persons."""
    left = room.astype(np.int64).copy()
    for number, step in enumerate(case.steps):
        if step.rank == 1:
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
