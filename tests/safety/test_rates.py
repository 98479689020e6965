"""A rate states its doses and its interval; without doses there is none."""

import pytest

from seawall.safety import rates

# Exact 95% Poisson limits as printed in tables (Ulm 1990, to two decimals).
EXACT = [(0, 0.00, 3.69), (5, 1.62, 11.67), (10, 4.80, 18.39), (50, 37.11, 65.92), (188, 162.09, 216.87)]


@pytest.mark.parametrize(("events", "low", "high"), EXACT)
def test_the_interval_agrees_with_the_exact_one(events, low, high):
    assert rates.byar(events) == pytest.approx((low, high), rel=0.02, abs=0.05)


def test_the_published_figures_of_april_2021_come_out():
    """31,434 reports after 265 million doses were printed as 11.86 per 100,000."""
    assert rates.rate("all", 31_434, 188, 265_000_000).per_100k == 11.86


def test_no_doses_no_rate():
    assert rates.rate("all", 3, 0, 0).per_100k is None
