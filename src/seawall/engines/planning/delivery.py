"""Rules of what lies in a unit and how it gets there: only where transport, cold storage or ceilings are known.

Variables: r[u,p,t] doses that leave the city store for u in t, h[u,p,t] doses left in u, lost_there[u,p,t] doses that expire there,
over[u,p,t] doses beyond a ceiling that were there before the plan.
"""

import numpy as np

from .case import Case
from .periods import shift_shares
from .programme import Model, opening_stock, use_of

OVER = 50.0  # of a dose beyond a ceiling at the end of a period: only what lay there before the plan can be


def unit_stock(case: Case, model: Model) -> None:
    """What lies in a unit: h[p,t] = h[p,t-1] + stock[p] (t = 0) + sum_{t'} A[t',t] r[p,t'] - (1 + wastage[p]) sum x - lost_there, h >= 0.

    A[t',t] is the share of what leaves in t' that can be used in t, by the days on the road.
    """
    if model.sent is None or model.held is None:
        return
    first = np.zeros(model.held.shape)
    first[:, :, 0] = opening_stock(case)[:-1] / model.size
    rows = model.block.rows("unit_stock", first, first, first.shape)
    model.block.put(rows, model.held, 1.0)
    model.block.put(rows[:, :, 1:], model.held[:, :, :-1], -1.0)
    model.block.put(rows, model.block.column_blocks["lost_there"], 1.0)
    for product in range(len(case.products)):
        columns, share = use_of(case, model, product)
        model.block.put(rows[:, product, None, None, :], columns, share)
    for extra in np.unique(case.limits.extra):
        here = case.limits.extra == extra
        shares = shift_shares(case.periods, case.capacity.sum(axis=0), int(extra))
        source, goal = np.nonzero(shares)
        model.block.put(rows[here][:, :, goal], model.sent[here][:, :, source], -shares[source, goal])


def transport(case: Case, model: Model) -> None:
    """What the road to a unit carries: sum_p r[u,p,t] <= trip[u] x days of t."""
    here = np.isfinite(case.limits.trip)
    if model.sent is None or not here.any():
        return
    most = case.limits.trip[here, None] * _days(case) / model.size
    rows = model.block.rows("transport", -np.inf, most, most.shape)
    model.block.put(rows[:, None, :], model.sent[here], 1.0)


def cold_storage(case: Case, model: Model) -> None:
    """What the cold store of a unit holds at the end of t: sum_p h[u,p,t] <= cold[u] + over[u,t]; over <= what lay there before."""
    here = np.isfinite(case.limits.cold)
    if model.held is None or not here.any():
        return
    cold, lies = case.limits.cold[here], opening_stock(case)[:-1][here].sum(axis=1)
    upper = np.broadcast_to(np.maximum(lies - cold, 0)[:, None] / model.size, (len(cold), case.periods.count))
    over = model.block.columns("over_storage", upper.shape, OVER, upper)
    rows = model.block.rows("cold_storage", -np.inf, cold[:, None] / model.size, upper.shape)
    model.block.put(rows[:, None, :], model.held[here], 1.0)
    model.block.put(rows, over, -1.0)


def cover_ceiling(case: Case, model: Model) -> None:
    """No more days of use than the ceiling lie in a unit: h[u,p,t] <= use of p in the next ceiling[u] days + over[u,p,t]."""
    if model.held is None:
        return
    for unit in np.flatnonzero(np.isfinite(case.limits.ceiling)):
        shares = _next_days(case, int(case.limits.ceiling[unit]))
        source, goal = np.nonzero(shares)
        most = np.broadcast_to(opening_stock(case)[unit, :, None] / model.size, model.held[unit].shape)
        over = model.block.columns(f"over_ceiling{unit}", most.shape, OVER, most)
        rows = model.block.rows(f"cover_ceiling{unit}", -np.inf, 0.0, most.shape)
        model.block.put(rows, model.held[unit], 1.0)
        model.block.put(rows, over, -1.0)
        for product in range(len(case.products)):
            columns, share = use_of(case, model, product)
            model.block.put(rows[product, goal], columns[unit][:, :, source], -share * shares[source, goal])


def fleet(case: Case, model: Model) -> None:
    """What leaves the city store in all: sum_{u,p} r[u,p,t] <= fleet x days of t."""
    if model.sent is None or not np.isfinite(case.limits.fleet):
        return
    most = case.limits.fleet * _days(case) / model.size
    rows = model.block.rows("fleet", -np.inf, most, most.shape)
    model.block.put(rows[None, None, :], model.sent, 1.0)


def _days(case: Case) -> np.ndarray:
    return (case.periods.last - case.periods.first + 1).astype(float)


def _next_days(case: Case, count: int) -> np.ndarray:
    """[from period, period] share of the use of a period that lies in the `count` days after the end of another."""
    result, length = np.zeros((case.periods.count, case.periods.count)), _days(case)
    for period, last in enumerate(case.periods.last):
        for day in range(last + 1, min(last + 1 + count, case.periods.day_count)):
            at = case.periods.of_day[day]
            result[at, period] += 1 / length[at]
    return result
