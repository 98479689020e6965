"""Seats follow what each quarter-hour bears: more are offered or fewer, and who is booked above it moves to the nearest equal seat."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime

from seawall.platform import clock, sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.sites import selectors as around
from seawall.sites import services as sites
from seawall.sites.selectors import QuarterBears
from seawall.terms.bookings import SiteDay
from seawall.terms.codes import Owner

from .. import events, selectors
from ..matching import kinds_of
from .moving import FreeSeats, Seat, Theirs, move_out, seats_around

OVER = f"""
SELECT a.person_id, a.act, a.site_id, a.starts_at, a.state, a.campaign, a.booked_at FROM booking_appointment a
JOIN {sql.unnest({"site_id": "bigint", "starts_at": "timestamptz"})} ON a.site_id = u.site_id AND a.starts_at = u.starts_at
WHERE a.state IN ('held', 'booked') ORDER BY a.person_id, a.act FOR UPDATE OF a
"""


@verb(Owner.SITE, zh="号源跟随承载能力", en="Let seats follow capacity", tells=(events.APPOINTMENT_MOVED,))
def capacity_follow(w: Work, items: list[SiteDay]) -> Answers:
    """Every quarter-hour still to come offers what it bears, never more than planned and never fewer than are taken.

    Where more are booked than it bears, who booked last goes to the nearest equal seat and is told; whoever finds none
    keeps the seat, and stands on the list of who answers for the site.
    """
    by_site = {i.site_id: i for i in items}
    first, last = min(i.day for i in items), max(i.last or i.day for i in items)
    spans = {i.site_id: (i.day, i.last or i.day) for i in items}
    found = [
        q for q in selectors.bearing(list(by_site), first, last)
        if spans[q.site_id][0] <= clock.civil_day(q.starts_at) <= spans[q.site_id][1]
    ]  # fmt: skip
    over = {(q.site_id, q.starts_at): q.over for q in found if q.over}
    leaving = _last_booked(over)
    _fit(found)
    near = seats_around(w, leaving, by_site, own=True)
    free = FreeSeats(around.move_rule(), near, kinds_of([t.key for t in leaving]))
    moved = move_out(w, leaving, free, by_site, "CAPACITY", stay=True)
    _fit([q for q in found if q.over])
    changed = Counter[tuple[int, bool]]()
    for q in found:
        changed[q.site_id, q.bears < q.offered] += q.bears != q.offered
    return {
        i.act: {
            "fewer": changed[i.site_id, True],
            "more": changed[i.site_id, False],
            "moved": moved[i.site_id][0],
            "kept": sum(n for (site, _), n in over.items() if site == i.site_id) - moved[i.site_id][0],
        }
        for i in items
    }


def _fit(found: Sequence[QuarterBears]) -> None:
    sites.seats_fit([(q.site_id, q.starts_at, q.bears) for q in found])


def _last_booked(over: dict[Seat, int]) -> list[Theirs]:
    """Of each quarter-hour as many as are too many: seats only held before booked ones, the last booked before the first."""
    there = defaultdict[Seat, list[tuple[bool, datetime, Theirs]]](list)
    for *row, booked_at in sql.fetch(OVER, sql.turn(sorted(over), 2)) if over else ():
        t = Theirs(*row)
        there[t.site_id, t.starts_at].append((t.state == "held", booked_at, t))
    return [t for seat, rows in there.items() for *_, t in sorted(rows, reverse=True)[: over[seat]]]
