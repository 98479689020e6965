"""Rows about belonging: households, organisations, members, responsible contacts, and persons who turn out to be one."""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Self
from uuid import UUID

from .acts import Item


class FileContent(str):
    """What a file holds: the text of a CSV as it stands, or `base64:` and the bytes of any file."""

    MARK: ClassVar[str] = "base64:"
    longest: ClassVar[int] = 2_000_000

    @classmethod
    def of(cls, content: bytes) -> Self:
        return cls(cls.MARK + base64.b64encode(content).decode())

    def bytes(self) -> bytes | None:
        """The file itself; nothing where the text after the mark is not base64."""
        if not self.startswith(self.MARK):
            return self.encode()
        try:
            return base64.b64decode(self[len(self.MARK) :], validate=True)
        except binascii.Error:
            return None

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: Callable[[object], object]) -> dict[str, object]:
        """How the doors' reader makes one: from a text."""
        return {
            "type": "function-after",
            "function": {"type": "no-info", "function": cls},
            "schema": handler(str),
        }


class Picture(FileContent):
    """A picture of a camera, as `base64:` and the bytes of its file; empty where none was taken."""

    longest: ClassVar[int] = 16_100_000


NO_PICTURE = Picture()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportStage(Item):
    """A file of a roster or of doses, for an organisation or for whoever stages it; the answer holds import_id."""

    kind: str
    filename: str
    content: FileContent
    organisation_id: int | None = None
    programme: str = ""  # of doses: which programme's


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportCommit(Item):
    """A staged file is registered; `whole`: it is the whole roster, and members whom it does not name leave."""

    import_id: int
    whole: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseholdRegister(Item):
    """A household in a leaf area, with whoever lives there; the answer holds household_id."""

    leaf_id: int
    address: str = ""
    members: tuple[int, ...] = ()
    household_id: int | None = None  # set only by a bulk load that reserved its ids


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseholdJoin(Item):
    """A person lives in this household from now on; without one, in none that is known."""

    person_id: int
    household_id: int | None = None


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
    country: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentEnd(Item):
    """A document ends, named by its kind and its masked number; `reason` is a code of people/document_ends.csv."""

    person_id: int
    kind: str
    mask: str
    reason: str


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
class ImportNote:
    """What is said of a whole file: which sheet was read, what was passed over; reason code with parameters."""

    code: str
    params: dict[str, str | int | float | bool | None]


@dataclass(frozen=True, slots=True)
class ImportSample:
    """A row that is taken, as it was read; names and numbers are masked."""

    row: int
    cells: dict[str, str | dict[str, str]]


@dataclass(frozen=True, slots=True)
class ImportRow:
    """A staged file in numbers, what is said of it, and its problems. Rows that are taken may be done already."""

    import_id: int
    kind: str
    filename: str
    state: str
    staged_at: datetime
    taken: int
    corrected: int
    refused: int
    done: int
    notes: tuple[ImportNote, ...] = ()
    problems: tuple[ImportProblem, ...] = ()
    samples: tuple[ImportSample, ...] = ()

    @property
    def ready(self) -> int:
        """Rows that a commit would register."""
        return self.taken - self.done + self.corrected


@dataclass(frozen=True, slots=True)
class RosterDifference:
    """A staged roster beside the one that stands: who is new, stays or changes part, and whom it no longer names."""

    joins: int
    stays: int
    changes: int
    missing: tuple[MemberRow, ...]


@dataclass(frozen=True, slots=True)
class ConditionRow:
    person_id: int
    act: UUID
    kind: str
    since: date
    until: date | None
