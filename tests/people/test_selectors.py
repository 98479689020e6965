"""Who may see whom, how people are found, and that every look is on record."""

from dataclasses import replace
from datetime import date

import pytest

from seawall.people import selectors
from seawall.people.services import (
    contact_assign,
    document_link,
    household_register,
    membership_record,
    organisation_register,
    residence_record,
)
from seawall.platform import sql
from seawall.terms.actor import Reach
from seawall.terms.acts import Refused
from seawall.terms.rosters import (
    ContactAssign,
    DocumentLink,
    HouseholdRegister,
    MembershipRecord,
    OrganisationRegister,
    ResidenceRecord,
)

from .conftest import resident_id

pytestmark = pytest.mark.django_db
BIRTH = date(1980, 5, 1)


def looks():
    return sql.fetch("SELECT person_id, page FROM platform_look ORDER BY looked_at, person_id")


@pytest.fixture
def employer(anyone, act, noon, leaf):
    """Register an organisation; its id."""

    def make(name, sector="HEALTH", parent=None):
        item = OrganisationRegister(
            act=act("org", name),
            occurred_at=noon,
            name_zh=name,
            kind="HOSPITAL",
            sector=sector,
            leaf_id=leaf,
            parent_id=parent,
        )
        return organisation_register(anyone, [item])[0].answer["organisation_id"]

    return make


@pytest.fixture
def join(anyone, act, noon):
    def make(person, organisation, since=date(2021, 1, 1), until=None):
        item = MembershipRecord(
            act=act("join", person, organisation, since, until),
            occurred_at=noon,
            person_id=person,
            organisation_id=organisation,
            since=since,
            until=until,
        )
        assert membership_record(anyone, [item])[0].done

    return make


def test_a_person_outside_the_area_is_not_told_to_exist(anyone, people, leaf, other_leaf):
    (person,) = people(1)
    here, there = (replace(anyone, reach=Reach(leaves=frozenset({x}))) for x in (leaf, other_leaf))
    assert selectors.person(here, person, "test").person_id == person
    unknown = person + 10_000
    answers = []
    for asked in (person, unknown):
        with pytest.raises(Refused) as refused:
            selectors.person(there, asked, "test")
        answers.append(refused.value.refusal.code)
    assert answers == ["PERSON_NOT_IN_REACH", "PERSON_NOT_IN_REACH"]
    assert selectors.search(there, "张三丰") == []
    assert looks() == [(person, "test")]


def test_a_site_sees_whoever_came_to_it(anyone, people):
    (person,) = people(1)
    site = replace(anyone, reach=Reach(sites=frozenset({5})))
    with pytest.raises(Refused):
        selectors.person(site, person, "station")
    assert selectors.person(selectors.reaching(site, [person]), person, "station").person_id == person


@pytest.mark.parametrize(
    "text", ["曾丽", "曾", "zengli", "zl", "ZengLi", "曾丽 1980-05-01", "曾丽19800501", resident_id(BIRTH, 1)]
)
def test_people_are_found_by_name_pinyin_initials_and_number(anyone, people, text):
    (person, _) = people(1, name="曾丽") + people(3, name="王芳")
    assert [row.person_id for row in selectors.search(anyone, text)] == [person]
    assert looks() == [(person, "search")]


@pytest.mark.parametrize("text", ["", "%", "曾丽 1980-05-02", "曾丽 1980-13-02", "509999198005010099"])
def test_what_finds_nobody_finds_nobody(anyone, people, text):
    people(1, name="曾丽")
    assert selectors.search(anyone, text) == []


def test_clear_numbers_need_a_right_and_are_on_record(anyone, people):
    (person,) = people(1)
    reader = replace(anyone, grants=frozenset({"see:document"}))
    assert selectors.person(reader, person, "test", ["document"]).document == resident_id(BIRTH, 1)
    assert sql.fetch("SELECT revealed FROM platform_look") == [(["document"],)]
    with pytest.raises(Refused):
        selectors.person(reader, person, "test", ["phone"])


def test_a_document_and_a_birth_date_name_a_person(people):
    (person,) = people(1)
    assert selectors.identify(resident_id(BIRTH, 1), BIRTH) == person
    assert selectors.identify(resident_id(BIRTH, 1), date(1980, 5, 2)) is None
    assert selectors.identify(resident_id(BIRTH, 3), BIRTH) is None
    assert selectors.identify("nonsense", BIRTH) is None


def test_whoever_holds_a_document_is_served(anyone, people):
    (person,) = people(1)
    desk = replace(anyone, grants=frozenset({"visit_arrive"}), reach=Reach(sites=frozenset({5})))
    assert selectors.present(desk, resident_id(BIRTH, 1)).person_id == person
    assert selectors.present(desk, resident_id(BIRTH, 3)) is None
    assert looks() == [(person, "arrival")]


