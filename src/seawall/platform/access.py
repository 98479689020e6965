"""The one place that decides who may do and see what, from the Actor alone; and the record of every look at a person."""

from collections.abc import Iterable
from uuid import uuid4

from seawall.terms.actor import Actor
from seawall.terms.acts import Refused

from . import clock, sql
from .models import Look

NOT_PERMITTED = "NOT_PERMITTED"
OUT_OF_AREA = "OUT_OF_AREA"


def may(actor: Actor, grant: str) -> bool:
    """Whether the post's role carries this permission (a verb's name, or `see:<page>`)."""
    return grant in actor.grants or "*" in actor.grants


def require(actor: Actor, grant: str) -> None:
    if not may(actor, grant):
        raise Refused(NOT_PERMITTED, grant=grant)


def sees_leaf(actor: Actor, leaf_id: int) -> bool:
    return actor.reach.everywhere or leaf_id in actor.reach.leaves


def sees_site(actor: Actor, site_id: int) -> bool:
    return actor.reach.everywhere or site_id in actor.reach.sites


def sees_organisation(actor: Actor, organisation_id: int, sector: str = "") -> bool:
    reach = actor.reach
    return reach.everywhere or organisation_id in reach.organisations or (bool(sector) and sector in reach.sectors)


def reaches(actor: Actor, owner: str, owner_id: int) -> bool:
    """Scope check that `run_verb` makes for owners it knows; persons are judged by their room, which knows where they live."""
    if owner in {"site", "place"}:
        return sees_site(actor, owner_id)
    return True


def record_look(actor: Actor, person_ids: Iterable[int], page: str, revealed: Iterable[str] = ()) -> None:
    """One row for each person shown, before the page is drawn."""
    at, shown = clock.now(), list(revealed)
    rows = [(p, uuid4(), actor.account_id, actor.post_id, actor.purpose, page, shown, at) for p in person_ids]
    columns = ("person_id", "look", "account_id", "post_id", "purpose", "page", "revealed", "looked_at")
    sql.insert(Look, columns, rows)
