"""The running monitors over a rehearsed campaign find the lot that was planted as bad, and let the good ones be."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from seawall.engines.rehearsal.behaviour import Fate, load_behaviour, reactions
from seawall.engines.rehearsal.incidents import BAD_LOT_RATE, bad_lot, bad_lot_doses
from seawall.engines.rehearsal.tables import load_tables
from seawall.safety import monitors as running
from seawall.safety import tables

OPENS = date(2021, 3, 24)
DAYS, DAILY, LOTS = 40, 900, 24
HEAD = "product,per_100k,valid_from,valid_to,source\n"


def campaign(seed: int, bad: str | None) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Doses and events of a rehearsed month: 36,000 doses of 24 lots of 1,500 at 30 sites, reactions as rehearsed."""
    usual, tables = load_behaviour(), load_tables()
    count = DAYS * DAILY
    given = pl.DataFrame(
        {
            "person": np.arange(count) + seed * count,
            "day": [OPENS + timedelta(days=i // DAILY) for i in range(count)],
            "site": np.arange(count) % 30,
            "product": "SVAC",
            "lot": [f"SVAC{i * LOTS // count:02d}" for i in range(count)],
        }
    )
    parts = []
    for day, doses in given.group_by("day"):
        fate = Fate(seed, day[0].toordinal(), 7)  # type: ignore[attr-defined]
        hit = pl.col("lot") == (bad or "")
        parts.append(reactions(doses.filter(~hit), usual, tables, fate))
        parts.append(reactions(doses.filter(hit), replace(usual, event=BAD_LOT_RATE), tables, fate))
    by = ["day", "site", "product", "lot"]
    return given.group_by(by).agg(pl.len().cast(pl.Int64).alias("doses")), pl.concat(parts).group_by(by).agg(
        pl.len().cast(pl.Int64).alias("events")
    )


def watched(
    monkeypatch: pytest.MonkeyPatch,
    seed: int,
    bad: str | None,
    on: date,
    programme: str = "covid19-cn",
    table: str = "",
) -> running.Monitors:
    """`table`: the reactions.csv of the programme's release."""
    doses, events = campaign(seed, bad)
    monkeypatch.setattr(tables.reference, "rule_table", lambda *_: table)
    monkeypatch.setattr(running.clinic, "doses_by_lot", lambda until: doses.filter(pl.col("day") <= until))
    monkeypatch.setattr(running, "_events", lambda until: events.filter(pl.col("day") <= until))
    return running.monitors(on, programme, {"SVAC"})


@pytest.mark.parametrize("seed", [2021, 7, 11])
def test_the_bad_lot_is_found_and_no_other(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    found = watched(monkeypatch, seed, "SVAC05", OPENS + timedelta(days=DAYS))
    lots = found.scopes.filter((pl.col("kind") == "lot") & pl.col("signal_on").is_not_null())
    assert lots["key"].to_list() == ["SVAC05"]
    assert found.lots.filter("outlier")["unit"].to_list() == ["SVAC05"]
    first = OPENS + timedelta(days=5 * 1500 // DAILY)
    assert lots["signal_on"][0] <= first + timedelta(days=1)  # within the first thousand doses of the lot


def test_a_good_campaign_does_not_signal(monkeypatch: pytest.MonkeyPatch) -> None:
    for seed in range(4):
        found = watched(monkeypatch, seed, None, OPENS + timedelta(days=DAYS))
        assert found.scopes["signal_on"].null_count() == found.scopes.height
        assert not found.lots["outlier"].any()


def test_a_monitor_knows_only_what_its_day_knew(monkeypatch: pytest.MonkeyPatch) -> None:
    early = watched(monkeypatch, 7, "SVAC05", OPENS + timedelta(days=3))
    assert early.scopes.filter(key="SVAC05").is_empty()
    assert early.scopes.filter(kind="all")["doses"].item() == 4 * DAILY
    assert early.scopes.filter(kind="all")["expected"].item() == pytest.approx(4 * DAILY * 11.86e-5)


def test_a_programme_without_a_published_rate_is_counted_and_compared_but_not_judged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = watched(monkeypatch, 7, "SVAC05", OPENS + timedelta(days=DAYS), "measles-sia")
    assert found.rates == ()
    assert found.scopes.filter(kind="all")["doses"].item() == DAYS * DAILY
    for empty in ("expected", "llr", "signal_on"):
        assert found.scopes[empty].null_count() == found.scopes.height
    assert found.lots.filter("outlier")["unit"].to_list() == [
        "SVAC05"
    ]  # lots of one campaign still stand beside each other


def test_a_programme_is_judged_by_its_own_rate_the_products_before_that_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    table = f"{HEAD}*,90,2020-01-01,,x\nSVAC,30,2020-01-01,,x\n"
    found = watched(monkeypatch, 7, "SVAC05", OPENS + timedelta(days=DAYS), "measles-sia", table)
    assert [(rate.product, rate.per_100k) for rate in found.rates] == [("SVAC", 30), ("*", 90)]
    assert found.scopes.filter(kind="all")["expected"].item() == pytest.approx(DAYS * DAILY * 30e-5)
    lots = found.scopes.filter(pl.col("kind") == "lot", pl.col("signal_on").is_not_null())
    assert lots["key"].to_list() == ["SVAC05"]


def test_a_rate_speaks_of_the_doses_of_its_days_and_products_only(monkeypatch: pytest.MonkeyPatch) -> None:
    changed, end = OPENS + timedelta(days=10), OPENS + timedelta(days=DAYS)
    two = f"{HEAD}*,90,2020-01-01,{changed - timedelta(days=1)},x\n*,30,{changed},,x\n"
    found = watched(monkeypatch, 7, None, end, "measles-sia", two)
    expected = DAILY * (10 * 90e-5 + (DAYS - 10) * 30e-5)
    assert found.scopes.filter(kind="all")["expected"].item() == pytest.approx(expected)
    late = watched(monkeypatch, 7, None, end, "measles-sia", f"{HEAD}*,30,{changed},,x\n")
    judged = dict(late.scopes.filter(kind="lot").select("key", pl.col("expected").is_not_null()).iter_rows())
    assert not judged["SVAC00"] and judged["SVAC23"]
    assert late.scopes.filter(kind="all")["expected"].item() is None
    other = watched(monkeypatch, 7, None, end, "measles-sia", f"{HEAD}MR,30,2020-01-01,,x\n")
    assert other.scopes.filter(kind="lot")["expected"].null_count() == LOTS


def test_the_planted_lot_is_the_first_of_a_thousand_doses() -> None:
    arrivals = pl.DataFrame(
        {
            "lot": ["A", "B", "C", "D"],
            "date": [OPENS, OPENS + timedelta(days=3), OPENS + timedelta(days=30), OPENS + timedelta(days=40)],
            "doses": [400, 600, 1200, 5000],
        }
    )
    assert bad_lot(arrivals, OPENS) == "C"
    assert bad_lot(arrivals.head(2), OPENS) == "B"
    assert bad_lot(arrivals.clear(), OPENS) is None
    assert [bad_lot_doses(n) for n in (82, 820, 164_000)] == [82, 1000, 164_000]
