"""Who a person is, as somebody needs it who holds the document in hand: the whole name, documents, and what was corrected."""

from dataclasses import dataclass
from datetime import date, datetime

from seawall.platform import secrets, sql
from seawall.reference import selectors as reference
from seawall.staff import selectors as staff
from seawall.terms.actor import Actor
from seawall.terms.codes import Precision, Sex
from seawall.terms.people import PersonRow

from ..identity import country_codes, masked_phone
from ..selectors.persons import compared
from ..tables import DocumentEndRow, document_ends
from .registering import document_kinds

DOCUMENTS = """
SELECT d.kind, d.mask, d.country, d.valid, d.ended_on, d.end_reason, d.recorded_at FROM people_document d
JOIN people_person p ON p.id = d.person_id WHERE COALESCE(p.merged_into, p.id) = %s
ORDER BY d.valid DESC, d.recorded_at, d.kind
"""
EARLIER = """
SELECT c.name, c.sex, c.birth, c.birth_precision, c.phone_sealed, c.reason, c.post_id, c.corrected_at
FROM people_personcorrection c WHERE c.person_id = %s ORDER BY c.corrected_at DESC
"""


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A document with its number masked; one that ended says when and why."""

    kind: reference.DocumentKind
    mask: str
    country: str
    valid: bool
    ended_on: date | None
    why: DocumentEndRow | None
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class EarlierEntry:
    """What stood before a correction."""

    name: str
    sex: Sex
    birth: date
    precision: Precision
    phone: str
    reason: str
    post_zh: str
    post_en: str
    corrected_at: datetime


@dataclass(frozen=True, slots=True)
class IdentityBoard:
    """Identity of one person, with what its forms offer."""

    person: PersonRow
    documents: tuple[DocumentLine, ...]
    earlier: tuple[EarlierEntry, ...]
    kinds: tuple[reference.DocumentKind, ...]
    countries: tuple[str, ...]
    ends: tuple[DocumentEndRow, ...]


def identity(actor: Actor, person_id: int) -> IdentityBoard:
    person = compared(actor, [person_id], "identity")[person_id]
    ends = tuple(document_ends().values())
    lines = _documents(person.person_id)
    return IdentityBoard(person, lines, _earlier(person.person_id), document_kinds(), country_codes(), ends)


def _documents(person_id: int) -> tuple[DocumentLine, ...]:
    rows = sql.fetch(DOCUMENTS, [person_id])
    return tuple(
        DocumentLine(reference.document_kinds()[kind], mask, country, valid, ended_on, document_ends().get(reason), at)
        for kind, mask, country, valid, ended_on, reason, at in rows
    )


def _earlier(person_id: int) -> tuple[EarlierEntry, ...]:
    rows = sql.fetch(EARLIER, [person_id])
    posts = staff.posts_by_id({row[6] for row in rows})
    return tuple(
        EarlierEntry(
            name, Sex(sex), birth, Precision(precision), masked_phone(secrets.decrypt(phone)) if phone else "", reason,
            posts[post].name.zh if post in posts else "", posts[post].name.en if post in posts else "", at,
        )
        for name, sex, birth, precision, phone, reason, post, at in rows
    )  # fmt: skip
