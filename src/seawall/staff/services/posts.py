"""Posts: who holds which role, for what, from when until when."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from seawall.platform import sql
from seawall.platform.verbs import Work, run_verb
from seawall.terms.actor import Actor
from seawall.terms.acts import Outcome, Params, Refusal
from seawall.terms.staff import SCOPE_KINDS, PostAssign

from ..events import POST_ASSIGNED
from ..models import Post, PostScope
from ..rows import roles


def posts_assign(actor: Actor, items: Sequence[PostAssign]) -> list[Outcome]:
    """Answers `post_id`. A post without scope sees nothing, so at least one is asked."""
    return run_verb(actor, "posts_assign", items, owner="post", owner_id=lambda i: 0, work=_assign)


def _assign(w: Work, items: list[PostAssign]) -> Mapping[UUID, Refusal | Params]:
    refused = {i.act: why for i in items if (why := _wrong(i))}
    sound = [i for i in items if i.act not in refused]
    made = sql.insert(
        Post,
        ("act", "role", "person", "title_zh", "title_en", "phone", "account_id", "valid_from", "valid_to", "synthetic"),
        [
            (i.act, i.role, i.person, i.title_zh, i.title_en, i.phone, i.account_id, i.valid_from, i.valid_to)
            + (i.synthetic,)
            for i in sound
        ],
        returning=("act", "id"),
    )
    ids = dict(made)
    sql.insert(
        PostScope,
        ("post_id", "kind", "ref", "purpose", "valid_from", "valid_to"),
        [
            (ids[i.act], s.kind, s.ref, s.purpose, s.valid_from or i.valid_from, s.valid_to or i.valid_to)
            for i in sound
            for s in dict.fromkeys(i.scopes)
        ],
        on_conflict="DO NOTHING",
    )
    for i in sound:
        w.announce(POST_ASSIGNED, "post", ids[i.act], i, {"role": i.role})
    return refused | {i.act: {"post_id": ids[i.act]} for i in sound}


def _wrong(item: PostAssign) -> Refusal | None:
    if item.role not in roles():
        return Refusal("POST_ROLE_UNKNOWN", {"role": item.role})
    if not item.scopes:
        return Refusal("SCOPE_MISSING", {"role": item.role})
    for scope in item.scopes:
        if scope.kind not in SCOPE_KINDS:
            return Refusal("SCOPE_KIND_UNKNOWN", {"kind": scope.kind})
    if item.valid_to and item.valid_to < item.valid_from:
        return Refusal("POST_DATES_WRONG", {"from": item.valid_from.isoformat(), "to": item.valid_to.isoformat()})
    return None
