"""Observed against expected: background rates by age, sex and risk window times the person-time after doses.

E = sum over strata of doses x days at risk / 365.25 x rate / 100,000. The observed count is taken as Poisson; its exact
limits are those of Garwood (1936), Biometrika 28:437. The comparison holds only as far as the background rates come
from people like the vaccinated, with the same case definition and the same attention: Mahaux, Bauchau & Van Holle (2016),
Pharmacoepidemiol Drug Saf 25:215. A ratio above one is a reason to look, not a cause.
"""

from collections.abc import Sequence
from datetime import date

import numpy as np
import polars as pl
from scipy.special import gammainc, gammaincinv

from .counts import Floats

YEAR = 365.25
STRATUM = ["age_group", "sex"]


def garwood(observed: Floats, level: float = 0.95) -> tuple[Floats, Floats]:
    """Exact Poisson limits of counts: half of chi-square points on 2n and 2n + 2 degrees of freedom; 0 below for n = 0."""
    observed, tail = np.asarray(observed, float), (1 - level) / 2
    low = np.where(observed > 0, gammaincinv(np.maximum(observed, 1), tail), 0.0)
    return low, gammaincinv(observed + 1, 1 - tail)


def observed_expected(counts: pl.DataFrame) -> pl.DataFrame:
    """Adds ratio, low, high, p and reason to rows of observed and expected.

    p is the probability of at least so many events were the expectation right. Nothing is said where nothing is expected.
    """
    observed, expected = (counts[name].cast(pl.Float64).to_numpy() for name in ("observed", "expected"))
    low, high = garwood(observed)
    wanted = np.where(expected > 0, expected, np.nan)
    p = np.where(observed > 0, gammainc(np.maximum(observed, 1), np.nan_to_num(wanted)), 1.0)
    p = np.where(np.isnan(wanted), np.nan, p)
    columns = {"ratio": observed / wanted, "low": low / wanted, "high": high / wanted, "p": p}
    return counts.with_columns(
        **{name: pl.Series(values).fill_nan(None) for name, values in columns.items()},
        reason=pl.when(pl.col("expected") > 0).then(None).otherwise(pl.lit("nothing_expected")),
    )


def expected_counts(doses: pl.DataFrame, rates: pl.DataFrame, as_of: date, by: Sequence[str] = ()) -> pl.DataFrame:
    """Expected events by event and the columns `by` of the doses.

    doses: date, age_group, sex, doses, and the columns `by`. rates: event, age_group, sex, rate (per 100,000
    person-years), first and last day of the risk window after the dose (the day of the dose is 0), both included.
    Days after `as_of` have not been lived and do not count.
    """
    both = doses.join(rates, on=STRATUM).filter(pl.col("date") <= as_of)
    lived = (pl.lit(as_of) - pl.col("date")).dt.total_days()
    days = (pl.min_horizontal("last", lived) - pl.col("first") + 1).clip(0)
    years = pl.col("doses") * days / YEAR
    return both.group_by("event", *by).agg(
        pl.col("doses").sum(), years.sum().alias("person_years"), (years * pl.col("rate") / 1e5).sum().alias("expected")
    )


def observed_counts(events: pl.DataFrame, rates: pl.DataFrame, as_of: date, by: Sequence[str] = ()) -> pl.DataFrame:
    """Events within their risk window by event and the columns `by`: rows of event, age_group, sex, dose, onset."""
    days = (pl.col("onset") - pl.col("dose")).dt.total_days()
    both = events.join(rates, on=["event", *STRATUM]).filter(days.is_between("first", "last"), pl.col("onset") <= as_of)
    return both.group_by("event", *by).agg(pl.len().alias("observed"))


def observed_against_expected(
    doses: pl.DataFrame, rates: pl.DataFrame, events: pl.DataFrame, as_of: date, by: Sequence[str] = ()
) -> pl.DataFrame:
    """One row by event and `by`: doses, person_years, observed, expected, ratio, low, high, p, reason."""
    keys = ["event", *by]
    wanted, seen = expected_counts(doses, rates, as_of, by), observed_counts(events, rates, as_of, by)
    both = wanted.join(seen, on=keys, how="left", nulls_equal=True).with_columns(pl.col("observed").fill_null(0))
    both = both.select(*keys, "doses", "person_years", "observed", "expected").sort(keys)
    return observed_expected(both)
