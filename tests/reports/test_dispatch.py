"""The dispatch is made until it is released, released once, and prints the figures of its closing."""

from dataclasses import replace

import pytest

from seawall.campaigns import selectors as campaigns
from seawall.command.boards.dispatch import dispatch_of
from seawall.command.services import dispatch_release
from seawall.platform import clock
from seawall.reports import selectors as reports
from seawall.reports import services
from seawall.reports.selectors.paper import dispatch_paper
from seawall.staff.roles import shipped_roles
from seawall.terms.acts import Refused
from seawall.terms.dispatch import AlertDispatched, Dispatch, DispatchState
from tests.clinic.world import DAY


def code(outcome) -> str:
    return outcome.refusal.code if outcome.refusal else "DONE"


def marked(code: str) -> Dispatch:
    return replace(dispatch_of(campaigns.current(), DAY, []), alerts=(AlertDispatched(code, {}, None, None, 0),))


def test_a_dispatch_that_was_not_made_is_not_released_and_not_printed(hall):
    assert code(dispatch_release(hall.actor, campaigns.current().code, DAY)) == "DISPATCH_NOT_MADE"
    assert reports.dispatch_state(campaigns.current().code, DAY) == DispatchState(DAY.replace(day=11), False, False, 0)
    with pytest.raises(Refused, match="DISPATCH_NOT_MADE"):
        dispatch_paper(campaigns.current(), DAY)


def test_a_refused_release_may_be_asked_for_again_and_a_released_dispatch_is_not_made_anew(hall, closed):
    closed(DAY)
    services.dispatch_make(dispatch_of(campaigns.current(), DAY, []))
    services.dispatch_make(marked("second"))
    assert reports.dispatch_content(campaigns.current().code, DAY)["alerts"][0]["code"] == "second"
    with pytest.raises(Refused, match="NOT_PERMITTED"):
        dispatch_release(
            type(hall.actor)(1, 1, "NURSE", shipped_roles()["STATION_NURSE"].grants), campaigns.current().code, DAY
        )
    assert code(dispatch_release(hall.actor, campaigns.current().code, DAY)) == "DONE"
    assert dispatch_release(hall.actor, campaigns.current().code, DAY).replayed
    services.dispatch_make(marked("third"))
    assert reports.dispatch_content(campaigns.current().code, DAY)["alerts"][0]["code"] == "second"
    assert reports.dispatch_state(campaigns.current().code, DAY).released


def test_the_paper_tells_units_that_did_not_report_and_reads_the_same_after_late_entries(hall, closed):
    person = hall.ready(hall.person())
    assert hall.give(person, hall.packs(1)[0]).done
    closed(DAY)
    services.dispatch_make(dispatch_of(campaigns.current(), DAY, []))
    paper = dispatch_paper(campaigns.current(), DAY)
    assert paper["totals"]["done"] == sum(u["done_today"] for u in paper["units"]) == 1
    assert paper["totals"]["population"] == 1 and paper["books"]["difference"] == 0
    assert paper["as_of"].startswith(DAY.isoformat()) and len(paper["units"]) == 39
    hall.persons(3)
    clock.set_to(hall.now.replace(hour=15))
    assert dispatch_paper(campaigns.current(), DAY) == paper
    assert campaigns.current().code == paper["campaign"]["code"]
