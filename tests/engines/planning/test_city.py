"""The shipped folders: Chongqing plans in seconds, its sums agree with their sources, and June 2021 proves the last days."""

import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from seawall.engines.planning import load_scenario, plan, plan_on_files, scaled

ROOT = Path(__file__).parents[3]
CITY, JUNE = ROOT / "cities" / "chongqing" / "campaigns" / "covid19-2021", ROOT / "examples" / "plans" / "june-2021"


@pytest.fixture(scope="module")
def city():
    return load_scenario(CITY)


def test_the_folder_agrees_with_the_census(city):
    assert city.units.height == 39
    assert city.units["population"].sum() == 32_054_159
    assert city.population["eligible"].sum() == pytest.approx(25.96e6, rel=0.001)


def test_history_and_arrivals_can_end_beside_the_published_figure(city):
    assert city.history["doses"].sum() == pytest.approx(1.9e6, rel=0.01)
    assert 25.534e6 < city.history["doses"].sum() + city.supply["doses"].sum() < 27e6


def test_june_2021_plans_no_first_inactivated_dose_after_june_9():
    result = plan(load_scenario(JUNE))
    first = result.quotas.filter(pl.col("dose_rank") == 1).group_by("product").agg(pl.col("date").max()).rows()
    last = dict(first)
    assert all(last[product] <= date(2021, 6, 9) for product in ("BIBP", "WIBP", "SVAC"))
    assert last["ZF2001"] <= date(2021, 5, 5)
    notes = dict(result.obstacles.filter(pl.col("code") == "LAST_FIRST_DOSE").select("product", "date").rows())
    assert (
        notes["SVAC"] == date(2021, 6, 9) and notes["ZF2001"] == date(2021, 5, 5) and notes["AD5"] == date(2021, 6, 30)
    )


def test_a_small_city_is_planned_without_drift(city):
    """At one two-hundredth the plan keeps the same shares: rounding favours no unit and no product."""
    large, small = plan(city), plan(scaled(city, 0.005))
    by = {"unit": 0.06, "product": 0.02, "dose_rank": 0.03}
    for key, tolerance in by.items():
        shares = [p.quotas.group_by(key).agg(s=pl.col("doses").sum() / p.quotas["doses"].sum()) for p in (large, small)]
        joined = shares[0].join(shares[1], on=key, suffix="_small").filter(pl.col("s") > 0.005)
        assert joined.filter((pl.col("s_small") / pl.col("s") - 1).abs() > tolerance).is_empty(), joined


def test_the_waiting_instruction_moves_first_doses_only_when_applied(city):
    waiting = plan(city)
    policies = city.policies.with_columns(state=pl.lit("applied"))
    applied = plan(city, policies=policies)
    paused = pl.col("date").is_between(date(2021, 6, 10), date(2021, 6, 30)) & (pl.col("dose_rank") == 1)
    assert waiting.quotas.filter(paused)["doses"].sum() > 0
    assert applied.quotas.filter(paused)["doses"].sum() == 0


def test_files_hold_what_the_plan_says(tmp_path):
    result = plan_on_files(JUNE, tmp_path, scale=0.01)
    summary = json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))
    assert summary["status"] == "optimal" and summary["feasible"] and summary["gap"] < 0.005
    assert pl.read_csv(tmp_path / "quotas.csv", infer_schema_length=None).columns == [
        "date",
        "unit",
        "group",
        "product",
        "dose_rank",
        "doses",
    ]
    assert pl.read_parquet(tmp_path / "quotas.parquet").equals(result.quotas)
    assert pl.read_csv(tmp_path / "obstacles.csv")["code"].to_list() == result.obstacles["code"].to_list()
