"""Doses run short, as when a lot is recalled: bookings that no dose is left for move to sessions that have one, the last first."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from datetime import date

from seawall.platform import clock, sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.sites import selectors as around
from seawall.supply import selectors as supply
from seawall.terms.bookings import SiteDay
from seawall.terms.codes import LotState, Owner, StockState

from .. import events, tables
from .moving import DAY, Doses, FreeSeats, Theirs, booked_at, move_out, seats_around, vaccines
from .sweep import midnight

COMING = """
SELECT site_id, campaign, count(*) FROM booking_appointment
WHERE site_id = ANY(%s) AND starts_at >= %s AND starts_at < %s
    AND (state = 'arrived' OR state IN ('held', 'booked') AND starts_at >= %s) GROUP BY 1, 2
"""


@verb(
    Owner.SITE,
    zh="移走无苗可种的预约",
    en="Move bookings that have no dose",
    tells=(events.APPOINTMENT_WITHDRAWN, events.APPOINTMENT_MOVED),
)
def short_withdraw(w: Work, items: list[SiteDay]) -> Answers:
    """Who comes first keeps the doses that may be used at the site; the others get a seat where there is a dose, and are told.

    Doses for days after the last named one are still to be sent, so that any free seat of theirs will do.
    """
    by_site = {i.site_id: i for i in items}
    first, last = min(i.day for i in items), max(i.last or i.day + tables.resupply() - DAY for i in items)
    spans = [SiteDay(act=i.act, occurred_at=i.occurred_at, site_id=i.site_id, day=i.day, last=last) for i in items]
    theirs = [t for t in booked_at(spans) if t.starts_at >= w.recorded_at]
    given = vaccines(t.campaign for t in theirs)
    near = seats_around(w, theirs, by_site, own=True)
    spare = _spare(w, {*by_site, *(row[1] for row in near)}, (first, last), given)
    leaving = _latest(theirs, spare)
    counts = move_out(w, leaving, FreeSeats(around.move_rule(), near, given, Doses(last, spare)), by_site, "NO_DOSE")
    kept = Counter(t.site_id for t in theirs)
    return {
        i.act: {
            "kept": kept[i.site_id] - sum(counts[i.site_id]),
            "moved": counts[i.site_id][0],
            "withdrawn": counts[i.site_id][1],
        }
        for i in items
    }


def _spare(
    w: Work, site_ids: Collection[int], days: tuple[date, date], given: Mapping[str, frozenset[str]]
) -> dict[tuple[int, str], int]:
    """Usable doses less those who come, by site and campaign; below zero where doses are short."""
    today, (first, last) = clock.today(), days
    spare: dict[tuple[int, str], int] = defaultdict(int)
    for row in supply.stock(site_ids):
        if row.state == StockState.ON_HAND and row.lot_state == LotState.RELEASED and row.expires >= today:
            for campaign, products in given.items():
                if row.product in products:
                    spare[row.place_id, campaign] += row.doses
    hours = midnight(first), midnight(last + DAY), w.recorded_at
    for site, campaign, coming in sql.fetch(COMING, [sorted(site_ids), *hours]):
        spare[site, campaign] -= coming
    return spare


def _latest(theirs: list[Theirs], spare: dict[tuple[int, str], int]) -> list[Theirs]:
    """As many of the last bookings of each site and campaign as doses are lacking; what lacked is settled by their leaving."""
    leaving = []
    for t in sorted(theirs, key=lambda t: (t.starts_at, t.person_id), reverse=True):
        if spare[t.site_id, t.campaign] < 0:
            spare[t.site_id, t.campaign] += 1
            leaving.append(t)
    return leaving
