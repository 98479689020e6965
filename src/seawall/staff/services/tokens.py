"""Tokens of machines: issued for a post, narrowed, ended; the secret itself is never kept."""

from seawall.platform import clock, sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.terms.acts import Refusal
from seawall.terms.codes import Owner
from seawall.terms.staff import TokenIssue, TokenRevoke

from ..models import Token
from ..roles import Role, roles
from ..tokens import LEAST, secret_digest


@verb(Owner.POST, zh="发放机器令牌", en="Issue tokens")
def token_issue(w: Work, items: list[TokenIssue]) -> Answers:
    """Whoever shows `POST.SECRET` acts in that post from then on. A short secret, or a right the post lacks, is refused."""
    held = dict(sql.fetch("SELECT id, role FROM staff_post WHERE id = ANY(%s)", [[i.post_id for i in items]]))
    known = roles(clock.today())
    refused = {i.act: why for i in items if (why := _wrong(i, known.get(held.get(i.post_id, ""))))}
    sound = [i for i in items if i.act not in refused]
    sql.insert(
        Token,
        ("post_id", "act", "name", "digest", "grants", "valid_from", "valid_to"),
        [
            (i.post_id, i.act, i.name, secret_digest(i.secret), sorted(i.grants), i.valid_from, i.valid_to)
            for i in sound
        ],
    )
    return refused | {i.act: {"token": str(i.act), "until": i.valid_to.isoformat()} for i in sound}


def _wrong(item: TokenIssue, role: Role | None) -> Refusal | None:
    if role is None:
        return Refusal("POST_UNKNOWN", {"post": item.post_id})
    if len(item.secret) < LEAST:
        return Refusal("TOKEN_TOO_SHORT", {"least": LEAST})
    if lacks := sorted(item.grants - role.grants):
        return Refusal("TOKEN_BEYOND_POST", {"grant": lacks[0]})
    if item.valid_to < item.valid_from:
        return Refusal("CREDENTIAL_DATES_WRONG", {"from": item.valid_from.isoformat(), "to": item.valid_to.isoformat()})
    return None


@verb(Owner.POST, zh="吊销机器令牌", en="Revoke tokens", destroys=True)
def token_revoke(w: Work, items: list[TokenRevoke]) -> Answers:
    """Tokens end at once, before their last day."""
    ended = sql.fetch(
        "UPDATE staff_token t SET revoked_at = %s "
        f"FROM {sql.unnest({'post_id': 'bigint', 'act': 'uuid'})} "
        "WHERE t.post_id = u.post_id AND t.act = u.act AND t.revoked_at IS NULL RETURNING t.act",
        [clock.system_now(), *sql.turn([(i.post_id, i.token) for i in items], 2)],
    )
    gone = {act for (act,) in ended}
    return {i.act: {"token": str(i.token)} if i.token in gone else Refusal("TOKEN_UNKNOWN") for i in items}
