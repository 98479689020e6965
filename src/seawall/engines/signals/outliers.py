"""Lots, sites and vaccinators beside each other: funnel limits, overdispersion, false discoveries, and who is silent.

Spiegelhalter (2005), Stat Med 24:1185 (funnel limits), and Qual Saf Health Care 14:347 (overdispersion): units differ
more than by chance for reasons that harm nobody (who reports, who comes), so limits widen by the spread of the middle
of the units. An outlier reports more than the others; look at reporting, handling and people before the product.
"""

import numpy as np
import polars as pl
from scipy.special import chdtri, gammainc, gammaincc, ndtr, ndtri

from .counts import Floats
from .expected import garwood
from .scoring import thresholds

WINSORISED = 0.1  # of the units at either end
FEWEST = 10  # units that can show overdispersion


def expected_of(units: pl.DataFrame) -> Floats:
    """The expected column; or doses times the events per dose of all units."""
    if "expected" in units.columns:
        return units["expected"].cast(pl.Float64).to_numpy()
    doses = units["doses"].cast(pl.Float64).to_numpy()
    return doses * (units["events"].sum() / doses.sum()) if doses.sum() > 0 else doses * 0.0


def upper_mid_p(events: Floats, expected: Floats) -> Floats:
    """P(X > n) + P(X = n) / 2 for X Poisson with mean E."""
    above = gammainc(events + 1, expected)
    at_least = np.where(events > 0, gammainc(np.maximum(events, 1), expected), 1.0)
    return (above + at_least) / 2


def overdispersion(z: Floats) -> float:
    """Mean square of winsorised z-scores, 1 unless its chi-square test is significant at 5 % and units are ten or more."""
    if len(z) < FEWEST:
        return 1.0
    low, high = np.quantile(z, [WINSORISED, 1 - WINSORISED])
    phi = float(np.mean(np.clip(z, low, high) ** 2))
    return phi if phi > 1 and len(z) * phi > chdtri(len(z) - 1, 0.05) else 1.0


def false_discovery(p: Floats) -> Floats:
    """Benjamini & Hochberg (1995), J R Stat Soc B 57:289: the smallest rate at which each p is a discovery."""
    order = np.argsort(p)
    stepped = p[order] * len(p) / np.arange(1, len(p) + 1)
    q = np.empty_like(p)
    q[order] = np.minimum(np.minimum.accumulate(stepped[::-1])[::-1], 1.0)
    return q


def outliers(units: pl.DataFrame, rate: float | None = None) -> pl.DataFrame:
    """Adds expected, ratio, low, high, z, p, q, overdispersion, limit95, limit998, outlier, reason to unit, events.

    units: unit, events, and doses or expected. z comes from the exact mid-P, so that small units do not stand out by
    skewness; p is one-sided (more than expected); `outlier` when q is at most `rate` (false_discovery by default).
    limit95 and limit998 are the upper funnel limits in events. Units where nothing is expected are not judged.
    """
    rate = thresholds()["false_discovery"] if rate is None else rate
    expected, events = expected_of(units), units["events"].cast(pl.Float64).to_numpy()
    judged = expected > 0
    e, n = expected[judged], events[judged]
    z = -ndtri(np.clip(upper_mid_p(n, e), 1e-300, 1 - 1e-16))
    phi = overdispersion(z)
    p = upper_mid_p(n, e) if phi == 1.0 else ndtr(-z / np.sqrt(phi))
    low, high = garwood(n)
    columns = {
        "ratio": n / e, "low": low / e, "high": high / e, "z": z, "p": p, "q": false_discovery(p),
        "overdispersion": np.full(len(n), phi), "limit95": funnel_limit(e, 0.95, phi),
        "limit998": funnel_limit(e, 0.998, phi),
    }  # fmt: skip
    frame = units.with_columns(expected=pl.Series(expected))
    for name, values in columns.items():
        whole = np.full(len(expected), np.nan)
        whole[judged] = values
        frame = frame.with_columns(pl.Series(name, whole).fill_nan(None))
    return frame.with_columns(
        outlier=(pl.col("q") <= rate).fill_null(False),
        reason=pl.when(pl.col("expected") > 0).then(None).otherwise(pl.lit("nothing_expected")),
    )


def funnel_limit(expected: Floats, level: float, phi: float = 1.0, *, upper: bool = True) -> Floats:
    """The count at which a unit leaves the funnel: the Poisson quantile, interpolated (Spiegelhalter 2005, A.1.1).

    With overdispersion the distance from the expectation grows by sqrt(phi).
    """
    tail = (1 + level) / 2 if upper else (1 - level) / 2
    guess = expected + ndtri(tail) * np.sqrt(expected)
    count = np.maximum(np.floor(guess) - 5, -1.0)
    for _ in range(60):
        short = _poisson_cdf(count, expected) < tail
        if not short.any():
            break
        count = np.where(short, count + 1, count)
    above, below = _poisson_cdf(count, expected), _poisson_cdf(count - 1, expected)
    share = np.divide(above - tail, above - below, out=np.zeros_like(above), where=above > below)
    return np.maximum(expected + np.sqrt(phi) * (count - share - expected), 0.0)


def funnel_lines(units: pl.DataFrame, points: int) -> pl.DataFrame:
    """The 95 % and 99.8 % funnel around units of `outliers`: expected, low95, high95, low998, high998 as ratios to it."""
    expected, phi = units["expected"].to_numpy(), float(units["overdispersion"].max() or 1.0)  # type: ignore[arg-type]
    grid = np.geomspace(max(expected.min() * 0.8, 0.05), expected.max() * 1.15, points)
    lines = {
        f"{side}{str(level)[2:]}": funnel_limit(grid, level, phi, upper=side == "high") / grid
        for level in (0.95, 0.998)
        for side in ("low", "high")
    }
    return pl.DataFrame({"expected": grid, **lines})


def _poisson_cdf(count: Floats, mean: Floats) -> Floats:
    return np.where(count >= 0, gammaincc(np.maximum(count, 0) + 1, mean), 0.0)


def silent(units: pl.DataFrame, probability: float | None = None) -> pl.DataFrame:
    """Adds expected, chance and silent: no report where many are expected, of a unit that reports like the others.

    units: unit, events, and doses or expected. The chance of no report is exp(-E), or with overdispersion phi that of
    the negative binomial with variance phi E, phi^(-E / (phi - 1)). Silence is `chance` at most `probability`.
    """
    probability = thresholds()["silent_probability"] if probability is None else probability
    expected, events = expected_of(units), units["events"].cast(pl.Float64).to_numpy()
    some = expected > 0
    phi = overdispersion(-ndtri(np.clip(upper_mid_p(events[some], expected[some]), 1e-300, 1 - 1e-16)))
    chance = np.exp(-expected) if phi == 1.0 else phi ** (-expected / (phi - 1))
    quiet = (events == 0) & (chance <= probability)
    return units.with_columns(expected=pl.Series(expected), chance=pl.Series(chance), silent=pl.Series(quiet))
