"""Reads files of persons, doses and conditions row by row's own right: what is wrong is set aside, the rest goes on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from .judging import Schedule

DATE = r"^\d{4}(-\d{2}(-\d{2})?)?$"
SEX = {"M": 1, "F": 2, "U": 0, "1": 1, "2": 2, "0": 0, "9": 9, "": 0}
NAMES = {
    "person_id": ("person_id", "person"),
    "birth_date": ("birth_date", "birth"),
    "said_precision": ("birth_precision",),
    "date": ("date", "given_on"),
    "code": ("code", "kind", "condition"),
    "from": ("from", "since"),
    "to": ("to", "until"),
}  # fmt: skip


class FileNotRead(ValueError):
    """A file that is not what it claims to be: nothing of it was answered."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """Rows of one file that were set aside for one reason."""

    rows: pl.DataFrame


class Sheet:
    """One file as text cells, with the rows still to be answered."""

    def __init__(self, path: Path, needed: Sequence[str], optional: Sequence[str], refused: list[Rejected]) -> None:
        self.path, self.refused = path, refused
        raw = _text(path)
        self.original: dict[str, str] = {}
        columns = []
        for name in (*needed, *optional):
            found = next((alias for alias in NAMES.get(name, (name,)) if alias in raw.columns), None)
            if found is None and name in needed:
                raise FileNotRead(f"{path.name}: column {name} is missing; the file has {', '.join(raw.columns)}")
            self.original[name] = found or name
            columns.append((pl.col(found) if found else pl.lit("")).alias(name))
        first = 1 if path.suffix == ".parquet" else 2
        self.frame = (
            raw.select(columns).with_columns(pl.all().fill_null("").str.strip_chars()).with_row_index("line", first)
        )

    def reject(self, wrong: pl.Expr, column: str, code: str) -> None:
        """Sets aside the rows for which `wrong` holds."""
        frame = self.frame.with_columns(wrong.fill_null(False).alias("_wrong"))
        bad = frame.filter("_wrong")
        if len(bad):
            self.refused.append(
                Rejected(
                    bad.select(
                        pl.lit(self.path.name).alias("file"),
                        pl.col("line").cast(pl.Int64).alias("row"),
                        pl.lit(self.original[column]).alias("column"),
                        pl.col(column).alias("value"),
                        pl.lit(code).alias("code"),
                    )
                )
            )
        self.frame = frame.filter(~pl.col("_wrong")).drop("_wrong")

    def dates(self, column: str, into: str, required: bool = True) -> None:
        """Parses a column: `into` is the first day it may mean, `into`_precision how much is known."""
        if required:
            self.reject(pl.col(column) == "", column, "DATE_MISSING")
        text = pl.col(column)
        length = text.str.len_bytes()
        full = pl.when(length == 10).then(text).when(length == 7).then(text + "-01").otherwise(text + "-01-01")
        real = full.str.to_date("%Y-%m-%d", strict=False)
        self.frame = self.frame.with_columns(
            pl.when(text.str.contains(DATE)).then(real).alias(into),
            pl.when(length == 7).then(pl.lit("month")).when(length == 4).then(pl.lit("year")).otherwise(pl.lit("day"))
            .alias(f"{into}_precision"),
        )  # fmt: skip
        self.reject(pl.col(into).is_null() & (text != ""), column, "DATE_NOT_REAL")

    def persons(self, keys: pl.DataFrame) -> None:
        """Joins the number of each person; a row of nobody is set aside."""
        self.reject(pl.col("person_id") == "", "person_id", "ROW_WITHOUT_PERSON")
        self.frame = self.frame.join(keys, on="person_id", how="left", maintain_order="left")
        self.reject(pl.col("person").is_null(), "person_id", "PERSON_UNKNOWN")


def _text(path: Path) -> pl.DataFrame:
    try:
        if path.suffix == ".parquet":
            return pl.read_parquet(path).with_columns(pl.all().cast(pl.String))
        return pl.read_csv(path, infer_schema=False, encoding="utf8", truncate_ragged_lines=False)
    except (pl.exceptions.PolarsError, OSError) as wrong:
        raise FileNotRead(f"{path.name}: cannot be read as {path.suffix.lstrip('.') or 'CSV'}: {wrong}") from None


def read_persons(path: Path, as_of: date, refused: list[Rejected]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Persons for `judge`, numbered in the order of the file, and the number of each person id."""
    sheet = Sheet(path, ["person_id", "birth_date"], ["said_precision", "sex"], refused)
    sheet.reject(pl.col("person_id") == "", "person_id", "ROW_WITHOUT_PERSON")
    sheet.reject(
        pl.col("person_id").is_duplicated() & ~pl.col("person_id").is_first_distinct(), "person_id", "PERSON_TWICE"
    )
    sheet.dates("birth_date", "birth", required=False)
    sheet.reject(pl.col("birth") > as_of, "birth_date", "DATE_AFTER_ANSWER")
    sheet.reject(~pl.col("sex").str.to_uppercase().is_in(list(SEX)), "sex", "SEX_UNKNOWN")
    said = pl.col("said_precision")
    persons = sheet.frame.with_row_index("person").select(
        pl.col("person").cast(pl.Int64),
        "person_id",
        "birth",
        pl.when(said.is_in(["month", "year"])).then(said).otherwise("birth_precision").alias("birth_precision"),
        pl.col("sex").str.to_uppercase().replace_strict(SEX, return_dtype=pl.Int8),
    )
    return persons, persons.select("person_id", "person", "birth")


