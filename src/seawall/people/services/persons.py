"""Registering persons: vetted alone, compared with whom we know, stored with their documents, and told what they are due."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from seawall.platform import clock, secrets, sql
from seawall.platform.access import OUT_OF_AREA
from seawall.platform.selectors import nature
from seawall.platform.verbs import Answers, Work, verb
from seawall.reference import selectors as reference
from seawall.terms.actor import Actor
from seawall.terms.acts import Params, Refusal
from seawall.terms.codes import Owner
from seawall.terms.people import PersonRegister

from ..frames import append
from ..identity import Checked
from ..judging import PERSONS
from ..models import Document, Membership, Person, Residence
from ..reach import LIVES_HERE
from ..vetting import Vetted, vet
from . import due
from .matching import find_candidates

Made = tuple[int, Vetted]
BUCKETS = 256
KNOWN = """
SELECT 'organisation', id FROM people_organisation WHERE id = ANY(%s)
UNION ALL SELECT 'household', id FROM people_household WHERE id = ANY(%s)
UNION ALL SELECT 'person', id FROM people_person WHERE id = ANY(%s)
"""


def persons_reserve(count: int) -> list[int]:
    """Ids for a bulk load, in order."""
    sequence = "pg_get_serial_sequence('people_person', 'id')"
    return [row[0] for row in sql.fetch(f"SELECT nextval({sequence}) FROM generate_series(1, %s)", [count])]


@dataclass(frozen=True, slots=True)
class _Surroundings:
    """What the batch names and the database knows."""

    leaves: frozenset[int]
    organisations: frozenset[int]
    households: frozenset[int]
    persons: frozenset[int]


@verb(Owner.LEAF, zh="登记个人档案", en="Register persons", judged_by_room=LIVES_HERE)
def persons_register(w: Work, fresh: list[PersonRegister]) -> Answers:
    """Register persons; the answer holds person_id. A document already known refuses its item and names the person."""
    answers: Answers = {}
    vetted: list[Vetted] = []
    around = _surroundings(fresh)
    for item in fresh:
        result = _placed(w.actor, item, around) or vet(item, clock.civil_day(item.occurred_at))
        if isinstance(result, Refusal):
            answers[item.act] = result
        else:
            vetted.append(result)
    made = _without_known(_numbered(vetted), answers)
    if not made:
        return answers
    _store(w, made)
    ids = [person_id for person_id, _ in made]
    candidates = find_candidates(ids, w.recorded_at)
    due.begin(_births(made), clock.civil_day(max(v.item.occurred_at for _, v in made)))
    for person_id, v in made:
        answers[v.item.act] = _answer(v, person_id, candidates)
    return answers


def _births(made: list[Made]) -> pl.DataFrame:
    rows = [(p, v.item.birth, str(v.item.birth_precision), int(v.item.sex)) for p, v in made]
    return pl.DataFrame(rows, schema=PERSONS, orient="row")


def _answer(v: Vetted, person_id: int, candidates: Mapping[int, int]) -> Params:
    answer: dict[str, str | int | float | bool | None] = {"person_id": person_id}
    if v.notes:
        answer["notes"] = ",".join(v.notes)
    if person_id in candidates:
        answer["candidates"] = candidates[person_id]
    return answer


def _surroundings(fresh: list[PersonRegister]) -> _Surroundings:
    on = clock.civil_day(max(i.occurred_at for i in fresh))
    named = {i.guardian_id for i in fresh} | {i.person_id for i in fresh}
    asked = [{i.organisation_id for i in fresh}, {i.household_id for i in fresh}, named]
    rows = sql.fetch(KNOWN, [[n for n in group if n is not None] for group in asked])
    groups = {kind: frozenset(n for k, n in rows if k == kind) for kind in ("organisation", "household", "person")}
    return _Surroundings(leaf_ids(on), groups["organisation"], groups["household"], groups["person"])


def leaf_ids(on: date) -> frozenset[int]:
    return frozenset(a.area_id for a in reference.leaves(on))


def _placed(actor: Actor, item: PersonRegister, around: _Surroundings) -> Refusal | None:
    """Everything an item points at exists, and lies in the actor's reach."""
    if item.leaf_id not in around.leaves:
        return Refusal("LEAF_UNKNOWN", {"leaf_id": item.leaf_id})
    if item.organisation_id is not None and item.organisation_id not in around.organisations:
        return Refusal("ORGANISATION_UNKNOWN", {"organisation_id": item.organisation_id})
    if item.household_id is not None and item.household_id not in around.households:
        return Refusal("HOUSEHOLD_UNKNOWN", {"household_id": item.household_id})
    if item.guardian_id is not None and item.guardian_id not in around.persons:
        return Refusal("GUARDIAN_UNKNOWN", {"guardian_id": item.guardian_id})
    if item.person_id is not None and item.person_id in around.persons:
        return Refusal("PERSON_ID_TAKEN", {"person_id": item.person_id})
    return None if may_place(actor, item.leaf_id, item.organisation_id) else Refusal(OUT_OF_AREA)


