"""Putting right what was written of a person: what stood before is kept beside it, with who changed it and why."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from seawall.platform import clock, secrets, sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.terms.acts import Params, Refusal
from seawall.terms.codes import Owner, Precision, Sex
from seawall.terms.people import PersonCorrect
from seawall.terms.rosters import DocumentEnd

from .. import events, identity
from ..identity import Checked
from ..models import PersonCorrection
from ..names import name_key, written
from ..reach import LIVES_HERE, visible
from ..tables import document_ends
from ..vetting import cut
from . import due
from .doses import HISTORY, latest
from .matching import find_candidates

PERSONS = """
SELECT id, merged_into, name, sex, birth, birth_precision, phone_sealed FROM people_person
WHERE id = ANY(%s) ORDER BY id FOR UPDATE
"""
NUMBERS = """
SELECT COALESCE(p.merged_into, p.id), d.kind, d.number_sealed, d.country FROM people_document d
JOIN people_person p ON p.id = d.person_id WHERE d.valid AND (p.id = ANY(%(ids)s) OR p.merged_into = ANY(%(ids)s))
"""
WRITE = """
UPDATE people_person p SET name = u.name, name_key = u.name_key, sex = u.sex, birth = u.birth,
  birth_precision = u.birth_precision, phone_sealed = decode(u.phone_sealed, 'hex'), phone_index = decode(u.phone_index, 'hex')
