"""A family on the portal: one place, one time, each judged and seated as themselves."""

from datetime import date
from uuid import uuid4

import pytest
from django.test import Client

from seawall.booking import selectors as booking
from seawall.interfaces.portal.session import FAMILY, MOST_OTHERS
from tests.clinic.world import DAY, World, resident_id

from .entering import birth_door, born, code_sent, comes_in
from .pages import read
from .presses_portal import citizen, slot

pytestmark = pytest.mark.django_db
GRANDMOTHER = date(1950, 3, 2)
TODDLER = date(2020, 1, 1)
SEATS = 20  # of a quarter-hour of this site


def add(client: Client, hall: World, birth: date) -> int:
    """Somebody is registered, then added by their own document and code."""
    person = hall.person(birth)
    comes_in(client, resident_id(birth, hall.serial), "/book/family/add")
    return person


def choose(client: Client, *persons: int) -> str:
    answer = client.post("/book/family/choose", {"who": [str(p) for p in persons]})
    return answer.get("Location", "")


def states(*persons: int) -> list[list[str]]:
    return [[str(row.state) for row in booking.appointments([p])] for p in persons]


def test_a_family_is_booked_at_one_place_and_time(hall: World):
    me = hall.person()
    client = citizen(me)
    mother = add(client, hall, GRANDMOTHER)
    assert choose(client, me, mother).endswith("/book/when")
    when = read(client.get(f"/book/when?site={hall.site}&day={DAY}"))
    assert "/book/family/hold" in when and "Change who comes" in when
    sure = client.post("/book/family/hold", slot(hall))["Location"]
    assert states(me, mother) == [["held"], ["held"]]
    text = read(client.get(sure))
    assert "Confirm for all" in text and "No seat at this time" not in text
    text = read(client.get(client.post(sure, {"act": str(uuid4())})["Location"]))
    assert "Appointments are booked for 2" in text and text.count("has an appointment") == 2
    rows = booking.appointments([me, mother])
    assert {str(row.state) for row in rows} == {"booked"} and len({(row.site_id, row.starts_at) for row in rows}) == 1
    given_back = next(row.appointment for row in rows if row.person_id == mother)
    client.post(f"/record/{given_back}/cancel", {"act": str(uuid4()), "person": str(mother)})
    assert states(me, mother) == [["booked"], ["cancelled"]]


def test_who_may_not_come_is_named_and_the_others_keep_their_seats(hall: World):
    me = hall.person()
    client = citizen(me)
    child = add(client, hall, TODDLER)
    choose(client, me, child)
    sure = client.post("/book/family/hold", slot(hall))["Location"]
    text = read(client.get(sure))
    assert "No seat at this time" in text and "Confirm for all" in text
    assert states(me, child) == [["held"], []]


def test_times_are_shown_only_where_all_have_room(hall: World):
    me, *rest = hall.persons(1 + MOST_OTHERS)
    for person in hall.persons(SEATS - MOST_OTHERS):
        citizen(person).post("/book/hold", slot(hall))
    client = citizen(me)
    session = client.session
    session[FAMILY] = rest
    session.save()
    address = f"/book/when?site={hall.site}&day={DAY}"
    alone = read(client.get(address)).count('name="starts_at"')
    choose(client, me, *rest)
    assert read(client.get(address)).count('name="starts_at"') == alone - 1


def test_nobody_is_booked_for_whose_document_was_not_given(hall: World):
    me, stranger = hall.persons(2)
    client = citizen(me)
    assert "Nobody is ticked" in read(client.post("/book/family/choose", {"who": [str(stranger)]}))
    choose(client, me, stranger)
    client.post("/book/family/hold", slot(hall))
    client.post("/book/hold", slot(hall))
    assert states(me, stranger) == [["held"], []]
    other = citizen(stranger)
    told = slot(hall, 15)
    other.post("/book/hold", told)
    client.post(f"/record/{told['act']}/cancel", {"act": str(uuid4()), "person": str(stranger)})
    assert states(stranger) == [["held"]]


def test_a_document_that_does_not_fit_says_no_more_than_that(hall: World, monkeypatch):
    birth_door(monkeypatch)
    client = citizen(hall.person())
    hall.person()
    real = resident_id(date(1980, 5, 1), hall.serial)
    texts = [
        read(client.post("/book/family/add", {"number": number, "way": "birth", **born(birth)}))
        for number, birth in (
            (real, "1980-05-02"),
            (resident_id(date(1999, 9, 9), 999), "1999-09-09"),
            (real, "0001-01-01"),
        )
    ]
    assert all("could not be matched" in text for text in texts)


def test_a_session_holds_a_household_and_no_more(hall: World):
    client = citizen(hall.person())
    session = client.session
    session[FAMILY] = hall.persons(MOST_OTHERS)
    session.save()
    birth = date(1980, 5, 1)
    hall.person()
    client.post("/book/family/add", {"number": resident_id(birth, hall.serial), "way": "message"})
    text = read(client.post("/book/code", {"code": code_sent()}))
    assert "At most 6 others" in text


def test_a_stranger_is_asked_who_they_are_first(hall: World):
    assert Client().get("/book/family")["Location"].endswith("/book?next=%2Fbook%2Ffamily")
