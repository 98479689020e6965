"""Rows of persons, doses and conditions as text become records of numbers; a row that cannot is set aside with its reason."""

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from .compiled import EPOCH
from .judging import SCHEDULES, Schedule
from .kernel import layout as at

ANY_CODE, JOINED = "*", "|"
OTHER_CODE = re.compile(r"CVX:\d{1,3}|CN:\w+", re.ASCII)
DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
SEX = {"M": 1, "F": 2, "U": 0, "1": 1, "2": 2, "0": 0, "9": 0, "": 0}
# Of a person's id two hashes of 64 bits stand in a record: no two ids of a country share both.
ROW: list[tuple[str, str]] = [("key", "<u8"), ("check", "<u8"), ("line", "<i8"), ("low", "<i4"), ("high", "<i4")]
PERSON = np.dtype([*ROW, ("sex", "<i4")])
DOSE = np.dtype([*ROW, ("product", "<i4"), ("volume", "<i4"), ("unsaid", "<i4")])
CONDITION = np.dtype([*ROW, ("kind", "<i4")])
REJECTED = {"file": pl.String, "row": pl.Int64, "column": pl.String, "value": pl.String, "code": pl.String}
Records = NDArray[Any]
BAD = -20_000_000  # a cell that is no date, no product, no number
Bounds = tuple[int, int]


class FileNotRead(ValueError):
    """A file that is not what it claims to be: nothing of it was answered."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file: its columns by all their names, which of them it must have, and what its records hold."""

    columns: dict[str, tuple[str, ...]]
    needed: tuple[str, ...]
    record: np.dtype[Any]


PEOPLE = Kind(
    {
        "person_id": ("person_id", "person"), "birth_date": ("birth_date", "birth"), "birth_precision": ("birth_precision",),
        "sex": ("sex",),
    },
    ("person_id", "birth_date"),
    PERSON,
)  # fmt: skip
DOSES = Kind(
    {
        "person_id": ("person_id", "person"), "date": ("date", "given_on"), "product": ("product",),
        "dose_id": ("dose_id",), "volume": ("volume",), "lot": ("lot", "lot_number"),
    },
    ("person_id", "date", "product"),
    DOSE,
)  # fmt: skip
CONDITIONS = Kind(
    {
        "person_id": ("person_id", "person"), "code": ("code", "kind", "condition"), "from": ("from", "since"),
        "to": ("to", "until"),
    },
    ("person_id", "code"),
    CONDITION,
)  # fmt: skip


@lru_cache(1 << 16)
def bounds(text: str) -> Bounds:
    """The first and last day that a date may mean: a day, a month or a year; (BAD, BAD) for what is none of these."""
    found = DATE.fullmatch(text)
    if not found:
        return BAD, BAD
    year, month, day = (int(part) if part else 0 for part in found.groups())
    try:
        first = date(year, month or 1, day or 1)
    except ValueError:
        return BAD, BAD
    last = first if day else first.replace(month=month or 12, day=monthrange(year, month or 12)[1])
    return first.toordinal() - EPOCH, last.toordinal() - EPOCH


def microlitres(text: str) -> int:
    try:
        volume = float(text) if text else None
    except ValueError:
        return BAD
    if volume is None:
        return at.NONE
    return round(volume * 1000) if 0 <= volume < 1000 else BAD


class ProductCodes:
    """The table row of every way to write a product: its code, CVX:n or CN:x. The first row that has a code keeps it.

    `other` is the row with `*` for its CVX number, if there is one: any vaccine that the schedule does not name.
    """

    def __init__(self, schedule: Schedule) -> None:
        self.known: dict[str, int] = {"": at.UNKNOWN}
        self.other = BAD
        for number, row in enumerate(schedule.tables.vaccines()):
            if row.cvx == ANY_CODE:
                self.other = number
            names = [row.product, f"CN:{row.cn}" if row.cn else ""]
            for cvx in filter(None, row.cvx.split(JOINED)):
                names += [f"CVX:{cvx}", f"CVX:{cvx.lstrip('0')}"]
            for name in filter(None, names):
                self.known.setdefault(name, number)

    def __call__(self, text: str) -> int:
        """The row, or BAD for what is no code of a vaccine at all."""
        number = self.known.get(text)
        if number is None:
            number = self.other if OTHER_CODE.fullmatch(text) or text in our_codes() else BAD
        return number


@cache
def our_codes() -> frozenset[str]:
    """Our own codes of all vaccines in the schedules that come with the program."""
    tables = [path for name in ("products.csv", "others.csv") for path in SCHEDULES.glob(f"*/{name}")]
    return frozenset(code for path in tables for code in pl.read_csv(path, infer_schema=False)["product"])


