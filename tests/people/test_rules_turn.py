"""A rule that begins on a day finds the people it concerns on that day's eve."""

from datetime import UTC, date, datetime

import pytest

from seawall.people import selectors
from seawall.people.services import dues_turn, persons_register

pytestmark = pytest.mark.django_db(transaction=True)
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
