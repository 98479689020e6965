"""Reading the files of an engine: every mistake at once, each by file, row and column, with what to do in both languages."""

import csv
import gzip
import itertools
import json
import math
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

SHOWN = 20  # of one mistake in one column; the rest is counted
TYPES: dict[str, pl.DataType] = {
    "text": pl.String(), "int": pl.Int64(), "float": pl.Float64(), "date": pl.Date(), "time": pl.Time(),
}  # fmt: skip
PLAIN: dict[str, tuple[type, ...]] = {
    "text": (str,), "int": (int,), "float": (int, float), "bool": (bool,), "list": (list,),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing wrong: file, row (1-based as an editor counts, header included; 0 = the whole file), column or key."""

    file: str
    row: int
    column: str
    value: str
    rule: str
    zh: str
    en: str

    def __str__(self) -> str:
        return f"{self.where}: {self.en} {self.zh}"

    @property
    def where(self) -> str:
        """File, row, column and what stands there."""
        place = " ".join(filter(None, [self.file, f"row {self.row}" if self.row else "", self.column]))
        return place + (f" ({self.value})" if self.value else "")


class Mistakes(ValueError):
    """The files cannot be answered; `found` holds every mistake."""

    def __init__(self, found: Sequence[Mistake]) -> None:
        super().__init__("\n".join(str(mistake) for mistake in found))
        self.found = list(found)


@cache
def sentences(*files: Path) -> dict[str, tuple[str, str]]:
    """Sentences (zh, en) by rule, from the shared table and those of an engine (columns rule,zh,en)."""
    said: dict[str, tuple[str, str]] = {}
    for path in (Path(__file__).with_name("mistakes.csv"), *files):
        with path.open(encoding="utf-8", newline="") as file:
            said |= {row["rule"]: (row["zh"], row["en"]) for row in csv.DictReader(file)}
    return said


@dataclass
class Findings:
    """Collects mistakes while files are read; `own` is the engine's table of further sentences."""

    own: Path | None = None
    found: list[Mistake] = field(default_factory=list)

    def add(self, file: str, row: int, column: str, value: object, rule: str, detail: object = "") -> None:
        zh, en = sentences(*([self.own] if self.own else []))[rule]
        told = {"column": column, "detail": detail, "value": value}
        shown = "" if value is None else str(value)
        self.found.append(Mistake(file, row, column, shown, rule, zh.format(**told), en.format(**told)))

    def stop_if_any(self) -> None:
        """Raises Mistakes when anything was found."""
        if self.found:
            raise Mistakes(self.found)


@dataclass(frozen=True, slots=True)
class Column:
    """One row of a data dictionary: a column of a table, or a key of a TOML section."""

    table: str
    column: str
    type: str
    unit: str
    required: bool
    rule: str
    description: str


@cache
def dictionary(path: Path) -> dict[str, list[Column]]:
    """A data dictionary (table,column,type,unit,required,rule,description) by table."""
    tables: dict[str, list[Column]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            column = Column(
                row["table"], row["column"], row["type"], row["unit"], row["required"] == "yes", row["rule"],
                row["description"],
            )  # fmt: skip
            tables.setdefault(column.table, []).append(column)
    return tables


def raw(path: Path, findings: Findings) -> pl.DataFrame | None:
    """A CSV, gzipped CSV or Parquet file as stripped text cells, empty = null; None (and a finding) if unreadable."""
    try:
        if path.suffix == ".parquet":
            frame = pl.read_parquet(path).with_columns(pl.all().cast(pl.String))
        else:
            data = _bytes(path)
            frame = pl.read_csv(data, infer_schema=False, encoding="utf8", skip_lines=_remarks(data))
    except FileNotFoundError:
        findings.add(path.name, 0, "", "", "file_missing")
        return None
    except pl.exceptions.NoDataError:
        findings.add(path.name, 0, "", "", "no_rows")
        return None
    except (pl.exceptions.PolarsError, OSError, EOFError) as wrong:
        findings.add(path.name, 0, "", "", "file_unread", str(wrong).splitlines()[0])
        return None
    text = pl.all().str.strip_chars()
    return frame.rename(str.strip).with_columns(pl.when(text != "").then(text))


def _bytes(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def _remarks(data: bytes) -> int:
    """Lines at the head of a CSV file that begin with #: they explain it, and are no rows."""
    return sum(1 for _ in itertools.takewhile(lambda line: line.startswith(b"#"), data.splitlines()))


def read_table(path: Path, columns: Sequence[Column], findings: Findings, empty: bool = False) -> pl.DataFrame:
    """A file typed by its dictionary rows, with `row` (as an editor counts); a wrong cell is null and a finding.

    The frame has every column of the dictionary (absent optional ones null), in its order; `empty` allows no rows.
    """
    schema = {"row": pl.Int64()} | {c.column: TYPES[c.type] for c in columns}
    text = raw(path, findings)
    if text is None:
        return pl.DataFrame(schema=schema)
    missing = [c.column for c in columns if c.required and c.column not in text.columns]
    for name in missing:
        findings.add(path.name, 0, name, "", "column_missing", ", ".join(text.columns))
    if not missing and not text.height and not empty:
        findings.add(path.name, 0, "", "", "no_rows")
    if missing:
        return pl.DataFrame(schema=schema)
    first = 1 if path.suffix == ".parquet" else 2 + _remarks(_bytes(path))
    text = text.with_row_index("row", first).with_columns(pl.col("row").cast(pl.Int64))
    text = text.with_columns(pl.lit(None, pl.String).alias(c.column) for c in columns if c.column not in text.columns)
    typed = text.select("row", *(_parsed(c).alias(c.column) for c in columns))
    for column in columns:
        _judge(path.name, column, text, typed, findings)
    return typed


def _parsed(column: Column) -> pl.Expr:
    cell = pl.col(column.column)
    if column.type == "date":
        return cell.str.to_date("%Y-%m-%d", strict=False)
    if column.type == "time":
        return cell.str.to_time("%H:%M", strict=False)
    return cell.cast(TYPES[column.type], strict=False)


def _judge(file: str, column: Column, text: pl.DataFrame, typed: pl.DataFrame, findings: Findings) -> None:
    """Notes the cells of one column that break its type, its being required, or its rule."""
    name, value = column.column, pl.col(column.column)
    cells = text.select("row", pl.col(name).alias("_text")).with_columns(typed[name])
    wrong: list[tuple[str, pl.Expr, str]] = [(column.type, value.is_null() & pl.col("_text").is_not_null(), "")]
    if column.type == "float":
        wrong.append(("finite", value.is_nan() | value.is_infinite(), ""))
    if column.required:
        wrong.append(("required", pl.col("_text").is_null(), ""))
    if broken := _broken(column.rule, value):
        wrong.append(broken)
    for rule, where, detail in wrong:
        note(findings, file, cells.filter(where.fill_null(False)), name, rule, detail, "_text")


def _broken(rule: str, value: pl.Expr) -> tuple[str, pl.Expr, str] | None:
    kind, _, detail = rule.partition(":")
    tests: dict[str, Callable[[], pl.Expr]] = {
        "not_negative": lambda: value < 0,
        "positive": lambda: value <= 0,
        "share": lambda: (value < 0) | (value > 1),
        "unique": lambda: value.is_duplicated() & ~value.is_first_distinct(),
        "one_of": lambda: ~value.is_in(detail.split("|")),
    }
    return (kind, tests[kind](), detail.replace("|", ", ")) if kind in tests else None


def note(
    findings: Findings, file: str, rows: pl.DataFrame, column: str, rule: str, detail: object = "", value: str = ""
) -> None:
    """Notes one mistake for each row of `rows` (which has `row`); after SHOWN of them, the count of the rest."""
    cell = value or (column if column in rows.columns else "")
    for row in rows.head(SHOWN).iter_rows(named=True):
        findings.add(file, row["row"], column, row[cell] if cell else "", rule, detail)
    if rows.height > SHOWN:
        findings.add(file, 0, column, rule, "more", rows.height - SHOWN)


def note_unknown(
    findings: Findings, file: str, frame: pl.DataFrame, column: str, known: Iterable[str], where: str
) -> None:
    """Notes the cells of `column` that are not among the codes `known` of the table or file called `where`."""
    codes = pl.Series(list(known), dtype=pl.String)
    note(findings, file, frame.filter(~pl.col(column).is_in(codes.implode())), column, "known", where)


def overlaps(
    rows: Iterable[Mapping[str, Any]], by: Callable[[Mapping[str, Any]], object]
) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Rows of one key whose days (`valid_from`, `valid_to`) overlap with those of an earlier row of it, with that row."""
    groups: dict[object, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        if row["valid_from"] is not None:
            groups[by(row)].append(row)
    for group in groups.values():
        ordered = sorted(group, key=lambda row: row["valid_from"])
        for before, after in itertools.pairwise(ordered):
            if after["valid_from"] <= (before["valid_to"] or date.max):
                yield after, before


def read_toml(path: Path, findings: Findings) -> dict[str, Any]:
    """A TOML file; empty (and a finding) when it is absent or not valid."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        findings.add(path.name, 0, "", "", "file_missing")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        findings.add(path.name, 0, "", "", "toml_unread", str(wrong))
    return {}


def read_section(
    values: Mapping[str, Any], file: str, at: str, columns: Sequence[Column], findings: Findings
) -> dict[str, Any]:
    """The entries of one TOML section, checked by its dictionary rows; `at` is its place, such as `station.2.`."""
    known = {c.column: c for c in columns}
    for key in values.keys() - known.keys():
        findings.add(file, 0, f"{at}{key}", values[key], "key_unknown", ", ".join(known))
    read: dict[str, Any] = {}
    for name, column in known.items():
        value = values.get(name)
        if value is None:
            if column.required:
                findings.add(file, 0, f"{at}{name}", "", "key_missing")
        elif fault := _fault(column, value):
            findings.add(file, 0, f"{at}{name}", value, *fault)
        else:
            read[name] = value
    return read


def _fault(column: Column, value: Any) -> tuple[str, str] | None:
    """The rule that a TOML value breaks, with its detail."""
    wanted = PLAIN.get(column.type)
    if wanted and (not isinstance(value, wanted) or (isinstance(value, bool) and column.type != "bool")):
        return column.type, ""
    if column.type in {"date", "time"} and type(value).__name__ != column.type:
        return column.type, ""
    numbers = isinstance(value, (int, float)) and not isinstance(value, bool)
    if numbers and not float("-inf") < value < float("inf"):
        return "finite", ""
    kind, _, detail = column.rule.partition(":")
    if kind == "one_of":
        return None if value in detail.split("|") else (kind, detail.replace("|", ", "))
    if not numbers:
        return None
    bad = {"not_negative": value < 0, "positive": value <= 0, "share": not 0 <= value <= 1}
    return (kind, "") if bad.get(kind) else None


def write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Writes a file under another name and puts it in place at once, so that it appears whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}")
    write(draft)
    draft.replace(path)


def finite(frame: pl.DataFrame) -> pl.DataFrame:
    """A frame in which a number that is none (NaN) or has no end is empty, as every reader of tables understands it."""
    floats = pl.selectors.float()
    return frame.with_columns(pl.when(floats.is_finite()).then(floats))


def write_frame(frame: pl.DataFrame, path: Path) -> None:
    """A frame as Parquet or CSV, by the ending of its name; only finite numbers."""
    known = finite(frame)
    write_whole(path, known.write_parquet if path.suffix == ".parquet" else known.write_csv)


def json_text(told: object) -> str:
    """Strict JSON (RFC 8259): null for a number that is none or has no end, numbers of numpy as plain ones."""
    return json.dumps(_plain(told), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    if value is None or isinstance(value, (str, bool, int)):
        return value
    plain = value.item() if isinstance(value, np.generic) else float(value)
    return None if isinstance(plain, float) and not math.isfinite(plain) else plain


def write_json(told: object, path: Path) -> None:
    """Strict JSON in a file, whole or not at all."""
    write_whole(path, lambda draft: draft.write_text(json_text(told), encoding="utf-8"))
