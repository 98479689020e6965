"""A release of rules: whose answer it changes is listed before it is switched on, and then it holds."""

import shutil
from dataclasses import replace
from datetime import date

import pytest

from seawall.engines.schedule import ScheduleMistakes, shipped
from seawall.people import selectors
from seawall.people.services import dose_record, dues_refresh, rules_preview, rules_release
from seawall.reference import selectors as reference
from seawall.terms.acts import Refused

pytestmark = pytest.mark.django_db
CN = "covid19-cn"
DAY = date(2021, 4, 12)


@pytest.fixture
def longer(tmp_path):
    """The city asks for 28 days between the first two doses instead of 21."""
    folder = shutil.copytree(shipped(CN), tmp_path / "rules")
    with (folder / "intervals.csv").open("a", encoding="utf-8") as file:
        file.write("CITY-2,2021-04-01,,INACT,2,previous,,14d,28d,,,,not_valid,city,市卫生健康委,通知,1,example\n")
    return folder


@pytest.fixture
def three(anyone, people, dose):
    """One with a dose 24 days ago, one with a dose six weeks ago, one without."""
    first, second, third = people(1, 2, 3)
    dose_record(anyone, [dose(first, date(2021, 3, 19)), dose(second, date(2021, 3, 1))])
    dues_refresh(anyone, None, CN, DAY)
    return first, second, third


def test_whose_answer_changes_is_listed_and_nothing_is_stored(anyone, three, longer):
    first, second, _ = three
    preview = rules_preview(anyone, longer, DAY)
    changes = {row["person"]: row for row in preview.changes.iter_rows(named=True)}
    assert preview.judged >= 3 and set(changes) == {first, second}
    assert (changes[first]["change"], changes[first]["was_status"], changes[first]["is_status"]) == (
        "status", "due", "not_yet",
    )  # fmt: skip
    assert changes[first]["is_earliest"] == date(2021, 4, 16)
    assert changes[second]["change"] == "earliest"
    assert preview.counts().select("change", "persons").rows() == [("earliest", 1), ("status", 1)]
    assert selectors.due_rows([first], CN, DAY)[first].status == "due"


def test_once_released_everybody_is_judged_by_it(anyone, three, longer):
    first, *_ = three
    key, judged = rules_release(anyone, longer, "City letter", DAY)
    assert judged >= 3
    assert reference.release(CN, DAY).hash == key
    assert selectors.due_rows([first], CN, DAY)[first].status == "not_yet"
    assert rules_preview(anyone, longer, DAY).changes.is_empty()


def test_the_same_rules_change_nothing(anyone, three):
    assert rules_preview(anyone, shipped(CN), DAY).changes.is_empty()


def test_a_folder_that_is_no_schedule_says_why(anyone, longer):
    (longer / "series.csv").unlink()
    with pytest.raises(ScheduleMistakes, match=r"series\.csv"):
        rules_preview(anyone, longer, DAY)


def test_only_who_may_judge_anew_may_ask(anyone, three, longer):
    with pytest.raises(Refused):
        rules_preview(replace(anyone, grants=frozenset()), longer, DAY)
