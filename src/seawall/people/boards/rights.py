"""Who of the posts may see a person's record, and by which reach: where the person lives or belongs."""

from dataclasses import dataclass

from seawall.platform import clock, sql
from seawall.reference import selectors as reference
from seawall.staff.boards.rights import Covering, covering
from seawall.terms.actor import Actor
from seawall.terms.people import PersonRow

from ..selectors.persons import person
from .seen_by import LookHere, looks_at

SEES = ("see:person", "see:roster")
BELONGS = """
SELECT o.id, o.sector FROM people_membership m JOIN people_organisation o ON o.id = m.organisation_id
WHERE m.person_id = %s AND m.until IS NULL
"""
HOUSEHOLD = "SELECT household_id FROM people_person WHERE id = %s AND household_id IS NOT NULL"


@dataclass(frozen=True, slots=True)
class SeersBoard:
    """A person, the posts that reach them, and who looked of late."""

    person: PersonRow
    posts: tuple[Covering, ...]
    looks: tuple[LookHere, ...]


def seers(actor: Actor, person_id: int) -> SeersBoard:
    row = person(actor, person_id, "rights")
    return SeersBoard(row, covering(actor, _scopes(row), SEES), looks_at(person_id))


def _scopes(row: PersonRow) -> list[tuple[str, str]]:
    """Every scope that a post may hold and that takes this person in."""
    on = clock.today()
    areas = {a.area_id: a for a in reference.areas(on)}
    found, area = [], areas.get(row.leaf_id)
    while area is not None:
        found.append(("area", area.code))
        area = areas.get(area.parent_id or 0)
    found += [("unit", u.code) for u in reference.units(on, None) if row.leaf_id in u.leaves]
    found += [("household", str(key)) for (key,) in sql.fetch(HOUSEHOLD, [row.person_id])]
    for organisation, sector in sql.fetch(BELONGS, [row.person_id]):
        found += [("organisation", str(organisation)), ("sector", sector)]
    return found
