"""Who lives with whom: every household has an adult, children live with one, students and workers' dormitories have none."""

import numpy as np
import polars as pl

from .tables import Tables


def households(people: pl.DataFrame, tables: Tables, rng: np.random.Generator) -> pl.Series:
    """Household number (1..h, within a leaf) or null for persons in collective households. People come sorted by leaf."""
    facts = dict(tables["census_households"].select("fact", pl.col("value").cast(pl.Int64)).iter_rows())
    per_family = facts["households"] / (facts["persons"] - facts["collective"])
    band = people["band"].to_numpy()
    adult = band > 0
    share = facts["collective"] / facts["persons"] * people.height / max(1, int((band == 1).sum()))
    family = ~((band == 1) & (rng.random(people.height) < share))
    leaf = people["leaf"].rle_id().to_numpy()
    homes = np.round(np.bincount(leaf, weights=family) * per_family).astype(np.int64)
    heads = np.bincount(leaf, weights=family & adult).astype(np.int64)
    homes = np.minimum(np.maximum(homes, (heads > 0).astype(np.int64)), heads)
    first = np.cumsum(homes) - homes + 1
    rank = _rank(leaf, family & adult, rng)
    home = np.where(rank < homes[leaf], rank, (rng.random(people.height) * homes[leaf]).astype(np.int64))
    lives = family & (homes[leaf] > 0)
    return (
        pl.DataFrame({"h": first[leaf] + home, "lives": lives})
        .select(pl.when(pl.col("lives")).then(pl.col("h")))
        .to_series()
    )


def _rank(leaf: np.ndarray, counted: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Random place of each counted person among those of the leaf; others get a place beyond all."""
    order = np.lexsort((rng.random(len(leaf)), ~counted, leaf))
    start = np.concatenate([[0], np.flatnonzero(np.diff(leaf[order])) + 1])
    place = np.arange(len(leaf)) - np.repeat(start, np.diff(np.append(start, len(leaf))))
    rank = np.empty(len(leaf), dtype=np.int64)
    rank[order] = place
    return np.where(counted, rank, np.iinfo(np.int64).max // 4)
