"""A sheet as a person sees it: its rows by the numbers of an editor, what is hidden in it, and what is merged."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

Cell = str | int | float | bool | date | datetime | time | timedelta | None
MOST_ROWS = 200_000


@dataclass(frozen=True, slots=True)
class Span:
    """A merged range that covers several columns: rows by number, columns from 0."""

    first: int
    last: int
    left: int
    right: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows that are not blank; merged cells stand in every row that they cover."""

    name: str
    lines: list[tuple[int, list[Cell]]]
    open: bool = False  # the one in front when the file was saved
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    merged: frozenset[int] = frozenset()  # rows that got a value from a merged cell
    across: list[Span] = field(default_factory=list)


def filled(cell: Cell) -> bool:
    return cell is not None and str(cell).strip() != ""


def typed(cell: Cell) -> str:
    """A cell as a person would read it: whole numbers without a point, dates as year-month-day with their time if any."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ", "minutes")
    return str(cell)
