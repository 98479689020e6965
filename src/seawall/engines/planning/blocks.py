"""A small builder over HiGHS: named blocks of columns and rows from index arrays, solved with every status checked."""

import time
from dataclasses import dataclass, field, replace

import highspy
import numpy as np

from ..threads import HIGHS_THREADS

WHOLE_GAP = 0.002  # of a mixed-integer programme
STOPPED = "Time limit reached"  # values and prices are then what the solver had so far, or nothing
LACKING = 1e-6  # of a row put aside
SHARP = 1e-8  # what a corner starts from, and amounts that are read to the dose need
TOLERANCE = 1e-5  # of the interior point; the gap that it leaves is reported


class SolverFailed(Exception):
    """HiGHS gave no usable answer; the plan in force stays in force."""


@dataclass(frozen=True)
class Solution:
    """Values by column block, prices (duals) by row block, the objective and how the solver ended."""

    columns: dict[str, np.ndarray]
    prices: dict[str, np.ndarray]
    objective: float
    bound: float
    status: str
    seconds: float


@dataclass
class Block:
    """A linear programme under construction (minimise)."""

    cost: list[np.ndarray] = field(default_factory=list)
    lower: list[np.ndarray] = field(default_factory=list)
    upper: list[np.ndarray] = field(default_factory=list)
    row_lower: list[np.ndarray] = field(default_factory=list)
    row_upper: list[np.ndarray] = field(default_factory=list)
    entries: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = field(default_factory=list)
    column_blocks: dict[str, np.ndarray] = field(default_factory=dict)
    row_blocks: dict[str, np.ndarray] = field(default_factory=dict)
    shut: list[np.ndarray] = field(default_factory=list)
    whole: list[np.ndarray] = field(default_factory=list)  # variables that must be whole numbers
    aside: list[np.ndarray] = field(default_factory=list)  # rows left out of the first solve
    column_count: int = 0
    row_count: int = 0

    def columns(
        self, name: str, shape: tuple[int, ...], cost: np.ndarray | float = 0.0, upper: np.ndarray | float = np.inf
    ) -> np.ndarray:
        """Add non-negative variables; gives their numbers in the shape asked."""
        size = int(np.prod(shape))
        numbers = np.arange(self.column_count, self.column_count + size).reshape(shape)
        self.cost.append(np.broadcast_to(cost, shape).ravel().astype(float))
        self.lower.append(np.zeros(size))
        self.upper.append(np.broadcast_to(upper, shape).ravel().astype(float))
        self.column_count += size
        self.column_blocks[name] = numbers
        return numbers

    def rows(
        self, name: str, lower: np.ndarray | float, upper: np.ndarray | float, shape: tuple[int, ...]
    ) -> np.ndarray:
        """Add rows lower <= sum <= upper; gives their numbers in the shape asked."""
        size = int(np.prod(shape))
        numbers = np.arange(self.row_count, self.row_count + size).reshape(shape)
        self.row_lower.append(np.broadcast_to(lower, shape).ravel().astype(float))
        self.row_upper.append(np.broadcast_to(upper, shape).ravel().astype(float))
        self.row_count += size
        self.row_blocks[name] = numbers
        return numbers

    def put(self, rows: np.ndarray, columns: np.ndarray, values: np.ndarray | float) -> None:
        """Add coefficients; the three are broadcast together. Each (row, column) pair may be put once."""
        r, c, v = np.broadcast_arrays(rows, columns, values)
        keep = v != 0
        self.entries.append((r[keep], c[keep], v[keep].astype(float)))

    def charge(self, columns: np.ndarray, cost: float) -> None:
        """Add to what these variables cost."""
        self.cost = [np.concatenate(self.cost)]
        self.cost[0][columns.ravel()] += cost

    def forbid(self, columns: np.ndarray) -> None:
        """Hold these variables at zero."""
        self.shut.append(columns.ravel())

    def put_aside(self, rows: np.ndarray) -> None:
        """Leave out of the first solve rows that ask only a variable of their own, in no other row, to make up what they lack."""
        self.aside.append(rows.ravel())

    def solve(self, seconds: float = 60.0, *, vertex: bool = False, sharp: bool = False) -> Solution:
        """Interior point: smooth plans, and eight times faster on time staircases; `vertex` crosses over to a corner.

        The best plan without the rows put aside costs no more than with them. Where they lack nothing in it, it is the best with
        them too; else it is solved again with them.
        """
        started, out = time.perf_counter(), self.aside
        while True:
            left = max(0.0, started + seconds - time.perf_counter())
            found = self._solved(out, left, vertex=vertex, sharp=sharp)
            if not out or found.status == STOPPED or not self._lacking(found):
                return replace(found, seconds=time.perf_counter() - started)
            out = []

    def _lacking(self, found: Solution) -> bool:
        """Whether a row that was put aside lacks anything."""
        values = np.zeros(self.column_count)
        for name, numbers in self.column_blocks.items():
            values[numbers] = found.columns[name]
        rows, columns, each = self._entries()
        lacks = np.concatenate(self.row_lower) - np.bincount(rows, each * values[columns], self.row_count)
        return bool(lacks[np.concatenate(self.aside)].max(initial=0.0) > LACKING)

    def _entries(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        rows, columns, values = (np.concatenate(part) for part in zip(*self.entries, strict=True))
        return rows, columns, values

    def _solved(self, out: list[np.ndarray], seconds: float, *, vertex: bool, sharp: bool) -> Solution:
        started = time.perf_counter()
        solver = highspy.Highs()
        for option, value in (
            ("output_flag", False),
            ("mip_rel_gap", WHOLE_GAP),
            ("solver", "choose" if self.whole else "ipm"),
            ("run_crossover", "on" if vertex else "off"),
            ("time_limit", seconds),
            ("threads", HIGHS_THREADS),
            ("ipm_optimality_tolerance", SHARP if vertex or sharp else TOLERANCE),
        ):
            _check(solver.setOptionValue(option, value), option)
        _check(solver.passModel(self._model(out)), "passModel")
        _check(solver.run(), "run")
        if solver.getModelStatus() == highspy.HighsModelStatus.kUnknown:
            _check(solver.setOptionValue("run_crossover", "on"), "run_crossover")
            _check(solver.run(), "run")
        status = solver.modelStatusToString(solver.getModelStatus())
        answer, info = solver.getSolution(), solver.getInfo()
        stopped = status == STOPPED
        if not (answer.value_valid or stopped) or status not in {"Optimal", STOPPED, "Unknown"}:
            raise SolverFailed(f"HiGHS: {status}")
        values = np.array(answer.col_value) if answer.value_valid else np.zeros(self.column_count)
        prices = np.array(answer.row_dual) if answer.dual_valid else np.zeros(self.row_count)
        value = info.objective_function_value
        error = float(info.primal_dual_objective_error) * max(1.0, abs(value))  # type: ignore[attr-defined]
        bound = float(info.mip_dual_bound) if self.whole else value - error
        return Solution(
            {name: np.maximum(values[numbers], 0) for name, numbers in self.column_blocks.items()},
            {name: prices[numbers] for name, numbers in self.row_blocks.items()},
            value,
            bound,
            status,
            time.perf_counter() - started,
        )

    def _model(self, out: list[np.ndarray]) -> highspy.HighsLp:
        rows, columns, values = self._entries()
        order = np.argsort(rows, kind="stable")
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = self.column_count, self.row_count
        lp.col_cost_ = np.concatenate(self.cost)
        upper = np.concatenate(self.upper)
        if self.shut:
            upper[np.concatenate(self.shut)] = 0.0
        lp.col_lower_, lp.col_upper_ = np.concatenate(self.lower), upper
        if self.whole:
            kinds = np.full(self.column_count, highspy.HighsVarType.kContinuous)
            kinds[np.concatenate([numbers.ravel() for numbers in self.whole])] = highspy.HighsVarType.kInteger
            lp.integrality_ = kinds.tolist()
        lp.row_lower_, lp.row_upper_ = np.concatenate(self.row_lower), np.concatenate(self.row_upper)
        if out:
            lower = np.concatenate(self.row_lower)
            lower[np.concatenate(out)] = -np.inf
            lp.row_lower_ = lower
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=self.row_count))])
        lp.a_matrix_.index_ = columns[order]
        lp.a_matrix_.value_ = values[order]
        return lp


def _check(status: highspy.HighsStatus, step: str) -> None:
    if status == highspy.HighsStatus.kError:
        raise SolverFailed(f"HiGHS refused {step}")
