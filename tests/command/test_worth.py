"""What the coverage of a rehearsed evening is worth, on the board and on its page."""

from datetime import date

import pytest

from seawall.campaigns import selectors as campaigns
from seawall.command import selectors as command
from seawall.command.boards.worth import worth_of
from seawall.engines import epidemic
from seawall.people import selectors as people

from ..city import LIVED_UNTIL


def test_the_evening_kept_what_its_coverage_is_worth(city, anyone) -> None:
    kept = worth_of(campaigns.current().code, LIVED_UNTIL)
    assert kept is not None and kept.day == LIVED_UNTIL
    assert kept.now.low < kept.now.r < kept.now.high
    assert kept.now.r < kept.none.r and kept.averted > 0
    assert command.command_board(anyone, campaigns.current(), LIVED_UNTIL).worth == kept


def test_coverage_by_age_adds_up_to_the_people_who_live_here(city, anyone) -> None:
    rows = people.coverage_by_age("covid19-cn", LIVED_UNTIL, epidemic.BANDS)
    assert sum(row[0] for row in rows) == people.population_frame(LIVED_UNTIL).height
    assert all(total >= started >= complete for total, started, complete in rows)
    assert rows[0][1] == 0 < sum(row[2] for row in rows)
    page = command.worth_page(anyone, campaigns.current().code, LIVED_UNTIL)
    assert [g.complete for g in page.groups] == [row[2] for row in rows]
    assert {a.parameter for a in page.assumptions} >= {"r0", "infection"}
    assert all(a.source and a.mark == "assumption" for a in page.assumptions)


def test_before_the_first_evening_there_is_nothing_to_show(city) -> None:
    assert worth_of(campaigns.current().code, date(2020, 1, 1)) is None


@pytest.mark.parametrize("on", [date(2021, 3, 1), date(2021, 7, 1)])
def test_the_assumptions_in_force_are_those_of_the_day(on: date) -> None:
    r0 = next(a for a in epidemic.assumptions(on) if a.parameter == "r0")
    assert (r0.value > 3) is (on >= date(2021, 6, 1))
    nobody = epidemic.worth([0] * 9, [0] * 9, on)
    assert nobody.now == nobody.none and nobody.infections_now == pytest.approx(nobody.infections_none)
