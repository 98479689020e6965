"""Numbers that are well formed and belong to nobody: documents, telephones, organisations (all marked in identifiers.csv)."""

import numpy as np
import numpy.typing as npt
import polars as pl

from .shares import pick
from .tables import Tables

_ID_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_ID_CHECKS = np.array(list("10X98765432"))
_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_SERIALS = 500  # odd serials are men's, even ones women's


def resident_ids(births: pl.Series, sexes: pl.Series, tables: Tables) -> pl.Series:
    """18 digits with a right GB 11643 check digit under a division code never issued; unique."""
    people = pl.DataFrame({"birth": births, "sex": sexes}).with_columns(
        rank=pl.int_range(pl.len()).over("birth", "sex")
    )
    division = int(tables.text("division"))
    body = people.select(
        (division - pl.col("rank") // _SERIALS).cast(pl.String)
        + pl.col("birth").dt.strftime("%Y%m%d")
        + ((pl.col("rank") % _SERIALS) * 2 + (pl.col("sex") == 1).cast(pl.Int64)).cast(pl.String).str.zfill(3)
    ).to_series()
    return body + pl.Series(_id_check(body))


def _id_check(bodies: pl.Series) -> npt.NDArray[np.str_]:
    digits = np.frombuffer("".join(bodies).encode(), dtype=np.uint8).reshape(-1, 17).astype(np.int64) - 48
    return _ID_CHECKS[(digits @ _ID_WEIGHTS) % 11]


def documents(people: pl.DataFrame, tables: Tables, rng: np.random.Generator) -> pl.DataFrame:
    """Kind, number and country for each person; kind NONE has neither."""
    kinds = tables["documents"]
    kind = pick(rng, kinds["share"].to_numpy().astype(float), people.height)
    table = pl.DataFrame({"k": kind, "n": np.arange(1, people.height + 1)})
    prefix = kinds["prefix"].fill_null("").gather(kind)
    serial = table.select(pl.int_range(pl.len()).over("k") + 1).to_series().cast(pl.String).str.zfill(6)
    resident = resident_ids(people["birth"], people["sex"], tables)
    name = kinds["kind"].gather(kind)
    return pl.DataFrame({"document_kind": name, "resident": resident, "other": prefix + serial}).select(
        "document_kind",
        document_number=pl.when(pl.col("document_kind") == "RESIDENT_ID")
        .then(pl.col("resident"))
        .when(pl.col("document_kind") == "NONE")
        .then(pl.lit(None, dtype=pl.String))
        .otherwise(pl.col("other")),
        document_country=kinds["country"].gather(kind),
    )


def mobiles(n: int, tables: Tables) -> pl.Series:
    """11 digits in a network code that nobody holds."""
    return pl.Series(np.arange(n)).cast(pl.String).str.zfill(8).str.replace("^", tables.text("mobile"))


def landlines(n: int, tables: Tables, start: int = 1) -> pl.Series:
    """Local numbers that begin with 0, which no local number does."""
    return pl.Series(np.arange(start, start + n)).cast(pl.String).str.zfill(7).str.replace("^", tables.text("landline"))


def uscc(n: int, tables: Tables) -> list[str]:
    """18 characters of a unified social credit code, inner and outer check characters right."""
    return [_uscc(tables.text("organisation"), i) for i in range(1, n + 1)]


def _uscc(prefix: str, serial: int) -> str:
    organisation = f"{serial:08d}"
    rest = 11 - sum(int(c) * w for c, w in zip(organisation, _ORG_WEIGHTS, strict=True)) % 11
    body = prefix + organisation + {10: "X", 11: "0"}.get(rest, str(rest))
    total = sum(_USCC_ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(body))
    return body + _USCC_ALPHABET[(31 - total % 31) % 31]
