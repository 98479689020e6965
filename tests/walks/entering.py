"""How a test comes in on the portal: the document number, then the code that reached its holder."""

from dataclasses import replace
from datetime import date

import pytest
from django.test import Client

from seawall.people import selectors as people
from seawall.platform import sql
from seawall.reference import loaded

from .pages import Visitor

LAST = "SELECT ticket, way FROM people_entryticket ORDER BY until DESC, ticket LIMIT 1"


def code_sent() -> str:
    """What the last message says, as its holder reads it."""
    ((ticket, way),) = sql.fetch(LAST)
    return people.entry_code(ticket, way)


def come_in(visitor: Visitor, number: str) -> Visitor:
    """From the page that asks who it is to what was wanted."""
    return visitor.send("number", number=number, way="message").send("code", code=code_sent())


def comes_in(client: Client, number: str, address: str = "/book") -> None:
    """The same by bare requests."""
    client.post(address, {"number": number, "way": "message"})
    client.post("/book/code", {"code": code_sent()})


def birth_door(monkeypatch: pytest.MonkeyPatch, since: str = "2021-01-01", until: str = "") -> None:
    """The city's folder lets the birth date in from one day to another."""
    city = loaded.city()
    text = city.files["portal_ways.csv"] + f"birth,{since},{until},a test,\n"
    other = replace(city, files={**city.files, "portal_ways.csv": text})
    monkeypatch.setattr("seawall.reference.selectors.city", lambda: other)


def born(day: date | str) -> dict[str, str]:
    """A birth date as its three fields are filled in."""
    year, month, at = str(day).split("-")
    return {"birth_year": year, "birth_month": month.lstrip("0"), "birth_day": at.lstrip("0")}
