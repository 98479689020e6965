"""MaxSPRT on Poisson counts: a test that may be looked at after every event and still keeps its error probability.

Kulldorff, Davis, Kolczak, Lewis, Lieu & Platt (2011), Sequential Analysis 30:58. The null hypothesis: events come as a
Poisson process at the expected rate; time is measured in expected events. A signal comes when the log-likelihood ratio
LLR = (E - n) + n ln(n / E) (0 unless n > E) reaches the critical value, after at least M events and D expected events
(Kulldorff & Silva 2015, REVSTAT 13:373), and before the limit T. All probabilities are exact, up to rounding: between
two points where one more event becomes necessary the count is Poisson, and paths that signal are absorbed. A signal
says that more events came than expected; expectation, coding and attention may be wrong before the product is.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.optimize import brentq
from scipy.special import gammainc, gammaln, lambertw

from ..tables import Findings
from .counts import Floats
from .reading import OWN

MOST_EXPECTED = 5_000.0  # expected events of the longest surveillance that is worked out: about a second
NEGLIGIBLE = 1e-19  # probability of a state that is dropped
SLOPE = 1.05  # by which ln alpha falls, about, as the critical value grows; only to begin the search


@dataclass(frozen=True, slots=True)
class Design:
    """Limit T and delay D in expected events, minimum M of events, and the error probability alpha.

    Raises Mistakes unless 0 < T <= MOST_EXPECTED, 0 <= D <= T, 1 <= M <= MOST_EXPECTED and 0 < alpha <= 0.5.
    """

    limit: float
    minimum: int = 1
    delay: float = 0.0
    alpha: float = 0.05

    def __post_init__(self) -> None:
        wrong = Findings(OWN)
        if not 0 < self.limit < np.inf:
            wrong.add("--limit", 0, "", self.limit, "positive")
        elif self.limit > MOST_EXPECTED:
            wrong.add("--limit", 0, "", self.limit, "too_long", f"{MOST_EXPECTED:,.0f}")
        elif not 0 <= self.delay <= self.limit:
            wrong.add("--delay", 0, "", self.delay, "between", f"0, {self.limit:g}")
        if not 1 <= self.minimum <= MOST_EXPECTED:
            wrong.add("--minimum-events", 0, "", self.minimum, "between", f"1, {MOST_EXPECTED:,.0f}")
        if not 0 < self.alpha <= 0.5:
            wrong.add("--alpha", 0, "", self.alpha, "between", "0, 0.5")
        wrong.stop_if_any()


@dataclass(frozen=True, slots=True)
class Performance:
    """Of a design at one relative risk: probability of a signal, and times in expected events under the null."""

    power: float
    time_to_signal: float | None  # mean, when there is a signal
    surveillance: float  # mean length until signal or limit


def llr(events: Floats, expected: Floats) -> Floats:
    """Log-likelihood ratio of n events against E expected, 0 unless n > E; NaN where E = 0 and n > 0."""
    events, expected = np.asarray(events, float), np.asarray(expected, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = expected - events + events * np.log(events / expected)
    ratio = np.where(events > expected, ratio, 0.0)
    return np.where((expected <= 0) & (events > 0), np.nan, ratio)


def last_times(counts: Floats, critical: float) -> Floats:
    """For each n > 0 the last time at which n events still signal: E < n with LLR(n, E) = critical."""
    share = critical / counts
    short = np.clip(1 + lambertw(-np.exp(-1 - share)).real, 1e-12, 1 - 1e-300)  # E = n (1 - short)
    for _ in range(3):
        with np.errstate(over="ignore", invalid="ignore"):
            moved = short - (-np.log1p(-short) - short - share) * (1 - short) / short
        short = np.where((moved > 0) & (moved < 1), moved, short)
    return counts * np.where(share > 30, np.exp(-1 - share), 1 - short)


def _steps(critical: float, design: Design) -> Iterator[tuple[float, int]]:
    """(time, n): up to that time n events signal. The first is the delay, the last the limit."""
    most = int(design.limit + 6 * np.sqrt(critical * design.limit) + 3 * critical + design.minimum + 10)
    counts = np.arange(design.minimum, most + 1)
    times = last_times(counts.astype(float), critical)
    first = int(np.searchsorted(times, design.delay))
    if design.delay > 0:
        yield design.delay, int(counts[first])
    for time, count in zip(times[first:], counts[first:], strict=True):
        yield min(float(time), design.limit), int(count)
        if time >= design.limit:
            return


def _poisson(mean: float, most: int) -> Floats:
    """Probabilities of 0 to at most `most` events; what follows is negligible."""
    k = np.arange(min(most, int(mean + 9 * np.sqrt(mean) + 14)) + 1)
    return np.exp(k * np.log(mean) - mean - gammaln(k + 1)) if mean > 0 else (k == 0).astype(float)


def signal_probability(critical: float, design: Design, risk: float = 1.0) -> float:
    """Probability of a signal before the limit when events come at `risk` times the expected rate."""
    states, low, now = np.ones(1), 0, 0.0  # states[i]: no signal yet, and low + i events
    for time, count in _steps(critical, design):
        states = np.convolve(states, _poisson(risk * (time - now), count - 1 - low))[: count - low]
        drop = int(np.argmax(states > NEGLIGIBLE))
        states, low, now = states[drop:], low + drop, time
    return 1.0 - float(states.sum())


def critical_value(design: Design) -> float:
    """The smallest critical value that keeps alpha, to 1e-9.

    With a delay alpha may not be met exactly; then the value is the conservative one, just above the jump. Raises
    Mistakes when alpha cannot be reached within the limit.
    """

    @cache
    def over(critical: float) -> float:
        return float(np.log(max(signal_probability(critical, design), 1e-300) / design.alpha))

    low, high = _bracket(over, design)
    found = float(brentq(over, low, high, xtol=1e-11, rtol=1e-13)) if high > low else low
    while over(found) > 1e-8:
        found += 1e-9
    return found


def _bracket(over: Callable[[float], float], design: Design) -> tuple[float, float]:
    """Two values between which `over` changes its sign, or the root twice; secants end there unless alpha jumps.

    `over` is nearly a line, so a few secant steps are exact to rounding. Raises Mistakes when there is no root.
    """
    before, guess = 3.0, max(3.0 + over(3.0) / SLOPE, 0.2)
    was, now = over(before), over(guess)
    for _ in range(6):
        slope = (now - was) / (guess - before) if guess != before else 0.0
        if slope > -SLOPE / 4:
            break
        before, was, guess = guess, now, max(guess - now / slope, 0.05)
        now = over(guess)
        if abs(now) < 1e-12:
            return guess, guess
    low, high = guess * 0.98, guess * 1.02
    while over(low) < 0:
        low, high = low / 2, low
        if low < 1e-7:
            wrong = Findings(OWN)
            wrong.add("--limit", 0, "", design.limit, "unreachable")
            wrong.stop_if_any()
    while over(high) > 0:
        low, high = high, high + 0.5
    return low, high


def performance(design: Design, risk: float, critical: float | None = None) -> Performance:
    """Power, mean time to signal and mean length of surveillance at a relative risk > 0."""
    critical = critical_value(design) if critical is None else critical
    states, low, now, power, weighted = np.ones(1), 0, 0.0, 0.0, 0.0
    for place, (time, count) in enumerate(_steps(critical, design)):
        mean, missing = risk * (time - now), count - low - np.arange(len(states))
        crossed = states * gammainc(missing, mean)
        power += float(crossed.sum())
        if place == 0 and design.delay > 0:
            weighted += time * float(crossed.sum())  # nobody looks before the delay is over
        else:
            arrival = states * missing / risk * gammainc(missing + 1, mean)
            weighted += now * float(crossed.sum()) + float(arrival.sum())
        states = np.convolve(states, _poisson(mean, count - 1 - low))[: count - low]
        drop = int(np.argmax(states > NEGLIGIBLE))
        states, low, now = states[drop:], low + drop, time
    length = weighted + (1 - power) * design.limit
    return Performance(power, weighted / power if power > 0 else None, length)


def sample_size(risk: float, power: float, minimum: int = 1, delay: float = 0.0, alpha: float = 0.05) -> float:
    """The shortest limit T, in expected events, at which a relative risk > 1 is found with this power (to 1e-6).

    Raises Mistakes where no surveillance up to MOST_EXPECTED finds it.
    """
    wrong = Findings(OWN)
    if not 1 < risk < np.inf:
        wrong.add("--risk", 0, "", risk, "above_one")
    if not 0 < power < 1:
        wrong.add("--power", 0, "", power, "between", "0, 1")
    wrong.stop_if_any()
    end = float(np.log(MOST_EXPECTED))

    def lacking(log_limit: float) -> float:
        design = Design(float(np.exp(log_limit)), minimum, delay, alpha)
        return signal_probability(critical_value(design), design, risk) - power

    low = np.log(max(delay, _shortest(minimum, alpha)) * (1 + 1e-9))
    if lacking(low) >= 0:
        return float(np.exp(low))
    high = low + 1.0
    while lacking(min(high, end)) < 0:
        if high >= end:
            wrong.add("--power", 0, "", power, "never_found", f"{MOST_EXPECTED:,.0f}")
            wrong.stop_if_any()
        low, high = high, high + 1.0
    high = min(high, end)
    return float(np.exp(brentq(lacking, low, high, xtol=1e-7)))


def _shortest(minimum: int, alpha: float) -> float:
    """The limit at which M events in all come with probability alpha: below it alpha cannot be reached."""
    return float(brentq(lambda limit: gammainc(minimum, limit) - alpha, 1e-9, minimum + 50.0, xtol=1e-12)) * (1 + 1e-6)
