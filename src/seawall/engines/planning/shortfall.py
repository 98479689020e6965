"""How far a whole-dose plan reaches: for each target what it asks, what is planned, and who is missing by unit."""

from typing import Any

import numpy as np

from .case import Case
from .programme import usable_lots

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
    met = smooth <= max(0.5, SLACK * total) and missing.sum() <= allowed(case, number)
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


def plainly_short(case: Case) -> bool:
    """Whether some target is out of reach for want of doses alone, seen without a solve: more is asked than they can ever do.

    A series of L doses takes L of them, what its persons had before included, so that by the day of a target at most

        sum_p doses[p] / (1 + waste[p]) / least L[p]  +  sum over persons in a series of (doses had) / L

    are completed (first doses: L = 1 and nobody is under way).
    """
    return any(_asked_beyond(case, number) for number in range(len(case.aims)))


def _asked_beyond(case: Case, number: int) -> bool:
    aim = case.aims[number]
    series = np.ones(len(case.steps))
    under_way = 0.0
    if aim.measure == "complete":
        series = np.array(
            [max(s.rank for s in case.steps if s.product == case.steps[one.host].product) for one in case.steps]
        )
        counts = counting_steps(case, number)
        given = case.given.sum(axis=(0, 1))
        under_way = float((given / series).sum() - given[counts].sum())
    least = [series[[n for n, s in enumerate(case.steps) if s.product == p]].min() for p in range(len(case.products))]
    each = np.array(least) * (1 + case.wastage)
    most = under_way + sum(doses / each[p] for p, day, _, doses, _ in usable_lots(case) if day <= aim.by)
    return float(aim.need.sum()) - most > allowed(case, number)


def allowed(case: Case, number: int) -> float:
    """Persons that whole doses and packs may leave missing from a target that counts as met."""
    aim = case.aims[number]
    return max(EACH * len(aim.need), WHOLE * float(aim.denominator.sum()))


def counting_steps(case: Case, number: int) -> list[int]:
    """Steps that count for a target: first doses for started, last ones of a series for complete."""
    started = case.aims[number].measure == "started"
    return [n for n, s in enumerate(case.steps) if (s.rank == 1 if started else s.closes)]


def _planned(case: Case, doses: np.ndarray, number: int) -> np.ndarray:
    aim, counts = case.aims[number], counting_steps(case, number)
    return doses[:, aim.groups][:, :, counts][:, :, :, : max(0, aim.by + 1)].sum(axis=(1, 2, 3))
