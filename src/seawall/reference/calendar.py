"""Public holidays and make-up workdays from the chinesecalendar package, as rows; a year it does not know is Monday to Friday."""

from collections.abc import Iterator
from datetime import date, timedelta
from importlib.metadata import version

from chinese_calendar.constants import Holiday, holidays, workdays

from seawall.terms.codes import DayKind

from . import tables

FIRST_YEAR = 2020
NAMES_ZH = {h.value: h.chinese for h in Holiday}


def last_year() -> int:
    return max(holidays).year


def days() -> Iterator[tuple[date, DayKind, str, str, str]]:
    """Every day that the package knows, corrected by our own table: day, kind, names, source."""
    corrected = {tables.day_from(r["day"]): r for r in tables.read("calendar_corrections")}
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
    return DayKind.MAKEUP_WORKDAY if at in workdays else plain_kind(at)


def plain_kind(at: date) -> DayKind:
    """Monday to Friday: what is assumed of a year whose holidays are not announced yet."""
    return DayKind.WORKDAY if at.weekday() < 5 else DayKind.WEEKEND
