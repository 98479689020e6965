"""Rules of several levels apply together: the strictest wins, and the answer names the row that won."""

import shutil
from datetime import date

import pytest

from seawall.engines.schedule import judge, load, shipped

from .cases import frames


@pytest.fixture
def stricter_city(tmp_path):
    """Dose 2 after 28 days and nobody under 30, by the city's own rows beside the national ones."""
    folder = shutil.copytree(shipped("covid19-cn"), tmp_path / "mine")
    for name, row in (
        (
            "intervals.csv",
            "CITY-2,2021-05-01,,INACT,2,previous,,14d,28d,,,,not_valid,city,市卫生健康委,通知,1,example\n",
        ),
        ("offers.csv", "CITY-30,2021-05-01,,,,primary,,30y,,,,,city,市卫生健康委,通知,2,example\n"),
    ):
        path = folder / name
        path.write_text(path.read_text(encoding="utf-8") + row, encoding="utf-8")
    return load(folder)


def due(schedule, birth, history, as_of):
    case = {"birth": birth, "sex": "F", "history": history, "conditions": "", "as_of": as_of}
    *columns, day = frames(case)
    return judge(schedule, *columns, as_of=day).due.row(0, named=True)


def test_the_city_s_longer_interval_wins(stricter_city):
    answer = due(stricter_city, "1980-01-01", "BIBP 2021-05-10", "2021-06-01")
    assert (answer["status"], answer["earliest"], answer["rule"]) == ("not_yet", date(2021, 6, 7), "CITY-2")
    assert stricter_city.citation("CITY-2")["level"] == "city"
    assert answer["overdue_from"] == date(2021, 7, 6)  # still the national row's


def test_before_the_city_s_day_the_national_rule_stands(stricter_city):
    answer = due(stricter_city, "1980-01-01", "BIBP 2021-04-01", "2021-04-30")
    assert (answer["status"], answer["earliest"], answer["rule"]) == ("due", date(2021, 4, 22), "I-INACT-2")


def test_who_is_offered_must_fit_every_level(stricter_city):
    assert due(stricter_city, "1985-01-01", "", "2021-06-01")["status"] == "due"
    answer = due(stricter_city, "1995-01-01", "", "2021-06-01")
    assert (answer["status"], answer["rule"], answer["earliest"]) == ("ineligible", "CITY-30", date(2025, 1, 1))
