"""Frozen rows of the staff room, and the tables that say what credentials are, what rights to see open, and how sessions end."""

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from seawall.terms.names import Name

from .roles import role_names

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Sight:
    """A page, or a kind of pages, that a right opens; `persons` where people are shown on it."""

    grant: str
    name: Name
    persons: bool


@dataclass(frozen=True, slots=True)
class CredentialKind:
    """A kind of credential, and whether its holder may screen and vaccinate."""

    code: str
    zh: str
    en: str
    vaccinates: bool

    @property
    def name(self) -> Name:
        return Name(self.zh, self.en)


@dataclass(frozen=True, slots=True)
class SessionRule:
    """After how many minutes a session that nobody uses ends, and whether signing in asks for a second factor."""

    idle_minutes: int
    second_factor: bool


@dataclass(frozen=True, slots=True)
class Owner:
    """Who answers for something: the person, the post, the telephone."""

    name: str
    post: Name
    phone: str


@dataclass(frozen=True, slots=True)
class PostRow:
    """A post on one day. `scopes` are pairs of kind and code or id."""

    post_id: int
    role: str
    person: str
    title_zh: str
    title_en: str
    phone: str
    account_id: int | None
    valid_from: date
    valid_to: date | None
    synthetic: bool
    scopes: tuple[tuple[str, str], ...]

    def refs(self, kind: str) -> tuple[str, ...]:
        return tuple(ref for k, ref in self.scopes if k == kind)

    @property
    def site_id(self) -> int | None:
        return next((int(ref) for ref in self.refs("site")), None)

    @property
    def unit_code(self) -> str | None:
        return next(iter(self.refs("unit")), None)

    @property
    def name(self) -> Name:
        """What the post is called: its own title, or its role's."""
        role = role_names()[self.role]
        return Name(self.title_zh or role.zh, self.title_en or role.en)

    @property
    def owner(self) -> Owner:
        """Who answers for something, as pages print it."""
        return Owner(self.person, self.name, self.phone)


@cache
def session_rules() -> dict[str, SessionRule]:
    """How sessions of each role end; the row without a role holds for every other."""
    return {r["role"]: SessionRule(int(r["idle_minutes"]), r["second_factor"] == "1") for r in _read("sessions")}


def session_rule(role: str) -> SessionRule:
    return session_rules().get(role) or session_rules()[""]


@cache
def sights() -> tuple[Sight, ...]:
    """Every right to see, in words; the rights that show people come first."""
    return tuple(Sight(r["grant"], Name(r["zh"], r["en"]), r["persons"] == "1") for r in _read("sights"))


@cache
def credential_kinds() -> dict[str, CredentialKind]:
    """Every kind of credential by code."""
    return {
        r["code"]: CredentialKind(r["code"], r["zh"], r["en"], r["vaccinates"] == "1") for r in _read("credentials")
    }


def _read(name: str) -> list[dict[str, str]]:
    with (HERE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
