"""The observation room: who sits there and until when, who left unseen, and how many seats the next half hour needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import floor
from uuid import UUID

from seawall.booking import selectors as booking
from seawall.people import selectors as people
from seawall.platform import access, clock
from seawall.sites.boards.rescue import Rescue, rescue
from seawall.terms.actor import Actor
from seawall.terms.people import PersonRow

from .. import selectors
from ..rows import ObservationTile
from ..tables import CallBack, Leaving, call_backs, leavings
from .hall import SOON
from .station import Station, station


@dataclass(frozen=True, slots=True)
class Seated:
    """A person in a seat of the room."""

    visit: UUID
    person_id: int
    ticket: int
    name: str
    until: datetime
    minutes_left: int
    higher_risk: bool
    held: bool


@dataclass(frozen=True, slots=True)
class LeftUnseen:
    """A person who went before the time without being seen off."""

    visit: UUID
    ticket: int
    name: str
    left_at: datetime
    phone: str  # for whoever may call them back
    came_of: CallBack | None

    @property
    def waits(self) -> bool:
        return self.came_of is None or not self.came_of.settled


@dataclass(frozen=True, slots=True)
class Room:
    """The room of one site now."""

    station: Station
    seats: int
    may_leave: int
    people: tuple[Seated, ...]
    left_unseen: tuple[LeftUnseen, ...]
    rescue: tuple[Rescue, ...]
    soon: int
    needed_soon: int

    @property
    def used(self) -> int:
        return len(self.people)

    @property
    def to_call(self) -> int:
        return sum(row.waits for row in self.left_unseen)

    @property
    def call_backs(self) -> tuple[CallBack, ...]:
        return tuple(call_backs().values())

    @property
    def leavings(self) -> tuple[Leaving, ...]:
        """Why somebody may leave early or was not seen off."""
        return tuple(leavings().values())


def observation_room(actor: Actor, site_id: int, visit: UUID | None) -> Room:
    """With `visit` the person who is spoken of by whole name: unwell, or leaving early."""
    shown, on, now = station(actor, site_id, "observation", visit), clock.today(), clock.now()
    tiles, unseen = selectors.observation_tiles(site_id), selectors.left_unseen(site_id, on)
    ids = [t.person_id for t in tiles] + [u[1] for u in unseen]
    named = people.persons(people.reaching(actor, ids), ids, "observation")
    soon = booking.day_list([site_id], on)
    return Room(
        station=shown,
        seats=shown.site.seats,
        may_leave=sum(t.until <= now and not t.held for t in tiles),
        people=_seated(tiles, named, now),
        left_unseen=_left_unseen(actor, unseen, named),
        rescue=rescue(shown.site, on),
        soon=SOON,
        needed_soon=sum(now <= a.starts_at < now + timedelta(minutes=SOON) and a.state == "booked" for a in soon),
    )


def _left_unseen(
    actor: Actor, rows: Sequence[tuple[UUID, int, int, datetime, str]], named: Mapping[int, PersonRow]
) -> tuple[LeftUnseen, ...]:
    """With the telephone of those who are still to be called, for a post that calls them."""
    known = call_backs()
    ids = [p for _, p, _, _, came_of in rows if not came_of or not known[came_of].settled]
    may = ids and access.may(actor, "unseen_reach")
    reached = people.reached_out_to(people.reaching(actor, ids), ids, "observation", ("unseen_reach",)) if may else {}
    return tuple(
        LeftUnseen(v, ticket, _name(reached or named, p) or _name(named, p), at, reached[p].phone if p in reached else "",
                   known.get(came_of))
        for v, p, ticket, at, came_of in rows
    )  # fmt: skip


def _seated(tiles: Sequence[ObservationTile], named: Mapping[int, PersonRow], now: datetime) -> tuple[Seated, ...]:
    return tuple(
        Seated(
            visit=t.visit,
            person_id=t.person_id,
            ticket=t.ticket,
            name=_name(named, t.person_id),
            until=t.until,
            minutes_left=floor((t.until - now).total_seconds() / 60),
            higher_risk=t.higher_risk,
            held=t.held,
        )
        for t in tiles
    )


def _name(named: Mapping[int, PersonRow], person_id: int) -> str:
    return named[person_id].name if person_id in named else ""
