"""Cases and their clocks are read as they stand now, whatever day the figures beside them are of."""

from datetime import timedelta

import pytest

from seawall.platform import clock
from seawall.safety import services as safety
from seawall.terms.visits import EventRecord
from tests.clinic.world import World, done

pytestmark = pytest.mark.django_db


def case(hall: World, holder: int, *, serious: bool, minutes: float = -30) -> str:
    found = hall.now + timedelta(minutes=minutes)
    item = EventRecord(
        **hall.base(minutes), person_id=hall.person(), site_id=None, visit=None, kind="SYNCOPE", onset_at=found,
        serious=serious, reporter_post_id=holder,
    )  # fmt: skip
    return str(done(safety.event_record(hall.actor, [item]))[0].answer["case_code"])


@pytest.mark.parametrize(
    "address", ["/console/safety", "/console/safety?day=2021-04-09", "/console/safety?day=2021-04-01"]
)
def test_a_case_of_this_morning_leads_the_safety_page_whatever_day_it_shows(hall, sign_in, address):
    officer = sign_in("AEFI_OFFICER", ("area", "500000"))
    holder = hall.post("OBSERVER", certified=False)
    slow, fast = case(hall, holder, serious=False, minutes=-60), case(hall, holder, serious=True)
    page = officer.go(address).sees("Next report due: Syncope", "1 h 30 min left · due 13:30", fast, slow, "某某")
    assert page.text.index(fast) < page.text.index(slow)
    clock.set_to(hall.now + timedelta(hours=2))
    officer.go(address).sees("Report overdue: Syncope", "overdue by 30 min · due 13:30")
    assert 'class="verdict stop' in officer.text


def test_figures_of_another_day_are_never_called_live(hall, sign_in):
    officer = sign_in("AEFI_OFFICER", ("area", "500000"))
    text = officer.go("/console/safety?day=2021-04-09").text
    for block in text.split('<section class="block')[1:]:
        assert ("Live 12:00" in block) == ("Cases by clock" in block)


def test_the_board_of_yesterday_shows_the_clock_that_runs_now(hall, sign_in):
    director = sign_in("LEADING_GROUP_HEAD", ("area", "500000"))
    case(hall, hall.post("OBSERVER", certified=False), serious=True)
    director.go("/console/board?day=2021-04-09").sees("1 h 30 min left · due 13:30", "Live 12:00")
