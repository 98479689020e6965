"""One thing that a field may be filled with, and how things of the tables become one."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from pypinyin import Style, lazy_pinyin

from . import words

MOST = 8
"""Options offered of a search."""


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that may be chosen: what is sent, how it is called, what tells it from others, what it answers to."""

    value: str
    name: str
    note: str = ""
    keys: str = ""


@lru_cache(maxsize=8192)
def spoken(name_zh: str, name_en: str) -> str:
    """What a name answers to: itself, its pinyin, its initials and its English form, without spaces."""
    initials = "".join(lazy_pinyin(name_zh, style=Style.FIRST_LETTER))
    return "".join("|".join((name_zh, "".join(lazy_pinyin(name_zh)), initials, name_en)).lower().split())


def called(row: Any, value: object, note: str = "") -> Option:
    """An option of a row with a code and names in both languages."""
    name = words.either(row.name_zh, row.name_en or row.name_zh)
    return Option(str(value), name, note or row.code, f"{row.code.lower()} {spoken(row.name_zh, row.name_en)}")


def pairs(rows: Mapping[str, Any]) -> list[Option]:
    """Codes with names in both languages: pairs, or rows with `zh` and `en`."""
    pairs = {code: row if isinstance(row, tuple) else (row.zh, row.en) for code, row in rows.items()}
    return [Option(code, words.either(*pair), code, f"{code.lower()} {spoken(*pair)}") for code, pair in pairs.items()]


def uuid_of(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
