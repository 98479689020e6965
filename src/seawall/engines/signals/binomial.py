"""MaxSPRT on matched counts: events of the exposed among all events, when each exposed time has z times as much control.

Kulldorff et al. (2011), Sequential Analysis 30:58, section 4. Under the null hypothesis an event falls on the exposed
with probability 1 / (1 + z). LLR = c ln(c / (n p)) + (n - c) ln((n - c) / (n (1 - p))), 0 unless c / n > p, is compared
with a flat critical value after every event from the M-th on, up to N events in all. The count is discrete, so alpha is
kept, seldom met.
"""

import numpy as np
import numpy.typing as npt
from scipy.special import xlogy

from ..tables import Findings
from .counts import Floats
from .reading import OWN

ROUNDING = 1e-10
MOST_EVENTS = 3_000  # of the longest surveillance that is worked out: some seconds


def binomial_llr(exposed: npt.ArrayLike, events: npt.ArrayLike, ratio: float) -> Floats:
    """Log-likelihood ratio of c exposed among n events; `ratio` is z, control per exposed time."""
    c, n, p = np.asarray(exposed, float), np.asarray(events, float), 1 / (1 + ratio)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = xlogy(c, c / (n * p)) + xlogy(n - c, (n - c) / (n * (1 - p)))
    return np.where(c > n * p, found, 0.0)


def _needed(critical: float, limit: int, ratio: float, minimum: int) -> np.ndarray:
    """For each n = 1..N the smallest c that signals; n + 1 where none does."""
    needed = np.arange(2, limit + 2)
    for n in range(minimum, limit + 1):
        reached = binomial_llr(np.arange(n + 1), np.array(n), ratio) >= critical - ROUNDING
        if reached.any():
            needed[n - 1] = int(np.argmax(reached))
    return needed


def binomial_performance(
    critical: float, limit: int, ratio: float, minimum: int = 1, risk: float = 1.0
) -> tuple[float, float | None]:
    """Probability of a signal within N events at a relative risk, and the mean number of events when there is one."""
    p = risk / (risk + ratio)
    states, power, weighted = np.ones(1), 0.0, 0.0  # states[c]: no signal yet, c exposed
    for n, need in enumerate(_needed(critical, limit, ratio, minimum), start=1):
        moved = np.append(states * (1 - p), 0.0)
        moved[1:] += states * p
        crossed = float(moved[need:].sum())
        power, weighted = power + crossed, weighted + n * crossed
        states = moved[: max(int(need), 1)] if need < len(moved) else moved
    return power, weighted / power if power > 0 else None


def binomial_critical_value(limit: int, ratio: float, minimum: int = 1, alpha: float = 0.05) -> float:
    """The smallest attained value of the LLR whose error probability is at most alpha; raises Mistakes if none is."""
    wrong = Findings(OWN)
    if not 1 <= limit <= MOST_EVENTS:
        wrong.add("--limit", 0, "", limit, "between", f"1, {MOST_EVENTS:,}")
    if not 1 <= minimum <= max(limit, 1):
        wrong.add("--minimum-events", 0, "", minimum, "between", f"1, {limit}")
    if ratio <= 0:
        wrong.add("--ratio", 0, "", ratio, "positive")
    if not 0 < alpha <= 0.5:
        wrong.add("--alpha", 0, "", alpha, "between", "0, 0.5")
    wrong.stop_if_any()
    values = [binomial_llr(np.arange(n + 1), np.array(n), ratio) for n in range(minimum, limit + 1)]
    levels = np.unique(np.concatenate(values).round(10))
    levels = levels[levels > 0]
    low, high = 0, len(levels)  # the answer lies in [low, high]; high: none
    while low < high:
        middle = (low + high) // 2
        kept = binomial_performance(float(levels[middle]), limit, ratio, minimum)[0] <= alpha
        low, high = (low, middle) if kept else (middle + 1, high)
    if low == len(levels):
        wrong.add("--limit", 0, "", limit, "unreachable")
    wrong.stop_if_any()
    return float(levels[low])
