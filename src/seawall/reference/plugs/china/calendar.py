"""Public holidays and make-up workdays from the chinesecalendar package, as rows; a year it does not know is Monday to Friday."""

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from importlib.metadata import version
from pathlib import Path

from chinese_calendar.constants import Holiday, holidays, workdays

from seawall.terms.codes import DayKind

FIRST_YEAR = 2020
NAMES_ZH = {h.value: h.chinese for h in Holiday}


def last_year() -> int:
    return max(holidays).year


def days() -> Iterator[tuple[date, DayKind, str, str, str]]:
    """Every day that the package knows, corrected by our own table: day, kind, names, source."""
    with Path(__file__).with_name("corrections.csv").open(encoding="utf-8", newline="") as file:
        corrected = {date.fromisoformat(r["day"]): r for r in csv.DictReader(file)}
    source = f"PyPI chinesecalendar {version('chinesecalendar')}"
    at, end = date(FIRST_YEAR, 1, 1), date(last_year(), 12, 31)
    while at <= end:
        name = holidays.get(at) or workdays.get(at) or ""
        if row := corrected.get(at):
            yield at, DayKind(row["kind"]), row["name_zh"], row["name_en"], row["source"]
        else:
            yield at, _kind(at), NAMES_ZH.get(name, ""), name, source
        at += timedelta(days=1)


def _kind(at: date) -> DayKind:
    if at in holidays:
        return DayKind.HOLIDAY
    if at in workdays:
        return DayKind.MAKEUP_WORKDAY
    return DayKind.WORKDAY if at.weekday() < 5 else DayKind.WEEKEND
