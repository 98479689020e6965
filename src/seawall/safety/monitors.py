"""The running monitors: each lot, product, site and all, observed against expected, and units beside each other."""

import csv
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

import polars as pl

from seawall.clinic import selectors as clinic
from seawall.engines import signals
from seawall.platform import clock, sql

from .tables import EVERY_PRODUCT, FOLDER, ReactionRate, reaction_rates

PER = 100_000
KINDS = ("all", "product", "lot", "site")


@dataclass(frozen=True, slots=True)
class Monitors:
    """As of the end of a day. scopes: kind, key, doses, events, expected, llr, limit, signal_on. course: kind, key, date,
    llr, limit. lots, sites: the engine's `outliers` (and for sites `silent`), unit being the lot or the site's id.

    rates: those in force that day. Where a dose has no published rate, nothing is expected of its scopes (null), and
    they are not judged: the rate of another vaccine says nothing about them.
    """

    on: date
    rates: tuple[ReactionRate, ...]
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


def monitors(on: date, programme: str, products: Collection[str]) -> Monitors:
    """Doses given and events found by the end of a day, in a constant number of statements whatever its size.

    Only of the programme's products; events without a dose of ours count in every case.
    """
    doses, events = clinic.doses_by_lot(on), _events(on)
    doses = doses.filter(pl.col("product").is_in(products))
    events = events.filter(pl.col("product").is_in([*products, ""]) | pl.col("product").is_null())
    rates = reaction_rates(programme, on)
    given = doses.with_columns(events=pl.lit(0, pl.Int64), expected=pl.col("doses") * _per_dose(rates))
    found = events.with_columns(doses=pl.lit(0, pl.Int64), expected=pl.lit(0.0 if rates else None, pl.Float64))
    days = pl.concat([given, found], how="diagonal")
    course = pl.concat([_course(days, kind) for kind in KINDS])
    last = course.group_by("kind", "key", maintain_order=True).last()
    crossed = course.filter("crossed").group_by("kind", "key").agg(pl.col("date").min().alias("signal_on"))
    scopes = last.join(crossed, on=["kind", "key"], how="left").drop("date", "crossed")
    sites = _units(days, "site")
    return Monitors(
        on, tuple(rate for rate in rates if rate.in_force(on)), scopes,
        course.select("kind", "key", "date", "llr", "limit"), _units(days, "lot"),
        sites.with_columns(signals.silent(sites.select("unit", "events", "doses")).select("chance", "silent")),
    )  # fmt: skip


def _per_dose(rates: Sequence[ReactionRate]) -> pl.Expr:
    """Reports to be expected of a dose by its day and product; null where no rate was in force for it."""
    cases = [
        pl.when(
            pl.col("day").is_between(rate.valid_from, rate.valid_to),
            pl.lit(rate.product == EVERY_PRODUCT) | (pl.col("product") == rate.product),
        ).then(rate.per_100k / PER)
        for rate in rates
    ]
    return pl.coalesce(*cases, pl.lit(None, pl.Float64))


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
    by_day = known.group_by("key", pl.col("day").alias("date")).agg(
        pl.col("doses", "events", "expected").sum(), pl.col("expected").is_null().sum().cast(pl.Int64).alias("unrated")
    )
    so_far = by_day.sort("key", "date").with_columns(
        pl.col("doses", "events", "expected", "unrated").cum_sum().over("key")
    )
    so_far = so_far.with_columns(expected=pl.when(pl.col("unrated") == 0).then("expected"))
    ratio = signals.llr(so_far["events"].to_numpy(), so_far["expected"].to_numpy())
    plan = design()
    enough = (pl.col("events") >= plan.minimum) & (pl.col("expected") <= plan.limit) & (pl.col("expected") > 0)
    known_ratio = pl.when(pl.col("expected").is_not_null()).then(pl.Series(ratio).fill_nan(None))
    return so_far.with_columns(llr=known_ratio, limit=pl.lit(critical())).select(
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
