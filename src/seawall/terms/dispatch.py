"""The daily dispatch (日调度) as the evening makes it and the document reads it."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from .acts import Params
from .names import Name


@dataclass(frozen=True, slots=True)
class UnitDispatched:
    """A unit's line: done against quota, coverage, days of vaccine, later doses, and whether it reported."""

    unit_id: int
    code: str
    name: Name
    quota_today: int
    done_today: int
    gap_doses: int
    coverage: float
    complete_share: float
    cover_days: float | None
    second_due: int
    second_overdue: int
    reported: bool


@dataclass(frozen=True, slots=True)
class GroupDispatched:
    """A campaign group's line."""

    group: str
    name: Name
    quota: int
    done: int


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over the units."""

    quota: int
    done: int
    later_due: int
    later_overdue: int


@dataclass(frozen=True, slots=True)
class AlertDispatched:
    """What stands in the way, where, and the doses at stake."""

    code: str
    params: Params
    unit: int | None
    site: int | None
    doses: int


@dataclass(frozen=True, slots=True)
class OrderDispatched:
    """What is ordered for tomorrow, and of whom."""

    order: UUID
    code: str
    params: Params
    unit: int | None
    site: int | None


@dataclass(frozen=True, slots=True)
class Books:
    """The city's books at the closing; `where` names a place that does not balance, `lines_wrong` how many findings there are."""

    received: int
    given: int
    wasted: int
    returned: int
    on_hand: int
    difference: int
    where: int | None
    lines_wrong: int


@dataclass(frozen=True, slots=True)
class DispatchState:
    """For which day a dispatch is, whether it is ready and released, and how many orders it carries."""

    day: date
    ready: bool
    released: bool
    orders: int


@dataclass(frozen=True, slots=True)
class Dispatch:
    """A campaign's dispatch of one day."""

    campaign: str
    day: date
    units: tuple[UnitDispatched, ...]
    groups: tuple[GroupDispatched, ...]
    totals: Totals
    alerts: tuple[AlertDispatched, ...]
    orders: tuple[OrderDispatched, ...]
    books: Books
