"""From tables to frozen rows: the one place where columns become terms."""

from collections.abc import Iterable
from typing import Any

from seawall.platform import secrets
from seawall.reference.selectors import OWN_DOCUMENT
from seawall.terms.codes import DoseSource, DueStatus, Precision, Sex
from seawall.terms.figures import masked_name
from seawall.terms.people import DoseRow, DueRow, PersonRow

from .identity import masked_phone

PERSON = f"""
SELECT p.id, p.name, p.sex, p.birth, p.birth_precision, p.leaf_id, d.mask, d.number_sealed, p.phone_sealed, p.guardian_id
FROM people_person p LEFT JOIN LATERAL (
  SELECT mask, number_sealed FROM people_document x
  WHERE x.valid AND x.person_id = ANY(ARRAY(SELECT a.id FROM people_person a WHERE a.merged_into = p.id) || p.id)
  ORDER BY x.kind <> {OWN_DOCUMENT}, x.kind = 'TEMPORARY', x.kind LIMIT 1) d ON TRUE
"""


def person_row(row: tuple[Any, ...], reveal: frozenset[str] = frozenset()) -> PersonRow:
    """Masked, but for what the post may see in clear and asked for: name, document, phone."""
    person_id, name, sex, birth, precision, leaf_id, mask, sealed, phone_sealed, guardian = row
    phone = secrets.decrypt(phone_sealed) if phone_sealed else ""
    return PersonRow(
        person_id,
        name if "name" in reveal else masked_name(name),
        Sex(sex),
        birth,
        Precision(precision),
        leaf_id,
        secrets.decrypt(sealed) if sealed and "document" in reveal else mask or "",
        phone if "phone" in reveal or not phone else masked_phone(phone),
        guardian,
    )


def due_row(row: Iterable[Any]) -> DueRow:
    person_id, programme, status, rank, earliest, recommended, overdue, latest, products, *rest = row
    days = (earliest, recommended, overdue, latest)
    return DueRow(person_id, programme, DueStatus(status), rank, *days, tuple(products), *rest)


def dose_row(row: Iterable[Any]) -> DoseRow:
    person, act, on, product, lot, source, place, number, rank, verdict, reason, rule, precision, corrected = row
    return DoseRow(
        person,
        act,
        on,
        product,
        lot,
        DoseSource(source),
        place,
        number or 0,
        rank,
        verdict or "",
        reason or "",
        rule or "",
        Precision(precision),
        corrected,
    )
