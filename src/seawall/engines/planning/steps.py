"""The doses of each product's series, and the doses of another product that may take their place."""

from dataclasses import dataclass
from datetime import date

import polars as pl


@dataclass(frozen=True)
class Step:
    """One dose of one product's series; `previous` is the step before it (-1 for a first dose).

    A step that gives another product in the place of a series' own one is `host` to the series' step: it takes from those
    who wait for that one. Every other step is its own host.
    """

    product: int
    rank: int
    previous: int
    lag: int  # least days since the previous step
    closes: bool  # completes the series
    host: int = -1
    latest: int | None = None  # days since the previous step within which it is on time
    since: date | None = None  # a mixed dose may be given from this day
    until: date | None = None


def steps_of(products: pl.DataFrame, mixing: pl.DataFrame) -> list[Step]:
    """Each series in order, then the mixed doses that are allowed (all others are forbidden)."""
    steps: list[Step] = []
    for number, row in enumerate(products.iter_rows(named=True)):
        for rank in range(1, row["doses"] + 1):
            lag = 0 if rank == 1 else row[f"min_days_{rank}"]
            latest = None if rank == 1 else row[f"latest_days_{rank}"]
            here = len(steps)
            steps.append(Step(number, rank, -1 if rank == 1 else here - 1, lag, rank == row["doses"], here, latest))
    codes = products["product"].to_list()
    own = {(s.product, s.rank): n for n, s in enumerate(steps)}
    for row in mixing.iter_rows(named=True):
        host = own[codes.index(row["first"]), row["dose_rank"]]
        this = steps[host]
        later = codes.index(row["later"])
        steps.append(
            Step(later, this.rank, this.previous, this.lag, this.closes, host, this.latest, row["from"], row["to"])
        )
    return steps


def givers(steps: list[Step], host: int) -> list[int]:
    """The step itself and the mixed doses that take its place."""
    return [n for n, s in enumerate(steps) if s.host == host]
