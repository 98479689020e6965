"""Which doses are left over here, who is called for them, and who comes?"""

import math
from dataclasses import dataclass
from datetime import date, datetime

from seawall.campaigns.selectors import CampaignRow
from seawall.people import selectors as people
from seawall.platform import clock
from seawall.sites import selectors as sites
from seawall.terms.actor import Actor
from seawall.terms.acts import Refused
from seawall.terms.bookings import StandbyOffer
from seawall.terms.people import PersonRow
from seawall.terms.sites import SiteRow

from .. import selectors
from ..services.standby import call_of, left_at, opens_at

OUT = frozenset({"held", "booked", "arrived"})


@dataclass(frozen=True, slots=True)
class StandbyLine:
    """An offer, with whom to telephone while it waits for an answer."""

    offer: StandbyOffer
    person: PersonRow
    minutes: int


@dataclass(frozen=True, slots=True)
class StandbyPage:
    """Doses that nobody is here or booked for, and what became of the offers of today."""

    site: SiteRow
    day: date
    opens_at: datetime | None
    running: bool
    left: int
    waiting: int
    lines: tuple[StandbyLine, ...]
    late: int

    @property
    def out(self) -> int:
        """Offers that are open or accepted."""
        return sum(line.offer.state in OUT for line in self.lines)

    @property
    def coming(self) -> int:
        return sum(line.offer.state in {"booked", "arrived"} for line in self.lines)

    @property
    def state(self) -> str:
        return "attention" if self.running and self.left > self.out else "normal"


def _late(site_id: int, now: datetime) -> int:
    """Who was booked in a quarter-hour of today that is over, and has not come."""
    rows = selectors.quarters([site_id], clock.today())
    return sum(q.booked for q in rows if q.starts_at + sites.slot_length() <= now)


def minutes_left(until: datetime | None) -> int:
    """Whole minutes, by the system clock, in which an offer can be answered."""
    return max(0, math.ceil((until - clock.system_now()).total_seconds() / 60)) if until else 0


def standby(actor: Actor, campaign: CampaignRow, site_id: int) -> StandbyPage:
    """Names masked, telephones whole: the site calls, and every look is on record."""
    site, now = sites.site(site_id), clock.now()
    if site is None:
        raise Refused("SITE_NOT_OPEN", site_id=site_id)
    call = call_of(site_id, campaign.code, clock.today())
    offers = selectors.standby_offers(call)
    ids = [o.person_id for o in offers]
    shown = people.persons(people.reaching(actor, ids), ids, "standby", {"phone"}) if ids else {}
    session = next(iter(sites.sessions(clock.today(), [site_id])), None)
    opens = opens_at(session) if session and session.state != "closed" else None
    return StandbyPage(
        site=site, day=clock.today(), opens_at=opens, running=bool(session and opens and opens <= now < session.closes_at),
        left=left_at([site_id], now, [call])[site_id], waiting=selectors.standby_waiting(campaign.code),
        lines=tuple(StandbyLine(o, shown[o.person_id], minutes_left(o.until)) for o in offers if o.person_id in shown),
        late=_late(site_id, now),
    )  # fmt: skip
