"""Calibration to a reported curve: the likeliest transmission, start and reporting, and what else the curve allows."""

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import gammaln

from .run import run
from .scenario import Scenario

F = NDArray[np.float64]
NAMES = ("r0", "start", "reported_share", "dispersion")
BURN, THIN, STARTS = 1000, 5, 6
UNLIKELY = -1e300
LOG_START, LOGIT_SHARE, LOG_DISPERSION = (-18.0, -2.0), (-7.0, 7.0), (-2.0, 9.0)


@dataclass(frozen=True, slots=True)
class Reported:
    """A reported curve: `days` counted from the scenario's day 0, `cases` reported on each (not cumulative)."""

    days: NDArray[np.int64]
    cases: F


@dataclass(frozen=True, slots=True)
class Calibrated:
    """The likeliest scenario, draws of the parameters (draws, NAMES), and reported cases expected at each draw."""

    scenario: Scenario
    best: dict[str, float]
    log_likelihood: float
    draws: F
    expected: F
    acceptance: float

    def table(self, level: float = 0.9) -> pl.DataFrame:
        """One row for each parameter: best, median, low and high of the equal-tailed interval."""
        tail = (1 - level) / 2
        low, median, high = np.quantile(self.draws, (tail, 0.5, 1 - tail), axis=0)
        return pl.DataFrame(
            {"parameter": NAMES, "best": [self.best[n] for n in NAMES], "median": median, "low": low, "high": high}
        )


def negative_binomial(cases: F, mean: F, dispersion: float) -> float:
    """Log-likelihood of counts with variance mean + mean^2 / dispersion (Lloyd-Smith et al. 2005, Nature 438:355)."""
    mean = np.maximum(mean, 1e-12)
    k = dispersion
    terms = (
        gammaln(cases + k)
        - gammaln(k)
        - gammaln(cases + 1)
        + k * np.log(k / (k + mean))
        + cases * np.log(mean / (k + mean))
    )
    return float(terms.sum())


class _Fit:
    """The log-likelihood over r0, log start, logit reported share and log dispersion, inside their bounds."""

    def __init__(self, scenario: Scenario, reported: Reported, r0: tuple[float, float], share: float | None) -> None:
        self.scenario, self.reported, self.share = scenario, reported, share
        self.bounds = [r0, LOG_START, LOGIT_SHARE, LOG_DISPERSION]

    def made(self, at: F) -> Scenario:
        start = np.full(len(self.scenario.groups), np.exp(at[1]))
        disease = replace(self.scenario.disease, r0=float(at[0]), beta=None)
        days = int(self.reported.days.max()) + 1
        return replace(
            self.scenario, disease=disease, infectious=start, exposed=None, days=max(days, self.scenario.days)
        )

    def reporting(self, at: F) -> float:
        return float(1 / (1 + np.exp(-at[2]))) if self.share is None else self.share

    def expected(self, at: F) -> F:
        new = run(self.made(at)).new.sum(axis=(1, 2))
        return np.asarray(self.reporting(at) * new[self.reported.days], np.float64)

    def log_likelihood(self, at: F) -> float:
        if any(not low <= value <= high for value, (low, high) in zip(at, self.bounds, strict=True)):
            return UNLIKELY
        found = negative_binomial(self.reported.cases, self.expected(at), float(np.exp(at[3])))
        return found if np.isfinite(found) else UNLIKELY

    def named(self, at: F) -> list[float]:
        return [float(at[0]), float(np.exp(at[1])), self.reporting(at), float(np.exp(at[3]))]


def calibrate(
    scenario: Scenario, reported: Reported, r0: tuple[float, float], seed: int, draws: int = 1000,
    reported_share: float | None = None,
) -> Calibrated:  # fmt: skip
    """Fits r0 within bounds, the share infectious on day 0, the reported share (unless given) and the dispersion.

    Maximum likelihood by Nelder-Mead from several starts, then adaptive random-walk Metropolis (Haario, Saksman & Tamminen
    2001, Bernoulli 7:223) with flat priors inside the bounds on the scales fitted: r0, log start, logit share, log
    dispersion. Reports carry no delay: they count infections of their day.
    """
    fit, rng = _Fit(scenario, reported, r0, reported_share), np.random.default_rng(seed)
    top, height = _climbed(fit, rng)
    chain, acceptance = _walked(fit, top, height, draws, rng)
    named = np.array([fit.named(at) for at in chain])
    expected = np.array([fit.expected(at) for at in chain[:: max(1, len(chain) // 200)]])
    best = dict(zip(NAMES, fit.named(top), strict=True))
    return Calibrated(fit.made(top), best, height, named, expected, acceptance)


def _climbed(fit: _Fit, rng: np.random.Generator) -> tuple[F, float]:
    found, height = np.array([np.mean(b) for b in fit.bounds]), -np.inf
    for _ in range(STARTS):
        start = np.array([rng.uniform(low, high) for low, high in fit.bounds])
        start[2], start[3] = rng.normal(0, 1.5), rng.uniform(1, 4)
        made = minimize(
            lambda at: -fit.log_likelihood(at),
            start,
            method="Nelder-Mead",
            options={"maxfev": 800, "xatol": 1e-6, "fatol": 1e-6},
        )
        if -made.fun > height:
            found, height = made.x, -float(made.fun)
    made = minimize(
        lambda at: -fit.log_likelihood(at),
        found,
        method="Nelder-Mead",
        options={"maxfev": 800, "xatol": 1e-8, "fatol": 1e-9},
    )
    return (made.x, -float(made.fun)) if -made.fun >= height else (found, height)


def _walked(fit: _Fit, top: F, height: float, draws: int, rng: np.random.Generator) -> tuple[F, float]:
    """The chain after its burn-in, thinned, and the share of moves taken."""
    size = len(top)
    at, level, taken = top.copy(), height, 0
    kept: list[F] = []
    history = [top.copy()]
    step = np.diag(np.array([0.02, 0.1, 0.1, 0.2]) ** 2)
    for turn in range(BURN + THIN * draws):
        if turn >= 200 and turn % 100 == 0 and turn <= BURN:
            step = np.cov(np.array(history).T) * 2.38**2 / size + 1e-10 * np.eye(size)
        trial = rng.multivariate_normal(at, step, method="cholesky")
        found = fit.log_likelihood(trial)
        if np.log(rng.random()) < found - level:
            at, level, taken = trial, found, taken + 1
        history.append(at.copy())
        if turn >= BURN and (turn - BURN) % THIN == 0:
            kept.append(at.copy())
    return np.array(kept), taken / (BURN + THIN * draws)
