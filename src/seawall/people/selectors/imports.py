"""Staged files: in numbers, and with every problem of every row."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from seawall.platform import clock, secrets, sql
from seawall.reference import selectors as reference
from seawall.terms.actor import Actor
from seawall.terms.acts import Refused
from seawall.terms.codes import Precision
from seawall.terms.figures import masked_name
from seawall.terms.rosters import ImportNote, ImportProblem, ImportRow, ImportSample, RosterDifference

from .. import identity
from ..identity import Checked
from ..staging.columns import titles
from ..staging.rules import shown
from .rosters import organisation, roster

SAMPLES = 20
NAMED_BY = """
SELECT d.number_index, COALESCE(p.merged_into, p.id) FROM people_document d JOIN people_person p ON p.id = d.person_id
WHERE d.number_index = ANY(%s) AND NOT d.disowned
"""
SEXES = {"1": {"zh": "男", "en": "M"}, "2": {"zh": "女", "en": "F"}}

HEAD = """
SELECT i.id, i.kind, i.filename, i.state, i.staged_at,
  count(*) FILTER (WHERE r.state IN ('taken', 'done')), count(*) FILTER (WHERE r.state = 'corrected'),
  count(*) FILTER (WHERE r.state IN ('refused', 'failed')), count(*) FILTER (WHERE r.state = 'done'), i.notes
FROM people_import i LEFT JOIN people_importrow r ON r.import_id = i.id
"""


def import_columns(kind: str) -> dict[str, dict[str, str]]:
    """What the columns of an import are called, in both languages, in the order of its template."""
    return titles(kind)


def import_known(actor: Actor, import_id: int) -> None:
    """Refuses whoever may not see the import's organisation, nor staged it."""
    owner = sql.fetch("SELECT organisation_id, post_id FROM people_import WHERE id = %s", [import_id])
    if not owner:
        raise Refused("IMPORT_UNKNOWN", import_id=import_id)
    organisation_id, post_id = owner[0]
    if organisation_id is not None:
        organisation(actor, organisation_id)
    elif not actor.reach.everywhere and post_id != actor.post_id:
        raise Refused("IMPORT_UNKNOWN", import_id=import_id)


def import_page(actor: Actor, import_id: int) -> ImportRow:
    """One import with its problems by row; only for whoever may see its organisation, or staged it."""
    import_known(actor, import_id)
    head = sql.fetch(f"{HEAD} WHERE i.id = %s GROUP BY i.id", [import_id])[0]
    rows = sql.fetch(
        "SELECT number, problems FROM people_importrow WHERE import_id = %s AND problems <> '[]' ORDER BY number",
        [import_id],
    )
    problems = [
        ImportProblem(number, p["column"], p["value"], p["code"], p["params"], p["stop"])
        for number, text in rows
        for p in _loaded(text)
    ]
    return replace(_row(head), problems=tuple(problems), samples=_samples(import_id))


def _row(head: Sequence[Any]) -> ImportRow:
    notes = tuple(ImportNote(n["code"], n["params"]) for n in _loaded(head[-1]))
    return replace(ImportRow(*head[:-1]), notes=notes)


