"""One dose history for all sources, and what is due told in the same transaction."""

from dataclasses import replace
from datetime import date, timedelta

import polars as pl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from seawall.people import judging, selectors
from seawall.people.models import DoseEvent, Due, Person
from seawall.people.services import condition_record, dose_correct, dose_record, dues_refresh
from seawall.people.services import due as dues
from seawall.terms.actor import Reach
from seawall.terms.codes import DoseSource, DueStatus
from seawall.terms.people import ConditionRecord

pytestmark = pytest.mark.django_db
CN = "covid19-cn"


def due(person_id, on=date(2021, 4, 10)):
    return selectors.due_rows([person_id], CN, on)[person_id]


def test_a_dose_is_judged_and_the_next_is_due_at_once(anyone, people, dose):
    (person,) = people(1)
    (outcome,) = dose_record(anyone, [dose(person, date(2021, 4, 1))])
    answer = outcome.answer
    assert (answer["verdict"], answer["dose_rank"], answer["dose_number"]) == ("valid", 1, 1)
    assert (answer["status"], answer["next_rank"], answer["next_earliest"]) == ("not_yet", 2, "2021-04-22")
    row = due(person)
    assert (row.status, row.dose_rank, row.earliest, row.doses_given) == (DueStatus.NOT_YET, 2, date(2021, 4, 22), 1)


def test_days_pass_without_any_row_being_rewritten(anyone, people, dose):
    (person,) = people(1)
    dose_record(anyone, [dose(person, date(2021, 4, 1))])
    stored = Due.objects.get(person_id=person).status
    told = [
        due(person, day).status for day in (date(2021, 4, 21), date(2021, 4, 22), date(2021, 5, 27), date(2021, 5, 28))
    ]
    assert told == [DueStatus.NOT_YET, DueStatus.DUE, DueStatus.DUE, DueStatus.OVERDUE]
    assert Due.objects.get(person_id=person).status == stored


def test_a_status_by_date_agrees_with_the_engine_asked_on_that_date(anyone, people, dose):
    first, second, third = people(1, 3, 5)
    dose_record(anyone, [dose(first, date(2021, 4, 1)), dose(second, date(2021, 3, 1), "ZF2001")])
    days = [date(2021, 4, 10) + timedelta(days=n) for n in range(0, 75, 5)]
    told = {
        day: {p: row.status for p, row in selectors.due_rows([first, second, third], CN, day).items()} for day in days
    }
    for day in days:
        dues_refresh(anyone, None, CN, day)
        assert {p: row.status for p, row in selectors.due_rows([first, second, third], CN, day).items()} == told[day]


def test_each_impossible_line_is_refused_by_itself(anyone, people, dose, act):
    (person,) = people(1)
    items = [
        dose(person, date(2021, 4, 1)),
        dose(person, date(1979, 1, 1)),
        dose(person, date(2021, 4, 11)),
        dose(person, date(2021, 3, 1), product="ASPIRIN"),
        dose(person, date(2021, 4, 1), name="again"),
        dose(-1, date(2021, 4, 1)),
        replace(dose(person, date(2021, 3, 2)), programme="rabies-xx"),
        replace(dose(person, date(2021, 3, 3)), country="QQ"),
        replace(dose(person, date(2021, 3, 4)), corrects=act("nothing")),
        dose(person, date(2021, 3, 11), product=None, source=DoseSource.ELSEWHERE),
    ]
    outcomes = dose_record(anyone, items)
    assert [o.refusal.code if o.refusal else None for o in outcomes] == [
        None,
        "DOSE_BEFORE_BIRTH",
        "DOSE_IN_FUTURE",
        "PRODUCT_NOT_OF_PROGRAMME",
        "DOSE_SAME_DAY",
        "PERSON_NOT_IN_REACH",
        "PROGRAMME_UNKNOWN",
        "COUNTRY_UNKNOWN",
        "DOSE_TO_CORRECT_UNKNOWN",
        None,
    ]
    assert DoseEvent.objects.count() == 2


def test_a_repeat_changes_nothing(anyone, people, dose):
    (person,) = people(1)
    items = [dose(person, date(2021, 4, 1))]
    first, again = dose_record(anyone, items)[0], dose_record(anyone, items)[0]
    assert again.replayed
    assert dict(first.answer) == dict(again.answer)
    assert DoseEvent.objects.count() == 1


