"""A chart carries the same figures as a table; what is drawn of weeks is drawn over their days."""

from datetime import date, timedelta

import pytest

from seawall.command.selectors import BurnUp, LastDay, Schedule
from seawall.interfaces.console import charts
from seawall.interfaces.console.charts import Line
from seawall.interfaces.console.templatetags.console import cell
from seawall.safety.boards.watched import Course, Funnel, LotPoint
from seawall.terms.names import Name

DAYS = [date(2021, 6, 1) + timedelta(n) for n in range(3)]


def test_lines_have_a_column_for_each_line() -> None:
    chart = charts.lines(DAYS, "day", "doses", Line("plan", [1, 2, 3]), Line("limit", [4, None, 4], "limit"))
    assert chart.head == ["day", "plan", "limit"]
    assert list(chart.rows[1]) == [DAYS[1], 2, None]
    assert chart.data["x"] == ["2021-06-01", "2021-06-02", "2021-06-03"]


def test_lots_beside_each_other_have_a_row_each() -> None:
    chart = charts.funnel(Funnel((LotPoint("L1", 620, 13, 1.5, 8.67, outlier=True),), {}))
    assert list(chart.rows[0]) == ["L1", 620, 13, 1.5, 8.67]
    assert len(chart.head) == len(chart.rows[0])


def test_a_running_test_stands_beside_its_limit_on_every_day() -> None:
    chart = charts.course(Course("L1", tuple(DAYS), (0.1, None, 2.5), 3.1, DAYS[2]))
    assert list(chart.rows[1]) == [DAYS[1], None, 3.1]
    assert (chart.data["days"][1], chart.data["signal_on"]) == ("2021-06-02", "2021-06-03")


@pytest.mark.django_db  # days are written as the city writes them
def test_the_back_schedule_has_no_jump_between_its_days() -> None:
    days = tuple(date(2021, 6, 1) + timedelta(n) for n in range(10))
    lasts = (
        LastDay(Name("重组", "Recombinant"), date(2021, 5, 5), past=True),
        LastDay(Name("灭活", "Inactivated"), date(2021, 6, 9), past=False),
    )
    row = Schedule(days, *[[10] * 10] * 4, capacity=[0] * 10, today=days[0], last_first_dose=lasts)
    chart = charts.schedule(row)
    assert chart.data["days"] == days and len(chart.rows) == len(days)
    assert [mark["day"] for mark in chart.data["last_first_dose"]] == [date(2021, 6, 9)], "what is past is not marked"
    assert "dash" not in dict(chart.key), "no capacity, no key for it"


@pytest.mark.parametrize(
    ("low", "high", "shown"),
    [([1, None], [1, None], False), ([1, 2], [1, 3], True), ([None, None], [None, None], False)],
)
def test_a_band_without_width_has_no_key(low: list, high: list, shown: bool) -> None:
    forecast = {"low": low, "mid": low, "high": high}
    row = BurnUp(tuple(DAYS[:2]), (1, 2), (1, None), forecast, DAYS[2], (), (), published=None, base=0)
    assert ("cone" in dict(charts.burnup(row, 1.0).key)) == shown


@pytest.mark.parametrize(
    ("value", "said"),
    [(None, "–"), (1234, "1,234"), (12.0, "12"), (3.254, "3.25"), (0.5, "0.5"), ("Yuzhong", "Yuzhong")],
)
def test_a_cell_of_a_table_is_written_as_figures_are(value: object, said: str) -> None:
    assert cell(value) == said


@pytest.mark.django_db  # days are written as the city writes them
def test_a_day_in_a_table_keeps_its_year_for_the_file() -> None:
    assert 'datetime="2021-06-01"' in cell(DAYS[0])
