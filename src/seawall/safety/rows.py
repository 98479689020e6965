"""Frozen rows that leave this room."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class EventRow:
    """An adverse event with its clock; names stay in `people`."""

    person_id: int
    event: UUID
    case_code: str
    kind: str
    serious: bool
    classed: str
    onset_at: datetime
    found_at: datetime
    in_window: bool | None
    site_id: int | None
    visit: UUID | None
    product: str
    lot: str
    reporter_post_id: int
    clock: str
    clock_due: datetime
    state: str
    reported_at: datetime | None
    closed_at: datetime | None

    def overdue(self, now: datetime) -> bool:
        """Not reported in time, or not yet and the time is over."""
        return (self.reported_at or now) > self.clock_due


@dataclass(frozen=True, slots=True)
class StepRow:
    person_id: int
    event: UUID
    step: str
    at: datetime
    note: str
    by_post: int


@dataclass(frozen=True, slots=True)
class RateRow:
    """Events per 100,000 doses with a 95% interval (Byar's approximation to the exact Poisson limits)."""

    key: str
    events: int
    serious: int
    doses: int
    per_100k: float | None
    low: float | None
    high: float | None
