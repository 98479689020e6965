"""What must hold between the cells of a row, and between rows of a file. Pure: what the database knows comes as an argument."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from seawall.reference import selectors as reference
from seawall.terms.acts import Refusal

from .. import identity
from ..identity import Checked
from ..names import folded, sounds_like
from .places import Places
from .rules import Row, empty


@dataclass(frozen=True, slots=True)
class Holder:
    """Whoever is registered under a document, and whether the actor may know of them."""

    person_id: int
    name: str
    birth: date
    seen: bool = True


Holders = Mapping[tuple[str, str, str], Holder]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What rows of a roster are compared with: the day, the streets, whose they may be, and who holds which number."""

    on: date
    places: Places
    leaf_id: int | None
    may_place: Callable[[int], bool]
    street: Callable[[int], str]
    holders: Holders = field(default_factory=dict)


def document(row: Row) -> Checked | None:
    """The checked document of a row; its clean number replaces what was typed, and that is told."""
    number = row.clean.get("document_number")
    if not number or row.is_wrong("document_kind", "country"):
        return None
    kind = row.clean.get("document_kind") or reference.usual_document()
    found = identity.check(kind, number, row.clean.get("country", ""))
    if isinstance(found, Refusal):
        row.wrong("country" if found.code == "DOCUMENT_COUNTRY_MISSING" else "document_number", found)
        return None
    if found.number != row.raw["document_number"].strip():
        row.wrong("document_number", Refusal("DOCUMENT_PUT_RIGHT"), stop=False)
    row.clean |= {"document_number": found.number, "document_kind": kind, "country": found.country}
    return found


def key(found: Checked) -> tuple[str, str, str]:
    return found.kind, found.country, found.lookup


def check_roster(rows: Sequence[Row], around: Surroundings) -> None:
    """Persons of a roster: a document or a witness, a birth date, a place to live within reach, nobody twice."""
    seen: dict[tuple[str, str, str], int] = {}
    for row in rows:
        found = document(row)
        if found:
            _once(row, found, seen)
            _from_document(row, found)
            agrees(row, around.holders.get(key(found)))
        elif not row.raw.get("document_number", "").strip() and not row.clean.get("witness"):
            row.wrong("document_number", Refusal("IDENTITY_NEEDS_WITNESS"))
        _birth(row, around.on)
        _area(row, around)


def _once(row: Row, found: Checked, seen: dict[tuple[str, str, str], int]) -> None:
    first = seen.setdefault(key(found), row.number)
    if first != row.number:
        row.wrong("document_number", Refusal("IMPORT_ROW_TWICE", {"row": first}))


def _from_document(row: Row, found: Checked) -> None:
    """A resident number knows the birth date and the sex."""
    if found.birth is None or found.sex is None:
        return
    stated = row.clean.get("birth")
    if stated and stated != found.birth.isoformat():
        row.wrong("birth", Refusal("DOCUMENT_BIRTH_DIFFERS", {"kind": found.kind, "birth": stated}))
    row.clean["birth"] = found.birth.isoformat()
    if row.clean.get("sex", str(int(found.sex))) != str(int(found.sex)):
        row.wrong("sex", Refusal("DOCUMENT_SEX_DIFFERS"), stop=False)
    row.clean.setdefault("sex", str(int(found.sex)))


def agrees(row: Row, holder: Holder | None) -> None:
    """A document stands for one person: another name is another person or an error."""
    name = row.clean.get("name")
    if holder and name and not same_name(name, holder.name):
        row.wrong("name", Refusal("NAME_DIFFERS"))


def _birth(row: Row, on: date) -> None:
    text = row.clean.get("birth")
    if text is None:
        if not row.is_wrong("birth", "document_number", "document_kind", "country"):
            row.wrong("birth", empty("roster", "birth"))
    elif problem := identity.birth_problem(date.fromisoformat(text), on):
        row.wrong("birth", problem)


def _area(row: Row, around: Surroundings) -> None:
    text = row.clean.pop("area", "")
    found, more = (
        around.places.find(text) if text else (frozenset(() if around.leaf_id is None else (around.leaf_id,)), False)
    )
    if len(found) > 1:
        row.wrong("area", Refusal("LEAF_NAME_SEVERAL", {"value": text[:40], "count": len(found)}))
    elif not found:
        row.wrong("area", Refusal("LEAF_NAME_UNKNOWN", {"value": text[:40]}) if text else empty("roster", "area"))
    else:
        (leaf,) = found
        row.clean["leaf_id"] = str(leaf)
        if not around.may_place(leaf):
            row.wrong("area", Refusal("OUT_OF_AREA"))
        elif more:
            row.wrong("area", Refusal("AREA_OF_ADDRESS", {"street": around.street(leaf)}), stop=False)


def same_name(one: str, other: str) -> bool:
    """Equal but for accents and case, or sounding the same: a wrong character is common, another sound is another person."""
    return one == other or folded(one) == folded(other) or sounds_like(one) == sounds_like(other)
