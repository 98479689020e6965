"""What others may ask about sites, their days and their seats."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

import polars as pl

from seawall.platform import access, clock, sql
from seawall.reference import selectors as reference
from seawall.terms.actor import Actor
from seawall.terms.sites import CheckRow, DoorAdvice, DoorReason, ProposalRow, ReadyRow, SessionRow, SiteRow, TeamPost
from seawall.terms.visits import SeatRow

from . import bearing as bearings
from . import pace, rows, tables, tables_check
from .bearing import QuarterBears
from .seats import KEPT

__all__ = ["QuarterBears"]

SESSIONS = """
SELECT d.site_id, d.day, d.opens_at, d.closes_at, d.stations, d.state,
    coalesce(sum(s.capacity), 0)::int, coalesce(sum(s.taken), 0)::int, d.products, d.most_waiting
FROM sites_session d LEFT JOIN sites_slot s ON s.site_id = d.site_id AND s.day = d.day
WHERE d.day BETWEEN %(since)s AND %(until)s AND (%(all)s OR d.site_id = ANY(%(sites)s))
GROUP BY d.site_id, d.day ORDER BY d.site_id, d.day
"""
CAPACITY = """
SELECT s.site_id, p.leaf_id, s.day, sum(s.capacity)::int, sum(s.taken)::int FROM sites_slot s JOIN sites_site p ON p.site_id = s.site_id
JOIN sites_session d ON d.site_id = s.site_id AND d.day = s.day
WHERE s.day BETWEEN %s AND %s AND (d.state <> 'closed' OR d.day < %s) GROUP BY 1, 2, 3 ORDER BY 1, 3
"""
NEAR = """
WITH gone AS (SELECT site_id, longitude, latitude FROM sites_site WHERE site_id = ANY(%(sites)s)),
near AS (
    SELECT g.site_id AS gone, p.site_id, 111.2 * sqrt(
        (p.latitude - g.latitude) ^ 2 + ((p.longitude - g.longitude) * cos(radians(g.latitude))) ^ 2) AS km
    FROM gone g JOIN sites_site p ON p.state = 'open' AND (%(own)s OR p.site_id <> ALL(%(sites)s)))
SELECT n.gone, n.site_id, n.km, s.starts_at, s.capacity - s.taken, d.products
FROM near n JOIN sites_slot s ON s.site_id = n.site_id
JOIN sites_session d ON d.site_id = s.site_id AND d.day = s.day AND d.state <> 'closed' AND d.public
WHERE n.km <= %(km)s AND s.day = ANY(%(days)s) AND s.starts_at > %(after)s AND s.taken < s.capacity
ORDER BY n.gone, n.km, s.starts_at
"""


class MoveRule(NamedTuple):
    """Near in km, the same part of the day, and how many days later."""

    near_km: float
    shift: timedelta
    days: int


def sites(on: date) -> list[SiteRow]:
    """Sites in service on a day, by code."""
    query = f"SELECT {rows.SITE_COLUMNS} FROM sites_site s WHERE s.opened_on <= %(on)s "
    query += "AND (s.closed_on IS NULL OR s.closed_on > %(on)s) ORDER BY s.code"
    return [rows.site_row(row) for row in sql.fetch(query, {"on": on})]


def site(site_id: int) -> SiteRow | None:
    """One site, whatever its state."""
    found = sql.fetch(f"SELECT {rows.SITE_COLUMNS} FROM sites_site s WHERE s.site_id = %s", [site_id])
    return rows.site_row(found[0]) if found else None


def proposals(actor: Actor) -> list[ProposalRow]:
    """Sites put forward in the actor's area, the latest change first."""
    query = f"SELECT {rows.PROPOSAL_COLUMNS} FROM sites_proposal p ORDER BY p.changed_at DESC, p.code"
    found = (rows.proposal_row(row) for row in sql.fetch(query))
    return [row for row in found if access.sees_leaf(actor, row.leaf_id)]


need_names = tables.need_names
needs = tables.needs
tables_judge = tables_check.tables_judge
bearing = bearings.bearing


def checks() -> list[CheckRow]:
    """What an inspector looks for where a site is proposed."""
    return list(tables.checks().values())


def door_reasons() -> tuple[DoorReason, ...]:
    """Why the door may be set to a state."""
    return tables.door_reasons()


def room_for(doses: float, days: int) -> tuple[int, int]:
    """Stations and observation seats of a site that gives so many doses in so many days."""
    stations = tables.stations_for(doses, days)
    return stations, tables.seats_for(stations)


