"""Evening after evening: orders in force stay unless moving them gains more than it costs, and the moves can be listed."""

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from seawall.engines.planning import load_scenario, plan

from .folders import supply, target, write_folder
from .test_rules import SITES, quotas

LATE = "2022-01-01"
ONE = (
    "product,zh,en,doses,min_days_2,min_days_3,latest_days_2,latest_days_3,wastage\nVECTOR,载体,Vector,1,,,,,0\n"
    "OTHER,另,Other,1,,,,,0\n"
)


def campaign(root, **tables):
    usual = {
        "products": ONE,
        "supply": supply(("2021-04-30", "VECTOR", 120, LATE), ("2021-04-30", "OTHER", 120, LATE)),
        "capacity": SITES + "A,fixed,1,1,1,5,5,5\nB,fixed,1,1,1,5,5,5\n",
        "targets": target(0.6, "started"),
    }
    return load_scenario(write_folder(root, **(usual | tables)))


def moved(old, new, until=date(2021, 5, 14)):
    """Doses of the near days that two plans give differently."""
    key = ["date", "unit", "product", "dose_rank"]
    sides = [frame.filter(pl.col("date") <= until).group_by(key).agg(pl.col("doses").sum()) for frame in (old, new)]
    both = sides[0].join(sides[1], on=key, how="full", coalesce=True, suffix="_new").fill_null(0)
    return int((both["doses"] - both["doses_new"]).abs().sum())


def orders(product, doses=5):
    """The plan in force: so many doses of one product in both units on each near day."""
    return quotas(*[(date(2021, 5, n), unit, "ALL_18", product, 1, doses) for n in range(1, 13) for unit in "AB"])


@pytest.mark.parametrize("product", ["VECTOR", "OTHER"])
def test_of_two_plans_equally_good_the_one_in_force_stays(tmp_path, product):
    """Two products do the same: nothing tells them apart but the orders that stand."""
    scenario = campaign(tmp_path)
    assert moved(orders(product), plan(scenario, before=orders(product)).quotas) <= 4
    assert moved(orders(product), plan(scenario).quotas) > 40


@pytest.mark.parametrize("cost,stays", [(0.1, False), (20.0, True)])
def test_orders_move_only_where_that_gains_more_than_it_costs(tmp_path, cost, stays):
    """In force are three doses a day where five could be given: going faster saves each person up to twelve days."""
    scenario = campaign(tmp_path)
    scenario = replace(scenario, settings=replace(scenario.settings, change_days=cost))
    result = plan(scenario, before=orders("VECTOR", 3))
    assert (moved(orders("VECTOR", 3), result.quotas, date(2021, 5, 12)) <= 4) is stays
    assert result.summary["feasible"]


def test_no_order_in_force_outweighs_a_target(tmp_path):
    """Nothing was ordered for the near days, and only they are left: all of it is moved."""
    scenario = campaign(tmp_path, targets=target(0.5, "started", "2021-05-14"))
    scenario = replace(scenario, settings=replace(scenario.settings, change_days=30.0))
    nothing = orders("VECTOR", 0)
    assert plan(scenario, before=nothing).summary["feasible"]


def test_the_morning_after_the_same_orders_stand(tmp_path):
    """A plan made again from its own first days gives the days after them as before."""
    scenario = campaign(tmp_path)
    first = plan(scenario)
    until = date(2021, 5, 3)
    past = first.quotas.filter(pl.col("date") <= until).rename({"date": "day"})
    held = first.stock.filter((pl.col("date") == until) & (pl.col("doses") > 0)).select(
        "place", "product", "lot", "doses"
    )
    stock = held.join(scenario.supply.select("lot", "expires", "doses_per_pack"), on="lot")
    again = plan(scenario, as_of=until, given=past, stock=stock, before=first.quotas)
    rest = first.quotas.filter(pl.col("date") > until)
    assert moved(rest, again.quotas, date(2021, 5, 14)) <= 0.1 * rest["doses"].sum()
