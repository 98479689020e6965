"""The schedule engine on one person and on many beside a bare Polars scan, and the solver on the whole city."""

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from seawall.engines import schedule
from seawall.engines.planning import load_scenario, plan

from .measure import Line, p50, seconds

PERSONS, DOSES = 160_000, 240_000
ON = date(2021, 6, 9)
CITY = Path(__file__).parents[2] / "cities" / "chongqing"


def population(persons: int, doses: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Adults with some doses each of the inactivated products."""
    rng = np.random.default_rng(7)
    born = np.datetime64("1940-01-01") + rng.integers(0, 24_000, persons)
    people = pl.DataFrame(
        {"person": np.arange(persons), "birth": born, "sex": rng.integers(1, 3, persons).astype(np.int8)}
    )
    people = people.with_columns(pl.col("birth").cast(pl.Date), birth_precision=pl.lit("day"))
    days = np.datetime64("2021-01-01") + rng.integers(0, 150, doses)
    products = np.array(["BIBP", "WIBP", "SVAC"])[rng.integers(0, 3, doses)]
    lines = pl.DataFrame({"person": rng.integers(0, persons, doses), "given_on": days, "product": products})
    return people, lines.with_columns(
        pl.col("given_on").cast(pl.Date), precision=pl.lit("day"), source=pl.lit("clinic")
    )


def measured() -> list[Line]:
    rules = schedule.load(schedule.shipped("covid19-cn"))
    people, lines = population(PERSONS, DOSES)
    one = p50(lambda: schedule.judge(rules, people[:1], lines.filter(pl.col("person") == 0), None, as_of=ON), 20)
    many = p50(lambda: schedule.judge(rules, people, lines, None, as_of=ON))
    scan = p50(lambda: lines.group_by("person").agg(pl.len(), pl.col("given_on").max()))
    return [
        Line("due of one person", f"{one * 1000:.2f} ms", "", ""),
        Line(
            f"due of {PERSONS:,} persons with {DOSES:,} doses",
            f"{many * 1000:,.0f} ms",
            f"{scan * 1000:,.1f} ms for one group_by over the doses",
            f"{many / scan:.0f}×",
        ),
        solved(),
    ]


def solved() -> Line:
    """The whole city, unscaled, planned back from its deadline."""
    scenario = load_scenario(CITY)
    return Line("plan of the whole city from its opening day", f"{seconds(lambda: plan(scenario)):.1f} s", "", "")
