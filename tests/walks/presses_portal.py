"""Presses of the public, and of whoever takes a seat in a post."""

from datetime import date
from typing import Any

from django.test import Client

from seawall.interfaces.portal.session import PERSON
from seawall.platform import clock
from tests.clinic.world import World, resident_id

from .pages import Visitor
from .presses_site import nurse
from .pressing import Enter, Press, answered, fresh, from_page


def seated(hall: World, enter: Enter) -> Press:
    visitor = nurse(hall, enter)
    return Press(visitor.client, "/console/enter", {"post": str(visitor.client.session["post_id"])})


def citizen(person: int) -> Client:
    client = Client(headers={"accept-language": "en"})
    session = client.session
    session[PERSON] = person
    session.save()
    client.cookies["sessionid"] = session.session_key
    return client


def slot(hall: World, hour: int = 14) -> dict[str, Any]:
    at = hall.now.astimezone(clock.zone()).replace(hour=hour)
    return fresh(site=str(hall.site), starts_at=at.isoformat())


def hold(hall: World, enter: Enter) -> Press:
    return Press(citizen(hall.person()), "/book/hold", slot(hall))


def confirm(hall: World, enter: Enter) -> Press:
    kept = hold(hall, enter)
    answered(kept)
    return Press(kept.client, f"/book/{kept.told['act']}", fresh())


def move(hall: World, enter: Enter) -> Press:
    booked = confirm(hall, enter)
    answered(booked)
    return Press(booked.client, booked.address.replace("book", "record") + "/move", slot(hall, 15))


def cancel(hall: World, enter: Enter) -> Press:
    booked = confirm(hall, enter)
    answered(booked)
    return Press(booked.client, booked.address.replace("book", "record") + "/cancel", fresh())


def larger(hall: World, enter: Enter) -> Press:
    client = Client(headers={"accept-language": "en"})
    visitor = Visitor()
    visitor.client = client
    return from_page(visitor, "/home", "/larger")


def who(hall: World, enter: Enter) -> Press:
    hall.person()
    told = {"number": resident_id(date(1980, 5, 1), hall.serial), "birth": "1980-05-01"}
    return Press(Client(headers={"accept-language": "en"}), "/book", told)


def goodbye(hall: World, enter: Enter) -> Press:
    return Press(citizen(hall.person()), "/leave", {})
