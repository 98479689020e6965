"""What others may ask about posts: who acts, who is certified, who holds what."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from seawall.platform import clock, sql
from seawall.reference import selectors as reference
from seawall.terms.actor import Actor, Reach
from seawall.terms.names import Name

from .boards import (
    account_page,
    accounts_page,
    credentials_held,
    post_page,
    posts_page,
    scope_choices,
    scope_code,
    tokens_held,
)
from .models import Account
from .roles import Role, role_names, roles, shipped_roles
from .roles_check import roles_judge
from .rows import Owner, PostRow, SessionRule, credential_kinds, session_rule
from .tokens import narrowed, post_of

__all__ = [
    "Owner",
    "PostRow",
    "Role",
    "SessionRule",
    "account_called",
    "account_page",
    "accounts",
    "accounts_page",
    "actor_by_token",
    "actor_for",
    "administered",
    "certified",
    "credential_kinds",
    "credentials_held",
    "demo_posts",
    "owner",
    "post",
    "post_of_account",
    "post_page",
    "posts",
    "posts_of",
    "posts_page",
    "role_names",
    "roles",
    "roles_held",
    "roles_judge",
    "roles_made",
    "scope_choices",
    "scope_code",
    "session_rule",
    "shipped_roles",
    "stationed",
    "themselves",
    "tokens_held",
    "unit_owners",
    "welcome",
    "welcome_days",
]

HOLDS = "{t}.valid_from <= %(on)s AND ({t}.valid_to IS NULL OR {t}.valid_to >= %(on)s)"
POST = f"""
SELECT p.id, p.role, p.person, p.title_zh, p.title_en, p.phone, p.account_id, p.valid_from, p.valid_to, p.synthetic,
  coalesce(array_agg(ARRAY[s.kind, s.ref] ORDER BY s.kind, s.ref) FILTER (WHERE s.kind IS NOT NULL), '{{}}')
FROM staff_post p LEFT JOIN staff_postscope s ON s.post_id = p.id AND {HOLDS.format(t="s")}
  AND (%(purpose)s = '' OR s.purpose IN ('', %(purpose)s))
