"""All asked measures of every pair in one frame; what is undefined is empty, with its reason."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl

from .counts import Cells, Floats
from .disproportionality import Interval, chi_square, information_component, prr, ror
from .muting import muted
from .shrinkage import Prior, fit, posterior

METHODS = ("prr", "ror", "ic", "ebgm")
HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Scores:
    """One row per pair (see the dictionary, table scores), and the fitted prior when EBGM was asked and determined."""

    frame: pl.DataFrame
    prior: Prior | None


@cache
def thresholds() -> dict[str, float]:
    """The limits of thresholds.csv by key; each has its source there."""
    with (HERE / "thresholds.csv").open(encoding="utf-8", newline="") as file:
        return {row["key"]: float(row["value"]) for row in csv.DictReader(file)}


def score(cells: Cells, methods: Sequence[str] = METHODS) -> Scores:
    """Each pair's count, expectation and asked measures (of METHODS), why any is undefined, and whether it is muted.

    Muted pairs keep their numbers; `muted` names the kind of term that tells who was vaccinated or tested, not harm.
    """
    observed, expected = cells.observed, cells.expected
    columns: dict[str, Floats] = {}
    prior = None
    if "prr" in methods:
        columns |= _interval("prr", prr(cells))
        columns |= {"chi2": chi_square(cells), "chi2_yates": chi_square(cells, yates=True)}
    if "ror" in methods:
        columns |= _interval("ror", ror(cells))
    if "ic" in methods:
        columns |= _interval("ic", information_component(observed, expected))
    if "ebgm" in methods:
        prior = fit(observed, expected)
        empty = np.full(len(observed), np.nan)
        found = posterior(prior, observed, expected) if prior else (empty, empty, empty)
        columns |= dict(zip(("ebgm", "eb05", "eb95"), found, strict=True))
    frame = cells.pairs.with_columns(n=pl.Series(observed).cast(pl.Int64), expected=pl.Series(expected))
    frame = frame.with_columns(**{name: pl.Series(values).fill_nan(None) for name, values in columns.items()})
    frame = frame.with_columns(_reasons(cells, methods, prior), muted(frame["event"]))
    return Scores(frame, prior)


def _interval(name: str, interval: Interval) -> dict[str, Floats]:
    return {name: interval.point, f"{name}_low": interval.low, f"{name}_high": interval.high}


def _reasons(cells: Cells, methods: Sequence[str], prior: Prior | None) -> pl.Series:
    """Codes of reasons.csv, joined by semicolons; empty when everything asked is defined."""
    a, b, c = cells.n, cells.with_product - cells.n, cells.with_event - cells.n
    n0 = cells.total - cells.with_product
    nothing, ratios = cells.expected <= 0, bool({"prr", "ror"} & set(methods))
    alone, only_here, only_this = ((part.sum(axis=0) == 0) & ~nothing for part in (n0, c, b))
    only_here = only_here & ~alone
    comparable = (((n0 > 0) & (c > 0) & (cells.with_product > 0)).sum(axis=0) > 0) | nothing | alone | only_here
    found = {
        "nothing_expected": nothing,
        "product_alone": alone & ratios,
        "event_only_here": only_here & ratios,
        "product_only_this": only_this & ("ror" in methods) & ~alone & ~only_here,
        "event_everywhere": ((cells.total - cells.with_event).sum(axis=0) == 0) & ~nothing & ("prr" in methods),
        "none_reported": (a.sum(axis=0) == 0) & ~nothing & ratios,
        "strata_apart": ~comparable & ratios,
        "prior_unfitted": np.full(len(nothing), "ebgm" in methods and prior is None) & ~nothing,
    }
    flags = pl.DataFrame(found)
    codes = [pl.when(pl.col(name)).then(pl.lit(name)) for name in found]
    text = flags.select(pl.concat_str(codes, separator=";", ignore_nulls=True).alias("reason")).to_series()
    return text.replace("", None)


def passing(frame: pl.DataFrame) -> dict[str, pl.Expr]:
    """By measure that the frame has, whether a row passes its published threshold (thresholds.csv)."""
    limit = thresholds()
    enough = pl.col("n") >= limit["reports"]
    tests = {
        "prr": lambda: enough & (pl.col("prr") >= limit["prr"]) & (pl.col("chi2") >= limit["chi2"]),
        "ror": lambda: enough & (pl.col("ror_low") > limit["ror_low"]),
        "ic": lambda: pl.col("ic_low") > limit["ic_low"],
        "ebgm": lambda: pl.col("eb05") >= limit["eb05"],
    }
    return {name: test().fill_null(False) for name, test in tests.items() if name in frame.columns}


def signal(frame: pl.DataFrame) -> pl.Expr:
    """Whether a row that is not muted passes most of the measures it has: worth checking, no finding of cause."""
    tests = list(passing(frame).values())
    return (pl.sum_horizontal(tests) * 2 > len(tests)) & pl.col("muted").is_null()
