"""Which persons an actor may know of, as one SQL condition: by area, household, roster, sector, or by name of the person."""

from collections.abc import Collection, Iterable
from typing import Any

from seawall.platform import sql
from seawall.terms.actor import Actor

LIVES_HERE = "people knows where persons live and belong"
MEMBER = """EXISTS (SELECT 1 FROM people_membership rm JOIN people_organisation ro ON ro.id = rm.organisation_id
    WHERE rm.person_id = {p}.id AND rm.until IS NULL AND (ro.id = ANY(%s) OR ro.sector = ANY(%s)))"""


def clause(actor: Actor, alias: str = "p") -> tuple[str, list[Any]]:
    """Condition on a row of people_person, and its parameters."""
    reach = actor.reach
    if reach.everywhere:
        return "TRUE", []
    parts: list[str] = []
    params: list[Any] = []
    for column, ids in (("leaf_id", reach.leaves), ("id", reach.persons), ("household_id", reach.households)):
        if ids:
            parts.append(f"{alias}.{column} = ANY(%s)")
            params.append(sorted(ids))
    if reach.organisations or reach.sectors:
        parts.append(MEMBER.format(p=alias))
        params += [sorted(reach.organisations), sorted(reach.sectors)]
    return f"({' OR '.join(parts)})" if parts else "FALSE", params


def visible(actor: Actor, person_ids: Iterable[int]) -> frozenset[int]:
    """Those of the persons that the actor may know of; an alias is seen where its person is."""
    ids = sorted(set(person_ids))
    if actor.reach.everywhere:
        return frozenset(ids)
    condition, params = clause(actor, "r")
    rows = sql.fetch(
        "SELECT i.id FROM people_person i JOIN people_person r ON r.id = COALESCE(i.merged_into, i.id) "
        f"WHERE i.id = ANY(%s) AND {condition}",
        [ids, *params],
        prepared=True,
    )
    return frozenset(row[0] for row in rows)


def reached(actor: Actor, wanted: Collection[tuple[int, int | None]]) -> frozenset[tuple[int, int | None]]:
    """Of person and site (or none): those within reach by the site, or by where the person lives or belongs."""
    near = {(person, site) for person, site in wanted if site in actor.reach.sites}
    theirs = visible(actor, {person for person, site in wanted if (person, site) not in near})
    return frozenset(near | {(person, site) for person, site in wanted if person in theirs})
