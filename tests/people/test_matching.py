"""Two records of one person: an alias, nothing rewritten, undone without a trace left behind."""

from dataclasses import replace
from datetime import date

import pytest

from seawall.people import selectors
from seawall.people.models import DoseEvent, Due, MatchCandidate, Person
from seawall.people.services import (
    candidate_decide,
    dose_record,
    matching,
    person_merge,
    person_unmerge,
    persons_register,
)
from seawall.platform import sql
from seawall.terms.actor import Reach
from seawall.terms.rosters import CandidateDecide, PersonMerge, PersonUnmerge

pytestmark = pytest.mark.django_db
CN = "covid19-cn"


@pytest.fixture
def merge(anyone, act, noon):
    def make(person, into, name=""):
        item = PersonMerge(
            act=act("merge", person, into, name), occurred_at=noon, person_id=person, into_id=into, reason="same"
        )
        return person_merge(anyone, [item])[0]

    return make


@pytest.fixture
def unmerge(anyone, act, noon):
    def make(person, name=""):
        item = PersonUnmerge(act=act("unmerge", person, name), occurred_at=noon, person_id=person, reason="mistake")
        return person_unmerge(anyone, [item])[0]

    return make


def test_two_histories_are_judged_as_one_and_none_is_rewritten(anyone, people, dose, merge):
    one, two = people(1, 3)
    dose_record(anyone, [dose(one, date(2021, 3, 10)), dose(two, date(2021, 4, 5))])
    owners = set(DoseEvent.objects.values_list("person_id", "act"))
    assert merge(two, one).answer["into"] == one
    for asked in (one, two):
        row = selectors.due_rows([asked], CN, date(2021, 4, 10))[asked]
        assert (row.status, row.doses_given) == ("complete", 2)
        assert [d.dose_rank for d in selectors.dose_rows([asked], CN)[asked]] == [1, 2]
        assert selectors.person(anyone, asked, "test").person_id == one
    assert set(DoseEvent.objects.values_list("person_id", "act")) == owners
    assert selectors.due_frame(CN, date(2021, 4, 10))["person"].to_list() == [one]
    assert len(selectors.documents([one])[one]) == 2


def test_a_merge_undone_leaves_both_as_they_were(anyone, people, dose, merge, unmerge):
    one, two = people(1, 3)
    dose_record(anyone, [dose(one, date(2021, 3, 10)), dose(two, date(2021, 4, 5))])
    columns = ("person_id", "status", "dose_rank", "earliest", "doses_given")
    before = set(Due.objects.values_list(*columns))
    merge(two, one)
    assert unmerge(two).answer["was"] == one
    assert set(Due.objects.values_list(*columns)) == before
    assert unmerge(two, "again").refusal.code == "PERSON_IS_NO_ALIAS"


def test_a_dose_for_an_alias_is_the_persons(anyone, people, dose, merge):
    one, two = people(1, 3)
    merge(two, one)
    (outcome,) = dose_record(anyone, [dose(two, date(2021, 4, 1))])
    assert outcome.done
    assert DoseEvent.objects.get().person_id == one
    (same,) = dose_record(anyone, [dose(one, date(2021, 4, 1), name="twice")])
    assert same.refusal.code == "DOSE_SAME_DAY"


def test_chains_lead_to_the_last_and_break_where_they_are_undone(people, merge, unmerge):
    a, b, c = people(1, 3, 5)
    merge(a, b)
    merge(b, c)
    assert selectors.roots([a, b, c]) == {a: c, b: c, c: c}
    unmerge(b)
    assert selectors.roots([a, b, c]) == {a: b, b: b, c: c}


def test_impossible_merges_are_refused(people, merge):
    one, two, three = people(1, 3, 5)
    merge(two, one)
    assert merge(two, three).refusal.code == "PERSON_IS_ALIAS"
    assert merge(one, one, "self").refusal.code == "MERGE_WITH_ITSELF"
    assert merge(one, two, "ring").refusal.code == "MERGE_WITH_ITSELF"
    assert merge(one, -1).refusal.code == "PERSON_NOT_IN_REACH"


def test_a_merge_is_announced_once(people, merge):
    one, two = people(1, 3)
    merge(two, one)
    merge(two, one)
    facts = sql.fetch("SELECT fact, owner_id, payload->>'into' FROM platform_fact")
    assert facts == [("PersonMerged", two, str(one))]


def test_nobody_merges_persons_outside_their_reach(anyone, people, act, noon, other_leaf):
    one, two = people(1, 3)
    stranger = replace(anyone, reach=Reach(leaves=frozenset({other_leaf})))
    item = PersonMerge(act=act("x"), occurred_at=noon, person_id=one, into_id=two, reason="")
    assert person_merge(stranger, [item])[0].refusal.code == "PERSON_NOT_IN_REACH"
    assert Person.objects.filter(merged_into__isnull=False).count() == 0


def test_a_pair_outside_ones_reach_stays_open(anyone, newcomer, people, act, noon, other_leaf):
    (known,) = people(1, name="曾丽")
    (twin,) = persons_register(anyone, [newcomer(3, name="曾莉", documents=(), witness="邻居")])
    stranger = replace(anyone, reach=Reach(leaves=frozenset({other_leaf})))
    pair = {"person_id": twin.answer["person_id"], "other_id": known}
    (outcome,) = candidate_decide(stranger, [CandidateDecide(act=act("two"), occurred_at=noon, **pair)])
    assert outcome.refusal.code == "CANDIDATE_UNKNOWN"
    assert MatchCandidate.objects.get().state == "open"


def test_a_pair_of_two_people_is_closed(anyone, newcomer, people, act, noon):
    (known,) = people(1, name="曾丽")
    (twin,) = persons_register(anyone, [newcomer(3, name="曾莉", documents=(), witness="邻居")])
    pair = {"person_id": twin.answer["person_id"], "other_id": known}
    (outcome,) = candidate_decide(anyone, [CandidateDecide(act=act("two"), occurred_at=noon, **pair)])
    assert outcome.done
    assert MatchCandidate.objects.get().state == "different"
    assert selectors.candidates(anyone) == []


@pytest.mark.parametrize("newcomers", [1, 2000])
def test_each_newcomer_is_looked_up_by_birth_and_sound_whatever_the_batch(newcomers, noon):
    ids = list(range(1, newcomers + 1))
    sql.execute("SET LOCAL enable_seqscan = off")
    plan = "\n".join(line for (line,) in sql.fetch(f"EXPLAIN {matching.FIND}", [noon, ids, ids]))
    assert "Index Scan using person_birth_sound" in plan and "Hash Join" not in plan and "Merge Join" not in plan