WHERE {HOLDS.format(t="p")}
"""


def _posts(where: str, params: dict[str, Any], on: date, purpose: str = "") -> list[PostRow]:
    rows = sql.fetch(f"{POST} {where} GROUP BY p.id ORDER BY p.id", params | {"on": on, "purpose": purpose})
    scopes = (tuple((kind, ref) for kind, ref in row[10]) for row in rows)
    return [PostRow(*row) for row in ((*row[:10], pairs) for row, pairs in zip(rows, scopes, strict=True))]


def posts(
    *,
    role: str | None = None,
    site_id: int | None = None,
    unit: str | None = None,
    on: date | None = None,
) -> list[PostRow]:
    """Posts held on a day (today by default): of a role, of a site, of a unit by code."""
    scope = ("site", str(site_id)) if site_id is not None else ("unit", unit) if unit else None
    where = "AND (%(role)s::text IS NULL OR p.role = %(role)s)"
    if scope:
        where += (
            " AND p.id IN (SELECT t.post_id FROM staff_postscope t"
            f" WHERE t.kind = %(kind)s AND t.ref = %(ref)s AND {HOLDS.format(t='t')})"
        )
    kind, ref = scope or (None, None)
    return _posts(where, {"role": role, "kind": kind, "ref": ref}, on or clock.today())


def post(post_id: int, on: date | None = None) -> PostRow | None:
    """A post on a day, if it is held then."""
    return next(iter(_posts("AND p.id = %(id)s", {"id": post_id}, on or clock.today())), None)


def posts_by_id(post_ids: Iterable[int], on: date | None = None) -> dict[int, PostRow]:
    rows = _posts("AND p.id = ANY(%(ids)s)", {"ids": list(post_ids)}, on or clock.today())
    return {row.post_id: row for row in rows}


def owner(post_id: int | None) -> Owner | None:
    """Who answers: the holder of a post today."""
    held = post(post_id) if post_id else None
    return held.owner if held else None


def unit_owners(on: date) -> dict[str, Owner]:
    """The first responsible person (首责人) of each unit, by unit code."""
    return {code: row.owner for row in posts(role="FIRST_RESPONSIBLE", on=on) for code in row.refs("unit")}


def post_of_account(account_id: int, on: date | None = None) -> PostRow | None:
    """The first post that an account holds on a day."""
    return next(iter(_posts("AND p.account_id = %(id)s", {"id": account_id}, on or clock.today())), None)


def posts_of(account_id: int) -> list[dict[str, Any]]:
    """The posts of an account today, as the start page lists them."""
    today = clock.today()
    return _listed(_posts("AND p.account_id = %(id)s", {"id": account_id}, today), today)


def demo_posts() -> list[dict[str, Any]]:
    """The posts that a demonstration offers, as the start page lists them."""
    today = clock.today()
    where = "AND p.account_id IN (SELECT id FROM staff_account WHERE username LIKE 'demo-%%')"
    return _listed(_posts(where, {}, today), today)


def _listed(rows: Sequence[PostRow], on: date) -> list[dict[str, Any]]:
    """`role` is the home of the role: what kind of user this is."""
    names, known = _place_names(rows, on), roles(on)
    return [
        {
            "role": known[row.role].home,
            "post_id": row.post_id,
            "name": row.person,
            "post": row.name,
            "organisations": sorted(_ids(row, "organisation")),
            "place": next((names[s] for s in row.scopes if s in names), Name("", "")),
        }
        for row in rows
    ]


def _place_names(rows: Sequence[PostRow], on: date) -> dict[tuple[str, str], Name]:
    """Names of the areas, units and sites that these posts cover."""
    site_ids = {int(ref) for row in rows for ref in row.refs("site")}
    names = {("site", str(p.place_id)): Name.of(p) for p in reference.places(place_ids=site_ids)}
    names |= {("unit", u.code): Name.of(u) for u in reference.units(on, None)}
    codes = {ref for row in rows for ref in row.refs("area")}
    return names | {("area", code): Name.of(area) for code in codes if (area := reference.area_by_code(code, on))}


def actor_for(post_id: int, language: str, purpose: str = "") -> Actor | None:
    """The Actor of a post held today, for a purpose (its role's by default); None when nobody holds it today."""
    today = clock.today()
    held = post(post_id, today)
    if held is None:
        return None
    role = roles(today)[held.role]
    (row,) = _posts("AND p.id = %(id)s", {"id": post_id}, today, purpose or role.purpose)
    reach = reach_of(row, today)
    return Actor(row.account_id or 0, post_id, row.role, role.grants, reach, purpose or role.purpose, language)


def actor_by_token(token: str, language: str) -> Actor | None:
    """The Actor of a machine's token, narrowed to the token's rights; None when it does not hold today."""
    if (found := post_of(token)) is None:
        return None
    post_id, grants = found
    actor = actor_for(post_id, language)
    return narrowed(actor, grants) if actor else None


def reach_of(row: PostRow, on: date) -> Reach:
    """What a post covers on a day: areas and units become leaves, leaves become the places that lie in them."""
    areas = [a for code in row.refs("area") if (a := reference.area_by_code(code, on))]
    if any(a.depth == 0 for a in areas):
        return Reach(everywhere=True)
    leaves = reference.leaves_under([a.area_id for a in areas], on) if areas else frozenset()
    if row.refs("unit"):
        wanted = set(row.refs("unit"))
        leaves = leaves.union(*(u.leaves for u in reference.units(on, None) if u.code in wanted))
    sites = _ids(row, "site") | (reference.places_within(leaves) if leaves else frozenset())
    return Reach(
        leaves=leaves,
        sites=sites,
        organisations=_ids(row, "organisation"),
        sectors=frozenset(row.refs("sector")),
        households=_ids(row, "household"),
    )


def _ids(row: PostRow, kind: str) -> frozenset[int]:
    return frozenset(int(ref) for ref in row.refs(kind))


def certified(post_ids: Iterable[int], on: date, programme: str, kind: str | None = None) -> frozenset[int]:
    """Posts whose holder may screen and vaccinate in a programme on a day; or holds one `kind` of credential."""
    kinds = [kind] if kind else [code for code, row in credential_kinds().items() if row.vaccinates]
    rows = sql.fetch(
        "SELECT DISTINCT post_id FROM staff_credential WHERE post_id = ANY(%s) AND kind = ANY(%s) "
        "AND programme IN ('', %s) AND %s BETWEEN valid_from AND valid_to",
        [list(post_ids), kinds, programme, on],
    )
    return frozenset(post for (post,) in rows)


def stationed(post_ids: Iterable[int], on: date, verb: str) -> dict[int, frozenset[int]]:
    """Sites at which each of the posts may do a verb on a day: those that it covers itself, in a role that holds the verb."""
    known = roles(on)
    return {
        post_id: frozenset(int(ref) for ref in row.refs("site"))
        for post_id, row in posts_by_id(post_ids, on).items()
        if verb in known[row.role].grants
    }


def accounts(post_ids: Iterable[int]) -> dict[int, int]:
    """The account that holds each post, of those that one holds."""
    rows = sql.fetch("SELECT id, account_id FROM staff_post WHERE id = ANY(%s) AND account_id > 0", [list(post_ids)])
    return dict(rows)


def certified_until(post_ids: Iterable[int], programme: str) -> dict[int, date]:
    """Last day on which each post's holder may screen and vaccinate, of those who ever may."""
    rows = sql.fetch(
        "SELECT post_id, max(valid_to) FROM staff_credential WHERE post_id = ANY(%s) AND kind = ANY(%s) "
        "AND programme IN ('', %s) GROUP BY post_id",
        [list(post_ids), [code for code, row in credential_kinds().items() if row.vaccinates], programme],
    )
    return dict(rows)


def roles_held(on: date) -> frozenset[str]:
    """Roles of the posts that are held on a day or later."""
    rows = sql.fetch("SELECT DISTINCT role FROM staff_post WHERE valid_to IS NULL OR valid_to >= %s", [on])
    return frozenset(role for (role,) in rows)


def roles_made() -> frozenset[str]:
    """Roles that no table of the program knows, in which a post was ever held."""
    return frozenset(role for (role,) in sql.fetch("SELECT DISTINCT role FROM staff_post")) - shipped_roles().keys()


def account_called(username: str, email: str) -> Account | None:
    """The account of a user name, else the one account of an e-mail address."""
    found = Account.objects.filter(username=username) if username else Account.objects.none()
    if not found and email:
        found = Account.objects.filter(email__iexact=email)
    return found[0] if len(found) == 1 else None


def administered(role: str) -> bool:
    """Whether somebody who can sign in holds a post of this role today."""
    rows = sql.fetch(
        f"SELECT 1 FROM staff_post p JOIN staff_account a ON a.id = p.account_id WHERE p.role = %(role)s "
        f"AND {HOLDS.format(t='p')} AND a.is_active AND a.password NOT LIKE '!%%' LIMIT 1",
        {"role": role, "on": clock.today()},
    )
    return bool(rows)


def welcome(account_id: int) -> dict[str, str]:
    """What the address of a link holds with which an account chooses its password; spent once it has chosen one."""
    account = Account.objects.get(pk=account_id)
    return {
        "uidb64": urlsafe_base64_encode(force_bytes(account.pk)),
        "token": default_token_generator.make_token(account),
    }


def welcome_days() -> int:
    """For how long such a link works."""
    return int(settings.PASSWORD_RESET_TIMEOUT // 86_400)


def themselves(account_id: int, language: str) -> Actor:
    """An account acting for itself, outside any post: it may choose its password and end its sessions."""
    return Actor(
        account_id,
        0,
        "ACCOUNT",
        frozenset({"password_set", "sessions_end"}),
        Reach(everywhere=True),
        "service",
        language,
    )
