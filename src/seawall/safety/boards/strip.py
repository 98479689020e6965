"""The safety strip: cases and clocks of this moment, lots that are stopped, and the doses and reports that a rate needs."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from seawall.platform import clock
from seawall.reference import selectors as reference
from seawall.staff import selectors as staff
from seawall.supply import selectors as supply
from seawall.terms.codes import LotState, StockState
from seawall.terms.names import Name

from .. import selectors
from ..rows import EventRow
from .holder import holder

YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class NextReport:
    """The case whose report is due first, and who holds it."""

    name: Name
    case: str
    serious: bool
    overdue: bool
    due_at: datetime
    holder: staff.Owner | None


@dataclass(frozen=True, slots=True)
class LotStopped:
    """A lot that nobody may use."""

    lot: str
    product: Name
    state: str


@dataclass(frozen=True, slots=True)
class SafetyStrip:
    """Cases as they stand now; doses and reports of the year before a day."""

    at: datetime
    open: int
    serious: int
    overdue: int
    state: str
    nearest: NextReport | None
    events: int
    doses: int
    lots_stopped: tuple[LotStopped, ...]
    cold_chain: int


def safety_strip(day: date) -> SafetyStrip:
    now, events, names = clock.now(), selectors.open_now(), reference.product_names(day)
    waiting = [e for e in events if e.reported_at is None]
    overdue = sum(e.overdue(now) for e in waiting)
    nearest = min(waiting, key=lambda e: e.clock_due, default=None)
    rates = selectors.case_rates(day - YEAR, day)
    return SafetyStrip(
        at=now,
        open=len(events),
        serious=sum(e.serious for e in events),
        overdue=overdue,
        state="stop" if overdue else "attention" if waiting else "normal",
        nearest=_next_report(nearest, now) if nearest else None,
        events=rates["all"].events,
        doses=rates["all"].doses,
        lots_stopped=tuple(
            LotStopped(lot.lot, names.get(lot.product, Name.code(lot.product)), str(lot.state))
            for lot in supply.lots()
            if lot.state != LotState.RELEASED
        ),
        cold_chain=len({row.place_id for row in supply.stock() if row.state == StockState.QUARANTINED}),
    )


def _next_report(event: EventRow, now: datetime) -> NextReport:
    kind = selectors.kinds()[event.kind]
    return NextReport(
        name=Name(kind.zh, kind.en),
        case=event.case_code,
        serious=event.serious,
        overdue=event.overdue(now),
        due_at=event.clock_due,
        holder=holder(event),
    )
