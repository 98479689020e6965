"""Accounts as the administrator sees them: who can sign in, and which posts that opens."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from seawall.platform import access, sql
from seawall.terms.actor import Actor
from seawall.terms.acts import Refused

from .posts import PostLine, posts_of_accounts

MOST = 100
UNSET = "!"  # how a password begins that nobody has chosen yet
ACCOUNT = (
    "SELECT id, username, first_name, is_active, date_joined, last_login, left(password, 1), "
    "EXISTS (SELECT 1 FROM mfa_authenticator m WHERE m.user_id = staff_account.id AND m.type <> 'recovery_codes') FROM staff_account"
)


@dataclass(frozen=True, slots=True)
class AccountLine:
    """An account: `state` is open, invited (no password chosen yet) or closed."""

    account_id: int
    username: str
    name: str
    state: str
    made_at: datetime
    last_sign_in: datetime | None
    second_factor: bool
    posts: tuple[PostLine, ...]


@dataclass(frozen=True, slots=True)
class AccountsPage:
    """Accounts that answer to what was asked."""

    rows: tuple[AccountLine, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class AccountPage:
    """One account with all its posts."""

    account: AccountLine


def accounts_page(actor: Actor, text: str = "") -> AccountsPage:
    """Accounts by name or user name."""
    access.require(actor, "see:staff")
    rows = _lines("username ILIKE %(like)s OR first_name ILIKE %(like)s", {"like": f"%{sql.like(text)}%"})
    return AccountsPage(tuple(rows[:MOST]), len(rows) > MOST)


def account_page(actor: Actor, account_id: int) -> AccountPage:
    access.require(actor, "see:staff")
    found = _lines("id = %(id)s", {"id": account_id})
    if not found:
        raise Refused("ACCOUNT_UNKNOWN")
    return AccountPage(found[0])


def _lines(where: str, params: dict[str, Any]) -> list[AccountLine]:
    rows = sql.fetch(f"{ACCOUNT} WHERE {where} ORDER BY username LIMIT {MOST + 1}", params)
    posts = posts_of_accounts([row[0] for row in rows])
    return [
        AccountLine(
            account_id, username, name, "closed" if not active else "invited" if first == UNSET else "open",
            made, last, second, tuple(posts.get(account_id, ())),
        )
        for account_id, username, name, active, made, last, first, second in rows
    ]  # fmt: skip
