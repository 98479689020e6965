"""Accounts: a name to sign in with and a hashed password, no rights."""

from collections.abc import Iterable
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from seawall.platform import clock, sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.terms.acts import Refusal
from seawall.terms.codes import Owner
from seawall.terms.staff import AccountChange, AccountCreate, PasswordSet

from ..models import Account

WEAK = {
    "password_too_short": "PASSWORD_TOO_SHORT",
    "password_too_similar": "PASSWORD_LIKE_NAME",
    "password_entirely_numeric": "PASSWORD_ONLY_DIGITS",
}
"""What a rule of AUTH_PASSWORD_VALIDATORS found, and the reason that says it; any other has it in a list of common ones."""


def _weak(password: str, account: Account) -> Refusal | None:
    try:
        validate_password(password, account)
    except ValidationError as error:
        (first, *_) = error.error_list
        least = (first.params or {}).get("min_length", 0)
        return Refusal(WEAK.get(str(first.code), "PASSWORD_COMMON"), {"least": least})
    return None


@verb(Owner.CITY, zh="建立账号", en="Create accounts")
def accounts_create(w: Work, items: list[AccountCreate]) -> Answers:
    """Answers `account_id`. A user name that is taken, and a weak password, are refused; without a password nobody signs in yet."""
    refused: Answers = {i.act: why for i in items if (why := _unfit(i))}
    first: dict[str, AccountCreate] = {}
    for item in items:
        if item.act not in refused:
            first.setdefault(item.username, item)
    made = sql.insert(
        Account,
        ("username", "password", "first_name", "last_name", "email")
        + ("is_superuser", "is_staff", "is_active", "date_joined", "act"),
        [
            (i.username, make_password(str(i.password) or None), i.name, "", "", False, False, True, clock.system_now())
            + (i.act,)
            for i in first.values()
        ],
        on_conflict="(username) DO NOTHING",
        returning=("act", "id"),
    )
    ids = dict(made)
    taken: Answers = {i.act: Refusal("USERNAME_TAKEN") for i in items}
    return taken | {act: {"account_id": account} for act, account in ids.items()} | refused


def _unfit(item: AccountCreate) -> Refusal | None:
    account = Account(username=item.username, first_name=item.name)
    try:
        Account.username_validator(item.username)
        account.clean_fields(exclude={f.name for f in Account._meta.fields} - {"username", "first_name"})
    except ValidationError:
        return Refusal("USERNAME_UNFIT")
    return _weak(item.password, account) if item.password else None


@verb(Owner.CITY, zh="停用账号", en="Close accounts", destroys=True)
def account_close(w: Work, items: list[AccountChange]) -> Answers:
    """Nobody signs in with it any more, and whoever is signed in is out with the next page. Its posts stay as they are."""
    return _activity(items, active=False)


@verb(Owner.CITY, zh="恢复账号", en="Open accounts again")
def account_reopen(w: Work, items: list[AccountChange]) -> Answers:
    """A closed account may sign in again, with the password that it had."""
    return _activity(items, active=True)


def _activity(items: list[AccountChange], *, active: bool) -> Answers:
    ids = [i.account_id for i in items]
    rows = sql.fetch("UPDATE staff_account SET is_active = %s WHERE id = ANY(%s) RETURNING id", [active, ids])
    return _known(items, {account for (account,) in rows})


@verb(Owner.CITY, zh="发放登录链接", en="Invite accounts")
def account_invite(w: Work, items: list[AccountChange]) -> Answers:
    """Puts on record that a link was given out with which the account chooses its own password, once."""
    rows = sql.fetch("SELECT id FROM staff_account WHERE is_active AND id = ANY(%s)", [[i.account_id for i in items]])
    return _known(items, {account for (account,) in rows})


def _known(items: Iterable[AccountChange], found: set[int]) -> Answers:
    return {i.act: {"account_id": i.account_id} if i.account_id in found else Refusal("ACCOUNT_UNKNOWN") for i in items}


@verb(Owner.CITY, zh="设置密码", en="Set passwords")
def password_set(w: Work, items: list[PasswordSet]) -> Answers:
    """A weak password is refused. All sessions of the account end, and links given out for it are spent."""
    accounts = Account.objects.in_bulk([i.account_id for i in items])
    answers: dict[UUID, Refusal] = {}
    for item in items:
        account = accounts.get(item.account_id)
        why = Refusal("ACCOUNT_UNKNOWN") if account is None else _weak(item.password, account)
        if why:
            answers[item.act] = why
    sound = [i for i in items if i.act not in answers]
    sql.execute(
        f"UPDATE staff_account a SET password = u.password FROM {sql.unnest({'id': 'bigint', 'password': 'text'})} "
        "WHERE a.id = u.id",
        sql.turn([(i.account_id, make_password(str(i.password))) for i in sound], 2),
    )
    return {i.act: answers.get(i.act, {"account_id": i.account_id}) for i in items}


@verb(Owner.CITY, zh="结束全部登录", en="End all sessions")
def sessions_end(w: Work, items: list[AccountChange]) -> Answers:
    """Whoever is signed in with the account, on any device, is out with the next page."""
    rows = sql.fetch(
        "UPDATE staff_account SET session_epoch = session_epoch + 1 WHERE id = ANY(%s) RETURNING id",
        [[i.account_id for i in items]],
    )
    return _known(items, {account for (account,) in rows})


@verb(Owner.CITY, zh="清除第二验证", en="Clear second factors", destroys=True)
def second_factor_clear(w: Work, items: list[AccountChange]) -> Answers:
    """For a telephone that is lost with its recovery codes: authenticators of the account are forgotten, and its sessions end."""
    Authenticator.objects.filter(user_id__in=[i.account_id for i in items]).delete()
    return sessions_end.body(w, items)
