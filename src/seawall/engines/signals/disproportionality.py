"""Reporting ratios of product-event pairs: PRR, ROR, chi-square and information component, each with its interval.

A ratio compares reports with reports. It can raise a question about a pair; it is no rate, no risk and no cause: who
reports, what is asked after, and who was given the product all move it.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import gammaincinv

from .counts import Cells, Floats

Z95 = 1.959963984540054  # 97.5 % point of the normal distribution
PRIOR = 0.5  # counts added to observed and expected in the information component


class Interval(NamedTuple):
    """Point, lower and upper limit for P pairs; NaN where undefined."""

    point: Floats
    low: Floats
    high: Floats


def _ratio(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.full_like(part, np.nan), where=whole > 0)


def _around(point: Floats, variance: Floats) -> Interval:
    """A 95 % interval symmetric on the log scale; a point of zero, or one that cannot vary, keeps no interval."""
    with np.errstate(divide="ignore", invalid="ignore"):
        half = np.exp(Z95 * np.sqrt(variance))
    wide = np.where((point > 0) & (variance > 0), half, np.nan)
    return Interval(point, point / wide, point * wide)


def _by_total(values: Floats, cells: Cells, power: int = 1) -> Floats:
    """Values of each stratum over its total to a power, summed; an empty stratum adds nothing."""
    whole = cells.total**power
    return np.divide(values, whole, out=np.zeros_like(values), where=whole > 0).sum(axis=0)


def prr(cells: Cells) -> Interval:
    """Proportional reporting ratio with 95 % interval: (a / n1) / (c / n0), over strata by Mantel and Haenszel.

    Evans, Waller & Davis (2001), Pharmacoepidemiol Drug Saf 10:483; variance over strata: Greenland & Robins (1985),
    Biometrics 41:55, eq. 13. With one stratum: var ln PRR = 1/a - 1/n1 + 1/c - 1/n0. NaN where no other product has
    the event, or there is no other product. Assumes that other products' reports stand for the background.
    """
    a, n1, m1, total = cells.n, cells.with_product, cells.with_event, cells.total
    n0, c = total - n1, m1 - a
    above, below = _by_total(a * n0, cells), _by_total(c * n1, cells)
    variance = _ratio(_by_total(n1 * n0 * m1 - a * c * total, cells, 2), above * below)
    return _around(_ratio(above, below), variance)


def ror(cells: Cells) -> Interval:
    """Reporting odds ratio with 95 % interval: ad / bc, over strata by Mantel and Haenszel.

    Rothman, Lanes & Sacks (2004), Pharmacoepidemiol Drug Saf 13:519; variance over strata: Robins, Breslow &
    Greenland (1986), Biometrics 42:311. With one stratum: var ln ROR = 1/a + 1/b + 1/c + 1/d. NaN where bc = 0.
    """
    a, b, c = cells.n, cells.with_product - cells.n, cells.with_event - cells.n
    d = cells.total - a - b - c
    same, other = (a + d) / np.maximum(cells.total, 1), (b + c) / np.maximum(cells.total, 1)
    above, below = _by_total(a * d, cells), _by_total(b * c, cells)
    variance = (
        _ratio(_by_total(same * a * d, cells), 2 * above**2)
        + _ratio(_by_total(same * b * c + other * a * d, cells), 2 * above * below)
        + _ratio(_by_total(other * b * c, cells), 2 * below**2)
    )
    return _around(_ratio(above, below), variance)


def chi_square(cells: Cells, *, yates: bool = False) -> Floats:
    """Chi-square on one degree of freedom, over strata as Cochran (1954), Biometrics 10:417; NaN without variation.

    (|sum(a - E)| - y)^2 / sum(n1 n0 m1 m0 / N^3) with y = 1/2 for Yates' correction, never below zero. With one
    stratum this is Pearson's statistic of the two-by-two table.
    """
    n1, m1, total = cells.with_product, cells.with_event, cells.total
    variance = _by_total(n1 * (total - n1) * m1 * (total - m1), cells, 3)
    away = np.abs(cells.observed - cells.expected) - (0.5 if yates else 0.0)
    return _ratio(np.maximum(away, 0.0) ** 2, variance)


def information_component(observed: Floats, expected: Floats) -> Interval:
    """Information component with its 95 % credibility interval, in bits: log2((n + 1/2) / (E + 1/2)).

    The shrunk form of the Bayesian confidence propagation neural network: Noren, Bate, Orre & Edwards (2006), Stat Med
    25:3740; the interval is exact, from the posterior Gamma(n + 1/2, E + 1/2) of observed over expected as in
    Noren, Hopstadius & Bate (2013), Stat Methods Med Res 22:57. It is not the beta approximation of Bate et al. (1998),
    whose limits differ for small counts. NaN where nothing is expected.
    """
    counts, place = np.unique(observed, return_inverse=True)
    low, high = (gammaincinv(counts + PRIOR, share)[place] for share in (0.025, 0.975))
    scale = np.where(expected > 0, expected + PRIOR, np.nan)
    return Interval(*(np.log2(top / scale) for top in (observed + PRIOR, low, high)))
