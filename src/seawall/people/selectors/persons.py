"""Who a person is, shown masked, inside the reach of who asks, and with every look on record."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from seawall.platform import access, secrets, sql
from seawall.platform.selectors import looked_up
from seawall.reference import selectors as reference
from seawall.terms.actor import Actor
from seawall.terms.acts import Refused
from seawall.terms.figures import masked_name
from seawall.terms.people import PersonRow
from seawall.terms.rosters import CandidateRow

from .. import identity
from ..reach import clause
from ..rows import PERSON, person_row

MOST = 30
document_kinds = reference.document_kinds
ORDER = "ORDER BY p.name_key, p.birth, p.id"
DATE = re.compile(r"(\d{4})[-年/.]?(\d{1,2})[-月/.]?(\d{1,2})日?$")
HOLDERS = (
    "SELECT DISTINCT COALESCE(i.merged_into, i.id) FROM people_document d JOIN people_person i ON i.id = d.person_id "
    "WHERE d.number_index = ANY(%s) AND NOT d.disowned"
)


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A document as shown: kind with its names, masked number."""

    kind: str
    name_zh: str
    name_en: str
    number: str
    valid: bool


@dataclass(frozen=True, slots=True)
class LivingRow:
    """Where a person lives and belongs, and who answers for them."""

    person_id: int
    leaf_id: int
    household_id: int | None
    state: str
    merged_into: int | None
    organisations: Sequence[int]
    contact_post_id: int | None
    synthetic: bool


def person(actor: Actor, person_id: int, page: str, reveal: Iterable[str] = ()) -> PersonRow:
    """One person; the look is recorded. Outside the actor's reach nobody is told that there is such a person."""
    found = persons(actor, [person_id], page, reveal)
    if person_id not in found:
        raise Refused("PERSON_NOT_IN_REACH", person_id=person_id)
    return found[person_id]


def persons(actor: Actor, person_ids: Sequence[int], page: str, reveal: Iterable[str] = ()) -> dict[int, PersonRow]:
    """Those of the persons that the actor may see, by the id asked (an alias answers with its person)."""
    shown = frozenset(reveal)
    for what in sorted(shown):
        access.require(actor, f"see:{what}")
    roots = dict(
        sql.fetch("SELECT id, COALESCE(merged_into, id) FROM people_person WHERE id = ANY(%s)", [list(person_ids)])
    )
    condition, params = clause(actor)
    rows = sql.fetch(f"{PERSON} WHERE p.id = ANY(%s) AND {condition}", [list(set(roots.values())), *params])
    found = {row[0]: person_row(row, shown) for row in rows}
    access.record_look(actor, found, page, sorted(shown))
    return {asked: found[root] for asked, root in roots.items() if root in found}


def reaching(actor: Actor, person_ids: Iterable[int]) -> Actor:
    """The actor with these persons in reach: a site knows who came to it, and says so when it asks."""
    return replace(actor, reach=replace(actor.reach, persons=actor.reach.persons | frozenset(person_ids)))


def search(actor: Actor, text: str, page: str = "search") -> list[PersonRow]:
    """Persons by document number, name, pinyin or initials, with or without a birth date, inside the actor's reach."""
    where, params = _wanted(text.strip())
    if not where:
        return []
    condition, reach = clause(actor)
    few = (
        f"SELECT p.id FROM people_person p WHERE p.merged_into IS NULL AND {where} AND {condition} {ORDER} LIMIT {MOST}"
    )
    rows = sql.fetch(f"{PERSON} WHERE p.id IN ({few}) {ORDER}", [*params, *reach])
    found = [person_row(row) for row in rows]
    access.record_look(actor, [row.person_id for row in found], page)
    return found


