"""A workbook is read as it is shown (case hidden-sheet): never a hidden sheet, and what was read is said."""

import io
import zipfile
from datetime import date

import openpyxl
import pytest

from seawall.people.models import Person
from seawall.people.services import file_commit, file_stage
from seawall.terms.acts import Refused

from .conftest import notes, resident_id

pytestmark = pytest.mark.django_db
OLD, NEW = resident_id(date(1970, 1, 1), 11), resident_id(date(1990, 1, 1), 12)
HEAD = ["姓名", "证件号码"]


def book(*sheets):
    """A workbook of (title, state, rows); the last one shown is in front."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for title, state, rows in sheets:
        sheet = made.create_sheet(title)
        sheet.sheet_state = state
        for row in rows:
            sheet.append(row)
        if state == "visible":
            made.active = sheet
    return made


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_sheet_is_never_read(anyone, stage, state):
    page = stage(book(("上年", state, [HEAD, ["旧员工", OLD]]), ("本年", "visible", [HEAD, ["新员工", NEW]])))
    file_commit(anyone, page.import_id)
    assert list(Person.objects.values_list("name", flat=True)) == ["新员工"]
    assert notes(page)["IMPORT_SHEETS_HIDDEN"] == {"sheets": "上年"}


def test_the_sheet_in_front_is_read_though_it_is_not_the_first(stage):
    page = stage(book(("一组", "visible", [HEAD, ["甲", OLD]]), ("二组", "visible", [HEAD, ["新员工", NEW]])))
    assert [s.cells["document_number"][-4:] for s in page.samples] == [NEW[-4:]]
    assert notes(page)["IMPORT_SHEET_READ"] == {"sheet": "二组", "rows": 1, "others": "一组 (2)"}


def test_instructions_in_front_do_not_hide_the_roster(stage):
    made = book(("说明", "visible", [["请在第二页填写名册"]]), ("名册", "visible", [HEAD, ["新员工", NEW]]))
    made.active = 0
    page = stage(made)
    assert (page.taken, notes(page)["IMPORT_SHEET_READ"]["sheet"]) == (1, "名册")


def test_of_several_rosters_behind_instructions_none_is_chosen_for_the_sender(stage):
    made = book(
        ("说明", "visible", [["说明"]]),
        ("甲班", "visible", [HEAD, ["甲", OLD]]),
        ("乙班", "visible", [HEAD, ["乙", NEW]]),
    )
    made.active = 0
    with pytest.raises(Refused) as refused:
        stage(made)
    assert refused.value.refusal.code == "FILE_SHEETS_SEVERAL"
    assert refused.value.refusal.params["sheets"] == "甲班, 乙班"


def test_rows_and_columns_hidden_by_a_filter_or_a_hand_are_counted(stage):
    made = book(("名册", "visible", [[*HEAD, "电话"], ["甲", OLD, ""], ["乙", NEW, ""], [None, None, None]]))
    made.active.row_dimensions[3].hidden = True
    made.active.row_dimensions[9].hidden = True
    made.active.column_dimensions["C"].hidden = True
    page = stage(made)
    assert page.taken == 2
    assert notes(page) == {"IMPORT_ROWS_HIDDEN": {"rows": 1}, "IMPORT_COLUMNS_HIDDEN": {"columns": "电话"}}


def test_a_workbook_of_which_nothing_is_shown_of_this_kind_is_refused(stage):
    with pytest.raises(Refused) as refused:
        stage(book(("名册", "hidden", [HEAD, ["旧员工", OLD]]), ("空", "visible", [])))
    assert refused.value.refusal.code == "FILE_EMPTY"


def test_a_workbook_that_names_no_sheet_in_front_is_refused_by_name(anyone, school):
    whole, spoilt = io.BytesIO(), io.BytesIO()
    book(("名册", "visible", [HEAD, ["甲", OLD]])).save(whole)
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(spoilt, "w") as target:
        for part in source.namelist():
            target.writestr(part, source.read(part).replace(b'activeTab="0"', b'activeTab="one"'))
    with pytest.raises(Refused) as refused:
        file_stage(anyone, "roster", "a.xlsx", spoilt.getvalue(), organisation_id=school)
    assert refused.value.refusal.code == "FILE_NOT_WHAT_IT_CLAIMS"
