"""Accounts: a name to sign in with and a hashed password, no rights."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.contrib.auth.hashers import make_password

from seawall.platform import clock, sql
from seawall.platform.verbs import Work, run_verb
from seawall.terms.actor import Actor
from seawall.terms.acts import Outcome, Params, Refusal
from seawall.terms.staff import AccountCreate

from ..models import Account


def accounts_create(actor: Actor, items: Sequence[AccountCreate]) -> list[Outcome]:
    """Answers `account_id`. A user name that is taken is refused."""
    return run_verb(actor, "accounts_create", items, owner="post", owner_id=lambda i: 0, work=_create)


def _create(w: Work, items: list[AccountCreate]) -> Mapping[UUID, Refusal | Params]:
    first: dict[str, AccountCreate] = {}
    for item in items:
        first.setdefault(item.username, item)
    made = sql.insert(
        Account,
        ("username", "password", "first_name", "last_name", "email")
        + ("is_superuser", "is_staff", "is_active", "date_joined", "act"),
        [
            (i.username, make_password(str(i.password)), i.name, "", "", False, False, True, clock.system_now(), i.act)
            for i in first.values()
        ],
        on_conflict="(username) DO NOTHING",
        returning=("act", "id"),
    )
    ids = dict(made)
    return {i.act: {"account_id": ids[i.act]} if i.act in ids else Refusal("USERNAME_TAKEN") for i in items}