def _wanted(text: str) -> tuple[str, list[object]]:
    """The condition that a search text stands for."""
    documents = identity.guess(text) if sum(c.isdigit() for c in text) >= 6 else []
    numbers = list(secrets.indexes([d.lookup for d in documents]))
    dated = DATE.search(text)
    name = text[: dated.start()].strip() if dated else text
    day = _day(dated) if dated else None
    if numbers and not name:
        return f"p.id IN ({HOLDERS})", [numbers]
    if not name or (dated and day is None):
        return (f"p.id IN ({HOLDERS})", [numbers]) if numbers else ("", [])
    key = "".join(name.lower().split())
    like = _like(key if name.isascii() else name)
    params: list[object]
    if name.isascii():
        where, params = "(p.name_key LIKE %s OR p.name_key LIKE %s)", [f"{like}%", f"% {like}%"]
    else:
        where, params = "p.name LIKE %s", [f"{like}%"]
    if day:
        where, params = f"({where} AND p.birth = %s)", [*params, day]
    return (f"({where} OR p.id IN ({HOLDERS}))", [*params, numbers]) if numbers else (where, list(params))


def _like(text: str) -> str:
    return re.sub(r"([%_\\])", r"\\\1", text)


def _day(match: re.Match[str]) -> date | None:
    try:
        return date(*(int(part) for part in match.groups()))
    except ValueError:
        return None


def masked(person_id: int) -> str:
    """A person's name as they read it of themselves: masked, and no look on record."""
    rows = sql.fetch("SELECT name FROM people_person WHERE id = %s", [person_id])
    return masked_name(rows[0][0]) if rows else ""


def indexes_of(number: str) -> list[bytes]:
    """What a document's number may be found by, whatever kind of document it is of."""
    lookups = {d.lookup for d in identity.guess(number)} | {identity.normalised(number)}
    return list(secrets.indexes(sorted(lookups)))


def identify(number: str, birth: date) -> int | None:
    """The person whose document this is, if the birth date agrees. The same work is done whether or not there is one."""
    rows = sql.fetch(
        "SELECT p.id FROM people_person p WHERE p.birth = %s AND p.merged_into IS NULL AND p.id IN (" + HOLDERS + ")",
        [birth, indexes_of(number)],
    )
    return int(rows[0][0]) if len(rows) == 1 else None


def present(actor: Actor, number: str, page: str = "arrival") -> PersonRow | None:
    """The person whose document lies on the desk: holding it is reach enough for a post that receives people."""
    access.require(actor, "visit_arrive")
    lookups = sorted({d.lookup for d in identity.guess(number)})
    rows = sql.fetch(f"{PERSON} WHERE p.id IN ({HOLDERS})", [list(secrets.indexes(lookups))])
    found = _whole(actor, rows, page)
    return found[0] if len(found) == 1 else None


def introduced(actor: Actor, text: str, page: str = "arrival") -> list[PersonRow]:
    """Persons of this very name and birth date, wherever they live: who says both at the desk is looked for in the whole city."""
    access.require(actor, "visit_arrive")
    dated = DATE.search(text.strip())
    name, day = (text.strip()[: dated.start()].strip(), _day(dated)) if dated else ("", None)
    if not name or day is None:
        return []
    rows = sql.fetch(
        f"{PERSON} WHERE p.birth = %s AND lower(p.name) = lower(%s) AND p.merged_into IS NULL {ORDER} LIMIT {MOST}",
        [day, name],
    )
    return _whole(actor, rows, page)


def facing(actor: Actor, person_id: int, station: str) -> PersonRow:
    """Who stands at a station, named whole: the post there must check the name against the person."""
    access.require(actor, f"see:{station}")
    condition, params = clause(actor)
    rows = sql.fetch(f"{PERSON} WHERE p.id = ANY(%s) AND {condition}", [list(roots([person_id]).values()), *params])
    found = _whole(actor, rows, station)
    if not found:
        raise Refused("PERSON_NOT_IN_REACH", person_id=person_id)
    return found[0]


RECORDS = ("person_correct", "person_merge", "candidate_decide", "document_link")
"""Rights of who keeps the records of persons."""


def compared(
    actor: Actor, person_ids: Sequence[int], page: str, rights: Sequence[str] = RECORDS
) -> dict[int, PersonRow]:
    """Persons named whole, by the id asked, for who must compare what is written with a document or another record."""
    access.require(actor, *rights)
    asked = roots(person_ids)
    condition, params = clause(actor)
    rows = sql.fetch(f"{PERSON} WHERE p.id = ANY(%s) AND {condition}", [list(set(asked.values())), *params])
    found = {row.person_id: row for row in _whole(actor, rows, page)}
    missing = next((p for p in person_ids if asked.get(p) not in found), None)
    if missing is not None:
        raise Refused("PERSON_NOT_IN_REACH", person_id=missing)
    return {p: found[asked[p]] for p in person_ids}


