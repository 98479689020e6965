"""Which group of a campaign a person falls into on a day: the first that fits, by rank and order."""

from datetime import date

import polars as pl

from .rows import GroupRow


def fit(persons: pl.DataFrame, rules: list[GroupRow], on: date) -> pl.DataFrame:
    """person, group, reason: the first group whose sector or kind of organisation, and age on the day, fit."""
    age = on.year - pl.col("birth").dt.year().cast(pl.Int32)
    had = pl.col("birth").dt.month().cast(pl.Int32) * 100 + pl.col("birth").dt.day() <= on.month * 100 + on.day
    aged = persons.with_columns(age=age - (~had).cast(pl.Int32))
    group, reason = pl.lit(None, dtype=pl.String), pl.lit(None, dtype=pl.String)
    for rule in reversed(rules):
        group = pl.when(_fits(rule)).then(pl.lit(rule.code)).otherwise(group)
        reason = pl.when(_fits(rule)).then(_reason(rule)).otherwise(reason)
    return aged.select("person", group=group, reason=reason).filter(pl.col("group").is_not_null())


def _fits(rule: GroupRow) -> pl.Expr:
    fits = pl.col("age").is_between(rule.age_min or 0, rule.age_max or 200)
    if rule.sectors:
        fits &= pl.col("sector").is_in(list(rule.sectors)).fill_null(False)
    if rule.org_kinds:
        fits &= pl.col("kind").is_in(list(rule.org_kinds)).fill_null(False)
    return fits


def _reason(rule: GroupRow) -> pl.Expr:
    """What made the person fit: SECTOR:HEALTH, KIND:MALL, AGE:18-59."""
    if rule.sectors:
        return pl.lit("SECTOR:") + pl.col("sector")
    if rule.org_kinds:
        return pl.lit("KIND:") + pl.col("kind")
    return pl.lit(f"AGE:{rule.age_min or 0}-{rule.age_max or ''}")
