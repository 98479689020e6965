"""MaxSPRT against published tables, a slow independent computation, and enumeration."""

from datetime import date, timedelta
from itertools import product as every

import numpy as np
import polars as pl
import pytest
from scipy import stats
from scipy.linalg import expm
from scipy.optimize import brentq

from seawall.engines.signals import (
    Design,
    binomial_critical_value,
    binomial_llr,
    binomial_performance,
    critical_value,
    llr,
    performance,
    sample_size,
    sequential,
    signal_probability,
    spending_limits,
)
from seawall.engines.tables import Mistakes

# Kulldorff & Silva (2015), REVSTAT 13:373, tables of critical values at alpha 0.05, as carried by the R package
# Sequential to all digits; T, M, D, value.
PUBLISHED = [
    (1, 1, 0, 2.85393700326128), (1, 4, 0, None), (2, 4, 0, 2.00015758807598), (5, 8, 0, 1.93644717718729),
    (10, 1, 0, 3.46795158033368), (10, 4, 0, 2.92156132978567), (10, 10, 0, 2.2814406139523),
    (20, 1, 0, 3.62812301587201), (60, 6, 0, 3.37419401277773), (100, 10, 0, 3.35579446678864),
    (200, 3, 0, 3.86276222895003), (10, 1, 1, 2.799333), (5, 1, 4, 1.611553), (50, 1, 4, 3.117553),
    (120, 1, 10, 3.177847),
]  # fmt: skip
# Kulldorff et al. (2011), Sequential Analysis 30:58, table 1.
FIRST_TABLE = [(0.1, 0.05, 2.044069), (5, 0.01, 5.091907), (100, 0.001, 8.199403), (0.5, 0.001, 7.034472)]


@pytest.mark.parametrize(("limit", "minimum", "delay", "value"), PUBLISHED)
def test_critical_values_are_the_published_ones(limit: float, minimum: int, delay: float, value: float | None) -> None:
    design = Design(limit, minimum, delay)
    if value is None:
        with pytest.raises(Mistakes, match="cannot be reached"):
            critical_value(design)
        return
    assert critical_value(design) == pytest.approx(value, abs=1e-8 if delay == 0 else 1e-6)


@pytest.mark.parametrize(("limit", "alpha", "value"), FIRST_TABLE)
def test_other_error_probabilities_have_the_published_values(limit: float, alpha: float, value: float) -> None:
    assert critical_value(Design(limit, alpha=alpha)) == pytest.approx(value, abs=1e-6)


@pytest.mark.parametrize(
    ("limit", "risk", "power", "to_signal", "length"),
    [
        (1, 1.2, 0.070, 0.25, 0.95),
        (20, 1.5, 0.450, 8.68, 14.91),
        (20, 2, 0.921, 6.96, 8.00),
        (10, 3, 0.989, 2.45, 2.53),
    ],
)
def test_power_and_times_are_the_published_ones(
    limit: float, risk: float, power: float, to_signal: float, length: float
) -> None:
    """Kulldorff et al. (2011), tables 2 and 3."""
    found = performance(Design(limit), risk)
    assert found.power == pytest.approx(power, abs=6e-4)
    assert found.time_to_signal == pytest.approx(to_signal, abs=6e-3)
    assert found.surveillance == pytest.approx(length, abs=6e-3)


def slow_probability(critical: float, design: Design, risk: float) -> float:
    """The same by matrix exponentials of the counting process between the times at which one more event is needed."""

    def last(n: int) -> float:
        return float(brentq(lambda e: e - n + n * np.log(n / e) - critical, 1e-12, n * (1 - 1e-9)))

    most = next(n for n in range(design.minimum, 400) if last(n) >= design.limit)
    times = {n: last(n) for n in range(design.minimum, most + 1)}
    size = most + 1
    rates = risk * (np.eye(size, k=1) - np.eye(size))
    state, now = np.eye(size)[0], 0.0
    for n in range(design.minimum, most + 1):
        until = min(times[n], design.limit)
        if until <= design.delay and n < most:
            continue
        for step in (design.delay, until):
            if step > now:
                state = state @ expm(rates * (step - now))
                state[n:] = 0.0
                now = step
    return 1 - float(state.sum())


@pytest.mark.parametrize("design", [Design(6), Design(8, 3), Design(9, 2, 1.5), Design(5, 1, 0, 0.2)])
def test_probabilities_agree_with_matrix_exponentials(design: Design) -> None:
    for risk in (1.0, 1.8):
        assert signal_probability(2.5, design, risk) == pytest.approx(slow_probability(2.5, design, risk), abs=1e-9)


def test_a_delay_that_makes_alpha_jump_is_answered_on_the_safe_side() -> None:
    """At T = 5, D = 4 some error probabilities lie within a jump: the next smaller value would break alpha."""
    jumped = 0
    for alpha in np.linspace(0.02, 0.3, 25):
        design = Design(5, 1, 4, float(alpha))
        value = critical_value(design)
        kept = signal_probability(value, design)
        assert kept <= alpha * (1 + 1e-7)
        if kept < alpha * (1 - 1e-4):
            jumped += 1
            assert signal_probability(value - 1e-6, design) > alpha
    assert jumped > 3