def taken_along(
    actor: Actor, person_ids: Sequence[int], page: str, rights: Sequence[str], since: datetime
) -> dict[int, PersonRow]:
    """Those in reach with their whole names, by the id asked, for who takes them along on a device and holds one of the rights.

    A look is on record once for each post and person `since` then, however often the list is fetched.
    """
    access.require(actor, *rights)
    asked = roots(person_ids)
    condition, params = clause(actor)
    rows = sql.fetch(f"{PERSON} WHERE p.id = ANY(%s) AND {condition}", [list(set(asked.values())), *params])
    found = {row[0]: person_row(row, frozenset(["name"])) for row in rows}
    access.record_look(actor, sorted(found.keys() - looked_up(actor.post_id, found, page, since)), page, ["name"])
    return {p: found[root] for p, root in asked.items() if root in found}


def card_keys(person_ids: Iterable[int], salt: bytes) -> dict[int, list[bytes]]:
    """By which a device that holds no number knows a document when it is scanned: 12 bytes of SHA-256 over salt and number."""
    rows = sql.fetch(
        "SELECT person_id, number_sealed FROM people_document WHERE person_id = ANY(%s) AND valid AND NOT disowned",
        [list(person_ids)],
    )
    found: dict[int, list[bytes]] = {}
    for person_id, sealed in rows:
        number = identity.normalised(secrets.decrypt(sealed)).encode()
        found.setdefault(person_id, []).append(sha256(salt + number).digest()[:12])
    return found


def reached_out_to(actor: Actor, person_ids: Sequence[int], page: str, rights: Sequence[str]) -> dict[int, PersonRow]:
    """Those in reach with whole name and telephone, by the id asked, for who must reach each of them and holds one of the rights."""
    access.require(actor, *rights)
    asked = roots(person_ids)
    condition, params = clause(actor)
    rows = sql.fetch(f"{PERSON} WHERE p.id = ANY(%s) AND {condition}", [list(set(asked.values())), *params])
    found = {row.person_id: row for row in _whole(actor, rows, page, "phone")}
    return {p: found[root] for p, root in asked.items() if root in found}


def _whole(actor: Actor, rows: Iterable[tuple[Any, ...]], page: str, *also: str) -> list[PersonRow]:
    """Rows with their whole names; every look says so."""
    shown = ["name", *also]
    found = [person_row(row, frozenset(shown)) for row in rows]
    access.record_look(actor, [row.person_id for row in found], page, shown)
    return found


def anybody() -> bool:
    """Whether one person at least is on record."""
    return bool(sql.fetch("SELECT 1 FROM people_person LIMIT 1"))


def roots(person_ids: Iterable[int]) -> dict[int, int]:
    """The person behind each id: itself, or whom an alias stands for. Ids of nobody are left out."""
    return dict(
        sql.fetch("SELECT id, COALESCE(merged_into, id) FROM people_person WHERE id = ANY(%s)", [list(person_ids)])
    )


def aliases(person_id: int) -> list[int]:
    """Records that were merged into this one and still are."""
    rows = sql.fetch(
        "SELECT person_id FROM people_merge WHERE into_id = %s AND undone_by IS NULL ORDER BY 1", [person_id]
    )
    return [row[0] for row in rows]


def documents(person_ids: Iterable[int]) -> dict[int, list[DocumentRow]]:
    """Documents of persons, with those of their aliases; masked."""
    rows = sql.fetch(
        "SELECT COALESCE(p.merged_into, p.id), d.kind, d.mask, d.valid FROM people_document d "
        "JOIN people_person p ON p.id = d.person_id WHERE p.id = ANY(%(ids)s) OR p.merged_into = ANY(%(ids)s) "
        "ORDER BY d.valid DESC, d.recorded_at, d.kind",
        {"ids": list(person_ids)},
    )
    kinds = reference.document_kinds()
    found: dict[int, list[DocumentRow]] = {}
    for person_id, kind, mask, valid in rows:
        row = DocumentRow(kind, kinds[kind].zh, kinds[kind].en, mask, valid)
        found.setdefault(person_id, []).append(row)
    return found


