"""Reads a folder of tables into rows, and says every mistake at once by file, row and column."""

import csv
import hashlib
import io
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from . import tables as t
from .checks import check
from .words import OUTCOMES, Choose, Effect, From, Kind, Level, Outcome, Relation, Use

FORMAT = 1
ROWS: dict[str, type[t.Row]] = {
    "products": t.Product, "series": t.Series, "places": t.Place, "options": t.Option, "ages": t.Age,
    "intervals": t.Interval, "offers": t.Offer, "conditions": t.Condition, "spacing": t.Spacing,
    "seasons": t.Season, "others": t.Other,
}  # fmt: skip
NEEDED = ("products", "series", "places", "options")
REQUIRED = {
    "rule",
    "level",
    "issuer",
    "document",
    "mark",
    "product",
    "series",
    "target",
    "kind",
    "condition",
    "effect",
    "after",
    "platform",
    "targets",
    "group",
    "other",
    "season",
}
MAY_BE_BLANK = {
    t.Option: {"series", "dose"}, t.Age: {"series"}, t.Interval: {"series", "product"},
    t.Offer: {"series", "kind", "condition"}, t.Condition: {"target", "product"}, t.Spacing: {"product"},
    t.Other: {"targets"},
}  # fmt: skip
COLUMN = {"after": "from", "argument": "from"}


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing wrong in a folder. `row` is the line of the file as an editor counts it."""

    file: str
    row: int
    column: str
    value: str
    code: str
    message: str

    @property
    def zh(self) -> str:
        """The same in Chinese."""
        return _in_chinese()[self.code]

    def __str__(self) -> str:
        where = f"{self.file}, row {self.row}, column {self.column}"
        return f"{where}: {self.message} (found {self.value!r}) [{self.code}] {self.zh}"


@cache
def _in_chinese() -> dict[str, str]:
    with Path(__file__).with_name("mistakes.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["zh"] for row in csv.DictReader(file)}


class ScheduleMistakes(ValueError):
    """A folder that is no schedule, with all its mistakes."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        super().__init__("\n".join(map(str, mistakes)))
        self.mistakes = mistakes


def _flag(text: str) -> bool:
    return {"yes": True, "no": False}[text]


def _sex(text: str) -> int:
    return {"M": 1, "F": 2}[text]


def _day(text: str) -> date:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise ValueError(text)
    return date.fromisoformat(text)


def _count(text: str) -> int:
    if not text.isdigit():
        raise ValueError(text)
    return int(text)


def _after(text: str) -> tuple[From, str]:
    word, _, argument = text.partition(":")
    if word == "platform":
        return From.PRODUCT, text
    word_from = From(word)
    if bool(argument) != (word_from in (From.DOSE, From.PRODUCT, From.CONDITION)):
        raise ValueError(text)
    if word_from is From.DOSE:
        _count(argument)
    return word_from, argument


Parser = tuple[Callable[[str], Any], str]
PARSERS: dict[Any, Parser] = {
    str: (str, ""),
    int: (_count, "a whole number"),
    int | None: (_count, "a whole number"),
    float | None: (float, "a number"),
    bool: (_flag, "yes or no"),
    date: (_day, "a date that exists, as 2021-06-30"),
    date | None: (_day, "a date that exists, as 2021-06-30"),
    t.Span | None: (t.Span.parse, "a length of time such as 21d, 3w, 6m, 18y or 12m-4d"),
    tuple[str, ...]: (lambda text: tuple(text.split("|")), "codes joined by |"),
    Level: (Level, "one of " + ", ".join(Level)),
    Kind: (Kind, "one of " + ", ".join(Kind)),
    Kind | None: (Kind, "one of " + ", ".join(Kind)),
    Effect: (Effect, "one of " + ", ".join(Effect)),
    Use: (Use, "one of " + ", ".join(Use)),
    Relation: (Relation, "one of " + ", ".join(Relation)),
    Outcome: (OUTCOMES.__getitem__, "one of " + ", ".join(OUTCOMES)),
}  # fmt: skip
NAMED: dict[str, Parser] = {
    "after": (_after, "previous, counted, dose:N, product:CODE, platform:CODE or condition:CODE"),
    "sex": (_sex, "M or F"),
}
BLANK: dict[Any, Any] = {str: "", tuple[str, ...]: (), Relation: Relation.ANY, Use: Use.PREFERRED, bool: False, int: 0}
BLANK_OUTCOME = {t.Option: Outcome.VALID, t.Spacing: Outcome.NOTE}


