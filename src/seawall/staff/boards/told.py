"""Posts as somebody outside the staff is told of them: what each is called and what it covers, whether it is still held or not."""

from collections.abc import Collection
from dataclasses import dataclass

from seawall.platform import clock, sql
from seawall.terms.names import Name

from ..roles import role_names
from .scopes import names

POSTS = """
SELECT p.id, p.role, p.title_zh, p.title_en,
  coalesce((SELECT array_agg(ARRAY[s.kind, s.ref] ORDER BY s.kind, s.ref) FROM staff_postscope s WHERE s.post_id = p.id), '{}')
FROM staff_post p WHERE p.id = ANY(%s)
"""


@dataclass(frozen=True, slots=True)
class Told:
    """A post without its holder: its title, what it covers by name, and the organisations it speaks for by id."""

    title: Name
    place: Name | None
    organisations: tuple[int, ...]


def told(post_ids: Collection[int]) -> dict[int, Told]:
    rows = sql.fetch(POSTS, [sorted(set(post_ids))])
    found = names([(kind, ref) for row in rows for kind, ref in row[4]], clock.today())
    called = role_names()
    return {
        post_id: Told(
            Name(zh or called[role].zh, en or called[role].en),
            next((found[kind, ref] for kind, ref in scopes if (kind, ref) in found), None),
            tuple(int(ref) for kind, ref in scopes if kind == "organisation"),
        )
        for post_id, role, zh, en, scopes in rows
    }
