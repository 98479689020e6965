"""A rehearsed city of two weeks: it comes near its quotas, misbehaves as planted, and its books balance every evening."""

from datetime import date, timedelta

import polars as pl
import pytest

from seawall.drill import selectors as drill
from seawall.platform import selectors as platform
from seawall.platform import sql
from seawall.supply import selectors as supply

from ..city import LIVED_UNTIL

OPENS = date(2021, 3, 24)
VERBS = ("visit_arrive", "dose_give", "day_close")
FULL = "SEAT_GONE"  # nobody plants this: somebody walks in while the quarter-hour is full


@pytest.fixture(autouse=True)
def _in_the_city(city, django_db_blocker):
    with django_db_blocker.unblock():
        yield


def test_doses_are_given_every_day() -> None:
    rows = dict(sql.fetch("SELECT day, count(*) FROM clinic_injection GROUP BY day"))
    days = [OPENS + timedelta(days=n) for n in range((LIVED_UNTIL - OPENS).days + 1)]
    assert all(rows.get(day, 0) > 0 for day in days)


def test_every_dose_stands_once_in_clinic_history_and_ledger() -> None:
    clinic = sql.fetch("SELECT count(*), count(DISTINCT (person_id, day)) FROM clinic_injection")[0]
    history = sql.fetch("SELECT count(*) FROM people_doseevent WHERE source = 'clinic'")[0][0]
    ledger = sql.fetch("SELECT -sum(delta) FROM supply_stockline WHERE kind = 'use' AND delta < 0")[0][0]
    assert clinic[0] == clinic[1] == history == ledger


def test_stock_balances_to_the_dose() -> None:
    assert supply.difference(LIVED_UNTIL) == []
    frozen = sql.fetch(
        "SELECT f.day FROM (SELECT day, sum(doses) AS held FROM reports_stockfact GROUP BY day) f "
        "WHERE f.held <> (SELECT coalesce(sum(l.delta), 0) FROM supply_stockline l "
        "JOIN supply_lot t ON t.lot = l.lot AND t.kind = 'vaccine' "
        "JOIN reference_place p ON p.id = l.place_id WHERE p.code NOT LIKE 'VIRTUAL-%%' "
        "AND l.recorded_at < (f.day + 1)::timestamp AT TIME ZONE 'Asia/Shanghai')"
    )
    assert frozen == []  # on every evening what was held is what had come and not gone


def test_refusals_are_those_that_were_planted() -> None:
    planted = drill.planted().filter((pl.col("code") != "") & (pl.col("answer") != ""))
    assert planted.height > 0
    assert planted.filter(pl.col("code") != pl.col("answer")).is_empty()
    expected = dict(planted.group_by("code").len().iter_rows())
    refused: dict[str, int] = {}
    for verb in VERBS:
        for code, n in platform.refusal_counts(verb, OPENS, LIVED_UNTIL + timedelta(days=2)).items():
            refused[code] = refused.get(code, 0) + n * (code != FULL)
    assert {code: n for code, n in refused.items() if n} == expected


def test_nobody_is_vaccinated_against_the_rules() -> None:
    assert sql.fetch("SELECT count(*) FROM clinic_incident")[0][0] == 0
    verdicts = sql.fetch(
        "SELECT v.verdict, count(*) FROM people_doseverdict v JOIN people_doseevent d USING (person_id, act) "
        "WHERE d.source = 'clinic' GROUP BY 1"
    )
    assert {verdict for verdict, _ in verdicts} <= {"valid", "valid_by_grace"}


def test_every_open_site_closed_every_day() -> None:
    open_days = sql.fetch("SELECT count(*) FROM sites_session WHERE opened_at IS NOT NULL AND day <= %s", [LIVED_UNTIL])
    closed = sql.fetch("SELECT count(*) FROM clinic_dayclosing")
    assert open_days == closed


def test_a_difference_was_explained_by_one_and_signed_by_another() -> None:
    told = sql.fetch("SELECT post_id <> signed_post_id, doses FROM supply_explanation")
    assert told == [(True, -1)]
    assert supply.open_differences() == []


def test_nothing_of_a_recalled_lot_is_left_in_the_evening() -> None:
    assert sql.fetch(
        "SELECT count(*) FROM supply_balance b JOIN supply_lot l ON l.lot = b.lot "
        "WHERE l.state = 'recalled' AND b.state = 'quarantined' AND b.doses > 0"
    ) == [(0,)]


def test_a_syringe_and_a_form_are_used_up_for_each_dose_of_a_closed_day() -> None:
    consumed = sql.fetch(
        "SELECT l.product, -sum(s.delta)::int FROM supply_stockline s JOIN supply_lot l ON l.lot = s.lot "
        "WHERE s.kind = 'consume' GROUP BY 1"
    )
    lacked = sql.fetch("SELECT product, sum(units)::int FROM supply_shortfall GROUP BY 1")
    ((given,),) = sql.fetch("SELECT sum(given)::int FROM clinic_dayclosing")
    for good in ("SYR05", "CONSENT"):
        assert dict(consumed)[good] + dict(lacked).get(good, 0) == given
        assert dict(lacked).get(good, 0) < given / 10, "the goods came with the vaccine"
    sent = sql.fetch("SELECT count(*) FROM supply_shipment WHERE product = 'SYR05' AND state = 'accepted'")
    assert sent[0][0] > 0
