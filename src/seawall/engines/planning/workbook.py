"""The tables of a plan as an Excel workbook: a sheet per table, frozen headers with units, and the data dictionary."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

from ..pictures import GROUND, QUIET
from ..tables import Column, write_whole

LONGEST = 100_000  # rows of one sheet
HEAD, QUIETLY = Font(bold=True), Font(italic=True, color=f"FF{QUIET[1:].upper()}")
FILL = PatternFill("solid", fgColor=f"FF{GROUND[1:].upper()}")
WIDTHS = {"date": 12, "int": 13, "float": 13, "bool": 10, "text": 18, "codes": 18}
SENTENCE = 60  # width of columns that hold sentences
SENTENCES = {"zh", "en", "remedy", "remedy_zh", "remedy_en", "description"}


def write_workbook(
    path: Path,
    tables: Mapping[str, pl.DataFrame],
    columns: Mapping[str, Sequence[Column]],
    facts: Mapping[str, object],
    longest: int = LONGEST,
) -> None:
    """Writes the tables, each with its columns' units in the second line, `facts` on the first sheet, the dictionary last.

    A table of more than `longest` rows is cut after a whole day, and its third line says so.
    """
    book = Workbook(write_only=True)
    _sheet(book, "plan", ("", ""), [14, SENTENCE], [(key, _shown(value)) for key, value in facts.items()])
    for name, frame in tables.items():
        _table(book, name, frame, {c.column: c for c in columns.get(name, ())}, longest)
    rows = [(c.table, c.column, c.type, c.unit, c.description) for every in columns.values() for c in every]
    _sheet(book, "dictionary", ("table", "column", "type", "unit", "description"), [12, 14, 8, 20, SENTENCE], rows)
    write_whole(path, book.save)


def _table(book: Workbook, name: str, frame: pl.DataFrame, columns: Mapping[str, Column], longest: int) -> None:
    told = [columns.get(c) for c in frame.columns]
    widths = [
        SENTENCE if c in SENTENCES else WIDTHS[column.type] if column else 18
        for c, column in zip(frame.columns, told, strict=True)
    ]
    shown, note = _cut(name, frame, longest)
    units = [column.unit if column else "" for column in told]
    _sheet(book, name, frame.columns, widths, shown.iter_rows(), units, note)


def _cut(name: str, frame: pl.DataFrame, longest: int) -> tuple[pl.DataFrame, str]:
    if frame.height <= longest:
        return frame, ""
    shown = frame.head(longest)
    if "date" in frame.columns:
        until = frame["date"][longest]
        days = frame.filter(pl.col("date") < until)
        shown = days if 0 < days.height <= longest else shown
    return shown, f"{shown.height:,} of {frame.height:,} rows; all are in {name}.csv. 此表未列全，全部见 {name}.csv。"


def _sheet(
    book: Workbook,
    name: str,
    header: Sequence[str],
    widths: Sequence[int],
    rows: Iterable[Sequence[Any]],
    units: Sequence[str] = (),
    note: str = "",
) -> None:
    sheet = book.create_sheet(name)
    for number, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    if any(header):
        sheet.freeze_panes = "A3" if units else "A2"
        sheet.append([_cell(sheet, text, HEAD) for text in header])
    if units:
        sheet.append([_cell(sheet, text, QUIETLY) for text in units])
    if note:
        sheet.append([_cell(sheet, note, QUIETLY)])
    for row in rows:
        sheet.append([_text(sheet, value) if isinstance(value, str) else value for value in row])


def _text(sheet: Any, value: str) -> object:
    """Text that begins like a formula stays text."""
    if not value.startswith("="):
        return value
    cell = WriteOnlyCell(sheet, value)
    cell.data_type = "s"
    return cell


def _cell(sheet: Any, text: str, font: Font) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, text)
    cell.font, cell.fill = font, FILL
    return cell


def _shown(value: object) -> object:
    return value if isinstance(value, (int, float, str, bool)) else str(value)
