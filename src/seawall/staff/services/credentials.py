"""Credentials: who was trained and examined, for what, until when."""

from seawall.platform import sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.reference import selectors as reference
from seawall.terms.acts import Refusal
from seawall.terms.codes import Owner
from seawall.terms.staff import CredentialEnd, CredentialGrant

from ..events import CREDENTIAL_GRANTED
from ..models import Credential
from ..rows import credential_kinds


@verb(Owner.POST, zh="登记资质", en="Grant credentials", key="post_id", tells=(CREDENTIAL_GRANTED,))
def credentials_grant(w: Work, items: list[CredentialGrant]) -> Answers:
    """A credential without post, of an unknown kind or programme, or with dates the wrong way round is refused."""
    known = {p for (p,) in sql.fetch("SELECT id FROM staff_post WHERE id = ANY(%s)", [[i.post_id for i in items]])}
    programmes = {"", *reference.programmes_in_use()}
    refused = {i.act: why for i in items if (why := _wrong(i, known, programmes))}
    sound = [i for i in items if i.act not in refused]
    sql.insert(
        Credential,
        ("post_id", "act", "kind", "programme", "age_group", "valid_from", "valid_to", "exam"),
        [(i.post_id, i.act, i.kind, i.programme, i.age_group, i.valid_from, i.valid_to, i.exam) for i in sound],
    )
    for i in sound:
        w.announce(CREDENTIAL_GRANTED, "post", i.post_id, i, {"kind": i.kind, "until": i.valid_to.isoformat()})
    return refused | {i.act: {} for i in sound}


def _wrong(item: CredentialGrant, known: set[int], programmes: set[str]) -> Refusal | None:
    if item.post_id not in known:
        return Refusal("POST_UNKNOWN", {"post": item.post_id})
    if item.kind not in credential_kinds():
        return Refusal("CREDENTIAL_KIND_UNKNOWN", {"kind": item.kind})
    if item.programme not in programmes:
        return Refusal("PROGRAMME_UNKNOWN", {"programme": item.programme})
    if item.valid_to < item.valid_from:
        return Refusal("CREDENTIAL_DATES_WRONG", {"from": item.valid_from.isoformat(), "to": item.valid_to.isoformat()})
    return None


@verb(Owner.POST, zh="终止资质", en="End credentials", destroys=True)
def credential_end(w: Work, items: list[CredentialEnd]) -> Answers:
    """A credential stops counting after a day before its last: withdrawn, or found wrong. The day before its first voids it."""
    ended = sql.fetch(
        "UPDATE staff_credential c SET valid_to = u.last "
        f"FROM {sql.unnest({'post_id': 'bigint', 'act': 'uuid', 'last': 'date'})} "
        "WHERE c.post_id = u.post_id AND c.act = u.act AND u.last < c.valid_to AND u.last >= c.valid_from - 1 "
        "RETURNING c.act",
        sql.turn([(i.post_id, i.credential, i.last_day) for i in items], 3),
    )
    gone = {act for (act,) in ended}
    return {
        i.act: {"credential": str(i.credential)} if i.credential in gone else Refusal("CREDENTIAL_NOT_HELD")
        for i in items
    }
