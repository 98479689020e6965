"""A file's bytes to the rows that a person sees in it; a file that is not what it claims is refused by name."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

from seawall.terms.acts import Refused

from . import workbooks
from .encodings import decoded
from .sheets import MOST_ROWS, Sheet

MOST_BYTES = 64 * 1024 * 1024
HEAD_LINES = 20


@dataclass(frozen=True, slots=True)
class Book:
    """The sheets that are shown, the names of those that are not, and the encoding where it was not UTF-8."""

    sheets: list[Sheet]
    hidden: list[str] = field(default_factory=list)
    encoding: str = ""


def read(filename: str, content: bytes, *, chinese: bool) -> Book:
    """What a CSV or XLSX file shows; blank rows are passed over. `chinese`: whether its senders may write Chinese."""
    name = PurePath(filename).name[:200]
    if not content.strip():
        raise Refused("FILE_EMPTY", file=name)
    if len(content) > MOST_BYTES:
        raise Refused("FILE_TOO_LONG", file=name, rows=MOST_ROWS)
    kind = PurePath(name).suffix.lower()
    if kind == ".csv":
        book = _csv(name, content, chinese=chinese)
    elif kind == ".xlsx":
        book = Book(*workbooks.read(name, content))
    else:
        raise Refused("FILE_KIND", file=name)
    if not any(sheet.lines for sheet in book.sheets):
        raise Refused("FILE_EMPTY", file=name)
    if any(len(sheet.lines) > MOST_ROWS + 1 for sheet in book.sheets):
        raise Refused("FILE_TOO_LONG", file=name, rows=MOST_ROWS)
    return book


def _csv(name: str, content: bytes, *, chinese: bool) -> Book:
    if b"\0" in content and content[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        raise Refused("FILE_NOT_WHAT_IT_CLAIMS", file=name, claimed="CSV")
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"\x89PNG")):
        raise Refused("FILE_NOT_WHAT_IT_CLAIMS", file=name, claimed="CSV")
    text, encoding = decoded(name, content, chinese=chinese)
    reader = csv.reader(io.StringIO(text), delimiter=_delimiter(text.splitlines()[:HEAD_LINES]))
    try:
        lines = [(reader.line_num, list(row)) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise Refused("FILE_NOT_WHAT_IT_CLAIMS", file=name, claimed="CSV") from error
    return Book([Sheet(name, lines, open=True)], encoding=encoding)  # type: ignore[arg-type]


def _delimiter(head: Sequence[str]) -> str:
    """The one of the line that has most: a title above the header has none."""
    return max(",\t;", key=lambda mark: max((line.count(mark) for line in head), default=0))
