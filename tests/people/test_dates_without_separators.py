"""A date is read as it is written or refused with what was expected (case dates-without-separators): nothing is guessed."""

from datetime import date, datetime

import openpyxl
import pytest

from seawall.people.models import Person
from seawall.people.services import file_commit
from seawall.people.staging import values
from seawall.terms.acts import Refusal

from .conftest import problems

NEW_YEAR = "1985-01-01"
HEAD = ["姓名", "出生日期", "见证人"]


@pytest.mark.parametrize(
    ("cell", "right"),
    [
        ("202112", "CELL_DATE_DIGITS"),
        ("198511", "CELL_DATE_DIGITS"),
        ("1985111", "CELL_DATE_DIGITS"),
        ("2021011", "CELL_DATE_DIGITS"),
        ("85", "CELL_DATE_DIGITS"),
        ("19850101", NEW_YEAR),
        ("19850230", "CELL_NO_DATE"),
        ("1985-1-1", NEW_YEAR),
        ("1985.01.01", NEW_YEAR),
        ("1985年1月1日", NEW_YEAR),
        ("1985/01/01 08:30", NEW_YEAR),
        ("1985-01-01T00:00:00", NEW_YEAR),
        ("1985-01-01 00:00:00.000", NEW_YEAR),
        ("１９８５－１－１", NEW_YEAR),
        ("\u202d1985-1-1\u202c", NEW_YEAR),
        ("'1985-01-01", NEW_YEAR),
        ("44317", "CELL_DATE_SERIAL"),
        ("44317.5", "CELL_DATE_SERIAL"),
        ("1/2/1985", "CELL_DATE_ORDER"),
        ("13.02.1985", "CELL_DATE_ORDER"),
        ("1985-01", "CELL_DATE_WITHOUT_DAY"),
        ("1985年1月", "CELL_DATE_WITHOUT_DAY"),
        ("1985-01-01T00:00:00Z", "CELL_NO_DATE"),
        ("不详", "CELL_NO_DATE"),
    ],
)
def test_a_cell_is_a_day_or_says_what_was_expected(cell, right):
    found = values.day("birth", cell)
    assert (found.code if isinstance(found, Refusal) else found) == right


@pytest.mark.django_db
@pytest.mark.parametrize("cell", ["1985/01/01 08:30", "１９８５－１－１", "'1985-01-01"])
def test_a_day_put_right_is_said(stage, cell):
    page = stage([HEAD, ["日期甲", cell, "邻居"]])
    assert problems(page) == [(2, "birth", "CELL_PUT_RIGHT")]
    assert page.problems[0].params == {"value": NEW_YEAR}


@pytest.mark.django_db
def test_dates_of_a_workbook_are_days_and_bare_numbers_are_not(anyone, stage):
    book = openpyxl.Workbook()
    names, cells = "甲乙丙丁", (date(1985, 1, 1), datetime(1985, 1, 1, 8, 30), 44317, 198511)  # noqa: DTZ001
    for row in [HEAD, *([name, cell, "邻居"] for name, cell in zip(names, cells, strict=True))]:
        book.active.append(row)
    page = stage(book)
    said = [(3, "birth", "CELL_PUT_RIGHT"), (4, "birth", "CELL_DATE_SERIAL"), (5, "birth", "CELL_DATE_DIGITS")]
    assert problems(page) == said
    file_commit(anyone, page.import_id)
    assert set(Person.objects.values_list("birth", flat=True)) == {date(1985, 1, 1)}
