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

OPENS = date(2021, 3, 24)
DAYS, DAILY, LOTS = 40, 900, 24


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


def watched(monkeypatch: pytest.MonkeyPatch, seed: int, bad: str | None, on: date) -> running.Monitors:
    doses, events = campaign(seed, bad)
    monkeypatch.setattr(running.clinic, "doses_by_lot", lambda until: doses.filter(pl.col("day") <= until))
    monkeypatch.setattr(running, "_events", lambda until: events.filter(pl.col("day") <= until))
    return running.monitors(on)


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
