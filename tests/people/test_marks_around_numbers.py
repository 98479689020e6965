"""Marks that nobody sees, or that a spreadsheet needs, are taken off and told (case marks-around-numbers)."""

from datetime import date

import pytest

from seawall.people import identity, selectors
from seawall.people.services import file_commit

from .conftest import problems, resident_id

pytestmark = pytest.mark.django_db
BIRTH = date(1980, 5, 1)
NUMBER = resident_id(BIRTH, 11)
MARKED = [
    "\u202d{}\u202c",
    "\u200b{}",
    "{}\ufeff",
    "{}\u00ad",
    "'{}",
    "\u2019{}",
    "`{}",
    '"=""{}"""',
]


@pytest.mark.parametrize("around", MARKED)
def test_a_document_number_with_marks_is_taken_and_told(anyone, stage, around):
    page = stage(f"姓名,证件号码\n乙一,{around.format(NUMBER)}\n")
    assert problems(page) == [(2, "document_number", "DOCUMENT_PUT_RIGHT")]
    file_commit(anyone, page.import_id)
    assert selectors.identify(NUMBER, BIRTH) is not None


@pytest.mark.parametrize(
    "written",
    [
        *(m.format("13800000000") for m in MARKED),
        "138-0000-0000",
        "138–0000–0000",
        "86-13800000000",
        "+86 138 0000 0000",
    ],
)
def test_a_telephone_with_marks_or_hyphens_is_taken_and_told(stage, written):
    page = stage(f"姓名,证件号码,电话\n乙一,{NUMBER},{written}\n")
    assert problems(page) == [(2, "phone", "CELL_PUT_RIGHT")]


@pytest.mark.parametrize("written", ["张\u200b三", "张 三", "\u202d张三\u202c", "张　三"])
def test_a_name_with_marks_is_stored_without_them(anyone, stage, written):
    page = stage(f"姓名,证件号码\n{written},{NUMBER}\n")
    assert (problems(page), page.problems[0].params) == ([(2, "name", "CELL_PUT_RIGHT")], {"value": "张三"})


@pytest.mark.parametrize("around", MARKED[:7])
def test_the_desk_and_the_portal_find_a_number_that_was_copied_with_marks(people, around):
    (person,) = people(11)
    assert selectors.identify(around.format(NUMBER), BIRTH) == person


def test_marks_are_not_taken_for_digits_that_are_missing():
    assert identity.check("RESIDENT_ID", "\u202d" + NUMBER[:17] + "\u202c").code == "DOCUMENT_LENGTH"
