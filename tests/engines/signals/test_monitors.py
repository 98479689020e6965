"""Observed against expected, case series, units beside each other, clusters, silence."""

from datetime import date, datetime

import numpy as np
import polars as pl
import pytest
from scipy import stats
from scipy.optimize import minimize

from seawall.engines.signals import (
    clusters,
    false_discovery,
    funnel_limit,
    garwood,
    observed_against_expected,
    outliers,
    sccs,
    silent,
)

# Urabe mumps vaccine and viral meningitis, Oxford: day of vaccination and of meningitis, observed 366-730 days of age;
# Whitaker, Farrington, Spiessens & Musonda (2006), Stat Med 25:1768, section 3.1.
OXFORD = pl.DataFrame(
    {
        "person": list("abcdefghij"),
        "start": 366,
        "end": 730,
        "dose": [458, 392, 429, 433, 432, 395, 470, 496, 428, 717],
        "event": [398, 413, 449, 455, 472, 474, 485, 517, 524, 700],
    }
)


def test_garwood_limits_are_the_exact_ones() -> None:
    low, high = garwood(np.array([0.0, 1, 5, 100]))
    assert low[0] == 0 and high[0] == pytest.approx(-np.log(0.025), rel=1e-12)
    for n, a, b in zip([1, 5, 100], low[1:], high[1:], strict=True):
        assert stats.poisson.sf(n - 1, a) == pytest.approx(0.025, rel=1e-9)
        assert stats.poisson.cdf(n, b) == pytest.approx(0.025, rel=1e-9)


def test_expectation_counts_only_the_days_that_were_lived() -> None:
    doses = pl.DataFrame(
        {
            "date": [date(2021, 3, 1), date(2021, 3, 30)],
            "age_group": "18-59",
            "sex": "f",
            "doses": [10_000, 10_000],
            "lot": "A",
        }
    )
    rates = pl.DataFrame(
        {"event": ["GBS"], "age_group": ["18-59"], "sex": ["f"], "rate": [1.7], "first": [1], "last": [42]}
    )
    events = pl.DataFrame(
        {
            "event": ["GBS"] * 3, "age_group": ["18-59"] * 3, "sex": ["f"] * 3, "lot": ["A"] * 3,
            "dose": [date(2021, 3, 1)] * 3, "onset": [date(2021, 3, 1), date(2021, 3, 2), date(2021, 4, 13)],
        }
    )  # fmt: skip
    found = observed_against_expected(doses, rates, events, date(2021, 4, 5), ["lot"]).row(0, named=True)
    years = 10_000 * (35 + 6) / 365.25
    assert found["expected"] == pytest.approx(years * 1.7 / 1e5, rel=1e-12)
    assert found["observed"] == 1  # the day of the dose and the day after the window are outside
    assert found["p"] == pytest.approx(1 - np.exp(-found["expected"]), rel=1e-9)


def test_no_ratio_where_nothing_is_expected() -> None:
    none = outliers(pl.DataFrame({"unit": ["a", "b"], "events": [0, 0], "doses": [10, 20]}))
    assert none["ratio"].null_count() == 2 and none["reason"].to_list() == ["nothing_expected"] * 2
    assert not none["outlier"].any()


def test_the_oxford_series_has_its_published_ratio() -> None:
    """12.04 (3.00 to 48.26) in days 15-35 and 0.23 (0.03 to 2.02) in the second age band."""
    found = sccs(OXFORD, [(15, 35)], [548]).ratios
    assert found.row(0)[3:6] == pytest.approx((12.037, 3.002, 48.259), abs=1e-3)
    assert found.row(1)[3:6] == pytest.approx((0.225, 0.025, 2.016), abs=1e-3)


def test_the_series_is_at_the_maximum_of_a_likelihood_by_days() -> None:
    """Each day of each person, two windows and three age bands, by a simplex search."""
    rng = np.random.default_rng(8)
    dose = rng.integers(60, 250, 40)
    cases = pl.DataFrame(
        {
            "person": np.arange(40),
            "start": 1,
            "end": 365,
            "dose": dose,
            "event": np.clip(dose + rng.integers(-90, 90, 40), 1, 365),
        }
    )
    windows, ages = [(0, 13), (14, 41)], [120, 240]
    found = sccs(cases, windows, ages)
    days = np.arange(1, 366)

    def minus(theta: np.ndarray) -> float:
        total = 0.0
        for _, _, _, given, event in cases.iter_rows():
            linear = theta[2] * ((days >= 120) & (days < 240)) + theta[3] * (days >= 240)
            for (a, b), effect in zip(windows, theta[:2], strict=True):
                linear = linear + effect * ((days >= given + a) & (days <= given + b))
            total += linear[event - 1] - np.log(np.exp(linear).sum())
        return -total

    slow = minimize(minus, np.zeros(4), method="BFGS", options={"gtol": 1e-8})
    assert np.log(found.ratios["ratio"].to_numpy()) == pytest.approx(slow.x, abs=1e-5)
    step, units = 1e-3, np.eye(4) * 1e-3
    bend = [
        [minus(slow.x + a + b) - minus(slow.x + a - b) - minus(slow.x - a + b) + minus(slow.x - a - b) for b in units]
        for a in units
    ]
    error = np.sqrt(np.diag(np.linalg.inv(np.array(bend) / (4 * step**2))))
    widths = np.log(found.ratios["high"] / found.ratios["low"]) / (2 * 1.959963984540054)
    assert widths.to_numpy() == pytest.approx(error, rel=1e-4)


