"""Objectives in strict order: each is brought to its best before the next is looked at, and every rung says how good it is."""

import time
from dataclasses import replace
from typing import Any

import numpy as np

from .blocks import STOPPED, Solution
from .case import Case
from .levels import Level, levels_of, values_of
from .model import Model
from .proof import gap_of, proven

HALTED = "Stopped between levels"
NOTHING = 0.05  # a level at so little, in its own unit, is at its best


def climb(case: Case, model: Model, seconds: float, *, strict: bool = True) -> tuple[Solution, list[dict[str, Any]]]:
    """Solve with all costs weighed at once; where a level above priority order is not at zero, level by level from there on.

    A level that stands at zero is at its best without another solve: nothing is below zero. The last solve weighs all costs
    again with every level held. `seconds` are for all solves together; when they run out, the best plan so far stands; when they
    do not even last for the first solve, there are no levels. Without `strict` the first solve is the last, and where it leaves a
    level above zero they are all told as one.
    """
    until = time.perf_counter() + seconds
    usual, levels = np.concatenate(model.block.cost), levels_of(case, model)
    best = model.block.solve(seconds)
    if best.status == STOPPED:
        return best, []
    values = values_of(model, best)
    rest = [n for n, one in enumerate(levels) if _left(one, values)]
    bounds = dict.fromkeys(range(len(levels)), 0.0)
    spent = dict.fromkeys(range(len(levels)), 0.0)
    order = next(n for n, one in enumerate(levels) if one.code == "ORDER")
    if not strict and rest not in ([], [order]):
        name, zh = "targets first, then early, fair and steady", "先达标，再尽早、公平、平稳"
        return best, [rung(name, zh, "cost", best.objective, proven(model.block, best), best.seconds, "ALL")]
    if not [n for n in rest if n != order]:
        bounds[order], spent[order] = max(0.0, proven(model.block, best) * model.size), best.seconds
    else:
        for number, one in enumerate(levels):
            if number >= rest[0] and len(one.columns):
                model.block.cost = [_cost(one, len(usual))]
                found = _solved(model, until)
                if found is None:
                    best = replace(best, status=HALTED)
                    break
                best = found
                values = values_of(model, best)
                bounds[number], spent[number] = max(0.0, proven(model.block, best) * one.scale), best.seconds
            _hold(model, one, values, number)
        model.block.cost = [usual]
        if best.status != HALTED and (last := _solved(model, until)):
            best, values = last, values_of(model, last)
    rows = [
        rung(one.name, one.zh, one.unit, _left(one, values), bounds[n], spent[n], one.code)
        for n, one in enumerate(levels)
    ]
    return best, rows


def _solved(model: Model, until: float) -> Solution | None:
    """The optimum, if it is found in time: what an interior point holds before is no plan."""
    left = until - time.perf_counter()
    found = model.block.solve(left) if left > 0 else None
    return found if found and found.status == "Optimal" else None


def _left(one: Level, values: np.ndarray) -> float:
    """What a level sums to in its own unit; less than NOTHING is what an interior point leaves on a zero."""
    found = one.sum_of(values) * one.scale
    return found if found > NOTHING else 0.0


def _cost(one: Level, count: int) -> np.ndarray:
    cost = np.zeros(count)
    np.add.at(cost, one.columns, one.weights)
    return cost


def _hold(model: Model, one: Level, values: np.ndarray, number: int) -> None:
    """What this level has reached is not given back, but for a hair that lets the solver breathe."""
    if len(one.columns):
        most = max(0.0, one.sum_of(values))
        row = model.block.rows(f"held{number}", -np.inf, most * (1 + one.spare) + 1e-5, (1,))
        model.block.put(row, one.columns, one.weights)


def rung(name: str, zh: str, unit: str, value: float, bound: float, seconds: float, code: str) -> dict[str, Any]:
    """One level with its value, proven bound and gap; bound and gap are None, unknown, where the solver proved nothing."""
    gap = gap_of(value, bound)
    return {
        "name": name,
        "zh": zh,
        "code": code,
        "unit": unit,
        "value": value,
        "bound": None if gap is None else bound,
        "gap": gap,
        "seconds": seconds,
    }


def largest_gap(levels: list[dict[str, Any]]) -> float | None:
    """The largest gap of the levels; None, unknown, where that of one of them is."""
    gaps = [row["gap"] for row in levels]
    return None if None in gaps else max(gaps)
