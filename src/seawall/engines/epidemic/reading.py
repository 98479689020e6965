"""Reading the parts of a scenario: matrices with or without names, tables of groups, days as numbers or dates."""

import csv
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ..tables import Column, Findings, dictionary, read_section, read_table

F = NDArray[np.float64]
HERE = Path(__file__).parent
DICTIONARY, SENTENCES = HERE / "dictionary.csv", HERE / "mistakes.csv"
PUBLISHED = "published:"
TOTAL = "total_population"


def columns(table: str) -> list[Column]:
    """The rows of the data dictionary for one section or table."""
    return dictionary(DICTIONARY)[table]


@dataclass
class Reader:
    """One scenario file: its folder for the files it names, its first day, and what was found wrong."""

    path: Path
    start: date | None = None
    findings: Findings = field(default_factory=lambda: Findings(SENTENCES))

    def bad(self, key: str, value: object, rule: str, detail: object = "") -> None:
        """Notes a mistake at a key of the scenario file."""
        self.findings.add(self.path.name, 0, key, value, rule, detail)

    def section(self, table: str, values: Any, at: str) -> dict[str, Any]:
        """A section checked by the dictionary; not a table at all is one mistake."""
        if not isinstance(values, dict):
            self.bad(at.rstrip("."), values, "table")
            return {}
        return read_section(values, self.path.name, at, columns(table), self.findings)

    def file(self, name: str) -> Path:
        """A file named in the scenario: beside it, or one of the published tables (`published:NAME`)."""
        if name.startswith(PUBLISHED):
            return HERE / "tables" / f"{name.removeprefix(PUBLISHED)}.csv"
        return self.path.parent / name

    def day(self, key: str, value: Any, default: int) -> int:
        """A day as its number: a whole number, or a date (or its text) counted from the scenario's start."""
        if value is None:
            return default
        if isinstance(value, str):
            value = _parsed(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if isinstance(value, date) and self.start is not None:
            return value.toordinal() - self.start.toordinal()
        self.bad(key, value, "day")
        return default

    def by_group(self, key: str, value: Any, groups: int, share: bool = True) -> F | None:
        """One number for all groups or one for each; with `share` each from 0 to 1, else not negative."""
        if value is None:
            return None
        values = value if isinstance(value, list) else [value] * groups
        numbers = all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in values)
        if not numbers or len(values) != groups:
            self.bad(key, value, "by_group", groups)
            return None
        read = np.array(values, np.float64)
        for place in np.flatnonzero(~np.isfinite(read) | (read < 0) | (share & (read > 1))):
            at = f"{key}[{place}]" if isinstance(value, list) else key
            rule = "finite" if not np.isfinite(read[place]) else "share" if share else "not_negative"
            self.bad(at, read[place], rule)
        return read

    def matrix(self, name: str, negative: str = "negative_contacts") -> tuple[F, list[str]] | None:
        """A square matrix of numbers not below zero, and the names in its header where it has one."""
        path = self.file(name)
        rows = self._cells(path)
        if rows is None:
            return None
        named = [cell.strip() for cell in rows[0]] if _header(rows) else []
        body = rows[1:] if named else rows
        names_rows = bool(body) and (rows[0][0].strip() == "" or not any(_numeric(row[0]) for row in body))
        if names_rows:
            body, named, skip = [row[1:] for row in body], named[1:], 1
        else:
            skip = 0
        return self._square(path, body, named, 2 if named else 1, skip, negative)

    def _cells(self, path: Path) -> list[list[str]] | None:
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                rows = [row for row in csv.reader(file) if any(cell.strip() for cell in row)]
        except FileNotFoundError:
            self.findings.add(path.name, 0, "", "", "file_missing")
            return None
        except (OSError, UnicodeDecodeError, csv.Error) as wrong:
            self.findings.add(path.name, 0, "", "", "file_unread", str(wrong).splitlines()[0])
            return None
        if not rows:
            self.findings.add(path.name, 0, "", "", "no_rows")
            return None
        return rows

    def _square(
        self, path: Path, body: list[list[str]], named: list[str], first: int, skip: int, negative: str
    ) -> tuple[F, list[str]] | None:
        widths = {len(row) for row in body}
        if widths != {len(body)}:
            shown = f"{len(body)} × {'/'.join(map(str, sorted(widths)))}"
            self.findings.add(path.name, 0, "", "", "square", shown)
            return None
        read = np.empty((len(body), len(body)))
        for i, row in enumerate(body):
            for j, cell in enumerate(row):
                read[i, j] = _number(cell)
                column = named[j] if named else str(j + 1 + skip)
                if not np.isfinite(read[i, j]):
                    self.findings.add(path.name, i + first, column, cell, "number")
                elif read[i, j] < 0:
                    self.findings.add(path.name, i + first, column, cell, negative)
        if not np.nan_to_num(read).any():
            self.findings.add(path.name, 0, "", "", "no_contacts")
        return read, named

    def groups(self, name: str) -> pl.DataFrame:
        """The table of age groups; a table `age,value` with the row total_population is read as group and share."""
        path = self.file(name)
        plain = self._age_and_value(path)
        return read_table(path, columns("groups"), self.findings) if plain is None else plain

    def _age_and_value(self, path: Path) -> pl.DataFrame | None:
        try:
            frame = pl.read_csv(path, infer_schema=False)
        except (OSError, pl.exceptions.PolarsError):
            return None
        if frame.columns != ["age", "value"]:
            return None
        frame = frame.with_row_index("row", 2).with_columns(pl.col("row").cast(pl.Int64))
        number = pl.col("value").cast(pl.Float64, strict=False)
        for row in frame.filter(number.is_null() | (number < 0)).iter_rows(named=True):
            self.findings.add(path.name, row["row"], "value", row["value"], "not_negative")
        total = frame.filter(pl.col("age") == TOTAL)["value"].cast(pl.Float64, strict=False)
        frame = frame.filter(pl.col("age") != TOTAL).with_columns(number.alias("share")).rename({"age": "group"})
        if total.len():
            frame = frame.with_columns(people=pl.col("share") * total[0])
        absent = [c.column for c in columns("groups") if c.column not in frame.columns]
        return frame.with_columns(pl.lit(None, pl.String if c == "source" else pl.Float64).alias(c) for c in absent)


def tiers_of(reader: Reader, key: str, given: Any, known: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """An order as tiers of groups: a list of names is one tier, a list of lists several; nothing = all together."""
    if not given:
        return (known,)
    lists = given if all(isinstance(part, list) for part in given) else [given]
    names = [str(name) for tier in lists for name in tier]
    for name in dict.fromkeys(names):
        if name not in known:
            reader.bad(key, name, "unknown_group", ", ".join(known))
        elif names.count(name) > 1:
            reader.bad(key, name, "order_twice", name)
    return tuple(tuple(str(name) for name in tier) for tier in lists)


def _parsed(text: str) -> object:
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return float("nan")


def _header(rows: list[list[str]]) -> bool:
    """Whether the first row names the groups: its first cell is empty, or some other cell of it is no number."""
    return rows[0][0].strip() == "" or any(cell.strip() and not _numeric(cell) for cell in rows[0][1:])


def _numeric(cell: str) -> bool:
    return bool(np.isfinite(_number(cell)))
