"""Pages that used to leave their user alone: without coordinates, without a right, without an end of the list."""

from datetime import timedelta

import pytest

from seawall.platform import clock
from tests.clinic.world import World

from .pages import read

pytestmark = pytest.mark.django_db


def test_a_unit_whose_streets_have_no_coordinates_is_answered_in_words(hall: World, sign_in) -> None:
    officer = sign_in("DISTRICT_OFFICER", ("unit", "500101"))
    for address in ("/console/layout", "/console/layout?model=p-median&more=0"):
        officer.go(address).sees("No street here has coordinates", "Gaosuntang Subdistrict", "no coordinates")
        assert "Put forward" not in officer.text


def test_a_refusal_names_who_may_and_leads_back(hall: World, sign_in) -> None:
    nurse = sign_in("STATION_NURSE", ("site", hall.site))
    nurse.go("/console/plan", status=403).sees("Who may: ", "District health officer", ">Back</a>")
    answer = nurse.client.get("/console/plan", headers={"referer": "http://testserver/console/site"})
    assert 'href="http://testserver/console/site"' in read(answer)
    answer = nurse.client.get("/console/plan", headers={"referer": "http://elsewhere.example/"})
    assert "elsewhere.example" not in read(answer)


def test_looks_are_folded_by_post_and_hour_and_a_name_is_whole_only_where_it_is_checked(hall: World, sign_in) -> None:
    person = hall.person()
    officer = sign_in("DISTRICT_OFFICER", ("area", "500000"))
    for hour in (0, 0, 0, 1):
        clock.set_to(hall.now + timedelta(hours=hour))
        page = officer.go(f"/console/people/{person}").text
    assert page.count("District health officer</span>") >= 2
    officer.sees("3 times within the hour")
    assert "张三丰" not in page
    assert "engines/" not in page


def test_a_list_that_is_cut_says_so(hall: World, sign_in) -> None:
    hall.persons(31)
    officer = sign_in("DISTRICT_OFFICER", ("area", "500000"))
    officer.go("/console/people?q=张").sees("The first 30, by name; there may be more")
    officer.go("/console/people?q=张&sort=birth").sees("The first 30, by birth date")
