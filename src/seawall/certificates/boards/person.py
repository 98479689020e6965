"""Certificates of one person: as they open their own, and as a post in reach sees and prints them."""

from dataclasses import dataclass

from seawall.people import selectors as people
from seawall.people.selectors import HolderRow
from seawall.platform import clock
from seawall.reference import selectors as reference
from seawall.terms.actor import Actor
from seawall.terms.acts import Refused
from seawall.terms.codes import CertificateState
from seawall.terms.names import Name

from ..reach import DESK, within
from ..selectors.kept import CertificateRow, of_persons
from .paper import Holder, Paper, holder_of, papers


@dataclass(frozen=True, slots=True)
class Provable:
    """A programme of which doses count, and whether the certificate in force says all of them."""

    programme: str
    name: Name
    doses: int
    current: bool


@dataclass(frozen=True, slots=True)
class OwnCertificates:
    """Who one is, what can be proven, and the certificates in force."""

    holder: Holder
    provable: tuple[Provable, ...]
    papers: tuple[Paper, ...]


@dataclass(frozen=True, slots=True)
class PersonCertificates:
    """Of one person: as their own page, with what was superseded or revoked."""

    person_id: int
    record: int
    holder: Holder
    provable: tuple[Provable, ...]
    papers: tuple[Paper, ...]
    earlier: tuple[Paper, ...]


def own(actor: Actor, person_id: int) -> OwnCertificates | None:
    """One's own; the look is on record as one's own."""
    row = people.holder(actor, person_id, DESK) if person_id in actor.reach.persons else None
    if row is None:
        return None
    kept = _valid(of_persons(row.records))
    return OwnCertificates(holder_of(row), _provable(row, kept), papers(row, kept, clock.today(), drawn=True))


def of_person(actor: Actor, person_id: int) -> PersonCertificates:
    """Of somebody in reach or whose document the post saw today; the look is on record."""
    row = people.holder(actor, person_id, DESK) if person_id in within(actor, [person_id]) else None
    if row is None:
        raise Refused("PERSON_NOT_IN_REACH", person_id=person_id)
    kept, today = of_persons(row.records), clock.today()
    valid = _valid(kept)
    earlier = papers(row, [c for c in kept if c not in valid], today, drawn=False)
    shown = papers(row, valid, today, drawn=True)
    return PersonCertificates(row.person_id, person_id, holder_of(row), _provable(row, valid), shown, earlier)


def _valid(rows: list[CertificateRow]) -> list[CertificateRow]:
    return [row for row in rows if row.state == CertificateState.VALID]


def _provable(holder: HolderRow, valid: list[CertificateRow]) -> tuple[Provable, ...]:
    said = {row.programme: row.dose_rank for row in valid if row.expires_at > clock.now()}
    found = []
    for programme in reference.programmes_in_use():
        rows = people.dose_rows([holder.person_id], programme).get(holder.person_id, [])
        ranks = [row.dose_rank for row in rows if row.dose_rank]
        if ranks:
            name = people.programme_name(programme, clock.today())
            found.append(Provable(programme, name, len(ranks), said.get(programme) == max(ranks)))
    return tuple(found)
