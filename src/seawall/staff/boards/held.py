"""Credentials and tokens of all posts, found by what they are and who holds them."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from seawall.platform import access, clock, sql
from seawall.terms.actor import Actor

from ..rows import CredentialKind, credential_kinds

MOST = 30
CREDENTIALS = f"""
SELECT c.act, c.kind, p.person, p.id, c.valid_to FROM staff_credential c JOIN staff_post p ON p.id = c.post_id
JOIN {sql.unnest({"code": "text", "said": "text"}, "k")} ON k.code = c.kind
WHERE c.act = %s OR %s::uuid IS NULL AND c.valid_to >= %s AND concat_ws(' ', k.said, p.person) ILIKE ALL(%s)
ORDER BY c.valid_to DESC, c.act LIMIT {MOST}
"""
TOKENS = f"""
SELECT t.act, t.name, p.person, p.id, t.valid_to FROM staff_token t JOIN staff_post p ON p.id = t.post_id
WHERE t.act = %s OR %s::uuid IS NULL AND t.revoked_at IS NULL AND concat_ws(' ', t.name, p.person) ILIKE ALL(%s)
ORDER BY t.valid_to DESC, t.act LIMIT {MOST}
"""


@dataclass(frozen=True, slots=True)
class CredentialHeld:
    """A certificate with its holder, and its last day."""

    credential: UUID
    kind: CredentialKind
    person: str
    post_id: int
    valid_to: date


@dataclass(frozen=True, slots=True)
class TokenHeld:
    """A machine's token with the holder of its post, and its last day."""

    token: UUID
    name: str
    person: str
    post_id: int
    valid_to: date


def credentials_held(actor: Actor, text: str, credential: UUID | None = None) -> list[CredentialHeld]:
    """Those that count today or later, where every word is part of the kind or the holder's name; or the one of an id."""
    access.require(actor, "see:staff")
    kinds = credential_kinds()
    said = sql.turn([(code, f"{code} {kind.zh} {kind.en}") for code, kind in kinds.items()], 2)
    rows = sql.fetch(CREDENTIALS, [*said, credential, credential, clock.today(), _parts(text)])
    return [CredentialHeld(act, kinds[kind], person, post, until) for act, kind, person, post, until in rows]


def tokens_held(actor: Actor, text: str, token: UUID | None = None) -> list[TokenHeld]:
    """Those not revoked, where every word is part of the token's or the holder's name; or the one of an id."""
    access.require(actor, "see:staff")
    return [TokenHeld(*row) for row in sql.fetch(TOKENS, [token, token, _parts(text)])]


def _parts(text: str) -> list[str]:
    return [f"%{sql.like(word)}%" for word in text.split()]
