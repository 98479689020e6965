"""Files of temperature loggers: read by the layout's row, each line a reading or named for what is wrong with it."""

import csv
import itertools
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from seawall.terms.acts import Refused
from seawall.terms.rosters import FileContent

from . import tables

LINE_UNREADABLE = "READING_UNREADABLE"


@dataclass(frozen=True, slots=True)
class LoggerContent:
    """Readings in the order of the file, lines that are none by their reason, and how many came before an earlier one."""

    readings: tuple[tuple[datetime, float], ...]
    unreadable: Mapping[str, int]
    out_of_order: int


def read(content: str, layout: str, zone: tzinfo) -> LoggerContent:
    """The file's readings; a file without the columns of its layout is refused whole."""
    how = tables.logger_layouts().get(layout)
    if how is None:
        raise Refused("LAYOUT_UNKNOWN", layout=layout)
    lines = content.splitlines()[int(how["header_lines"]) - 1 :]
    rows = csv.DictReader(lines, delimiter="\t" if how["separator"] == "tab" else how["separator"])
    if not {how["time_column"], how["celsius_column"]} <= set(rows.fieldnames or ()):
        raise Refused("LAYOUT_DOES_NOT_FIT", layout=layout)
    readings: list[tuple[datetime, float]] = []
    wrong = Counter[str]()
    for row in rows:
        try:
            at = _moment(row[how["time_column"]], how, zone)
            readings.append((at, float(row[how["celsius_column"]].strip().replace(how["decimal"], "."))))
        except (ValueError, AttributeError):
            wrong[LINE_UNREADABLE] += 1
    late = sum(one[0] > other[0] for one, other in itertools.pairwise(readings))
    return LoggerContent(tuple(readings), wrong, late)


def text_of(content: FileContent) -> str:
    """The file's text, in UTF-8 or as domestic programs write it."""
    data = content.bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return (data or b"").decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused("FILE_NOT_TEXT")


def _moment(text: str, how: Mapping[str, str], zone: tzinfo) -> datetime:
    text = text.strip()
    at = datetime.fromisoformat(text) if how["date_format"] == "iso" else datetime.strptime(text, how["date_format"])  # noqa: DTZ007
    return at if at.tzinfo else at.replace(tzinfo=UTC if how["time_zone"] == "UTC" else zone)
