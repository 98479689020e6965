"""Frozen rows of the staff room, and the two tables that say what roles and credentials are."""

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Role:
    """A role: what it is called, where it works, what it may do, and which pages are its home."""

    code: str
    zh: str
    en: str
    level: str
    purpose: str
    home: str
    grants: frozenset[str]

    @property
    def name(self) -> dict[str, str]:
        return {"zh": self.zh, "en": self.en}


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
    def name(self) -> dict[str, str]:
        """What the post is called: its own title, or its role's."""
        role = roles()[self.role]
        return {"zh": self.title_zh or role.zh, "en": self.title_en or role.en}

    @property
    def owner(self) -> dict[str, object]:
        """Who answers for something, as pages print it."""
        return {"name": self.person, "post": self.name, "phone": self.phone}


@cache
def roles() -> dict[str, Role]:
    """Every role by code."""
    return {
        r["code"]: Role(
            r["code"], r["zh"], r["en"], r["level"], r["purpose"], r["home"], frozenset(r["grants"].split())
        )
        for r in _read("roles")
    }


@cache
def credential_kinds() -> dict[str, bool]:
    """Every kind of credential, and whether its holder may screen and vaccinate."""
    return {r["code"]: r["vaccinates"] == "1" for r in _read("credentials")}


def _read(name: str) -> list[dict[str, str]]:
    with (HERE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
