"""Doses that nothing explains are found by rows of a table, shown to who answers for the site, and raised in the evening."""

from datetime import timedelta

import pytest

from seawall.campaigns import selectors as campaigns
from seawall.clinic import selectors as clinic
from seawall.clinic import services as clinic_services
from seawall.clinic import tables
from seawall.command.watch import watch
from seawall.platform import sql
from tests.clinic.world import CAMPAIGN, DAY, World

pytestmark = pytest.mark.django_db


def found(hall: World) -> set[str]:
    return {row.rule for row in clinic.irregular(DAY)}


def given(hall: World, minutes: float = 0, site: int | None = None) -> str:
    """A dose twelve minutes after the arrival; its code."""
    (code,) = hall.packs(1, site=site)
    visit = hall.ready(hall.person(), minutes, site)
    assert hall.give(visit, code, minutes + 12, site_id=site or hall.site).done
    return code


def test_an_ordinary_day_has_nothing_to_look_into(hall):
    for n in range(3):
        given(hall, n * 10)
    assert found(hall) == set()


def test_a_hand_that_is_too_fast(hall):
    most = int(tables.irregular("TOO_FAST", DAY))
    for _ in range(most + 1):
        given(hall)
    assert found(hall) == {"TOO_FAST"}


def test_a_needle_before_the_steps_were_taken(hall):
    given(hall)
    sql.execute("UPDATE clinic_visit SET arrived_at = injected_at - interval '20 seconds'")
    assert found(hall) == {"TOO_QUICK"}


@pytest.mark.parametrize("source", ["paper", "offline"])
def test_a_dose_entered_afterwards_tells_no_way_from_the_door(hall, source):
    (code,) = hall.packs(1)
    assert clinic_services.dose_enter(hall.actor, [hall.paper(hall.person(), code, source=source)])[0].done
    assert found(hall) == set()


def test_a_dose_at_night(hall):
    given(hall)
    sql.execute("UPDATE clinic_injection SET occurred_at = occurred_at + interval '9 hours'")
    assert "OUT_OF_HOURS" in found(hall)


def test_one_vaccinator_at_two_sites(hall):
    given(hall)
    given(hall, 5, hall.other)
    assert found(hall) == {"TWO_PLACES"}
    later = timedelta(minutes=tables.irregular("TWO_PLACES", DAY))
    sql.execute("UPDATE clinic_injection SET occurred_at = occurred_at + %s WHERE site_id = %s", [later, hall.other])
    assert found(hall) == set()


def test_a_code_used_at_two_sites_is_shown_and_raised(hall, sign_in):
    code = given(hall)
    given(hall, 60, hall.other)
    sql.execute(
        "UPDATE clinic_injection SET code = %s, lot = (SELECT lot FROM clinic_injection WHERE code = %s)", [code, code]
    )
    assert found(hall) == {"CODE_ELSEWHERE"}
    page = sign_in("SITE_LEADER", ("site", hall.site)).go(f"/console/site/{hall.site}/irregular?day={DAY}")
    assert code in page.text
    (campaign,) = [row for row in campaigns.loaded() if row.code == CAMPAIGN]
    raised = [(a.code, a.site_id) for a in watch(campaign, DAY, []) if a.code == "DOSES_IRREGULAR"]
    assert sorted(raised) == sorted([("DOSES_IRREGULAR", hall.site), ("DOSES_IRREGULAR", hall.other)])


def test_a_clerk_does_not_see_the_list(hall, sign_in):
    page = sign_in("REGISTRAR", ("site", hall.site))
    assert page.client.get(f"/console/site/{hall.site}/irregular").status_code == 403
