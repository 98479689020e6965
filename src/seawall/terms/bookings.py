"""Rows about asking people to come, moving them, and letting them wait."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from .acts import Item


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentMove(Item):
    """One appointment moves to another seat, or stays where it is when that seat is gone."""

    person_id: int
    appointment: UUID
    site_id: int
    starts_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteDay(Item):
    """Something that is done to all appointments of a site on a day, or from a day on (to the last day, where one is named)."""

    site_id: int
    day: date
    last: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationSend(Item):
    """A person is asked to come between two days for one dose of a campaign."""

    person_id: int
    campaign: str
    dose_rank: int
    opens: date
    closes: date
    channel: str  # sms | call | roster | notice


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseAnnounce(Item):
    """Seats of some days may be booked from a moment on, by everybody or by a cohort. Announced anew, the moment moves."""

    campaign: str
    opens: date
    closes: date
    released_at: datetime
    source: str
    group_code: str = ""
    digits: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinePace(Item):
    """So many of the public are let in to the booking pages a minute at most; without a number, as many as can be served."""

    reason: str
    a_minute: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingJoin(Item):
    """A person waits for a seat at a site between two days."""

    person_id: int
    campaign: str
    site_id: int
    opens: date
    closes: date


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingLeave(Item):
    person_id: int
    campaign: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchArrange(Item):
    """An organisation keeps seats from a quarter-hour on, so many in each, and names who comes, in this order."""

    organisation_id: int
    campaign: str
    label: str  # the workshop, class or shift
    site_id: int
    starts_at: datetime
    seats: int
    per_slot: int
    persons: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchSeat(Item):
    """Somebody comes with a batch: in a seat that has no name yet, or instead of somebody who cannot."""

    organisation_id: int
    batch: UUID
    person_id: int
    instead_of: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchReturn(Item):
    """Seats of a batch go back to the public: those without a name, or the whole batch."""

    organisation_id: int
    batch: UUID
    everybody: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StandbyJoin(Item):
    """A person comes at short notice for a dose that is left over, from no farther away than so many km."""

    person_id: int
    campaign: str
    km: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StandbyLeave(Item):
    person_id: int
    campaign: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StandbyCall(Item):
    """So many doses of this day are left over at a site: the next on standby are each offered one."""

    site_id: int
    campaign: str
    doses: int


@dataclass(frozen=True, slots=True)
class StandbyOffer:
    """A seat that was offered to somebody on standby; `until` by the system clock, while it waits for an answer."""

    person_id: int
    appointment: UUID
    site_id: int
    starts_at: datetime
    state: str
    dose_rank: int
    until: datetime | None


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A batch with what became of its seats; `final_at` is the moment from which its names stand."""

    batch: UUID
    organisation_id: int
    campaign: str
    label: str
    site_id: int
    starts_at: datetime
    ends_at: datetime
    seats: int
    per_slot: int
    spare: int
    named: int
    came: int
    missed: int
    final_at: datetime


@dataclass(frozen=True, slots=True)
class BatchMember:
    """Somebody's seat in a batch."""

    person_id: int
    batch: UUID
    appointment: UUID
    site_id: int
    starts_at: datetime
    state: str
    dose_rank: int


@dataclass(frozen=True, slots=True)
class InvitationRow:
    person_id: int
    invitation: UUID
    campaign: str
    dose_rank: int
    opens: date
    closes: date
    channel: str
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class ReleaseRow:
    """From when seats of these days may be booked: no group means all groups, no digits mean every birthday."""

    opens: date
    closes: date
    group_code: str
    digits: str
    released_at: datetime
    source: str

    def admits(self, group: str | None, birth: date | None) -> bool:
        """Whether it speaks of a person of this group, born on this day; the day of the month tells the digit."""
        mine = not self.digits or (birth is not None and str(birth.day % 10) in self.digits)
        return mine and self.group_code in {"", group}


@dataclass(frozen=True, slots=True)
class WaitingRow:
    person_id: int
    campaign: str
    site_id: int
    opens: date
    closes: date
    since: datetime


@dataclass(frozen=True, slots=True)
class QuarterRow:
    """What became of the seats of one quarter-hour."""

    site_id: int
    starts_at: datetime
    held: int
    booked: int
    arrived: int
    fulfilled: int
    missed: int
    walk_ins: int


@dataclass(frozen=True, slots=True)
class SeatDifference:
    """A quarter-hour whose count of seats does not agree with its appointments."""

    site_id: int
    starts_at: datetime
    taken: int
    counted: int