FROM {source} WHERE p.id = u.id
"""
WRITTEN = {
    "id": "bigint", "name": "text", "name_key": "text", "sex": "smallint", "birth": "date", "birth_precision": "text",
    "phone_sealed": "text", "phone_index": "text",
}  # fmt: skip
END = f"""
UPDATE people_document d SET valid = FALSE, disowned = u.disowned, ended_on = u.ended_on, end_reason = u.reason
FROM {sql.unnest({"person_id": "bigint", "kind": "text", "mask": "text", "disowned": "boolean", "ended_on": "date", "reason": "text"})}
JOIN people_person p ON COALESCE(p.merged_into, p.id) = u.person_id
WHERE d.person_id = p.id AND d.kind = u.kind AND d.mask = u.mask AND d.valid
"""
VALID = """
SELECT COALESCE(p.merged_into, p.id), d.kind, d.mask, count(*) FROM people_document d
JOIN people_person p ON p.id = d.person_id WHERE d.valid AND (p.id = ANY(%(ids)s) OR p.merged_into = ANY(%(ids)s))
GROUP BY 1, 2, 3
"""


@dataclass(frozen=True, slots=True)
class _Stands:
    """What is written of a person now."""

    merged_into: int | None
    name: str
    sex: Sex
    birth: date
    precision: Precision
    phone: str


@verb(
    Owner.PERSON,
    zh="更正个人信息",
    en="Correct persons",
    judged_by_room=LIVES_HERE,
    tells=(events.RECORD_CORRECTED,),
)
def person_correct(w: Work, fresh: list[PersonCorrect]) -> Answers:
    """Put right name, sex, birth or telephone; what stood before is kept. The answer names what changed."""
    ids = sorted({i.person_id for i in fresh})
    stands = {row[0]: _stands(row) for row in sql.fetch(PERSONS, [ids])}
    seen, births, doses = visible(w.actor, ids), _births(ids), _first_doses(ids)
    answers: Answers = {}
    done: list[tuple[PersonCorrect, _Stands, _Stands]] = []
    for item in fresh:
        before = stands.get(item.person_id)
        if before is None or item.person_id not in seen:
            answers[item.act] = Refusal("PERSON_NOT_IN_REACH", {"person_id": item.person_id})
            continue
        after = _put_right(item, before, births.get(item.person_id, ()), doses.get(item.person_id))
        if isinstance(after, Refusal):
            answers[item.act] = after
            continue
        stands[item.person_id] = after
        done.append((item, before, after))
    sql.insert(PersonCorrection, KEPT, [_kept(w, item, before) for item, before, _ in done])
    _write({item.person_id: after for item, _, after in done})
    alike = _judge_anew(w, [item for item, *_ in done])
    for item, before, after in done:
        w.announce(events.RECORD_CORRECTED, "person", item.person_id, item, {"what": "person"})
        changed: Params = {"person_id": item.person_id, "changed": ",".join(_changed(before, after))}
        found = alike.get(item.person_id)
        answers[item.act] = {**changed, "candidates": found} if found else changed
    return answers


KEPT = (
    "person_id",
    "act",
    "name",
    "sex",
    "birth",
    "birth_precision",
    "phone_sealed",
    "reason",
    "post_id",
    "corrected_at",
)


def _stands(row: Sequence[Any]) -> _Stands:
    _, merged, name, sex, birth, precision, phone = row
    return _Stands(merged, name, Sex(sex), birth, Precision(precision), secrets.decrypt(phone) if phone else "")


def _births(ids: Sequence[int]) -> dict[int, list[Checked]]:
    """Documents in force that tell a birth date."""
    found: dict[int, list[Checked]] = {}
    for person, kind, sealed, country in sql.fetch(NUMBERS, {"ids": list(ids)}):
        checked = identity.check(kind, secrets.decrypt(sealed), country)
        if isinstance(checked, Checked) and checked.birth:
            found.setdefault(person, []).append(checked)
    return found


def _first_doses(ids: Sequence[int]) -> dict[int, date]:
    """The last day that the earliest dose in force may mean."""
    found: dict[int, date] = {}
    for root, _person, _act, _programme, given_on, precision in sql.fetch(HISTORY, {"ids": list(ids)}):
        day = latest(given_on, Precision(precision))
        found[root] = min(day, found.get(root, day))
    return found


def _put_right(
    item: PersonCorrect, before: _Stands, documents: Sequence[Checked], first: date | None
) -> _Stands | Refusal:
    if before.merged_into is not None:
        return Refusal("PERSON_IS_ALIAS", {"person_id": item.person_id, "into": before.merged_into})
    if not item.reason.strip():
        return Refusal("CORRECTION_NEEDS_REASON")
    phone = identity.check_phone(item.phone) if item.phone else (item.phone, "")
    if isinstance(phone, Refusal):
        return phone
    after = _Stands(
        None,
        before.name if item.name is None else written(item.name),
        before.sex if item.sex is None else item.sex,
        item.birth or before.birth,
        item.birth_precision or before.precision,
        before.phone if phone[0] is None else phone[0],
    )
    if after == before:
        return Refusal("NOTHING_TO_CORRECT")
    on = clock.civil_day(item.occurred_at)
    problem = identity.name_problem(after.name) or identity.birth_problem(after.birth, on)
    return problem or _contradicted(after, documents, first) or after


def _contradicted(after: _Stands, documents: Sequence[Checked], first: date | None) -> Refusal | None:
    """A document in force tells another birth date, or a dose was given before it."""
    for document in documents:
        assert document.birth is not None
        if cut(document.birth, after.precision) != cut(after.birth, after.precision):
            return Refusal("DOCUMENT_BIRTH_DIFFERS", {"kind": document.kind, "birth": after.birth.isoformat()})
    if first is not None and first < after.birth:
        return Refusal("DOSE_BEFORE_BIRTH", {"given_on": first.isoformat()})
    return None


def _changed(before: _Stands, after: _Stands) -> list[str]:
    return [n for n in ("name", "sex", "birth", "precision", "phone") if getattr(before, n) != getattr(after, n)]


def _kept(w: Work, item: PersonCorrect, before: _Stands) -> tuple[object, ...]:
    sealed = secrets.encrypt(before.phone) if before.phone else None
    told = (before.name, before.sex, before.birth, before.precision, sealed)
    return item.person_id, item.act, *told, item.reason.strip(), w.actor.post_id, w.recorded_at


def _write(after: dict[int, _Stands]) -> None:
    rows = [
        (person, s.name, name_key(s.name), s.sex, s.birth, s.precision)
        + ((secrets.encrypt(s.phone).hex(), secrets.keyed_index(s.phone).hex()) if s.phone else (None, None))
        for person, s in after.items()
    ]
    if rows:
        sql.execute(WRITE.format(source=sql.unnest(WRITTEN)), sql.turn(rows, len(WRITTEN)))


def _judge_anew(w: Work, done: Sequence[PersonCorrect]) -> dict[int, int]:
    """Birth and sex change what is due; a new name or birth may look like somebody known: how many for each."""
    ids = sorted({i.person_id for i in done})
    if not ids:
        return {}
    due.refresh(ids, as_of=clock.civil_day(max(i.occurred_at for i in done)), names=sorted(due.followed(ids)))
    return find_candidates(ids, w.recorded_at)


@verb(Owner.PERSON, zh="停用证件", en="End documents", judged_by_room=LIVES_HERE)
def document_end(w: Work, fresh: list[DocumentEnd]) -> Answers:
    """A document is no longer in force; one that was linked by mistake is given back, and its number is free again."""
    ids = sorted({i.person_id for i in fresh})
    seen, reasons = visible(w.actor, ids), document_ends()
    valid = {(person, kind, mask): count for person, kind, mask, count in sql.fetch(VALID, {"ids": ids})}
    answers: Answers = {}
    for item in fresh:
        count = valid.pop((item.person_id, item.kind, item.mask), 0)
        if item.person_id not in seen:
            answers[item.act] = Refusal("PERSON_NOT_IN_REACH", {"person_id": item.person_id})
        elif item.reason not in reasons:
            answers[item.act] = Refusal("DOCUMENT_END_UNKNOWN", {"reason": item.reason})
        elif count != 1:
            answers[item.act] = Refusal("DOCUMENT_NOT_IN_FORCE", {"kind": item.kind})
        else:
            answers[item.act] = {"person_id": item.person_id}
    _end([i for i in fresh if not isinstance(answers[i.act], Refusal)])
    return answers


def _end(done: Iterable[DocumentEnd]) -> None:
    reasons = document_ends()
    rows = [
        (i.person_id, i.kind, i.mask, reasons[i.reason].frees, clock.civil_day(i.occurred_at), i.reason) for i in done
    ]
    if rows:
        sql.execute(END, sql.turn(rows, 6))
