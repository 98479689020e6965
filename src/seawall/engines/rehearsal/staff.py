"""Who works at a site: the roles the rules ask for, with training that covers the campaign."""

from datetime import date, timedelta

import numpy as np
import polars as pl

from .names import staff_names
from .tables import Tables

_BEFORE, _AFTER = timedelta(days=68), timedelta(days=647)  # of the opening: when certificates were given, and end


def site_staff(sites: pl.DataFrame, opens: date, tables: Tables, rng: np.random.Generator) -> pl.DataFrame:
    """One row per post: role, site code, name, credential with its dates."""
    posts = sites.select("code", "unit", "stations").join(tables["site_staff"].drop("source"), how="cross")
    posts = posts.with_columns(n=pl.col("per_site") + pl.col("per_station") * pl.col("stations"))
    posts = posts.select(pl.exclude("n", "stations", "per_site", "per_station").repeat_by("n").explode())
    return posts.rename({"code": "site"}).with_columns(
        name=staff_names(posts.height, tables, rng),
        credential_from=pl.when(pl.col("credential").is_not_null()).then(pl.lit(opens - _BEFORE)),
        credential_to=pl.when(pl.col("credential").is_not_null()).then(pl.lit(opens + _AFTER)),
        synthetic=pl.lit(True),
    )
