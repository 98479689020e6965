"""Merged cells and titles (case merged-cells): a value counts for every row that it covers, and the header is found."""

from datetime import date

import openpyxl
import pytest

from seawall.people.models import DoseEvent, Person
from seawall.people.services import file_commit
from seawall.terms.acts import Refused

from .conftest import notes, problems, resident_id

pytestmark = pytest.mark.django_db
BIRTH = date(1980, 5, 1)
NUMBERS = [resident_id(BIRTH, serial) for serial in (11, 12, 13)]


def sheet(rows, *merged):
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    for cells in merged:
        made.active.merge_cells(cells)
    return made


def test_a_street_merged_over_three_people_is_the_street_of_all_three(anyone, stage):
    rows = [["姓名", "证件号码", "居住地"], *([f"人{'甲乙丙'[n]}", NUMBERS[n], "渝中区 解放碑街道"] for n in range(3))]
    page = stage(sheet(rows, "C2:C4"))
    file_commit(anyone, page.import_id)
    assert len(set(Person.objects.values_list("leaf_id", flat=True))) == 1
    assert {s.cells["area"]["zh"] for s in page.samples} == {"解放碑街道"}
    assert notes(page)["IMPORT_CELLS_MERGED"] == {"rows": 2}


def test_product_and_lot_merged_over_two_people_are_recorded_for_both(anyone, stage, people):
    people(11, 12, name="张三丰")
    head = ["姓名", "证件号码", "接种日期", "疫苗品种", "批号"]
    rows = [head, *(["张三丰", NUMBERS[n], date(2021, 4, 5), "BIBP", "L9"] for n in range(2))]
    page = stage(sheet(rows, "D2:D3", "E2:E3"), "doses")
    assert file_commit(anyone, page.import_id) == {"done": 2}
    assert set(DoseEvent.objects.values_list("product", "lot")) == {("BIBP", "L9")}


def test_witness_and_birth_date_merged_to_the_middle_of_the_file(stage):
    rows = [["姓名", "出生日期", "见证人"], ["甲", BIRTH, "邻居"], ["乙", None, None], ["丙", None, None]]
    page = stage(sheet(rows, "B2:B3", "C2:C3"))
    assert (page.taken, page.refused) == (2, 1)
    assert {p.row for p in page.problems} == {4}


def test_a_range_over_several_columns_is_refused_by_name(stage):
    rows = [["姓名", "证件号码", "电话", "岗位"], ["甲", NUMBERS[0], "无", None], ["乙", NUMBERS[1], None, "教师"]]
    page = stage(sheet(rows, "C2:D2"))
    assert (2, "phone", "CELL_MERGED_ACROSS") in problems(page)
    assert page.taken == 1


def test_a_title_above_the_header_is_passed_over_and_said(stage):
    rows = [["某某单位人员名册", None], ["填表日期：2021-06-01", None], ["姓名", "证件号码"], ["甲", NUMBERS[0]]]
    page = stage(sheet(rows, "A1:B1"))
    assert (page.taken, notes(page)["IMPORT_HEADER_ROW"]) == (1, {"row": 3})


def test_a_title_above_a_text_file_is_passed_over_too(stage):
    page = stage(f"某某单位人员名册\n姓名;证件号码\n甲;{NUMBERS[0]}\n")
    assert (page.taken, notes(page)["IMPORT_HEADER_ROW"]) == (1, {"row": 2})


def test_a_heading_two_rows_high_is_one_heading(stage):
    rows = [["姓名", "证件", None], ["姓名", "证件类型", "证件号码"], ["甲", "身份证", NUMBERS[0]]]
    assert stage(sheet(rows, "A1:A2", "B1:C1")).taken == 1


def test_a_file_without_the_columns_says_which_row_was_taken_for_the_header(stage):
    with pytest.raises(Refused) as refused:
        stage(sheet([["名单"], ["电话", "居住地"], ["13800000000", "某街道"]]))
    assert refused.value.refusal.code == "FILE_COLUMN_MISSING"
    assert refused.value.refusal.params["row"] == 2
