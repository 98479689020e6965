"""A dose dated before its vaccine could be given is a date typed wrong (case a-dose-before-its-vaccine)."""

from datetime import date

import pytest

from .conftest import problems, resident_id

pytestmark = pytest.mark.django_db
NUMBER = resident_id(date(1980, 5, 1), 11)
HEAD = ["姓名", "证件号码", "接种日期", "疫苗品种", "批号", "来源"]


@pytest.mark.parametrize(
    ("day", "product", "source", "said"),
    [
        ("2012-05-01", "BIBP", "", "DOSE_BEFORE_PRODUCT"),
        ("2020-01-01", "SVAC", "", "DOSE_BEFORE_PRODUCT"),
        ("2020-07-21", "BIBP", "", "DOSE_BEFORE_PRODUCT"),
        ("2020-07-22", "BIBP", "", None),
        ("2021-02-24", "AD5", "elsewhere", "DOSE_BEFORE_PRODUCT"),
        ("2012-05-01", "", "", "DOSE_BEFORE_PRODUCT"),
        ("2012-05", "BIBP", "", "DOSE_BEFORE_PRODUCT"),
        ("2020-07", "BIBP", "", "DOSE_MONTH_ONLY"),
        ("2012-05-01", "HEPB", "", None),
    ],
)
def test_a_dose_before_its_vaccine_is_refused(stage, people, day, product, source, said):
    people(11)
    page = stage([HEAD, ["张三丰", NUMBER, day, product, "L1", source]], "doses")
    codes = [p.code for p in page.problems if p.code != "DOSE_MONTH_ONLY" or said == "DOSE_MONTH_ONLY"]
    assert codes == ([said] if said else [])
    assert page.refused == (said == "DOSE_BEFORE_PRODUCT")


def test_abroad_a_vaccine_may_have_begun_earlier_and_the_row_says_so(stage, people):
    people(11)
    page = stage([HEAD, ["张三丰", NUMBER, "2021-02-10", "AD5", "L1", "abroad"]], "doses")
    assert (problems(page), page.corrected) == ([(2, "given_on", "DOSE_BEFORE_PRODUCT")], 1)
