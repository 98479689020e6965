"""Objectives in strict order: each target by weight is brought to its best before the next is looked at, then time and ease."""

from typing import Any

import numpy as np

from .blocks import Solution
from .case import Case
from .model import Model

ROOM = 1e-6  # what a later level may give back of an earlier one, as a share


def climb(case: Case, model: Model, seconds: float) -> tuple[Solution, list[dict[str, Any]]]:
    """Solve level by level; the last level is the plan's own cost with the targets held at their best."""
    levels = []
    usual = np.concatenate(model.block.cost)
    for weight in sorted({aim.weight for aim in case.aims}, reverse=True):
        aims = [n for n, aim in enumerate(case.aims) if aim.weight == weight]
        cost = np.zeros_like(usual)
        cost[model.missing[aims].ravel()] = 1.0
        model.block.cost = [cost]
        solution = model.block.solve(seconds)
        codes = ", ".join(case.aims[n].code for n in aims)
        levels.append(level(f"targets {codes}", "persons missing", solution, model.size))
        best = solution.columns["m"][aims].sum()
        row = model.block.rows(f"held{weight}", -np.inf, best * (1 + ROOM) + 1e-6, (1,))
        model.block.put(row, model.missing[aims].ravel(), 1.0)
    model.block.cost = [usual]
    solution = model.block.solve(seconds)
    return solution, [*levels, level("punctual, early, fair and steady", "cost", solution, 1.0)]


def level(name: str, unit: str, solution: Solution, size: float) -> dict[str, Any]:
    """One rung with its value, proven bound and gap = |bound - value| / max(1, |bound|)."""
    value, bound = max(0.0, solution.objective * size), max(0.0, solution.bound * size)
    gap = abs(bound - value) / max(1.0, abs(bound))
    return {"name": name, "unit": unit, "value": value, "bound": bound, "gap": gap, "seconds": solution.seconds}
