"""Rows about accounts, posts, their scopes and credentials."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from .acts import Item

SCOPE_KINDS = ("area", "unit", "sector", "organisation", "site", "household")


class Secret(str):
    """A text that enters no digest, log or answer."""

    value = "withheld"

    def __repr__(self) -> str:
        return self.value

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: Callable[[object], object]) -> dict[str, object]:
        """How the doors' reader makes one: from a text."""
        return {
            "type": "function-after",
            "function": {"type": "no-info", "function": cls},
            "schema": handler(str),
        }


NO_SECRET = Secret("")


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountCreate(Item):
    """A person who may sign in. The password is hashed and never kept; without one, a link that works once is given out."""

    username: str
    name: str
    password: Secret = NO_SECRET


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountChange(Item):
    """An account is closed, opened again, or invited to choose a password."""

    account_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordSet(Item):
    """A new password for an account. Every session of the account ends."""

    account_id: int
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
class PostEnd(Item):
    """A post ends with a day, which is its last."""

    post_id: int
    last_day: date


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


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialEnd(Item):
    """A certificate no longer counts after a day. `credential` is the act that granted it."""

    post_id: int
    credential: UUID
    last_day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenIssue(Item):
    """A token for a machine that acts in a post. Its client makes the secret; `grants` narrow the post's own, empty keeps them all."""

    post_id: int
    name: str
    secret: Secret
    grants: frozenset[str] = frozenset()
    valid_from: date
    valid_to: date


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRevoke(Item):
    """A token ends now. `token` is the act that issued it."""

    post_id: int
    token: UUID
