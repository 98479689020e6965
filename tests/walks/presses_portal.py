"""Presses of the public, and of whoever takes a seat in a post."""

from datetime import date
from typing import Any

from django.test import Client

from seawall.interfaces.portal.session import FAMILY, PERSON, SURE, TOGETHER
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
    session[PERSON], session[SURE] = person, True
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
    told = fresh(number=resident_id(date(1980, 5, 1), hall.serial), way="message")
    return Press(Client(headers={"accept-language": "en"}), "/book", told)


def goodbye(hall: World, enter: Enter) -> Press:
    return Press(citizen(hall.person()), "/leave", {})


def family(hall: World, enter: Enter) -> Client:
    """Somebody with one more of the family, both ticked."""
    first, second = hall.persons(2)
    client = citizen(first)
    session = client.session
    session[FAMILY], session[TOGETHER] = [second], [first, second]
    session.save()
    return client


def family_add(hall: World, enter: Enter) -> Press:
    client = family(hall, enter)
    hall.person()
    told = fresh(number=resident_id(date(1980, 5, 1), hall.serial), way="message")
    return Press(client, "/book/family/add", told)


def family_choose(hall: World, enter: Enter) -> Press:
    client = family(hall, enter)
    return Press(client, "/book/family/choose", {"who": [str(p) for p in client.session[TOGETHER]]})


def family_hold(hall: World, enter: Enter) -> Press:
    return Press(family(hall, enter), "/book/family/hold", slot(hall))


def family_confirm(hall: World, enter: Enter) -> Press:
    kept = family_hold(hall, enter)
    answered(kept)
    return Press(kept.client, f"/book/family/{kept.told['act']}", fresh())


def slip(hall: World, enter: Enter) -> Press:
    """A code on paper, by a clerk who read the document."""
    hall.person()
    clerk = enter("REGISTRAR", ("site", hall.site)).go("/console/codes")
    clerk.send("console/codes", q=resident_id(date(1980, 5, 1), hall.serial))
    form = clerk.form("person_id")
    return Press(clerk.client, form.action, form.values)


def unwell(hall: World, enter: Enter) -> Press:
    """A reaction, reported by who had the dose."""
    client = citizen(hall.person())
    told = {"kind": "RASH", "day": hall.now.date().isoformat(), "hour": "8", "who": "0"}
    return Press(client, "/record/unwell", fresh(**told))
