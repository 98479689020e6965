"""Doses run short, as when a lot is recalled: bookings that no dose is left for move to sessions that have one, the last first."""

from collections import Counter
from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from seawall.platform import clock, sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.sites import selectors as around
from seawall.supply import selectors as supply
from seawall.terms.bookings import SiteDay
from seawall.terms.codes import LotState, Owner, StockState

from .. import events, tables
from ..matching import Booked, Doses, kinds_of
from .moving import DAY, FreeSeats, booked_at, move_out, seats_around
from .sweep import midnight

COMING = """
SELECT person_id, act, site_id, starts_at, campaign FROM booking_appointment
WHERE site_id = ANY(%s) AND starts_at >= %s AND starts_at < %s
    AND (state = 'arrived' OR state IN ('held', 'booked') AND starts_at >= %s)
ORDER BY state <> 'arrived', starts_at, person_id, act
"""


class Coming(NamedTuple):
    """Somebody who is at a site, or still to come there."""

    person_id: int
    act: UUID
    site_id: int
    starts_at: datetime
    campaign: str

    @property
    def key(self) -> Booked:
        return self.person_id, self.campaign


@verb(
    Owner.SITE,
    zh="移走无苗可种的预约",
    en="Move bookings that have no dose",
    tells=(events.APPOINTMENT_WITHDRAWN, events.APPOINTMENT_MOVED),
)
def short_withdraw(w: Work, items: list[SiteDay]) -> Answers:
    """Who comes first keeps a dose that this person may be given, as far as the site has them; the others get a seat where
    there is one, and are told.

    Doses for days after the last named one are still to be sent, so that any free seat of theirs will do.
    """
    by_site = {i.site_id: i for i in items}
    first, last = min(i.day for i in items), max(i.last or i.day + tables.resupply() - DAY for i in items)
    spans = [SiteDay(act=i.act, occurred_at=i.occurred_at, site_id=i.site_id, day=i.day, last=last) for i in items]
    theirs = [t for t in booked_at(spans) if t.starts_at >= w.recorded_at]
    near = seats_around(w, theirs, by_site, own=True)
    at_sites = {*by_site, *(row[1] for row in near)}
    coming = _coming(w, at_sites, first, last)
    kinds = kinds_of({c.key for c in coming} | {t.key for t in theirs})
    doses = Doses(last, _usable(at_sites))
    without = {c.act for c in coming if not doses.take(c.site_id, last, kinds.get(c.key, frozenset()))}
    leaving = [t for t in theirs if t.act in without]
    counts = move_out(w, leaving, FreeSeats(around.move_rule(), near, kinds, doses), by_site, "NO_DOSE")
    kept = Counter(t.site_id for t in theirs)
    return {
        i.act: {
            "kept": kept[i.site_id] - sum(counts[i.site_id]),
            "moved": counts[i.site_id][0],
            "withdrawn": counts[i.site_id][1],
        }
        for i in items
    }


def _coming(w: Work, site_ids: Collection[int], first: date, last: date) -> list[Coming]:
    """Who is at these sites or comes there on the days, who is there first."""
    hours = midnight(first), midnight(last + DAY), w.recorded_at
    return [Coming(*row) for row in sql.fetch(COMING, [sorted(site_ids), *hours])]


def _usable(site_ids: Collection[int]) -> list[tuple[int, str, int]]:
    """Doses that may be given today by site and product."""
    today = clock.today()
    return [
        (row.place_id, row.product, row.doses)
        for row in supply.stock(site_ids)
        if row.state == StockState.ON_HAND and row.lot_state == LotState.RELEASED and row.expires >= today
    ]