class _File:
    """One CSV file of the folder, being read."""

    def __init__(self, path: Path, kind: type[t.Row], mistakes: list[Mistake]) -> None:
        self.path, self.kind, self.mistakes = path, kind, mistakes
        self.fields = [f for f in fields(kind) if f.name not in ("line", "argument")]

    def wrong(self, line: int, column: str, value: str, code: str, message: str) -> None:
        self.mistakes.append(Mistake(self.path.name, line, column, value, code, message))

    def rows(self) -> list[t.Row]:
        try:
            text = self.path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError:
            self.wrong(1, "", "", "NOT_UTF8", "the file is not UTF-8 text: save it as UTF-8")
            return []
        reader = csv.DictReader(io.StringIO(text))
        named = set(reader.fieldnames or ())
        wanted = {COLUMN.get(f.name, f.name) for f in self.fields}
        missing = {COLUMN.get(f.name, f.name) for f in self.fields if self._required(f)} - named
        for column in sorted(missing):
            self.wrong(1, column, "", "COLUMN_MISSING", "this column is missing: add it to the first row")
        for column in sorted(named - wanted):
            self.wrong(1, column or "", column or "", "COLUMN_UNKNOWN", "no such column: remove it or correct its name")
        if missing:
            return []
        return [row for cells in reader if (row := self._row(cells, reader.line_num)) is not None]

    def _row(self, cells: dict[str, Any], line: int) -> t.Row | None:
        before = len(self.mistakes)
        if None in cells or any(value is None for value in cells.values()):
            self.wrong(line, "", "", "ROW_LENGTH", "the row has more or fewer cells than the first row")
            return None
        values = {
            f.name: self._cell(f, (cells.get(COLUMN.get(f.name, f.name)) or "").strip(), line) for f in self.fields
        }
        if self.kind is t.Interval and len(self.mistakes) == before:
            values["after"], values["argument"] = values["after"]
        if len(self.mistakes) == before and "name_en" in values:
            values |= _named(values)
        return self.kind(**values, line=line) if len(self.mistakes) == before else None

    def _cell(self, field: Any, text: str, line: int) -> Any:
        column = COLUMN.get(field.name, field.name)
        if not text:
            return self._blank(field, column, line)
        try:
            return NAMED.get(field.name, PARSERS.get(field.type, (str, "")))[0](text)
        except (ValueError, KeyError):
            expected = NAMED.get(field.name, PARSERS.get(field.type, (str, "")))[1]
            self.wrong(line, column, text, "CELL_NOT_READ", f"write {expected}")
            return None

    def _blank(self, field: Any, column: str, line: int) -> Any:
        if self._required(field):
            self.wrong(line, column, "", "CELL_EMPTY", "this cell must be filled")
        if field.type is Outcome:
            return BLANK_OUTCOME.get(self.kind, Outcome.NOT_VALID)
        return BLANK.get(field.type)

    def _required(self, field: Any) -> bool:
        """Whether a cell of this column must be filled; any other column may also be left out of the file."""
        if field.name in MAY_BE_BLANK.get(self.kind, ()):
            return False
        return field.name in REQUIRED or field.type is date or (field.name == "dose" and field.type is int)


def content_hash(folder: Path) -> str:
    """The name of this content: the same bytes give the same release, wherever the folder lies."""
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.iterdir() if p.suffix in (".csv", ".toml")):
        body = path.read_bytes()
        digest.update(f"{path.name}\0{len(body)}\0".encode())
        digest.update(body)
    return digest.hexdigest()


def read(folder: Path) -> t.Tables:
    """All rows of the folder, or ScheduleMistakes with everything that is wrong with it."""
    mistakes: list[Mistake] = []
    head = _head(folder, mistakes)
    rows: dict[str, tuple[t.Row, ...]] = {}
    for name, kind in ROWS.items():
        path = folder / kind.table
        if path.exists():
            rows[name] = tuple(_File(path, kind, mistakes).rows())
        elif name in NEEDED:
            mistakes.append(Mistake(kind.table, 0, "", "", "FILE_MISSING", "this file is missing from the folder"))
    if mistakes:
        raise ScheduleMistakes(mistakes)
    loaded = t.Tables(**head, **rows, rules={row.rule: row for group in rows.values() for row in group})  # type: ignore[arg-type]
    mistakes += [Mistake(*found) for found in check(loaded)]
    if mistakes:
        raise ScheduleMistakes(mistakes)
    return loaded


def _head(folder: Path, mistakes: list[Mistake]) -> dict[str, Any]:
    name = "schedule.toml"
    try:
        head = tomllib.loads((folder / name).read_text(encoding="utf-8"))
    except FileNotFoundError:
        mistakes.append(Mistake(name, 0, "", str(folder), "FILE_MISSING", "this file is missing from the folder"))
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        mistakes.append(Mistake(name, 1, "", str(wrong), "FILE_NOT_READ", "the file is not TOML"))
        return {}
    head |= _named(head)
    mistakes += [
        Mistake(name, 1, key, str(head.get(key) or ""), "CELL_EMPTY", "a text is needed here")
        for key in ("programme", "name_en")
        if not isinstance(head.get(key), str) or not head[key]
    ]
    if head.get("format") != FORMAT:
        mistakes.append(Mistake(name, 1, "format", str(head.get("format", "")), "FORMAT", f"write format = {FORMAT}"))
    targets = [_target(entry, mistakes) for entry in head.get("targets", [])]
    if not targets:
        mistakes.append(Mistake(name, 1, "targets", "", "CELL_EMPTY", "a schedule needs at least one [[targets]]"))
    return {
        "programme": head.get("programme"), "name_zh": head["name_zh"], "name_en": head["name_en"],
        "targets": tuple(targets),
    }  # fmt: skip


def _named(told: dict[str, Any]) -> dict[str, str]:
    """Of two names one is enough: it stands in both columns."""
    zh, en = told.get("name_zh") or "", told.get("name_en") or ""
    return {"name_zh": zh or en, "name_en": en or zh}


def _target(entry: dict[str, Any], mistakes: list[Mistake]) -> t.Target | None:
    names = _named(entry)
    try:
        if not names["name_en"]:
            raise KeyError("name_en")
        return t.Target(entry["target"], Choose(entry["choose"]), **names)
    except (KeyError, ValueError) as wrong:
        message = "needs target, choose (one of " + ", ".join(Choose) + "), and name_zh or name_en"
        mistakes.append(Mistake("schedule.toml", 1, "targets", str(wrong), "CELL_NOT_READ", message))
        return None