def leaves(site_ids: Collection[int]) -> dict[int, int]:
    """The leaf in which each site stands."""
    return dict(sql.fetch("SELECT site_id, leaf_id FROM sites_site WHERE site_id = ANY(%s)", [list(site_ids)]))


def sessions(day: date, site_ids: Collection[int] | None = None) -> list[SessionRow]:
    """Sessions of a day with their seats, of these sites or of all."""
    return sessions_over(day, day, site_ids)


def sessions_over(since: date, until: date, site_ids: Collection[int] | None = None) -> list[SessionRow]:
    """Sessions of these days, both included, by site and day."""
    params = {"since": since, "until": until, "all": site_ids is None, "sites": list(site_ids or ())}
    return [rows.session_row(row) for row in sql.fetch(SESSIONS, params)]


def products_given(days: Collection[tuple[int, date]]) -> dict[tuple[int, date], frozenset[str]]:
    """The vaccines that sessions name, by site and day; a session that names none gives any, and is left out."""
    query = f"SELECT d.site_id, d.day, d.products FROM sites_session d JOIN {sql.unnest({'site_id': 'bigint', 'day': 'date'})} "
    found = sql.fetch(query + "ON d.site_id = u.site_id AND d.day = u.day", sql.turn(sorted(days), 2), prepared=True)
    return {(site, day): frozenset(products) for site, day, products in found if products}


def not_public(days: Collection[tuple[int, date]]) -> set[tuple[int, date]]:
    """Those of site and day whose seats only the people named for them have."""
    query = f"SELECT d.site_id, d.day FROM sites_session d JOIN {sql.unnest({'site_id': 'bigint', 'day': 'date'})} "
    query += "ON d.site_id = u.site_id AND d.day = u.day WHERE NOT d.public"
    return set(sql.fetch(query, sql.turn(sorted(days), 2)))


def seats(site_ids: Collection[int], day: date) -> list[SeatRow]:
    """Quarter-hours of a day by site and time."""
    start = datetime.combine(day, time(), clock.zone())
    return _seats(site_ids, start, start + timedelta(days=1))


def seats_at(site_ids: Collection[int], at: datetime) -> list[SeatRow]:
    """The quarter-hour of each site in which a moment lies."""
    moment = timedelta(microseconds=1)
    return _seats(site_ids, at - slot_length() + moment, at + moment)


def _seats(site_ids: Collection[int], since: datetime, until: datetime) -> list[SeatRow]:
    found = sql.fetch(
        f"SELECT {rows.SEAT_COLUMNS} FROM sites_slot s WHERE s.site_id = ANY(%s) "
        "AND s.starts_at >= %s AND s.starts_at < %s ORDER BY s.site_id, s.starts_at",
        [clock.now(), list(site_ids), since, until],
    )
    return [rows.seat_row(row) for row in found]


def first_free(site_id: int, since: date, last: date, products: Collection[str]) -> date | None:
    """The first of these days on which a session that gives one of these vaccines has a free seat still to come."""
    query = f"""
    SELECT min(s.day) FROM sites_slot s JOIN sites_session d ON d.site_id = s.site_id AND d.day = s.day
    WHERE s.site_id = %s AND s.day BETWEEN %s AND %s AND s.starts_at > %s AND s.taken + {KEPT} < s.capacity
      AND d.state <> 'closed' AND d.public AND (d.products = '{{}}' OR d.products && %s::varchar[])"""
    now = clock.now()
    found: date | None = sql.fetch(query, [site_id, since, last, now, now, sorted(products)])[0][0]
    return found


def return_times(on: date) -> tuple[time, ...]:
    """The announced times of a day at which cancelled seats can be booked again; none: at once."""
    return tables.return_times(on)


def set_aside(days: Collection[date]) -> dict[date, int]:
    """Cancelled seats of each day that are kept until the next announced time, where any."""
    query = f"SELECT s.day, sum({KEPT})::int FROM sites_slot s WHERE s.day = ANY(%s) GROUP BY s.day"
    return {day: seats for day, seats in sql.fetch(query, [clock.now(), list(days)]) if seats}


def seats_after(site_ids: Collection[int], day: date, place: Sequence[Any], most: int) -> list[SeatRow]:
    """A page of them: so many after a place (site, start), from the beginning where it is empty."""
    going, params = sql.after("s.site_id, s.starts_at", place)
    found = sql.fetch(
        f"SELECT {rows.SEAT_COLUMNS} FROM sites_slot s WHERE s.site_id = ANY(%s) AND s.day = %s "
        f"{going} ORDER BY s.site_id, s.starts_at LIMIT %s",
        [clock.now(), list(site_ids), day, *params, most],
    )
    return [rows.seat_row(row) for row in found]


