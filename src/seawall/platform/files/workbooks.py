"""XLSX as Excel shows it: hidden sheets are passed over, hidden rows are known, merged cells count for all their rows."""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import IO
from xml.etree import ElementTree

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from seawall.terms.acts import Refused

from .sheets import MOST_ROWS, Cell, Sheet, Span, filled

MOST_UNPACKED = 512 * 1024 * 1024
MOST_MERGED = 5_000_000  # cells that merged ranges may fill
PIECE = 1 << 20
TAG = re.compile(rb"<(?:\w+:)?(row|col)\b([^>]*)")
UNSEEN = re.compile(rb"""\b(?:hidden=["'](?:1|true)["']|ht=["']0(?:\.0*)?["'])""")
NUMBER = {mark: re.compile(rb"""\b%s=["'](\d+)["']""" % mark) for mark in (b"r", b"min", b"max")}
Range = tuple[tuple[int, int], tuple[int, int]]


def read(name: str, content: bytes) -> tuple[list[Sheet], list[str]]:
    """The sheets that are shown, and the names of those that are hidden."""
    try:
        if not zipfile.is_zipfile(io.BytesIO(content)):
            raise Refused("FILE_NOT_WHAT_IT_CLAIMS", file=name, claimed="XLSX")
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
                raise Refused("FILE_TOO_LONG", file=name, rows=MOST_ROWS)
            book = CalamineWorkbook.from_filelike(io.BytesIO(content))
            return _sheets(name, book, packed)
    except (CalamineError, ElementTree.ParseError, LookupError, ValueError, OSError, zipfile.BadZipFile) as error:
        raise Refused("FILE_NOT_WHAT_IT_CLAIMS", file=name, claimed="XLSX") from error


def _sheets(name: str, book: CalamineWorkbook, packed: zipfile.ZipFile) -> tuple[list[Sheet], list[str]]:
    parts, front = _parts(packed)
    of_rows = [m for m in book.sheets_metadata if m.typ == SheetTypeEnum.WorkSheet]
    shown = [m.name for m in of_rows if m.visible == SheetVisibleEnum.Visible]
    hidden = [m.name for m in of_rows if m.visible != SheetVisibleEnum.Visible]
    return [_sheet(name, book.get_sheet_by_name(s), packed, parts[s], open=s == front) for s in shown], hidden


def _parts(packed: zipfile.ZipFile) -> tuple[dict[str, str], str]:
    """The part of every sheet by its name, and the sheet that was in front."""
    workbook = ElementTree.fromstring(packed.read("xl/workbook.xml"))
    relations = ElementTree.fromstring(packed.read("xl/_rels/workbook.xml.rels"))
    targets = {r.get("Id", ""): r.get("Target", "") for r in relations}
    sheets = [e for e in workbook.iter() if _local(e.tag) == "sheet"]
    ids = [next((v for k, v in e.attrib.items() if _local(k) == "id"), "") for e in sheets]
    names = [e.get("name", "") for e in sheets]
    views = [e for e in workbook.iter() if _local(e.tag) == "workbookView"]
    front = int(views[0].get("activeTab", "0")) if views else 0
    paths = {n: _path(targets.get(i, "")) for n, i in zip(names, ids, strict=True)}
    return paths, names[front] if front < len(names) else ""


def _local(tag: str) -> str:
    return tag.rsplit("}", 1)[-1]


def _path(target: str) -> str:
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


def _sheet(name: str, sheet: CalamineSheet, packed: zipfile.ZipFile, part: str, *, open: bool) -> Sheet:
    rows: list[list[Cell]] = [list(row) for row in sheet.to_python(skip_empty_area=False)]
    lines = {n: cells for n, cells in enumerate(rows, 1) if any(filled(c) for c in cells)}
    ranges: list[Range] = list(sheet.merged_cell_ranges or [])
    merged = _fill(name, rows, lines, ranges)
    last = len(rows)
    across = [Span(top + 1, min(low + 1, last), left, right) for (top, left), (low, right) in ranges if right > left]
    with packed.open(part) as xml:
        hidden_rows, hidden_columns = _hidden(xml)
    return Sheet(sheet.name, list(lines.items()), open, hidden_rows, hidden_columns, merged, across)


def _fill(name: str, rows: list[list[Cell]], lines: dict[int, list[Cell]], ranges: list[Range]) -> frozenset[int]:
    """A merged cell counts for every row that it covers; the rows that got a value."""
    got: set[int] = set()
    left_to_fill = MOST_MERGED
    for (top, left), (low, _) in ranges:
        last = min(low, len(rows) - 1)
        left_to_fill -= max(last - top, 0) + 1
        if left_to_fill < 0:
            raise Refused("FILE_TOO_LONG", file=name, rows=MOST_ROWS)
        value = rows[top][left] if top < last and left < len(rows[top]) else None
        for at in range(top + 1, last + 1):
            if at + 1 in lines and filled(value):
                rows[at][left] = value
                got.add(at + 1)
    return frozenset(got)


def _hidden(xml: IO[bytes]) -> tuple[frozenset[int], frozenset[int]]:
    """Numbers of rows that a filter or a hand hides, and columns from 0; the part is read piece by piece."""
    rows: set[int] = set()
    columns: set[int] = set()
    row = 0
    for kind, marks in _tags(xml):
        if kind == b"row":
            row = _number(marks, b"r", row + 1)
            if UNSEEN.search(marks):
                rows.add(row)
        elif UNSEEN.search(marks):
            first = _number(marks, b"min", 1)
            columns.update(range(first - 1, min(_number(marks, b"max", first), 16_384)))
    return frozenset(rows), frozenset(columns)


def _tags(xml: IO[bytes]) -> Iterator[tuple[bytes, bytes]]:
    rest = b""
    while piece := xml.read(PIECE):
        text = rest + piece
        cut = text.rfind(b"<")
        for found in TAG.finditer(text[:cut]):
            yield found[1], found[2]
        rest = text[cut:]


def _number(marks: bytes, mark: bytes, default: int) -> int:
    found = NUMBER[mark].search(marks)
    return int(found[1]) if found else default
