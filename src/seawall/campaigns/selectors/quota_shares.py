"""Unit quotas cut down to streets and to organisations, in proportion to those still to come, whole doses that add up."""

from datetime import date
from functools import lru_cache
from uuid import UUID

import numpy as np
import polars as pl

from seawall.platform import sql

from .. import stored
from .needs import leaf_units
from .planned import quotas

GOLDEN = 0.6180339887498949
KEYS = ("unit_id", "group", "product", "dose_rank")
WAITING = {
    "leaf": pl.Int64, "organisation": pl.Int64, "group": pl.String, "dose_rank": pl.Int64, "persons": pl.Int64,
}  # fmt: skip


def street_quotas(code: str, day: date, unit_id: int | None = None) -> pl.DataFrame:
    """[unit_id, leaf_id, group, product, dose_rank, doses] of a day; where nobody is waiting, evenly over the unit's streets."""
    leaves = leaf_units(day).select("unit_id", leaf_id="leaf")
    weights = _waiting(code, day).group_by("leaf", "group", "dose_rank").agg(pl.col("persons").sum())
    known = leaves.join(weights.rename({"leaf": "leaf_id"}), on="leaf_id")
    return _cut(code, day, unit_id, "leaf_id", known, leaves)


def organisation_quotas(code: str, day: date, unit_id: int | None = None) -> pl.DataFrame:
    """[unit_id, organisation_id, group, product, dose_rank, doses] of a day, by where people live; null is of none."""
    leaves = leaf_units(day).select("unit_id", "leaf")
    waiting = leaves.join(_waiting(code, day).rename({"organisation": "organisation_id"}), on="leaf")
    known = waiting.group_by("unit_id", "organisation_id", "group", "dose_rank").agg(pl.col("persons").sum())
    nobody = leaves.select("unit_id", organisation_id=pl.lit(None, dtype=pl.Int64)).unique()
    return _cut(code, day, unit_id, "organisation_id", known, nobody)


def _waiting(code: str, day: date) -> pl.DataFrame:
    """Who was still to come when the run that set a day's quotas was published, kept with that run."""
    rows = sql.fetch("SELECT run_id FROM campaigns_quota WHERE campaign = %s AND day = %s LIMIT 1", [code, day])
    return _kept(rows[0][0]) if rows else pl.DataFrame(schema=WAITING)


@lru_cache(maxsize=16)
def _kept(run_id: UUID) -> pl.DataFrame:
    found = stored.frame_of(run_id, "waiting")
    return pl.DataFrame(schema=WAITING) if found is None else found


def _cut(
    code: str, day: date, unit_id: int | None, part: str, known: pl.DataFrame, every: pl.DataFrame
) -> pl.DataFrame:
    """Each quota row over the parts of its unit by persons waiting, else over `every` part evenly."""
    weights = known.sort(part, nulls_last=True).group_by("unit_id", "group", "dose_rank", maintain_order=True)
    waiting = {(u, g, r): (p, w) for u, g, r, p, w in weights.agg(part, "persons").iter_rows()}
    even = dict(every.sort(part).group_by("unit_id").agg(part).iter_rows())
    asked = quotas(code, day)
    rows: list[tuple[int, int | None, str, str, int, int]] = []
    for number, (unit, _, group, product, rank, doses) in enumerate(asked.iter_rows()):
        if unit_id is None or unit == unit_id:
            parts, persons = waiting.get((unit, group, rank)) or (even[unit], [1] * len(even[unit]))
            whole = whole_in_turn(np.array(persons, dtype=float), doses, day.toordinal() + number)
            rows.extend((unit, p, group, product, rank, int(n)) for p, n in zip(parts, whole, strict=True) if n)
    schema = {"unit_id": pl.Int64, part: pl.Int64, "group": pl.String, "product": pl.String, "dose_rank": pl.Int64}
    return pl.DataFrame(rows, schema={**schema, "doses": pl.Int64}, orient="row")


def whole_in_turn(weights: np.ndarray, total: int, turn: int) -> np.ndarray:
    """Whole parts that add up to `total`, each within one of its exact share of the weights (which have a sum).

    Systematic rounding: differences of floor(running share + offset). The offset moves by the golden ratio with `turn`, so
    that over many turns no part is favoured, however small its share; largest remainders would give the same few parts the
    odd dose every day.
    """
    running = np.cumsum(weights) * (total / weights.sum())
    running[-1] = total
    return np.diff(np.floor(running + (GOLDEN * turn) % 1.0 + 1e-9), prepend=np.floor((GOLDEN * turn) % 1.0)).astype(
        np.int64
    )