def read_doses(
    path: Path, as_of: date, schedule: Schedule, keys: pl.DataFrame, refused: list[Rejected]
) -> pl.DataFrame:
    """Doses for `judge`, in the order of the file."""
    sheet = Sheet(path, ["person_id", "date", "product"], ["dose_id", "source", "volume"], refused)
    sheet.persons(keys)
    sheet.dates("date", "given_on")
    sheet.reject(pl.col("given_on") > as_of, "date", "DATE_AFTER_ANSWER")
    last = (
        pl.when(pl.col("given_on_precision") == "month").then(pl.col("given_on").dt.month_end())
        .when(pl.col("given_on_precision") == "year").then(pl.col("given_on").dt.offset_by("1y").dt.offset_by("-1d"))
        .otherwise("given_on")
    )  # fmt: skip
    sheet.reject(last < pl.col("birth"), "date", "DATE_BEFORE_BIRTH")
    codes = _product_codes(schedule)
    sheet.frame = sheet.frame.with_columns(
        pl.col("product").replace_strict(codes, default=None, return_dtype=pl.String).alias("vaccine")
    )
    sheet.reject(pl.col("vaccine").is_null() & (pl.col("product") != ""), "product", "PRODUCT_UNKNOWN")
    twice = pl.struct("person", "date", "vaccine")
    sheet.reject(~twice.is_first_distinct() & pl.col("vaccine").is_not_null(), "product", "DOSE_TWICE")
    sheet.frame = sheet.frame.with_columns(pl.col("volume").cast(pl.Float64, strict=False).alias("ml"))
    unread = (pl.col("ml").is_null() | (pl.col("ml") < 0)) & (pl.col("volume") != "")
    sheet.reject(unread, "volume", "VOLUME_NOT_READ")
    return sheet.frame.select(
        "person",
        "person_id",
        pl.when(pl.col("dose_id") == "").then(pl.col("line").cast(pl.String)).otherwise("dose_id").alias("dose_id"),
        "date",
        "given_on",
        pl.col("vaccine").alias("product"),
        pl.col("given_on_precision").alias("precision"),
        "source",
        pl.col("ml").alias("volume"),
    )


def _product_codes(schedule: Schedule) -> dict[str, str]:
    """Every way to write a product: its code, CVX:n or CN:x. The first table row that has a code keeps it."""
    codes: dict[str, str] = {}
    for row in schedule.tables.vaccines():
        names = [row.product, f"CVX:{row.cvx.lstrip('0')}" if row.cvx else "", f"CN:{row.cn}" if row.cn else ""]
        if row.cvx:
            names.append(f"CVX:{row.cvx}")
        for name in filter(None, names):
            codes.setdefault(name, row.product)
    return codes


def read_conditions(path: Path, schedule: Schedule, keys: pl.DataFrame, refused: list[Rejected]) -> pl.DataFrame:
    """Conditions for `judge`; `to` is the last day that the condition holds."""
    sheet = Sheet(path, ["person_id", "code"], ["from", "to"], refused)
    sheet.persons(keys)
    sheet.reject(~pl.col("code").is_in(schedule.words.conditions), "code", "CONDITION_UNKNOWN")
    sheet.dates("from", "since", required=False)
    sheet.dates("to", "until", required=False)
    sheet.reject(pl.col("until") < pl.col("since"), "to", "DATES_CROSSED")
    return sheet.frame.select("person", pl.col("code").alias("kind"), "since", "until")
