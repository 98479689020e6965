"""The board's first line can be redone with a pencil."""

from datetime import date, timedelta

import pytest

from seawall.command.situation import days_behind, forecast, pace, verdict

TODAY, DEADLINE = date(2021, 5, 20), date(2021, 6, 30)


def week(*doses):
    return {TODAY - timedelta(n): d for n, d in enumerate(doses)}


def ahead(per_day, days=41):
    return {TODAY + timedelta(n + 1): per_day for n in range(days)}


def test_a_city_that_meets_its_quotas_ends_when_the_plan_ends():
    p = pace(week(*[100] * 7), week(*[100] * 7), ahead(100, 20), TODAY, 2000, DEADLINE)
    assert (p.last7, p.met, p.spread) == (100, 1, 0)
    assert p.expected_on == p.expected_low == p.expected_high == TODAY + timedelta(20)
    assert p.need_per_day == pytest.approx(2000 / 41)


def test_half_the_quotas_take_twice_the_time():
    p = pace(week(*[50] * 7), week(*[100] * 7), ahead(100, 20), TODAY, 2000, DEADLINE)
    assert p.met == 0.5
    assert p.expected_on == TODAY + timedelta(40)


def test_an_uneven_week_widens_the_interval():
    p = pace(week(50, 110, 50, 110, 50, 110, 80), week(*[100] * 7), ahead(100), TODAY, 2000, DEADLINE)
    assert p.expected_low < p.expected_on < p.expected_high


def test_vaccine_that_comes_late_in_the_plan_is_late_in_the_forecast():
    late = {TODAY + timedelta(n + 1): 0 if n < 20 else 200 for n in range(41)}
    assert pace(week(*[100] * 7), week(*[100] * 7), late, TODAY, 2000, DEADLINE).expected_on == TODAY + timedelta(30)


def test_the_band_starts_at_what_is_done_and_follows_the_plan():
    p = pace(week(*[80] * 7), week(*[100] * 7), ahead(100), TODAY, 2000, DEADLINE)
    days = [TODAY + timedelta(n) for n in range(-1, 11)]
    middle = forecast(ahead(100), days, TODAY, 5000, p)["mid"]
    assert middle[:3] == [None, 5000, 5080]
    assert middle[-1] == 5800


@pytest.mark.parametrize(
    ("remaining", "met", "behind", "short", "code"),
    [
        (0, 1.0, 0, 0, "REACHED"),
        (2000, 1.0, 0, 0, "ON_TIME"),
        (2000, 1.0, 5, 0, "AT_RISK"),
        (4100, 0.9, 1, 0, "AT_RISK"),
        (4100, 0.9, 6, 0, "NOT_ON_TIME"),
        (2000, 1.0, 0, 300, "NOT_ON_TIME"),
        (2000, 0.0, 5, 0, "NOT_ON_TIME"),
    ],
)
def test_verdict(remaining, met, behind, short, code):
    p = pace(week(*[round(100 * met)] * 7), week(*[100] * 7), ahead(100), TODAY, remaining, DEADLINE)
    assert verdict(p, DEADLINE, behind, started=True, plan_short=short).code == code


def test_days_behind_reads_the_plan_backwards():
    plan = [(TODAY - timedelta(10 - n), 100 * n) for n in range(21)]
    assert days_behind(1000, plan, TODAY) == 0
    assert days_behind(700, plan, TODAY) == pytest.approx(3)
    assert days_behind(1250, plan, TODAY) == pytest.approx(-2.5)
