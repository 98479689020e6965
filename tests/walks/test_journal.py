"""The journal says who did what, with which answer, to those whose purpose allows it; persons on it are looks on record."""

from uuid import uuid4

import pytest

from seawall.command.services.city import city_loaded
from seawall.platform import clock, sql
from seawall.sites.tables import door_reasons
from seawall.terms.command import CityLoaded

pytestmark = pytest.mark.django_db
CHOICE = next(f"slowed:{r.code}" for r in door_reasons() if "slowed" in r.states)
CITY = ("area", "500000")


@pytest.fixture
def inspector(sign_in):
    return sign_in("CITY_INSPECTOR", CITY)


def checked(hall) -> int:
    """A person of whom acts are on record."""
    hall.ready(hall.person())
    return sql.fetch("SELECT owner_id FROM platform_act WHERE owner_kind = 'person' LIMIT 1")[0][0]


def test_acts_of_a_person_a_site_and_a_post_are_found_by_day_and_verb(hall, inspector):
    person = checked(hall)
    inspector.go(f"/console/journal?day=2021-04-10&kind=person&number={person}").sees("*", "done")
    inspector.go("/console/journal?day=2021-04-10&verb=posts_assign").sees("Assign posts")
    inspector.go(f"/console/journal?day=2021-04-10&post={hall.actor.post_id}").sees("done")
    inspector.go("/console/journal?day=2021-04-09").sees("Nothing was recorded")


def test_a_refusal_is_told_in_its_own_sentence(hall, inspector, sign_in):
    manager = sign_in("SITE_MANAGER", ("site", hall.site))
    manager.client.post(f"/console/site/{hall.other}/door", {"act": str(uuid4()), "choice": CHOICE})
    inspector.go(f"/console/journal?day=2021-04-10&kind=site&number={hall.other}").sees("refused", "outside the area")


def test_a_person_on_the_journal_is_a_look_on_record(hall, inspector):
    person = checked(hall)
    inspector.go(f"/console/journal?day=2021-04-10&kind=person&number={person}")
    assert sql.fetch("SELECT count(*) FROM platform_look WHERE person_id = %s AND page = 'journal'", [person]) == [(1,)]


def test_nobody_without_the_right_reads_the_journal(hall, sign_in):
    nurse = sign_in("STATION_NURSE", ("site", hall.site))
    assert nurse.client.get("/console/journal").status_code == 403


def test_a_load_of_the_city_tells_which_rows_of_which_file_changed(hall, inspector, anyone):
    rows, releases = {"areas.csv 2021-05-01": 2}, {"programmes/measles": "0123456789ab"}
    item = CityLoaded(act=uuid4(), occurred_at=clock.now(), city="chongqing", rows=rows, releases=releases)
    assert city_loaded.one(anyone, item).done
    page = inspector.go(f"/console/journal?day={clock.today()}&verb=city_loaded")
    page.sees("Load the city", "areas.csv 2021-05-01: 2", "programmes/measles: 0123456789ab")
