"""The team of a site for a day: the duties there are, who of the site's posts may take them, and what is still open."""

from dataclasses import dataclass
from datetime import date

from seawall.staff import selectors as staff
from seawall.terms.actor import Actor
from seawall.terms.sites import SessionRow, SiteRow, TeamPost

from .. import selectors, tables
from .week import reached


@dataclass(frozen=True, slots=True)
class Duty:
    """One role of the team table on this day: how many it needs at least and at most, and how many stand in it."""

    role: str
    zh: str
    en: str
    needed: int
    most: int | None
    there: int
    certified: bool

    @property
    def short(self) -> bool:
        return self.there < self.needed


@dataclass(frozen=True, slots=True)
class Candidate:
    """A post of the site: whether its certificate holds that day, and the duty it has or would take."""

    post: staff.PostRow
    certified: bool
    until: date | None
    role: str
    station: int


@dataclass(frozen=True, slots=True)
class TeamPage:
    """Who stands where; `proposed` says that nobody is set yet and the posts' own roles are offered."""

    site: SiteRow
    day: date
    session: SessionRow | None
    stations: int
    duties: tuple[Duty, ...]
    posts: tuple[Candidate, ...]
    proposed: bool

    @property
    def short(self) -> tuple[Duty, ...]:
        return tuple(duty for duty in self.duties if duty.short)


def team_page(actor: Actor, site_id: int, day: date, programme: str) -> TeamPage:
    """The site's posts with the team of the day; where none is set, each post in its own role."""
    site = reached(actor, site_id)
    session = next(iter(selectors.sessions(day, [site_id])), None)
    stations = session.stations if session else site.stations
    duties = tables.team(day, stations)
    team = {member.post_id: member for member in selectors.team(site_id, day)}
    held = {row.post_id: row for row in staff.posts(site_id=site_id, on=day)}
    held |= staff.posts_by_id(team.keys() - held.keys(), day)
    certified = staff.certified(held, day, programme)
    until = staff.certified_until(held, programme)
    offered = team or {
        p: TeamPost(p, row.role) for p, row in held.items() if _able(duties.get(row.role), p in certified)
    }
    people = [
        Candidate(row, post in certified, until.get(post), offered[post].role, offered[post].station)
        if post in offered
        else Candidate(row, post in certified, until.get(post), "", 0)
        for post, row in held.items()
        if post in team or row.role in duties
    ]
    order = {role: n for n, role in enumerate(duties)}
    return TeamPage(
        site=site,
        day=day,
        session=session,
        stations=stations,
        duties=_duties(people, duties, stations),
        posts=tuple(sorted(people, key=lambda c: (order.get(c.post.role, len(order)), c.post.post_id))),
        proposed=not team,
    )


def _able(duty: tables.Role | None, certified: bool) -> bool:
    return duty is not None and (certified or not duty.certified)


def _duties(people: list[Candidate], duties: dict[str, tables.Role], stations: int) -> tuple[Duty, ...]:
    names = staff.role_names()
    return tuple(
        Duty(
            role=row.role,
            zh=names[row.role].zh,
            en=names[row.role].en,
            needed=row.needed(stations),
            most=row.most,
            there=sum(c.role == row.role for c in people),
            certified=row.certified,
        )
        for row in duties.values()
    )
