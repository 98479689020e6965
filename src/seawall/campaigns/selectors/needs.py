"""What a plan needs from the people room: who is eligible and what was given, counted by unit and group."""

from datetime import date

import polars as pl

from seawall.people import selectors as people
from seawall.reference import selectors as reference
from seawall.terms.codes import DueStatus

from .catalogue import campaign
from .membership import group_frame

OUT = [DueStatus.INELIGIBLE.value, DueStatus.CONTRAINDICATED.value]


def leaf_units(on: date) -> pl.DataFrame:
    """leaf, unit (code), unit_id of the planning partition."""
    rows = [(leaf, unit.code, unit.unit_id) for unit in reference.units(on) for leaf in unit.leaves]
    return pl.DataFrame(rows, schema={"leaf": pl.Int64, "unit": pl.String, "unit_id": pl.Int64}, orient="row")


def eligible_frame(code: str, on: date) -> pl.DataFrame:
    """[unit, group, eligible]: persons of each group without a contraindication (应接), by where they live."""
    head = campaign(code)
    assert head is not None
    due = people.due_frame(head.programme, on).filter(~pl.col("status").is_in(OUT))
    return (
        due.select("person", "leaf")
        .join(group_frame(code), on="person")
        .join(leaf_units(on), on="leaf")
        .group_by("unit", "group")
        .agg(eligible=pl.len().cast(pl.Int64))
        .sort("unit", "group")
    )


def cohort_frame(code: str, on: date) -> pl.DataFrame:
    """[unit, group, product, dose_rank, day, doses]: doses that count, by the day they were given, up to a day."""
    head = campaign(code)
    assert head is not None
    given = people.given_frame(head.programme).filter(pl.col("dose_rank").is_not_null() & (pl.col("given_on") <= on))
    return (
        given.select("person", "leaf", "product", "dose_rank", day="given_on")
        .join(group_frame(code), on="person")
        .join(leaf_units(on), on="leaf")
        .group_by("unit", "group", "product", "dose_rank", "day")
        .agg(doses=pl.len().cast(pl.Int64))
        .with_columns(pl.col("dose_rank").cast(pl.Int64))
        .sort("unit", "group", "product", "dose_rank", "day")
    )


def waiting_frame(code: str, on: date) -> pl.DataFrame:
    """[leaf, organisation, group, dose_rank, persons]: who is still to come for which dose, by home and organisation."""
    head = campaign(code)
    assert head is not None
    return (
        people.waiting_frame(head.programme, on)
        .join(group_frame(code), on="person")
        .group_by("leaf", "organisation", "group", "dose_rank")
        .agg(persons=pl.len().cast(pl.Int64))
        .sort("leaf", "organisation", "group", "dose_rank")
    )
