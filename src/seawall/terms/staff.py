"""Rows about accounts, posts, their scopes and credentials."""

from dataclasses import dataclass
from datetime import date

from .acts import Item

SCOPE_KINDS = ("area", "unit", "sector", "organisation", "site", "household")


class Secret(str):
    """A text that enters no digest, log or answer."""

    value = "withheld"

    def __repr__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountCreate(Item):
    """A person who may sign in. The password is hashed and never kept."""

    username: str
    name: str
    password: Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a post covers: kind of `SCOPE_KINDS` and the code (area, unit, sector) or id (others), as text. Dates default to the post's."""

    kind: str
    ref: str
    purpose: str = ""  # empty: every purpose of the post
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PostAssign(Item):
    """A post with its holder and scopes. `valid_to` is the last day."""

    role: str  # code of staff/roles.csv
    person: str
    scopes: tuple[Scope, ...]
    account_id: int | None = None
    title_zh: str = ""
    title_en: str = ""
    phone: str = ""
    valid_from: date
    valid_to: date | None = None
    synthetic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialGrant(Item):
    """A certificate of a post's holder: kind of staff/credentials.csv, for a programme (empty: any) and an age group (empty: any)."""

    post_id: int
    kind: str
    programme: str = ""
    age_group: str = ""
    valid_from: date
    valid_to: date
    exam: str = ""
