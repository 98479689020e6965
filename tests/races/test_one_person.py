"""One person, many hands: one registration of a document, one dose of a day, whoever comes first."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from time import sleep
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from seawall.people import selectors
from seawall.people.models import DoseEvent, Due, Person
from seawall.people.services import dose_record, person_merge, persons_register
from seawall.reference.selectors import leaves
from seawall.reference.services import city_load
from seawall.terms.actor import Actor
from seawall.terms.codes import DoseSource, Sex
from seawall.terms.people import DocumentGiven, DoseRecord, PersonRegister
from seawall.terms.rosters import PersonMerge
from tests.people.conftest import resident_id

from .crowd import Crowd, codes

ROUNDS = 5
BIRTH = date(1980, 5, 1)


@pytest.fixture
def newcomer(transactional_db: None, noon: datetime) -> Callable[[int], PersonRegister]:
    city_load("chongqing")
    leaf = leaves(date(2021, 4, 10))[0].area_id

    def make(serial: int) -> PersonRegister:
        document = DocumentGiven(kind="RESIDENT_ID", number=resident_id(BIRTH, serial))
        told = {"act": uuid4(), "occurred_at": noon, "name": "张三丰", "sex": Sex.MALE, "birth": BIRTH, "leaf_id": leaf}
        return PersonRegister(**told, documents=(document,))

    return make


def test_a_document_is_registered_once(crowd: Crowd, anyone: Actor, newcomer: Callable[[int], PersonRegister]) -> None:
    for turn in range(ROUNDS):
        items = [newcomer(2 * turn + 1) for _ in range(crowd.hands)]
        outcomes = crowd.at_once([lambda i=item: persons_register(anyone, [i])[0] for item in items])
        assert codes(outcomes) == {"done": 1, "DOCUMENT_KNOWN": crowd.hands - 1}
    assert Person.objects.count() == ROUNDS


def test_a_day_takes_one_dose_of_a_programme(
    crowd: Crowd, anyone: Actor, noon: datetime, newcomer: Callable[[int], PersonRegister]
) -> None:
    (made,) = persons_register(anyone, [newcomer(1)])
    person = int(str(made.answer["person_id"]))
    line = DoseRecord(
        act=UUID(int=0),
        occurred_at=noon,
        person_id=person,
        programme="covid19-cn",
        given_on=date(2021, 4, 1),
        product="BIBP",
        source=DoseSource.HISTORY,
    )
    lines = [replace(line, act=uuid4()) for _ in range(crowd.hands)]
    outcomes = crowd.at_once([lambda i=item: dose_record(anyone, [i])[0] for item in lines])
    assert codes(outcomes) == {"done": 1, "DOSE_SAME_DAY": crowd.hands - 1}
    assert DoseEvent.objects.count() == 1
    assert selectors.due_rows([person], "covid19-cn", date(2021, 4, 10))[person].doses_given == 1


def test_a_dose_for_somebody_who_is_being_merged_meets_the_history_of_both(
    crowd: Crowd, anyone: Actor, noon: datetime, newcomer: Callable[[int], PersonRegister]
) -> None:
    made = persons_register(anyone, [newcomer(1), newcomer(2)])
    one, two = (int(str(o.answer["person_id"])) for o in made)
    line = DoseRecord(
        act=uuid4(),
        occurred_at=noon,
        person_id=two,
        programme="covid19-cn",
        given_on=date(2021, 4, 1),
        product="BIBP",
        source=DoseSource.HISTORY,
    )
    assert dose_record(anyone, [line])[0].done
    merge = PersonMerge(act=uuid4(), occurred_at=noon, person_id=one, into_id=two, reason="")
    with transaction.atomic():
        assert person_merge(anyone, [merge])[0].done
        waiting = crowd.pool.submit(lambda: dose_record(anyone, [replace(line, act=uuid4(), person_id=one)])[0])
        sleep(0.3)
    assert waiting.result().refusal.code == "DOSE_SAME_DAY"
    assert set(Due.objects.values_list("person_id", flat=True)) == {two}
