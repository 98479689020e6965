"""Numbers that are well formed and belong to nobody: documents, telephones, organisations (all marked in the city's identifiers.csv)."""

from collections.abc import Callable, Mapping

import numpy as np
import polars as pl

from .shares import pick
from .tables import Tables

_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)

Numbers = Callable[
    [pl.Series, pl.Series, str], pl.Series
]  # births, sexes, the marked identifier: a number for each person


def documents(
    people: pl.DataFrame, tables: Tables, numbers: Mapping[str, Numbers], rng: np.random.Generator
) -> pl.DataFrame:
    """Kind, number and country for each person; kind NONE has neither. `numbers` makes those of a country's rule, by its name."""
    kinds = tables["documents"]
    kind = pick(rng, kinds["share"].to_numpy().astype(float), people.height)
    table = pl.DataFrame({"k": kind, "n": np.arange(1, people.height + 1)})
    prefix = kinds["prefix"].fill_null("").gather(kind)
    serial = table.select(pl.int_range(pl.len()).over("k") + 1).to_series().cast(pl.String).str.zfill(6)
    number = pl.DataFrame(
        {"kind": kinds["kind"].gather(kind), "made": kinds["made"].gather(kind), "number": prefix + serial}
    )
    for rule in kinds["made"].drop_nulls().unique().sort():
        own = numbers[rule](people["birth"], people["sex"], tables.text("division"))
        number = number.with_columns(number=pl.when(pl.col("made") == rule).then(own).otherwise("number"))
    return number.select(
        document_kind="kind",
        document_number=pl.when(pl.col("kind") != "NONE").then("number"),
        document_country=kinds["country"].gather(kind),
    )


def uscc(n: int, tables: Tables) -> list[str]:
    """18 characters of a unified social credit code, inner and outer check characters right; empty where the city marks none."""
    if "organisation" not in tables["identifiers"]["name"]:
        return [""] * n
    return [_uscc(tables.text("organisation"), i) for i in range(1, n + 1)]


def _uscc(prefix: str, serial: int) -> str:
    organisation = f"{serial:08d}"
    rest = 11 - sum(int(c) * w for c, w in zip(organisation, _ORG_WEIGHTS, strict=True)) % 11
    body = prefix + organisation + {10: "X", 11: "0"}.get(rest, str(rest))
    total = sum(_USCC_ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(body))
    return body + _USCC_ALPHABET[(31 - total % 31) % 31]
