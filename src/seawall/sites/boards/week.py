"""A week of one site: its sessions with hours and seats, who stands there, and what the public sees of it."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta

from seawall.campaigns import selectors as campaigns
from seawall.people import selectors as people
from seawall.platform import access, clock, sql
from seawall.reference import selectors as reference
from seawall.terms.actor import Actor
from seawall.terms.acts import Refused
from seawall.terms.codes import DayKind, SiteState
from seawall.terms.names import Name
from seawall.terms.sites import SessionRow, SiteRow

from .. import rows, selectors, tables

DAYS = 7
SESSIONS = """
SELECT d.site_id, d.day, d.opens_at, d.closes_at, d.stations, d.state,
    coalesce(sum(s.capacity), 0)::int, coalesce(sum(s.taken), 0)::int, d.products, d.most_waiting
FROM sites_session d LEFT JOIN sites_slot s ON s.site_id = d.site_id AND s.day = d.day
WHERE d.site_id = %s AND d.day BETWEEN %s AND %s GROUP BY d.site_id, d.day
"""
TEAMS = "SELECT day, role FROM sites_teammember WHERE site_id = %s AND day BETWEEN %s AND %s"


@dataclass(frozen=True, slots=True)
class Hours:
    """What a form for one day holds: from its own session, or copied from the week before."""

    opens: time
    closes: time
    stations: int
    most_waiting: int | None


@dataclass(frozen=True, slots=True)
class DayLine:
    """One day: what kind it is, its session, the hours to offer, and which duties its team leaves open."""

    day: date
    kind: DayKind
    holiday_zh: str
    holiday_en: str
    session: SessionRow | None
    hours: Hours | None
    team: int
    open_duties: tuple[str, ...]
    past: bool

    @property
    def off(self) -> bool:
        """A day on which most people do not work."""
        return self.kind in {DayKind.WEEKEND, DayKind.HOLIDAY}

    @property
    def closed(self) -> bool:
        return self.session is not None and self.session.state == "closed"


@dataclass(frozen=True, slots=True)
class WeekPage:
    """A site and seven days of it; where `several` campaigns run, a session says which of `vaccines` it gives."""

    site: SiteRow
    street: reference.AreaRow | None
    hospital: reference.FacilityRow | None
    monday: date
    days: tuple[DayLine, ...]
    copied: bool
    most_per_station: int
    vaccines: Mapping[str, Name]
    several: bool

    @property
    def before(self) -> date:
        return self.monday - timedelta(days=DAYS)

    @property
    def after(self) -> date:
        return self.monday + timedelta(days=DAYS)

    @property
    def in_service(self) -> bool:
        return self.site.state == SiteState.OPEN

    @property
    def planned(self) -> int:
        return sum(line.session is not None and not line.closed for line in self.days)

    @property
    def seats(self) -> int:
        return sum(line.session.capacity for line in self.days if line.session and not line.closed)

    @property
    def taken(self) -> int:
        return sum(line.session.taken for line in self.days if line.session and not line.closed)


def reached(actor: Actor, site_id: int) -> SiteRow:
    """The site, for a post that reaches it."""
    row = selectors.site(site_id)
    if row is None or not access.sees_site(actor, site_id):
        raise Refused(access.OUT_OF_AREA)
    return row


def week_page(actor: Actor, site_id: int, around: date, *, copied: bool = False) -> WeekPage:
    """The week of a day; with `copied`, days without a session offer the hours of the week before."""
    site, monday = reached(actor, site_id), around - timedelta(days=around.weekday())
    last, today = monday + timedelta(days=DAYS - 1), clock.today()
    span = monday - timedelta(days=DAYS), last
    sessions = {row.day: row for row in map(rows.session_row, sql.fetch(SESSIONS, [site_id, *span]))}
    kinds, names = reference.day_kinds(monday, last), reference.day_names(monday, last)
    teams = defaultdict[date, list[str]](list)
    for day, role in sql.fetch(TEAMS, [site_id, monday, last]):
        teams[day].append(role)
    lines = []
    for day in (monday + timedelta(days=n) for n in range(DAYS)):
        session = sessions.get(day)
        shown = session or (sessions.get(day - timedelta(days=DAYS)) if copied else None)
        zh, en = names.get(day, ("", ""))
        stations = session.stations if session else site.stations
        duties = _open_duties(teams[day], day, stations) if session else ()
        hours = _hours(shown) if shown else None
        lines.append(DayLine(day, kinds[day], zh, en, session, hours, len(teams[day]), duties, day < today))
    hospitals = {row.facility_id: row for row in reference.facilities()}
    return WeekPage(
        site=site,
        street=reference.area(site.leaf_id, monday),
        hospital=hospitals.get(site.parent_facility_id or 0),
        monday=monday,
        days=tuple(lines),
        copied=copied,
        most_per_station=tables.most_seats(1),
        vaccines=_vaccines(last),
        several=len(campaigns.running(last)) > 1,
    )


def _vaccines(day: date) -> dict[str, Name]:
    """Names of the vaccines of the campaigns that run, which a session may name."""
    own = frozenset[str]().union(*(people.products_of(row.programme) for row in campaigns.running(day)))
    return {code: name for code, name in reference.product_names(day).items() if code in own}


def _hours(session: SessionRow) -> Hours:
    opens, closes = (at.astimezone(clock.zone()).time() for at in (session.opens_at, session.closes_at))
    return Hours(opens, closes, session.stations, session.most_waiting)


def _open_duties(roles: list[str], day: date, stations: int) -> tuple[str, ...]:
    """Roles that the team table asks for and nobody, or too few, stand in."""
    return tuple(r.role for r in tables.team(day, stations).values() if roles.count(r.role) < r.needed(stations))
