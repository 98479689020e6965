"""One chunk of a staged file through the verbs of the room; every row answers with what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from seawall.platform import clock, sql
from seawall.reference import selectors as reference
from seawall.terms.actor import Actor
from seawall.terms.acts import Outcome, Refusal
from seawall.terms.codes import DoseSource, Precision, Sex
from seawall.terms.people import DocumentGiven, DoseRecord, PersonRegister
from seawall.terms.rosters import MembershipRecord

from ..staging.checks import same_name
from ..staging.rules import Problem, shown
from .doses import dose_record
from .groups import membership_record
from .persons import persons_register

CHUNK = 2000
LENT = frozenset({"persons_register", "membership_record", "dose_record"})
LEAVES = UUID("0f4be1e4-9d1c-4f6e-8e5a-3c6a9b0a7d21")
BELONGS = """
SELECT person_id, since, role FROM people_membership WHERE organisation_id = %s AND until IS NULL AND person_id = ANY(%s)
ORDER BY person_id, since
"""
MISSING = """
SELECT m.person_id, m.since, m.role FROM people_membership m JOIN people_person i ON i.id = m.person_id
WHERE m.organisation_id = %s AND m.until IS NULL AND COALESCE(i.merged_into, i.id) NOT IN (
    SELECT COALESCE(p.merged_into, p.id) FROM people_importrow r JOIN people_person p ON p.id = r.person_id
    WHERE r.import_id = %s)
