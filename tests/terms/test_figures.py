"""Figures print as the table of the design says, in both languages."""

from datetime import UTC, date, datetime, timedelta

import pytest

from seawall.terms import figures
from seawall.terms.actor import EN, ZH


@pytest.mark.parametrize(
    ("number", "unit", "zh", "en"),
    [
        (12_400, "", "1.24万", "12,400"),
        (25_534_000, "doses", "2553.4万剂", "25.53 M doses"),
        (3_443_000_000, "", "34.43亿", "3.443 bn"),
        (9_876, "", "9,876", "9,876"),
        (999_999, "", "100.00万", "999,999"),
    ],
)
def test_headline_figures(number: int, unit: str, zh: str, en: str) -> None:
    assert figures.headline(number, ZH, unit) == zh
    assert figures.headline(number, EN, unit) == en


def test_exact_figures_are_never_shortened() -> None:
    assert figures.exact(25_534_000, ZH, "doses") == "25,534,000 剂"
    assert figures.exact(25_534_000, EN, "doses") == "25,534,000 doses"


def test_a_share_of_few_people_is_a_count() -> None:
    assert figures.share(7, 12, ZH) == "12 人中 7 人"
    assert figures.share(7, 12, EN) == "7 of 12"
    assert figures.share(478, 1000, ZH) == "47.8%"
    assert figures.share(0, 0, ZH) == "–"


def test_coverage_over_the_denominator_is_printed_as_it_is() -> None:
    assert figures.percent(1.034) == "103.4%"


def test_differences_carry_their_sign() -> None:
    assert figures.points(2.3, ZH) == "+2.3 个百分点"
    assert figures.points(-2.3, EN) == "−2.3 pp"
    assert figures.points(0.04, EN) == "0.0 pp"
    assert figures.signed(-41_200, ZH, "doses") == "−4.12万剂"


def test_ahead_and_behind() -> None:
    assert figures.ahead(-3, -41_200, ZH) == "落后 3 天，差 4.12万剂"
    assert figures.ahead(-3, -41_200, EN) == "3 days behind, 41,200 doses short"
    assert figures.ahead(1, 100, EN) == "1 day ahead, 100 doses over"
    assert figures.ahead(0, 0, ZH) == "与计划持平"


def test_dates_and_estimates() -> None:
    assert figures.day(date(2021, 5, 20), ZH, weekday=True) == "2021年5月20日 周四"
    assert figures.day(date(2021, 5, 20), EN, weekday=True) == "Thu 20 May 2021"
    best, low, high = date(2021, 6, 28), date(2021, 6, 26), date(2021, 7, 1)
    assert figures.estimate(best, low, high, ZH) == "6月28日（6月26日—7月1日，80%）"
    assert figures.estimate(best, low, high, EN) == "28 Jun (26 Jun–1 Jul, 80%)"


def test_slots_rates_and_countdowns() -> None:
    assert figures.slot(datetime(2021, 5, 20, 9, 0, tzinfo=UTC)) == "09:00–09:15"
    assert figures.rate(31_434, 265_000_000, ZH) == "11.86 /10万剂"
    assert figures.rate(31_434, 265_000_000, EN) == "11.86 per 100,000 doses"
    assert figures.countdown(timedelta(hours=3, minutes=12), ZH) == "3小时12分"
    assert figures.countdown(timedelta(days=2, hours=4), EN) == "2 d 4 h"


def test_names_are_masked() -> None:
    assert figures.masked_name("张小三") == "张*三"
    assert figures.masked_name("李四") == "李*"
    assert figures.masked_name("Maria Chen") == "M*** C***"