class Batch:
    """Some rows of one file as text, with `line` their rows in it, being turned into records."""

    def __init__(self, file: str, kind: Kind, text: pl.DataFrame, names: dict[str, str]) -> None:
        self.file, self.text, self.names = file, text, names
        self.good = np.ones(len(text), bool)
        self.refused: list[pl.DataFrame] = []
        self.records = np.empty(len(text), kind.record)
        self.records["line"] = text["line"].to_numpy()
        self.records["key"], self.records["check"] = (text["person_id"].hash(seed).to_numpy() for seed in (1, 2))
        self.reject((text["person_id"] == "").to_numpy(), "person_id", "ROW_WITHOUT_PERSON")

    def words(self, column: str, read: Callable[[str], Any], width: int = 1) -> NDArray[np.int32]:
        """What each cell means: every different word is read once."""
        coded = self.text[column].cast(pl.Categorical)
        different = coded.unique()
        numbers = np.zeros((int(different.to_physical().max() or 0) + 1, width), np.int32)  # type: ignore[arg-type]
        numbers[different.to_physical().to_numpy()] = np.reshape(
            [read(word) for word in different.cast(pl.String).to_list()], (-1, width)
        )
        return numbers[coded.to_physical().to_numpy()]

    def reject(self, wrong: NDArray[np.bool_], column: str, code: str) -> None:
        if wrong.any():
            self.good &= ~wrong
            self.refused.append(
                self.text.filter(pl.Series(wrong)).select(
                    pl.lit(self.file).alias("file"),
                    pl.col("line").cast(pl.Int64).alias("row"),
                    pl.lit(self.names[column]).alias("column"),
                    pl.col(column).alias("value"),
                    pl.lit(code).alias("code"),
                )
            )

    def dates(self, column: str, read: Callable[[str], Bounds], open_ends: bool) -> None:
        """Puts the bounds of a date into low and high; without a date these are open, or the row is set aside."""
        empty = (-at.EVER, at.EVER) if open_ends else (BAD + 1, BAD + 1)
        both = self.words(column, lambda text: read(text) if text else empty, 2)
        self.records["low"], self.records["high"] = both[:, 0], both[:, 1]
        self.reject(both[:, 0] == BAD + 1, column, "DATE_MISSING")
        self.reject(both[:, 0] == BAD, column, "DATE_NOT_REAL")

    def taken(self) -> tuple[Records, list[pl.DataFrame]]:
        return (self.records if self.good.all() else self.records[self.good]), self.refused


class Intake:
    """Reads batches of the three kinds of file for one schedule and one day."""

    def __init__(self, schedule: Schedule, as_of: date) -> None:
        self.day = as_of.toordinal() - EPOCH
        self.codes = ProductCodes(schedule)
        self.conditions_known = {code: number for number, code in enumerate(schedule.words.conditions)}

    def read(self, kind: Kind, batch: Batch) -> tuple[Records, list[pl.DataFrame]]:
        {id(PEOPLE): self._people, id(DOSES): self._doses, id(CONDITIONS): self._conditions}[id(kind)](batch)
        return batch.taken()

    def _people(self, batch: Batch) -> None:
        said = batch.words("birth_precision", lambda word: {"month": 7, "year": 4}.get(word, 10))[:, 0]
        if (said != 10).any():
            cells = batch.text.with_columns(pl.col("birth_date").str.head(pl.Series(said)))
            batch.text = cells
        batch.dates("birth_date", bounds, open_ends=True)
        future = batch.records["low"] > self.day
        batch.reject(future, "birth_date", "DATE_AFTER_ANSWER")
        batch.records["sex"] = batch.words("sex", lambda word: SEX.get(word.upper(), BAD))[:, 0]
        batch.reject(batch.records["sex"] == BAD, "sex", "SEX_UNKNOWN")

    def _doses(self, batch: Batch) -> None:
        batch.dates("date", bounds, open_ends=False)
        batch.reject(batch.records["low"] > self.day, "date", "DATE_AFTER_ANSWER")
        batch.records["product"] = batch.words("product", self.codes)[:, 0]
        batch.reject(batch.records["product"] == BAD, "product", "PRODUCT_UNKNOWN")
        batch.records["volume"] = batch.words("volume", microlitres)[:, 0]
        batch.reject(batch.records["volume"] == BAD, "volume", "VOLUME_NOT_READ")
        said = ("volume", "lot")
        batch.records["unsaid"] = sum((batch.text[name] == "").to_numpy().astype(np.int32) for name in said)

    def _conditions(self, batch: Batch) -> None:
        batch.records["kind"] = batch.words("code", lambda word: self.conditions_known.get(word, BAD))[:, 0]
        batch.reject(batch.records["kind"] == BAD, "code", "CONDITION_UNKNOWN")
        batch.dates("to", bounds, open_ends=True)
        until = batch.records["high"].copy()
        batch.dates("from", bounds, open_ends=True)
        batch.records["high"] = until
        batch.reject((until < batch.records["low"]) & batch.good, "to", "DATES_CROSSED")