def may_place(actor: Actor, leaf_id: int, organisation_id: int | None) -> bool:
    """Whether the actor may register somebody who lives there, or who belongs to that organisation."""
    reach = actor.reach
    mine = reach.everywhere or leaf_id in reach.leaves or organisation_id in reach.organisations
    return mine or bool(reach.sites)


def _numbered(vetted: list[Vetted]) -> list[Made]:
    free = iter(persons_reserve(sum(v.item.person_id is None for v in vetted)))
    return [(v.item.person_id or next(free), v) for v in vetted]


def _without_known(made: list[Made], answers: Answers) -> list[Made]:
    """Refuse a document that somebody has, in the database or earlier in the batch. Locks make two registrars take turns."""
    holders = document_holders([d.lookup for _, v in made for d in v.documents])
    kept: list[Made] = []
    for person_id, v in made:
        keys = [(secrets.keyed_index(d.lookup), d.kind, d.country) for d in v.documents]
        known = next((k for k in keys if k in holders), None)
        if known is None:
            kept.append((person_id, v))
            holders.update(dict.fromkeys(keys, person_id))
        else:
            answers[v.item.act] = Refusal("DOCUMENT_KNOWN", {"kind": known[1], "person_id": holders[known]})
    return kept


def document_holders(lookups: list[str]) -> dict[tuple[bytes, str, str], int]:
    """Who holds these numbers, by index, kind and country; nobody else can register them until this transaction ends."""
    indexes = secrets.indexes(lookups)
    buckets = sorted({index[0] % BUCKETS for index in indexes.values()})
    sql.fetch("SELECT pg_advisory_xact_lock(hashtext('people.document'), b) FROM unnest(%s::int[]) AS b", [buckets])
    rows = sql.fetch(
        "SELECT d.number_index, d.kind, d.country, COALESCE(p.merged_into, p.id) FROM people_document d "
        "JOIN people_person p ON p.id = d.person_id WHERE d.number_index = ANY(%s) AND NOT d.disowned",
        [list(indexes)],
    )
    return {(indexes[bytes(index)], kind, country): person for index, kind, country, person in rows}


def _store(w: Work, made: list[Made]) -> None:
    synthetic = nature().synthetic
    append(
        Person,
        ("id", "name", "name_key", "sex", "birth", "birth_precision", "leaf_id", "household_id", "phone_sealed")
        + ("phone_index", "guardian_id", "witness", "state", "synthetic"),
        [_person(v, person_id, synthetic) for person_id, v in made],
    )
    append(Document, DOCUMENT, [document_row(p, d, w.recorded_at) for p, v in made for d in v.documents])
    append(
        Residence,
        ("person_id", "act", "leaf_id", "kind", "since"),
        [(p, v.item.act, v.item.leaf_id, v.item.residence, clock.civil_day(v.item.occurred_at)) for p, v in made],
    )
    sql.insert(
        Membership,
        ("person_id", "organisation_id", "since", "role"),
        [
            (p, v.item.organisation_id, clock.civil_day(v.item.occurred_at), "")
            for p, v in made
            if v.item.organisation_id is not None
        ],
    )


DOCUMENT = ("person_id", "kind", "number_index", "number_sealed", "mask", "country", "valid", "recorded_at")


def document_row(person_id: int, d: Checked, recorded_at: datetime) -> tuple[object, ...]:
    """Sealed, and found again by its index."""
    index, sealed = secrets.keyed_index(d.lookup), secrets.encrypt(d.number)
    return person_id, d.kind, index, sealed, d.mask, d.country, True, recorded_at


def _person(v: Vetted, person_id: int, synthetic: bool) -> tuple[object, ...]:
    item = v.item
    sealed = secrets.encrypt(v.phone) if v.phone else None
    index = secrets.keyed_index(v.phone) if v.phone else None
    state = "away" if item.residence == "away" else "active"
    return (
        person_id,
        v.name,
        v.name_key,
        item.sex,
        item.birth,
        item.birth_precision,
        item.leaf_id,
        item.household_id,
    ) + (
        sealed,
        index,
        item.guardian_id,
        item.witness.strip(),
        state,
        synthetic,
    )
