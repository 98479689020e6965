"""Alpha spending: exact limits for Poisson counts that are looked at on a few, irregular days.

Lan & DeMets (1983), Biometrika 70:659: the error probability spent until a look is a function of the share of the
planned expectation, fixed beforehand; looks need not be. Counts are discrete, so what a look cannot spend is left to the
next. Functions: `power` alpha t^rho (Kim & DeMets 1987, Biometrika 74:149), `pocock` alpha ln(1 + (e - 1) t) and
`obrien_fleming` 2 - 2 Phi(z(alpha / 2) / sqrt t) (both Lan & DeMets 1983).
"""

from typing import NamedTuple

import numpy as np
from scipy.special import ndtr, ndtri

from .counts import Floats
from .maxsprt import Design, _poisson, llr

SPENDINGS = ("power", "pocock", "obrien_fleming")


class Looks(NamedTuple):
    """For each look: the count that signals, its log-likelihood ratio, and the error probability spent so far."""

    needed: np.ndarray
    limit: Floats
    spent: Floats


def spent(share: Floats, alpha: float, spending: str, rho: float = 1.0) -> Floats:
    """What a spending function allows until a share 0..1 of the planned expectation."""
    share = np.clip(share, 0.0, 1.0)
    if spending == "power":
        return alpha * share**rho
    if spending == "pocock":
        return alpha * np.log1p((np.e - 1) * share)
    with np.errstate(divide="ignore"):
        return 2 * ndtr(-ndtri(1 - alpha / 2) / np.sqrt(share))


def spending_limits(expected: Floats, design: Design, spending: str = "power", rho: float = 1.0) -> Looks:
    """Limits at looks with these cumulative expectations (ascending); the design gives T, M, D and alpha.

    A look before the delay, beyond the limit or without new expectation spends nothing; its count is 0 and its limit NaN.
    """
    states, now, used = np.ones(1), 0.0, 0.0
    counts, used_by = np.zeros(len(expected), int), np.zeros(len(expected))
    allowed = spent(np.asarray(expected, float) / design.limit, design.alpha, spending, rho)
    for i, time in enumerate(expected):
        if now < time <= design.limit:
            states, now = np.convolve(states, _poisson(time - now, 10**9)), float(time)
            if time >= design.delay:
                need, crossed = _need(states, float(allowed[i]) - used, design.minimum)
                states, used, counts[i] = states[:need], used + crossed, need
        used_by[i] = used
    limit = np.where(counts > 0, llr(counts, np.asarray(expected, float)), np.nan)
    return Looks(counts, limit, used_by)


def _need(states: Floats, allowance: float, minimum: int) -> tuple[int, float]:
    """The smallest count whose crossing costs at most the allowance, and what it costs."""
    tail = np.append(np.cumsum(states[::-1])[::-1], 0.0)
    need = max(int(np.argmax(tail <= max(allowance, 0.0))), minimum)
    return need, float(tail[need]) if need < len(tail) else 0.0
