"""Of two records of one injection the fuller stands (case same-day-known-and-unknown), in one file and across two."""

from datetime import date

import pytest

from seawall.people import selectors
from seawall.people.services import dose_record, file_commit
from seawall.terms.codes import DoseSource, Precision

from .conftest import problems, resident_id

pytestmark = pytest.mark.django_db
NUMBER = resident_id(date(1980, 5, 1), 11)
HEAD = ["姓名", "证件号码", "接种日期", "疫苗品种", "批号"]
FULL = ("2021-05-01", "BIBP", "L1")
EMPTIER = [("2021-05-01", "", ""), ("2021-05-01", "BIBP", ""), ("2021-05", "BIBP", "L1"), ("2021-05", "", "")]


@pytest.fixture
def send(anyone, stage, people):
    """Stage and commit lines of one person; the page before the commit, and what stands then."""
    (person,) = people(11)

    def make(*lines):
        page = stage([HEAD, *(["张三丰", NUMBER, *line] for line in lines)], "doses")
        file_commit(anyone, page.import_id)
        rows = selectors.dose_rows([person], "covid19-cn")[person]
        return page, [
            (str(d.given_on)[: 7 if d.precision == Precision.MONTH else 10], d.product or "", d.lot or "") for d in rows
        ]

    make.person = person
    return make


@pytest.mark.parametrize("emptier", EMPTIER)
@pytest.mark.parametrize("full_first", [True, False])
def test_in_one_file_the_fuller_row_is_taken_whatever_the_order(send, emptier, full_first):
    page, stands = send(*((FULL, emptier) if full_first else (emptier, FULL)))
    assert stands == [FULL]
    refused = 3 if full_first else 2
    assert (refused, "given_on", "IMPORT_ROW_TWICE") in problems(page)


@pytest.mark.parametrize("emptier", EMPTIER)
def test_a_fuller_row_of_a_second_file_completes_the_record(send, emptier):
    send(emptier)
    page, stands = send(FULL)
    assert stands == [FULL]
    assert problems(page) == [(2, "given_on", "DOSE_COMPLETES_RECORD")]


@pytest.mark.parametrize("emptier", EMPTIER)
def test_an_emptier_row_of_a_second_file_adds_nothing(send, emptier):
    send(FULL)
    page, stands = send(emptier)
    assert stands == [FULL]
    assert (2, "given_on", "DOSE_ON_RECORD") in problems(page)


def test_two_products_of_one_day_are_not_one_record(send):
    page, stands = send(FULL, ("2021-05-01", "SVAC", "L2"))
    assert (stands, problems(page)) == ([FULL], [(3, "given_on", "IMPORT_ROW_TWICE")])
    page, stands = send(("2021-05-01", "SVAC", "L2"))
    assert (stands, problems(page)) == ([FULL], [(2, "given_on", "DOSE_SAME_DAY")])


def test_a_month_of_another_product_is_another_dose(send):
    _, stands = send(FULL, ("2021-05", "SVAC", ""))
    assert sorted(stands) == sorted([FULL, ("2021-05", "SVAC", "")])


def test_two_days_of_a_month_beside_the_month_are_two_doses(send):
    second = ("2021-05-22", "BIBP", "L2")
    send(("2021-05", "BIBP", ""))
    _, stands = send(FULL, second)
    assert stands == [FULL, second]


def test_what_was_given_here_is_never_rewritten_by_a_file(anyone, send, dose):
    dose_record(anyone, [dose(send.person, date(2021, 4, 1), source=DoseSource.CLINIC)])
    page, stands = send(("2021-04-01", "BIBP", "L1"))
    assert (stands, problems(page)) == ([("2021-04-01", "BIBP", "")], [(2, "given_on", "DOSE_ON_RECORD")])
