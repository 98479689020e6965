"""Sessions: planned for the whole campaign by its capacity table, and opened each morning with team and readiness."""

from datetime import date, datetime, time

from seawall.reference import selectors as reference
from seawall.sites import selectors as site_selectors
from seawall.sites import services as sites
from seawall.terms.acts import Outcome
from seawall.terms.codes import DayKind
from seawall.terms.sites import SessionOpen, TeamPost, TeamSet
from seawall.terms.visits import SessionPlan

from . import planted
from .acts import Acts, at, holding
from .crew import Crew
from .world import World

OPENS = 9
_HOURS = {
    DayKind.WORKDAY: "hours_workday",
    DayKind.MAKEUP_WORKDAY: "hours_workday",
    DayKind.WEEKEND: "hours_weekend",
    DayKind.HOLIDAY: "hours_holiday",
}


def sessions_plan(world: World, crew: Crew, first: date, last: date) -> None:
    """Every day of every site from first to last."""
    kinds, moment = reference.day_kinds(first, last), at(world.opens, 0, 30)
    rates = world.scenario.capacity.select("unit", "kind", *sorted(set(_HOURS.values())))
    rows = world.city.sites.select("code", "unit", "kind", "stations").join(rates, on=["unit", "kind"], how="left")
    items = [
        _session(Acts(world.seed, day), crew, moment, day, row, row[_HOURS[kind]] or 0)
        for day, kind in kinds.items()
        for row in rows.iter_rows(named=True)
    ]
    sites.session_plan(holding("SITE_LEADER"), [i for i in items if i is not None])


def _session(
    acts: Acts, crew: Crew, moment: datetime, day: date, row: dict[str, object], hours: object
) -> SessionPlan | None:
    site, stations = crew.ids.get(str(row["code"])), int(str(row["stations"]))
    if site is None or not hours:
        return None
    quarters = round(float(str(hours)) * 4)
    closes = time(OPENS + quarters // 4, quarters % 4 * 15)
    return SessionPlan(
        act=acts("session", row["code"]),
        occurred_at=moment,
        site_id=site,
        day=day,
        opens=time(OPENS),
        closes=closes,
        stations=stations,
    )


def sessions_open(world: World, crew: Crew, day: date) -> list[int]:
    """Teams stand, the four things are in place, doors open; the site that is closed by plan stays shut."""
    acts = Acts(world.seed, day)
    shut = crew.ids.get(planted.incident(world, day, planted.SHUT) or "")
    ids = [site for site in sorted(crew.units) if site != shut]
    teams = [
        TeamSet(
            act=acts("team", site),
            occurred_at=at(day, 7, 40),
            site_id=site,
            day=day,
            programme=world.programme,
            members=tuple(
                TeamPost(post, role) for (s, role), posts in crew.posts.items() if s == site for post in posts
            ),
        )
        for site in ids
    ]
    things = frozenset(need.code for need in site_selectors.needs(day).values() if need.stops and not need.by_role)
    marks = [
        SessionOpen(act=acts("open", site), occurred_at=at(day, 8, 30), site_id=site, day=day, ready=things)
        for site in ids
    ]
    sites.team_set(holding("SITE_MANAGER"), teams)
    return [
        m.site_id for m, o in zip(marks, sites.session_open(holding("SITE_MANAGER"), marks), strict=True) if _opened(o)
    ]


def _opened(outcome: Outcome) -> bool:
    return outcome.done
