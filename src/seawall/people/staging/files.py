"""A file's bytes to rows of cells, whatever its encoding; a file that is not what it claims is refused by name."""

import csv
import io
import zipfile
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import PurePath
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from seawall.terms.acts import Refused

Cell = str | int | float | bool | date | datetime | None
MOST_ROWS = 200_000
MOST_BYTES = 64 * 1024 * 1024
MOST_UNPACKED = 512 * 1024 * 1024  # of a workbook, which is packed
ENCODINGS = ("utf-8-sig", "gb18030")


@dataclass(frozen=True, slots=True)
class Sheet:
    """Header, and rows with the number by which an editor shows them."""

    header: list[str]
    rows: list[tuple[int, list[Cell]]]


def read(filename: str, content: bytes) -> Sheet:
    """Rows of a CSV or XLSX file; blank rows are passed over."""
    name = PurePath(filename).name[:200]
    if not content.strip():
        raise Refused("FILE_EMPTY", file=name)
    if len(content) > MOST_BYTES:
        raise Refused("FILE_TOO_LONG", file=name, rows=MOST_ROWS)
    kind = PurePath(name).suffix.lower()
    if kind == ".csv":
        lines = _csv(name, content)
    elif kind == ".xlsx":
        lines = _xlsx(name, content)
    else:
        raise Refused("FILE_KIND", file=name)
    filled = [(n, cells) for n, cells in lines if any(_filled(c) for c in cells)]
    if not filled:
        raise Refused("FILE_EMPTY", file=name)
    if len(filled) > MOST_ROWS + 1:
        raise Refused("FILE_TOO_LONG", file=name, rows=MOST_ROWS)
    header = ["" if c is None else str(c).strip() for c in filled[0][1]]
    return Sheet(header, filled[1:])


def _filled(cell: Cell) -> bool:
    return cell is not None and str(cell).strip() != ""


def _csv(name: str, content: bytes) -> list[tuple[int, list[Any]]]:
    text = _text(name, content)
    head = text[: text.find("\n")] if "\n" in text else text
    delimiter = max(",\t;", key=head.count)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    try:
        return [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        raise Refused("FILE_NOT_WHAT_IT_CLAIMS", file=name, claimed="CSV") from error


def _text(name: str, content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", errors="replace")
    if b"\0" in content or content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"\x89PNG")):
        raise Refused("FILE_NOT_WHAT_IT_CLAIMS", file=name, claimed="CSV")
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused("FILE_ENCODING", file=name)


def _xlsx(name: str, content: bytes) -> list[tuple[int, list[Any]]]:
    try:
        if not zipfile.is_zipfile(io.BytesIO(content)):
            raise Refused("FILE_NOT_WHAT_IT_CLAIMS", file=name, claimed="XLSX")
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
                raise Refused("FILE_TOO_LONG", file=name, rows=MOST_ROWS)
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheet = book.get_sheet_by_index(0)
        start = (sheet.start or (0, 0))[0]
        rows = sheet.to_python(skip_empty_area=True)
    except (CalamineError, IndexError, OSError, zipfile.BadZipFile) as error:
        raise Refused("FILE_NOT_WHAT_IT_CLAIMS", file=name, claimed="XLSX") from error
    return [(start + n, list(row)) for n, row in enumerate(rows, 1)]
