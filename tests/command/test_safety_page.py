"""The safety page of the rehearsed city: what it counts is what was given and found, and a signal is never called a cause."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from django.template.loader import render_to_string
from django.utils import translation
from scipy.stats import binomtest

from seawall.campaigns import selectors as campaigns
from seawall.drill import selectors as drill
from seawall.people import selectors as people
from seawall.platform import sql
from seawall.reports import selectors as reports
from seawall.reports.boards import SafetyPage, safety_page
from seawall.safety import selectors as safety
from seawall.safety.boards import watched
from seawall.terms.actor import Actor

pytestmark = pytest.mark.usefixtures("city")


def closed_day() -> date:
    day = reports.last_closing()
    assert day
    return day


def test_monitors_count_what_was_given_and_found(anyone: Actor) -> None:
    page = safety_page(anyone, campaigns.current(), closed_day())
    whole = next(row for row in page.scopes if row.kind == "all")
    assert whole.doses == sql.fetch("SELECT count(*) FROM clinic_injection WHERE day <= %s", [closed_day()])[0][0]
    found = "SELECT count(*) FROM safety_adverseevent WHERE (found_at AT TIME ZONE 'Asia/Shanghai')::date <= %s"
    assert whole.events == sql.fetch(found, [closed_day()])[0][0]
    (rate,) = page.rates
    assert whole.expected == pytest.approx(whole.doses * rate.per_100k / 100_000)
    products = [row for row in page.scopes if row.kind == "product"]
    assert sum(row.doses for row in products) == whole.doses


def test_every_signal_says_in_both_languages_that_it_is_no_cause(anyone: Actor) -> None:
    page = safety_page(anyone, campaigns.current(), closed_day())
    assert "不等于因果" in page.caution.zh and "not what caused them" in page.caution.en
    for row in page.scopes + page.outliers + page.silent:
        assert row.said.zh and row.said.en


def test_the_bad_lot_is_planted_once_and_reported_as_often_as_was_planted() -> None:
    planted = drill.planted()
    lots = planted.filter(kind="BAD_LOT")["lot"].to_list()
    assert len(lots) == 1
    given = dict(sql.fetch("SELECT lot = %s, count(*) FROM clinic_injection GROUP BY 1", [lots[0]]))
    events = dict(sql.fetch("SELECT lot = %s, count(*) FROM safety_adverseevent WHERE lot <> '' GROUP BY 1", [lots[0]]))
    assert given.get(True, 0) > 0
    reported = events.get(
        True, 0
    )  # one in fifty of so few may be none at all: what a thousand doses show is tried at length
    assert binomtest(reported, given[True], 0.02).pvalue > 1e-4


def test_the_pictures_show_what_the_tables_count(anyone: Actor) -> None:
    page = safety_page(anyone, campaigns.current(), closed_day())
    funnel, course = page.funnel, page.course
    assert sum(lot.doses for lot in funnel.points) <= next(r.doses for r in page.scopes if r.kind == "all")
    for low, high in (("low95", "high95"), ("low998", "high998")):
        pairs = list(zip(funnel.lines[low], funnel.lines[high], strict=True))
        assert all(below <= 1 <= above for below, above in pairs)
    assert len(course.days) == len(course.llr)
    assert list(course.days) == sorted(course.days)


def test_the_page_asks_no_more_of_a_longer_campaign(
    anyone: Actor, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    programme = campaigns.current().programme
    products = people.products_of(programme)
    with django_assert_max_num_queries(6):  # type: ignore[attr-defined] # the day, doses, events, zone, release and folder
        safety.monitors(closed_day(), programme, products)


def told(page: SafetyPage, language: str) -> str:
    with translation.override(language):
        return " ".join(render_to_string("console/parts/rates_expected.html", {"page": page}).split())


def test_a_programme_without_a_published_rate_is_not_judged_by_another_and_the_page_says_so(anyone: Actor) -> None:
    covid = campaigns.current()
    page = safety_page(anyone, covid, closed_day())
    assert told(page, "en") == "expected: 11.86 reports per 100,000 doses"
    measles = safety_page(anyone, replace(covid, programme="measles-sia"), closed_day())
    assert measles.rates == () and measles.course is None and not measles.signals
    assert "none is judged against the rate of another vaccine" in told(measles, "en")
    assert "不以其他疫苗的报告率来判断" in told(measles, "zh-hans")
    assert "11.86" not in told(measles, "en")
    given = safety.monitors(closed_day(), "measles-sia", people.products_of(covid.programme))
    tests = watched.running_tests(anyone, given, closed_day())
    assert watched.course(given.course, tests) is None
    assert sum(test.doses for test in tests if test.kind == "all") > 0
    for test in tests:
        assert test.expected is None and "不作判断" in test.said.zh and "not judged" in test.said.en
