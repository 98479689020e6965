"""How far a whole-dose plan reaches: for each target what it asks, what is planned, and who is missing by unit."""

from typing import Any

import numpy as np

from .case import Case

SLACK = 0.0005  # share of the denominator that an optimum may leave open and still count as met,
WHOLE = 0.01  # that whole doses and packs may cost where units are small,
EACH = 2  # or persons of each unit, whichever is more


def missing_by_unit(case: Case, doses: np.ndarray, number: int) -> np.ndarray:
    """Persons each unit still lacks for a target."""
    return np.maximum(case.aims[number].need - _planned(case, doses, number), 0)


def target_row(case: Case, doses: np.ndarray, number: int, smooth: float) -> dict[str, Any]:
    """One target: what it asks over all units, what the whole-dose plan reaches, and by how much it falls short.

    `smooth` is how many persons the optimisation itself left missing.
    """
    aim, missing = case.aims[number], missing_by_unit(case, doses, number)
    total = float(aim.denominator.sum())
    met = smooth <= max(0.5, SLACK * total) and missing.sum() <= max(EACH * len(missing), WHOLE * total)
    short = 0 if met else int(missing.sum())
    return {
        "target": aim.code,
        "measure": aim.measure,
        "by": case.periods.day(aim.by),
        "denominator": int(aim.denominator.sum()),
        "needed": int(aim.need.sum()),
        "planned": int(_planned(case, doses, number).sum()),
        "short_by": short,
    }


def counting_steps(case: Case, number: int) -> list[int]:
    """Steps that count for a target: first doses for started, last ones of a series for complete."""
    started = case.aims[number].measure == "started"
    return [n for n, s in enumerate(case.steps) if (s.rank == 1 if started else s.closes)]


def _planned(case: Case, doses: np.ndarray, number: int) -> np.ndarray:
    aim, counts = case.aims[number], counting_steps(case, number)
    return doses[:, aim.groups][:, :, counts][:, :, :, : max(0, aim.by + 1)].sum(axis=(1, 2, 3))
