"""Posts as the administrator sees them: held, to come and ended, with what each covers."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from seawall.platform import access, clock, sql
from seawall.terms.actor import Actor
from seawall.terms.acts import Refused
from seawall.terms.names import Name

from ..roles import Role, roles
from ..rows import CredentialKind, credential_kinds
from .scopes import names

MOST = 100
POST = """
SELECT p.id, p.role, p.person, p.title_zh, p.title_en, p.phone, p.account_id, a.username, p.valid_from, p.valid_to,
  coalesce((SELECT array_agg(ARRAY[s.kind, s.ref, s.purpose, s.valid_from::text, coalesce(s.valid_to::text, '')]
    ORDER BY s.kind, s.ref, s.purpose) FROM staff_postscope s WHERE s.post_id = p.id), '{}')
FROM staff_post p LEFT JOIN staff_account a ON a.id = p.account_id
"""
LIKE = (
    "(p.person ILIKE %(like)s OR p.title_zh ILIKE %(like)s OR p.title_en ILIKE %(like)s OR a.username ILIKE %(like)s)"
)
HELD = "(p.valid_to IS NULL OR p.valid_to >= %(on)s)"
CREDENTIALS = """
SELECT act, kind, programme, age_group, valid_from, valid_to, exam FROM staff_credential
WHERE post_id = %s ORDER BY valid_to DESC, kind
"""
TOKENS = """
SELECT act, name, grants, valid_from, valid_to, last_used_at, revoked_at FROM staff_token
WHERE post_id = %s ORDER BY revoked_at NULLS FIRST, valid_to DESC
"""


@dataclass(frozen=True, slots=True)
class ScopeLine:
    """One thing that a post covers. `name` is empty where only a number or a code is known."""

    kind: str
    ref: str
    name: Name | None
    purpose: str
    valid_from: date
    valid_to: date | None
    holds: bool


@dataclass(frozen=True, slots=True)
class PostLine:
    """A post with its holder, its dates and its scopes. `state` is held, coming or ended."""

    post_id: int
    role: Role
    person: str
    title: Name
    phone: str
    account_id: int | None
    username: str
    valid_from: date
    valid_to: date | None
    state: str
    scopes: tuple[ScopeLine, ...]


@dataclass(frozen=True, slots=True)
class CredentialLine:
    """A certificate and whether it counts today."""

    credential: UUID
    kind: CredentialKind
    programme: str
    age_group: str
    valid_from: date
    valid_to: date
    exam: str
    holds: bool


@dataclass(frozen=True, slots=True)
class TokenLine:
    """A machine's token and whether it opens anything today."""

    token: UUID
    name: str
    grants: tuple[str, ...]
    valid_from: date
    valid_to: date
    last_used_at: datetime | None
    revoked_at: datetime | None
    holds: bool


@dataclass(frozen=True, slots=True)
class PostsPage:
    """Posts that answer to what was asked."""

    rows: tuple[PostLine, ...]
    more: bool
    roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class PostPage:
    """One post and everything that hangs on it."""

    post: PostLine
    credentials: tuple[CredentialLine, ...]
    tokens: tuple[TokenLine, ...]
    kinds: tuple[CredentialKind, ...]


def posts_page(actor: Actor, text: str = "", role: str = "", *, ended: bool = False) -> PostsPage:
    """Posts by holder, title or user name, of a role; those that have ended only when asked for."""
    access.require(actor, "see:staff")
    where = ["TRUE" if ended else HELD] + ([LIKE] if text else []) + (["p.role = %(role)s"] if role else [])
    rows = _lines(" AND ".join(where), {"like": f"%{sql.like(text)}%", "role": role}, MOST + 1)
    return PostsPage(tuple(rows[:MOST]), len(rows) > MOST, tuple(roles(clock.today()).values()))


def post_page(actor: Actor, post_id: int) -> PostPage:
    """A post with its credentials and tokens, whether held today or not."""
    access.require(actor, "see:staff")
    found = _lines("p.id = %(id)s", {"id": post_id}, 1)
    if not found:
        raise Refused("POST_UNKNOWN", post=post_id)
    on, kinds = clock.today(), credential_kinds()
    credentials = [
        CredentialLine(act, kinds[kind], programme, group, begins, ends, exam, begins <= on <= ends)
        for act, kind, programme, group, begins, ends, exam in sql.fetch(CREDENTIALS, [post_id])
    ]
    tokens = [
        TokenLine(act, name, tuple(grants), begins, ends, used, revoked, revoked is None and begins <= on <= ends)
        for act, name, grants, begins, ends, used, revoked in sql.fetch(TOKENS, [post_id])
    ]
    return PostPage(found[0], tuple(credentials), tuple(tokens), tuple(kinds.values()))


def posts_of_accounts(account_ids: list[int]) -> dict[int, list[PostLine]]:
    """Every post that each account holds, held or will hold, the newest first."""
    found: dict[int, list[PostLine]] = {}
    for line in _lines("p.account_id = ANY(%(ids)s)", {"ids": account_ids}, None):
        found.setdefault(line.account_id or 0, []).append(line)
    return found


def _lines(where: str, params: dict[str, Any], most: int | None) -> list[PostLine]:
    on = clock.today()
    query = f"{POST} WHERE {where} ORDER BY p.valid_from DESC, p.id DESC LIMIT %(most)s"
    rows = sql.fetch(query, params | {"on": on, "most": most})
    named = names({(kind, ref) for row in rows for kind, ref, *_ in row[10]}, on)
    known = roles(on)
    return [_line(row, known, named, on) for row in rows]


def _line(row: tuple[Any, ...], known: dict[str, Role], named: dict[tuple[str, str], Name], on: date) -> PostLine:
    post_id, code, person, zh, en, phone, account, username, begins, ends, scopes = row
    role = known[code]
    return PostLine(
        post_id=post_id,
        role=role,
        person=person,
        title=Name(zh or role.zh, en or role.en),
        phone=phone,
        account_id=account,
        username=username or "",
        valid_from=begins,
        valid_to=ends,
        state="coming" if begins > on else "ended" if ends and ends < on else "held",
        scopes=tuple(_scope(scope, named, on) for scope in scopes),
    )


def _scope(scope: list[str], named: dict[tuple[str, str], Name], on: date) -> ScopeLine:
    kind, ref, purpose, begins, ends = scope
    first, last = date.fromisoformat(begins), date.fromisoformat(ends) if ends else None
    return ScopeLine(
        kind, ref, named.get((kind, ref)), purpose, first, last, first <= on and (last is None or on <= last)
    )
