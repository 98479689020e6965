"""What a plan wants, in strict order: second doses safe, targets, priority order, equity, expiry waste, travel and handling."""

from dataclasses import dataclass

import numpy as np

from .blocks import Solution
from .case import Case
from .model import Model
from .unit_rules import WEEK

SPARE = 1e-5  # share of a level's best that later levels may take back,
SPARE_ORDER = 0.002  # or, of priority order and what follows, so that plans stay smooth


@dataclass(frozen=True)
class Level:
    """One objective: the variables that it sums, with their weights in natural units; `scale` turns the sum into that unit."""

    code: str
    name: str
    zh: str
    unit: str
    columns: np.ndarray
    weights: np.ndarray
    scale: float
    spare: float

    def sum_of(self, values: np.ndarray) -> float:
        """In the programme's own unit."""
        return float(values[self.columns] @ self.weights) if len(self.columns) else 0.0


def levels_of(case: Case, model: Model) -> list[Level]:
    """All levels of this plan, first things first. A level without variables has nothing to do and stands at zero."""
    return [
        _safety(case, model),
        *_targets(case, model),
        _order(model),
        _equity(model),
        _waste(model),
        _handling(model),
    ]


def values_of(model: Model, solution: Solution) -> np.ndarray:
    """Every variable of the programme by its number."""
    values = np.zeros(model.block.column_count)
    for name, numbers in model.block.column_blocks.items():
        if name in solution.columns:
            values[numbers] = solution.columns[name]
    return values


def _level(
    model: Model,
    code: str,
    names: tuple[str, str, str],
    parts: list[tuple[np.ndarray, np.ndarray | float]],
    spare: float = SPARE,
) -> Level:
    columns = [np.ravel(numbers) for numbers, _ in parts]
    weights = [np.ravel(np.broadcast_to(weight, numbers.shape)) for numbers, weight in parts]
    every = np.concatenate(columns) if columns else np.array([], dtype=int)
    return Level(code, *names, every, np.concatenate(weights) if weights else np.array([]), model.size, spare)


def _blocks(model: Model, *starts: str) -> list[np.ndarray]:
    """The variables of rules by the start of their names, a number or nothing after it."""
    return [
        numbers
        for name, numbers in model.block.column_blocks.items()
        if any(name == start or (name.startswith(start) and name[len(start) :].isdigit()) for start in starts)
    ]


def _costs(model: Model) -> np.ndarray:
    return np.concatenate(model.block.cost)


def _safety(case: Case, model: Model) -> Level:
    """Doses lacking from the second-dose reserve, and overdue later doses, each for as many days as it lasts."""
    length = (case.periods.last - case.periods.first + 1).astype(float)
    parts: list[tuple[np.ndarray, np.ndarray | float]] = [
        *((numbers, length[case.reserve[case.periods.last] > 0]) for numbers in _blocks(model, "reserve")),
        *((numbers, length[-numbers.shape[-1] :]) for numbers in _blocks(model, "overdue")),
    ]
    parts += [(numbers, float(WEEK)) for numbers in _blocks(model, "stranded")]
    return _level(model, "SAFETY", ("second doses safe", "后续剂次有保障", "dose-days"), parts)


def _targets(case: Case, model: Model) -> list[Level]:
    """Persons missing, by the weight of the target; where an area is tagged a person counts by its weight."""
    levels = []
    for weight in sorted({aim.weight for aim in case.aims}, reverse=True):
        aims = [n for n, aim in enumerate(case.aims) if aim.weight == weight]
        codes = ", ".join(case.aims[n].code for n in aims)
        worth = _costs(model)[model.missing[aims]]
        names = (f"targets {codes}", f"目标 {codes}", "persons missing")
        levels.append(_level(model, f"TARGETS:{codes}", names, [(model.missing[aims], worth / worth.min())]))
    return levels


def _order(model: Model) -> Level:
    """Days until a first dose, higher ranks dearer; days that later doses wait; swings between days; orders moved."""
    numbers = [model.x, model.w, model.v, *_blocks(model, "starts", "swing", "more", "fewer")]
    names = ("priority order, early and steady", "按优先顺序、尽早、平稳", "person-days")
    return _level(model, "ORDER", names, [(n, _costs(model)[n]) for n in numbers], SPARE_ORDER)


def _equity(model: Model) -> Level:
    """The worst share missing of each target, and the spread between comparable units, in persons of a mean unit."""
    spread = [n for name, n in model.block.column_blocks.items() if name.startswith(("high.", "low.", "excess."))]
    parts = [(n, np.sign(_costs(model)[n])) for n in [*_blocks(model, "z"), *spread] if n.size]
    return _level(model, "EQUITY", ("equity", "公平", "persons of a mean unit"), list(parts), SPARE_ORDER)


def _waste(model: Model) -> Level:
    """Doses that expire, and doses left of a stock to be used up."""
    parts = [(n[_open(model, n)], 1.0) for n in _blocks(model, "lost", "lost_there", "rest")]
    parts = [part for part in parts if part[0].size]
    return _level(model, "WASTE", ("expiry waste", "过期损失", "doses"), list(parts), SPARE_ORDER)


def _open(model: Model, numbers: np.ndarray) -> np.ndarray:
    """Which of these variables are not held at zero."""
    shut = np.zeros(model.block.column_count, dtype=bool)
    if model.block.shut:
        shut[np.concatenate(model.block.shut)] = True
    return ~shut[numbers]


def _handling(model: Model) -> Level:
    """Hours on the road and at the doors, and doses that lie beyond a ceiling."""
    parts = [(n, _costs(model)[n]) for n in ([model.sent] if model.sent is not None else []) if _costs(model)[n].any()]
    over = [n for name, n in model.block.column_blocks.items() if name.startswith("over_")]
    parts += [(n, 1.0) for n in over if n.size]
    return _level(model, "HANDLING", ("travel and handling", "运输与搬运", "hours"), list(parts), SPARE_ORDER)
