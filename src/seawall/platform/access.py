"""The one place that decides who may do and see what, from the Actor alone; and the record of every look at a person."""

from collections.abc import Callable, Iterable, Mapping
from uuid import uuid4

from seawall.terms.actor import Actor
from seawall.terms.acts import Refused
from seawall.terms.codes import Owner

from . import clock, sql
from .models import Look

NOT_PERMITTED = "NOT_PERMITTED"
OUT_OF_AREA = "OUT_OF_AREA"


def may(actor: Actor, grant: str) -> bool:
    """Whether the post's role carries this permission (a verb's name, or `see:<page>`)."""
    return grant in actor.grants or "*" in actor.grants


def require(actor: Actor, *grants: str) -> None:
    """Any one of these permissions; otherwise the request is refused whole, naming the first."""
    if not any(may(actor, grant) for grant in grants):
        raise Refused(NOT_PERMITTED, grant=grants[0])


def sees_leaf(actor: Actor, leaf_id: int) -> bool:
    return actor.reach.everywhere or leaf_id in actor.reach.leaves


def sees_site(actor: Actor, site_id: int) -> bool:
    return actor.reach.everywhere or site_id in actor.reach.sites


def sees_organisation(actor: Actor, organisation_id: int, sector: str = "") -> bool:
    reach = actor.reach
    return reach.everywhere or organisation_id in reach.organisations or (bool(sector) and sector in reach.sectors)


def _reaches_all(actor: Actor, owner_id: int) -> bool:
    return actor.reach.everywhere


SCOPES: Mapping[str, Callable[[Actor, int], bool]] = {
    Owner.PERSON: lambda actor, person_id: actor.reach.everywhere or person_id in actor.reach.persons,
    Owner.HOUSEHOLD: lambda actor, household_id: actor.reach.everywhere or household_id in actor.reach.households,
    Owner.ORGANISATION: sees_organisation,
    Owner.LEAF: sees_leaf,
    Owner.SITE: sees_site,
    Owner.PLACE: sees_site,
    Owner.LOT: _reaches_all,
    Owner.UNIT: _reaches_all,
    Owner.CITY: _reaches_all,
    Owner.CAMPAIGN: _reaches_all,
    Owner.POST: _reaches_all,
    Owner.ORDER: _reaches_all,
    Owner.ALERT: _reaches_all,
    Owner.PROPOSAL: _reaches_all,
}
"""Who may act on an owner, by its id. An owner without a rule is refused."""


def reaches(actor: Actor, owner: str, owner_id: int) -> bool:
    """Whether the actor's post covers this owner: the scope check of every verb that its room does not judge itself."""
    rule = SCOPES.get(owner)
    return rule is not None and rule(actor, owner_id)


def record_look(actor: Actor, person_ids: Iterable[int], page: str, revealed: Iterable[str] = ()) -> None:
    """One row for each person shown, before the page is drawn."""
    at, shown = clock.now(), list(revealed)
    rows = [(p, uuid4(), actor.account_id, actor.post_id, actor.purpose, page, shown, at) for p in person_ids]
    columns = ("person_id", "look", "account_id", "post_id", "purpose", "page", "revealed", "looked_at")
    sql.insert(Look, columns, rows)
