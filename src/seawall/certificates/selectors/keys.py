"""Keys as they are shown and published."""

from dataclasses import dataclass
from datetime import datetime

from seawall.platform import sql
from seawall.terms.codes import KeyState

COLUMNS = "k.kid, k.dcc_kid, k.x, k.y, k.x509, k.state, k.made_at, k.ended_at"


@dataclass(frozen=True, slots=True)
class KeyRow:
    """The public part of a key; `revoked` counts what was taken back of it."""

    kid: str
    dcc_kid: bytes
    x: str
    y: str
    x509: bytes
    state: KeyState
    made_at: datetime
    ended_at: datetime | None
    revoked: int


def signing_keys() -> list[KeyRow]:
    """All that there ever were, newest first."""
    rows = sql.fetch(
        f"SELECT {COLUMNS}, (SELECT count(*) FROM certificates_certificate c WHERE c.kid = k.kid AND c.state = 'revoked') "
        "FROM certificates_signingkey k ORDER BY k.made_at DESC, k.ended_at DESC NULLS FIRST, k.kid"
    )
    return [
        KeyRow(kid, bytes(short), x, y, bytes(der), KeyState(state), *rest)
        for kid, short, x, y, der, state, *rest in rows
    ]


def published() -> list[KeyRow]:
    """Those on the lists."""
    return [row for row in signing_keys() if row.state != KeyState.RETIRED]
