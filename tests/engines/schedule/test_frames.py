"""What `judge` makes of frames that are empty, unordered or incomplete."""

from datetime import date

import polars as pl
import pytest

from seawall.engines.schedule import judge, load, shipped

from .agreement import CONDITIONS, DOSES, PERSONS

AS_OF = date(2021, 6, 9)


@pytest.fixture(scope="module")
def covid():
    return load(shipped("covid19-cn"))


def persons(*rows):
    return pl.DataFrame(rows, schema=PERSONS, orient="row")


def doses(*rows):
    return pl.DataFrame([(*row, "day", "history", None) for row in rows], schema=DOSE_ORDER, orient="row").select(
        list(DOSES)
    )


DOSE_ORDER = {name: DOSES[name] for name in ("person", "given_on", "product", "precision", "source", "volume")}


def test_nobody_and_nothing(covid):
    answer = judge(covid, persons(), doses(), None, as_of=AS_OF)
    assert (len(answer.verdicts), len(answer.due)) == (0, 0)
    assert answer.due.schema["products"] == pl.List(pl.String)


def test_answers_keep_the_order_given(covid):
    people = persons((9, date(1980, 1, 1), "day", 1), (2, date(1990, 1, 1), "day", 2), (5, date(1970, 1, 1), "day", 0))
    given = doses(
        (5, date(2021, 5, 1), "SVAC"),
        (9, date(2021, 5, 31), "BIBP"),
        (5, date(2021, 4, 1), "SVAC"),
        (9, date(2021, 5, 10), "BIBP"),
    )
    answer = judge(covid, people, given, None, as_of=AS_OF)
    assert answer.due["person"].to_list() == [9, 2, 5]
    assert answer.due["status"].to_list() == ["complete", "due", "complete"]
    assert answer.verdicts["row"].to_list() == [0, 1, 2, 3]
    assert answer.verdicts["dose_rank"].to_list() == [2, 2, 1, 1]


def test_one_person_and_a_city_give_the_same_answer(covid):
    people = persons(*((n, date(1950 + n % 70, 1 + n % 12, 1), "day", n % 3) for n in range(6_000)))
    given = doses(*((n, date(2021, 4, 1 + n % 28), ("BIBP", "AD5", "ZF2001", None)[n % 4]) for n in range(0, 6_000, 2)))
    all_at_once = judge(covid, people, given, None, as_of=AS_OF)
    for n in (0, 1, 2, 6, 17, 4444):
        alone = judge(covid, people[n : n + 1], given.filter(person=n), None, as_of=AS_OF)
        assert alone.due.equals(all_at_once.due[n : n + 1])


def test_a_condition_that_the_schedule_does_not_know_changes_nothing(covid):
    people = persons((1, date(1980, 1, 1), "day", 1))
    conditions = pl.DataFrame([(1, "HICCUPS", date(2021, 1, 1), None)], schema=CONDITIONS, orient="row")
    assert judge(covid, people, doses(), conditions, as_of=AS_OF).due["status"].to_list() == ["due"]


def test_without_birth_date_the_age_is_not_guessed(covid):
    people = persons((1, None, "day", 1), (2, date(1980, 1, 1), "day", None))
    answer = judge(covid, people, doses((1, date(2021, 5, 10), "BIBP")), None, as_of=AS_OF)
    assert answer.due["reason"].to_list() == ["DUE_AGE_UNCERTAIN", "DUE_FIRST"]
    assert answer.verdicts["verdict"].to_list() == ["valid"]


def test_a_dose_of_nobody_is_the_caller_s_mistake(covid):
    with pytest.raises(ValueError, match="not among the persons"):
        judge(covid, persons((1, date(1980, 1, 1), "day", 1)), doses((2, date(2021, 5, 10), "BIBP")), None, as_of=AS_OF)
