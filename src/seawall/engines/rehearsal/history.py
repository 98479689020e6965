"""Doses given before the campaign begins: the emergency phase among key sectors, as an imported history."""

from datetime import date

import numpy as np
import polars as pl

from .city import ages_on
from .shares import pick

_FIRST = date(2020, 12, 15)
_EARLY = ("HEALTH", "PORT_CUSTOMS", "COLD_CHAIN", "TRANSPORT", "EDUCATION", "GOVERNMENT", "CULTURE_TOURISM")
_MONTHS = ((0, 27, 0.20), (27, 58, 0.25), (58, 77, 0.17), (77, 99, 0.38))
"""Days since 2020-12-15 and share of first doses (choice, after the national curve)."""


def make_history(
    persons: pl.DataFrame, doses: int, until: date, products: dict[str, float], rng: np.random.Generator
) -> pl.DataFrame:
    """About `doses` doses up to and including `until`: person, given_on, product, dose_rank; 14-28 days apart."""
    age = ages_on(persons["birth"], _FIRST)
    fit_in = persons.filter((age >= 18) & (age <= 59) & ~persons["pregnant"] & ~persons["allergic"])
    rank = fit_in.select(
        pl.col("sector").replace_strict({s: i for i, s in enumerate(_EARLY)}, default=len(_EARLY)).fill_null(99)
    ).to_series()
    order = np.lexsort((fit_in["willingness"].to_numpy(), rank.to_numpy(), ~fit_in["willing"].to_numpy()))
    first = order[: min(len(order), round(doses / 1.62))]
    days = _first_days(len(first), (until - _FIRST).days, rng)
    gap = rng.integers(14, 29, len(first))
    code = np.array(list(products))[pick(rng, np.array(list(products.values()), dtype=float), len(first))]
    base = pl.DataFrame({"person": fit_in["person"].gather(first), "day": days, "product": code, "gap": gap})
    one = base.select("person", "product", "day", dose_rank=pl.lit(1))
    two = base.select("person", "product", day=pl.col("day") + pl.col("gap"), dose_rank=pl.lit(2))
    two = two.filter(pl.col("day") <= (until - _FIRST).days)
    given = pl.concat([one, two]).with_columns(given_on=pl.lit(_FIRST) + pl.duration(days="day"))
    return given.select("person", "given_on", "product", "dose_rank").sort("given_on", "person")


def _first_days(n: int, last: int, rng: np.random.Generator) -> np.ndarray:
    part = pick(rng, np.array([m[2] for m in _MONTHS]), n)
    low, high = np.array([m[0] for m in _MONTHS])[part], np.array([m[1] for m in _MONTHS])[part]
    return np.minimum(low + (rng.random(n) * (high - low)).astype(np.int64), last)
