"""What others may ask about adverse events, their clocks and rates."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from seawall.clinic import selectors as clinic
from seawall.platform import clock, sql

from . import rates, tables
from .monitors import Monitors, monitors
from .rows import EventRow, RateRow, StepRow

kinds = tables.kinds
classes = tables.classes
step_table = tables.steps
treatments = tables.treatments
called = tables.called

__all__ = [
    "Monitors",
    "called",
    "case_rates",
    "classes",
    "clocks",
    "events_of",
    "found",
    "kinds",
    "monitors",
    "next_clock",
    "open_events",
    "open_now",
    "step_table",
    "steps",
    "treatments",
]

EVENT = (
    "SELECT person_id, act, case_code, kind, serious, classed, onset_at, found_at, in_window, site_id, visit, product, lot, "
    "reporter_post_id, clock, clock_due, state, reported_at, closed_at FROM safety_adverseevent"
)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), clock.zone())


def open_events(on: date) -> list[EventRow]:
    """Events found by the end of a day and not closed by then, nearest clock first; the unreported before the reported."""
    end = _midnight(on + timedelta(days=1))
    rows = sql.fetch(
        f"{EVENT} WHERE found_at < %(end)s AND (closed_at IS NULL OR closed_at >= %(end)s) "
        "ORDER BY reported_at IS NOT NULL AND reported_at < %(end)s, clock_due, case_code",
        {"end": end},
    )
    return [EventRow(*row) for row in rows]


def open_now() -> list[EventRow]:
    """Events that are open at this moment, nearest clock first; the unreported before the reported."""
    rows = sql.fetch(f"{EVENT} WHERE closed_at IS NULL ORDER BY reported_at IS NOT NULL, clock_due, case_code")
    return [EventRow(*row) for row in rows]


def clocks(on: date) -> list[EventRow]:
    """Events whose report is still due, nearest first."""
    return [row for row in open_events(on) if row.state == "open"]


def next_clock(on: date) -> EventRow | None:
    return next(iter(clocks(on)), None)


def events_of(person_ids: Iterable[int]) -> list[EventRow]:
    """Every event of these persons, newest first."""
    rows = sql.fetch(f"{EVENT} WHERE person_id = ANY(%s) ORDER BY found_at DESC", [sorted(set(person_ids))])
    return [EventRow(*row) for row in rows]


def found(since: date, until: date) -> list[EventRow]:
    """Events found from one day to another, both included."""
    rows = sql.fetch(
        f"{EVENT} WHERE found_at >= %s AND found_at < %s ORDER BY found_at",
        [_midnight(since), _midnight(until + timedelta(days=1))],
    )
    return [EventRow(*row) for row in rows]


def steps(event: UUID, person_id: int) -> list[StepRow]:
    """Steps taken for an event, in time."""
    rows = sql.fetch(
        "SELECT person_id, event, step, at, note, by_post FROM safety_eventstep WHERE person_id = %s AND event = %s ORDER BY at",
        [person_id, event],
    )
    return [StepRow(*row) for row in rows]


def case_rates(since: date, until: date) -> dict[str, RateRow]:
    """Events per 100,000 doses given here in the same days: `all`, and by product where it is known."""
    doses = clinic.dose_counts(since, until)
    counted: dict[str, list[EventRow]] = {"all": [], **{product: [] for product in doses}}
    for row in found(since, until):
        counted["all"].append(row)
        if row.product:
            counted.setdefault(row.product, []).append(row)
    total = sum(doses.values())
    return {
        key: rates.rate(key, len(rows), sum(r.serious for r in rows), total if key == "all" else doses.get(key, 0))
        for key, rows in counted.items()
    }
