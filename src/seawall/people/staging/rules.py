"""The stated rule of every column: a cell as typed to a clean value, or what is wrong with it and what to do."""

import csv
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path

from seawall.terms.acts import Params, Refusal, Refused
from seawall.terms.codes import DoseSource, Sex

from .. import identity
from .files import Cell, Sheet

FOLDER = Path(__file__).parent.parent / "imports"
SEXES = {"男": Sex.MALE, "M": Sex.MALE, "1": Sex.MALE, "MALE": Sex.MALE}
SEXES |= {"女": Sex.FEMALE, "F": Sex.FEMALE, "2": Sex.FEMALE, "FEMALE": Sex.FEMALE}
LIMITS = {"role": 32, "lot": 32, "evidence": 80}
DAY = re.compile(r"^(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?( 0{1,2}:00(:00)?)?$")


@dataclass(frozen=True, slots=True)
class Column:
    """A row of imports/<kind>.csv."""

    column: str
    required: bool
    rule: str
    header_zh: str
    header_en: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in one cell. `stop` refuses the row; otherwise the cell was put right and the row is taken."""

    column: str
    value: str
    code: str
    params: Params
    stop: bool = True


@dataclass(slots=True)
class Row:
    """A row being read: cells as typed, clean values, problems."""

    number: int
    raw: dict[str, str]
    clean: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def state(self) -> str:
        if any(p.stop for p in self.problems):
            return "refused"
        return "corrected" if self.problems else "taken"

    def wrong(self, column: str, refusal: Refusal, *, stop: bool = True) -> None:
        self.problems.append(
            Problem(column, shown(column, self.raw.get(column, "")), refusal.code, refusal.params, stop)
        )


@cache
def columns(kind: str) -> list[Column]:
    """Every column of an import, in order."""
    path = FOLDER / f"{kind}.csv"
    if not path.exists():
        raise Refused("IMPORT_KIND_UNKNOWN", kind=kind)
    with path.open(encoding="utf-8", newline="") as rows:
        return [Column(**{**r, "required": r["required"] == "yes"}) for r in csv.DictReader(rows)]  # type: ignore[arg-type]


def shown(column: str, value: str) -> str:
    """A value as a page or a list of rejects may show it."""
    if column == "document_number":
        return identity.masked(value) if value else ""
    return identity.masked_phone(value) if column == "phone" else value[:60]


def places(kind: str, sheet: Sheet, filename: str) -> dict[str, int]:
    """Where each column of the import stands in the file; headers may be Chinese, English or the column's name."""
    table = columns(kind)
    found: dict[str, int] = {}
    for at, head in enumerate(sheet.header):
        text = head.strip().lstrip("\ufeff").lower()
        for c in table:
            if text in {c.column, c.header_zh.lower(), c.header_en.lower()}:
                if c.column in found:
                    raise Refused("FILE_COLUMN_TWICE", file=filename, column=head)
                found[c.column] = at
    missing = [f"{c.header_zh} ({c.header_en})" for c in table if c.required and c.column not in found]
    if missing:
        raise Refused("FILE_COLUMN_MISSING", file=filename, columns=", ".join(missing))
    return found


def read_rows(kind: str, sheet: Sheet, filename: str) -> list[Row]:
    """Every row with its cells read by their rules; required cells that are empty are problems."""
    at = places(kind, sheet, filename)
    return [_row(kind, number, {name: _cell(cells, n) for name, n in at.items()}) for number, cells in sheet.rows]


def _cell(cells: list[Cell], at: int) -> Cell:
    return cells[at] if at < len(cells) else None


def _row(kind: str, number: int, cells: dict[str, Cell]) -> Row:
    row = Row(number, {name: typed(cell) for name, cell in cells.items()})
    for column in columns(kind):
        text = row.raw.get(column.column, "").strip()
        if identity.spoilt(cells.get(column.column)) and column.rule in {"document", "phone"}:
            row.wrong(column.column, Refusal("DOCUMENT_SPOILT_BY_SPREADSHEET"))
        elif not text:
            if column.required:
                row.wrong(column.column, Refusal("CELL_EMPTY", {"column": column.column}))
        elif column.rule in RULES:
            answer = RULES[column.rule](column.column, text)
            if isinstance(answer, Refusal):
                row.wrong(column.column, answer)
            else:
                row.clean[column.column] = answer
        else:
            row.clean[column.column] = text
    return row


def typed(cell: Cell) -> str:
    """A cell as a person would read it: whole numbers without a point, dates as year-month-day."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return str(cell)


def _name(column: str, text: str) -> str | Refusal:
    return identity.name_problem(text) or text


def _document_kind(column: str, text: str) -> str | Refusal:
    for kind in identity.kinds().values():
        if text.upper() == kind.kind or text in {kind.zh, kind.en}:
            return kind.kind
    return Refusal("DOCUMENT_KIND_UNKNOWN", {"kind": text[:24]})


def _country(column: str, text: str) -> str | Refusal:
    return text.upper() if identity.known_country(text) else Refusal("COUNTRY_UNKNOWN", {"country": text[:12]})


def _sex(column: str, text: str) -> str | Refusal:
    sex = SEXES.get(text.upper())
    return str(int(sex)) if sex else Refusal("SEX_UNKNOWN", {"value": text[:12]})


def _date(column: str, text: str) -> str | Refusal:
    found = DAY.match(text)
    try:
        return date(*(int(part) for part in found.groups()[:3])).isoformat() if found else Refusal("CELL_NO_DATE")
    except ValueError:
        return Refusal("CELL_NO_DATE")


def _phone(column: str, text: str) -> str | Refusal:
    answer = identity.check_phone(text)
    return answer if isinstance(answer, Refusal) else answer[0]


def _source(column: str, text: str) -> str | Refusal:
    allowed = {DoseSource.HISTORY, DoseSource.ELSEWHERE, DoseSource.ABROAD}
    return text.lower() if text.lower() in allowed else Refusal("DOSE_SOURCE_UNKNOWN", {"value": text[:24]})


def _text(column: str, text: str) -> str | Refusal:
    limit = LIMITS[column]
    return text if len(text) <= limit else Refusal("CELL_TOO_LONG", {"limit": limit, "length": len(text)})


Rule = Callable[[str, str], str | Refusal]
RULES: dict[str, Rule] = {
    "name": _name,
    "document_kind": _document_kind,
    "country": _country,
    "sex": _sex,
    "date": _date,
    "phone": _phone,
    "source": _source,
    "text": _text,
}
