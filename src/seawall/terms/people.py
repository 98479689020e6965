"""Rows about persons that cross rooms. Dates are civil days of the campaign's time zone."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from .acts import Item
from .codes import DoseSource, DueStatus, Precision, Sex


def age_on(birth: date, on: date) -> int:
    """Completed years."""
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentGiven:
    """A typed document as presented; the number never leaves `people` in clear."""

    kind: str  # code of a kind of documents, of the city's documents.csv
    number: str
    country: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRegister(Item):
    """Register one person. Without a document a temporary number is made and a guardian or witness is asked."""

    name: str
    sex: Sex
    birth: date
    birth_precision: Precision = Precision.DAY
    leaf_id: int
    residence: str = "resident"  # resident | incoming | away
    household_id: int | None = None
    organisation_id: int | None = None
    documents: tuple[DocumentGiven, ...] = ()
    phone: str = ""
    guardian_id: int | None = None
    witness: str = ""
    person_id: int | None = None  # set only by a bulk load that reserved its ids


@dataclass(frozen=True, slots=True, kw_only=True)
class DueRefresh(Item):
    """Judge one person anew in one programme."""

    person_id: int
    programme: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonCorrect(Item):
    """What was written wrong of a person; a field that is not given stays. An empty `phone` takes the number away."""

    person_id: int
    name: str | None = None
    sex: Sex | None = None
    birth: date | None = None
    birth_precision: Precision | None = None
    phone: str | None = None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskCodeIssue(Item):
    """A code on paper for somebody who laid their document on the desk: it opens their pages of the portal once."""

    person_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseRecord(Item):
    """One line for the dose history. `corrects` names the act it replaces; `withdrawn` takes that line back."""

    person_id: int
    programme: str  # a folder of engines/schedule, or of the city
    given_on: date
    precision: Precision = Precision.DAY
    product: str | None
    lot: str | None = None
    source: DoseSource
    evidence: str = ""
    place_id: int | None = None
    country: str = ""
    corrects: UUID | None = None
    withdrawn: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionRecord(Item):
    """A finding that defers, forbids or changes doses: FEVER, PREGNANT, INFECTED, ALLERGY_SEVERE ... with from and until."""

    person_id: int
    kind: str
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person as other rooms may see one: masked by default, clear only for posts whose look is logged."""

    person_id: int
    name: str
    sex: Sex
    birth: date
    birth_precision: Precision
    leaf_id: int
    document: str
    phone: str
    guardian_id: int | None


@dataclass(frozen=True, slots=True)
class DueRow:
    """What one person is due in one programme, as stored after the last change."""

    person_id: int
    programme: str
    status: DueStatus
    dose_rank: int | None
    earliest: date | None
    recommended: date | None
    overdue_from: date | None
    latest: date | None
    products: tuple[str, ...]
    reason: str
    rule: str
    release: str
    doses_given: int
    complete_on: date | None


@dataclass(frozen=True, slots=True)
class DoseRow:
    """One line of history with its verdict."""

    person_id: int
    act: UUID
    given_on: date
    product: str | None
    lot: str | None
    source: DoseSource
    place_id: int | None
    dose_number: int
    dose_rank: int | None
    verdict: str
    reason: str
    rule: str
    precision: Precision = Precision.DAY
    corrected: bool = False  # replaced or withdrawn by a later line; kept to be seen, not judged
