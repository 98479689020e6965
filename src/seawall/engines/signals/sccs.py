"""Self-controlled case series: are events of the same people more frequent in a window after the dose?

Farrington (1995), Biometrics 51:228; tutorial: Whitaker, Farrington, Spiessens & Musonda (2006), Stat Med 25:1768.
Each case's events are multinomial over its intervals with weights e exp(x theta): e days, x risk window and age band.
What does not change in a person cancels. Assumes that events recur independently or are rare, that an event does not
change the chance of the dose, nor end the observation. A ratio above one is evidence on timing, not on mechanism.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import polars as pl
from scipy.special import ndtr

from .counts import Floats
from .disproportionality import Z95

DIVERGED = 15.0  # of a log ratio: no finite maximum
BASE = 0


class Series(NamedTuple):
    """Ratios by term, and the conditional log-likelihood."""

    ratios: pl.DataFrame
    log_likelihood: float


def intervals(cases: pl.DataFrame, windows: Sequence[tuple[int, int]], ages: Sequence[int] = ()) -> pl.DataFrame:
    """Person-intervals: person, at (first day), days, risk (0, or the place of the window from 1), age (place of the band).

    cases: person, start, end (both observed), dose and event in days; several rows for several doses or events.
    windows: first and last day after the dose, both included. ages: first days of the second and later bands.
    """
    seen = cases.group_by("person").agg(pl.col("start").min(), pl.col("end").max())
    doses = cases.select("person", "dose").drop_nulls().unique()
    cuts = [seen.select("person", at="start"), seen.select("person", at=pl.col("end") + 1)]
    cuts += [doses.select("person", at=pl.col("dose") + day) for a, b in windows for day in (a, b + 1)]
    cuts += [seen.select("person", at=pl.lit(age)) for age in ages]
    within = pl.col("at").is_between("start", pl.col("end") + 1)
    rows = pl.concat(cut.cast({"at": pl.Int64}) for cut in cuts).unique().join(seen, on="person").filter(within)
    rows = rows.sort("person", "at").with_columns(days=pl.col("at").shift(-1).over("person") - pl.col("at"))
    rows = rows.drop_nulls("days").with_columns(
        age=pl.sum_horizontal([pl.lit(0), *(pl.col("at") >= age for age in ages)]).cast(pl.Int64)
    )
    since = pl.col("at") - pl.col("dose")
    risk = pl.coalesce(*(pl.when(since.is_between(a, b)).then(i) for i, (a, b) in enumerate(windows, 1)), pl.lit(BASE))
    exposed = rows.join(doses, on="person", how="left").with_columns(
        risk=pl.when(since.is_null()).then(BASE).otherwise(risk)
    )
    return exposed.group_by("person", "at", "days", "age").agg(pl.col("risk").max()).sort("person", "at")


def counted(rows: pl.DataFrame, cases: pl.DataFrame) -> pl.DataFrame:
    """The intervals with `events`, the number of different event days in each."""
    events = cases.select("person", "event").drop_nulls().unique().sort("event")
    starts = rows.select("person", "at").sort("at")
    placed = events.join_asof(starts, left_on="event", right_on="at", by="person", check_sortedness=False)
    counts = placed.group_by("person", "at").agg(pl.len().alias("events"))
    return rows.join(counts, on=["person", "at"], how="left").with_columns(pl.col("events").fill_null(0))


def sccs(cases: pl.DataFrame, windows: Sequence[tuple[int, int]], ages: Sequence[int] = ()) -> Series:
    """Incidence ratio of each window and age band with its 95 % interval (Wald, on the log scale) and p.

    A window or band without time, without events, or with all events has no interval, and its reason says so.
    """
    rows = counted(intervals(cases, windows, ages), cases)
    names = [f"risk {a}-{b}" for a, b in windows] + [f"age {age}-" for age in ages]
    groups = [("risk", i) for i in range(1, len(windows) + 1)] + [("age", i) for i in range(1, len(ages) + 1)]
    table = pl.DataFrame([_sums(rows, name, *group) for name, group in zip(names, groups, strict=True)])
    usable = [group for group, reason in zip(groups, table["reason"], strict=True) if reason is None]
    empty = [group for group, reason in zip(groups, table["reason"], strict=True) if reason == "no_event_in_window"]
    for column, place in empty:
        rows = rows.filter(pl.col(column) != place)  # the ratio is zero: its time takes no part
    theta, error, value = _maximum(rows, usable)
    found = {names[groups.index(g)]: (t, e) for g, t, e in zip(usable, theta, error, strict=True)}
    return Series(pl.DataFrame([_row(row, found) for row in table.iter_rows(named=True)], schema=SCHEMA), value)


SCHEMA = {
    "term": pl.String, "events": pl.Int64, "days": pl.Int64, "ratio": pl.Float64, "low": pl.Float64,
    "high": pl.Float64, "p": pl.Float64, "reason": pl.String,
}  # fmt: skip


def _sums(rows: pl.DataFrame, name: str, column: str, place: int) -> dict[str, object]:
    part = rows.filter(pl.col(column) == place)
    events, days, all_events = int(part["events"].sum()), int(part["days"].sum()), int(rows["events"].sum())
    reason = "no_time_in_window" if not days else "no_event_in_window" if not events else None
    if events and events == all_events:
        reason = "no_event_outside"
    return {"term": name, "events": events, "days": days, "reason": reason}


def _row(row: dict[str, object], found: dict[str, tuple[float, float]]) -> dict[str, object]:
    theta, error = found.get(str(row["term"]), (np.nan, np.nan))
    if row["reason"] is None and not abs(theta) < DIVERGED:
        row["reason"] = "not_estimable"
    if row["reason"]:
        ratio = 0.0 if row["reason"] == "no_event_in_window" else None
        return {**row, "ratio": ratio, "low": None, "high": None, "p": None}
    low, high = np.exp(theta - Z95 * error), np.exp(theta + Z95 * error)
    return {**row, "ratio": np.exp(theta), "low": low, "high": high, "p": 2 * ndtr(-abs(theta / error))}


def _maximum(rows: pl.DataFrame, groups: Sequence[tuple[str, int]]) -> tuple[Floats, Floats, float]:
    """Newton's method with halved steps on the conditional log-likelihood: estimates, standard errors, its value."""
    cases = rows.filter(pl.col("events").sum().over("person") > 0)
    x = cases.select(
        (pl.col(column) == place).cast(pl.Float64).alias(f"{column}{place}") for column, place in groups
    ).to_numpy().reshape(cases.height, len(groups))  # fmt: skip
    n, log_days = cases["events"].to_numpy().astype(float), np.log(cases["days"].to_numpy())
    first = np.flatnonzero(cases.select(pl.col("person") != pl.col("person").shift(1)).to_series().fill_null(True))
    theta = np.zeros(len(groups))
    value, slope, bend = _conditional(theta, x, n, log_days, first)
    for _ in range(60):
        step = np.linalg.lstsq(bend, slope, rcond=None)[0]
        scale = 1.0
        while (after := _conditional(theta + scale * step, x, n, log_days, first))[0] < value and scale > 1e-6:
            scale /= 2
        if after[0] - value < 1e-13 and np.max(np.abs(scale * step), initial=0.0) < 1e-9:
            break
        theta, (value, slope, bend) = theta + scale * step, after
        if np.max(np.abs(theta), initial=0.0) > DIVERGED:
            break
    error = np.sqrt(np.abs(np.diag(np.linalg.pinv(bend)))) if len(groups) else np.zeros(0)
    return theta, error, value


def _conditional(
    theta: Floats, x: Floats, n: Floats, log_days: Floats, first: np.ndarray
) -> tuple[float, Floats, Floats]:
    """Log-likelihood, its gradient and minus its Hessian; `first` are the first rows of the persons."""
    if not len(n):
        return 0.0, np.zeros(len(theta)), np.zeros((len(theta), len(theta)))
    sizes = np.diff(np.append(first, len(n)))
    linear = log_days + x @ theta
    linear = linear - np.repeat(np.maximum.reduceat(linear, first), sizes)
    weight = np.exp(linear)
    share = weight / np.repeat(np.add.reduceat(weight, first), sizes)
    value = float(n[n > 0] @ np.log(share[n > 0]))
    total = np.add.reduceat(n, first)
    mean = np.add.reduceat(share[:, None] * x, first)
    slope = x.T @ n - mean.T @ total
    bend = (x * (share * np.repeat(total, sizes))[:, None]).T @ x - (mean * total[:, None]).T @ mean
    return value, slope, bend