def test_the_sample_size_gives_its_power() -> None:
    limit = sample_size(2.0, 0.9, minimum=4)
    design = Design(limit, 4)
    assert performance(design, 2.0).power == pytest.approx(0.9, abs=1e-6)


def test_bad_designs_are_named_all_at_once() -> None:
    with pytest.raises(Mistakes) as found:
        Design(-1, 0, 0, 2)
    assert {mistake.file for mistake in found.value.found} == {"--limit", "--minimum-events", "--alpha"}
    with pytest.raises(Mistakes, match="--delay"):
        Design(3, 1, 4)


@pytest.mark.parametrize("ratio", [1.0, 2.5])
def test_binomial_error_is_that_of_all_sequences(ratio: float) -> None:
    limit, minimum = 10, 2
    value = binomial_critical_value(limit, ratio, minimum, alpha=0.1)
    p = 1 / (1 + ratio)

    def crosses(sequence: tuple[int, ...], critical: float) -> bool:
        c = np.cumsum(sequence)
        n = np.arange(1, limit + 1)
        return bool((binomial_llr(c, n, ratio)[minimum - 1 :] >= critical - 1e-10).any())

    def error(critical: float) -> float:
        hits = [s for s in every((0, 1), repeat=limit) if crosses(s, critical)]
        return sum(p ** sum(s) * (1 - p) ** (limit - sum(s)) for s in hits)

    assert binomial_performance(value, limit, ratio, minimum)[0] == pytest.approx(error(value), abs=1e-12)
    every_n = [binomial_llr(np.arange(n + 1), np.array(n), ratio) for n in range(minimum, limit + 1)]
    below = max(level for level in np.concatenate(every_n) if level < value - 1e-9)
    assert error(value) <= 0.1 < error(below)


def test_spending_keeps_alpha_and_wastes_less_than_one_count() -> None:
    times, design = np.array([0.4, 1.1, 1.1, 3.0, 6.5, 10.0]), Design(10, 1, 0.0, 0.05)
    for name in ("power", "pocock", "obrien_fleming"):
        looks = spending_limits(times, design, name)
        assert looks.spent[-1] <= 0.05 + 1e-15 and (np.diff(looks.spent) >= 0).all()
        rng = np.random.default_rng(3)
        steps = np.diff(np.append(0, times))
        counts = rng.poisson(steps, (40_000, len(steps))).cumsum(axis=1)
        crossed = ((looks.needed > 0) & (counts >= looks.needed)).any(axis=1).mean()
        assert crossed == pytest.approx(looks.spent[-1], abs=0.004)
        assert looks.needed[2] == 0  # no new expectation, nothing to spend


def test_one_look_is_an_exact_poisson_test() -> None:
    looks = spending_limits(np.array([7.0]), Design(7))
    assert int(looks.needed[0]) == int(stats.poisson.ppf(0.95, 7) + 1)


def test_a_campaign_signals_at_the_first_crossing_and_stays() -> None:
    days = [date(2021, 3, 1) + timedelta(days=i) for i in range(5)]
    looks = pl.DataFrame({"date": days, "events": [1, 0, 9, 0, 0], "expected": [1.0, 1.0, 1.0, 8.0, 40.0]})
    found = sequential(looks, Design(20))
    assert found.columns[:6] == ["date", "events", "expected", "llr", "limit", "signal"]
    assert found["signal"].to_list() == [False, False, True, True, True]
    assert found["llr"][2] == pytest.approx(float(llr(np.array(10.0), np.array(3.0))))
    assert found["reason"].to_list() == [None] * 4 + ["beyond_limit"]
    late = sequential(looks.with_columns(events=pl.Series([0, 0, 0, 0, 200])), Design(20))
    assert not late["signal"].any()


def test_events_where_nothing_is_expected_have_no_ratio() -> None:
    looks = pl.DataFrame({"date": [date(2021, 3, 1), date(2021, 3, 2)], "events": [1, 0], "expected": [0.0, 2.0]})
    found = sequential(looks, Design(5))
    assert found["llr"].to_list() == [None, 0.0] and found["reason"][0] == "nothing_expected_yet"


@pytest.mark.parametrize(
    "ask",
    [
        lambda: Design(10.0**6),
        lambda: Design(10.0, minimum=10**6),
        lambda: binomial_critical_value(10**6, 1.0),
        lambda: sample_size(1.0, 0.9),
        lambda: sample_size(2.0, 1.5),
    ],
    ids=["a long surveillance", "a great minimum", "many matched events", "no risk", "no power"],
)
def test_what_cannot_be_worked_out_is_said_in_words(ask):
    with pytest.raises(Mistakes):
        ask()
