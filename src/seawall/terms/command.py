"""Rows about orders and alerts: what the command asks for, and what it watches."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from .acts import Item, Params
from .codes import OrderState


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderIssue(Item):
    """An order to one unit, site or post. The act is the order's id; its text is a code of the reason registry with parameters."""

    code: str
    params: Params = field(default_factory=dict)
    unit_id: int | None = None
    site_id: int | None = None
    post_id: int | None = None
    for_day: date
    due_at: datetime | None = None
    doses: int = 0  # what is at stake


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderChange(Item):
    """Acknowledge, execute or verify one order; `met=False` sends an executed order back to be done."""

    order: UUID
    note: str = ""
    met: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRaise(Item):
    """Something stands in the way, at a unit, a site, or the whole city. One alert of a code stays open at one place."""

    code: str
    params: Params = field(default_factory=dict)
    unit_id: int | None = None
    site_id: int | None = None
    on: date
    doses: int = 0  # what is at stake
    watched: bool = False  # found by the evening's watch, which will close it


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertClose(Item):
    """An alert no longer holds."""

    alert: UUID
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertFound:
    """What the evening's watch found standing in the way."""

    code: str
    params: Params = field(default_factory=dict)
    unit_id: int | None = None
    site_id: int | None = None
    doses: int = 0


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

    def overdue(self, now: datetime) -> bool:
        return self.due_at is not None and now > self.due_at and self.executed_at is None


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
