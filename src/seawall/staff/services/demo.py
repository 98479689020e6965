"""The posts that a demonstration offers, one for each kind of user, with accounts nobody can sign in with until a password is set."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID, uuid5

from seawall.platform import clock
from seawall.terms.actor import Actor
from seawall.terms.staff import AccountCreate, PostAssign, Scope, Secret

from .accounts import accounts_create
from .posts import posts_assign

DEMO = UUID("0de30000-0000-4000-8000-000000000000")
ROLES = {
    "director": "LEADING_GROUP_HEAD",
    "district_officer": "DISTRICT_OFFICER",
    "site_manager": "SITE_MANAGER",
    "nurse": "STATION_NURSE",
    "aefi_officer": "AEFI_OFFICER",
    "employer": "ROSTER_LIAISON",
    "inspector": "CITY_INSPECTOR",
    "supply_officer": "CDC_COLD_CHAIN",
}


def demo_posts(
    actor: Actor,
    *,
    at: datetime,
    city: str,
    unit: str,
    site_id: int,
    organisation_id: int,
    names: Mapping[str, str] | None = None,
    titles: Mapping[str, tuple[str, str]] | None = None,
) -> dict[str, int]:
    """Post ids by kind of user. `city` and `unit` are codes; `names` are the holders', `titles` (Chinese, English) the posts' own."""
    scopes = {
        "director": Scope(kind="area", ref=city),
        "district_officer": Scope(kind="unit", ref=unit),
        "site_manager": Scope(kind="site", ref=str(site_id)),
        "nurse": Scope(kind="site", ref=str(site_id)),
        "aefi_officer": Scope(kind="area", ref=city),
        "employer": Scope(kind="organisation", ref=str(organisation_id)),
        "inspector": Scope(kind="area", ref=city),
        "supply_officer": Scope(kind="area", ref=city),
    }
    accounts = _accounts(actor, at, names or {})
    outcomes = posts_assign(
        actor,
        [
            PostAssign(
                act=uuid5(DEMO, f"post/{who}"),
                occurred_at=at,
                role=role,
                person=(names or {}).get(who, ""),
                scopes=(scopes[who],),
                account_id=accounts[who],
                title_zh=(titles or {}).get(who, ("", ""))[0],
                title_en=(titles or {}).get(who, ("", ""))[1],
                valid_from=clock.civil_day(at),
                synthetic=True,
            )
            for who, role in ROLES.items()
        ],
    )
    return {who: int(str(o.answer["post_id"])) for who, o in zip(ROLES, outcomes, strict=True)}


def unit_posts(actor: Actor, *, at: datetime, people: Mapping[str, tuple[str, str]]) -> dict[str, int]:
    """One first responsible person (第一责任人) for each unit, invented: unit code to name and telephone. Post ids by unit code."""
    items = [
        PostAssign(
            act=uuid5(DEMO, f"unit/{code}"),
            occurred_at=at,
            role="FIRST_RESPONSIBLE",
            person=name,
            phone=phone,
            scopes=(Scope(kind="unit", ref=code),),
            valid_from=clock.civil_day(at),
            synthetic=True,
        )
        for code, (name, phone) in people.items()
    ]
    outcomes = posts_assign(actor, items)
    return {code: int(str(o.answer["post_id"])) for code, o in zip(people, outcomes, strict=True)}


def _accounts(actor: Actor, at: datetime, names: Mapping[str, str]) -> dict[str, int]:
    outcomes = accounts_create(
        actor,
        [
            AccountCreate(
                act=uuid5(DEMO, f"account/{who}"),
                occurred_at=at,
                username=f"demo-{who}",
                name=names.get(who, ""),
                password=Secret(secrets.token_urlsafe(24)),
            )
            for who in ROLES
        ],
    )
    return {who: int(str(o.answer["account_id"])) for who, o in zip(ROLES, outcomes, strict=True)}
