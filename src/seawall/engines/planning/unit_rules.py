"""Rules of one planning unit: each holds in every unit for itself, so a unit can be solved alone."""

import numpy as np

from .case import Case
from .periods import shift_shares
from .programme import Model, by_period, opening_between, put_shifted


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


def opening(case: Case, model: Model) -> None:
    """A later dose waits for its interval: w[t] = w[t-1] + due[t] + sum_{t'} A[t',t] x[s-1,t'] - x[s,t], w >= 0."""
    weights = case.capacity.sum(axis=0)
    for number, step in enumerate(model.later):
        this = case.steps[step]
        due = by_period(case, case.by_class(case.due[:, :, step])) / model.size
        rows = model.block.rows(f"opening{step}", due, due, due.shape)
        model.block.put(rows, model.w[:, :, number], 1.0)
        model.block.put(rows[:, :, 1:], model.w[:, :, number, :-1], -1.0)
        model.block.put(rows, model.x[:, :, step], 1.0)
        shares = shift_shares(case.periods, weights, this.lag)
        put_shifted(model, rows, this.previous, shares, -1.0)


def punctual(case: Case, model: Model) -> None:
    """Waiting too long: v[s,t] >= w[s,t] - (opened in the last `within` days up to the end of t)."""
    until = case.periods.last + 1
    since = np.maximum(0, until - case.within[case.periods.last].astype(int))
    for number, step in enumerate(model.later):
        recent, shares = opening_between(case, step, since, until)
        rows = model.block.rows(f"punctual{step}", -recent / model.size, np.inf, recent.shape)
        model.block.put(rows, model.v[:, :, number], 1.0)
        model.block.put(rows, model.w[:, :, number], -1.0)
        put_shifted(model, rows, case.steps[step].previous, shares, 1.0)


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
        classes = sorted({int(case.class_of[g]) for g in aim.groups})
        steps = [n for n, s in enumerate(case.steps) if (s.rank == 1 if aim.measure == "started" else s.closes)]
        until = np.flatnonzero(case.periods.last <= aim.by)
        model.block.put(rows, model.missing[number], 1.0)
        model.block.put(rows[:, None, None, None], model.x[:, classes][:, :, steps][:, :, :, until], 1.0)
