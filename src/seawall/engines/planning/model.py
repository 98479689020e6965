"""The campaign plan as a linear programme: one function per constraint, its formula in the docstring.

Indices: u unit, k class of groups, s dose step (product and rank), t period, p product, j target.
Variables: x[u,k,s,t] doses given, w[u,k,s,t] persons whose step is open and not given, v[u,k,s,t] of them waiting too long,
y[p,t] doses left in the city and its units, load[t] doses of the city, swing[t] its change from
period to period, m[j,u] persons missing, z[j] worst missing share.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from .blocks import Block, Solution
from .case import Aim, Case
from .periods import day_shares, shift_shares

RESERVED = 3000.0  # cost of a reserved later dose given away, where the policy reserves them
MISSING, WORST, WAITING = 2000.0, 200.0, 3.0  # of a person missing, of the worst share, of a day waited too long
SWING = 3.0  # of a dose a day more or less than the day before, at equal opening hours
LATER = 0.3  # a day that a later dose waits after opening, against a day's delay of a first dose


@dataclass(frozen=True)
class Model:
    """The built programme and the numbers of its variables."""

    block: Block
    x: np.ndarray
    later: list[int]  # steps of rank 2 and more, in the order of w and v
    w: np.ndarray
    v: np.ndarray
    y: np.ndarray
    missing: np.ndarray
    size: float  # persons per unit of the programme


def build(case: Case) -> Model:
    """Put the whole programme together."""
    block, t = Block(), case.periods.count
    units, classes, steps = len(case.units), case.classes, len(case.steps)
    later = [n for n, s in enumerate(case.steps) if s.rank > 1]
    size = max(1.0, float(case.room.sum()) / max(1, units) / 1000)
    x = block.columns("x", (units, classes, steps, t), _lateness(case), _open(case))
    days = (case.periods.last - case.periods.first + 1).astype(float)
    w = block.columns("w", (units, classes, len(later), t), LATER * days)
    v = block.columns("v", (units, classes, len(later), t), WAITING * days)
    y = block.columns("y", (len(case.products), t))
    load, swing = block.columns("load", (t,)), block.columns("swing", (t,), SWING)
    heaviest = max((a.weight for a in case.aims), default=1.0)
    cost = np.array([[MISSING * a.weight / heaviest] * units for a in case.aims]).reshape(len(case.aims), units)
    missing = block.columns("m", (len(case.aims), units), cost)
    worst = block.columns("z", (len(case.aims),), WORST)
    model = Model(block, x, later, w, v, y, missing, size)
    people(case, model)
    opening(case, model)
    punctual(case, model)
    capacity(case, model)
    steadiness(case, model, load, swing)
    supply(case, model)
    supply_inside(case, model)
    reserve(case, model)
    for number, aim in enumerate(case.aims):
        target(case, model, number, aim)
        fairness(case, model, number, aim, worst)
    return model


def _lateness(case: Case) -> np.ndarray:
    """Cost of giving a first dose on day d: d, more for higher ranks. Later doses cost by waiting (w, v)."""
    middle = 1 + (case.periods.first + case.periods.last) / 2
    rank = np.array([case.rank[case.class_of == k].min() for k in range(case.classes)], dtype=float)
    ahead = 1 + 0.2 * (rank.max() - rank)
    kind = np.array([1.0 if s.rank == 1 else 0.0 for s in case.steps])
    return ahead[None, :, None, None] * kind[None, None, :, None] * middle[None, None, None, :]


def _open(case: Case) -> np.ndarray:
    """x = 0 before a class opens, and for first doses while the policy pauses them."""
    first = np.array([s.rank == 1 for s in case.steps])
    allowed = case.first_allowed[case.periods.first] > 0
    opened = case.periods.first[None, :] >= case.opens[:, None]
    free = opened[None, :, None, :] & (allowed[None, None, None, :] | ~first[None, None, :, None])
    return np.where(
        np.broadcast_to(free, (len(case.units), case.classes, len(case.steps), case.periods.count)), np.inf, 0.0
    )


def people(case: Case, model: Model) -> None:
    """No more first doses than persons expected to come: sum_{s first, t} x[u,k,s,t] <= room[u,k]."""
    first = [n for n, s in enumerate(case.steps) if s.rank == 1]
    room = case.by_class(case.room) / model.size
    rows = model.block.rows("people", -np.inf, room, room.shape)
    model.block.put(rows[:, :, None, None], model.x[:, :, first], 1.0)


def opening(case: Case, model: Model) -> None:
    """A later dose waits for its interval: w[t] = w[t-1] + due[t] + sum_{t'} A[t',t] x[s-1,t'] - x[s,t], w >= 0."""
    weights = case.capacity.sum(axis=0)
    for number, step in enumerate(model.later):
        this = case.steps[step]
        due = _by_period(case, case.by_class(case.due[:, :, step])) / model.size
        rows = model.block.rows(f"opening{step}", due, due, due.shape)
        model.block.put(rows, model.w[:, :, number], 1.0)
        model.block.put(rows[:, :, 1:], model.w[:, :, number, :-1], -1.0)
        model.block.put(rows, model.x[:, :, step], 1.0)
        shares = shift_shares(case.periods, weights, this.lag)
        _put_shifted(model, rows, this.previous, shares, -1.0)


def punctual(case: Case, model: Model) -> None:
    """Waiting too long: v[s,t] >= w[s,t] - (opened in the last `within` days up to the end of t)."""
    weights = day_shares(case.periods, case.capacity.sum(axis=0))
    until = case.periods.last + 1
    since = np.maximum(0, until - case.within[case.periods.last].astype(int))
    for number, step in enumerate(model.later):
        recent, shares = _opening(case, step, since, until, weights)
        rows = model.block.rows(f"punctual{step}", -recent / model.size, np.inf, recent.shape)
        model.block.put(rows, model.v[:, :, number], 1.0)
        model.block.put(rows, model.w[:, :, number], -1.0)
        _put_shifted(model, rows, case.steps[step].previous, shares, 1.0)


def capacity(case: Case, model: Model) -> None:
    """Stations: sum_{k,s} x[u,k,s,t] <= sum of the unit's day capacities in t."""
    room = _by_period(case, case.capacity) / model.size
    rows = model.block.rows("capacity", -np.inf, room, room.shape)
    model.block.put(rows[:, None, None, :], model.x, 1.0)


def steadiness(case: Case, model: Model, load: np.ndarray, swing: np.ndarray) -> None:
    """No see-saw: swing[t] >= |use[t] - use[t-1]| x mean day capacity of the city, use[t] = load[t] / capacity[t].

    load[t] = sum_{u,k,s} x[u,k,s,t]; before the first day stands the mean use of the week before, so that orders hold.
    """
    rows = model.block.rows("load", 0.0, 0.0, load.shape)
    model.block.put(rows[None, None, None, :], model.x, 1.0)
    model.block.put(rows, load, -1.0)
    room, mean = (
        _by_period(case, case.capacity.sum(axis=0)) / model.size,
        case.capacity.sum() / case.periods.day_count / model.size,
    )
    use = np.divide(mean, room, out=np.zeros_like(room), where=room > 0)
    before = np.zeros_like(room)
    before[0] = min(case.lately.sum() / model.size, mean)
    for name, sign in (("rise", 1.0), ("fall", -1.0)):
        rows = model.block.rows(name, -sign * before, np.inf, room.shape)
        model.block.put(rows, swing, 1.0)
        model.block.put(rows, load, -sign * use)
        model.block.put(rows[1:], load[:-1], sign * use[:-1])


def supply(case: Case, model: Model) -> None:
    """Vaccine: y[p,t] = y[p,t-1] + arrivals[p,t] - (1 + wastage[p]) sum_{u,k,s of p} x[u,k,s,t], y >= 0."""
    arriving = arrivals_by_period(case) / model.size
    rows = model.block.rows("supply", arriving, arriving, arriving.shape)
    model.block.put(rows, model.y, 1.0)
    model.block.put(rows[:, 1:], model.y[:, :-1], -1.0)
    for number, step in enumerate(case.steps):
        model.block.put(rows[step.product][None, None, :], model.x[:, :, number], 1.0 + case.wastage[step.product])


def supply_inside(case: Case, model: Model) -> None:
    """Inside a week no dose is used before it comes: (1 + wastage) x share of t before day d x x[t] <= y[t-1] + arrivals before d."""
    usable, shares = usable_by_day(case), day_shares(case.periods, case.capacity.sum(axis=0))
    inside = np.setdiff1d(np.arange(case.periods.day_count), case.periods.first)
    for product in range(len(case.products)):
        steps = [n for n, s in enumerate(case.steps) if s.product == product]
        for day in inside[usable[product, inside] > 0]:
            period, first = case.periods.of_day[day], case.periods.first[case.periods.of_day[day]]
            row = model.block.rows(
                f"inside{product}.{day}", -np.inf, usable[product, first:day].sum() / model.size, (1,)
            )
            if period:
                model.block.put(row, model.y[product, period - 1], -1.0)
            share = shares[first:day].sum() * (1.0 + case.wastage[product])
            model.block.put(row, model.x[:, :, steps, period].ravel(), share)


def reserve(case: Case, model: Model) -> None:
    """Where later doses are reserved: y[p,t] >= sum of w[u,k,s of p,t] + those opening in the next `reserve_days` days."""
    reserved = np.flatnonzero(case.reserve[case.periods.last] > 0)
    day_share = day_shares(case.periods, case.capacity.sum(axis=0))
    until = np.minimum(case.periods.last + 1 + case.reserve_days, case.periods.day_count)
    for product in range(len(case.products)):
        steps = [(n, s) for n, s in enumerate(model.later) if case.steps[s].product == product]
        if not steps or not len(reserved):
            continue
        coming = [_opening(case, step, case.periods.last + 1, until, day_share) for _, step in steps]
        soon = sum(past.sum(axis=(0, 1)) for past, _ in coming)[reserved]
        slack = model.block.columns(f"reserve{product}", (len(reserved),), RESERVED)
        rows = model.block.rows(f"reserve{product}", soon / model.size, np.inf, (len(reserved),))
        model.block.put(rows, model.y[product, reserved], 1.0)
        model.block.put(rows, slack, 1.0)
        for (number, step), (_, shares) in zip(steps, coming, strict=True):
            model.block.put(rows, model.w[:, :, number][:, :, reserved], -1.0)
            source, goal = np.nonzero(shares[:, reserved])
            model.block.put(
                rows[goal], model.x[:, :, case.steps[step].previous][:, :, source], -shares[:, reserved][source, goal]
            )


def target(case: Case, model: Model, number: int, aim: Aim) -> None:
    """Reach the share in every unit: sum of counting doses until the day + m[j,u] >= need[j,u]."""
    need = aim.need / model.size
    rows = model.block.rows(f"target{number}", need, np.inf, need.shape)
    classes = sorted({int(case.class_of[g]) for g in aim.groups})
    steps = [n for n, s in enumerate(case.steps) if (s.rank == 1 if aim.measure == "started" else s.closes)]
    until = np.flatnonzero(case.periods.last <= aim.by)
    model.block.put(rows, model.missing[number], 1.0)
    model.block.put(rows[:, None, None, None], model.x[:, classes][:, :, steps][:, :, :, until], 1.0)


def fairness(case: Case, model: Model, number: int, aim: Aim, worst: np.ndarray) -> None:
    """Share what is missing: m[j,u] <= z[j] x denominator[j,u]; z is paid for, so no unit is left behind."""
    rows = model.block.rows(f"fairness{number}", 0.0, np.inf, (len(case.units),))
    model.block.put(rows, worst[number], aim.denominator / max(1.0, aim.denominator.mean()))
    model.block.put(rows, model.missing[number], -1.0)


def _by_period(case: Case, by_day: np.ndarray) -> np.ndarray:
    return np.add.reduceat(by_day, case.periods.first, axis=-1)


def _put_shifted(model: Model, rows: np.ndarray, step: int, shares: np.ndarray, sign: float) -> None:
    """Add sign x shares[t',t] x[step,t'] to row t."""
    source, goal = np.nonzero(shares)
    model.block.put(rows[:, :, goal], model.x[:, :, step][:, :, source], sign * shares[source, goal])


def _opening(
    case: Case, step: int, since: np.ndarray, until: np.ndarray, day_share: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Who opens on days since[t] <= d < until[t] for each period t: from the past, and as shares of planned doses."""
    past = case.by_class(case.due[:, :, step])
    total = np.concatenate([np.zeros((*past.shape[:2], 1)), np.cumsum(past, axis=2)], axis=2)
    shares = np.zeros((case.periods.count, case.periods.count))
    lag = case.steps[step].lag
    for period, (a, b) in enumerate(zip(since.tolist(), until.tolist(), strict=True)):
        for day in range(max(0, a - lag), b - lag):
            shares[case.periods.of_day[day], period] += day_share[day]
    return total[:, :, until] - total[:, :, since], shares


def arrivals_by_period(case: Case) -> np.ndarray:
    """Doses usable from each period on, by product; what is in stock counts from the first. Lead time is in the dates."""
    return _by_period(case, usable_by_day(case))


def usable_by_day(case: Case) -> np.ndarray:
    """[product, day] doses that become usable: stock on day 0, an arrival the day after it comes."""
    result = np.zeros((len(case.products), case.periods.day_count))
    for product, doses in case.stock.group_by("product").agg(doses=pl.col("doses").sum()).iter_rows():
        if product in case.products:
            result[case.products.index(product), 0] += doses
    for day, product, doses in case.arrivals.group_by("date", "product").agg(doses=pl.col("doses").sum()).iter_rows():
        number = case.periods.number(day) + case.lead
        if product in case.products and number < case.periods.day_count:
            result[case.products.index(product), max(0, number)] += doses
    return result


def doses_of(case: Case, model: Model, solution: Solution) -> np.ndarray:
    """x by day: [unit, class, step, day], periods spread by each unit's day capacity."""
    x = solution.columns["x"] * model.size
    x[x < 1e-7 * x.max(initial=0)] = 0  # what an interior point leaves on a zero
    shares = np.stack([day_shares(case.periods, row) for row in case.capacity])
    return x[:, :, :, case.periods.of_day] * shares[:, None, None, :]
