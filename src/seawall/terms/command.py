"""Rows about orders and alerts: what the command asks for, and what it watches."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from .acts import Item, Params
from .codes import OrderState


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderIssue(Item):
    """An order to one unit, site or post. The act is the order's id; its text is a code of the table of order texts with its figures."""

    code: str
    params: Params = field(default_factory=dict)
    unit_id: int | None = None
    site_id: int | None = None
    post_id: int | None = None
    for_day: date
    due_at: datetime | None = None
    doses: int = 0  # what is at stake
    campaign: str = ""  # none where it is asked for all of them


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderChange(Item):
    """Acknowledge, execute or verify one order. Executed, `note` is the evidence; `met=False` sends an executed order back to be done."""

    order: UUID
    note: str = ""
    met: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLapse(Item):
    """The day of an order is over; `reached` is what was done of it all the same, where that is known."""

    order: UUID
    reached: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EveningRun(Item):
    """Run the evening of a day; the act is the run's id. Run again, it goes on where it stopped."""

    campaign: str
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class EveningStepped(Item):
    """One step of a run came to its end: with no reason it is done, with one it stopped the evening."""

    run: UUID
    step: str
    number: int
    seconds: float
    code: str = ""
    params: Params = field(default_factory=dict)
    last: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CallsAssign(Item):
    """Whoever is overdue at the closing of `day` goes on the unit's call lists for the next day."""

    campaign: str
    unit_id: int
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class MovesApprove(Item):
    """Moves between sites as the supply page of `day` proposed them; one that is no longer proposed is not sent."""

    day: date
    moves: frozenset[str]  # FROM/TO/LOT/DOSES


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRaise(Item):
    """Something stands in the way, at a unit, a site, or the whole city. One alert of a code and campaign stays open at one place."""

    code: str
    params: Params = field(default_factory=dict)
    unit_id: int | None = None
    site_id: int | None = None
    on: date
    doses: int = 0  # what is at stake
    watched: bool = False  # found by the evening's watch, which will close it
    campaign: str = ""  # none where it stands in the way of all of them


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertTake(Item):
    """The post takes an open alert on: it is the one that is asked about it."""

    alert: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertClose(Item):
    """An alert no longer holds; `note` says what was done."""

    alert: UUID
    on: date
    note: str = ""


@dataclass(frozen=True, slots=True)
class AlertFound:
    """What the evening's watch found standing in the way."""

    code: str
    params: Params = field(default_factory=dict)
    unit_id: int | None = None
    site_id: int | None = None
    doses: int = 0
    campaign: str = ""


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order and how far it has come."""

    order: UUID
    state: OrderState
    code: str
    params: dict[str, str | int | float | bool | None]
    unit_id: int | None
    site_id: int | None
    post_id: int | None
    for_day: date
    due_at: datetime | None
    doses: int
    issued_by: int
    issued_at: datetime
    acknowledged_by: int | None
    acknowledged_at: datetime | None
    executed_by: int | None
    executed_at: datetime | None
    verified_by: int | None
    verified_at: datetime | None
    note: str
    evidence: str
    lapsed_at: datetime | None
    reached: int | None  # of its doses, where it lapsed and that is known
    campaign: str  # none where it is asked for all of them

    def overdue(self, now: datetime) -> bool:
        return self.due_at is not None and now > self.due_at and not (self.executed_at or self.lapsed_at)


@dataclass(frozen=True, slots=True)
class AlertRow:
    """An alert: since when, last seen when, and what is at stake."""

    alert: UUID
    code: str
    params: dict[str, str | int | float | bool | None]
    unit_id: int | None
    site_id: int | None
    since: date
    seen_on: date
    closed_on: date | None
    doses: int
    taken_by: int | None
    taken_at: datetime | None
    campaign: str  # none where it stands in the way of all of them


@dataclass(frozen=True, slots=True, kw_only=True)
class CityLoaded(Item):
    """What a load of a city's folder changed: rows by file and day, and the release of each schedule that is another now."""

    city: str
    rows: Mapping[str, int]
    releases: Mapping[str, str]
