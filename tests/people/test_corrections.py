"""What was written wrong of a person is put right: what stood before is kept, and no document or dose is contradicted."""

from dataclasses import replace
from datetime import date

import pytest

from seawall.people import selectors
from seawall.people.models import Document, Person, PersonCorrection
from seawall.people.services import (
    document_end,
    document_link,
    dose_record,
    household_join,
    household_register,
    person_correct,
    persons_register,
)
from seawall.terms.actor import Reach
from seawall.terms.codes import Sex
from seawall.terms.people import PersonCorrect
from seawall.terms.rosters import DocumentEnd, DocumentLink, HouseholdJoin, HouseholdRegister

pytestmark = pytest.mark.django_db


@pytest.fixture
def correct(anyone, act, noon):
    def make(person_id, label="again", who=anyone, **fields):
        given = {"reason": "by the document", **fields}
        item = PersonCorrect(act=act("correct", person_id, label), occurred_at=noon, person_id=person_id, **given)
        return person_correct.one(who, item)

    return make


@pytest.fixture
def undocumented(people):
    """Somebody known by a witness alone, whose birth date no document fixes."""
    return people(1, documents=(), witness="李四")[0]


def test_a_correction_keeps_both_with_who_and_why(people, correct, anyone):
    person = people(1, phone="13800001234")[0]
    done = correct(person, name="张三峰", phone="13900001234")
    assert done.answer["changed"] == "name,phone"
    assert Person.objects.get(id=person).name == "张三峰"
    assert [row.name for row in selectors.search(anyone, "张三峰")]
    (kept,) = PersonCorrection.objects.filter(person_id=person)
    assert (kept.name, kept.reason, kept.post_id) == ("张三丰", "by the document", anyone.post_id)
    assert kept.phone_sealed


def test_an_empty_telephone_takes_the_number_away_and_none_leaves_it(people, correct):
    person = people(1, phone="13800001234")[0]
    correct(person, "sex", sex=Sex.FEMALE)
    assert Person.objects.get(id=person).phone_sealed
    assert correct(person, "phone", phone="").answer["changed"] == "phone"
    assert Person.objects.get(id=person).phone_sealed is None


def test_birth_changes_what_is_due(undocumented, correct):
    before = selectors.due_rows([undocumented], "covid19-cn", date(2021, 4, 10))[undocumented]
    correct(undocumented, birth=date(2011, 5, 1))
    after = selectors.due_rows([undocumented], "covid19-cn", date(2021, 4, 10))[undocumented]
    assert before.status != after.status


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"birth": date(1980, 5, 2)}, "DOCUMENT_BIRTH_DIFFERS"),
        ({"birth": date(2022, 5, 2)}, "BIRTH_IN_FUTURE"),
        ({"name": "A1"}, "NAME_CHARACTERS"),
        ({"name": ""}, "NAME_MISSING"),
        ({"phone": "12"}, "PHONE_PATTERN"),
        ({"name": "张三丰"}, "NOTHING_TO_CORRECT"),
        ({"name": "李四", "reason": " "}, "CORRECTION_NEEDS_REASON"),
    ],
)
def test_what_cannot_be_right_is_refused_and_nothing_is_kept(people, correct, fields, code):
    person = people(1)[0]
    assert correct(person, **fields).refusal.code == code
    assert not PersonCorrection.objects.exists()


def test_no_birth_after_a_dose_and_no_stranger(undocumented, correct, anyone, dose, other_leaf):
    assert dose_record.one(anyone, dose(undocumented, date(2021, 3, 1))).done
    assert correct(undocumented, birth=date(2021, 4, 1)).refusal.code == "DOSE_BEFORE_BIRTH"
    stranger = replace(anyone, reach=Reach(leaves=frozenset({other_leaf})))
    assert correct(undocumented, "foreign", who=stranger, name="李四").refusal.code == "PERSON_NOT_IN_REACH"


def test_a_corrected_name_may_look_like_somebody_registered_later(people, correct, undocumented, anyone):
    later = people(5, name="李四光")[0]
    assert correct(undocumented, name="李四光", sex=Sex.UNKNOWN).answer["candidates"] == 1
    assert [(c.person_id, c.other_id) for c in selectors.candidates(anyone)] == [(later, undocumented)]


def test_a_document_linked_by_mistake_is_free_again_and_one_that_is_lost_is_not(people, newcomer, anyone, act, noon):
    first, second = people(1, 2)
    number = newcomer(1).documents[0].number
    base = {"occurred_at": noon, "kind": "RESIDENT_ID"}

    def link(who, name):
        return document_link.one(anyone, DocumentLink(act=act(name), person_id=who, number=number, **base))

    def end(reason):
        mask = Document.objects.get(person_id=first, valid=True).mask
        return document_end.one(anyone, DocumentEnd(act=act(reason), person_id=first, mask=mask, reason=reason, **base))

    assert end("FORGOTTEN").refusal.code == "DOCUMENT_END_UNKNOWN"
    assert end("LOST").done
    assert link(second, "lost").refusal.code == "DOCUMENT_KNOWN"
    assert link(first, "found").done
    assert end("MISTAKEN").done
    assert selectors.search(anyone, number) == []
    assert link(second, "theirs").done
    assert link(first, "back").refusal.code == "DOCUMENT_KNOWN"
    assert [row.person_id for row in selectors.search(anyone, number)] == [second]


def test_who_lives_together_is_named_with_the_household_or_joins_it(people, anyone, act, noon, leaf, other_leaf):
    first, second = people(1, 2)
    item = HouseholdRegister(act=act("household"), occurred_at=noon, leaf_id=leaf, members=(first,))
    household = household_register.one(anyone, item).answer["household_id"]

    def join(name, household_id, who=anyone):
        return household_join.one(
            who, HouseholdJoin(act=act(name), occurred_at=noon, person_id=second, household_id=household_id)
        )

    assert join("in", household).answer == {"household_id": household, "was": None}
    assert set(Person.objects.filter(household_id=household).values_list("id", flat=True)) == {first, second}
    assert join("nowhere", 999_999).refusal.code == "HOUSEHOLD_UNKNOWN"
    stranger = replace(anyone, reach=Reach(leaves=frozenset({other_leaf})))
    assert join("foreign", None, stranger).refusal.code == "PERSON_NOT_IN_REACH"
    assert join("out", None).answer["was"] == household


def test_a_registration_corrected_twice_in_one_batch_keeps_each_state(newcomer, anyone, act, noon):
    person = persons_register.one(anyone, newcomer(3)).answer["person_id"]
    items = [
        PersonCorrect(act=act(name), occurred_at=noon, person_id=person, name=name, reason="heard again")
        for name in ("张三锋", "张三封")
    ]
    assert all(o.done for o in person_correct(anyone, items))
    kept = PersonCorrection.objects.filter(person_id=person).values_list("name", flat=True)
    assert set(kept) == {"张三丰", "张三锋"}
