"""One registration judged by itself, before the database is asked. Pure."""

from dataclasses import dataclass
from datetime import date

from seawall.terms.acts import Refusal
from seawall.terms.codes import Precision, Sex
from seawall.terms.people import PersonRegister

from . import identity
from .identity import Checked
from .names import name_key, written

RESIDENCES = frozenset({"resident", "incoming", "away"})


@dataclass(frozen=True, slots=True)
class Vetted:
    """A registration that may be stored as far as itself can tell."""

    item: PersonRegister
    name: str
    name_key: str
    phone: str
    documents: tuple[Checked, ...]
    notes: tuple[str, ...]


def vet(item: PersonRegister, on: date) -> Vetted | Refusal:
    """Name, birth, documents, telephone; a person without any document needs somebody who knows them."""
    problem = identity.name_problem(item.name) or identity.birth_problem(item.birth, on)
    if problem:
        return problem
    if item.residence not in RESIDENCES:
        return Refusal("RESIDENCE_UNKNOWN", {"residence": item.residence})
    documents: list[Checked] = []
    notes: list[str] = []
    for given in item.documents:
        checked = identity.check(given.kind, given.number, given.country)
        if isinstance(checked, Refusal):
            return checked
        if refusal := _disagrees(item, checked, notes):
            return refusal
        documents.append(checked)
    if not documents:
        if item.guardian_id is None and not item.witness.strip():
            return Refusal("IDENTITY_NEEDS_WITNESS")
        documents.append(temporary(item))
    phone = ""
    if item.phone:
        read = identity.check_phone(item.phone)
        if isinstance(read, Refusal):
            return read
        phone = read[0]
        notes += [read[1]] if read[1] else []
    name = written(item.name)
    return Vetted(item, name, name_key(name), phone, tuple(documents), tuple(notes))


def _disagrees(item: PersonRegister, document: Checked, notes: list[str]) -> Refusal | None:
    """The birth date in a resident number is hard; its sex digit is only noted."""
    if document.birth is None:
        return None
    if cut(document.birth, item.birth_precision) != cut(item.birth, item.birth_precision):
        return Refusal("DOCUMENT_BIRTH_DIFFERS", {"kind": document.kind, "birth": item.birth.isoformat()})
    if item.sex in (Sex.MALE, Sex.FEMALE) and document.sex != item.sex:
        notes.append("DOCUMENT_SEX_DIFFERS")
    return None


def cut(day: date, precision: Precision) -> tuple[int, ...]:
    """As much of a date as its precision says."""
    return (day.year, day.month, day.day)[: {Precision.YEAR: 1, Precision.MONTH: 2}.get(precision, 3)]


def temporary(item: PersonRegister) -> Checked:
    """A number of our own, made from the act, until a document is linked."""
    number = "TMP" + item.act.hex[:20].upper()
    return Checked(
        "TEMPORARY",
        number,
        number,
        number[:7] + "*" * 12 + number[-4:],
        identity.home(),
    )
