"""Why a unit is behind: the narrowest step of its last week, with a cure that fits it. Weeks are written out by hand."""

import pytest

from seawall.command.boards.causes import WEEK, Week, cause_of
from seawall.reference import selectors as reference
from seawall.terms.actor import EN, ZH

CASES = [
    # asked, seats, booked, missed, given, cover -> cause, cure, doses won back
    (Week(70, 42, 42, 0, 42, 9.0), "BEHIND_SEATS", "CURE_SEATS", 28),
    (Week(70, 200, 35, 0, 35, 9.0), "BEHIND_BOOKINGS", "CURE_BOOKINGS", 35),
    (Week(70, 200, 70, 21, 49, 9.0), "BEHIND_MISSED", "CURE_MISSED", 21),
    (Week(70, 63, 35, 7, 28, 9.0), "BEHIND_BOOKINGS", "CURE_BOOKINGS", 28),
    (Week(70, 200, 70, 0, 60, 0.4), "BEHIND_VACCINE", "CURE_MOVE_VACCINE", None),
    (Week(70, 200, 75, 0, 75, 0.0), "BEHIND_EARLIER", "CURE_CARRIED", None),
    (Week(0, 0, 0, 0, 0, None), "BEHIND_UNASKED", "CURE_ASK", None),
]


@pytest.mark.parametrize(("week", "cause", "cure", "lost"), CASES)
def test_a_unit_behind_names_its_narrowest_step_and_what_cures_it(week, cause, cure, lost):
    why, remedy = cause_of(7, {7: week}, 90)
    assert (why.code, remedy.code) == (cause, cure)
    if lost is not None:
        assert remedy.params == {"lost": lost, "a_day": -(-lost // WEEK)}
    for row in (why, remedy):
        said = {language: reference.say(row.code, row.params, language) for language in (ZH, EN)}
        assert "{" not in said[ZH] + said[EN], "every place of the sentence is filled"
        assert said[ZH] != said[EN]


@pytest.mark.parametrize("week", [case[0] for case in CASES])
def test_no_dose_is_lost_twice_on_its_way(week):
    assert sum(week.lost.values()) <= max(0, week.asked - week.given)


def test_a_unit_without_a_week_was_never_asked():
    why, remedy = cause_of(None, {}, 5)
    assert (why.code, why.params, remedy.params) == ("BEHIND_UNASKED", {"behind": 5}, {"doses": 5})
