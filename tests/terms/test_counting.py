"""English counts one thing as one, whatever the sentence."""

import pytest

from seawall.reference import selectors as reference
from seawall.terms import figures
from seawall.terms.actor import EN, ZH
from seawall.terms.counting import one


@pytest.mark.parametrize(
    ("many", "said"),
    [
        ("1 doses are sent; they count as on the way", "1 dose is sent; they count as on the way"),
        ("open 1 more stations in Yuzhong", "open 1 more station in Yuzhong"),
        ("Lot A has 1 doses in the book and no count.", "Lot A has 1 dose in the book and no count."),
        ("1 doses of lot B-1 are given back", "1 dose of lot B-1 is given back"),
        ("Call each of the 1 people overdue", "Call each of the 1 person overdue"),
        ("11 doses are sent", "11 doses are sent"),
        ("2.1 days, 0,1 doses and 12:1 rows", "2.1 days, 0,1 doses and 12:1 rows"),
        ("1 units have not closed", "1 unit has not closed"),
        ("Vaccine lasts 1 days: move doses", "Vaccine lasts 1 day: move doses"),
    ],
)
def test_one_is_not_many(many: str, said: str) -> None:
    assert one(many) == said


def test_reasons_and_figures_count_one_as_one() -> None:
    assert reference.say("ORDER_TAKE_SHIPMENT", {"doses": 1}, EN).startswith("Take in 1 dose in the morning")
    assert reference.say("ORDER_TAKE_SHIPMENT", {"doses": 21}, EN).startswith("Take in 21 doses")
    assert "1 剂" in reference.say("ORDER_TAKE_SHIPMENT", {"doses": 1}, ZH)
    assert (figures.exact(1, EN, "doses"), figures.exact(1001, EN, "doses")) == ("1 dose", "1,001 doses")
