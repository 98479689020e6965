"""Mixed integer programmes solved by HiGHS with every status checked: the answer, and the bound that was proven."""

from dataclasses import dataclass

import highspy
import numpy as np
from scipy.sparse import csr_matrix

from ..threads import HIGHS_THREADS
from .case import Floats


class SolverFailed(RuntimeError):
    """HiGHS gave neither an answer nor a proof that there is none."""


@dataclass(frozen=True)
class Programme:
    """min cost.x subject to low <= rows.x <= high, 0 <= x <= upper, x whole where `whole`."""

    cost: Floats
    rows: csr_matrix
    low: Floats
    high: Floats
    upper: Floats
    whole: np.ndarray
    lower: Floats | None = None


@dataclass(frozen=True)
class Optimum:
    """`x` is None when nothing satisfies the rows (`bound` infinite) or when time ran out before anything was found."""

    x: Floats | None
    value: float
    bound: float


def solve(of: Programme, seconds: float, start: Floats | None = None, gap: float = 0.0) -> Optimum:
    """Solves to the relative gap or until the time is up; `start` is an answer already known."""
    solver = highspy.Highs()
    for option, value in (
        ("output_flag", False), ("time_limit", max(0.1, seconds)), ("threads", HIGHS_THREADS), ("mip_rel_gap", gap),
        ("mip_abs_gap", 1e-9), ("mip_feasibility_tolerance", 1e-7), ("primal_feasibility_tolerance", 1e-9),
    ):  # fmt: skip
        solver.setOptionValue(option, value)
    if solver.passModel(_model(of)) == highspy.HighsStatus.kError:
        raise SolverFailed("the model was not taken")
    if start is not None:
        known = highspy.HighsSolution()
        known.col_value = list(start)
        solver.setSolution(known)
    solver.run()
    return _read(solver)


def _model(of: Programme) -> highspy.HighsLp:
    lp = highspy.HighsLp()
    lp.num_row_, lp.num_col_ = of.rows.shape
    lp.col_cost_, lp.col_upper_ = of.cost, of.upper
    lp.col_lower_ = np.zeros(len(of.cost)) if of.lower is None else of.lower
    lp.row_lower_, lp.row_upper_ = of.low, of.high
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = of.rows.indptr, of.rows.indices, of.rows.data
    kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
    if of.whole.any():
        lp.integrality_ = [kinds[int(whole)] for whole in of.whole]
    return lp


def _read(solver: highspy.Highs) -> Optimum:
    status, info = solver.getModelStatus(), solver.getInfo()
    if status in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible):
        return Optimum(None, np.inf, np.inf)
    whole = bool(len(solver.getLp().integrality_))
    ended = status == highspy.HighsModelStatus.kOptimal
    if not ended and not (whole and status == highspy.HighsModelStatus.kTimeLimit):
        raise SolverFailed(str(status))
    value = info.objective_function_value
    bound = info.mip_dual_bound if whole else value
    if info.primal_solution_status != 2:  # kSolutionStatusFeasible
        return Optimum(None, np.inf, bound)
    return Optimum(np.asarray(solver.getSolution().col_value), value, min(bound, value))
