"""Unit quotas cut down to streets, in proportion to those still to come, whole doses that add up."""

from datetime import date

import numpy as np
import polars as pl

from seawall.engines.planning import whole_parts
from seawall.people import selectors as people
from seawall.terms.codes import DueStatus

from .heads import campaign
from .membership import group_frame
from .needs import leaf_units
from .planned import quotas

OPEN = [s.value for s in (DueStatus.DUE, DueStatus.NOT_YET, DueStatus.OVERDUE)]
SCHEMA = {
    "unit_id": pl.Int64,
    "leaf_id": pl.Int64,
    "group": pl.String,
    "product": pl.String,
    "dose_rank": pl.Int64,
    "doses": pl.Int64,
}


def street_quotas(code: str, day: date) -> pl.DataFrame:
    """[unit_id, leaf_id, group, product, dose_rank, doses] of a day; where nobody is waiting, by the unit's people."""
    waiting = still_to_come(code, day)
    by_leaf = leaf_units(day).group_by("unit_id").agg(pl.col("leaf").sort())
    leaves = dict(by_leaf.iter_rows())
    rows: list[tuple[int, int, str, str, int, int]] = []
    for unit, _, group, product, rank, doses in quotas(code, day).iter_rows():
        here = leaves[unit]
        weights = np.array([waiting.get((leaf, group, rank), 0) for leaf in here], dtype=float)
        parts = whole_parts(weights if weights.sum() else np.ones(len(here)), doses)
        rows.extend((unit, leaf, group, product, rank, int(n)) for leaf, n in zip(here, parts, strict=True) if n)
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def still_to_come(code: str, day: date) -> dict[tuple[int, str, int], int]:
    """Persons by leaf, group and next dose rank."""
    head = campaign(code)
    assert head is not None
    due = people.due_frame(head.programme, day).filter(pl.col("status").is_in(OPEN) & pl.col("dose_rank").is_not_null())
    counts = due.join(group_frame(code), on="person").group_by("leaf", "group", "dose_rank").len()
    return {(leaf, group, rank): n for leaf, group, rank, n in counts.iter_rows()}