def _loaded(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _samples(import_id: int) -> tuple[ImportSample, ...]:
    """The first rows that are taken, as they were read: names and numbers masked, as lists show them."""
    rows = sql.fetch(
        "SELECT number, sealed FROM people_importrow WHERE import_id = %s AND state IN ('taken', 'corrected', 'done') "
        "ORDER BY number LIMIT %s",
        [import_id, SAMPLES],
    )
    cleans = [(number, json.loads(secrets.decrypt(sealed))["clean"]) for number, sealed in rows]
    streets = {a.area_id: {"zh": a.name_zh, "en": a.name_en} for a in reference.leaves(clock.today())}
    return tuple(ImportSample(number, _cells(clean, streets)) for number, clean in cleans)


def _cells(clean: dict[str, str], streets: dict[int, dict[str, str]]) -> dict[str, str | dict[str, str]]:
    cells: dict[str, str | dict[str, str]] = {c: shown(c, value) for c, value in clean.items()}
    for name in {"name", "witness"} & set(clean):
        cells[name] = masked_name(clean[name])
    if "leaf_id" in clean:
        cells["area"] = streets.get(int(clean["leaf_id"]), "")
    if kind := reference.document_kinds().get(clean.get("document_kind", "")):
        cells["document_kind"] = {"zh": kind.zh, "en": kind.en}
    if sex := SEXES.get(clean.get("sex", "")):
        cells["sex"] = sex
    if clean.get("precision") == Precision.MONTH:
        cells["given_on"] = clean["given_on"][:7]
    return cells


def imports(actor: Actor, organisation_id: int | None = None) -> list[ImportRow]:
    """Imports of an organisation, or those that this post staged; newest first."""
    if organisation_id is not None:
        organisation(actor, organisation_id)
        return _listed("i.organisation_id = %s", organisation_id)
    return _listed("i.post_id = %s", actor.post_id)


def imports_in_reach(actor: Actor) -> list[ImportRow]:
    """Imports that this post staged, or of organisations in its reach: those that wait to be committed first, then the newest."""
    reach = actor.reach
    rows = sql.fetch(
        f"{HEAD} LEFT JOIN people_organisation o ON o.id = i.organisation_id "
        "WHERE %s OR i.post_id = %s OR o.id = ANY(%s) OR o.parent_id = ANY(%s) OR o.sector = ANY(%s) OR o.leaf_id = ANY(%s) "
        "GROUP BY i.id ORDER BY i.state <> 'staged', i.id DESC LIMIT 50",
        [reach.everywhere, actor.post_id, sorted(reach.organisations), sorted(reach.organisations)]
        + [sorted(reach.sectors), sorted(reach.leaves)],
    )
    return [_row(row) for row in rows]


def _listed(where: str, value: int) -> list[ImportRow]:
    return [_row(row) for row in sql.fetch(f"{HEAD} WHERE {where} GROUP BY i.id ORDER BY i.id DESC LIMIT 50", [value])]


def roster_difference(actor: Actor, import_id: int) -> RosterDifference | None:
    """What a staged roster changes; nothing for a file of no organisation, of doses, or done already."""
    ((kind, state, organisation_id),) = sql.fetch(
        "SELECT kind, state, organisation_id FROM people_import WHERE id = %s", [import_id]
    )
    if kind != "roster" or state != "staged" or organisation_id is None:
        return None
    named = _named(import_id)
    here = {m.person_id: m for m in roster(actor, organisation_id, clock.today(), "import")}
    known = [(person, role) for person, role in named if person in here]
    changes = sum(bool(role) and role != here[person].role for person, role in known)
    there = {person for person, _ in known}
    missing = tuple(m for person, m in here.items() if person not in there)
    return RosterDifference(len(named) - len(known), len(known) - changes, changes, missing)


def _named(import_id: int) -> list[tuple[int, str]]:
    """Of each row that is taken: who is registered under its document (0: nobody yet), and the part that it names."""
    rows = sql.fetch(
        "SELECT person_id, sealed FROM people_importrow WHERE import_id = %s AND state IN ('taken', 'corrected', 'done')",
        [import_id],
    )
    cleans = [(person, json.loads(secrets.decrypt(sealed))["clean"]) for person, sealed in rows]
    lookups = [_lookup(clean) for _, clean in cleans]
    indexes = secrets.indexes(filter(None, lookups))
    holders = {indexes[bytes(index)]: holder for index, holder in sql.fetch(NAMED_BY, [list(indexes)])}
    return [
        (person or (holders.get(secrets.keyed_index(text), 0) if text else 0), clean.get("role", ""))
        for (person, clean), text in zip(cleans, lookups, strict=True)
    ]


def _lookup(clean: dict[str, str]) -> str:
    if not clean.get("document_number"):
        return ""
    kind = clean.get("document_kind") or reference.usual_document()
    found = identity.check(kind, clean["document_number"], clean.get("country", ""))
    return found.lookup if isinstance(found, Checked) else ""
