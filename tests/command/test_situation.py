"""The board's first line can be redone with a pencil."""

from datetime import date, timedelta

import pytest

from seawall.command.situation import days_behind, pace, verdict

TODAY, DEADLINE = date(2021, 5, 20), date(2021, 6, 30)


def week(*doses):
    return {TODAY - timedelta(n): d for n, d in enumerate(doses)}


def test_at_a_steady_hundred_a_day_two_thousand_take_twenty_days():
    p = pace(week(*[100] * 7), TODAY, 2000, DEADLINE)
    assert (p.last7, p.spread) == (100, 0)
    assert p.expected_on == p.expected_low == p.expected_high == TODAY + timedelta(20)
    assert p.need_per_day == pytest.approx(2000 / 41)


def test_an_uneven_week_widens_the_interval():
    p = pace(week(50, 150, 50, 150, 50, 150, 100), TODAY, 2000, DEADLINE)
    assert p.expected_low < p.expected_on < p.expected_high


@pytest.mark.parametrize(
    ("remaining", "daily", "behind", "short", "code"),
    [
        (0, 100, 0, 0, "REACHED"),
        (2000, 100, 0, 0, "ON_TIME"),
        (2000, 100, 5, 0, "AT_RISK"),
        (5000, 100, 1, 0, "AT_RISK"),
        (5000, 100, 6, 0, "NOT_ON_TIME"),
        (2000, 100, 0, 300, "NOT_ON_TIME"),
        (2000, 0, 5, 0, "NOT_ON_TIME"),
    ],
)
def test_verdict(remaining, daily, behind, short, code):
    p = pace(week(*[daily] * 7), TODAY, remaining, DEADLINE)
    assert verdict(p, DEADLINE, behind, started=True, plan_short=short).code == code


def test_days_behind_reads_the_plan_backwards():
    plan = [(TODAY - timedelta(10 - n), 100 * n) for n in range(21)]
    assert days_behind(1000, plan, TODAY) == 0
    assert days_behind(700, plan, TODAY) == pytest.approx(3)
    assert days_behind(1250, plan, TODAY) == pytest.approx(-2.5)