ORDER BY m.person_id, m.since
"""
COLUMN = {"DOSE": "given_on", "PROD": "product", "PHON": "phone", "NAME": "name", "BIRT": "birth", "LEAF": "area"}


@dataclass(frozen=True, slots=True)
class Staged:
    """A clean row of a staged file."""

    number: int
    act: UUID
    clean: dict[str, str]


@dataclass(frozen=True, slots=True)
class Result:
    """What became of it: done or failed."""

    number: int
    state: str
    person_id: int | None = None
    problems: list[Problem] = field(default_factory=list)


def lent(actor: Actor, organisation_id: int | None, persons: Sequence[int] = ()) -> Actor:
    """A committed import carries the rights of the verbs that it is made of, for its organisation and its persons."""
    organisations = actor.reach.organisations | ({organisation_id} if organisation_id is not None else set())
    reach = replace(actor.reach, organisations=organisations, persons=actor.reach.persons | frozenset(persons))
    return replace(actor, grants=actor.grants | LENT, reach=reach)


def commit_roster(actor: Actor, staged: Sequence[Staged], at: datetime, organisation_id: int | None) -> list[Result]:
    """New persons are registered, known ones of the same name are matched, and all of them join the organisation."""
    items = [_person(s, at, organisation_id) for s in staged]
    outcomes = persons_register(lent(actor, organisation_id), items)
    names = _names([int(str(o.refusal.params["person_id"])) for o in outcomes if _is_known(o) and o.refusal])
    results = [_registered(s, o, names) for s, o in zip(staged, outcomes, strict=True)]
    if organisation_id is not None:
        _join(actor, staged, results, at, organisation_id)
    return results


def _person(s: Staged, at: datetime, organisation_id: int | None) -> PersonRegister:
    c = s.clean
    number = c.get("document_number", "")
    given = DocumentGiven(
        kind=c.get("document_kind") or reference.usual_document(), number=number, country=c.get("country", "")
    )
    return PersonRegister(
        act=s.act,
        occurred_at=at,
        name=c["name"],
        sex=Sex(int(c.get("sex", "0"))),
        birth=date.fromisoformat(c["birth"]),
        leaf_id=int(c["leaf_id"]),
        organisation_id=organisation_id,
        documents=(given,) if number else (),
        phone=c.get("phone", ""),
        witness=c.get("witness", ""),
    )


def _is_known(outcome: Outcome) -> bool:
    return outcome.refusal is not None and outcome.refusal.code == "DOCUMENT_KNOWN"


def _names(person_ids: Sequence[int]) -> dict[int, str]:
    return dict(sql.fetch("SELECT id, name FROM people_person WHERE id = ANY(%s)", [list(person_ids)]))


def _registered(s: Staged, outcome: Outcome, names: dict[int, str]) -> Result:
    if outcome.refusal is None:
        return Result(s.number, "done", int(str(outcome.answer["person_id"])))
    if not _is_known(outcome):
        return _failed(s, outcome.refusal)
    person_id = int(str(outcome.refusal.params["person_id"]))
    if same_name(s.clean["name"], names.get(person_id, "")):
        return Result(s.number, "done", person_id)
    return _failed(s, Refusal("NAME_DIFFERS"), "name")


def _failed(s: Staged, refusal: Refusal, column: str = "") -> Result:
    at = column or COLUMN.get(refusal.code[:4], "document_number")
    return Result(s.number, "failed", None, [Problem(at, shown(at, s.clean.get(at, "")), refusal.code, refusal.params)])


def _join(
    actor: Actor, staged: Sequence[Staged], results: Sequence[Result], at: datetime, organisation_id: int
) -> None:
    """Members from the day of the file, with their part; who is one already stays, in the part that the file names."""
    today = clock.civil_day(at)
    wanted = {r.person_id: s for s, r in zip(staged, results, strict=True) if r.person_id is not None}
    here = {p: (since, role) for p, since, role in sql.fetch(BELONGS, [organisation_id, list(wanted)])}
    items: list[MembershipRecord] = []

    def member(act: UUID, person: int, since: date, role: str, until: date | None = None) -> None:
        items.append(
            MembershipRecord(
                act=act,
                occurred_at=at,
                person_id=person,
                organisation_id=organisation_id,
                since=since,
                until=until,
                role=role,
            )
        )

    for person, s in wanted.items():
        role = s.clean.get("role", "")
        if person in here:
            since, before = here[person]
            if not role or role == before:
                continue
            if since < today:
                member(uuid5(s.act, "until"), person, since, before, today - timedelta(days=1))
        member(uuid5(s.act, "member"), person, today, role)
    membership_record(lent(actor, organisation_id, list(wanted)), items)


def leave(actor: Actor, organisation_id: int, import_id: int, at: datetime) -> int:
    """Members whom a file that is the whole roster does not name belong no more; how many."""
    today = clock.civil_day(at)
    gone = sql.fetch(MISSING, [organisation_id, import_id])
    items = [
        MembershipRecord(
            act=uuid5(LEAVES, f"{import_id}/{person}/{since}"), occurred_at=at, person_id=person,
            organisation_id=organisation_id, since=since, until=max(today - timedelta(days=1), since), role=role,
        )
        for person, since, role in gone
    ]  # fmt: skip
    membership_record(lent(actor, organisation_id, [person for person, _, _ in gone]), items)
    return len({person for person, _, _ in gone})


def commit_doses(actor: Actor, staged: Sequence[Staged], at: datetime, programme: str) -> list[Result]:
    """Lines of history, judged with everything that is known of the person."""
    outcomes = dose_record(lent(actor, None), [_dose(s, at, programme) for s in staged])
    return [
        Result(s.number, "done", int(s.clean["person_id"])) if o.refusal is None else _failed(s, o.refusal)
        for s, o in zip(staged, outcomes, strict=True)
    ]


def _dose(s: Staged, at: datetime, programme: str) -> DoseRecord:
    c = s.clean
    return DoseRecord(
        act=s.act,
        occurred_at=at,
        person_id=int(c["person_id"]),
        programme=programme,
        given_on=date.fromisoformat(c["given_on"]),
        precision=Precision(c.get("precision", Precision.DAY)),
        product=c.get("product"),
        lot=c.get("lot"),
        source=DoseSource(c.get("source", DoseSource.HISTORY)),
        evidence=c.get("evidence", ""),
        corrects=UUID(c["corrects"]) if "corrects" in c else None,
    )
