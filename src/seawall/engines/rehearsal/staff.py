"""Who works at a site: the roles the rules ask for, with training that covers the campaign."""

from datetime import date

import numpy as np
import polars as pl

from .names import staff_names
from .tables import Tables

_TRAINED = date(2021, 1, 15)
_UNTIL = date(2022, 12, 31)


def site_staff(sites: pl.DataFrame, tables: Tables, rng: np.random.Generator) -> pl.DataFrame:
    """One row per post: role, site code, name, credential with its dates."""
    posts = sites.select("code", "unit", "stations").join(tables["site_staff"].drop("source"), how="cross")
    posts = posts.with_columns(n=pl.col("per_site") + pl.col("per_station") * pl.col("stations"))
    posts = posts.select(pl.exclude("n", "stations", "per_site", "per_station").repeat_by("n").explode())
    return posts.rename({"code": "site"}).with_columns(
        name=staff_names(posts.height, tables, rng),
        credential_from=pl.when(pl.col("credential").is_not_null()).then(pl.lit(_TRAINED)),
        credential_to=pl.when(pl.col("credential").is_not_null()).then(pl.lit(_UNTIL)),
        synthetic=pl.lit(True),
    )
