"""上门巡回: where to next, who is there, and how far is each of them?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from seawall.booking import selectors as booking
from seawall.outreach import selectors as outreach
from seawall.people import selectors as people
from seawall.platform import clock
from seawall.reference import selectors as reference
from seawall.sites.boards.week import reached
from seawall.supply import selectors as supply
from seawall.terms.actor import Actor
from seawall.terms.acts import Refused
from seawall.terms.codes import AppointmentState, VisitState
from seawall.terms.names import Name
from seawall.terms.people import PersonRow
from seawall.terms.rounds import HomeboundRow, RoundRow, StopRow
from seawall.terms.sites import SiteRow

from .. import selectors
from ..rows import VisitRow

STATIONS: Mapping[VisitState, str] = {
    VisitState.ARRIVED: "screening",
    VisitState.SCREENED: "screening",
    VisitState.CONSENTED: "injection",
    VisitState.OBSERVING: "observation",
}
"""At which station a visit goes on."""
TO_COME = frozenset({AppointmentState.BOOKED, AppointmentState.HELD})


@dataclass(frozen=True, slots=True)
class AtTheDoor:
    """Somebody at a stop: named whole, with telephone; the appointment while it stands, and the visit once they were let in."""

    person: PersonRow
    noted: HomeboundRow | None
    appointment: UUID | None
    state: str  # of the appointment; empty where the person has it no more
    visit: VisitRow | None

    @property
    def to_come(self) -> bool:
        return self.state in TO_COME

    @property
    def station(self) -> str:
        """Where the visit goes on; empty once it has ended."""
        return STATIONS.get(self.visit.state, "") if self.visit else ""

    @property
    def open(self) -> bool:
        """Whether the team has still to do something for them."""
        return self.to_come or bool(self.station)


@dataclass(frozen=True, slots=True)
class StopHere:
    """One stop: street, hours, and the people."""

    stop: StopRow
    street: Name
    people: tuple[AtTheDoor, ...]

    @property
    def open(self) -> int:
        return sum(p.open for p in self.people)


@dataclass(frozen=True, slots=True)
class DosesAboard:
    """Doses of a product that the round needs, and those that may be given from the cold box now."""

    name: Name
    needed: int
    here: int


@dataclass(frozen=True, slots=True)
class RoundPage:
    """The round of a site: stops still open first, in the order of driving; then those that are done."""

    site: SiteRow
    day: date
    row: RoundRow
    stops: tuple[StopHere, ...]
    aboard: tuple[DosesAboard, ...]
    devices: tuple[str, ...]
    results: tuple[tuple[str, Name], ...]

    @property
    def next(self) -> StopHere | None:
        return next((s for s in self.stops if s.open), None)

    @property
    def left(self) -> int:
        """People for whom something is still to do."""
        return sum(s.open for s in self.stops)

    @property
    def given(self) -> int:
        return sum(bool(p.visit and p.visit.injected_at) for s in self.stops for p in s.people)


def drives_today(site_id: int) -> bool:
    """Whether a site is on the road today: its team begins at the round, not at the door."""
    found = outreach.round_of(site_id, clock.today())
    return found is not None and found.state == "accepted"


def round_board(actor: Actor, site_id: int, day: date | None) -> RoundPage:
    """Whole names, addresses and telephones of the people on the round and of nobody else; every look is recorded."""
    site = reached(actor, site_id)
    day = day or clock.today()
    found = outreach.round_of(site_id, day)
    if found is None or found.state != "accepted":
        raise Refused("NO_ROUND", day=day.isoformat())
    ids = [p for stop in found.stops for p in stop.persons]
    seats = {a.person_id: a for a in booking.day_list([site_id], day)}
    visits = {v.person_id: v for v in selectors.visits(site_id, day)}
    noted = outreach.homebound(ids)
    shown = people.reached_out_to(people.reaching(actor, ids), ids, "round", ["see:round"])
    streets = {a.area_id: Name.of(a) for a in reference.leaves(day)}

    def door(person: int) -> AtTheDoor:
        seat = seats.get(person)
        return AtTheDoor(
            shown[person], noted.get(person), seat.appointment if seat else None, seat.state.value if seat else "",
            visits.get(person),
        )  # fmt: skip

    stops = [
        StopHere(stop, streets.get(stop.leaf_id, Name.code(str(stop.leaf_id))), tuple(door(p) for p in stop.persons if p in shown))
        for stop in found.stops
    ]  # fmt: skip
    products = {p.code: Name.of(p) for p in reference.products(day)}
    here = {code: row.doses for code, row in supply.usable_doses(site_id).items()}
    return RoundPage(
        site=site, day=day, row=found, stops=tuple(sorted(stops, key=lambda s: not s.open)),
        aboard=tuple(
            DosesAboard(products.get(code, Name.code(code)), n, here.get(code, 0)) for code, n in sorted(found.doses.items())
        ),
        devices=tuple(sorted(device for place, device in supply.devices_in_use() if place == site_id)),
        results=tuple((r.code, Name(r.zh, r.en)) for r in outreach.results().values() if not r.homebound),
    )  # fmt: skip
