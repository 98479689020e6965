"""Who may see what, and why: told of a post to whoever keeps the staff, and of a record to whoever may see it."""

import pytest

from seawall.platform.verbs import all_verbs
from seawall.reference.selectors import area, units
from seawall.staff.boards.rights import sights
from seawall.staff.roles import shipped_roles
from tests.clinic.world import DAY

pytestmark = pytest.mark.django_db


def test_every_right_of_every_role_is_a_verb_or_has_words():
    known = {sight.grant for sight in sights()} | set(all_verbs()) | {"*"}
    assert {grant for role in shipped_roles().values() for grant in role.grants} <= known
    assert all(sight.name.zh and sight.name.en for sight in sights())


def test_of_a_post_its_rights_and_reach_are_told_with_their_reason(hall, sign_in):
    unit = next(u for u in units(DAY) if hall.leaf in u.leaves)
    officer = sign_in("DISTRICT_OFFICER", ("unit", unit.code)).client.session["post_id"]
    keeper = sign_in("CDC_DIRECTOR", ("area", "500000"))
    keeper.go(f"/console/staff/posts/{officer}").sees("What this post may see and do, and why")
    keeper.go(f"/console/staff/posts/{officer}/rights")
    keeper.sees("records of people", "see:person", "Register persons", unit.name_en, f"<span>{len(unit.leaves)}</span>")
    own = keeper.client.session["post_id"]
    keeper.go(f"/console/staff/posts/{own}/rights").sees("The whole city")
    nurse = sign_in("STATION_NURSE", ("site", hall.site))
    assert nurse.client.get(f"/console/staff/posts/{own}/rights").status_code == 403


def test_of_a_record_the_posts_that_reach_it_are_told_and_no_others(hall, sign_in):
    person, street = hall.person(), area(hall.leaf, DAY)
    other = next(u for u in units(DAY) if hall.leaf not in u.leaves)
    sign_in("STREET_OFFICER", ("area", street.code))
    sign_in("DISTRICT_OFFICER", ("unit", other.code))
    sign_in("SECTOR_OFFICER", ("sector", "EDUCATION"))
    reader = sign_in("AEFI_OFFICER", ("area", "500000"))
    page = reader.go(f"/console/people/{person}").sees("Who may see this record").go(f"/console/people/{person}/rights")
    page.sees("Street officer", street.name_en, "AEFI officer", "Chongqing", "records of people", "Who looked")
    assert "District health officer" not in page.text and "Sector authority" not in page.text
    foreign = sign_in("DISTRICT_OFFICER", ("unit", other.code), ("unit", other.code))
    assert foreign.client.get(f"/console/people/{person}/rights").status_code == 403
