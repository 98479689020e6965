"""How the day of a site stands: its door, the doses against those still to come, and whether it may be closed."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from seawall.campaigns import selectors as campaigns
from seawall.people import selectors as people
from seawall.platform import clock
from seawall.reference import selectors as reference
from seawall.sites import selectors as sites
from seawall.staff import selectors as staff
from seawall.supply import selectors as supply
from seawall.supply.selectors import UsableDoses
from seawall.terms.codes import DoorState, SiteState, StockState, VisitState
from seawall.terms.names import Name
from seawall.terms.sites import SessionRow, SiteRow
from seawall.terms.visits import AppointmentRow

from .. import selectors
from .hall import BEFORE_THE_NEEDLE, COMING

DOORS = {DoorState.NORMAL: "normal", DoorState.SLOWED: "attention", DoorState.HELD: "stop"}
COUNTED = {StockState.ON_HAND, StockState.QUARANTINED}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The door in one word: why it stands so and who set it, or between which hours the session is planned."""

    state: str
    code: str
    why: Name | None = None
    by: staff.Owner | None = None
    hours: tuple[datetime, datetime] | None = None


@dataclass(frozen=True, slots=True)
class DosesHere:
    """A product at the site: in closed packs, in opened ones, and wanted by those still to come and those who wait inside."""

    product: str
    name: Name
    here: UsableDoses
    to_come: int
    inside: int

    @property
    def balance(self) -> int:
        return self.here.doses - self.to_come

    @property
    def another(self) -> Literal["", "enough", "open", "gather"]:
        """Whether to open another pack of several doses for those who still come; nothing to say of packs of one dose."""
        wanted = self.to_come + self.inside
        if self.here.next_pack < 2 or not wanted:
            return ""
        left = wanted - self.here.opened
        if left <= 0:
            return "enough"
        return "open" if left >= supply.fill_from(self.here.next_pack, clock.today()) else "gather"


@dataclass(frozen=True, slots=True)
class Close:
    """People = doses = vials = waste, line by line; `due`: the day may be closed, once a hand has counted each of `lots`."""

    people: int
    given: int
    vials: int
    wasted: int
    on_hand: int
    difference: int
    closed_at: datetime | None
    due: bool
    lots: tuple[str, ...]


def session_of(site_id: int, day: date) -> SessionRow | None:
    return next(iter(sites.sessions(day, [site_id])), None)


def verdict(site: SiteRow, session: SessionRow | None) -> Verdict:
    if site.state == SiteState.CLOSED or (session and session.state == "closed"):
        return Verdict("closed", "SITE_CLOSED")
    if session is None or session.state != "open":
        hours = (session.opens_at, session.closes_at) if session else None
        return Verdict("attention", "SITE_NOT_OPEN", hours=hours)
    reason = next((Name(r.zh, r.en) for r in sites.door_reasons() if r.code == site.door_reason), None)
    return Verdict(DOORS[site.door], f"DOOR_{site.door.upper()}", reason, staff.owner(site.door_post_id))


def doses(site_id: int, day: date, booked: Sequence[AppointmentRow]) -> tuple[DosesHere, ...]:
    """By product, those that are here and those that somebody is to come for."""
    names, here, wanted = reference.product_names(day), supply.usable_doses(site_id), _to_come(booked, day)
    inside = _inside(site_id, day)
    return tuple(
        DosesHere(code, names.get(code, Name.code(code)), here.get(code, UsableDoses(0, 0)), wanted[code], inside[code])
        for code in sorted({*here, *wanted, *inside})
    )


def _to_come(booked: Sequence[AppointmentRow], day: date) -> Counter[str]:
    """Doses wanted by those still to come, by the product each is due first in the programme they are booked for."""
    waiting: dict[str, list[int]] = {}
    for row in booked:
        if row.state in COMING:
            waiting.setdefault(row.campaign, []).append(row.person_id)
    wanted: Counter[str] = Counter()
    for code, persons in waiting.items():
        campaign = campaigns.campaign(code)
        due = people.due_rows(persons, campaign.programme, day) if campaign else {}
        wanted.update(row.products[0] for row in due.values() if row.products)
    return wanted


def _inside(site_id: int, day: date) -> Counter[str]:
    """Doses wanted by those who are inside and before the needle, by the product each is due first."""
    waiting: dict[str, list[int]] = {}
    for visit in selectors.visits(site_id, day):
        if visit.state in BEFORE_THE_NEEDLE:
            waiting.setdefault(visit.programme, []).append(visit.person_id)
    return Counter(
        row.products[0]
        for programme, persons in waiting.items()
        for row in people.due_rows(persons, programme, day).values()
        if row.products
    )


def close(site_id: int, day: date, session: SessionRow | None, booked: Sequence[AppointmentRow]) -> Close:
    """As closed; while the day runs, as it stands."""
    closing = selectors.closings(day).get(site_id)
    counts = selectors.day_counts(day).get(site_id)
    stock = supply.stock([site_id])
    given = counts.given if counts else 0
    return Close(
        people=counts.arrived if counts else 0,
        given=given,
        vials=closing.given if closing else given,
        wasted=closing.wasted if closing else 0,
        on_hand=closing.on_hand if closing else sum(row.doses for row in stock if row.state in COUNTED),
        difference=sum(d.counted - d.booked for d in supply.open_differences([site_id])),
        closed_at=closing.closed_at if closing else None,
        due=day == clock.today() and _may_end(site_id, session, booked),
        lots=tuple(sorted({row.lot for row in stock if row.state is not StockState.IN_TRANSIT})),
    )


def _may_end(site_id: int, session: SessionRow | None, booked: Sequence[AppointmentRow]) -> bool:
    """Its hours are over, or nobody is still to come and nobody is inside."""
    if session is None or session.state != "open":
        return False
    here = {*BEFORE_THE_NEEDLE, VisitState.OBSERVING}
    inside = sum(n for state, n in selectors.inside(site_id, session.day).items() if state in here)
    return clock.now() >= session.closes_at or not (inside or any(a.state in COMING for a in booked))
