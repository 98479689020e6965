"""How far a whole-dose plan can be from the best plan day by day: a bound from a programme in periods that every daily plan satisfies.

Let x[s,d] be any plan by days, and x[s,t] its sums over periods. Then, whatever it does inside a period:

    sum_{t' <= t} x[s,t'] <= due until the last day of t + sum of x[s-1,t'] over periods t' whose first day + interval <= last day of t

because what is given until the last day of t was due by then, and what has come due came from doses at least an interval earlier.
That is the rule *opening* with every dose of a period falling due as if given on its first day. Persons, stations, staff and
vaccine are sums over days as they are; first doses, openings and pauses hold because a period starts on every day that a rule
changes. All other rules are left out. The least number of persons missing here is therefore no more than that of any daily plan.
"""

import time
from dataclasses import replace
from typing import Any

import numpy as np

from . import city_rules, unit_rules
from .case import Case
from .ladder import rung
from .merge import merged
from .programme import Model
from .proof import proven
from .shortfall import missing_by_unit

SPARE = 1e-5  # share and persons that a held target may give


def opening_at_once(case: Case, model: Model) -> None:
    """The rule opening, every dose of a period due an interval after the period's first day."""
    unit_rules.opening(case, model, np.isin(np.arange(case.periods.day_count), case.periods.first).astype(float))


RULES = (
    unit_rules.group_opening,
    unit_rules.pause,
    unit_rules.people,
    opening_at_once,
    unit_rules.one_product,
    unit_rules.capacity,
    unit_rules.staff,
    unit_rules.target,
    city_rules.supply,
)


def proof_by_days(case: Case, doses: np.ndarray, seconds: float) -> list[dict[str, Any]]:
    """For each weight of targets, largest first: persons missing in the whole-dose plan, and the least that any daily plan must miss.

    doses [unit, group, step, day]. Targets of larger weight are held at what the plan reaches, as the order of levels asks. A bound
    expects the mean waste; whole doses waste whole doses, so that a plan may lie a few persons below it.
    """
    until = time.perf_counter() + seconds
    parts = merged(_undelivered(case), RULES)
    block, missing = parts.model.block, parts.model.missing
    worth, rows = np.concatenate(block.cost)[missing], []
    for aims in by_weight(case):
        each = worth[aims] / worth[aims].min()
        value = _missing(case, doses, aims, each)
        left = until - time.perf_counter()
        least, bound, spent = _least(parts.model, missing[aims], each, left) if left > 0 else (0.0, 0.0, 0.0)
        rows.append(_row(case, aims, value, bound, spent))
        most = max(value, least) * (1 + SPARE) / parts.model.size + SPARE
        held = block.rows(f"held{len(rows)}", -np.inf, most, (1,))
        block.put(held, missing[aims].ravel(), each.ravel())
    return rows


def reached(case: Case, doses: np.ndarray) -> list[dict[str, Any]]:
    """The target levels of a plan whose solver was stopped before it found one: what its whole doses reach, and no bound but zero."""
    each = np.ones((1, len(case.units)))
    return [_row(case, aims, _missing(case, doses, aims, each), 0.0, 0.0) for aims in by_weight(case)]


def by_weight(case: Case) -> list[list[int]]:
    """Numbers of the targets of each weight, largest first."""
    weights = sorted({aim.weight for aim in case.aims}, reverse=True)
    return [[n for n, aim in enumerate(case.aims) if aim.weight == weight] for weight in weights]


def _missing(case: Case, doses: np.ndarray, aims: list[int], each: np.ndarray) -> float:
    return float((each * np.stack([missing_by_unit(case, doses, n) for n in aims])).sum())


def _row(case: Case, aims: list[int], value: float, bound: float, seconds: float) -> dict[str, Any]:
    codes = ", ".join(case.aims[n].code for n in aims)
    name, zh, code = f"targets {codes}", f"目标 {codes}", f"TARGETS:{codes}"
    return rung(name, zh, "persons missing", value, bound, seconds, code)


def _undelivered(case: Case) -> Case:
    """The case without roads and stores: what lies in any place counts for all."""
    free = np.full(len(case.units), np.inf)
    none = np.zeros(len(case.units))
    limits = replace(case.limits, trip=free, fleet=np.inf, extra=none.astype(int), hours=none, cold=free, ceiling=free)
    return replace(case, limits=limits)


def _least(model: Model, columns: np.ndarray, each: np.ndarray, seconds: float) -> tuple[float, float, float]:
    """The least weighted sum of persons missing as found and as proven, and the seconds it took."""
    cost = np.zeros(model.block.column_count)
    cost[columns] = each
    model.block.cost = [cost]
    solution = model.block.solve(seconds)
    return solution.objective * model.size, max(0.0, proven(model.block, solution) * model.size), solution.seconds