def living(person_ids: Iterable[int], on: date) -> dict[int, LivingRow]:
    """Where persons live and belong on a day, and the responsible post of their household or, failing that, their area."""
    rows = sql.fetch(
        "SELECT p.id, p.leaf_id, p.household_id, p.state, p.merged_into, "
        "ARRAY(SELECT m.organisation_id FROM people_membership m WHERE m.person_id = p.id AND m.since <= %(on)s "
        "AND (m.until IS NULL OR m.until >= %(on)s) ORDER BY m.since, m.organisation_id), "
        "(SELECT c.post_id FROM people_contact c WHERE c.leaf_id = p.leaf_id "
        "AND (c.household_id = p.household_id OR c.household_id IS NULL) AND c.since <= %(on)s "
        "AND (c.until IS NULL OR c.until >= %(on)s) ORDER BY c.household_id NULLS LAST, c.since DESC LIMIT 1), p.synthetic "
        "FROM people_person p WHERE p.id = ANY(%(ids)s)",
        {"ids": list(person_ids), "on": on},
    )
    return {row[0]: LivingRow(*row) for row in rows}


def wards(guardian: int, below: int, on: date) -> list[int]:
    """Persons below an age whose guardian this person is, the youngest first."""
    rows = sql.fetch(
        "SELECT id FROM people_person WHERE guardian_id = ANY(%s) AND merged_into IS NULL AND state = 'active' "
        "AND birth > %s::date - make_interval(years => %s) ORDER BY birth DESC, id",
        [[guardian, *aliases(guardian)], on, below],
    )
    return [person for (person,) in rows]


def phones(person_ids: Iterable[int]) -> dict[int, str]:
    """Telephone numbers in clear, of those who have one: for the moment of sending alone, never kept and never shown."""
    rows = sql.fetch(
        "SELECT id, phone_sealed FROM people_person WHERE id = ANY(%s) AND phone_sealed IS NOT NULL", [list(person_ids)]
    )
    return {person_id: secrets.decrypt(sealed) for person_id, sealed in rows}


def leaves(person_ids: Iterable[int]) -> dict[int, int]:
    """The leaf area where each person lives."""
    return dict(sql.fetch("SELECT id, leaf_id FROM people_person WHERE id = ANY(%s)", [list(person_ids)]))


def household_leaves(household_ids: Iterable[int]) -> dict[int, int]:
    """The leaf area where each household lives."""
    return dict(sql.fetch("SELECT id, leaf_id FROM people_household WHERE id = ANY(%s)", [list(household_ids)]))


def contacts(leaf_ids: Iterable[int], on: date) -> dict[int, int]:
    """The responsible post of each leaf area on a day."""
    return dict(
        sql.fetch(
            "SELECT DISTINCT ON (leaf_id) leaf_id, post_id FROM people_contact WHERE leaf_id = ANY(%s) "
            "AND household_id IS NULL AND since <= %s AND (until IS NULL OR until >= %s) ORDER BY leaf_id, since DESC",
            [list(leaf_ids), on, on],
        )
    )


def candidates(actor: Actor, person_ids: Sequence[int] | None = None) -> list[CandidateRow]:
    """Open pairs of persons who may be one, of these persons or in the actor's reach."""
    condition, params = clause(actor)
    some, ids = (
        ("AND (c.person_id = ANY(%s) OR c.other_id = ANY(%s))", [list(person_ids)] * 2) if person_ids else ("", [])
    )
    rows = sql.fetch(
        "SELECT c.person_id, c.other_id, c.reason FROM people_matchcandidate c JOIN people_person p ON p.id = c.person_id "
        "JOIN people_person o ON o.id = c.other_id WHERE c.state = 'open' AND p.merged_into IS NULL "
        f"AND o.merged_into IS NULL AND {condition} {some} ORDER BY c.person_id, c.other_id LIMIT 200",
        [*params, *ids],
    )
    return [CandidateRow(*row) for row in rows]
