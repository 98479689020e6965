"""The hall of a site on a day: the flow through the steps, the quarter-hours, the team, the seats, and advice for the door."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from seawall.platform import clock
from seawall.sites import selectors as sites
from seawall.staff import selectors as staff
from seawall.terms.codes import AppointmentState, VisitState
from seawall.terms.names import Name
from seawall.terms.sites import SiteRow
from seawall.terms.visits import AppointmentRow

from .. import selectors
from ..rows import ObservationTile

COMING = {AppointmentState.BOOKED, AppointmentState.HELD}
STEPS = ("arrived", "screened", "registered", "injected", "observing", "left")
SOON = 30  # minutes ahead in which seats of the observation are counted
NARROW = 10.0  # minutes of waiting below which no step is called a bottleneck
BEFORE_THE_NEEDLE = {
    VisitState.ARRIVED: "registration",
    VisitState.SCREENED: "screening",
    VisitState.CONSENTED: "injection",
}
"""Steps of the standard session by the state of a visit: the desks before the needle are passed in turn."""
DOOR_STATES = {"open": "normal", "slow": "attention", "pause": "stop", "unknown": "attention"}


@dataclass(frozen=True, slots=True)
class Step:
    """How many have passed a step of the walk, and their mean wait before it."""

    step: str
    count: int
    wait_minutes: float | None = None
    bottleneck: bool = False


@dataclass(frozen=True, slots=True)
class Quarter:
    """Seats of a quarter-hour and what became of its bookings."""

    starts_at: datetime
    capacity: int
    booked: int
    arrived: int
    missed: int
    walk_in: int


@dataclass(frozen=True, slots=True)
class OnDuty:
    """A post of the day's team at its station."""

    station: int
    role: Name
    who: str | None
    certified_until: date | None


@dataclass(frozen=True, slots=True)
class Seats:
    """Chairs of the observation, those taken, and those wanted in `soon` minutes."""

    seats: int
    used: int
    soon: int
    forecast: int


@dataclass(frozen=True, slots=True)
class Advice:
    """What the flow of the next hour says of the door."""

    state: str
    level: str
    why: Name


def flow(site_id: int, day: date, booked: int) -> tuple[Step, ...]:
    """Booked, then every step of the walk; the step with the longest wait is marked."""
    rows = {f.step: f for f in selectors.flow_counts([site_id], day)[site_id]}
    waits = {step: rows[step].wait_minutes for step in STEPS}
    slowest = max((w for step, w in waits.items() if w is not None and step != "left"), default=0.0)
    steps = (
        Step(step, rows[step].count, wait, step != "left" and wait is not None and wait == slowest and wait > NARROW)
        for step, wait in waits.items()
    )
    return Step("booked", booked), *steps


def quarters(site_id: int, day: date, booked: Sequence[AppointmentRow]) -> tuple[Quarter, ...]:
    slots = sites.seats([site_id], day)
    mine: dict[datetime, list[AppointmentRow]] = {seat.starts_at: [] for seat in slots}
    for row in booked:
        if row.starts_at in mine:
            mine[row.starts_at].append(row)
    arrived = {AppointmentState.ARRIVED, AppointmentState.FULFILLED}
    return tuple(
        Quarter(
            starts_at=seat.starts_at,
            capacity=seat.capacity,
            booked=sum(not row.walk_in for row in mine[seat.starts_at]),
            arrived=sum(row.state in arrived for row in mine[seat.starts_at]),
            missed=sum(row.state == AppointmentState.MISSED for row in mine[seat.starts_at]),
            walk_in=sum(row.walk_in for row in mine[seat.starts_at]),
        )
        for seat in slots
    )


def on_duty(site_id: int, day: date, programmes: Collection[str]) -> tuple[OnDuty, ...]:
    """The team; a certificate holds until the first of those that the day's programmes ask for ends."""
    team = sites.team(site_id, day)
    people = staff.posts_by_id([m.post_id for m in team], day)
    posts = [m.post_id for m in team]
    until = [staff.certified_until(posts, programme) for programme in programmes]
    roles = staff.role_names()
    return tuple(
        OnDuty(
            station=m.station,
            role=roles.get(m.role) or Name.code(m.role),
            who=people[m.post_id].person if m.post_id in people else None,
            certified_until=_first(row.get(m.post_id) for row in until),
        )
        for m in team
    )


def _first(days: Iterable[date | None]) -> date | None:
    """The earliest; none where one is missing."""
    found = list(days)
    return None if None in found else min((day for day in found if day), default=None)


def seats(site: SiteRow, seated: Sequence[ObservationTile], booked: Sequence[AppointmentRow]) -> Seats:
    now = clock.now()
    half = now + timedelta(minutes=SOON)
    staying = sum(tile.until > half for tile in seated)
    coming = sum(now <= a.starts_at < half and a.state in COMING for a in booked)
    return Seats(site.seats, len(seated), SOON, staying + coming)


def advice(
    site_id: int, day: date, seated: Sequence[ObservationTile], booked: Sequence[AppointmentRow]
) -> Advice | None:
    """None where the flow cannot be told, for want of a session."""
    now = clock.now()
    here = {BEFORE_THE_NEEDLE[s]: n for s, n in selectors.inside(site_id, day).items() if s in BEFORE_THE_NEEDLE}
    coming = sum(now <= a.starts_at < now + timedelta(hours=1) and a.state in COMING for a in booked)
    sat = [(now - tile.since).total_seconds() / 60 for tile in seated]
    found = sites.door_advice(site_id, day, here=here, seated_for=sat, coming=-(-coming // 4))
    return Advice(DOOR_STATES[found.level], found.level, Name(found.zh, found.en)) if found else None
