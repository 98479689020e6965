"""叫号: whom a station may call, how often, and what the screen of the hall shows."""

import pytest

from seawall.clinic import selectors
from seawall.clinic import services as clinic
from seawall.terms.visits import VisitCall

from .world import DAY, World, done

pytestmark = pytest.mark.django_db


def call(hall: World, visit, minutes: float = 20, station: str = "screening", desk: str = "2") -> VisitCall:
    return VisitCall(**hall.base(minutes), site_id=hall.site, visit=visit, station=station, desk=desk)


def shown(hall: World) -> list[tuple]:
    return [(c.ticket, c.station, c.desk, c.calls) for c in selectors.called(hall.site, DAY, 8)]


def test_the_latest_call_stands_first_and_a_ticket_called_again_counts(hall):
    first, second = (hall.arrive(person) for person in hall.persons(2))
    done(clinic.visit_call(hall.actor, [call(hall, first), call(hall, second, 21, desk="3")]))
    assert shown(hall) == [(2, "screening", "3", 1), (1, "screening", "2", 1)]
    assert done(clinic.visit_call(hall.actor, [call(hall, first, 22)]))[0].answer["calls"] == 2
    assert shown(hall)[0] == (1, "screening", "2", 2)


def test_who_is_served_leaves_the_screen_and_is_called_anew_by_the_next_station(hall):
    visit = hall.arrive(hall.person())
    done(clinic.visit_call(hall.actor, [call(hall, visit, 1)]))
    done(clinic.screening_record(hall.actor, [hall.screening(visit, 5)]))
    done(clinic.consent_record(hall.actor, [hall.consent(visit, 6)]))
    assert shown(hall) == []
    answer = done(clinic.visit_call(hall.actor, [call(hall, visit, station="injection", desk="")]))[0].answer
    assert (answer["ticket"], answer["calls"]) == (1, 1)
    assert shown(hall) == [(1, "injection", "", 1)]
    assert hall.give(visit, hall.packs(1)[0], 30).done
    assert shown(hall) == []


def test_a_station_calls_those_who_wait_for_it_and_no_others(hall):
    visit = hall.arrive(hall.person())
    outcomes = clinic.visit_call(
        hall.actor,
        [call(hall, visit, station="injection"), call(hall, visit, station="observation"), call(hall, visit)],
    )
    assert [o.refusal.code if o.refusal else "done" for o in outcomes] == [
        "VISIT_NOT_READY",
        "STATION_CALLS_NOBODY",
        "done",
    ]
