"""A bound that needs no trust in the solver: whatever prices it gives, no plan can cost less than they prove.

For a programme min c x, l <= A x <= h, 0 <= x <= u and any prices y (weak duality):

    c x >= sum_i (y_i l_i where y_i > 0, y_i h_i where y_i < 0) + sum_j u_j min(0, c_j - (A' y)_j)

An interior point stops a hair before its prices are exact; with finite u the hair costs a hair (A. Neumaier and O. Shcherbina, Safe
bounds in linear and mixed-integer linear programming, Mathematical Programming 99, 2004, section 3). The u are implied by the rows:
nobody gives more than stations allow, nobody waits who was not vaccinated, nothing lies in a store that did not come.
"""

from math import isfinite

import numpy as np

from .blocks import Block, Solution

PASSES = 400  # over the rows; as many as there are periods are needed, since stocks and waiting follow from the period before
ROUNDS = 5
SAFE = 1 - 1e-12  # a product of rounded numbers must not end above what it may cost


def gap_of(value: float, bound: float) -> float | None:
    """|bound - value| / max(1, |bound|); None, unknown, where the bound proves nothing."""
    return abs(bound - value) / max(1.0, abs(bound)) if isfinite(bound) and isfinite(value) else None


def proven(block: Block, solution: Solution) -> float:
    """The largest cost that the solution's prices prove to be necessary (minimise); -inf where they prove nothing."""
    rows, columns, values = (np.concatenate(part) for part in zip(*block.entries, strict=True))
    lower, upper = np.concatenate(block.row_lower), np.concatenate(block.row_upper)
    most, cost = implied(block, rows, columns, values), np.concatenate(block.cost)
    y = np.zeros(block.row_count)
    for name, numbers in block.row_blocks.items():
        if name in solution.prices:
            y[numbers] = solution.prices[name]
    y[((y > 0) & np.isinf(lower)) | ((y < 0) & np.isinf(upper))] = 0.0
    for _ in range(ROUNDS):
        worth = values * y[rows]
        open_ended = (cost - np.bincount(columns, worth, block.column_count) < 0) & np.isinf(most)
        if not open_ended.any():
            break
        y *= _lowered(cost, open_ended, rows, columns, worth, block.row_count)
    reduced = cost - np.bincount(columns, values * y[rows], block.column_count)
    if (np.isinf(most) & (reduced < 0)).any():
        return -np.inf
    sides = np.where(y > 0, lower, upper)
    return float(np.sum(y[y != 0] * sides[y != 0]) + np.sum(most[reduced < 0] * reduced[reduced < 0]))


def _lowered(
    cost: np.ndarray, open_ended: np.ndarray, rows: np.ndarray, columns: np.ndarray, worth: np.ndarray, count: int
) -> np.ndarray:
    """[row] factors, at most 1, that leave no variable without an end worth more than it costs."""
    gain = np.bincount(columns, np.maximum(worth, 0), len(cost))
    loss = np.bincount(columns, np.maximum(-worth, 0), len(cost))
    factor = np.ones(len(cost))
    with np.errstate(divide="ignore"):  # below cost without any price: nothing to lower
        factor[open_ended] = np.clip((cost + loss)[open_ended] / gain[open_ended] * SAFE, 0, 1)
    result = np.ones(count)
    here = open_ended[columns] & (worth > 0)
    np.minimum.at(result, rows[here], factor[columns[here]])
    return np.where(result < 1, result * (1 - 1e-12), 1.0)


def implied(block: Block, rows: np.ndarray, columns: np.ndarray, values: np.ndarray) -> np.ndarray:
    """[column] upper bounds that follow from the rows: x_j <= (h_i - least of the other terms) / a_ij, until nothing changes."""
    most = np.concatenate(block.upper)
    if block.shut:
        most[np.concatenate(block.shut)] = 0.0
    lower, upper = np.concatenate(block.row_lower), np.concatenate(block.row_upper)
    sides = [(s * values, h) for s, h in ((1.0, upper), (-1.0, -lower))]
    for _ in range(PASSES):
        tighter = most.copy()
        for a, h in sides:
            falls = a < 0
            with np.errstate(invalid="ignore"):
                least = np.bincount(rows[falls], a[falls] * most[columns[falls]], block.row_count)
                room = np.maximum(h - least, 0.0)[rows[~falls]] / a[~falls]
            np.minimum.at(tighter, columns[~falls], np.where(np.isnan(room), np.inf, room))
        if not (tighter < most * (1 - 1e-9)).any():
            break
        most = tighter
    return most
