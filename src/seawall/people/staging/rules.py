"""Rows of a file, every cell read by the stated rule of its column: a clean value, or what is wrong and what to do."""

from dataclasses import dataclass, field

from seawall.platform.files.sheets import Cell, typed
from seawall.terms.acts import Params, Refusal

from .. import identity, names
from . import values
from .columns import Column, both, columns, titles
from .heads import Table

NUMBERS = {"document", "phone", "date", "day_or_month"}  # a spreadsheet keeps these as text by a mark before
TOLD = {"name", "phone", "text"}  # changed by more than reading a word of a table
DAYS = {"date", "day_or_month"}


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

    def is_wrong(self, *of: str) -> bool:
        return any(p.stop and p.column in of for p in self.problems)


def shown(column: str, value: str) -> str:
    """A value as a page or a list of rejects may show it."""
    if column == "document_number":
        return identity.masked(identity.unmarked(value)) if value else ""
    return identity.masked_phone(identity.unmarked(value)) if column == "phone" else value[:60]


def empty(kind: str, column: str) -> Refusal:
    return Refusal("CELL_EMPTY", {"column": both(**titles(kind)[column])})


def read_rows(kind: str, table: Table) -> list[Row]:
    """Every row with its cells read by their rules; required cells that are empty are problems."""
    rows = [_row(kind, number, {name: _cell(cells, n) for name, n in table.at.items()}) for number, cells in table.rows]
    by_number = {row.number: row for row in rows}
    for span in table.across:
        covered = [name for name, at in table.at.items() if span.left <= at <= span.right]
        for number in range(span.first, span.last + 1) if len(covered) > 1 else ():
            if row := by_number.get(number):
                row.wrong(covered[0], Refusal("CELL_MERGED_ACROSS"))
    return rows


def _cell(cells: list[Cell], at: int) -> Cell:
    return cells[at] if at < len(cells) else None


def _row(kind: str, number: int, cells: dict[str, Cell]) -> Row:
    row = Row(number, {name: typed(cell) for name, cell in cells.items()})
    for column in columns(kind):
        text = row.raw.get(column.column, "").strip()
        if identity.spoilt(cells.get(column.column)) and column.rule in {"document", "phone"}:
            row.wrong(column.column, Refusal("DOCUMENT_SPOILT_BY_SPREADSHEET"))
            continue
        plain = identity.unmarked(text) if column.rule in NUMBERS else names.visible(text)
        if plain:
            _read(row, column, text, plain)
        elif column.required:
            row.wrong(column.column, empty(kind, column.column))
    return row


def _read(row: Row, column: Column, text: str, plain: str) -> None:
    rule = values.RULES.get(column.rule)
    answer = rule(column.column, plain) if rule else plain
    if isinstance(answer, Refusal):
        row.wrong(column.column, answer)
        return
    row.clean[column.column] = answer
    if (column.rule in TOLD and answer != text) or (column.rule in DAYS and not values.plain_day(text)):
        row.wrong(column.column, Refusal("CELL_PUT_RIGHT", {"value": shown(column.column, answer)}), stop=False)
