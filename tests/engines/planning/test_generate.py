"""A city made by seed: the shipped one is what its seed makes, supply is what binds, and its plan keeps the rules and proves itself."""

from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from typer import Typer
from typer.testing import CliRunner

from seawall.engines.planning import load_scenario, plan
from seawall.engines.planning.case import make_case
from seawall.engines.planning.generate import make_city, write_city
from seawall.interfaces.cli.city import plan_city

SHIPPED = Path(__file__).parents[3] / "examples" / "plans" / "city-full"


def test_the_shipped_city_is_what_its_seed_makes():
    made = make_city(units=39, groups=12, days=180, seed=1)
    assert {file.name: file.read_text(encoding="utf-8") for file in SHIPPED.iterdir()} == made


def test_the_shipped_city_has_the_size_it_is_measured_at_and_too_little_vaccine():
    city = load_scenario(SHIPPED)
    case = make_case(city, city.campaign.opens - timedelta(days=1))
    assert (len(case.units), len(case.groups), len(case.products)) == (39, 12, 5)
    assert (case.classes, len(case.steps), case.periods.day_count) == (12, 15, 180)
    complete = next(aim for aim in case.aims if aim.measure == "complete")
    arriving = city.supply["doses"].sum()
    assert arriving < 3 * complete.need.sum() < 2 * case.capacity.sum()
    gaps = city.supply["date"].unique().sort().diff().drop_nulls().dt.total_days()
    assert set(gaps.to_list()) <= {7, 14}


def test_the_command_writes_a_city_that_plans(tmp_path):
    app = Typer()
    app.command()(plan_city)
    ran = CliRunner().invoke(app, [str(tmp_path), "--units", "2", "--groups", "3", "--days", "90", "--seed", "7"])
    assert ran.exit_code == 0, ran.output
    assert {file.name: file.read_text(encoding="utf-8") for file in tmp_path.iterdir()} == make_city(2, 3, 90, 7)
    assert make_city(2, 3, 90, 7) != make_city(2, 3, 90, 8)
    kept(plan(load_scenario(tmp_path), strict=True))


def kept(result):
    """Conservation by product, and at least what is proven: nobody does better by more than the waste of a few packs."""
    left = result.stock.filter(pl.col("date") == result.stock["date"].max())["doses"].sum()
    used = result.quotas["doses"].sum() + result.waste["doses"].sum()
    assert result.summary["opening_stock"] + result.summary["arrivals"] == used + left
    for row in result.summary["proof"]:
        assert row["value"] >= row["bound"] - 0.001 * max(1000, row["bound"])


@pytest.mark.long
def test_the_shipped_city_is_planned_to_half_a_percent_and_to_the_dose():
    result = plan(load_scenario(SHIPPED), seconds=900)
    assert result.summary["status"] == "optimal"
    assert all(row["gap"] < 0.005 for row in [*result.summary["levels"], *result.summary["proof"]])
    kept(result)


def test_a_wider_city_needs_no_other_tables(tmp_path):
    write_city(tmp_path, 45, 12, 365, 3)
    assert load_scenario(tmp_path).units.height == 45
