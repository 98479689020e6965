"""A rule that begins on a day finds the people it concerns on that day's eve."""

from datetime import UTC, date, datetime

import pytest

from seawall.people import selectors
from seawall.people.services import dues_turn, persons_register

pytestmark = pytest.mark.django_db
EVE = datetime(2021, 3, 23, 1, 0, tzinfo=UTC)
OPENING = date(2021, 3, 24)
PROGRAMME = "covid19-cn"


def test_people_of_sixty_and_over_are_admitted_with_the_offer_of_the_opening_day(anyone, newcomer):
    (made,) = persons_register(anyone, [newcomer(1, birth=date(1950, 1, 1), occurred_at=EVE)])
    person = made.answer["person_id"]
    assert selectors.due_rows([person], PROGRAMME, OPENING)[person].status == "ineligible"
    assert dues_turn(anyone, PROGRAMME, date(2021, 3, 20)) == 0
    assert dues_turn(anyone, PROGRAMME, OPENING) == 1
    assert selectors.due_rows([person], PROGRAMME, OPENING)[person].status == "due"


def test_whoever_turns_eighteen_is_offered_every_product_from_the_birthday(anyone, newcomer):
    """The schedule offers the products of the day, so the answer given as a minor is judged anew on the eve."""
    birthday = date(2021, 4, 12)
    (made,) = persons_register(
        anyone, [newcomer(1, birth=date(2003, 4, 12), occurred_at=datetime(2021, 4, 1, tzinfo=UTC))]
    )
    person = made.answer["person_id"]
    assert dues_turn(anyone, PROGRAMME, birthday) == 1
    row = selectors.due_rows([person], PROGRAMME, birthday)[person]
    assert row.status == "due"
    assert "BIBP" in row.products
