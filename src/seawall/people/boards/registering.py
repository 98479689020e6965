"""Registering by hand: what the form offers, and whom the newcomer may be."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from seawall.platform import access, clock, secrets, sql
from seawall.reference import selectors as reference
from seawall.terms.actor import Actor
from seawall.terms.people import PersonRow
from seawall.terms.rosters import OrganisationRow

from ..identity import check_phone, country_codes
from ..names import sounds_like
from ..reach import clause
from ..selectors.persons import persons
from ..selectors.rosters import organisations
from .streets import District, Street, districts, own, streets

MOST = 20
ALIKE = """
SELECT p.id, split_part(p.name_key, ' ', 1) = %s FROM people_person p WHERE p.merged_into IS NULL AND p.birth = %s
AND (split_part(p.name_key, ' ', 1) = %s OR p.phone_index = ANY(%s)) AND {reach}
AND NOT EXISTS (SELECT 1 FROM people_residence r WHERE r.person_id = p.id AND r.act = %s) ORDER BY p.id LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class RegisterBoard:
    """What a form for a newcomer offers."""

    today: date
    districts: tuple[District, ...]
    kinds: tuple[reference.DocumentKind, ...]
    countries: tuple[str, ...]
    organisations: Sequence[OrganisationRow]
    here: int | None


@dataclass(frozen=True, slots=True)
class AlikeRow:
    """Somebody known who may be the newcomer."""

    person: PersonRow
    street: Street | None
    same_phone: bool


def registering(actor: Actor) -> RegisterBoard:
    """A site's post begins at the street of its site; nobody begins at a street that nobody chose."""
    on = clock.today()
    sites = reference.places(place_ids=actor.reach.sites) if len(actor.reach.sites) == 1 else []
    here = next((place.leaf_id for place in sites), None)
    return RegisterBoard(
        on, districts(on, own(actor)), document_kinds(), country_codes(), organisations(actor, on), here
    )


def document_kinds() -> tuple[reference.DocumentKind, ...]:
    """Kinds that somebody can show; a temporary number is made here."""
    return tuple(row for row in reference.document_kinds().values() if row.kind != "TEMPORARY")


def alike(actor: Actor, name: str, birth: date, phone: str, act: UUID) -> tuple[AlikeRow, ...]:
    """Persons within reach of the same birth date and a name that sounds the same, or the same telephone; the looks are recorded.

    Whom this very act registered is not like the newcomer but the newcomer: the form was sent twice.
    """
    access.require(actor, "persons_register")
    condition, params = clause(actor)
    read = check_phone(phone) if phone else None
    indexes = list(secrets.indexes([read[0]])) if isinstance(read, tuple) else []
    sound = sounds_like(name)
    found = dict(sql.fetch(ALIKE.format(reach=condition), [sound, birth, sound, indexes, *params, act, MOST]))
    shown, where = persons(actor, list(found), "register"), streets(clock.today())
    return tuple(AlikeRow(row, where.get(row.leaf_id), not found[person]) for person, row in shown.items())
