"""A day closes when people, doses, ledger and hand count agree, and only then."""

from datetime import timedelta

import pytest

from seawall.clinic import selectors
from seawall.clinic import services as clinic
from seawall.clinic.models import DayClosingLine
from seawall.platform import sql
from seawall.platform.models import Fact
from seawall.supply import services as supply_services
from seawall.terms.stock import DoseWaste

from .world import DAY, World, done

pytestmark = pytest.mark.django_db


@pytest.fixture
def worked(hall: World) -> World:
    """Five packs, two doses given and their people gone, one pack broken: two left."""
    packs = hall.packs(5)
    for n, person in enumerate(hall.persons(2)):
        visit = hall.ready(person, n)
        assert hall.give(visit, packs[n], 20 + n).done
        done(clinic.observation_end(hall.actor, [hall.leave(visit, 60)]))
    waste = DoseWaste(**hall.base(70), place_id=hall.site, code=packs[2], doses=1, reason="BROKEN")
    done(supply_services.dose_waste(hall.actor, [waste]))
    return hall


def test_a_day_that_agrees_closes(worked):
    answer = done(clinic.day_close(worked.actor, [worked.closing({"L0001": 2})]))[0].answer
    assert answer == {
        "arrived": 2,
        "deferred": 0,
        "turned_away": 0,
        "gone": 0,
        "given": 2,
        "tallied": 0,
        "wasted": 1,
        "on_hand": 2,
        "short": 5,  # syringes, forms and a box
    }
    line = DayClosingLine.objects.get(site_id=worked.site)
    assert (line.product, line.given, line.on_hand, line.counted) == ("BIBP", 2, 2, 2)
    assert selectors.closings(DAY)[worked.site].given == 2
    assert selectors.day_counts(DAY)[worked.site].closed
    assert sql.fetch("SELECT state FROM sites_session WHERE site_id = %s AND day = %s", [worked.site, DAY]) == [
        ("closed",)
    ]
    assert set(Fact.objects.filter(owner_id=worked.site).values_list("fact", flat=True)) >= {
        "DayClosed",
        "SessionClosed",
    }


@pytest.mark.parametrize(
    ("counted", "code"),
    [({"L0001": 3}, "DAY_COUNT_DIFFERS"), ({}, "COUNT_MISSING"), ({"L0001": 2, "L9": 1}, "DAY_COUNT_DIFFERS")],
)
def test_a_count_that_differs_keeps_the_day_open(worked, counted, code):
    outcome = clinic.day_close(worked.actor, [worked.closing(counted)])[0]
    assert outcome.refusal.code == code
    assert selectors.closings(DAY) == {}
    announced = Fact.objects.filter(fact="DayCloseDifference").exists()
    assert announced == (code == "DAY_COUNT_DIFFERS")
    assert clinic.day_close(worked.actor, [worked.closing({"L0001": 2}, 310)])[0].done


def test_an_open_visit_keeps_the_day_open(worked):
    worked.arrive(worked.person(), 80)
    refusal = clinic.day_close(worked.actor, [worked.closing({"L0001": 2})])[0].refusal
    assert (refusal.code, refusal.params) == ("VISITS_STILL_OPEN", {"count": 1, "ticket": 3})


def test_a_closed_day_takes_nobody_in_and_closes_once(worked):
    done(clinic.day_close(worked.actor, [worked.closing({"L0001": 2})]))
    late = clinic.visit_arrive(worked.actor, [worked.arrival(worked.person(), None, 320)])[0]
    assert late.refusal.code == "SITE_DAY_CLOSED"
    again = clinic.day_close(worked.actor, [worked.closing({"L0001": 2}, 330)])[0]
    assert again.refusal.code == "DAY_ALREADY_CLOSED"


def test_sites_close_in_one_batch_each_by_itself(worked):
    items = [worked.closing({"L0001": 1}), worked.closing({}, site_id=worked.other)]
    outcomes = clinic.day_close(worked.actor, items)
    assert [o.refusal and o.refusal.code for o in outcomes] == ["DAY_COUNT_DIFFERS", None]
    assert list(selectors.closings(DAY)) == [worked.other]


def test_a_day_that_has_not_come_is_not_closed(worked):
    item = worked.closing({"L0001": 2}, day=DAY + timedelta(days=1))
    assert clinic.day_close(worked.actor, [item])[0].refusal.code == "DAY_NOT_COME"
