"""Rules of one planning unit: each holds in every unit for itself, so a unit can be solved alone."""

import numpy as np

from .case import Case
from .periods import shift_shares
from .programme import Model, by_period, counting, opening_between, put_shifted
from .steps import givers

OVERDUE = 500.0  # of a person whose later dose is overdue, for a day
WEEK = 7


def group_opening(case: Case, model: Model) -> None:
    """A group waits for its opening day: x[u,k,s,t] = 0 where t lies before opens[k]."""
    closed = case.periods.first[None, :] < case.opens[:, None]
    model.block.forbid(model.x[np.broadcast_to(closed[None, :, None, :], model.x.shape)])


def pause(case: Case, model: Model) -> None:
    """Policy later_doses_only: x[u,k,s,t] = 0 for first doses s on the days of the policy."""
    first = np.array([s.rank == 1 for s in case.steps])
    stopped = case.first_allowed[case.periods.first] == 0
    model.block.forbid(model.x[:, :, first][:, :, :, stopped])


def people(case: Case, model: Model) -> None:
    """No more first doses than persons expected to come: sum_{s first, t} x[u,k,s,t] <= room[u,k]."""
    first = [n for n, s in enumerate(case.steps) if s.rank == 1]
    room = case.by_class(case.room) / model.size
    rows = model.block.rows("people", -np.inf, room, room.shape)
    model.block.put(rows[:, :, None, None], model.x[:, :, first], 1.0)


def opening(case: Case, model: Model, weights: np.ndarray | None = None) -> None:
    """A later dose waits for its interval: w[t] = w[t-1] + due[t] + sum_{t'} A[t',t] x[s-1,t'] - x[s,t], w >= 0.

    `weights` [day] say how the doses of a period lie on its days: as the stations can give them, unless said otherwise.
    """
    weights = case.day_room.sum(axis=0) if weights is None else weights
    for number, step in enumerate(model.later):
        this = case.steps[step]
        due = by_period(case, case.by_class(case.due[:, :, step])) / model.size
        rows = model.block.rows(f"opening{step}", due, due, due.shape)
        model.block.put(rows, model.w[:, :, number], 1.0)
        model.block.put(rows[:, :, 1:], model.w[:, :, number, :-1], -1.0)
        for giver in givers(case.steps, step):
            model.block.put(rows, model.x[:, :, giver], 1.0)
        shares = shift_shares(case.periods, weights, this.lag)
        put_shifted(case, model, rows, this.previous, shares, -1.0)


def punctual(case: Case, model: Model) -> None:
    """Waiting too long: v[s,t] >= w[s,t] - (opened in the last `within` days up to the end of t).

    Where nobody's dose can have opened before those days nobody waits too long, and there is no such rule.
    """
    until = case.periods.last + 1
    since = np.maximum(0, until - case.within[case.periods.last].astype(int))
    for number, step in enumerate(model.later):
        recent, shares = opening_between(case, step, since, until)
        before, planned = opening_between(case, step, np.zeros_like(since), since)
        least = np.where((before > 0) | planned.any(axis=0), -recent / model.size, -np.inf)
        rows = model.block.rows(f"punctual{step}", least, np.inf, recent.shape)
        model.block.put(rows, model.v[:, :, number], 1.0)
        model.block.put(rows, model.w[:, :, number], -1.0)
        put_shifted(case, model, rows, case.steps[step].previous, shares, 1.0)


def latest(case: Case, model: Model) -> None:
    """Overdue beyond the latest interval: o[s,t] >= w[s,t] - (opened and not yet late by the end of t), counted in person-days.

    Only where somebody can be late at all; and where nobody is on the near days, the plan is made without it first.
    """
    days, until = (case.periods.last - case.periods.first + 1).astype(float), case.periods.last + 1
    for number, step in enumerate(model.later):
        this = case.steps[step]
        if this.latest is None:
            continue
        was = np.cumsum(case.by_class(case.late[:, :, step]), axis=2)[:, :, case.periods.last]
        planned = case.periods.last > this.latest
        can = (was.max(axis=(0, 1)) > 0) | planned
        if not can.any():
            continue
        since = np.maximum(0, until - 1 - (this.latest - this.lag))
        _, shares = opening_between(case, step, since, until)
        open_by = np.cumsum(case.by_class(case.due[:, :, step]), axis=2)[:, :, case.periods.last]
        least = np.where((was > 0) | planned, (was - open_by) / model.size, -np.inf)[:, :, can]
        overdue = model.block.columns(f"overdue{step}", least.shape, OVERDUE * days[can])
        rows = model.block.rows(f"latest{step}", least, np.inf, least.shape)
        model.block.put(rows, overdue, 1.0)
        model.block.put(rows, model.w[:, :, number][:, :, can], -1.0)
        put_shifted(case, model, rows, this.previous, shares[:, can], 1.0)
        soon = (was > 0) & (days == 1)
        model.block.put_aside(rows[~soon[:, :, can]])


