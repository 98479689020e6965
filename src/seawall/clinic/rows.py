"""Frozen rows that leave this room."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from seawall.terms.codes import VisitState


@dataclass(frozen=True, slots=True)
class VisitRow:
    """One visit as a queue shows it."""

    site_id: int
    visit: UUID
    person_id: int
    campaign: str
    programme: str
    appointment: UUID
    walk_in: bool
    day: date
    ticket: int
    state: VisitState
    reason: str
    dose_rank: int
    birth: date
    arrived_at: datetime
    screened_at: datetime | None
    consented_at: datetime | None
    injected_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class SignerKey:
    """A signer of a tablet, and the public keys (JWK) by which their acts are checked and their bundles sealed."""

    post_id: int
    account_id: int
    signing: tuple[str, ...]
    sealing: str


@dataclass(frozen=True, slots=True)
class InsideRow:
    """Somebody inside, and what the steps so far found: who screened and how it ended, the consent, the end of the observation."""

    visit: UUID
    person_id: int
    campaign: str
    ticket: int
    state: VisitState
    day: date
    arrived_at: datetime
    screener: int | None
    outcome: str | None
    findings: tuple[str, ...]
    agreed: bool | None
    given_at: datetime | None
    until: datetime | None
    held: bool


@dataclass(frozen=True, slots=True)
class CalledTicket:
    """A ticket called to a desk of a station, how often, and when last."""

    ticket: int
    station: str
    desk: str
    at: datetime
    calls: int


@dataclass(frozen=True, slots=True)
class FlowRow:
    """A step of the flow strip: how many people have passed it, how many stand before it, and their mean wait."""

    site_id: int
    step: str
    count: int
    wait_minutes: float | None


@dataclass(frozen=True, slots=True)
class ObservationTile:
    """A seat taken in the observation room."""

    site_id: int
    visit: UUID
    person_id: int
    ticket: int
    since: datetime
    until: datetime
    higher_risk: bool
    held: bool


@dataclass(frozen=True, slots=True)
class GivenRow:
    """One dose as closings count it."""

    site_id: int
    visit: UUID
    person_id: int
    programme: str
    day: date
    product: str
    lot: str
    dose_rank: int
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class DayCount:
    """What one site did on a day."""

    site_id: int
    arrived: int
    given: int
    deferred: int
    turned_away: int
    gone: int
    open: int
    closed: bool


@dataclass(frozen=True, slots=True)
class ClosingRow:
    """A closed day of a site."""

    site_id: int
    day: date
    arrived: int
    deferred: int
    turned_away: int
    gone: int
    given: int
    wasted: int
    on_hand: int
    closed_at: datetime


@dataclass(frozen=True, slots=True)
class RefusalCount:
    verb: str
    code: str
    count: int
