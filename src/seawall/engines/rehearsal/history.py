"""Doses given before the campaign begins: the emergency phase among key sectors, as an imported history."""

from datetime import date, timedelta

import numpy as np
import polars as pl

from .city import ages_on
from .shares import pick

_FIRST = date(2020, 12, 15)
_EARLY = ("HEALTH", "PORT", "COLD_CHAIN", "TRANSPORT", "EDUCATION", "GOVERNMENT", "CULTURE_TOURISM")
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


def history_by_table(
    persons: pl.DataFrame, groups: pl.DataFrame, table: pl.DataFrame, rng: np.random.Generator
) -> pl.DataFrame:
    """The same from a campaign's own table (group, product, dose_rank, from, to, doses): first doses go to willing members
    of the group, later doses to those who had the earlier one long enough before."""
    able = (
        persons.filter(~pl.col("pregnant") & ~pl.col("allergic"))
        .join(groups, on="person")
        .with_columns(order=pl.col("willingness") - pl.col("willing").cast(pl.Float64))
    )
    waiting = {str(k[0]): part.sort("order", "person")["person"].to_list()[::-1] for k, part in able.group_by("group")}
    given: list[tuple[int, date, str, int]] = []
    firsts: dict[tuple[str, str, int], list[tuple[int, date]]] = {}
    for row in table.sort("dose_rank", "from").iter_rows(named=True):
        days = _spread(row["from"], row["to"], row["doses"], rng)
        queue = waiting.get(row["group"], [])
        if row["dose_rank"] == 1:
            took = [(queue.pop(), day) for day in days[: len(queue)]]
        else:
            took = _seconds(firsts.get((row["group"], row["product"], row["dose_rank"] - 1), []), days)
        firsts.setdefault((row["group"], row["product"], row["dose_rank"]), []).extend(took)
        given += [(person, day, row["product"], row["dose_rank"]) for person, day in took]
    schema = {"person": pl.Int64, "given_on": pl.Date, "product": pl.String, "dose_rank": pl.Int64}
    return pl.DataFrame(given, schema=schema, orient="row").sort("given_on", "person")


_GAP = 21


def _spread(first: date, last: date, doses: int, rng: np.random.Generator) -> list[date]:
    days = (last - first).days + 1
    return [first + timedelta(days=int(n)) for n in np.sort(rng.integers(0, days, doses))]


def _seconds(waiting: list[tuple[int, date]], days: list[date]) -> list[tuple[int, date]]:
    """Earliest first doses first; nobody before three weeks. Those taken leave the list."""
    waiting.sort(key=lambda pair: (pair[1], pair[0]), reverse=True)
    return [(waiting.pop()[0], day) for day in days if waiting and (day - waiting[-1][1]).days >= _GAP]
