"""Shipments on a time line: one track each, from the order to the moment it was taken in, over the same few days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext as _

from seawall.interfaces import words
from seawall.platform import clock
from seawall.supply.boards.underway import OnTheWay

WIDTH, EDGE = 420.0, 8.0
BEFORE, AFTER = timedelta(days=4), timedelta(days=4)  # around the day of the page; what lies outside stands at its edge


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment of a shipment, as a dot with its words."""

    step: str
    x: float
    said: str


@dataclass(frozen=True, slots=True)
class Track:
    """One row: what was gone through, what is open until now, the day it is expected, and the same in words."""

    row: OnTheWay
    marks: tuple[Mark, ...]
    begins: float
    ends: float
    open_until: float | None
    expected: float
    said: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """Tracks under one axis: each day where it begins, and where now stands."""

    width: float
    days: tuple[tuple[float, date], ...]
    now: float
    tracks: tuple[Track, ...]


def timeline(rows: Sequence[OnTheWay], day: date) -> Timeline:
    axis = _Axis(day)
    days = [day + timedelta(days=n) for n in range(-BEFORE.days, AFTER.days)]
    now = axis.x(clock.now())
    return Timeline(
        width=WIDTH,
        days=tuple((axis.x(_midnight(on)), on) for on in days),
        now=now,
        tracks=tuple(_track(row, axis, now) for row in rows),
    )


class _Axis:
    def __init__(self, day: date) -> None:
        self.first = _midnight(day) - BEFORE
        self.span = BEFORE + AFTER

    def x(self, at: datetime) -> float:
        share = min(1.0, max(0.0, (at - self.first) / self.span))
        return round(EDGE + (WIDTH - 2 * EDGE) * share, 1)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), clock.zone())


def _track(row: OnTheWay, axis: _Axis, now: float) -> Track:
    marks = tuple(
        Mark(step, axis.x(at), said) for (step, at), said in zip(row.moments, steps(row.moments), strict=True)
    )
    expected = axis.x(_midnight(row.expected_on) + timedelta(hours=12))
    begins, ends = (marks[0].x, marks[-1].x) if marks else (expected, expected)
    running = bool(marks) and row.accepted_at is None and not row.refused
    said = [mark.said for mark in marks] + [f"{_('Expected')} {words.day(row.expected_on)}"]
    return Track(row, marks, begins, ends, max(now, ends) if running else None, expected, " · ".join(said))


def steps(moments: Sequence[tuple[str, datetime]]) -> list[str]:
    """What happened to a shipment, each with its moment."""
    named = {
        "ordered": _("Ordered"),
        "picked": _("Picked"),
        "left": _("Sent off"),
        "arrived": _("Arrived"),
        "accepted": _("Taken in"),
    }
    return [f"{named[step]} {words.moment(at)}" for step, at in moments]
