"""Names by seeded combination of common surnames and the given names of each generation; nobody's in particular."""

import numpy as np
import polars as pl

from .shares import pick
from .tables import Tables


def surnames(n: int, tables: Tables, rng: np.random.Generator) -> pl.Series:
    """Surnames by frequency."""
    table = tables["surnames"]
    return table["surname"].gather(pick(rng, table["weight"].to_numpy().astype(float), n))


def full_names(
    family: pl.Series, births: pl.Series, sexes: pl.Series, tables: Tables, rng: np.random.Generator
) -> pl.Series:
    """As the city writes them: the pattern `full_name` of its identifiers puts given name, family name and a second one in order."""
    pattern, given = tables.text("full_name"), given_names(births, sexes, tables, rng)
    parts = {"family": family, "given": given}
    if "{second}" in pattern:
        parts["second"] = surnames(len(family), tables, rng)
    order = [part.strip("{}") for part in pattern.split()] if " " in pattern else pattern[1:-1].split("}{")
    frame = pl.DataFrame({name: parts[name].cast(pl.String) for name in order})
    return frame.select(pl.concat_str(order, separator=" " if " " in pattern else "")).to_series()


def given_names(births: pl.Series, sexes: pl.Series, tables: Tables, rng: np.random.Generator) -> pl.Series:
    """One or two in the taste of the year of birth: characters, or names joined by ; in the table."""
    years = births.dt.year().to_numpy()
    sex = sexes.to_numpy()
    n = len(years)
    two, one = rng.random((2, n)), rng.random(n) < 0.18
    rows = list(tables["given_names"].iter_rows(named=True))
    parts = [row["given"].split(";") if ";" in row["given"] else list(row["given"]) for row in rows]
    blank = " " if any(";" in row["given"] for row in rows) else ""
    width = 2 * max(len(part) for some in parts for part in some) + len(blank)
    out = np.full(n, "", dtype=f"U{width}")
    for row, known in zip(rows, parts, strict=True):
        here = np.flatnonzero((years >= row["born_from"]) & (years <= row["born_to"]) & (sex == row["sex"]))
        letters = np.array(known)
        first = letters[(two[0, here] * len(letters)).astype(int)]
        second = np.char.add(blank, letters[(two[1, here] * len(letters)).astype(int)])
        out[here] = np.where(one[here], first, np.char.add(first, second))
    return pl.Series(out)


def staff_names(n: int, tables: Tables, rng: np.random.Generator) -> pl.Series:
    """Names of adults in service."""
    births = pl.Series(np.datetime64("1980-01-01") + rng.integers(-5000, 5000, n).astype("timedelta64[D]")).cast(
        pl.Date
    )
    sexes = pl.Series(rng.integers(1, 3, n)).cast(pl.Int8)
    return full_names(surnames(n, tables, rng), births, sexes, tables, rng)
