"""Names by seeded combination of common surnames and the given-name characters of each generation; nobody's in particular."""

import numpy as np
import polars as pl

from .shares import pick
from .tables import Tables


def surnames(n: int, tables: Tables, rng: np.random.Generator) -> pl.Series:
    """Surnames by frequency."""
    table = tables["surnames"]
    return table["surname"].gather(pick(rng, table["weight"].to_numpy().astype(float), n))


def given_names(births: pl.Series, sexes: pl.Series, tables: Tables, rng: np.random.Generator) -> pl.Series:
    """One or two characters in the taste of the year of birth."""
    years = births.dt.year().to_numpy()
    sex = sexes.to_numpy()
    n = len(years)
    two, one = rng.random((2, n)), rng.random(n) < 0.18
    out = np.full(n, "", dtype="U2")
    for row in tables["given_names"].iter_rows(named=True):
        here = np.flatnonzero((years >= row["born_from"]) & (years <= row["born_to"]) & (sex == row["sex"]))
        letters = np.array(list(row["characters"]))
        first = letters[(two[0, here] * len(letters)).astype(int)]
        second = letters[(two[1, here] * len(letters)).astype(int)]
        out[here] = np.where(one[here], first, np.char.add(first, second))
    return pl.Series(out)


def staff_names(n: int, tables: Tables, rng: np.random.Generator) -> pl.Series:
    """Names of adults in service."""
    births = pl.Series(np.datetime64("1980-01-01") + rng.integers(-5000, 5000, n).astype("timedelta64[D]")).cast(
        pl.Date
    )
    sexes = pl.Series(rng.integers(1, 3, n)).cast(pl.Int8)
    return surnames(n, tables, rng) + given_names(births, sexes, tables, rng)
