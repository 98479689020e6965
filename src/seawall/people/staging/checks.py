"""What must hold between the cells of a row, and between rows of a file. Pure: what the database knows comes as an argument."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from seawall.terms.acts import Refusal

from .. import identity
from ..identity import Checked
from ..names import sounds_like
from .rules import Row


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What rows are compared with: the day, areas by code and name, product codes, and who holds which number."""

    on: date
    areas: Mapping[str, int] = field(default_factory=dict)
    leaf_id: int | None = None
    programme: str = ""
    products: frozenset[str] = frozenset()
    holders: Mapping[tuple[str, str, str], "Holder"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Holder:
    """Whoever is registered under a document."""

    person_id: int
    name: str
    birth: date


def document(row: Row) -> Checked | None:
    """The checked document of a row; its clean number replaces what was typed, and that is told."""
    number = row.clean.get("document_number")
    if not number:
        return None
    kind = row.clean.get("document_kind", "RESIDENT_ID")
    found = identity.check(kind, number, row.clean.get("country", "CN"))
    if isinstance(found, Refusal):
        row.wrong("document_number", found)
        return None
    if found.number != number.strip():
        row.wrong("document_number", Refusal("DOCUMENT_PUT_RIGHT"), stop=False)
    row.clean |= {"document_number": found.number, "document_kind": kind, "country": found.country}
    return found


def key(found: Checked) -> tuple[str, str, str]:
    return found.kind, found.country, found.lookup


def check_roster(rows: Sequence[Row], around: Surroundings) -> None:
    """Persons of a roster: a document or a witness, a birth date, a place to live, nobody twice."""
    seen: dict[tuple[str, str, str], int] = {}
    for row in rows:
        found = document(row)
        if found:
            _once(row, found, seen)
            _from_document(row, found)
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


def _birth(row: Row, on: date) -> None:
    text = row.clean.get("birth")
    if text is None:
        if not any(p.column in {"birth", "document_number"} for p in row.problems):
            row.wrong("birth", Refusal("CELL_EMPTY", {"column": "birth"}))
    elif problem := identity.birth_problem(date.fromisoformat(text), on):
        row.wrong("birth", problem)


def _area(row: Row, around: Surroundings) -> None:
    text = row.clean.pop("area", "")
    leaf = around.areas.get("".join(text.split())) if text else around.leaf_id
    if leaf is not None:
        row.clean["leaf_id"] = str(leaf)
    elif text:
        row.wrong("area", Refusal("LEAF_NAME_UNKNOWN", {"value": text[:40]}))
    else:
        row.wrong("area", Refusal("CELL_EMPTY", {"column": "area"}))


def check_doses(rows: Sequence[Row], around: Surroundings) -> None:
    """Lines of history: a registered person of that name, a day that can be, a known product, no line twice."""
    seen: dict[tuple[object, ...], int] = {}
    for row in rows:
        found = document(row)
        holder = around.holders.get(key(found)) if found else None
        if found and holder is None:
            row.wrong("document_number", Refusal("PERSON_OF_DOCUMENT_UNKNOWN"))
        if holder:
            _dose(row, holder, around, seen)


def _dose(row: Row, holder: Holder, around: Surroundings, seen: dict[tuple[object, ...], int]) -> None:
    row.clean["person_id"] = str(holder.person_id)
    name, product, day = row.clean.get("name"), row.clean.get("product"), row.clean.get("given_on")
    if name and not same_name(name, holder.name):
        row.wrong("name", Refusal("NAME_DIFFERS", {"person_id": holder.person_id}))
    if product and product.upper() not in around.products:
        row.wrong(
            "product", Refusal("PRODUCT_NOT_OF_PROGRAMME", {"product": product[:24], "programme": around.programme})
        )
    elif product:
        row.clean["product"] = product.upper()
    if day and date.fromisoformat(day) > around.on:
        row.wrong("given_on", Refusal("DOSE_IN_FUTURE", {"given_on": day, "on": around.on.isoformat()}))
    elif day and date.fromisoformat(day) < holder.birth:
        row.wrong("given_on", Refusal("DOSE_BEFORE_BIRTH", {"given_on": day}))
    first = seen.setdefault((holder.person_id, day), row.number)
    if day and first != row.number:
        row.wrong("given_on", Refusal("IMPORT_ROW_TWICE", {"row": first}))


def same_name(one: str, other: str) -> bool:
    """Equal, or sounding the same: a wrong character is common, another sound is another person."""
    return one == other or sounds_like(one) == sounds_like(other)
