"""What a post may see and do and why; and which posts reach a thing of theirs by what they cover."""

from collections.abc import Collection
from dataclasses import dataclass

from seawall.platform import access, clock, sql
from seawall.platform.verbs import all_verbs
from seawall.terms.actor import EN, Actor, Reach
from seawall.terms.names import Name

from ..roles import Role, roles
from ..rows import Sight, sights
from ..selectors import HOLDS, actor_for
from .posts import PostLine, post_page
from .scopes import names

COVERING = f"""
SELECT p.role, s.kind, s.ref, count(DISTINCT p.id) FROM staff_post p JOIN staff_postscope s ON s.post_id = p.id
WHERE {HOLDS.format(t="p")} AND {HOLDS.format(t="s")} AND p.role = ANY(%(roles)s)
AND (s.kind, s.ref) IN (SELECT * FROM unnest(%(kinds)s::text[], %(refs)s::text[])) GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""


@dataclass(frozen=True, slots=True)
class Deed:
    """A verb that a right allows."""

    grant: str
    name: Name


@dataclass(frozen=True, slots=True)
class RightsPage:
    """A post's rights come from its role, its reach from what it covers. `reach` is none while nobody holds the post."""

    post: PostLine
    sights: tuple[Sight, ...]
    deeds: tuple[Deed, ...]
    reach: Reach | None


@dataclass(frozen=True, slots=True)
class Covering:
    """Posts of one role that reach something by the same scope."""

    role: Role
    kind: str
    name: Name
    posts: int
    sights: tuple[Sight, ...]


def rights_page(actor: Actor, post_id: int) -> RightsPage:
    post = post_page(actor, post_id).post
    held, grants = actor_for(post_id, EN), post.role.grants
    deeds = [Deed(name, Name(verb.zh, verb.en)) for name, verb in all_verbs().items() if name in grants]
    seen = tuple(sight for sight in sights() if sight.grant in grants)
    return RightsPage(post, seen, tuple(deeds), held.reach if held else None)


def covering(actor: Actor, scopes: Collection[tuple[str, str]], wanted: Collection[str]) -> tuple[Covering, ...]:
    """Posts held today that cover one of these scopes in a role with one of these rights to see."""
    access.require(actor, *wanted)
    on = clock.today()
    able = {code: role for code, role in roles(on).items() if role.grants & set(wanted)}
    params = {"on": on, "roles": list(able), "kinds": [k for k, _ in scopes], "refs": [r for _, r in scopes]}
    rows, named = sql.fetch(COVERING, params), names(scopes, on)
    return tuple(
        Covering(
            able[code], kind, named.get((kind, ref), Name.code(ref)), posts,
            tuple(s for s in sights() if s.grant in wanted and s.grant in able[code].grants),
        )
        for code, kind, ref, posts in rows
    )  # fmt: skip