def mixing(case: Case, model: Model) -> None:
    """Another product in the place of a later dose only where allowed: x[u,k,s,t] = 0 for a mixed dose s outside its days.

    It takes from those who wait for the series' own dose (rule opening); what is not listed has no variable at all.
    """
    for number, step in enumerate(case.steps):
        if step.host != number:
            allowed = np.ones(case.periods.count, dtype=bool)
            if step.since is not None and step.until is not None:
                allowed = (case.periods.first >= case.periods.number(step.since)) & (
                    case.periods.last <= case.periods.number(step.until)
                )
            model.block.forbid(model.x[:, :, number][:, :, ~allowed])


def one_product(case: Case, model: Model) -> None:
    """A unit with one product starts with no other: x[u,k,s,t] = 0 for first doses s of every other product."""
    for number, step in enumerate(case.steps):
        if step.rank == 1:
            model.block.forbid(model.x[~case.limits.offered[:, step.product], :, number])


def staff(case: Case, model: Model) -> None:
    """Vaccinators: sum_{k,s} x[u,k,s,t] <= vaccinators x doses an hour x hours a day, and in seven days x hours a week.

    Weeks are counted back from the deadline; a week cut short has its part of the hours.
    """
    here = np.isfinite(case.limits.staff_day)
    if not here.any():
        return
    most = by_period(case, case.day_room)[here] / model.size
    rows = model.block.rows("staff", -np.inf, most, most.shape)
    model.block.put(rows[:, None, None, :], model.x[here], 1.0)
    week_of, length = weeks(case)
    budget = case.limits.staff_week[here, None] * length / WEEK / model.size
    rows = model.block.rows("staff_week", -np.inf, budget, budget.shape)
    model.block.put(rows[:, None, None, week_of[case.periods.first]], model.x[here], 1.0)


def weeks(case: Case) -> tuple[np.ndarray, np.ndarray]:
    """Week of each day, counted back from the deadline, and the days of each week."""
    count = case.periods.day_count
    of_day = (np.arange(count) + (-count) % WEEK) // WEEK
    return of_day, np.bincount(of_day).astype(float)


def unchanged(case: Case, model: Model) -> None:
    """Orders do not thrash: |sum_k x[u,k,s,t] - dose of the plan in force| on the near days is paid by the dose.

    sum_k x - more + fewer = dose of the plan in force; where that asks for none, every dose is one more and needs no row.
    """
    if case.limits.before is None:
        return
    asked = case.limits.before.sum(axis=(0, 1)) > 0
    near = np.flatnonzero((case.periods.first == case.periods.last) & asked[case.periods.first])
    before = case.limits.before[:, :, case.periods.first[near]] / model.size
    given = np.moveaxis(model.x[:, :, :, near], 1, -1)
    model.block.charge(given[before == 0], case.limits.change)
    kept = before[before > 0]
    rows = model.block.rows("unchanged", kept, kept, kept.shape)
    model.block.put(rows[:, None], given[before > 0], 1.0)
    for name, sign in (("more", -1.0), ("fewer", 1.0)):
        model.block.put(rows, model.block.columns(name, kept.shape, case.limits.change), sign)


def capacity(case: Case, model: Model) -> None:
    """Stations: sum_{k,s} x[u,k,s,t] <= sum of the unit's day capacities in t."""
    room = by_period(case, case.capacity) / model.size
    rows = model.block.rows("capacity", -np.inf, room, room.shape)
    model.block.put(rows[:, None, None, :], model.x, 1.0)


def target(case: Case, model: Model) -> None:
    """Reach the share in every unit: sum of counting doses until the day + m[j,u] >= need[j,u]."""
    for number, aim in enumerate(case.aims):
        need = aim.need / model.size
        rows = model.block.rows(f"target{number}", need, np.inf, need.shape)
        model.block.put(rows, model.missing[number], 1.0)
        model.block.put(rows[:, None, None, None], counting(case, model, aim), 1.0)
