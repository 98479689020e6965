"""Rules that tie the units of a city: vaccine by product and day, reserves, fairness, even days. Nothing else ties them."""

import numpy as np
import polars as pl

from .case import Case
from .programme import Model, by_period, city_shares, opening_between

SWING = 3.0  # of a dose a day more or less than the day before, at equal opening hours
RESERVED = 3000.0  # cost of a reserved later dose given away, where the policy reserves them
WORST = 200.0  # of the worst missing share


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
    usable, shares = usable_by_day(case), city_shares(case)
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
    until = np.minimum(case.periods.last + 1 + case.reserve_days, case.periods.day_count)
    for product in range(len(case.products)):
        steps = [(n, s) for n, s in enumerate(model.later) if case.steps[s].product == product]
        if not steps or not len(reserved):
            continue
        coming = [opening_between(case, step, case.periods.last + 1, until) for _, step in steps]
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


def fairness(case: Case, model: Model) -> None:
    """Share what is missing: m[j,u] <= z[j] x denominator[j,u]; z is paid for, so no unit is left behind."""
    worst = model.block.columns("z", (len(case.aims),), WORST)
    for number, aim in enumerate(case.aims):
        rows = model.block.rows(f"fairness{number}", 0.0, np.inf, (len(case.units),))
        model.block.put(rows, worst[number], aim.denominator / max(1.0, aim.denominator.mean()))
        model.block.put(rows, model.missing[number], -1.0)


def steadiness(case: Case, model: Model) -> None:
    """No see-saw: swing[t] >= |use[t] - use[t-1]| x mean day capacity of the city, use[t] = load[t] / capacity[t].

    load[t] = sum_{u,k,s} x[u,k,s,t]; before the first day stands the mean use of the week before, so that orders hold.
    """
    load = model.block.columns("load", (case.periods.count,))
    swing = model.block.columns("swing", (case.periods.count,), SWING)
    rows = model.block.rows("load", 0.0, 0.0, load.shape)
    model.block.put(rows[None, None, None, :], model.x, 1.0)
    model.block.put(rows, load, -1.0)
    room, mean = (
        by_period(case, case.capacity.sum(axis=0)) / model.size,
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


def arrivals_by_period(case: Case) -> np.ndarray:
    """Doses usable from each period on, by product; what is in stock counts from the first. Lead time is in the dates."""
    return by_period(case, usable_by_day(case))


def usable_by_day(case: Case) -> np.ndarray:
    """[product, day] doses that become usable: stock on day 0, an arrival `lead` days after it comes."""
    result = np.zeros((len(case.products), case.periods.day_count))
    for product, doses in case.stock.group_by("product").agg(doses=pl.col("doses").sum()).iter_rows():
        if product in case.products:
            result[case.products.index(product), 0] += doses
    for day, product, doses in case.arrivals.group_by("date", "product").agg(doses=pl.col("doses").sum()).iter_rows():
        number = case.periods.number(day) + case.lead
        if product in case.products and number < case.periods.day_count:
            result[case.products.index(product), max(0, number)] += doses
    return result
