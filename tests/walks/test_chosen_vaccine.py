"""A person chooses the vaccine where the schedule leaves a choice, is told why not where it does not, and the site reads the choice."""

import re
from datetime import date
from uuid import uuid4

import pytest

from seawall.booking import selectors as booking
from seawall.booking import services
from seawall.clinic import services as clinic
from seawall.sites import services as sites
from seawall.terms.acts import Refusal
from seawall.terms.bookings import AppointmentMove
from seawall.terms.visits import AppointmentBook, SessionPlan
from tests.clinic.world import CAMPAIGN, DAY, World, done

from .pages import read
from .test_portal import citizen, press, slot

pytestmark = pytest.mark.django_db
MARCH = date(2021, 3, 1)


def why(hall: World, person: int, **more: object) -> str:
    item = AppointmentBook(
        **{
            **hall.base(),
            "person_id": person,
            "campaign": CAMPAIGN,
            "site_id": hall.site,
            "starts_at": hall.now,
            **more,
        }
    )
    (outcome,) = services.appointment_book(hall.actor, [item])
    return outcome.refusal.code if outcome.refusal else "done"


def test_a_first_dose_is_booked_of_the_vaccine_that_the_person_chooses(hall: World, sign_in):
    person, page = hall.person(), f"/book/when?site={hall.site}&day={DAY}"
    client = citizen(person)
    text = read(client.get(page))
    offered = set(re.findall(r'<option value="(\w+)"', text.split('id="product"')[1].split("</select>")[0]))
    assert {"BIBP", "ZF2001", "AD5"} <= offered
    hall.packs(1)
    assert "has none of this vaccine at this moment" in read(client.get(f"{page}&product=AD5"))
    chosen = read(client.get(f"{page}&product=BIBP"))
    assert "has none of this vaccine" not in chosen and 'name="product" value="BIBP"' in chosen
    told = slot(hall, 12) | {"product": "BIBP", "starts_at": hall.now.isoformat()}
    _, text = press(client, "/book/hold", told)
    assert "BIBP" in text.split("Is this right?")[2]
    press(client, f"/book/{told['act']}", {"act": str(uuid4())})
    (row,) = booking.appointments([person])
    assert row.product == "BIBP"
    assert "BIBP" in read(client.get("/record")).split("Change the appointment")[0]
    done(clinic.visit_arrive(hall.actor, [visit := hall.arrival(person, row.appointment)]))
    done(clinic.screening_record(hall.actor, [hall.screening(visit.act)]))
    done(clinic.consent_record(hall.actor, [hall.consent(visit.act)]))
    nurse = sign_in("STATION_NURSE", ("site", hall.site), certified=True)
    nurse.go(f"/console/site/{hall.site}/injection?visit={visit.act}").sees("Chosen")


def test_a_later_dose_is_of_its_series_and_the_page_says_so(hall: World):
    person = hall.person()
    hall.history(person, MARCH)
    client = citizen(person)
    page = f"/book/when?site={hall.site}&day={DAY}&product=AD5"
    text = read(client.get(page))
    assert "Dose 2 goes on with the series" in text and "may not be chosen" in text
    assert why(hall, person, product="AD5") == "PRODUCT_OF_THE_SERIES"
    assert why(hall, person, product="BIBP") == "done"


def test_a_vaccine_that_is_not_for_a_first_dose_is_refused(hall: World):
    assert why(hall, hall.person(), product="MMR") == "PRODUCT_NOT_FOR_DOSE"


def test_a_session_of_another_vaccine_has_no_seat_for_a_later_dose_or_a_choice(hall: World):
    plan = {
        "site_id": hall.other,
        "day": DAY,
        "opens": hall.now.time().replace(hour=8),
        "closes": hall.now.time().replace(hour=18),
    }
    told = {**hall.base(), **plan, "stations": 4, "seats_per_slot": 20, "products": frozenset({"AD5"})}
    done(sites.session_plan(hall.actor, [SessionPlan(**told)]))
    first, later = hall.persons(2)
    hall.history(later, MARCH)
    assert why(hall, later, site_id=hall.other) == "SESSION_OTHER_VACCINE"
    assert why(hall, first, site_id=hall.other, product="BIBP") == "SESSION_OTHER_VACCINE"
    assert "No time is left" in read(citizen(later).get(f"/book/when?site={hall.other}&day={DAY}"))
    assert why(hall, first, product="BIBP") == "done"
    (row,) = booking.appointments([first])
    move = AppointmentMove(
        **hall.base(), person_id=first, appointment=row.appointment, site_id=hall.other, starts_at=hall.now
    )
    (moved,) = services.appointment_move(hall.actor, [move])
    assert isinstance(moved.refusal, Refusal) and moved.refusal.code == "SESSION_OTHER_VACCINE"


def test_sites_are_found_by_the_vaccine_that_they_have(hall: World):
    hall.packs(1, product="AD5")
    client = citizen(hall.person())
    districts = re.findall(r'<option value="(\d+)"', read(client.get("/sites")))
    listed = next(text for unit in districts if "HALL-2" in (text := read(client.get(f"/sites?unit={unit}"))))
    assert "HALL-1" in listed and "Ad5" in listed
    unit = re.search(r'<option value="(\d+)" selected', listed)[1]
    some = read(client.get(f"/sites?unit={unit}&product=AD5"))
    assert "HALL-1" in some and "HALL-2" not in some and "product=AD5" in some
    assert "No site here has this vaccine" in read(client.get(f"/sites?unit={unit}&product=BIBP"))


def test_the_help_line_books_the_vaccine_that_the_caller_chooses(hall: World, sign_in):
    person = hall.person()
    caller = sign_in("HELPLINE_OPERATOR", ("area", "500000")).go(f"/console/bookings?person={person}")
    caller.send("wish", wish="phone", product="AD5").sees("Ad5", "Cancel the appointment")
    assert [a.product for a in booking.appointments([person])] == ["AD5"]
