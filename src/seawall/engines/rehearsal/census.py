"""How many people of which age and sex live in which leaf: the census by district, spread among streets and towns."""

import numpy as np
import numpy.typing as npt
import polars as pl

from .shares import Floats, Ints, fit, pick, whole
from .tables import Tables

WHOLE = 0  # the first row of the table of ages is the whole city
BANDS = ("age_0_14", "age_15_59", "age_60_plus")
_SPREAD_LEAVES = 0.8  # lognormal sigma of street sizes
_AGEING = np.array([0.0, 0.18, -0.32])  # bigger streets are younger: 60+ runs from 14% to 48% inside one district
_NOISE = np.array([0.12, 0.0, 0.22])
_MALE_TILT = np.array([1.04, 1.0, 0.965])  # more boys, fewer old men


def people_by_leaf(units: pl.DataFrame, scale: float, tables: Tables, rng: np.random.Generator) -> pl.DataFrame:
    """One row per person: unit, leaf, band, sex, birth. City totals by band and sex hold to the person."""
    counts = whole(units["population"].to_numpy() * scale, max(1, round(float(units["population"].sum()) * scale)))
    bands = _unit_bands(units, counts, tables, rng)
    parts = [_leaf_bands(np.array(leaves, dtype=np.int64), bands[i], rng) for i, leaves in enumerate(units["leaves"])]
    leaf = np.concatenate([np.repeat(np.tile(ids[:, None], (1, 3)).ravel(), n.ravel()) for ids, n in parts])
    band = np.concatenate([np.repeat(np.tile(np.arange(3), len(ids)), n.ravel()) for ids, n in parts])
    unit = np.repeat(np.arange(units.height), counts)
    return pl.DataFrame(
        {
            "unit": units["unit_code"].gather(unit),
            "leaf": leaf,
            "band": band,
            "sex": _sexes(unit, band, units, tables, rng),
            "birth": pl.Series(_births(band, tables, rng)).cast(pl.Date),
        }
    )


def _unit_bands(units: pl.DataFrame, counts: Ints, tables: Tables, rng: np.random.Generator) -> Ints:
    """Units by age band: published districts as published, the rest fitted to what is left of the city."""
    census = tables["census_age"].select("area_code", *BANDS)
    city = census.select(BANDS).to_numpy()[WHOLE].astype(float)
    known = units.select("unit_code").join(census, left_on="unit_code", right_on="area_code", how="left")
    fixed = known.select(BANDS).to_numpy().astype(float)
    have = ~np.isnan(fixed).any(axis=1)
    table = np.zeros((units.height, 3))
    table[have] = fixed[have] / fixed[have].sum(axis=1, keepdims=True) * counts[have, None]
    rest = city / city.sum() * counts.sum() - table.sum(axis=0)
    if (~have).any():
        seed = np.maximum(rest, 1.0)[None, :] * np.exp(rng.normal(0, 1, (int((~have).sum()), 3)) * [0.06, 0.05, 0.15])
        table[~have] = fit(seed, counts[~have].astype(float), np.maximum(rest, 1.0))
    return _rows_whole(table, counts)


def _rows_whole(table: Floats, counts: Ints) -> Ints:
    """Whole numbers by row, carrying each row's rounding into the next so that the columns hold too."""
    out = np.zeros(table.shape, dtype=np.int64)
    carry = np.zeros(table.shape[1])
    for i, row in enumerate(table):
        wanted = np.maximum(row + carry, 0)
        out[i] = whole(wanted, int(counts[i])) if counts[i] else 0
        carry += row - out[i]
    return out


def _leaf_bands(leaves: Ints, bands: Ints, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Spread one unit's three bands among its leaves, older in the smaller ones."""
    size = rng.lognormal(0, _SPREAD_LEAVES, len(leaves))
    age = np.exp(np.log(size)[:, None] * _AGEING[None, :] + rng.normal(0, 1, (len(leaves), 3)) * _NOISE[None, :])
    table = fit(size[:, None] * age * np.maximum(bands, 1), size / size.sum() * bands.sum(), np.maximum(bands, 1e-9))
    return leaves, np.stack([whole(table[:, k], int(bands[k])) for k in range(3)], axis=1)


def _sexes(unit: Ints, band: Ints, units: pl.DataFrame, tables: Tables, rng: np.random.Generator) -> pl.Series:
    """1 male, 2 female (GB/T 2261.1), men per unit and band by whole numbers."""
    census = tables["census_age"].select("area_code", share=pl.col("male") / pl.col("total"))
    city = float(census["share"][WHOLE])
    share = units.join(census, left_on="unit_code", right_on="area_code", how="left", maintain_order="left")["share"]
    cell = unit * 3 + band
    size = np.bincount(cell, minlength=units.height * 3)
    expected = size * np.clip(np.outer(share.fill_null(city).to_numpy(), _MALE_TILT).ravel(), 0, 1)
    men = np.minimum(whole(expected, round(city * len(unit))), size)
    order = np.lexsort((rng.random(len(unit)), cell))
    rank = np.empty(len(unit), dtype=np.int64)
    rank[order] = np.arange(len(unit)) - np.repeat(np.cumsum(size) - size, size)
    return pl.Series(np.where(rank < men[cell], 1, 2)).cast(pl.Int8)


def _births(band: Ints, tables: Tables, rng: np.random.Generator) -> npt.NDArray[np.datetime64]:
    """A birthday for everyone, by five-year shape within the published band."""
    shape = tables["age_shape"]
    age = np.zeros(len(band), dtype=np.int64)
    for k in range(3):
        rows = shape.filter(pl.col("band") == k)
        here = np.flatnonzero(band == k)
        five = pick(rng, rows["weight"].to_numpy().astype(float), len(here))
        low, high = rows["age_from"].to_numpy()[five], rows["age_to"].to_numpy()[five]
        age[here] = low + (rng.random(len(here)) * (high - low + 1)).astype(np.int64)
    months = np.datetime64(tables.census_day(), "M") - (age * 12).astype("timedelta64[M]")
    return months.astype("datetime64[D]") - rng.integers(0, 365, len(band)).astype("timedelta64[D]")
