"""Whole numbers from shares: rounding that keeps its total, and fitting a table to its margins."""

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def whole(expected: Floats, total: int) -> Ints:
    """Round to whole numbers that sum to `total`, largest remainders first."""
    flat = expected.ravel()
    flat = flat * (total / flat.sum()) if flat.sum() > 0 else flat
    floor = np.floor(flat)
    missing = total - int(floor.sum())
    if missing > 0:
        floor[np.argsort(floor - flat, kind="stable")[:missing]] += 1
    return floor.astype(np.int64).reshape(expected.shape)


def fit(seed: Floats, rows: Floats, columns: Floats, rounds: int = 60) -> Floats:
    """Iterative proportional fitting of a positive seed to row and column sums (columns are scaled to the rows' total)."""
    table = seed.copy()
    columns = columns * (rows.sum() / columns.sum())
    for _ in range(rounds):
        table *= (rows / np.maximum(table.sum(axis=1), 1e-12))[:, None]
        table *= (columns / np.maximum(table.sum(axis=0), 1e-12))[None, :]
    return table


def pick(rng: np.random.Generator, weights: Floats, size: int) -> Ints:
    """Draw indices by weight."""
    edges = np.cumsum(weights / weights.sum())
    return np.minimum(np.searchsorted(edges, rng.random(size), side="right"), len(weights) - 1).astype(np.int64)
