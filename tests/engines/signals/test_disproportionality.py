"""Reporting ratios against worked examples, slow sums over strata, and their undefined cases."""

from math import exp, isnan, log, log2, sqrt

import numpy as np
import polars as pl
import pytest
from scipy import stats

from seawall.engines.signals import chi_square, from_counts, from_reports, information_component, prr, ror, score


def table(a: int, b: int, c: int, d: int, stratum: str = "") -> pl.DataFrame:
    return pl.DataFrame(
        {"product": ["X", "X", "Y", "Y"], "event": ["E", "F", "E", "F"], "n": [a, b, c, d], "stratum": [stratum] * 4}
    )


def first(values: np.ndarray) -> float:
    return float(values[0])


def test_one_table_has_the_textbook_intervals() -> None:
    a, b, c, d = 12, 40, 33, 900
    cells = from_counts(table(a, b, c, d))
    ratio, half = (a / (a + b)) / (c / (c + d)), 1.959963984540054 * sqrt(1 / a - 1 / (a + b) + 1 / c - 1 / (c + d))
    assert [first(x) for x in prr(cells)] == pytest.approx([ratio, ratio * exp(-half), ratio * exp(half)], rel=1e-12)
    odds, half = a * d / b / c, 1.959963984540054 * sqrt(1 / a + 1 / b + 1 / c + 1 / d)
    assert [first(x) for x in ror(cells)] == pytest.approx([odds, odds * exp(-half), odds * exp(half)], rel=1e-12)
    for yates in (False, True):
        expected = stats.chi2_contingency([[a, b], [c, d]], correction=yates).statistic
        assert first(chi_square(cells, yates=yates)) == pytest.approx(expected, rel=1e-12)


def test_strata_are_pooled_as_mantel_and_haenszel_did() -> None:
    tables = [(12, 40, 33, 900), (3, 80, 5, 200), (0, 9, 7, 70)]
    cells = from_counts(pl.concat(table(*t, stratum=str(i)) for i, t in enumerate(tables)))
    above = sum(a * (c + d) / (a + b + c + d) for a, b, c, d in tables)
    below = sum(c * (a + b) / (a + b + c + d) for a, b, c, d in tables)
    assert first(prr(cells).point) == pytest.approx(above / below, rel=1e-12)
    pooled = stats.contingency.odds_ratio  # the crude odds ratio differs: the pooled one is summed within strata
    odds = sum(a * d / (a + b + c + d) for a, b, c, d in tables) / sum(b * c / (a + b + c + d) for a, b, c, d in tables)
    assert first(ror(cells).point) == pytest.approx(odds, rel=1e-12)
    crude = pooled(np.sum(tables, axis=0).reshape(2, 2), kind="sample").statistic
    assert abs(odds - crude) > 0.1
    expected = sum((a + b) * (a + c) / (a + b + c + d) for a, b, c, d in tables)
    assert first(cells.expected) == pytest.approx(expected, rel=1e-12)


def test_the_variance_over_strata_is_that_of_robins_breslow_and_greenland() -> None:
    """Two equal strata carry twice the information of one."""
    one, two = (
        from_counts(table(12, 40, 33, 900)),
        from_counts(pl.concat([table(12, 40, 33, 900, "1"), table(12, 40, 33, 900, "2")])),
    )
    for measure in (prr, ror):
        width = [log(first(measure(cells).high) / first(measure(cells).point)) for cells in (one, two)]
        assert width[0] / width[1] == pytest.approx(sqrt(2), rel=1e-12)


def test_information_component_is_the_gamma_posterior() -> None:
    point, low, high = information_component(np.array([7.0, 0.0]), np.array([1.3, 2.0]))
    assert first(point) == pytest.approx(log2(7.5 / 1.8), rel=1e-12)
    assert first(low) == pytest.approx(log2(stats.gamma.ppf(0.025, 7.5, scale=1 / 1.8)), rel=1e-10)
    assert first(high) == pytest.approx(log2(stats.gamma.ppf(0.975, 7.5, scale=1 / 1.8)), rel=1e-10)
    assert low[1] < point[1] < high[1] and point[1] < 0


def test_reports_are_counted_once_however_many_rows_name_them() -> None:
    lines = pl.DataFrame(
        {"report": [1, 1, 1, 2, 3], "product": ["X", "X", "X", "X", "Y"], "event": ["E", "E", "F", "E", "F"]}
    )
    cells = from_reports(lines)
    row = dict(zip(cells.pairs.rows(), zip(cells.observed, cells.expected, strict=True), strict=True))
    assert row[("X", "E")] == (2, 2 * 2 / 3) and row[("X", "F")] == (1, 2 * 2 / 3)


@pytest.mark.parametrize(
    ("cells", "undefined", "reason"),
    [
        ((3, 5, 0, 9), ["prr", "prr_low", "ror", "ror_low"], "event_only_here"),
        ((3, 0, 4, 9), ["ror", "ror_high"], "product_only_this"),
        ((0, 5, 4, 9), ["prr_low", "ror_high"], "none_reported"),
        ((0, 0, 4, 9), ["prr", "ror", "chi2", "ic", "ic_low"], "nothing_expected"),
        ((3, 5, 0, 0), ["prr", "ror", "chi2"], "product_alone"),
        ((3, 0, 4, 0), ["chi2", "ror"], "event_everywhere"),
    ],
)
def test_what_is_undefined_is_empty_with_its_reason(
    cells: tuple[int, int, int, int], undefined: list[str], reason: str
) -> None:
    frame = score(from_counts(table(*cells))).frame
    row = frame.filter(product="X", event="E").row(0, named=True)
    assert all(row[name] is None for name in undefined), row
    assert reason in row["reason"]
    assert row["ebgm"] is None
    numbers = [value for value in row.values() if isinstance(value, float)]
    assert not any(isnan(value) or abs(value) == float("inf") for value in numbers)


def test_terms_that_tell_who_was_vaccinated_are_muted() -> None:
    counts = table(20, 5, 10, 900).with_columns(
        pl.col("event").replace({"E": "SARS-CoV-2 test positive", "F": "Pyrexia"})
    )
    frame = score(from_counts(counts), ["prr", "ic"]).frame
    assert frame.filter(product="X", event="SARS-CoV-2 test positive")["muted"].item() == "tested"
    assert frame.filter(product="X", event="Pyrexia")["muted"].item() is None


def test_what_cannot_vary_has_no_interval() -> None:
    cells = from_counts(pl.DataFrame({"product": ["X", "Y"], "event": ["E", "E"], "n": [5, 3]}))
    found = prr(cells)
    assert first(found.point) == 1.0 and isnan(first(found.low)) and isnan(first(found.high))
    assert all("event_everywhere" in reason for reason in score(cells, ["prr"]).frame["reason"])
