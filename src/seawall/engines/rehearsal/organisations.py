"""Key sectors and key units of the founding brief as synthetic organisations, and who works or studies where."""

import numpy as np
import polars as pl

from .identifiers import uscc
from .sites import named
from .tables import Tables


def organisations(
    people: pl.DataFrame, ages: pl.Series, units: pl.DataFrame, tables: Tables, rng: np.random.Generator
) -> tuple[pl.DataFrame, pl.Series]:
    """The organisations of the city and, aligned with `people`, the organisation number of each person or null."""
    unit = (
        people.select(pl.col("unit").replace_strict(units["unit_code"], np.arange(units.height))).to_series().to_numpy()
    )
    age = ages.to_numpy()
    adults = np.bincount(unit[(age >= 18) & (age <= 59)], minlength=units.height)
    member = np.zeros(people.height, dtype=np.int64)
    frames, base = [], 0
    for kind in tables["organisations"].iter_rows(named=True):
        wanted = adults * kind["adult_share"]
        count = np.where(wanted >= 2, np.maximum(1, np.round(wanted / kind["members"])), 0).astype(np.int64)
        free = np.flatnonzero((member == 0) & (age >= kind["age_from"]) & (age <= kind["age_to"]))
        odds = wanted / np.maximum(1, np.bincount(unit[free], minlength=units.height))
        joins = free[(rng.random(len(free)) < odds[unit[free]]) & (count[unit[free]] > 0)]
        first = base + np.cumsum(count) - count + 1
        member[joins] = first[unit[joins]] + (rng.random(len(joins)) * count[unit[joins]]).astype(np.int64)
        frames.append(_rows(kind, count, units, tables, rng))
        base += int(count.sum())
    table = pl.concat(frames).with_row_index("org", offset=1).with_columns(pl.col("org").cast(pl.Int64))
    table = table.with_columns(uscc=pl.Series(uscc(table.height, tables), dtype=pl.String), synthetic=pl.lit(True))
    return table, pl.Series(np.where(member > 0, member, -1)).replace(-1, None)


def _rows(
    kind: dict[str, object], count: np.ndarray, units: pl.DataFrame, tables: Tables, rng: np.random.Generator
) -> pl.DataFrame:
    zh, en = tables.called("ORGANISATION")
    unit = np.repeat(np.arange(units.height), count)
    nth = pl.Series(np.arange(len(unit)) - np.repeat(np.cumsum(count) - count, count) + 1).cast(pl.String)
    leaves = units["leaves"].gather(unit).to_list()
    return pl.DataFrame(
        {
            "kind": pl.Series([str(kind["kind"])] * len(unit), dtype=pl.String),
            "sector": pl.Series([str(kind["sector"])] * len(unit), dtype=pl.String),
            "unit": units["unit_code"].gather(unit),
            "leaf": pl.Series([row[int(rng.integers(len(row)))] for row in leaves], dtype=pl.Int64),
            "name_zh": named(units["name_zh"].gather(unit), zh, nth, str(kind["name_zh"])),
            "name_en": named(units["name_en"].gather(unit), en, nth, str(kind["name_en"])),
        }
    )
