"""What was given before the plan: doses by step, and by cohort day who falls due and who is late."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from .grids import numbers_of
from .periods import Periods
from .scenario import Scenario, days
from .steps import Step

SCHEMA = {
    "unit": pl.String,
    "group": pl.String,
    "product": pl.String,
    "dose_rank": pl.Int64,
    "day": pl.Date,
    "doses": pl.Int64,
}


@dataclass(frozen=True)
class Past:
    """All [unit, group, step]; `due` and `late` also by day: persons who wait and whose step opens, or turns late, that day."""

    given: np.ndarray
    due: np.ndarray
    late: np.ndarray


def past_of(
    frame: pl.DataFrame, units: list[str], groups: list[str], products: list[str], steps: list[Step], periods: Periods
) -> Past:
    """Doses given by step, who of them opens for the next step on which day, and on which day that step turns late.

    Whatever opened or turned late before day 0 stands on day 0. Of a cohort the earliest are taken to have come first.
    """
    shape = (len(units), len(groups), len(steps))
    given, due, late = np.zeros(shape), np.zeros((*shape, periods.day_count)), np.zeros((*shape, periods.day_count))
    if not frame.height:
        return Past(given, due, late)
    step_of = {(s.product, s.rank): n for n, s in enumerate(steps) if s.host == n}
    sums = frame.group_by("unit", "group", "product", "dose_rank", "day").agg(pl.col("doses").sum())
    u, g, p = (
        numbers_of(sums[name], known) for name, known in (("unit", units), ("group", groups), ("product", products))
    )
    step = np.array([step_of.get(key, -1) for key in zip(p.tolist(), sums["dose_rank"].to_list(), strict=True)])
    keep = (u >= 0) & (g >= 0) & (step >= 0)
    u, g, step, count = u[keep], g[keep], step[keep], sums["doses"].to_numpy()[keep]
    day = (sums["day"].cast(pl.Date).to_physical().to_numpy() - (periods.start - date(1970, 1, 1)).days)[keep]
    np.add.at(given, (u, g, step), count)
    _settle_mixed(given, steps)
    for number, this in enumerate(steps):
        if this.previous < 0 or this.host != number:
            continue
        for into, wait in ((due, this.lag), (late, None if this.latest is None else this.latest + 1)):
            if wait is not None:
                mine = (step == this.previous) & (day + wait < periods.day_count)
                np.add.at(into[:, :, number], (u[mine], g[mine], np.maximum(day[mine] + wait, 0)), count[mine])
                still = np.maximum(np.cumsum(into[:, :, number], axis=2) - given[:, :, number, None], 0)
                into[:, :, number] = np.diff(still, axis=2, prepend=0)
    return Past(given, due, late)


def _settle_mixed(given: np.ndarray, steps: list[Step]) -> None:
    """Later doses beyond those who could have had them by their own series were given to somebody else's: count them there."""
    for number, this in enumerate(steps):
        if this.host == number:
            continue
        own = next(n for n, s in enumerate(steps) if s.host == n and (s.product, s.rank) == (this.product, this.rank))
        surplus = np.maximum(given[:, :, own] - given[:, :, steps[own].previous], 0)
        lacking = np.maximum(given[:, :, this.previous] - given[:, :, this.host], 0)
        moved = np.minimum(surplus, lacking)
        given[:, :, own] -= moved
        given[:, :, this.host] += moved


def lately(frame: pl.DataFrame, units: list[str], as_of: date) -> np.ndarray:
    """[unit] mean doses a day over the week that ends on `as_of`."""
    week = (
        frame.filter(pl.col("day").is_between(as_of - timedelta(days=6), as_of))
        .group_by("unit")
        .agg(pl.col("doses").sum())
    )
    found = dict(week.iter_rows())
    return np.array([found.get(unit, 0) / 7 for unit in units])


def spread_history(scenario: Scenario) -> pl.DataFrame:
    """history.csv over units by eligible persons and evenly over its days: [unit, group, product, dose_rank, day, doses]."""
    parts = []
    for row in scenario.history.iter_rows(named=True):
        people = scenario.population.filter(pl.col("group") == row["group"])
        span = days(row["from"], row["to"])
        exact = (
            np.repeat(people["eligible"].to_numpy() / max(1, people["eligible"].sum()), len(span))
            * row["doses"]
            / len(span)
        )
        whole = np.diff(np.floor(np.cumsum(exact) + 1e-6), prepend=0).astype(np.int64)
        parts.append(
            pl.DataFrame(
                {"unit": np.repeat(people["unit"].to_numpy(), len(span)), "day": span * people.height, "doses": whole}
            ).with_columns(
                group=pl.lit(row["group"]), product=pl.lit(row["product"]), dose_rank=pl.lit(row["dose_rank"])
            )
        )
    if not parts:
        return pl.DataFrame(schema=SCHEMA)
    return (
        pl.concat(parts).select([pl.col(name).cast(kind) for name, kind in SCHEMA.items()]).filter(pl.col("doses") > 0)
    )
