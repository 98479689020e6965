"""From when may which seats be booked, and by whom?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from seawall.campaigns import selectors as campaigns
from seawall.campaigns.selectors import CampaignRow
from seawall.platform import clock
from seawall.sites import selectors as sites
from seawall.terms.actor import Actor
from seawall.terms.bookings import ReleaseRow
from seawall.terms.names import Name

from .. import selectors

AHEAD = 7  # days whose seats are counted


@dataclass(frozen=True, slots=True)
class ReleaseLine:
    """A release announced: which days, whose, from when, and whether that moment has come."""

    row: ReleaseRow
    group: Name | None
    open: bool


@dataclass(frozen=True, slots=True)
class DayLine:
    """Seats of a day, and the next moment at which somebody may begin to book them; none where nothing is announced.

    `set_aside` were cancelled and can be booked again at the next of the times announced for that.
    """

    day: date
    seats: int
    taken: int
    next_at: datetime | None
    announced: bool
    set_aside: int


@dataclass(frozen=True, slots=True)
class ReleasesPage:
    """Releases of the days to come, and the groups that one may name."""

    lines: tuple[ReleaseLine, ...]
    days: tuple[DayLine, ...]
    groups: tuple[tuple[str, Name], ...]
    return_times: tuple[time, ...]

    @property
    def next_at(self) -> datetime | None:
        """The next moment at which seats open."""
        return min((line.row.released_at for line in self.lines if not line.open), default=None)


def releases(actor: Actor, campaign: CampaignRow) -> ReleasesPage:
    """Public facts of the campaign: every post sees the same."""
    today, now = clock.today(), clock.now()
    rows, groups = (
        selectors.releases_from(campaign.code, today),
        {g.code: Name.of(g) for g in campaigns.groups(campaign.code)},
    )
    return ReleasesPage(
        return_times=sites.return_times(today),
        lines=tuple(ReleaseLine(r, groups.get(r.group_code), r.released_at <= now) for r in rows),
        days=days_ahead(campaign),
        groups=tuple(groups.items()),
    )


def days_ahead(campaign: CampaignRow) -> tuple[DayLine, ...]:
    """Seats of today and the next days, with what is announced of them."""
    today, now = clock.today(), clock.now()
    days, rows = [today + timedelta(days=n) for n in range(AHEAD)], selectors.releases_from(campaign.code, today)
    aside = sites.set_aside(days)
    return tuple(_day(d, [r for r in rows if r.opens <= d <= r.closes], now, aside.get(d, 0)) for d in days)


def _day(day: date, rows: Sequence[ReleaseRow], now: datetime, set_aside: int) -> DayLine:
    found = [s for s in sites.sessions(day) if s.state != "closed"]
    later = [r.released_at for r in rows if r.released_at > now]
    seats, taken = sum(s.capacity for s in found), sum(s.taken for s in found)
    return DayLine(day, seats, taken, min(later, default=None), bool(rows), set_aside)
