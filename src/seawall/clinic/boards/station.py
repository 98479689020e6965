"""What every station of a site shows: who waits, who stands here, what is left of the day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import floor
from uuid import UUID

from seawall.people import selectors as people
from seawall.platform import clock
from seawall.reference import selectors as reference
from seawall.sites import selectors as sites
from seawall.sites.boards.week import reached
from seawall.staff import selectors as staff
from seawall.supply import selectors as supply
from seawall.terms.actor import Actor
from seawall.terms.codes import VisitState
from seawall.terms.names import Name
from seawall.terms.people import age_on
from seawall.terms.sites import SiteRow

from .. import selectors
from ..rows import VisitRow
from ..tables import Why, without_dose
from .desk import AtDesk, at_desk

WAITS = {
    "arrival": {VisitState.ARRIVED},
    "screening": {VisitState.ARRIVED, VisitState.SCREENED},
    "injection": {VisitState.CONSENTED},
    "observation": {VisitState.OBSERVING},
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """A ticket of the queue, named as lists name people."""

    visit: UUID
    ticket: int
    name: str
    age: int
    minutes: int
    dose_rank: int
    calls: int  # how often called to this station


@dataclass(frozen=True, slots=True)
class DosesLeft:
    """Usable doses of a product at the site."""

    product: str
    name: Name
    doses: int


@dataclass(frozen=True, slots=True)
class Station:
    """One station of a site now; `person` stands at the desk, `here` is their visit."""

    site: SiteRow
    now: datetime
    post: staff.Owner | None
    longest_minutes: int
    free_seats_today: int
    doses_left: tuple[DosesLeft, ...]
    queue: tuple[Waiting, ...]
    person: AtDesk | None
    here: VisitRow | None
    without_dose: tuple[Why, ...]

    @property
    def waiting(self) -> int:
        return len(self.queue)

    @property
    def ahead(self) -> int:
        """Who waits before the one that came last."""
        return max(0, self.waiting - 1)


def station(actor: Actor, site_id: int, kind: str, visit: UUID | None = None) -> Station:
    """The station for a post that reaches the site; with `visit` the person at the desk."""
    row, on, now = reached(actor, site_id), clock.today(), clock.now()
    rows = selectors.visits(site_id, on)
    queue = [v for v in rows if v.state in WAITS[kind]]
    actor = people.reaching(actor, [v.person_id for v in rows])
    here = next((v for v in rows if v.visit == visit), None)
    names = reference.product_names(on)
    return Station(
        site=row,
        now=now,
        post=staff.owner(actor.post_id),
        longest_minutes=max((_minutes(v.arrived_at) for v in queue), default=0),
        free_seats_today=sum(s.unbooked for s in sites.seats([site_id], on) if s.starts_at > now),
        doses_left=tuple(
            DosesLeft(code, names.get(code, Name.code(code)), here.doses)
            for code, here in supply.usable_doses(site_id).items()
        ),
        queue=_queue(actor, queue, selectors.call_counts(site_id, on, kind)),
        person=at_desk(actor, here.person_id, here.programme, kind, here) if here else None,
        here=here,
        without_dose=tuple(without_dose().values()),
    )


def _minutes(since: datetime) -> int:
    return max(0, floor((clock.now() - since).total_seconds() / 60))


def _queue(actor: Actor, rows: Sequence[VisitRow], calls: Mapping[UUID, int]) -> tuple[Waiting, ...]:
    on, shown = clock.today(), people.persons(actor, [v.person_id for v in rows], "queue")
    return tuple(
        Waiting(
            visit=v.visit,
            ticket=v.ticket,
            name=shown[v.person_id].name if v.person_id in shown else "",
            age=age_on(v.birth, on),
            minutes=_minutes(v.arrived_at),
            dose_rank=v.dose_rank,
            calls=calls.get(v.visit, 0),
        )
        for v in rows
    )
