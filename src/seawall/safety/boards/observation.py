"""The observation station: the room with the open cases of those who are kept in it, and what a new case may be called."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from seawall.clinic.boards import Room, Station, observation_room
from seawall.platform import access
from seawall.terms.actor import Actor
from seawall.terms.names import Name

from .. import selectors
from ..rows import EventRow
from ..tables import EventKind


@dataclass(frozen=True, slots=True)
class OpenCase:
    """The open case of a person who is kept in the seat."""

    event: UUID
    serious: bool
    kind: Name
    found_at: datetime


@dataclass(frozen=True, slots=True)
class Word:
    """A code that a form offers."""

    code: str
    name: Name


@dataclass(frozen=True, slots=True)
class ObservationPage:
    """The room; `cases` by visit, and what the form of a new one offers."""

    room: Room
    cases: Mapping[UUID, OpenCase]
    event_kinds: tuple[EventKind, ...]
    treatments: tuple[Word, ...]
    called: tuple[Word, ...]
    may_release: bool

    @property
    def station(self) -> Station:
        return self.room.station


def observation(actor: Actor, site_id: int, visit: UUID | None = None) -> ObservationPage:
    room = observation_room(actor, site_id, visit)
    held = {seat.visit for seat in room.people if seat.held}
    events = selectors.events_of([seat.person_id for seat in room.people])
    return ObservationPage(
        room=room,
        cases={e.visit: _case(e) for e in events if e.visit in held and e.visit and not e.closed_at},
        event_kinds=tuple(selectors.kinds().values()),
        treatments=_words(selectors.treatments()),
        called=_words(selectors.called()),
        may_release=access.may(actor, "event_record"),
    )


def _case(event: EventRow) -> OpenCase:
    kind = selectors.kinds()[event.kind]
    return OpenCase(event.event, event.serious, Name(kind.zh, kind.en), event.found_at)


def _words(rows: Mapping[str, tuple[str, str]]) -> tuple[Word, ...]:
    return tuple(Word(code, Name(*names)) for code, names in rows.items())
