"""Posts: who holds which role, for what, from when until when."""

from collections.abc import Iterable
from datetime import date

from seawall.platform import sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.reference import selectors as reference
from seawall.terms.acts import Refusal
from seawall.terms.codes import Owner
from seawall.terms.staff import SCOPE_KINDS, PostAssign, PostEnd, Scope

from ..events import POST_ASSIGNED, POST_ENDED
from ..models import Post, PostScope
from ..roles import Role, roles

BY_ID = frozenset({"organisation", "site", "household"})
"""Kinds of scope that are known by a number; areas and units by their code of the day, sectors by their own."""


@verb(Owner.CITY, zh="任命岗位", en="Assign posts", tells=(POST_ASSIGNED,))
def posts_assign(w: Work, items: list[PostAssign]) -> Answers:
    """Answers `post_id`. A post without scope sees nothing, so at least one is asked."""
    codes = _codes(items)
    known = {day: roles(day) for day in codes}
    refused = {i.act: why for i in items if (why := _wrong(i, known[i.valid_from], codes[i.valid_from]))}
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


def _codes(items: Iterable[PostAssign]) -> dict[date, dict[str, frozenset[str]]]:
    """Codes of areas and units on each day on which a post begins, of the kinds that are asked for."""
    asked: dict[date, set[str]] = {}
    for item in items:
        asked.setdefault(item.valid_from, set()).update(scope.kind for scope in item.scopes)
    return {
        day: {
            "area": frozenset(a.code for a in reference.areas(day)) if "area" in kinds else frozenset(),
            "unit": frozenset(u.code for u in reference.units(day, None)) if "unit" in kinds else frozenset(),
        }
        for day, kinds in asked.items()
    }


def _wrong(item: PostAssign, known: dict[str, Role], codes: dict[str, frozenset[str]]) -> Refusal | None:
    role = known.get(item.role)
    if role is None or not role.used:
        return Refusal("POST_ROLE_UNKNOWN", {"role": item.role})
    if not item.scopes:
        return Refusal("SCOPE_MISSING", {"role": item.role})
    if why := next((why for scope in item.scopes if (why := _wrong_scope(scope, codes))), None):
        return why
    if item.valid_to and item.valid_to < item.valid_from:
        return Refusal("POST_DATES_WRONG", {"from": item.valid_from.isoformat(), "to": item.valid_to.isoformat()})
    return None


def _wrong_scope(scope: Scope, codes: dict[str, frozenset[str]]) -> Refusal | None:
    if scope.kind not in SCOPE_KINDS:
        return Refusal("SCOPE_KIND_UNKNOWN", {"kind": scope.kind})
    known = codes.get(scope.kind)
    digits = scope.ref.isascii() and scope.ref.isdigit() and len(scope.ref) < 19
    if (known is not None and scope.ref not in known) or (scope.kind in BY_ID and not digits):
        return Refusal("SCOPE_UNKNOWN", {"kind": scope.kind, "ref": scope.ref[:40]})
    return None


@verb(Owner.POST, zh="结束岗位", en="End posts", destroys=True, tells=(POST_ENDED,))
def post_end(w: Work, items: list[PostEnd]) -> Answers:
    """A post may end earlier than it would have, not later; whoever holds it is out after its last day, and so are its tokens."""
    held = {
        post: (begins, ends)
        for post, begins, ends in sql.fetch(
            "SELECT id, valid_from, valid_to FROM staff_post WHERE id = ANY(%s)", [[i.post_id for i in items]]
        )
    }
    refused = {i.act: why for i in items if (why := _cannot_end(i, held.get(i.post_id)))}
    sound = [i for i in items if i.act not in refused]
    sql.execute(
        f"UPDATE staff_post p SET valid_to = u.last FROM {sql.unnest({'id': 'bigint', 'last': 'date'})} WHERE p.id = u.id",
        sql.turn([(i.post_id, i.last_day) for i in sound], 2),
    )
    for i in sound:
        w.announce(POST_ENDED, "post", i.post_id, i, {"last_day": i.last_day.isoformat()})
    return refused | {i.act: {"post_id": i.post_id} for i in sound}


def _cannot_end(item: PostEnd, held: tuple[date, date | None] | None) -> Refusal | None:
    if held is None:
        return Refusal("POST_UNKNOWN", {"post": item.post_id})
    begins, ends = held
    if item.last_day < begins:
        return Refusal("POST_DATES_WRONG", {"from": begins.isoformat(), "to": item.last_day.isoformat()})
    if ends and item.last_day > ends:
        return Refusal("POST_ENDS_EARLIER", {"to": ends.isoformat()})
    return None
