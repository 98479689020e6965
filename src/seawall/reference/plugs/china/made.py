"""Resident numbers of a rehearsal: well formed, and of a division that was never issued, so that they belong to nobody."""

import numpy as np
import polars as pl

from .numbers import DIGITS, WEIGHTS

SERIALS = 500  # odd serials are men's, even ones women's
CHECKS = np.array(list(DIGITS))


def resident_ids(births: pl.Series, sexes: pl.Series, division: str) -> pl.Series:
    """18 digits with a right check digit; unique: a birthday that runs out of serials goes on in the division before."""
    people = pl.DataFrame({"birth": births, "sex": sexes}).with_columns(
        rank=pl.int_range(pl.len()).over("birth", "sex")
    )
    body = people.select(
        (int(division) - pl.col("rank") // SERIALS).cast(pl.String)
        + pl.col("birth").dt.strftime("%Y%m%d")
        + ((pl.col("rank") % SERIALS) * 2 + (pl.col("sex") == 1).cast(pl.Int64)).cast(pl.String).str.zfill(3)
    ).to_series()
    digits = np.frombuffer("".join(body).encode(), dtype=np.uint8).reshape(-1, 17).astype(np.int64) - 48
    return body + pl.Series(CHECKS[(digits @ np.array(WEIGHTS)) % 11])
