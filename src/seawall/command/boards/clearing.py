"""Sessions against stock that would expire unused: on days without one, by the hours of the site's last."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from math import ceil

from seawall.platform import clock
from seawall.sites import selectors as sites
from seawall.terms.acts import Refusal
from seawall.terms.sites import SessionRow

from ..watch import limits
from .moves import Unused


@dataclass(frozen=True, slots=True)
class SessionProposed:
    """A day of a site with a session more, and how many of the doses it uses up."""

    day: date
    opens: time
    closes: time
    stations: int
    seats_per_slot: int
    doses: int


@dataclass(frozen=True, slots=True)
class Clearing:
    """Doses of a lot that no move uses up, why sessions are needed, and which; none where every day has one or no hours are known."""

    unused: Unused
    why: Refusal
    sessions: tuple[SessionProposed, ...]


def clearings(unused: Sequence[Unused], day: date) -> tuple[Clearing, ...]:
    """For each lot that expires unused, as many sessions as use it up: one statement however many there are."""
    last = day + timedelta(days=int(limits()["CLEAR_DAYS"]))
    since = day - timedelta(days=int(limits()["CLEAR_PATTERN"]))
    held: dict[int, list[SessionRow]] = {row.site_id: [] for row in unused}
    for session in sites.sessions_over(since, last, sorted(held)):
        held[session.site_id].append(session)
    taken = {(row.site_id, row.day) for rows in held.values() for row in rows}
    found = []
    for row in unused:
        pattern = next((s for s in reversed(held[row.site_id]) if s.capacity), None)
        proposed = tuple(_sessions(row, pattern, taken, day)) if pattern else ()
        taken |= {(row.site_id, session.day) for session in proposed}
        told = Refusal("STOCK_NEEDS_SESSION", {"days": (row.expires - day).days, "doses": row.doses})
        found.append(Clearing(row, told, proposed))
    return tuple(found)


def _sessions(
    row: Unused, pattern: SessionRow, taken: Collection[tuple[int, date]], day: date
) -> Iterator[SessionProposed]:
    """Days without a session until the lot expires, each no fuller than the site's last one was planned."""
    quarters = (pattern.closes_at - pattern.opens_at) // sites.slot_length()
    opens, closes = (at.astimezone(clock.zone()).time() for at in (pattern.opens_at, pattern.closes_at))
    left, on = row.doses, day + timedelta(days=int(limits()["CLEAR_AHEAD"]))
    while left > 0 and on <= row.expires:
        if (row.site_id, on) not in taken:
            seats = min(ceil(left / quarters), max(1, pattern.capacity // quarters))
            used = min(left, seats * quarters)
            yield SessionProposed(on, opens, closes, pattern.stations, seats, used)
            left -= used
        on += timedelta(days=1)
