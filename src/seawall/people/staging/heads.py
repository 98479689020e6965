"""Which sheet of a file is read, which of its rows is the header, what each column means, and what is not read."""

from dataclasses import dataclass, field

from seawall.platform.files.books import Book
from seawall.platform.files.sheets import Cell, Sheet, Span, filled
from seawall.terms.acts import Params, Refusal, Refused

from . import values
from .columns import Column, both, columns

HEAD_LINES = 20


@dataclass(frozen=True, slots=True)
class Table:
    """Where each column stands, the rows below the header, and what must be said of the file before it is taken."""

    at: dict[str, int]
    rows: list[tuple[int, list[Cell]]]
    across: list[Span] = field(default_factory=list)
    notes: list[Refusal] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Head:
    """The header of a sheet: its place among the lines, its cells, and where each column stands."""

    sheet: Sheet
    line: int
    names: list[str]
    at: dict[str, int]
    twice: str = ""

    @property
    def below(self) -> list[tuple[int, list[Cell]]]:
        return self.sheet.lines[self.line + 1 :]


def table(kind: str, book: Book, filename: str) -> Table:
    """The sheet in front if it has the columns, else the only one that has; several others are for the sender to choose."""
    heads = [_head(kind, sheet) for sheet in book.sheets if sheet.lines]
    whole = [h for h in heads if not _missing(kind, h)]
    chosen = [h for h in whole if h.sheet.open] or whole
    if not chosen:
        best = max(heads, key=lambda h: len(h.at))
        wanted = ", ".join(both(c.header_zh, c.header_en) for c in _missing(kind, best))
        raise Refused("FILE_COLUMN_MISSING", file=filename, columns=wanted, row=best.sheet.lines[best.line][0])
    if len(chosen) > 1:
        raise Refused("FILE_SHEETS_SEVERAL", file=filename, sheets=", ".join(h.sheet.name for h in chosen))
    (head,) = chosen
    if head.twice:
        raise Refused("FILE_COLUMN_TWICE", file=filename, column=head.twice)
    return Table(head.at, head.below, head.sheet.across, _notes(kind, book, head))


def _missing(kind: str, head: _Head) -> list[Column]:
    return [c for c in columns(kind) if c.required and c.column not in head.at]


def _head(kind: str, sheet: Sheet) -> _Head:
    """The row that names most columns; of two alike, one below the other (a heading two rows high), the second."""
    best = _named(kind, sheet, 0)
    for line in range(1, min(HEAD_LINES, len(sheet.lines))):
        next_one = _named(kind, sheet, line)
        again = line == best.line + 1 and next_one.names == best.names
        if len(next_one.at) > len(best.at) or again:
            best = next_one
    return best


def _named(kind: str, sheet: Sheet, line: int) -> _Head:
    """Columns by their own names first, then by usual words; the same column twice is not chosen from."""
    names = ["" if c is None else str(c).strip() for c in sheet.lines[line][1]]
    keys = [values.key(n) for n in names]
    own, usual = _own(kind), values.words("column")
    at: dict[str, int] = {}
    twice = ""
    for meaning in (own, {word: c for word, c in usual.items() if c in own.values()}):
        taken = set(at)
        for place, word in enumerate(keys):
            column = meaning.get(word)
            if column is None or column in taken:
                continue
            if column in at:
                twice = (
                    names[at[column]] if names[place] == names[at[column]] else f"{names[at[column]]}, {names[place]}"
                )
            else:
                at[column] = place
    return _Head(sheet, line, names, at, twice)


def _own(kind: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for c in columns(kind):
        ways = (c.column, c.header_zh, c.header_en, c.header_zh + c.header_en)
        found.update(dict.fromkeys(map(values.key, ways), c.column))
    return found


def _notes(kind: str, book: Book, head: _Head) -> list[Refusal]:
    """What was passed over, and what was read otherwise than it stands."""
    sheet, numbers = head.sheet, {n for n, _ in head.below}
    others = [f"{s.name} ({len(s.lines)})" for s in book.sheets if s is not sheet]
    counted = {
        "IMPORT_ROWS_HIDDEN": len(sheet.hidden_rows & numbers),
        "IMPORT_CELLS_MERGED": len(sheet.merged & numbers),
    }
    header = sheet.lines[head.line][0]
    named = {
        "IMPORT_COLUMNS_NOT_READ": _unread(head),
        "IMPORT_COLUMNS_HIDDEN": [head.names[p] for p in head.at.values() if p in sheet.hidden_columns],
    }
    notes = [Refusal("IMPORT_SHEETS_HIDDEN", {"sheets": ", ".join(book.hidden)})] if book.hidden else []
    if others:
        read: Params = {"sheet": sheet.name, "rows": len(head.below), "others": ", ".join(others)}
        notes.append(Refusal("IMPORT_SHEET_READ", read))
    if head.line:
        notes.append(Refusal("IMPORT_HEADER_ROW", {"row": header}))
    if book.encoding:
        notes.append(Refusal("IMPORT_ENCODING", {"encoding": book.encoding}))
    notes += [Refusal(code, {"columns": ", ".join(found)}) for code, found in named.items() if found]
    notes += _read_as(kind, head)
    return notes + [Refusal(code, {"rows": rows}) for code, rows in counted.items() if rows]


def _unread(head: _Head) -> list[str]:
    """Columns that nobody reads; one without a name is called by its letter when it holds anything."""
    width = max((len(cells) for _, cells in head.below), default=0)
    unread = sorted(set(range(max(width, len(head.names)))) - set(head.at.values()))
    found = []
    for place in unread:
        name = head.names[place] if place < len(head.names) else ""
        if name or any(place < len(cells) and filled(cells[place]) for _, cells in head.below):
            found.append(name or _letter(place))
    return found


def _letter(place: int) -> str:
    before, last = divmod(place, 26)
    return (_letter(before - 1) if before else "") + chr(65 + last)


def _read_as(kind: str, head: _Head) -> list[Refusal]:
    own = _own(kind)
    pairs = [(head.names[head.at[c.column]], c) for c in columns(kind) if c.column in head.at]
    usual = [(n, c) for n, c in pairs if values.key(n) not in own]
    if not usual:
        return []
    said = ", ".join(f"{name} → {both(c.header_zh, c.header_en)}" for name, c in usual)
    return [Refusal("IMPORT_COLUMNS_READ_AS", {"columns": said})]
