"""Rows about people who cannot come to a site, and the rounds that go to them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from .acts import Item


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeboundNote(Item):
    """A person cannot come to a site and agrees to be visited. Noted anew, what is said replaces what was said."""

    person_id: int
    need: str  # outreach/tables/needs.csv: why they cannot come
    wish: str = ""  # how the person asked and agreed, where somebody else notes it; empty where the person does
    whereabouts: str = ""  # address, landmark, floor, how to get in; empty: in their street, to be asked by telephone


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeboundEnd(Item):
    """A person can come again, or wants no visit: no round takes them any more."""

    person_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundPropose(Item):
    """A mobile site drives on a day with doses of a store: whom it reaches of those who cannot come. The act is the proposal's id."""

    site_id: int
    day: date
    campaign: str
    store_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundAccept(Item):
    """The proposed round is driven: its people get their seats and are told, and the store is asked for its doses."""

    site_id: int
    day: date
    proposal: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class StopNext(Item):
    """This stop is driven to before the others."""

    site_id: int
    day: date
    stop: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StopSettle(Item):
    """Somebody on the round got no dose: what the team found at the door becomes the reason that the person carries."""

    site_id: int
    day: date
    person_id: int
    result: str  # outreach/tables/results.csv


@dataclass(frozen=True, slots=True)
class HomeboundRow:
    """Somebody who cannot come, with what is due."""

    person_id: int
    leaf_id: int
    need: str
    since: date
    dose_rank: int = 0
    whereabouts: str = ""


@dataclass(frozen=True, slots=True)
class StopRow:
    """One stop of a round: who is there, and between when the team is expected; `drive_minutes` from the stop before."""

    stop: int
    turn: int
    leaf_id: int
    starts_at: datetime
    ends_at: datetime
    drive_minutes: int
    persons: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RoundRow:
    """A round, proposed or accepted: its doses by product, the numbers that explain it, its stops in order of driving."""

    site_id: int
    day: date
    proposal: UUID
    campaign: str
    store_id: int
    state: str  # proposed | accepted
    doses: Mapping[str, int]
    why: Mapping[str, int]
    stops: tuple[StopRow, ...] = ()

    @property
    def people(self) -> int:
        return sum(len(stop.persons) for stop in self.stops)

    @property
    def ends_at(self) -> datetime | None:
        """When the last stop is over."""
        return max((stop.ends_at for stop in self.stops), default=None)
