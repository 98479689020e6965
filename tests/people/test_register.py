"""Registering persons: each refused by itself, nobody twice, never guessed."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from seawall.people import selectors
from seawall.people.models import Document, MatchCandidate, Person
from seawall.people.services import persons_register, persons_reserve
from seawall.terms.codes import DueStatus
from seawall.terms.people import DocumentGiven

pytestmark = pytest.mark.django_db


def test_a_person_is_stored_with_sealed_numbers_and_is_due(anyone, newcomer):
    (outcome,) = persons_register(anyone, [newcomer(1, phone="15400000001")])
    person_id = outcome.answer["person_id"]
    stored = Document.objects.get(person_id=person_id)
    number = newcomer(1).documents[0].number
    assert number.encode() not in bytes(stored.number_sealed)
    assert stored.mask == "509***********" + number[-4:]
    row = selectors.person(anyone, person_id, "test")
    assert (row.name, row.phone, row.document) == ("张*丰", "154****0001", stored.mask)
    due = selectors.due_rows([person_id], "covid19-cn")[person_id]
    assert (due.status, due.dose_rank, due.doses_given) == (DueStatus.DUE, 1, 0)
    assert due.release


def test_a_bad_row_refuses_only_itself(anyone, newcomer, noon):
    good, future, nameless = newcomer(1), newcomer(3, birth=date(2021, 4, 11)), newcomer(5, name=" ")
    wrong = replace(newcomer(7), documents=(DocumentGiven(kind="RESIDENT_ID", number="509999198005010079"),))
    nowhere, last = newcomer(9, leaf_id=-1), newcomer(11)
    outcomes = persons_register(anyone, [good, future, nameless, wrong, nowhere, last])
    codes = [o.refusal.code if o.refusal else None for o in outcomes]
    assert codes[:3] == [None, "BIRTH_IN_FUTURE", "NAME_MISSING"]
    assert codes[3] in {"DOCUMENT_CHECK_DIGIT"}
    assert codes[4:] == ["LEAF_UNKNOWN", None]
    assert Person.objects.count() == 2


def test_a_repeat_registers_nobody_twice(anyone, newcomer):
    items = [newcomer(n) for n in (1, 3)]
    first, again = persons_register(anyone, items), persons_register(anyone, items)
    assert [o.answer for o in first] == [o.answer for o in again]
    assert all(o.replayed for o in again)
    assert Person.objects.count() == 2


def test_a_known_document_names_the_person_who_has_it(anyone, newcomer, people, act):
    (known,) = people(1)
    twin = replace(newcomer(1), act=act("twin"), name="李四")
    fresh = replace(newcomer(3), act=act("fresh"))
    same = replace(newcomer(3), act=act("same"))
    outcomes = persons_register(anyone, [twin, fresh, same])
    assert (outcomes[0].refusal.code, outcomes[0].refusal.params["person_id"]) == ("DOCUMENT_KNOWN", known)
    assert outcomes[1].done
    assert (outcomes[2].refusal.code, outcomes[2].refusal.params["person_id"]) == (
        "DOCUMENT_KNOWN",
        outcomes[1].answer["person_id"],
    )


def test_without_a_document_somebody_must_know_the_person(anyone, newcomer):
    alone = newcomer(1, documents=())
    seen = newcomer(3, documents=(), witness="王村医", name="赵小六")
    outcomes = persons_register(anyone, [alone, seen])
    assert outcomes[0].refusal.code == "IDENTITY_NEEDS_WITNESS"
    row = selectors.person(anyone, outcomes[1].answer["person_id"], "test")
    assert row.document.startswith("TMP")


def test_people_who_look_alike_become_candidates_and_are_never_merged(anyone, newcomer, people):
    (known,) = people(1, name="曾丽")
    (outcome,) = persons_register(anyone, [newcomer(3, name="曾莉", documents=(), witness="邻居")])
    assert outcome.answer["candidates"] == 1
    pair = MatchCandidate.objects.get()
    assert (pair.person_id, pair.other_id, pair.state) == (outcome.answer["person_id"], known, "open")
    assert selectors.candidates(anyone)[0].reason == "SAME_SOUND_AND_BIRTH"


def test_two_valid_resident_numbers_are_two_people(people):
    people(1, 3, name="张伟")
    assert MatchCandidate.objects.count() == 0


def test_a_birth_date_of_lesser_precision_agrees_with_a_document_of_that_month(anyone, newcomer):
    from seawall.terms.codes import Precision

    month = newcomer(1, birth_precision=Precision.MONTH)
    other = replace(newcomer(3), birth=date(1980, 6, 1), birth_precision=Precision.MONTH)
    outcomes = persons_register(anyone, [month, other])
    assert outcomes[0].done
    assert outcomes[1].refusal.code == "DOCUMENT_BIRTH_DIFFERS"


def test_reserved_ids_are_kept(anyone, newcomer):
    ids = persons_reserve(3)
    outcomes = persons_register(anyone, [newcomer(2 * n + 1, person_id=i) for n, i in enumerate(ids)])
    assert [o.answer["person_id"] for o in outcomes] == ids


def test_statements_do_not_grow_with_the_batch(anyone, newcomer, act):
    counts = []
    for size in (1, 30, 200):
        items = [
            newcomer(n * 2 % 1000, birth=date(1950, 1, 1) + timedelta(days=size * 60 + n), act=act(size, n))
            for n in range(size)
        ]
        with CaptureQueriesContext(connection) as queries:
            outcomes = persons_register(anyone, items)
        assert all(o.done for o in outcomes)
        counts.append(len(queries))
    assert len(set(counts)) == 1