def test_a_correction_is_a_new_line_and_both_are_kept(anyone, people, dose, act):
    (person,) = people(1)
    wrong = dose(person, date(2021, 3, 5))
    dose_record(anyone, [wrong])
    right = replace(dose(person, date(2021, 3, 15)), corrects=wrong.act)
    (outcome,) = dose_record(anyone, [right])
    assert outcome.answer["dose_rank"] == 1
    assert [d.given_on for d in selectors.dose_rows([person], CN)[person]] == [date(2021, 3, 15)]
    both = selectors.dose_rows([person], CN, corrected=True)[person]
    assert [(d.given_on, d.corrected) for d in both] == [(date(2021, 3, 5), True), (date(2021, 3, 15), False)]
    assert due(person).earliest == date(2021, 4, 5)
    (again,) = dose_record(anyone, [replace(right, act=act("late"), given_on=date(2021, 3, 16), corrects=wrong.act)])
    assert again.refusal.code == "DOSE_TO_CORRECT_UNKNOWN"


def test_a_withdrawn_line_no_longer_counts(anyone, people, dose, act):
    (person,) = people(1)
    line = dose(person, date(2021, 3, 5))
    dose_record(anyone, [line])
    dose_record(anyone, [replace(line, act=act("back"), corrects=line.act, withdrawn=True)])
    row = due(person)
    assert (row.status, row.dose_rank, row.doses_given) == (DueStatus.DUE, 1, 0)
    assert selectors.dose_rows([person], CN) == {}


def test_a_short_interval_is_recorded_judged_and_repaired(anyone, people, dose):
    (person,) = people(1)
    dose_record(anyone, [dose(person, date(2021, 3, 30))])
    (outcome,) = dose_record(anyone, [dose(person, date(2021, 4, 9))])
    assert (outcome.answer["verdict"], outcome.answer["reason"]) == ("not_valid", "DOSE_INTERVAL_SHORT")
    row = due(person)
    assert (row.dose_rank, row.doses_given, row.earliest) == (2, 2, date(2021, 4, 30))


def test_a_finding_puts_off_and_lets_go_by_date(anyone, people, act, noon):
    (person,) = people(1)
    fever = ConditionRecord(
        act=act("fever"),
        occurred_at=noon,
        person_id=person,
        kind="FEVER",
        since=date(2021, 4, 10),
        until=date(2021, 4, 12),
    )
    (outcome,) = condition_record(anyone, [fever])
    assert outcome.answer["covid19-cn.status"] == "deferred"
    assert [due(person, date(2021, 4, n)).status for n in (10, 12, 13)] == [
        DueStatus.DEFERRED,
        DueStatus.DEFERRED,
        DueStatus.DUE,
    ]
    assert selectors.conditions([person], date(2021, 4, 12))[person][0].kind == "FEVER"
    assert selectors.conditions([person], date(2021, 4, 13)) == {}


def test_a_later_row_on_the_same_finding_counts(anyone, people, act, noon):
    (person,) = people(1)
    finding = ConditionRecord(act=act("p"), occurred_at=noon, person_id=person, kind="PREGNANT", since=date(2021, 4, 1))
    condition_record(anyone, [finding])
    assert due(person).status == DueStatus.CONTRAINDICATED
    condition_record(anyone, [replace(finding, act=act("q"), until=date(2021, 4, 5))])
    assert due(person).status == DueStatus.DUE


def test_a_post_records_for_its_area_and_a_site_for_whoever_comes(anyone, people, dose, leaf, other_leaf):
    (person,) = people(1)
    elsewhere = replace(anyone, reach=Reach(leaves=frozenset({other_leaf})))
    site = replace(anyone, reach=Reach(sites=frozenset({77})))
    here = replace(anyone, reach=Reach(leaves=frozenset({leaf})))
    assert dose_record(elsewhere, [dose(person, date(2021, 4, 1), name="a")])[0].refusal.code == "PERSON_NOT_IN_REACH"
    assert dose_record(site, [dose(person, date(2021, 4, 1), name="b")])[0].refusal.code == "PERSON_NOT_IN_REACH"
    assert dose_record(site, [dose(person, date(2021, 3, 1), name="c", place_id=77)])[0].done
    assert dose_record(here, [dose(person, date(2021, 4, 1), name="d")])[0].done


