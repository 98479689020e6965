"""The campaign plan as a linear programme: its variables, and the list of its rules (one function each, formula in the docstring).

Indices: u unit, k class of groups, s dose step (product and rank), t period, p product, j target.
Variables: x[u,k,s,t] doses given, w[u,k,s,t] persons whose step is open and not given, v[u,k,s,t] of them waiting too long,
y[p,t] doses left in the city and its units, load[t] doses of the city, swing[t] its change from
period to period, m[j,u] persons missing, z[j] worst missing share.
"""

from collections.abc import Callable, Sequence

import numpy as np

from . import city_rules, delivery, unit_rules
from .blocks import Block, Solution
from .case import Aim, Case
from .city_rules import arrivals_by_period, usable_by_day
from .periods import day_shares
from .programme import Model

__all__ = [
    "BINDING",
    "CITY_RULES",
    "COUNTED",
    "MISSING",
    "RULES",
    "UNIT_RULES",
    "Model",
    "arrivals_by_period",
    "build",
    "doses_of",
    "held_of",
    "usable_by_day",
]
Rule = Callable[[Case, Model], None]
UNIT_RULES: tuple[Rule, ...] = (
    unit_rules.group_opening,
    unit_rules.pause,
    unit_rules.people,
    unit_rules.opening,
    unit_rules.punctual,
    unit_rules.latest,
    unit_rules.mixing,
    unit_rules.one_product,
    unit_rules.capacity,
    unit_rules.staff,
    unit_rules.target,
    unit_rules.unchanged,
    delivery.unit_stock,
    delivery.transport,
    delivery.cold_storage,
    delivery.cover_ceiling,
)
CITY_RULES: tuple[Rule, ...] = (
    city_rules.supply,
    city_rules.supply_inside,
    city_rules.expiry,
    city_rules.reserve,
    city_rules.clearance,
    delivery.fleet,
    city_rules.fairness,
    city_rules.equity,
    city_rules.steadiness,
)
RULES: tuple[Rule, ...] = (*UNIT_RULES, *CITY_RULES)
COUNTED: frozenset[Rule] = frozenset(  # rules that only count or cost: they exclude nothing
    [unit_rules.punctual, unit_rules.latest, unit_rules.unchanged, city_rules.reserve, city_rules.fairness]
    + [city_rules.steadiness]
)
BINDING = tuple(rule for rule in RULES if rule not in COUNTED)
MISSING, WAITING = 2000.0, 3.0  # of a person missing, of a day waited too long
HANDLING = 1.0  # of an hour of travel and handling
LATER = 0.3  # a day that a later dose waits after opening, against a day's delay of a first dose


def build(case: Case, rules: Sequence[Rule] = RULES) -> Model:
    """Put the programme together: the whole of it, or (UNIT_RULES on one unit's case) the block of a unit alone."""
    model = _variables(case)
    for rule in rules:
        rule(case, model)
    return model


def _variables(case: Case) -> Model:
    """x, w, v, y and m with their costs; what only one rule needs it adds itself."""
    block, t = Block(), case.periods.count
    units, classes, steps = len(case.units), case.classes, len(case.steps)
    later = [n for n, s in enumerate(case.steps) if s.rank > 1 and s.host == n]
    weight = case.limits.weight[:, case.periods.first]
    days = (case.periods.last - case.periods.first + 1).astype(float)
    heaviest = max((a.weight for a in case.aims), default=1.0)
    counts = np.array([weight[:, case.periods.of_day[last_day(case, a)]] for a in case.aims]).reshape(-1, units)
    cost = np.array([[MISSING * a.weight / heaviest] for a in case.aims]).reshape(-1, 1) * counts
    stored = (units, len(case.products), t)
    block.columns("lost", stored[1:])
    if case.limits.delivered:
        block.columns("lost_there", stored)
    return Model(
        block,
        x=block.columns("x", (units, classes, steps, t), _lateness(case) * weight[:, None, None, :]),
        later=later,
        w=block.columns("w", (units, classes, len(later), t), LATER * days),
        v=block.columns("v", (units, classes, len(later), t), WAITING * days),
        y=block.columns("y", (len(case.products), t)),
        missing=block.columns("m", (len(case.aims), units), cost),
        size=max(1.0, float(case.room.sum()) / max(1, units) / 1000),
        sent=block.columns("r", stored, HANDLING * case.limits.hours[:, None, None]) if case.limits.delivered else None,
        held=block.columns("h", stored) if case.limits.delivered else None,
    )


def last_day(case: Case, aim: Aim) -> int:
    """Day number of a target's day, inside the plan."""
    return min(max(0, aim.by), case.periods.day_count - 1)


def _lateness(case: Case) -> np.ndarray:
    """Cost of giving a first dose on day d: d, more for higher ranks. Later doses cost by waiting (w, v)."""
    middle = 1 + (case.periods.first + case.periods.last) / 2
    rank = np.array([case.rank[case.class_of == k].min() for k in range(case.classes)], dtype=float)
    ahead = 1 + 0.2 * (rank.max() - rank)
    kind = np.array([1.0 if s.rank == 1 else 0.0 for s in case.steps])
    return ahead[None, :, None, None] * kind[None, None, :, None] * middle[None, None, None, :]


def held_of(case: Case, model: Model, solution: Solution) -> np.ndarray | None:
    """h by day: [unit, product, day], straight between the ends of periods; nothing where deliveries are not followed."""
    if model.held is None:
        return None
    h = np.concatenate([np.zeros((*model.held.shape[:2], 1)), solution.columns["h"] * model.size], axis=2)
    h[h < 1e-7 * h.max(initial=0)] = 0
    period, days = case.periods.of_day, np.arange(case.periods.day_count)
    part = (days - case.periods.first[period] + 1) / (case.periods.last - case.periods.first + 1)[period]
    return np.asarray(h[:, :, period] * (1 - part) + h[:, :, period + 1] * part)


def doses_of(case: Case, model: Model, solution: Solution) -> np.ndarray:
    """x by day: [unit, class, step, day], periods spread by each unit's day capacity."""
    x = solution.columns["x"] * model.size
    x[x < 1e-7 * x.max(initial=0)] = 0  # what an interior point leaves on a zero
    shares = np.stack([day_shares(case.periods, row) for row in case.day_room])
    return x[:, :, :, case.periods.of_day] * shares[:, None, None, :]
