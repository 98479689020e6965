"""Credentials: who was trained and examined, for what, until when."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from seawall.platform import sql
from seawall.platform.verbs import Work, run_verb
from seawall.terms.actor import Actor
from seawall.terms.acts import Outcome, Params, Refusal
from seawall.terms.staff import CredentialGrant

from ..events import CREDENTIAL_GRANTED
from ..models import Credential
from ..rows import credential_kinds


def credentials_grant(actor: Actor, items: Sequence[CredentialGrant]) -> list[Outcome]:
    """A credential without post, of an unknown kind or with dates the wrong way round is refused."""
    return run_verb(actor, "credentials_grant", items, owner="post", owner_id=lambda i: i.post_id, work=_grant)


def _grant(w: Work, items: list[CredentialGrant]) -> Mapping[UUID, Refusal | Params]:
    known = {p for (p,) in sql.fetch("SELECT id FROM staff_post WHERE id = ANY(%s)", [[i.post_id for i in items]])}
    refused = {i.act: why for i in items if (why := _wrong(i, known))}
    sound = [i for i in items if i.act not in refused]
    sql.insert(
        Credential,
        ("post_id", "act", "kind", "programme", "age_group", "valid_from", "valid_to", "exam"),
        [(i.post_id, i.act, i.kind, i.programme, i.age_group, i.valid_from, i.valid_to, i.exam) for i in sound],
    )
    for i in sound:
        w.announce(CREDENTIAL_GRANTED, "post", i.post_id, i, {"kind": i.kind, "until": i.valid_to.isoformat()})
    return refused | {i.act: {} for i in sound}


def _wrong(item: CredentialGrant, known: set[int]) -> Refusal | None:
    if item.post_id not in known:
        return Refusal("POST_UNKNOWN", {"post": item.post_id})
    if item.kind not in credential_kinds():
        return Refusal("CREDENTIAL_KIND_UNKNOWN", {"kind": item.kind})
    if item.valid_to < item.valid_from:
        return Refusal("CREDENTIAL_DATES_WRONG", {"from": item.valid_from.isoformat(), "to": item.valid_to.isoformat()})
    return None