def test_statements_do_not_grow_with_the_batch(anyone, people, dose):
    ids = people(*range(1, 400, 2))
    counts = []
    for size in (1, 20, 170):
        items = [dose(p, date(2021, 3, 1), name=size) for p in ids[:size]]
        ids = ids[size:]
        with CaptureQueriesContext(connection) as queries:
            assert all(o.done for o in dose_record(anyone, items))
        counts.append(len(queries))
    assert len(set(counts)) == 1
    assert counts[0] <= 17


def test_frames_hold_everybody_once(anyone, people, dose, leaf):
    one, two, _ = people(1, 3, 5)
    dose_record(anyone, [dose(one, date(2021, 3, 10)), dose(one, date(2021, 4, 5)), dose(two, date(2021, 4, 5))])
    frame = selectors.due_frame(CN, date(2021, 4, 10)).sort("person")
    assert frame["status"].to_list() == ["complete", "not_yet", "due"]
    assert frame["dose_rank"].to_list()[1:] == [2, 1]
    assert frame["products"].to_list()[1][0] == "BIBP"
    given = selectors.given_frame(CN).sort("person", "given_on")
    assert given.select("person", "dose_rank").rows() == [(one, 1), (one, 2), (two, 1)]
    assert set(given["leaf"]) == {leaf}
    assert selectors.population_frame(date(2021, 4, 10)).height == 3


def test_another_programme_is_judged_for_those_who_have_a_line_in_it(anyone, people, dose):
    one, two = people(1, 3)
    flu = replace(dose(one, date(2020, 11, 2), product="IIV4"), programme="influenza-cn")
    assert dose_record(anyone, [flu])[0].done
    assert set(selectors.due_rows([one, two], "influenza-cn")) == {one}
    assert set(selectors.due_rows([one, two], CN)) == {one, two}


def test_a_schedule_with_several_targets_keeps_a_row_for_each_and_the_one_that_calls_first(anyone, people, dose):
    (one,) = people(1)
    line = replace(dose(one, date(2021, 3, 1), product=None), programme="measles-sia")
    assert dose_record(anyone, [line])[0].done
    assert set(Due.objects.filter(person_id=one).values_list("programme", flat=True)) == {
        CN,
        "measles-sia",
        "measles-sia/CATCH_UP",
        "measles-sia/SIA",
    }
    assert selectors.due_rows([one], "measles-sia")[one].status == DueStatus.INELIGIBLE


def test_of_several_targets_the_programme_offers_the_dose_that_is_open_first(people):
    (child,) = people(1)
    Person.objects.filter(pk=child).update(birth=date(2008, 1, 1), birth_precision="day")
    born, conditions = dues.known([child])
    nothing = dues.lines([child], "measles-sia")
    for day, offered in ((date(2010, 9, 1), "CATCH_UP"), (date(2010, 9, 11), "SIA"), (date(2010, 10, 1), "CATCH_UP")):
        judged = judging.judge("measles-sia", born, nothing, conditions, day).due
        first = judged.filter(pl.col("programme") == "measles-sia")
        assert first["target"].to_list() == [offered], day
        assert judging.Judged("measles-sia", nothing, judged).due_by_person()[child]["status"] == first["status"][0]


def test_a_post_that_may_only_correct_adds_nothing(anyone, people, dose, act):
    (person,) = people(1)
    line = dose(person, date(2021, 3, 5))
    dose_record(anyone, [line])
    corrector = replace(anyone, grants=frozenset({"dose_correct"}))
    added = dose(person, date(2021, 4, 1))
    right = replace(line, act=act("right"), given_on=date(2021, 3, 6), corrects=line.act)
    outcomes = dose_correct(corrector, [added, right])
    assert [o.refusal.code if o.refusal else None for o in outcomes] == ["DOSE_TO_CORRECT_UNKNOWN", None]
    assert [d.given_on for d in selectors.dose_rows([person], CN)[person]] == [date(2021, 3, 6)]
