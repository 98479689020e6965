"""Rows about belonging: households, organisations, members, responsible contacts, and persons who turn out to be one."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from .acts import Item


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseholdRegister(Item):
    """A household in a leaf area; the answer holds household_id."""

    leaf_id: int
    address: str = ""
    household_id: int | None = None  # set only by a bulk load that reserved its ids


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationRegister(Item):
    """An organisation of any kind, perhaps part of another; the answer holds organisation_id and a note on its code."""

    name_zh: str
    name_en: str = ""
    kind: str
    sector: str
    leaf_id: int
    uscc: str = ""
    parent_id: int | None = None
    organisation_id: int | None = None  # set only by a bulk load that reserved its ids


@dataclass(frozen=True, slots=True, kw_only=True)
class MembershipRecord(Item):
    """A person belongs to an organisation from a day; with `until` the membership ends."""

    person_id: int
    organisation_id: int
    since: date
    until: date | None = None
    role: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactAssign(Item):
    """包保责任人 of a household, or of a whole leaf area."""

    leaf_id: int
    household_id: int | None = None
    post_id: int
    since: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidenceRecord(Item):
    """A person lives elsewhere from a day, is away, has come back, or has died (state)."""

    person_id: int
    leaf_id: int
    state: str = "active"  # active | away | moved | died
    since: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentLink(Item):
    """A document presented later by a person who is known already."""

    person_id: int
    kind: str
    number: str
    country: str = "CN"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonMerge(Item):
    """`person_id` becomes another name of `into_id`; nothing is rewritten and it can be undone."""

    person_id: int
    into_id: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonUnmerge(Item):
    person_id: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateDecide(Item):
    """Two persons who looked alike are not the same: the pair is closed. (That they are is a PersonMerge.)"""

    person_id: int
    other_id: int


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    organisation_id: int
    name_zh: str
    name_en: str
    kind: str
    sector: str
    parent_id: int | None
    leaf_id: int
    uscc: str
    uscc_note: str
    people: int
    synthetic: bool


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A member as a roster shows one: never a health answer."""

    person_id: int
    name: str
    birth: date
    role: str
    since: date


@dataclass(frozen=True, slots=True)
class CandidateRow:
    person_id: int
    other_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class ImportProblem:
    """One thing wrong in one cell: reason code with parameters; the value is masked."""

    row: int
    column: str
    value: str
    code: str
    params: dict[str, str | int | float | bool | None]
    stop: bool = True  # False: the cell was put right and the row was taken


@dataclass(frozen=True, slots=True)
class ImportRow:
    """A staged file in numbers, and its problems."""

    import_id: int
    kind: str
    filename: str
    state: str
    staged_at: datetime
    taken: int
    corrected: int
    refused: int
    problems: tuple[ImportProblem, ...] = ()


@dataclass(frozen=True, slots=True)
class ConditionRow:
    person_id: int
    act: UUID
    kind: str
    since: date
    until: date | None
