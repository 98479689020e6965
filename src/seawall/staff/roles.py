"""The roles: those that come with the program (`roles.csv`), and what the city's own table changes of them by day."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, lru_cache
from pathlib import Path

from seawall.reference import selectors as reference
from seawall.terms.names import Name

SHIPPED = Path(__file__).with_name("roles.csv")
Line = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Role:
    """A role: what it is called, where it works, what it may do, and which pages are its home.

    One that the city does not use (`used`) may do nothing, and nobody is given a post in it.
    """

    code: str
    zh: str
    en: str
    level: str
    purpose: str
    home: str
    grants: frozenset[str]
    used: bool = True

    @property
    def name(self) -> Name:
        return Name(self.zh, self.en)


@cache
def shipped_roles() -> dict[str, Role]:
    """Those of the program by code, as they are where a city changes nothing."""
    with SHIPPED.open(encoding="utf-8", newline="") as file:
        return {
            r["code"]: Role(
                r["code"], r["zh"], r["en"], r["level"], r["purpose"], r["home"], frozenset(r["grants"].split())
            )
            for r in csv.DictReader(file)
        }


def roles(on: date) -> dict[str, Role]:
    """Every role that this city ever had, by code, with what it may do on a day."""
    return _roles(reference.city(), on)


def role_names() -> dict[str, Name]:
    """What every role is called, on whatever day it was held."""
    return _names(reference.city())


@lru_cache(maxsize=64)
def _roles(city: reference.City, on: date) -> dict[str, Role]:
    found = dict(shipped_roles())
    for code, lines in _changed(city).items():
        name, held = _names(city)[code], next((line for line in lines if _holds(line, on)), None)
        role = found.get(code) or Role(code, "", "", "", "", "", frozenset(), used=False)
        found[code] = replace(_as_changed(role, held) if held else role, zh=name.zh, en=name.en)
    return found


def _as_changed(role: Role, line: Line) -> Role:
    used = line["used"] != "0"
    return replace(
        role,
        level=line["level"] or role.level,
        purpose=line["purpose"] or role.purpose,
        home=line["home"] or role.home,
        grants=(role.grants | listed(line["gains"])) - listed(line["loses"]) if used else frozenset(),
        used=used,
    )


@lru_cache(maxsize=8)
def _names(city: reference.City) -> dict[str, Name]:
    """The last name that the city gives, else that of the program."""
    own = {
        code: name
        for code, lines in _changed(city).items()
        for line in lines
        if (name := reference.named(line, city.languages)).en
    }
    return {code: role.name for code, role in shipped_roles().items()} | own


def _changed(city: reference.City) -> dict[str, list[Line]]:
    """The city's lines of each role, the earliest first."""
    found: dict[str, list[Line]] = {}
    for line in sorted(city.table("roles"), key=lambda line: line["valid_from"]):
        found.setdefault(line["role"], []).append(line)
    return found


def _holds(line: Line, on: date) -> bool:
    return line["valid_from"] <= on.isoformat() <= (line["valid_to"] or "9999-12-31")


def listed(cell: str | None) -> frozenset[str]:
    """Rights, as a cell joins them by `;`."""
    return frozenset(filter(None, (part.strip() for part in (cell or "").split(";"))))
