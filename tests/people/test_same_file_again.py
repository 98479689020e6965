"""The same file again (case same-file-again): judged by what is now, while rows that are done stay done once."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from seawall.people import selectors
from seawall.people.models import DoseEvent, Import, Person
from seawall.people.services import file_commit
from seawall.platform import clock, sql
from seawall.terms.actor import Reach
from seawall.terms.acts import Refused

from .conftest import problems, resident_id

pytestmark = pytest.mark.django_db
NUMBER = resident_id(date(1980, 5, 1), 11)
HEAD = ["姓名", "证件号码", "接种日期", "疫苗品种", "批号"]


def doses(*rows):
    return [HEAD, *rows]


def test_a_dose_is_taken_once_its_person_is_registered(anyone, stage, people):
    file = doses(["张三丰", NUMBER, "2021-04-01", "BIBP", "L1"])
    first = stage(file, "doses")
    assert problems(first) == [(2, "document_number", "PERSON_OF_DOCUMENT_UNKNOWN")]
    assert file_commit(anyone, first.import_id) == {"refused": 1}
    people(11)
    again = stage(file, "doses")
    assert again.import_id != first.import_id
    assert file_commit(anyone, again.import_id) == {"done": 1}


def test_a_dose_of_tomorrow_is_taken_tomorrow(anyone, stage, people, monkeypatch):
    people(11)
    tomorrow = clock.today() + timedelta(days=1)
    file = doses(["张三丰", NUMBER, tomorrow.isoformat(), "BIBP", "L1"])
    assert problems(stage(file, "doses")) == [(2, "given_on", "DOSE_IN_FUTURE")]
    later = clock.now() + timedelta(days=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    monkeypatch.setattr(clock, "today", lambda: tomorrow)
    assert file_commit(anyone, stage(file, "doses").import_id) == {"done": 1}


def test_a_name_put_right_in_the_record_lets_the_row_in(anyone, stage, people):
    (person,) = people(11, name="王老五")
    file = [["姓名", "证件号码"], ["张三丰", NUMBER]]
    assert problems(stage(file)) == [(2, "name", "NAME_DIFFERS")]
    sql.execute("UPDATE people_person SET name = '张三丰' WHERE id = %s", [person])
    assert file_commit(anyone, stage(file).import_id) == {"done": 1}


def test_a_file_only_shown_yesterday_is_committed_today(anyone, stage, monkeypatch):
    file = [["姓名", "证件号码"], ["张三丰", NUMBER]]
    shown = stage(file)
    later = clock.now() + timedelta(days=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert stage(file).import_id == shown.import_id
    assert file_commit(anyone, shown.import_id) == {"done": 1}


def test_another_programme_is_another_import(anyone, stage, people):
    people(11)
    file = doses(["张三丰", NUMBER, "2021-04-01", "", "L1"])
    covid = stage(file, "doses")
    file_commit(anyone, covid.import_id)
    other = stage(file, "doses", programme="influenza-cn")
    assert other.import_id != covid.import_id
    assert file_commit(anyone, other.import_id) == {"done": 1}
    assert sorted(DoseEvent.objects.values_list("programme", flat=True)) == ["covid19-cn", "influenza-cn"]


def test_an_unknown_programme_is_refused_in_words(stage):
    with pytest.raises(Refused) as refused:
        stage(doses(["张三丰", NUMBER, "2021-04-01", "BIBP", "L1"]), "doses", programme="smallpox")
    assert refused.value.refusal.code == "PROGRAMME_UNKNOWN"


def test_rows_that_are_done_stay_done_once_even_without_a_document(anyone, stage, people):
    file = [["姓名", "证件号码", "出生日期", "见证人"], ["钱八", "", "1991-03-04", "邻居"], ["李四", NUMBER, "", ""]]
    (other,) = people(11, name="王老五")
    first = stage(file)
    assert file_commit(anyone, first.import_id) == {"done": 1, "refused": 1}
    sql.execute("UPDATE people_person SET name = '李四' WHERE id = %s", [other])
    again = stage(file)
    assert (again.done, again.ready, again.refused) == (1, 1, 0)
    assert file_commit(anyone, again.import_id) == {"done": 2}
    assert Person.objects.count() == 2
    assert stage(file).import_id == again.import_id


def test_two_judgings_of_one_file_never_register_a_row_twice(anyone, stage, people):
    file = [["姓名", "证件号码", "出生日期", "见证人"], ["钱八", "", "1991-03-04", "邻居"]]
    first = stage(file)
    colleague = replace(anyone, post_id=77)
    second = stage(file, who=colleague)
    assert file_commit(anyone, first.import_id) == file_commit(colleague, second.import_id) == {"done": 1}
    assert Person.objects.count() == 1


def test_a_judging_that_a_later_one_replaced_is_not_committed(anyone, stage, people):
    file = doses(["张三丰", NUMBER, "2021-04-01", "BIBP", "L1"])
    first = stage(file, "doses")
    people(11)
    stage(file, "doses")
    assert Import.objects.get(id=first.import_id).state == "replaced"
    with pytest.raises(Refused) as refused:
        file_commit(anyone, first.import_id)
    assert refused.value.refusal.code == "IMPORT_REPLACED"


def test_the_preview_judges_reach_as_the_commit_does(anyone, stage, leaf, other_leaf):
    mine, theirs = selectors_code(leaf), selectors_code(other_leaf)
    file = [
        ["姓名", "证件号码", "居住地"],
        ["张三丰", NUMBER, mine],
        ["李四", resident_id(date(1975, 7, 9), 22), theirs],
    ]
    here = replace(anyone, post_id=8, reach=Reach(leaves=frozenset({leaf})))
    there = replace(anyone, post_id=9, reach=Reach(leaves=frozenset({other_leaf})))
    first = stage(file, who=here, organisation=0)
    assert problems(first) == [(3, "area", "OUT_OF_AREA")]
    assert file_commit(here, first.import_id) == {"done": 1, "refused": 1}
    second = stage(file, who=there, organisation=0)
    assert (second.done, second.ready, second.refused) == (1, 1, 0)
    assert file_commit(there, second.import_id) == {"done": 2}


def test_the_preview_of_doses_names_those_out_of_reach(anyone, stage, people, other_leaf):
    people(11)
    stranger = replace(anyone, post_id=9, reach=Reach(leaves=frozenset({other_leaf})))
    page = stage(doses(["张三丰", NUMBER, "2021-04-01", "BIBP", "L1"]), "doses", who=stranger)
    assert problems(page) == [(2, "document_number", "PERSON_NOT_IN_REACH")]


def selectors_code(leaf_id):
    from seawall.reference.selectors import area

    return area(leaf_id, clock.today()).code


def test_a_file_unchanged_after_it_was_done_is_the_same_import(anyone, stage):
    file = [["姓名", "证件号码"], ["张三丰", NUMBER], ["李四", "123"]]
    first = stage(file)
    file_commit(anyone, first.import_id)
    assert stage(file).import_id == first.import_id
    assert selectors.import_page(anyone, first.import_id).ready == 0
