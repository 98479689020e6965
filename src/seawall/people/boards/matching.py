"""Two records that may be one person: the list of pairs, and one pair side by side with what a merge would touch."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from seawall.platform import clock, sql
from seawall.terms.actor import Actor
from seawall.terms.acts import Refused
from seawall.terms.people import DoseRow, PersonRow

from ..selectors.dues import conditions as findings
from ..selectors.dues import dose_rows
from ..selectors.persons import DocumentRow, candidates, compared, documents, living, persons
from ..selectors.rosters import organisation_rows
from ..services.due import followed
from .previews import DueLine, apart, together
from .streets import Street, streets

MERGED = "SELECT person_id, into_id FROM people_merge WHERE undone_by IS NULL AND person_id = ANY(%s)"
OPEN = """
SELECT count(*) FROM people_matchcandidate WHERE state = 'open'
AND person_id = GREATEST(%(a)s::bigint, %(b)s) AND other_id = LEAST(%(a)s::bigint, %(b)s)
"""
FIELDS = ("name", "sex", "birth", "document", "phone", "leaf_id")


@dataclass(frozen=True, slots=True)
class PairRow:
    """An open pair as the list shows it, names masked."""

    person: PersonRow
    other: PersonRow
    reason: str
    street: Street | None
    other_street: Street | None


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two records, and what its person would be due if it were the one that stays."""

    person: PersonRow
    street: Street | None
    documents: Sequence[DocumentRow]
    organisations: tuple[tuple[str, str], ...]
    doses: Sequence[DoseRow]
    findings: int
    due: tuple[DueLine, ...]
    after: tuple[DueLine, ...]


@dataclass(frozen=True, slots=True)
class PairBoard:
    """Two records side by side. `merged`: the first is another name of the second already."""

    first: Side
    second: Side
    differs: frozenset[str]
    candidate: bool
    merged: bool

    @property
    def sides(self) -> tuple[Side, Side]:
        return self.first, self.second


def pairs(actor: Actor) -> tuple[PairRow, ...]:
    """Open pairs within the actor's reach; both are shown only where both may be seen."""
    rows, where = candidates(actor), streets(clock.today())
    shown = persons(actor, sorted({p for r in rows for p in (r.person_id, r.other_id)}), "twice")
    return tuple(
        PairRow(one, other, r.reason, where.get(one.leaf_id), where.get(other.leaf_id))
        for r in rows
        if (one := shown.get(r.person_id)) and (other := shown.get(r.other_id))
    )


def pair(actor: Actor, first: int, second: int) -> PairBoard:
    """Both records named whole, since their names are compared; of two that are one, the alias comes first."""
    on = clock.today()
    into = dict(sql.fetch(MERGED, [[first, second]]))
    merged = into.get(first) == second
    if first == second or (into and not merged):
        raise Refused("MERGE_WITH_ITSELF", person_id=first)
    row = compared(actor, [first, second], "twice")
    if merged:
        return _merged(row[second], first, second, on)
    where = streets(on)
    sides = [
        _side(row[one], where.get(row[one].leaf_id), together(one, [], on), together(one, [other], on))
        for one, other in ((first, second), (second, first))
    ]
    differs = frozenset(f for f in FIELDS if getattr(row[first], f) != getattr(row[second], f))
    ((count,),) = sql.fetch(OPEN, {"a": first, "b": second})
    return PairBoard(sides[0], sides[1], differs, bool(count), merged=False)


def _side(person: PersonRow, street: Street | None, due: tuple[DueLine, ...], after: tuple[DueLine, ...]) -> Side:
    who = person.person_id
    belongs = living([who], clock.today())[who].organisations
    rows = organisation_rows(belongs).values()
    return Side(
        person,
        street,
        documents([who]).get(who, []),
        tuple((o.name_zh, o.name_en or o.name_zh) for o in rows),
        [d for name in sorted(followed([who])) for d in dose_rows([who], name).get(who, [])],
        len(findings([who]).get(who, [])),
        due,
        after,
    )


ALIAS = "SELECT name, sex, birth, birth_precision, leaf_id FROM people_person WHERE id = %s"
LINES = "SELECT act FROM people_doseevent WHERE person_id = %s"
NUMBERS = "SELECT mask FROM people_document WHERE person_id = %s"


def _merged(root: PersonRow, alias_id: int, root_id: int, on: date) -> PairBoard:
    """The alias as it stands under its own id, and what each would be due alone."""
    ((name, sex, birth, precision, leaf_id),) = sql.fetch(ALIAS, [alias_id])
    own = {act for (act,) in sql.fetch(LINES, [alias_id])}
    masks = {mask for (mask,) in sql.fetch(NUMBERS, [alias_id])}
    alone, rest = apart(alias_id, root_id, on)
    where = streets(on)
    whole = _side(root, where.get(root.leaf_id), together(root_id, [], on), rest)
    alias = PersonRow(alias_id, name, sex, birth, precision, leaf_id, "", "", None)
    first = Side(
        alias, where.get(leaf_id), [d for d in whole.documents if d.number in masks], (),
        [d for d in whole.doses if d.act in own], len(findings([alias_id]).get(alias_id, [])), (), alone,
    )  # fmt: skip
    return PairBoard(first, whole, frozenset(), candidate=False, merged=True)