def test_a_document_shown_later_ends_the_temporary_number(anyone, newcomer, people, act, noon):
    (person,) = people(1, documents=(), witness="王村医")
    number = resident_id(BIRTH, 9)
    link = DocumentLink(act=act("link"), occurred_at=noon, person_id=person, kind="RESIDENT_ID", number=number)
    assert document_link(anyone, [link])[0].done
    assert selectors.person(anyone, person, "test").document == "509***********" + number[-4:]
    assert [(d.kind, d.valid) for d in selectors.documents([person])[person]] == [
        ("RESIDENT_ID", True),
        ("TEMPORARY", False),
    ]
    (other,) = people(11)
    (refused,) = document_link(anyone, [replace(link, act=act("steal"), person_id=other)])
    assert (refused.refusal.code, refused.refusal.params["person_id"]) == ("DOCUMENT_KNOWN", person)


def test_a_roster_holds_each_member_once_and_its_parts(anyone, people, employer, join):
    one, two, three = people(1, 3, 5)
    group = employer("集团")
    part = employer("一院", parent=group)
    join(one, group)
    join(one, part)
    join(two, part)
    join(three, part, until=date(2021, 3, 1))
    liaison = replace(anyone, reach=Reach(organisations=frozenset({group})))
    assert {m.person_id for m in selectors.roster(liaison, group, date(2021, 4, 10))} == {one, two}
    assert {o.organisation_id for o in selectors.organisations(liaison)} == {group, part}
    assert selectors.person(liaison, one, "roster").person_id == one
    with pytest.raises(Refused):
        selectors.roster(replace(anyone, reach=Reach(organisations=frozenset({-1}))), group, date(2021, 4, 10))


def test_a_sector_sees_its_own(anyone, people, employer, join):
    one, two = people(1, 3)
    join(one, employer("一院", "HEALTH"))
    join(two, employer("车队", "TRANSPORT"))
    sector = replace(anyone, reach=Reach(sectors=frozenset({"HEALTH"})))
    assert [o.name_zh for o in selectors.organisations(sector)] == ["一院"]
    assert set(selectors.persons(sector, [one, two], "test")) == {one}


def test_a_person_in_two_organisations_counts_once(people, employer, join):
    (one,) = people(1)
    first, second = employer("一院"), employer("学校", "EDUCATION")
    join(one, second, since=date(2021, 2, 1))
    join(one, first, since=date(2021, 1, 1))
    frame = selectors.population_frame(date(2021, 4, 10))
    assert frame.select("person", "organisation", "sector").rows() == [(one, first, "HEALTH")]


def test_a_household_answers_to_its_contact_before_its_area(anyone, act, noon, leaf, people):
    home = HouseholdRegister(act=act("home"), occurred_at=noon, leaf_id=leaf)
    household = household_register(anyone, [home])[0].answer["household_id"]
    inside, outside = people(1, household_id=household) + people(3)
    contact_assign(
        anyone,
        [
            ContactAssign(act=act("a"), occurred_at=noon, leaf_id=leaf, post_id=7, since=date(2021, 1, 1)),
            ContactAssign(
                act=act("b"), occurred_at=noon, leaf_id=leaf, household_id=household, post_id=8, since=date(2021, 1, 1)
            ),
        ],
    )
    contact_assign(
        anyone, [ContactAssign(act=act("c"), occurred_at=noon, leaf_id=leaf, post_id=9, since=date(2021, 4, 1))]
    )
    rows = selectors.living([inside, outside], date(2021, 4, 10))
    assert (rows[inside].contact_post_id, rows[outside].contact_post_id) == (8, 9)
    assert selectors.contacts([leaf], date(2021, 3, 31)) == {leaf: 7}


def test_who_moves_away_or_dies_leaves_the_plan(anyone, people, act, noon, leaf, other_leaf):
    one, two, three = people(1, 3, 5)
    since = date(2021, 4, 5)
    moves = [(one, other_leaf, "active"), (two, leaf, "died"), (three, leaf, "away")]
    items = [
        ResidenceRecord(act=act("move", p), occurred_at=noon, person_id=p, leaf_id=to, state=state, since=since)
        for p, to, state in moves
    ]
    assert all(o.done for o in residence_record(anyone, items))
    frame = selectors.due_frame("covid19-cn", date(2021, 4, 10))
    assert frame.select("person", "leaf").rows() == [(one, other_leaf), (three, leaf)]
    episodes = sql.fetch("SELECT leaf_id, until FROM people_residence WHERE person_id = %s ORDER BY since", [one])
    assert [leaf_id for leaf_id, _ in episodes] == [other_leaf, leaf] or episodes[-1] == (other_leaf, None)
