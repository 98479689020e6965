"""Behaviour follows its shares, and the same dice tell the same day."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from seawall.engines.rehearsal import (
    city_incidents,
    history_by_table,
    load_behaviour,
    make_city,
    make_history,
)
from seawall.engines.rehearsal.behaviour import Fate, attendance, inquiry, leaving, overbook, plants_today, reactions

from .test_city import OF, TABLES, centroids, units

B = load_behaviour()


def crowd(n: int = 20000) -> pl.DataFrame:
    rng = np.random.default_rng(1)
    return pl.DataFrame(
        {
            "person": np.arange(n),
            "punctuality": rng.beta(6, 1.5, n),
            "allergic": rng.random(n) < 0.001,
            "pregnant": rng.random(n) < 0.01,
        }
    )


def test_no_shows_and_late_comers_come_at_their_rates() -> None:
    seen = attendance(crowd(), B, Fate(1, 2, 3))["outcome"].value_counts(normalize=True)
    share = dict(seen.iter_rows())
    assert share["no_show"] == pytest.approx(B.no_show, rel=0.15)
    assert share["late"] == pytest.approx(B.late, rel=0.15)


def test_fever_defers_and_known_contraindications_are_always_found() -> None:
    seen = inquiry(crowd(), B, Fate(1, 2, 4))
    assert (seen.filter(pl.col("screening") == "deferred")["celsius"] >= 37.3).all()
    assert (seen.filter(pl.col("screening") == "recommended")["celsius"] < 37.3).all()
    assert (seen.filter(pl.col("allergic") | pl.col("pregnant"))["screening"] == "unsuitable").all()


def test_overbooking_fills_the_quota() -> None:
    came = attendance(crowd(overbook(10000, B)), B, Fate(5, 1, 1)).filter(pl.col("outcome") != "no_show")
    fit = inquiry(came.with_columns(allergic=pl.lit(False), pregnant=pl.lit(False)), B, Fate(5, 1, 2))
    given = fit.filter((pl.col("screening") == "recommended") & pl.col("agreed")).height
    assert given == pytest.approx(10000, rel=0.015)


def test_early_leavers_stay_under_half_an_hour_and_nobody_else_does() -> None:
    seen = leaving(crowd(), B, Fate(1, 1, 1))
    assert (seen.filter("early")["minutes"] < 30).all() and seen["early"].any()
    assert (seen.filter(~pl.col("early"))["minutes"] >= 30).all()


def test_reactions_stay_in_the_published_band() -> None:
    seen = reactions(crowd(600_000), B, TABLES, Fate(2, 2, 2))
    assert 5 <= seen.height / 6 <= 20  # per 100,000 doses
    assert reactions(crowd(50), B, TABLES, Fate(2, 2, 2), at_least=2).height >= 2


def test_the_same_dice_tell_the_same_day() -> None:
    assert attendance(crowd(), B, Fate(9, 1, 1)).equals(attendance(crowd(), B, Fate(9, 1, 1)))


def test_planted_attempts_come_round() -> None:
    for kind in ("TOO_EARLY", "EXPIRED", "RECALLED", "USED"):
        assert 2 <= sum(plants_today(n, kind, B) for n in range(9)) <= 4


def test_the_city_suffers_each_incident_within_the_demo() -> None:
    city = make_city(units(), centroids(), **OF, scale=0.0005, seed=1)
    start = date(2021, 3, 24)
    seen = city_incidents(start, date(2021, 6, 9), city.sites, 1)
    assert set(seen["kind"]) == {"LATE_SHIPMENT", "BAD_COUNT", "COLD_CHAIN", "CLOSED_SITE", "RECALLED_LOT"}
    longer = city_incidents(start, date(2021, 6, 30), city.sites, 1)
    assert longer.filter(pl.col("day") <= date(2021, 6, 9)).equals(seen)


def test_history_keeps_intervals_ages_and_total() -> None:
    city = make_city(units(), centroids(), **OF, scale=0.005, seed=1)
    until = date(2021, 3, 23)
    past = make_history(city.persons, 8400, until, {"BIBP": 0.5, "SVAC": 0.5}, np.random.default_rng(1))
    assert past.height == pytest.approx(8400, rel=0.08)
    assert past["given_on"].max() <= until and past["given_on"].min() >= date(2020, 12, 15)
    pairs = past.filter(pl.col("dose_rank") == 1).join(past.filter(pl.col("dose_rank") == 2), on="person")
    gap = pairs["given_on_right"] - pairs["given_on"]
    assert gap.min() >= timedelta(days=14) and gap.max() <= timedelta(days=28)
    assert (pairs["product"] == pairs["product_right"]).all()


def test_history_by_table_takes_each_person_once_and_keeps_three_weeks() -> None:
    city = make_city(units(), centroids(), **OF, scale=0.0005, seed=1)
    groups = city.persons.filter(pl.col("sector") == "HEALTH").select("person", group=pl.lit("HEALTH"))
    table = pl.DataFrame(
        {
            "group": ["HEALTH", "HEALTH"],
            "product": ["BIBP", "BIBP"],
            "dose_rank": [1, 2],
            "from": [date(2020, 12, 20), date(2021, 1, 10)],
            "to": [date(2021, 1, 31), date(2021, 2, 26)],
            "doses": [40, 30],
        }
    )
    past = history_by_table(city.persons, groups, table, np.random.default_rng(1))
    one, two = (past.filter(pl.col("dose_rank") == r) for r in (1, 2))
    assert one.height == 40 and one["person"].n_unique() == 40
    assert 20 <= two.height <= 30 and two["person"].n_unique() == two.height
    gap = one.join(two, on="person").select(pl.col("given_on_right") - pl.col("given_on")).to_series()
    assert len(gap) == two.height and gap.min() >= timedelta(days=21)


def test_sites_follow_the_capacity_of_the_campaign() -> None:
    capacity = pl.DataFrame(
        {
            "unit": ["500101", "500101", "500102"],
            "kind": ["fixed", "mobile", "fixed"],
            "sites": [2, 1, 1],
            "stations": [5, 1, 1],
        }
    )
    two = units().filter(pl.col("unit_code").is_in(["500101", "500102"]))
    city = make_city(two, centroids(), **OF, scale=0.0005, seed=1, capacity=capacity)
    assert city.sites.filter(pl.col("unit") == "500101")["stations"].to_list() == [3, 2, 1]
    assert city.sites.height == 4


def test_a_persons_fate_does_not_hang_on_who_else_is_there() -> None:
    whole = inquiry(attendance(crowd(), B, Fate(1, 2, 3)), B, Fate(1, 2, 4))
    half = inquiry(attendance(crowd()[::2], B, Fate(1, 2, 3)), B, Fate(1, 2, 4))
    assert half.equals(whole[::2])
