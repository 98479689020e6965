"""EBGM against the published fit of the CAERS list, a slow computation, and draws from a known prior."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy import integrate, stats
from scipy.optimize import minimize

from seawall.engines.signals import Cells, Prior, fit, from_reports, posterior
from seawall.engines.signals.shrinkage import merged


@pytest.fixture(scope="module")
def caers(aefi: Path) -> Cells:
    lines = pl.read_csv(aefi / "caers.csv.gz").rename({"id": "report", "var1": "product", "var2": "event"})
    return from_reports(lines)


def slow_log_likelihood(prior: Prior, n: np.ndarray, expected: np.ndarray) -> float:
    """Each component cut at zero, then mixed, by scipy's negative binomial."""

    def cut(a: float, b: float) -> np.ndarray:
        share = b / (b + expected)
        return stats.nbinom.pmf(n, a, share) / stats.nbinom.sf(0, a, share)

    mixed = prior.p * cut(prior.alpha1, prior.beta1) + (1 - prior.p) * cut(prior.alpha2, prior.beta2)
    return float(np.log(mixed).sum())


def test_caers_has_the_published_hyperparameters(caers: Cells) -> None:
    """Vignette of openEBGM 0.4 (Canida & Ihrie), autoHyper without squashing: minimum 4162.456."""
    prior = fit(caers.observed, caers.expected)
    assert prior is not None and len(caers.observed) == 17_189
    found = (prior.alpha1, prior.beta1, prior.alpha2, prior.beta2, prior.p)
    assert found == pytest.approx((3.25596617, 0.39998845, 2.02374464, 1.90612821, 0.06530723), rel=1e-4)
    assert prior.log_likelihood == pytest.approx(-4162.456, abs=1e-3)
    assert prior.log_likelihood == pytest.approx(slow_log_likelihood(prior, caers.observed, caers.expected), abs=1e-6)


def test_caers_has_the_published_signals(caers: Cells) -> None:
    """The same vignettes: 131 pairs with a 5 % point above 2; the first five by that point."""
    prior = fit(caers.observed, caers.expected)
    assert prior is not None
    _, low, _ = posterior(prior, caers.observed, caers.expected)
    assert int((np.round(low, 2) > 2).sum()) == 131
    first = caers.pairs.with_columns(low=low).sort("low", descending=True).head(3)
    assert first["event"].to_list() == ["WEIGHT INCREASED", "EMOTIONAL DISTRESS", "IMMOBILE"]


def test_merging_equal_cells_loses_nothing() -> None:
    n, expected = np.array([1.0, 2, 1, 1, 2]), np.array([0.5, 0.5, 0.5, 0.7, 0.5])
    few, wanted, weight, place = merged(n, expected)
    assert (few[place] == n).all() and (wanted[place] == expected).all()
    assert weight.sum() == 5 and len(few) == 3


def test_the_optimum_is_no_worse_than_any_of_many_random_starts() -> None:
    rng = np.random.default_rng(5)
    expected = rng.gamma(0.5, 2.0, 1200)
    ratio = np.where(rng.random(1200) < 0.2, rng.gamma(2.0, 3.0, 1200), rng.gamma(8.0, 1 / 10, 1200))
    n = rng.poisson(ratio * expected).astype(float)
    n, expected = n[n >= 1], expected[n >= 1]
    prior = fit(n, expected)
    assert prior is not None

    def minus(theta: np.ndarray) -> float:
        a1, b1, a2, b2 = np.exp(np.clip(theta[:4], -9, 9))
        p = 1 / (1 + np.exp(-theta[4]))
        return -slow_log_likelihood(Prior(a1, b1, a2, b2, p, 0, 0, 0, 0, ()), n, expected)

    for _ in range(2):
        start = np.r_[rng.normal(0, 1.5, 4), rng.normal()]
        found = minimize(minus, start, method="Nelder-Mead", options={"maxiter": 150})
        assert prior.log_likelihood >= -found.fun - 1e-6


def test_posterior_points_are_those_of_the_mixture() -> None:
    prior = Prior(3.2, 0.4, 2.0, 1.9, 0.07, 0, 0, 0, 0, ())
    n, expected = np.array([5.0, 0.0, 40.0]), np.array([0.6, 1.2, 55.0])
    point, low, high = posterior(prior, n, expected)

    def density(x: float, i: int) -> float:
        mixed = prior.p * stats.gamma.pdf(x, prior.alpha1, scale=1 / prior.beta1)
        mixed += (1 - prior.p) * stats.gamma.pdf(x, prior.alpha2, scale=1 / prior.beta2)
        return mixed * stats.poisson.pmf(n[i], x * expected[i])

    for i in range(3):
        top = 60.0 if i == 0 else 20.0
        whole = integrate.quad(density, 0, top, args=(i,), limit=400, epsabs=1e-13)[0]
        below = [integrate.quad(density, 0, end[i], args=(i,), limit=400, epsabs=1e-13)[0] for end in (low, high)]
        assert below[0] / whole == pytest.approx(0.05, abs=1e-6) and below[1] / whole == pytest.approx(0.95, abs=1e-6)
        mean = integrate.quad(lambda x, i=i: np.log(x) * density(x, i), 1e-12, top, limit=400, epsabs=1e-13)[0] / whole
        assert point[i] == pytest.approx(np.exp(mean), rel=1e-5)


def test_too_few_cells_determine_no_prior() -> None:
    assert fit(np.array([3.0, 1.0]), np.array([0.5, 0.7])) is None
    assert fit(np.full(100, 2.0), np.full(100, 1.5)) is None


def test_a_component_that_narrows_to_one_ratio_is_fitted_to_its_end_and_told() -> None:
    """Most pairs nearer to their expectation than chance allows, a few far above: one gamma wants to be a single ratio."""
    rng = np.random.default_rng(5)
    expected = rng.uniform(1, 60, 1000)
    usual = rng.random(1000) < 0.9
    n = np.where(usual, np.round(expected), rng.poisson(expected * rng.gamma(2.0, 2.0, 1000))).astype(float)
    prior = fit(n, expected)
    assert prior is not None and prior.at_bound
    sharp, wide = (prior.alpha1, prior.beta1, prior.p), (prior.alpha2, prior.beta2, 1 - prior.p)
    if sharp[0] < wide[0]:
        sharp, wide = wide, sharp
    n, expected = n[n >= 1], expected[n >= 1]
    mean, share = expected * sharp[0] / sharp[1], wide[1] / (wide[1] + expected)
    limit = sharp[2] * stats.poisson.pmf(n, mean) / stats.poisson.sf(0, mean)
    limit += wide[2] * stats.nbinom.pmf(n, wide[0], share) / stats.nbinom.sf(0, wide[0], share)
    assert prior.log_likelihood == pytest.approx(float(np.log(limit).sum()), abs=0.1)