def seats_near(
    site_ids: Collection[int], days: Collection[date], after: datetime, *, own: bool = False
) -> list[tuple[int, int, float, datetime, int, list[str]]]:
    """Free quarter-hours of the sites around each of these, nearest first: site, other site, km, time, seats free, vaccines.

    `own`: a site's own seats are around it too.
    """
    km = tables.rates()["move_distance"]
    return sql.fetch(NEAR, {"sites": list(site_ids), "days": list(days), "after": after, "km": km, "own": own})


def door_advice(
    site_id: int, day: date, *, here: Mapping[str, int], seated_for: Sequence[float], coming: int
) -> DoorAdvice | None:
    """Whether the door should slow, from who is at each step now; None where no session is open."""
    session, place = next(iter(sessions(day, [site_id])), None), site(site_id)
    if session is None or place is None or session.state != "open":
        return None
    staff = Counter(pace.STEP_OF[post.role] for post in team(site_id, day) if post.role in pace.STEP_OF)
    hours = session.opens_at, session.closes_at, clock.now()
    return pace.advice(
        *hours, {**staff, "injection": session.stations}, place.seats, here=here, seated_for=seated_for, coming=coming
    )  # fmt: skip


def move_rule() -> MoveRule:
    """How far in place and time a booking may move when its site closes."""
    rates = tables.rates()
    return MoveRule(rates["near_distance"], timedelta(hours=rates["move_shift"]), int(rates["move_days"]))


def readiness(site_id: int, day: date) -> list[ReadyRow]:
    """Everything that a site needs, and whether it was found that day; a team member in the role counts."""
    found = dict(sql.fetch("SELECT code, ready FROM sites_readiness WHERE site_id = %s AND day = %s", [site_id, day]))
    roles = {post.role for post in team(site_id, day)}
    return [
        ReadyRow(n.code, n.stops, n.zh, n.en, found.get(n.code, True if n.by_role and n.by_role in roles else None))
        for n in tables.needs(day).values()
    ]


def team(site_id: int, day: date) -> list[TeamPost]:
    """Who stands where on a day."""
    query = "SELECT post_id, role, station FROM sites_teammember WHERE site_id = %s AND day = %s ORDER BY role, station, post_id"
    return [TeamPost(*row) for row in sql.fetch(query, [site_id, day])]


def teams(day: date) -> dict[int, list[TeamPost]]:
    """Teams of all sites on a day."""
    found: dict[int, list[TeamPost]] = {}
    query = "SELECT site_id, post_id, role, station FROM sites_teammember WHERE day = %s ORDER BY site_id, role, station, post_id"
    for site_id, *row in sql.fetch(query, [day]):
        found.setdefault(site_id, []).append(TeamPost(*row))
    return found


def capacity_frame(start: date, end: date) -> pl.DataFrame:
    """Seats planned by planning unit and day, both ends included: unit_code, day, seats."""
    units = {leaf: unit.code for unit in reference.units(start) for leaf in unit.leaves}
    found = sql.fetch(CAPACITY, [start, end, clock.today()])
    frame = pl.DataFrame(
        [(units.get(leaf), day, capacity) for _, leaf, day, capacity, _ in found],
        schema={"unit_code": pl.String, "day": pl.Date, "seats": pl.Int64},
        orient="row",
    )
    return frame.group_by("unit_code", "day").agg(pl.col("seats").sum()).sort("unit_code", "day")


def taken(start: date, end: date) -> dict[tuple[int, datetime], int]:
    """Seats taken by site and time, where any: what booking proves its appointments against."""
    query = "SELECT site_id, starts_at, taken FROM sites_slot WHERE day BETWEEN %s AND %s AND taken > 0"
    return {(site_id, at): n for site_id, at, n in sql.fetch(query, [start, end])}


def observe_hours() -> float:
    """How long somebody sits after the injection."""
    return tables.rates()["observe_hours"]


def slot_length() -> timedelta:
    """How long a slot is."""
    return tables.slot()


def slot_of(moment: datetime) -> datetime:
    """The slot that is running at a moment, by the campaign's civil day."""
    local = moment.astimezone(clock.zone())
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + (local - midnight) // tables.slot() * tables.slot()
