"""The last useful first dose, by arithmetic that a reader can redo."""

from datetime import date

import pytest

from seawall.engines.schedule import last_first_dose, load, shipped


@pytest.mark.parametrize(
    ("product", "last"),
    [
        ("BIBP", date(2021, 6, 9)),  # 30 June less 21 days
        ("WIBP", date(2021, 6, 9)),
        ("SVAC", date(2021, 6, 9)),
        ("ZF2001", date(2021, 5, 5)),  # 30 June less 28 and 28 days
        ("AD5", date(2021, 6, 30)),
    ],
)
def test_deadline_of_30_june_2021(product, last):
    assert last_first_dose(load(shipped("covid19-cn")), product, date(2021, 6, 30)) == last


def test_a_product_that_starts_no_series_is_named():
    with pytest.raises(KeyError, match="AD5IH"):
        last_first_dose(load(shipped("covid19-cn")), "AD5IH", date(2022, 10, 1))
