"""Texts as people write them, in a form or a table, to what the reader of items reads: `way` says how each kind of field is written."""

import json
import re
import types
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time
from enum import Enum, StrEnum
from functools import cache
from typing import Any, Union, get_args, get_origin
from uuid import UUID

from seawall.platform import clock
from seawall.terms.rosters import FileContent, Picture
from seawall.terms.staff import Secret

from .items import Field, item_fields

DOOR = ("act", "dated_here")
"""Fields that every door fills in by itself."""
YES = frozenset({"1", "true", "yes", "y", "on", "是", "对", "√"})
NO = frozenset({"0", "false", "no", "n", "off", "否", "不", "×"})
SEPARATORS = re.compile(r"[\n;；,，、|]+")
LINES = re.compile(r"[\n;；]+")
NUMBER = re.compile(r"-?\d+(\.\d+)?$")


class Way(StrEnum):
    """How a value is written."""

    TEXT = "text"
    SECRET = "password"
    NUMBER = "number"
    DECIMAL = "decimal"
    DAY = "date"
    MOMENT = "datetime-local"
    TIME = "time"
    YES_NO = "yes_no"
    CHOICE = "choice"
    ID = "id"
    SEVERAL = "several"
    PAIRS = "pairs"
    PART = "part"
    ROWS = "rows"


PLAIN = {
    str: Way.TEXT,
    FileContent: Way.TEXT,
    Picture: Way.TEXT,
    Secret: Way.SECRET,
    bool: Way.YES_NO,
    int: Way.NUMBER,
    float: Way.DECIMAL,
    UUID: Way.ID,
}
PLAIN |= {datetime: Way.MOMENT, date: Way.DAY, time: Way.TIME}
GATHERS: tuple[Any, ...] = (frozenset, set, tuple, list)


@cache
def core(kind: Any) -> Any:
    """A kind without its "or nothing"."""
    rest = [part for part in get_args(kind) if part is not type(None)]
    return rest[0] if get_origin(kind) in (Union, types.UnionType) and len(rest) == 1 else kind


def nullable(kind: Any) -> bool:
    return type(None) in get_args(kind)


@cache
def way(kind: Any) -> Way:
    kind = core(kind)
    outer = get_origin(kind)
    if outer in GATHERS:
        return Way.ROWS if is_dataclass(get_args(kind)[0]) else Way.SEVERAL
    if isinstance(outer, type) and issubclass(outer, Mapping):
        return Way.PAIRS
    if is_dataclass(kind):
        return Way.PART
    return Way.CHOICE if issubclass(kind, Enum) else PLAIN[kind]


@cache
def part_fields(kind: Any) -> tuple[Field, ...]:
    """Fields of what stands inside a field: of each row, or of the one part."""
    kind = core(kind)
    return item_fields(get_args(kind)[0] if way(kind) is Way.ROWS else kind)


@cache
def asked(kind: Any) -> tuple[Field, ...]:
    """Fields that a person fills in, in order; the moment is asked last, for what happened earlier."""
    rest = [f for f in item_fields(kind) if f.name not in (*DOOR, "occurred_at")]
    return (*rest, *(f for f in item_fields(kind) if f.name == "occurred_at"))


def value(kind: Any, text: str) -> Any:
    """What a text says, as the reader takes it; a text that says nothing of the kind stays, for the reader to refuse."""
    text = text.strip() if way(kind) is not Way.SECRET else text
    if not text and nullable(kind):
        return None
    return WRITTEN[way(kind)](core(kind), text) if way(kind) in WRITTEN else text


def _moment(_kind: Any, text: str) -> str:
    """Without an offset it is the campaign's own time."""
    with suppress(ValueError):
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=clock.zone())).isoformat()
    return text


def _day(_kind: Any, text: str) -> str:
    """A spreadsheet writes a day with its midnight."""
    return text.removesuffix(" 00:00:00").replace("/", "-") if text[:4].isdigit() else text


def _yes(_kind: Any, text: str) -> bool | str:
    low = text.lower()
    return True if low in YES else False if low in NO else text


def _choice(kind: Any, text: str) -> Any:
    """By value or by name of the member."""
    return next((m.value for m in kind if text.lower() in {str(m.value).lower(), m.name.lower()}), text)


def _several(_kind: Any, text: str) -> Any:
    if text.startswith("["):
        with suppress(ValueError):
            return json.loads(text)
    return [part for piece in SEPARATORS.split(text) if (part := piece.strip())]


def _pairs(_kind: Any, text: str) -> Any:
    if text.startswith("{"):
        with suppress(ValueError):
            return json.loads(text)
    found = [line.partition("=") for line in LINES.split(text) if line.strip()]
    return {name.strip(): _told(said.strip()) for name, _, said in found}


def _told(text: str) -> str | int | float:
    if NUMBER.match(text) and len(text) < 16:
        return float(text) if "." in text else int(text)
    return text


def _part(kind: Any, text: str) -> Any:
    """`name=value, name=value`; or JSON."""
    if text.startswith("{"):
        with suppress(ValueError):
            return json.loads(text)
    return filled(part_fields(kind), dict(_named(piece) for piece in re.split(r"[,，]", text) if piece.strip()))


def _rows(kind: Any, text: str) -> Any:
    """One row on each line, or between semicolons."""
    if text.startswith("["):
        with suppress(ValueError):
            return json.loads(text)
    return [_part(get_args(kind)[0], line) for line in LINES.split(text) if line.strip()]


def _named(piece: str) -> tuple[str, str]:
    name, _, said = piece.partition("=")
    return name.strip(), said.strip()


WRITTEN = {
    Way.MOMENT: _moment,
    Way.DAY: _day,
    Way.YES_NO: _yes,
    Way.CHOICE: _choice,
    Way.SEVERAL: _several,
    Way.PAIRS: _pairs,
    Way.PART: _part,
    Way.ROWS: _rows,
}


def filled(known: Sequence[Field], texts: Mapping[str, str]) -> dict[str, Any]:
    """A row for the reader: what is left empty takes its default, or nothing where that may be; unknown names stay, to be told."""
    row: dict[str, Any] = {}
    for field in known:
        text = texts.get(field.name, "")
        if text.strip():
            row[field.name] = value(field.kind, text)
        elif field.required and nullable(field.kind):
            row[field.name] = None
    return row | {name: text for name, text in texts.items() if name not in {f.name for f in known} and text.strip()}


@cache
def headings(kind: Any) -> Mapping[str, str]:
    """What a column may be called, to its field: by name, or by label in either language."""
    found: dict[str, str] = {}
    for field in (*item_fields(kind),):
        found |= dict.fromkeys((key(field.name), key(field.zh), key(field.en)), field.name)
    return {**found, **{key(f.name): f.name for f in fields(kind)}}


def key(text: str) -> str:
    return "".join(text.lower().replace("\ufeff", "").split()).rstrip("*＊")


def table(kind: Any, head: Sequence[str], lines: Sequence[Sequence[str]]) -> list[dict[str, str]]:
    """Rows of texts by field; a column that is no field keeps its own heading."""
    names = [headings(kind).get(key(title), title.strip()) for title in head]
    return [{n: cell for n, cell in zip(names, line, strict=False) if n and cell.strip()} for line in lines]
