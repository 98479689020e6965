"""Rows about sites, seats, appointments and the walk through a clinic."""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from uuid import UUID

from .acts import Item
from .codes import AppointmentState, ScreeningOutcome, SiteKind

CHECKS = (
    "HEALTH_AND_CONTRAINDICATIONS",
    "CERTIFICATE_OR_RECORD",
    "VACCINE_SYRINGE_LOT_EXPIRY",
    "NAME",
    "AGE",
    "VACCINE",
    "SPECIFICATION",
    "DOSE",
    "BODY_SITE",
    "ROUTE",
    "RECIPIENT_VERIFIED",
)
"""三查 (1-3), 七对 (4-10), 一验证 (11): rules 3.1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteOpen(Item):
    """A site enters service; it is registered as a place that holds stock under the id given back."""

    code: str
    kind: SiteKind
    name_zh: str
    name_en: str
    leaf_id: int
    address_zh: str
    address_en: str
    phone: str
    stations: int
    seats: int
    parent_facility_id: int | None = None  # a temporary site names its hospital of grade two or above
    longitude: float
    latitude: float
    synthetic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPlan(Item):
    """One day of one site: its quarter-hours and how many each may take; without a number, what waiting and chairs allow.

    `products` are the vaccines given that day; where none is named, any. `most_waiting` persons may wait inside at once.
    `only_new`: refused where the day has a session already. Without `public` nobody finds its seats: a round is for who is on it.
    """

    site_id: int
    day: date
    opens: time
    closes: time
    stations: int
    seats_per_slot: int | None = None
    products: frozenset[str] = frozenset()
    most_waiting: int | None = None
    only_new: bool = False
    public: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentBook(Item):
    """A seat for a person. With `hold` the seat is kept ten minutes; a walk-in books the slot that is running."""

    person_id: int
    campaign: str
    site_id: int
    starts_at: datetime
    hold: bool = False
    walk_in: bool = False
    wish: str = ""  # how the person asked for it and agreed, where somebody else books
    product: str = ""  # the vaccine that the person chooses, where the rules leave a choice


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentChange(Item):
    """Confirm, cancel or mark one appointment."""

    person_id: int
    appointment: UUID


@dataclass(frozen=True, slots=True)
class AppointmentRow:
    person_id: int
    appointment: UUID
    campaign: str
    site_id: int
    starts_at: datetime
    state: AppointmentState
    dose_rank: int
    walk_in: bool
    product: str = ""


@dataclass(frozen=True, slots=True)
class SeatRow:
    """Seats of one quarter-hour; until `returns_at`, `set_aside` of those that nobody has are kept from who books ahead."""

    site_id: int
    starts_at: datetime
    capacity: int
    taken: int
    set_aside: int = 0
    returns_at: datetime | None = None

    @property
    def free(self) -> int:
        """Seats that can be booked ahead now."""
        return max(0, self.unbooked - self.set_aside)

    @property
    def unbooked(self) -> int:
        """Seats that nobody has."""
        return self.capacity - self.taken


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival(Item):
    """A person stands at the door. The act is the visit's id."""

    site_id: int
    person_id: int
    campaign: str
    appointment: UUID | None
    identity: str = "document"  # document | code | manual (with a second person)
    second_person_post_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentGiven:
    """The answer to the consent text: which text, in which language, who signed."""

    version: str
    language: str
    signer: str = "self"  # self | guardian
    agreed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningRecord(Item):
    """Health inquiry by a named clinician and what it found; with `consent`, what was told and answered in the same breath.

    `answered` names the questions that got an answer; None where the paper form is kept instead.
    """

    site_id: int
    visit: UUID
    clinician_post_id: int
    outcome: ScreeningOutcome
    celsius: float | None = None
    findings: tuple[str, ...] = ()
    recheck_on: date | None = None
    answered: frozenset[str] | None = None
    consent: ConsentGiven | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentRecord(Item):
    """A consent by itself, after the inquiry."""

    site_id: int
    visit: UUID
    version: str
    language: str
    signer: str = "self"
    agreed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitCall(Item):
    """A ticket that waits is called to a desk of a station."""

    site_id: int
    visit: UUID
    station: str  # screening | injection
    desk: str = ""  # number or letter of the desk; empty where the station has one


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitLeave(Item):
    """The person went away before the dose; `reason` is a row of clinic/tables/without_dose.csv."""

    site_id: int
    visit: UUID
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseGive(Item):
    """The injection. Every one of the eleven checks is stated; `overrides` are codes of soft rules with name and reason."""

    site_id: int
    visit: UUID
    code: str  # trace code of the pack scanned
    product: str
    arm: str = "L"
    vaccinator_post_id: int
    checks: frozenset[str] = field(default_factory=lambda: frozenset(CHECKS))
    override_reason: str = ""
    typed: bool = False  # the code was typed by hand: code_type has named the second person


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseReverse(Item):
    """The dose just recorded was not given after all; `reason` is a row of clinic/tables/not_given.csv."""

    site_id: int
    visit: UUID
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InjectionCorrect(Item):
    """What is true of a dose instead of what is on record: only what differs is named. Another person signs it.

    `not_given`: there was no dose; then nothing else is named.
    """

    site_id: int
    visit: UUID
    note: str  # how it came to light: empty is refused
    person_id: int | None = None  # who got the dose
    code: str = ""  # trace code of the pack that was used
    arm: str = ""
    given_at: datetime | None = None  # within the day of the visit
    not_given: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionSign(Item):
    """A second person agrees with a correction, named by its act."""

    site_id: int
    correction: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservationEnd(Item):
    """The person leaves: after the minutes asked, or earlier with a signature, or unseen."""

    site_id: int
    visit: UUID
    doctor_post_id: int
    early_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnseenReach(Item):
    """Somebody who left the observation unseen was called back; `outcome` is a row of clinic/tables/call_backs.csv."""

    site_id: int
    visit: UUID
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DayClose(Item):
    """日清: one site ends its day with its own count of the vials."""

    site_id: int
    day: date
    counted_doses: dict[str, int] = field(default_factory=dict)  # lot -> doses counted by hand


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRecord(Item):
    """A suspected adverse event, found at a site or later; its clock starts at `occurred_at` (discovery)."""

    person_id: int
    site_id: int | None
    visit: UUID | None
    kind: str  # code of safety/events.csv
    onset_at: datetime
    serious: bool
    reporter_post_id: int
    treatment: str = ""  # code of safety/treatments.csv: what was given at the site
    called: str = ""  # code of safety/called.csv: who was called


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservationHold(Item):
    """A doctor or an open event keeps the person seated; with `held` false the seat is theirs to leave again."""

    site_id: int
    visit: UUID
    held: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class EventStep(Item):
    """One step of an emergency or of a case: recognised, treated, transferred, outcome, reported, classed, closed."""

    person_id: int
    event: UUID
    step: str
    note: str = ""  # a code: the class given, the hospital, the outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseHappened(Item):
    """A dose that was given already, on paper or without a link: taken as it happened, judged, never refused for a broken rule.

    The act is also the visit's id, unless `visit` names one that waits here for its dose.
    """

    site_id: int
    person_id: int
    campaign: str
    code: str
    product: str
    vaccinator_post_id: int
    screener_post_id: int | None = None
    visit: UUID | None = None
    arm: str = "L"
    checks: frozenset[str] = frozenset()
    source: str = "paper"  # paper | offline
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TabletEnrol(Item):
    """The post that acts becomes a signer of a tablet; the first one brings the tablet. Both keys are public JWKs on P-256, as JSON."""

    site_id: int
    tablet: UUID
    name: str
    signing: str
    sealing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TabletRevoke(Item):
    """A tablet that is lost or handed back: it gets no bundle any more, and wipes what it holds at its next contact."""

    site_id: int
    tablet: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictSettle(Item):
    """What becomes of an act that a tablet brought and that could not be taken: done `again`, or `noted` with what was done instead."""

    site_id: int
    conflict: UUID  # the act
    verb: str
    way: str
    note: str = ""
