"""What the kernel reads: the integer tables of one target, and the columns of the people."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Grid = NDArray[np.int64]


class Compiled(NamedTuple):
    """The tables of one target. `general`: how to choose a series, and whether there are seasons."""

    general: Grid
    series: Grid
    places: Grid
    windows: Grid
    options: Grid
    ages: Grid
    intervals: Grid
    offers: Grid
    conditions: Grid
    spacing: Grid
    vaccines: Grid
    seasons: Grid


class People(NamedTuple):
    """Columns grouped by person; doses in order of date. Dates are days since 1970; low and high bound what is known."""

    birth_low: NDArray[np.int32]
    birth_high: NDArray[np.int32]
    sex: NDArray[np.int8]
    dose_start: NDArray[np.int64]
    low: NDArray[np.int32]
    high: NDArray[np.int32]
    vaccine: NDArray[np.int16]
    condition_start: NDArray[np.int64]
    condition: NDArray[np.int16]
    since: NDArray[np.int32]
    until: NDArray[np.int32]
