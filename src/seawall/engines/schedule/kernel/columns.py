"""What the kernel reads: the integer table of one target's rules, and the columns of the people."""

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

Grid = NDArray[np.int64]
Number = Any  # a whole number, of the kernel's kind or of Python's
WITHOUT_DOORS: Any = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
piece = njit(nogil=True, **WITHOUT_DOORS)  # a part of the sweep, never called alone


class People(NamedTuple):
    """Grouped by person, doses in order of date. Dates are days since 1970; low and high bound what is known of one."""

    births: NDArray[np.int32]  # low, high, sex
    starts: NDArray[np.int64]  # first dose, first condition; one row more than persons
    doses: NDArray[np.int32]  # low, high, vaccine, volume
    conditions: NDArray[np.int32]  # kind, since, until
