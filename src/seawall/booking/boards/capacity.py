"""What each quarter-hour of a site bears and what binds it; and who is booked above that, or lost a seat, and is still to be seated."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from seawall.people import selectors as people
from seawall.platform import clock
from seawall.reference import selectors as reference
from seawall.sites.boards.week import reached
from seawall.sites.selectors import QuarterBears
from seawall.staff import selectors as staff
from seawall.terms.actor import Actor
from seawall.terms.codes import CapacityLimit
from seawall.terms.names import Name
from seawall.terms.sites import SiteRow
from seawall.terms.visits import AppointmentRow

from .. import selectors

SINCE = timedelta(days=14)  # in which somebody who lost a seat is still looked for
ANSWER = ("SITE_MANAGER", "SITE_LEADER")


@dataclass(frozen=True, slots=True)
class Given:
    """Seats left of one product and dose rank on the day."""

    product: Name
    rank: int
    seats: int


@dataclass(frozen=True, slots=True)
class Unplaced:
    """Somebody to be given a seat by hand: booked above capacity, or withdrawn for a reason; `since` then."""

    person: str
    row: AppointmentRow
    reason: str
    since: datetime


@dataclass(frozen=True, slots=True)
class CapacityPage:
    """One site on one day, its quarter-hours still to come, and the list with the post that answers for it."""

    site: SiteRow
    day: date
    days: tuple[date, ...]
    quarters: tuple[QuarterBears, ...]
    limits: tuple[CapacityLimit, ...]
    given: tuple[Given, ...]
    unplaced: tuple[Unplaced, ...]
    owner: staff.Owner | None

    @property
    def bears(self) -> int:
        return sum(q.bears for q in self.quarters)

    @property
    def planned(self) -> int:
        return sum(q.planned for q in self.quarters)

    @property
    def taken(self) -> int:
        return sum(q.taken for q in self.quarters)

    @property
    def follows(self) -> bool:
        """Whether what is offered is what is borne already."""
        return all(q.offered == max(q.bears, q.taken) for q in self.quarters)

    @property
    def binding(self) -> CapacityLimit | None:
        """What binds most of the quarter-hours that bear less than planned."""
        found = Counter(q.binding for q in self.quarters if q.bears < q.planned)
        return found.most_common(1)[0][0] if found else None


def capacity_page(actor: Actor, site_id: int, day: date) -> CapacityPage:
    """Of a site that the post reaches."""
    site, today = reached(actor, site_id), clock.today()
    quarters = tuple(selectors.bearing([site_id], day, day))
    named = {limit for quarter in quarters for limit in quarter.limits}
    return CapacityPage(
        site=site,
        day=day,
        days=tuple(today + timedelta(days=n) for n in range(7)),
        quarters=quarters,
        limits=tuple(limit for limit in CapacityLimit if limit in named),
        given=_given(quarters, day),
        unplaced=tuple(_unplaced(site_id, quarters)),
        owner=_owner(site_id, site.leaf_id, today),
    )


def _given(quarters: Sequence[QuarterBears], day: date) -> tuple[Given, ...]:
    names, left = reference.product_names(day), Counter[tuple[str, int]]()
    for quarter in quarters:
        left.update(quarter.given)
    return tuple(Given(names[code], rank, seats) for (code, rank), seats in sorted(left.items()) if code in names)


def _unplaced(site_id: int, quarters: Sequence[QuarterBears]) -> Iterable[Unplaced]:
    over = {(q.site_id, q.starts_at): q.over for q in quarters if q.over}
    for row, since in selectors.above_capacity(over):
        yield Unplaced(people.masked(row.person_id), row, "CAPACITY", since)
    for row, reason, since in selectors.unseated(site_id, clock.now() - SINCE):
        yield Unplaced(people.masked(row.person_id), row, reason, since)


def _owner(site_id: int, leaf_id: int, today: date) -> staff.Owner | None:
    """Who answers for the site; else, where it has nobody, the first responsible person of its unit."""
    for role in ANSWER:
        for post in staff.posts(role=role, site_id=site_id, on=today):
            return post.owner
    units = {unit.unit_id: unit.code for unit in reference.units(today)}
    return staff.unit_owners(today).get(units.get(reference.leaf_units(today).get(leaf_id, 0), ""))
