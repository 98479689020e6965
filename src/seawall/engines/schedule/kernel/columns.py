"""What the kernel reads: the integer table of one target's rules, and the columns of the people."""

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

Grid = NDArray[np.int64]
Number = Any  # a whole number, of the kernel's kind or of Python's
# Parts of the sweep: never called from Python, no arrays of their own. What takes arrays is always inlined, since
# handing arrays on costs more than most parts do.
PART: Any = {"nogil": True, "no_cpython_wrapper": True, "no_cfunc_wrapper": True, "_nrt": False, "error_model": "numpy"}
leaf = njit(**PART)
piece = njit(**PART, forceinline=True)


class People(NamedTuple):
    """Grouped by person, doses in order of date. Dates are days since 1970; low and high bound what is known of one."""

    births: NDArray[np.int32]  # low, high, sex
    starts: NDArray[np.int64]  # first dose, first condition; one row more than persons
    doses: NDArray[np.int32]  # low, high, vaccine, volume
    conditions: NDArray[np.int32]  # kind, since, until


@piece
def fill(row: Grid, value: int) -> None:
    for k in range(row.shape[0]):
        row[k] = value


@piece
def copy(row: Grid, source: Grid) -> None:
    """Element by element: assigning a whole array would allocate a copy first."""
    for k in range(row.shape[0]):
        row[k] = source[k]
