"""Two records that may be one person, with the appointments that a merge would bring together."""

from collections.abc import Sequence
from dataclasses import dataclass

from seawall.people import boards as people
from seawall.reference import selectors as reference
from seawall.terms.actor import Actor
from seawall.terms.codes import AppointmentState
from seawall.terms.visits import AppointmentRow

from ..selectors import appointments

STANDING = frozenset({AppointmentState.HELD, AppointmentState.BOOKED, AppointmentState.ARRIVED})


@dataclass(frozen=True, slots=True)
class Booked:
    """An appointment that stands, with the site's names."""

    row: AppointmentRow
    site_zh: str
    site_en: str


@dataclass(frozen=True, slots=True)
class TwiceSide:
    """One record and its appointments."""

    record: people.Side
    booked: Sequence[Booked]


@dataclass(frozen=True, slots=True)
class TwiceBoard:
    """The pair side by side."""

    pair: people.PairBoard
    sides: tuple[TwiceSide, TwiceSide]


def twice(actor: Actor, first: int, second: int) -> TwiceBoard:
    pair = people.pair(actor, first, second)
    one, other = (_side(side) for side in pair.sides)
    return TwiceBoard(pair, (one, other))


def _side(record: people.Side) -> TwiceSide:
    rows = [a for a in appointments([record.person.person_id]) if a.state in STANDING]
    places = {p.place_id: p for p in reference.places(place_ids={a.site_id for a in rows})} if rows else {}
    return TwiceSide(record, [Booked(a, places[a.site_id].name_zh, places[a.site_id].name_en) for a in rows])
