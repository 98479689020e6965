"""The token that a machine shows: the number of its post, a point, and a secret whose digest alone is kept."""

import hashlib
import hmac
from dataclasses import replace

from seawall.platform import clock, sql
from seawall.terms.actor import Actor

LEAST = 32  # characters of a secret
FRESH = "1 minute"  # the moment of last use is written no more often
HELD = """
SELECT t.act, t.digest, t.grants FROM staff_token t
WHERE t.post_id = %s AND t.revoked_at IS NULL AND %s BETWEEN t.valid_from AND t.valid_to
"""
USED = f"""
UPDATE staff_token SET last_used_at = %s WHERE post_id = %s AND act = %s
AND (last_used_at IS NULL OR last_used_at < %s - interval '{FRESH}')
"""


def secret_digest(secret: str) -> bytes:
    """A secret is long and random, so one round of a good digest is enough."""
    return hashlib.sha256(secret.encode()).digest()


def shown(token: str) -> tuple[int, str] | None:
    """Post and secret of what was shown; None when it is no token."""
    post, _, secret = token.partition(".")
    return (
        (int(post), secret) if post.isascii() and post.isdigit() and len(post) < 19 and len(secret) >= LEAST else None
    )


def post_of(token: str) -> tuple[int, frozenset[str]] | None:
    """The post and the rights that a token narrows it to, if it holds today; its last use is noted."""
    if (parts := shown(token)) is None:
        return None
    post_id, secret = parts
    now, digest = clock.system_now(), secret_digest(secret)
    for act, kept, grants in sql.fetch(HELD, [post_id, clock.today()]):
        if hmac.compare_digest(bytes(kept), digest):
            sql.execute(USED, [now, post_id, act, now])
            return post_id, frozenset(grants)
    return None


def narrowed(actor: Actor, grants: frozenset[str]) -> Actor:
    """The actor with no more than these rights; none named keeps them all."""
    return replace(actor, grants=actor.grants & grants) if grants else actor
