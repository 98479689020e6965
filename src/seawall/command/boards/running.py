"""The sites of a unit while a day runs: door, waiting, doses against people, and silence; a constant number of statements."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from seawall.booking import selectors as booking
from seawall.clinic import selectors as clinic
from seawall.clinic.selectors import FlowRow
from seawall.platform import clock
from seawall.reference.selectors import UnitRow
from seawall.reports import selectors as reports
from seawall.sites import selectors as sites
from seawall.staff import selectors as staff
from seawall.supply import selectors as supply
from seawall.terms import figures
from seawall.terms.codes import AppointmentState
from seawall.terms.names import Name
from seawall.terms.sites import SessionRow, SiteRow

DOORS = {"normal": "open", "slowed": "slowed", "held": "held"}
SUPERVISOR = "RESIDENT_SUPERVISOR"
SILENT = 30  # minutes without an entry from an open site after which its figures are not to be trusted


@dataclass(frozen=True, slots=True)
class SiteNow:
    """A site as it stands now: its door or session, how long people wait, doses against those still to come."""

    site_id: int
    name: Name
    state: str
    wait_minutes: float | None
    doses_left: int
    booked_left: int
    supervisor: bool | None  # none where the city has no such post
    silent_minutes: int | None


def of_unit(unit: UnitRow, day: date) -> list[SiteRow]:
    return [s for s in sites.sites(day) if s.leaf_id in unit.leaves]


def expected_share(unit: UnitRow, day: date) -> tuple[float, datetime | None]:
    """The share of a day's seats whose quarter-hour has begun, and the first of them."""
    seats = sites.seats([s.site_id for s in of_unit(unit, day)], day)
    total, now = sum(s.capacity for s in seats), clock.now()
    begun = sum(s.capacity for s in seats if s.starts_at <= now)
    return figures.ratio(begun, total), min((s.starts_at for s in seats), default=None)


def site_rows(unit: UnitRow, day: date) -> tuple[SiteNow, ...]:
    """Each site as it stands now; one that is open and has been silent is marked, and its figures are left out."""
    rows = of_unit(unit, day)
    ids = [s.site_id for s in rows]
    supervised = staff.roles(day)[SUPERVISOR].used
    flow, teams = clinic.flow_counts(ids, day), sites.teams(day)
    sessions = {s.site_id: s for s in sites.sessions(day, ids)}
    booked = Counter(a.site_id for a in booking.day_list(ids, day) if a.state == AppointmentState.BOOKED)
    doses, heard = Counter[int](), reports.last_acts(ids, day)
    for pack in supply.packs(ids):
        doses[pack.place_id] += pack.doses_left
    return tuple(
        SiteNow(
            site_id=s.site_id,
            name=Name.of(s),
            state=_state(s, sessions.get(s.site_id)),
            wait_minutes=_waits(flow[s.site_id]),
            doses_left=doses[s.site_id],
            booked_left=booked[s.site_id],
            supervisor=any(m.role == SUPERVISOR for m in teams.get(s.site_id, [])) if supervised else None,
            silent_minutes=_silent(sessions.get(s.site_id), heard.get(s.site_id)),
        )
        for s in rows
    )


def _state(site: SiteRow, session: SessionRow | None) -> str:
    """The door of an open session; else whether it is still to open, or is over, or there is none."""
    if session is None:
        return "no_session"
    return DOORS[site.door] if session.state == "open" else "closed" if session.state == "closed" else "planned"


def _waits(flow: Iterable[FlowRow]) -> float | None:
    waits = [f.wait_minutes for f in flow if f.wait_minutes is not None and f.step in {"screened", "injected"}]
    return round(sum(waits), 1) if waits else None


def _silent(session: SessionRow | None, heard: datetime | None) -> int | None:
    """Minutes since an open site's last entry, once they are too many."""
    if session is None or session.state != "open":
        return None
    since = max((at for at in (heard, session.opens_at) if at), default=None)
    minutes = int((clock.now() - since).total_seconds() // 60) if since else 0
    return minutes if minutes > SILENT else None
