"""Frames to arrays: values by unit, group and day, unknown codes left out."""

import numpy as np
import polars as pl


def numbers_of(values: pl.Series, known: list[str]) -> np.ndarray:
    """Number of each value in the list, -1 where unknown."""
    return (
        values.cast(pl.String)
        .replace_strict(known, list(range(len(known))), default=-1, return_dtype=pl.Int64)
        .to_numpy()
    )


def grid_of(frame: pl.DataFrame, units: list[str], groups: list[str], column: str) -> np.ndarray:
    """[unit, group] sums of a column."""
    grid = np.zeros((len(units), len(groups)))
    sums = frame.group_by("unit", "group").agg(pl.col(column).sum())
    u, g = numbers_of(sums["unit"], units), numbers_of(sums["group"], groups)
    keep = (u >= 0) & (g >= 0)
    grid[u[keep], g[keep]] = sums[column].to_numpy()[keep]
    return grid


def of_units(frame: pl.DataFrame, units: list[str], column: str, default: float) -> np.ndarray:
    """[unit] a column's values, `default` where the table has no row or no value."""
    found = dict(frame.select("unit", column).iter_rows())
    return np.array([default if found.get(unit) is None else found[unit] for unit in units], dtype=float)
