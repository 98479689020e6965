"""Pages about a history: findings, doses given elsewhere with their proof, and a correction with what it touches."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from seawall.platform import access, clock, sql
from seawall.reference import selectors as reference
from seawall.terms.actor import Actor
from seawall.terms.acts import Refused
from seawall.terms.people import DoseRow, PersonRow
from seawall.terms.rosters import ConditionRow

from ..identity import country_codes
from ..judging import programmes, schedule, vaccines
from ..selectors.dues import conditions as findings
from ..selectors.dues import dose_rows
from ..selectors.persons import person
from ..tables import ProofRow, proofs
from .previews import Change, DueLine, changed, together

LINE = """
SELECT d.programme, d.evidence, d.country FROM people_doseevent d
JOIN people_person p ON p.id = d.person_id WHERE COALESCE(p.merged_into, p.id) = %s AND d.act = %s
"""


@dataclass(frozen=True, slots=True)
class Named:
    """A code with its names."""

    code: str
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Programme:
    """A programme whose history may be written, with its products."""

    code: str
    name_zh: str
    name_en: str
    products: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class FindingLine:
    """A finding as the page shows it."""

    row: ConditionRow
    name_zh: str
    name_en: str
    in_force: bool


@dataclass(frozen=True, slots=True)
class ConditionsBoard:
    """Findings of one person; `lines` only for posts that may see them."""

    person: PersonRow
    today: date
    shown: bool
    lines: tuple[FindingLine, ...]
    kinds: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class ElsewhereBoard:
    """What is on record in a programme, and what a line for a dose given elsewhere needs."""

    person: PersonRow
    today: date
    programme: Programme
    programmes: tuple[Named, ...]
    doses: Sequence[DoseRow]
    proofs: tuple[ProofRow, ...]
    countries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CorrectionBoard:
    """One line of history as it stands, and what somebody is due now and after the correction asked for."""

    person: PersonRow
    today: date
    programme: Programme
    line: DoseRow
    evidence: str
    country: str
    proofs: tuple[ProofRow, ...]
    due: tuple[DueLine, ...]
    after: tuple[DueLine, ...] | None


def conditions(actor: Actor, person_id: int) -> ConditionsBoard:
    on = clock.today()
    row = person(actor, person_id, "conditions")
    kinds = _kinds(on)
    shown = access.may(actor, "see:conditions")
    rows = findings([row.person_id]).get(row.person_id, []) if shown else []
    lines = tuple(
        FindingLine(c, *_words(kinds, c.kind), c.since <= on and (c.until is None or c.until >= on)) for c in rows
    )
    return ConditionsBoard(row, on, shown, lines, tuple(kinds.values()))


def _words(kinds: dict[str, Named], code: str) -> tuple[str, str]:
    named = kinds.get(code, Named(code, code, code))
    return named.name_zh, named.name_en


def _kinds(on: date) -> dict[str, Named]:
    """Findings that the rules of the programmes in use know."""
    rows = [row for name in reference.programmes_in_use() for row in schedule(name, on).tables.conditions]
    return {row.condition: Named(row.condition, row.name_zh, row.name_en) for row in reversed(rows)}


def programme_named(code: str, on: date) -> Programme:
    """A programme with its products, those that it gives itself first."""
    rows = sorted(vaccines(code), key=lambda v: not v.own)
    products = {v.product: Named(v.product, v.name_zh, v.name_en) for v in reversed(rows)}
    tables = schedule(code, on).tables
    return Programme(code, tables.name_zh, tables.name_en, tuple(reversed(products.values())))


def elsewhere(actor: Actor, person_id: int, programme: str) -> ElsewhereBoard:
    on = clock.today()
    row = person(actor, person_id, "elsewhere")
    tables = {name: schedule(name, on).tables for name in programmes()}
    names = tuple(Named(name, t.name_zh, t.name_en) for name, t in tables.items())
    doses = dose_rows([row.person_id], programme).get(row.person_id, [])
    return ElsewhereBoard(
        row, on, programme_named(programme, on), names, doses, tuple(proofs().values()), country_codes()
    )


def correction(actor: Actor, person_id: int, act: UUID, asked: Change | None = None) -> CorrectionBoard:
    """With `asked`, what the person would be due after it."""
    on = clock.today()
    row = person(actor, person_id, "correction")
    found = sql.fetch(LINE, [row.person_id, act])
    if not found:
        raise Refused("DOSE_TO_CORRECT_UNKNOWN", act=str(act))
    programme, evidence, country = found[0]
    lines = {d.act: d for d in dose_rows([row.person_id], programme, corrected=True).get(row.person_id, [])}
    due = tuple(d for d in together(row.person_id, [], on) if d.programme.partition("/")[0] == programme)
    after = changed(row.person_id, programme, asked, on) if asked else None
    told = programme_named(programme, on)
    return CorrectionBoard(row, on, told, lines[act], evidence, country, tuple(proofs().values()), due, after)
