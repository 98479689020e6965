"""EBGM: a two-gamma prior for the ratios of all pairs, fitted by maximum likelihood, and each pair's posterior.

DuMouchel (1999), The American Statistician 53(3):177: n ~ Poisson(lambda E), lambda ~ P Gamma(a1, b1) + (1 - P)
Gamma(a2, b2), rates b. Pairs never reported are not seen, so the likelihood is that of counts of one or more. Each
negative-binomial component is truncated at zero before mixing, as in Canida & Ihrie (2017), The R Journal 9(2):499.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import polars as pl
from scipy.optimize import minimize
from scipy.special import digamma, expit, gammainc, gammaincinv, gammaln, logit

from .counts import Floats

LOW, HIGH = np.log(1e-4), np.log(1e6)  # of alpha and beta: a component may narrow to, in effect, a single ratio
EDGE = 12.0  # of the logit of P
NEAR = 0.2  # of a bound, on these scales: the likelihood is so flat there that the search may stop before it
COARSE = 400  # points on which the many starts are tried
STARTS = [
    (0.2, 0.1, 2.0, 4.0, 1 / 3), (0.1, 0.1, 10.0, 10.0, 0.2), (0.3, 0.5, 6.0, 6.0, 0.5), (0.5, 0.3, 12.0, 12.0, 0.8),
    (3.0, 0.4, 2.0, 2.0, 0.05), (1.0, 0.1, 1.0, 1.0, 0.1), (0.05, 0.01, 1.0, 1.0, 0.5), (20.0, 2.0, 20.0, 20.0, 0.02),
    (1.0, 0.02, 5.0, 5.0, 0.01), (0.5, 0.5, 2.0, 2.0, 0.9), (5.0, 5.0, 0.5, 2.0, 0.5), (2.0, 0.2, 0.2, 0.4, 0.3),
    (0.02, 0.02, 3.0, 3.0, 0.7), (50.0, 10.0, 1.0, 2.0, 0.1), (2.0, 1.0, 100.0, 100.0, 0.3), (1.0, 3.0, 8.0, 4.0, 0.6),
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Prior:
    """Hyperparameters; component 1 has the larger mean. `agreeing` counts starts that reached this optimum."""

    alpha1: float
    beta1: float
    alpha2: float
    beta2: float
    p: float
    log_likelihood: float
    cells: int  # distinct pairs of count and expectation
    starts: int
    agreeing: int
    at_bound: tuple[str, ...]


class _Points(NamedTuple):
    """Distinct cells with how many pairs share each; `counts[place]` is n."""

    n: Floats
    expected: Floats
    weight: Floats
    counts: Floats
    place: np.ndarray
    fixed: float  # weighted sum of ln n!


def merged(n: Floats, expected: Floats) -> tuple[Floats, Floats, Floats, np.ndarray]:
    """Equal cells once: their n, expected and weight, and where each given cell went. Nothing is lost."""
    cells = pl.DataFrame({"n": n, "e": expected}).with_row_index("i")
    groups = cells.group_by("n", "e", maintain_order=True).agg(pl.len().alias("w"), "i")
    place = np.empty(len(n), np.int64)
    place[groups["i"].explode().to_numpy()] = np.repeat(np.arange(groups.height), groups["w"].to_numpy())
    kept = groups.select(pl.col("n", "e", "w").cast(pl.Float64))
    return kept["n"].to_numpy(), kept["e"].to_numpy(), kept["w"].to_numpy(), place


def _points(n: Floats, expected: Floats, weight: Floats) -> _Points:
    counts, place = np.unique(n, return_inverse=True)
    return _Points(n, expected, weight, counts, place, float(weight @ gammaln(n + 1)))


def _coarse(points: _Points) -> _Points:
    """About COARSE weighted points near the same cells, only to choose where the exact search begins."""
    if len(points.n) <= COARSE:
        return points
    order = np.lexsort((points.expected, points.n))
    n, expected, weight = points.n[order], points.expected[order], points.weight[order]
    size = -(-len(n) // COARSE)
    group = np.cumsum(np.r_[True, n[1:] != n[:-1]]) * len(n) + np.arange(len(n)) // size
    _, start = np.unique(group, return_index=True)
    total = np.add.reduceat(weight, start)
    middle = np.exp(np.add.reduceat(weight * np.log(expected), start) / total)
    return _points(n[start], middle, total)


def _component(a: float, b: float, points: _Points) -> tuple[Floats, Floats, Floats]:
    """Log probability of n given n >= 1 (without ln n!), and its derivatives by ln a and ln b."""
    e, n = points.expected, points.n
    log_none = -np.log1p(e / b)
    none = np.exp(a * log_none)
    seen = -np.expm1(a * log_none)
    ratio = e / (b + e)
    value = (gammaln(a + points.counts) - gammaln(a))[points.place] + a * log_none + n * np.log(ratio) - np.log(seen)
    odds = none / seen
    by_a = (digamma(a + points.counts) - digamma(a))[points.place] + log_none * (1 + odds)
    by_b = (a * e / b - n) / (b + e) + odds * a * ratio / b
    return value, a * by_a, b * by_b


def _objective(theta: Floats, points: _Points) -> tuple[float, Floats]:
    """Minus the log-likelihood and its gradient at (ln a1, ln b1, ln a2, ln b2, logit P)."""
    a1, b1, a2, b2 = np.exp(theta[:4])
    p = expit(theta[4])
    one, one_a, one_b = _component(a1, b1, points)
    two, two_a, two_b = _component(a2, b2, points)
    one, two = one + np.log(p), two + np.log1p(-p)
    whole = np.logaddexp(one, two)
    first = np.exp(one - whole) * points.weight
    second = points.weight - first
    gradient = [first @ one_a, first @ one_b, second @ two_a, second @ two_b, first.sum() - p * points.weight.sum()]
    return -float(points.weight @ whole) + points.fixed, -np.array(gradient)


def _descend(theta: Floats, points: _Points, tight: bool) -> tuple[float, Floats]:
    options = {"maxiter": 500 if tight else 80, "ftol": 1e-15 if tight else 1e-9, "gtol": 1e-7 if tight else 1e-3}
    bounds = [(LOW, HIGH)] * 4 + [(-EDGE, EDGE)]
    found = minimize(_objective, theta, args=(points,), jac=True, method="L-BFGS-B", bounds=bounds, options=options)
    return float(found.fun), found.x


def _polished(value: float, theta: Floats, points: _Points) -> tuple[float, Floats]:
    """Newton steps from an inner optimum, with the Hessian from differences of the exact gradient."""
    for _ in range(4):
        step = 1e-5
        rows = [
            _objective(theta + step * unit, points)[1] - _objective(theta - step * unit, points)[1]
            for unit in np.eye(5)
        ]
        hessian = np.array(rows) / (2 * step)
        try:
            moved = theta - np.linalg.solve((hessian + hessian.T) / 2, _objective(theta, points)[1])
        except np.linalg.LinAlgError:
            break
        if not (np.all((moved[:4] > LOW) & (moved[:4] < HIGH)) and abs(moved[4]) < EDGE):
            break
        better = _objective(moved, points)[0]
        if not better < value:
            break
        value, theta = better, moved
    return value, theta


def fit(n: Floats, expected: Floats) -> Prior | None:
    """The prior of greatest likelihood, from many starts, on pairs with n >= 1; None when too few cells determine it.

    n, expected: P counts and P expectations. Five hyperparameters need more than five distinct cells.
    """
    seen = (n >= 1) & (expected > 0)
    n, expected, weight, _ = merged(n[seen], expected[seen])
    if len(n) <= 5:
        return None
    points = _points(n, expected, weight)
    rough = _coarse(points)
    begun = [np.array([*np.log(start[:4]), logit(start[4])]) for start in STARTS]
    tried = sorted((_ordered(*_descend(theta, rough, tight=False)) for theta in begun), key=lambda found: found[0])
    best = min((_descend(theta, points, tight=True) for theta in _distinct(tried)), key=lambda found: found[0])
    value, theta = _ordered(*_polished(*best, points))
    agreeing = sum(found[0] < tried[0][0] + 0.01 for found in tried)
    return _prior(value, theta, len(n), agreeing)


def _ordered(value: float, theta: Floats) -> tuple[float, Floats]:
    """The component of larger mean first."""
    if theta[0] - theta[1] < theta[2] - theta[3]:
        theta = np.array([theta[2], theta[3], theta[0], theta[1], -theta[4]])
    return value, theta


def _distinct(tried: list[tuple[float, Floats]], most: int = 3) -> list[Floats]:
    """The best different optima; one much worse on the coarse points cannot win on the exact ones."""
    kept: list[Floats] = []
    worst = tried[0][0] + max(10.0, 1e-3 * abs(tried[0][0]))
    for value, theta in tried:
        if len(kept) < most and value <= worst and all(np.max(np.abs(theta - other)) > 0.3 for other in kept):
            kept.append(theta)
    return kept


def _prior(value: float, theta: Floats, cells: int, agreeing: int) -> Prior:
    names = ("alpha1", "beta1", "alpha2", "beta2", "p")
    bounds = [(LOW, HIGH)] * 4 + [(-EDGE, EDGE)]
    at_bound = tuple(
        name for name, x, (low, high) in zip(names, theta, bounds, strict=True) if min(x - low, high - x) < NEAR
    )
    a1, b1, a2, b2 = (float(x) for x in np.exp(theta[:4]))
    return Prior(a1, b1, a2, b2, float(expit(theta[4])), -value, cells, len(STARTS), agreeing, at_bound)


def _first_share(prior: Prior, n: Floats, expected: Floats) -> Floats:
    """Posterior probability of component 1, from the whole (not truncated) negative binomials."""

    def log_probability(a: float, b: float) -> Floats:
        return gammaln(a + n) - gammaln(a) - a * np.log1p(expected / b) + n * (np.log(expected) - np.log(b + expected))

    one = np.log(prior.p) + log_probability(prior.alpha1, prior.beta1)
    two = np.log1p(-prior.p) + log_probability(prior.alpha2, prior.beta2)
    return expit(one - two)


def posterior(prior: Prior, n: Floats, expected: Floats) -> tuple[Floats, Floats, Floats]:
    """EBGM = 2^E[log2 lambda], and the 5 % and 95 % points of the posterior mixture; NaN where nothing is expected."""
    out = np.full((3, len(n)), np.nan)
    known = expected > 0
    n, expected, _, place = merged(n[known], expected[known])
    share = _first_share(prior, n, expected)
    shapes = np.array([prior.alpha1 + n, prior.alpha2 + n])
    rates = np.array([prior.beta1 + expected, prior.beta2 + expected])
    shares = np.array([share, 1 - share])
    geometric = np.exp((shares * (digamma(shapes) - np.log(rates))).sum(axis=0))
    low, high = (_quantile(level, shares, shapes, rates) for level in (0.05, 0.95))
    out[:, known] = np.array([geometric, low, high])[:, place]
    return out[0], out[1], out[2]


def _quantile(level: float, shares: Floats, shapes: Floats, rates: Floats) -> Floats:
    """Where the mixture's distribution reaches `level`: safeguarded Newton between the components' own quantiles."""
    ends = gammaincinv(shapes, level) / rates
    low, high = ends.min(axis=0), ends.max(axis=0)
    x = (shares * ends).sum(axis=0)
    for _ in range(100):
        over = (shares * gammainc(shapes, rates * x)).sum(axis=0) - level
        low, high = np.where(over < 0, x, low), np.where(over < 0, high, x)
        log_density = shapes * np.log(rates) + (shapes - 1) * np.log(x) - rates * x - gammaln(shapes)
        density = (shares * np.exp(log_density)).sum(axis=0)
        with np.errstate(divide="ignore", invalid="ignore"):
            moved = x - over / density
        moved = np.where((moved > low) & (moved < high), moved, (low + high) / 2)
        if np.max(np.abs(moved - x) / x) < 1e-12:
            return moved
        x = moved
    return x