@pytest.mark.parametrize(
    ("event", "reason", "ratio"),
    [(110, "no_event_outside", None), (300, "no_event_in_window", 0.0)],
)
def test_a_series_without_contrast_says_so(event: int, reason: str, ratio: float | None) -> None:
    cases = pl.DataFrame({"person": [1, 2], "start": 1, "end": 365, "dose": 100, "event": event})
    row = sccs(cases, [(1, 28)]).ratios.row(0, named=True)
    assert (row["reason"], row["ratio"], row["low"]) == (reason, ratio, None)


def test_false_discoveries_as_benjamini_and_hochberg_published() -> None:
    """Their example of 15 p-values (1995, section 3.2): four are discoveries at 5 %."""
    p = np.array(
        [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0]
    )  # fmt: skip
    q = false_discovery(p[::-1])[::-1]
    assert int((q <= 0.05).sum()) == 4
    assert q == pytest.approx(stats.false_discovery_control(p), rel=1e-12)


def test_funnel_limits_enclose_their_probability() -> None:
    expected = np.array([0.4, 3.0, 25.0, 400.0])
    for level in (0.95, 0.998):
        limit = funnel_limit(expected, level)
        tail = (1 + level) / 2
        exact = stats.poisson.ppf(tail, expected)
        assert ((limit <= exact) & (limit > exact - 1)).all()
    wide = funnel_limit(expected, 0.95, phi=4.0)
    assert (wide - expected) == pytest.approx(2 * (funnel_limit(expected, 0.95) - expected), rel=1e-9)


def test_one_bad_lot_stands_out_and_does_not_hide_itself() -> None:
    events = [3, 2, 5, 4, 3, 40, 2, 4, 3, 1, 1, 2]
    units = pl.DataFrame({"unit": [f"L{i}" for i in range(12)], "events": events, "doses": [2000] * 12})
    found = outliers(units)
    assert found.filter("outlier")["unit"].to_list() == ["L5"]


def test_units_that_all_differ_widen_the_funnel() -> None:
    rng = np.random.default_rng(4)
    true = rng.gamma(4, 1 / 4, 400)
    units = pl.DataFrame({"unit": np.arange(400), "events": rng.poisson(30 * true), "expected": np.full(400, 30.0)})
    found = outliers(units.with_columns(pl.col("unit").cast(pl.String)))
    assert found["overdispersion"][0] > 3
    assert found["outlier"].sum() <= 3


def test_silence_is_noted_where_many_are_expected() -> None:
    units = pl.DataFrame({"unit": ["a", "b", "c"], "events": [12, 0, 0], "doses": [5000, 4900, 300]})
    found = silent(units)
    assert found["silent"].to_list() == [False, True, False]
    assert found["chance"][2] == pytest.approx(np.exp(-12 * 300 / 10_200))


def moment(day: int, hour: int = 0) -> datetime:
    return datetime(2021, 3, day, hour)  # noqa: DTZ001 - as written in a file


def case(unit: str, product: str, symptom: str, serious: bool, onset: datetime) -> dict[str, object]:
    return {"unit": unit, "product": product, "symptom": symptom, "serious": serious, "onset": onset}


def test_two_serious_cases_alike_are_a_cluster_within_72_hours() -> None:
    first, last = moment(1, 10), moment(4, 10)
    rows = [case("S", "A", "anaphylaxis", True, first), case("S", "B", "anaphylaxis", True, last)]
    found = clusters(pl.DataFrame(rows))
    assert found.select("rule", "unit", "first", "last", "cases").rows() == [("serious", "S", first, last, 2)]
    apart = [rows[0], rows[1] | {"onset": moment(4, 11)}]
    assert clusters(pl.DataFrame(apart)).is_empty()
    assert clusters(pl.DataFrame([rows[0], rows[1] | {"unit": "T"}])).is_empty()


@pytest.mark.parametrize(("expected", "count", "found"), [(0.9, 3, 1), (1.0, 3, 0), (1.0, 4, 1), (0.1, 2, 0)])
def test_a_marked_rise_is_more_than_three_times_the_expected_and_three(expected: float, count: int, found: int) -> None:
    rows = pl.DataFrame([case("S", "A", "syncope", False, moment(1, 9 + i)) for i in range(count)])
    wanted = pl.DataFrame({"unit": ["S"], "product": ["A"], "symptom": ["syncope"], "expected": [expected]})
    assert clusters(rows, wanted).height == found


def test_windows_that_share_cases_are_one_cluster() -> None:
    days = [1, 2, 3, 5, 6, 7, 20, 21, 22]
    rows = pl.DataFrame([case("S", "A", "syncope", False, moment(day)) for day in days])
    wanted = pl.DataFrame({"unit": ["S"], "product": ["A"], "symptom": ["syncope"], "expected": [0.1]})
    assert clusters(rows, wanted)["cases"].to_list() == [6, 3]
