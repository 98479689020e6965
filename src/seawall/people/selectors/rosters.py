"""Organisations and who belongs to them, for those who may see them. A roster never tells a health answer."""

from collections.abc import Iterable
from datetime import date

from seawall.platform import access, sql
from seawall.terms.actor import Actor
from seawall.terms.acts import Refused
from seawall.terms.figures import masked_name
from seawall.terms.rosters import MemberRow, OrganisationRow

ORGANISATION = """
SELECT o.id, o.name_zh, o.name_en, o.kind, o.sector, o.parent_id, o.leaf_id, o.uscc, o.uscc_note,
  (SELECT count(DISTINCT COALESCE(p.merged_into, p.id)) FROM people_membership m JOIN people_person p ON p.id = m.person_id
   WHERE m.organisation_id = o.id AND m.until IS NULL), o.synthetic
FROM people_organisation o
"""


def organisations(actor: Actor, on: date | None = None, limit: int = 500) -> list[OrganisationRow]:
    """Organisations in the actor's reach: named themselves, by sector, or lying in the actor's areas."""
    reach = actor.reach
    rows = sql.fetch(
        f"{ORGANISATION} WHERE %s OR o.id = ANY(%s) OR o.parent_id = ANY(%s) OR o.sector = ANY(%s) OR o.leaf_id = ANY(%s) "
        "ORDER BY o.id LIMIT %s",
        [reach.everywhere, sorted(reach.organisations), sorted(reach.organisations), sorted(reach.sectors)]
        + [sorted(reach.leaves), limit],
    )
    return [OrganisationRow(*row) for row in rows]


def organisation_rows(organisation_ids: Iterable[int]) -> dict[int, OrganisationRow]:
    """Organisations by id, without asking who looks: no person is shown."""
    rows = sql.fetch(f"{ORGANISATION} WHERE o.id = ANY(%s)", [list(organisation_ids)])
    return {row[0]: OrganisationRow(*row) for row in rows}


def organisations_reached(actor: Actor, organisation_ids: Iterable[int]) -> frozenset[int]:
    """Those of the organisations that the actor may act for."""
    return frozenset(key for key, row in organisation_rows(set(organisation_ids)).items() if _sees(actor, row))


def organisation(actor: Actor, organisation_id: int) -> OrganisationRow:
    found = organisation_rows([organisation_id]).get(organisation_id)
    if found is None or not _sees(actor, found):
        raise Refused("ORGANISATION_UNKNOWN", organisation_id=organisation_id)
    return found


def _sees(actor: Actor, row: OrganisationRow) -> bool:
    return (
        access.sees_organisation(actor, row.organisation_id, row.sector)
        or (row.parent_id is not None and access.sees_organisation(actor, row.parent_id))
        or access.sees_leaf(actor, row.leaf_id)
    )


BELONG = """
WITH RECURSIVE part AS (SELECT id, id AS top FROM unnest(%(ids)s::bigint[]) AS id UNION
    SELECT o.id, part.top FROM people_organisation o JOIN part ON o.parent_id = part.id)
SELECT DISTINCT ON (part.top, p.name_key, p.id) p.id, p.name, p.birth, m.role, m.since, part.top FROM part
JOIN people_membership m ON m.organisation_id = part.id
JOIN people_person i ON i.id = m.person_id JOIN people_person p ON p.id = COALESCE(i.merged_into, i.id)
WHERE m.since <= %(on)s AND (m.until IS NULL OR m.until >= %(on)s) AND p.state IN ('active', 'away')
ORDER BY part.top, p.name_key, p.id, m.since
"""


def members(organisation_ids: Iterable[int], on: date) -> set[tuple[int, int]]:
    """Who belongs on a day to each organisation or what is part of it: organisation and person. Nobody is shown."""
    return {(row[5], row[0]) for row in sql.fetch(BELONG, {"ids": sorted(set(organisation_ids)), "on": on})}


def roster(
    actor: Actor, organisation_id: int, on: date, page: str = "roster", *, whole: bool = False
) -> list[MemberRow]:
    """Members on a day, of the organisation and of what is part of it; each once; the looks are recorded.

    `whole`: with whole names, for slips that are handed out.
    """
    organisation(actor, organisation_id)
    rows = sql.fetch(BELONG, {"ids": [organisation_id], "on": on})
    access.record_look(actor, [row[0] for row in rows], page, ["name"] if whole else [])
    return [
        MemberRow(person, name if whole else masked_name(name), birth, role, since)
        for person, name, birth, role, since, _ in rows
    ]
