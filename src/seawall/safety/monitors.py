"""The running monitors: each lot, product, site and all, observed against expected, and units beside each other."""

import csv
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import cache

import polars as pl

from seawall.clinic import selectors as clinic
from seawall.engines import signals
from seawall.platform import clock, sql

from .tables import FOLDER

PER = 100_000
KINDS = ("all", "product", "lot", "site")


@dataclass(frozen=True, slots=True)
class Monitors:
    """As of the end of a day. scopes: kind, key, doses, events, expected, llr, limit, signal_on. course: kind, key, date,
    llr, limit. lots, sites: the engine's `outliers` (and for sites `silent`), unit being the lot or the site's id."""

    on: date
    rate: float
    scopes: pl.DataFrame
    course: pl.DataFrame
    lots: pl.DataFrame
    sites: pl.DataFrame


@cache
def settings() -> dict[str, float]:
    """monitors.csv by key."""
    with (FOLDER / "monitors.csv").open(encoding="utf-8", newline="") as file:
        return {row["key"]: float(row["value"]) for row in csv.DictReader(file)}


@cache
def design() -> signals.Design:
    return signals.Design(settings()["limit"], int(settings()["minimum"]), alpha=settings()["alpha"])


@cache
def critical() -> float:
    """The critical value of every scope; computed once."""
    return signals.critical_value(design())


def monitors(on: date, products: Collection[str] | None = None) -> Monitors:
    """Doses given and events found by the end of a day, in a constant number of statements whatever its size.

    With `products` only of these vaccines; events without a dose of ours count in every case.
    """
    doses, events = clinic.doses_by_lot(on), _events(on)
    if products is not None:
        doses = doses.filter(pl.col("product").is_in(products))
        events = events.filter(pl.col("product").is_in([*products, ""]) | pl.col("product").is_null())
    days = pl.concat(
        [doses.with_columns(events=pl.lit(0, pl.Int64)), events.with_columns(doses=pl.lit(0, pl.Int64))], how="diagonal"
    )
    course = pl.concat([_course(days, kind) for kind in KINDS])
    last = course.group_by("kind", "key", maintain_order=True).last()
    crossed = course.filter("crossed").group_by("kind", "key").agg(pl.col("date").min().alias("signal_on"))
    scopes = last.join(crossed, on=["kind", "key"], how="left").drop("date", "crossed")
    sites = _units(days, "site")
    return Monitors(
        on, settings()["rate"], scopes, course.select("kind", "key", "date", "llr", "limit"), _units(days, "lot"),
        sites.with_columns(signals.silent(sites.select("unit", "events", "doses")).select("chance", "silent")),
    )  # fmt: skip


def _events(on: date) -> pl.DataFrame:
    """Events found by the end of a day, by day, site, product and lot; those without a dose of ours have no lot."""
    rows = sql.fetch(
        "SELECT (found_at AT TIME ZONE %(zone)s)::date AS day, site_id, product, lot, count(*) FROM safety_adverseevent "
        "WHERE (found_at AT TIME ZONE %(zone)s)::date <= %(on)s GROUP BY 1, 2, 3, 4",
        {"on": on, "zone": str(clock.zone())},
    )
    schema = {"day": pl.Date, "site": pl.Int64, "product": pl.String, "lot": pl.String, "events": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _course(days: pl.DataFrame, kind: str) -> pl.DataFrame:
    """kind, key, date, doses, events, expected so far, llr, limit, crossed."""
    key = pl.lit("") if kind == "all" else pl.col(kind).cast(pl.String)
    known = days.with_columns(key.alias("key")).filter(pl.lit(kind == "all") | (pl.col("key") != ""))
    by_day = known.group_by("key", pl.col("day").alias("date")).agg(pl.col("doses").sum(), pl.col("events").sum())
    so_far = by_day.sort("key", "date").with_columns(pl.col("doses", "events").cum_sum().over("key"))
    so_far = so_far.with_columns(expected=pl.col("doses") * settings()["rate"] / PER)
    ratio = signals.llr(so_far["events"].to_numpy(), so_far["expected"].to_numpy())
    plan = design()
    enough = (pl.col("events") >= plan.minimum) & (pl.col("expected") <= plan.limit) & (pl.col("expected") > 0)
    return so_far.with_columns(llr=pl.Series(ratio).fill_nan(None), limit=pl.lit(critical())).select(
        pl.lit(kind).alias("kind"), "key", "date", "doses", "events", "expected", "llr", "limit",
        (enough & (pl.col("llr") >= pl.col("limit"))).fill_null(False).alias("crossed"),
    )  # fmt: skip


def _units(days: pl.DataFrame, column: str) -> pl.DataFrame:
    """Lots or sites beside each other; only those that gave doses."""
    unit = pl.col(column).cast(pl.String)
    sums = days.filter(unit.is_not_null(), unit != "").group_by(unit.alias("unit"))
    return signals.outliers(
        sums.agg(pl.col("events").sum(), pl.col("doses").sum()).filter(pl.col("doses") > 0).sort("unit")
    )
