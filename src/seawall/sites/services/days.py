"""The days of a site: planned in quarter-hours, opened when everything needed is in place, closed; and its door."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from uuid import UUID

from seawall.platform import clock, sql
from seawall.platform.verbs import Work, run_verb
from seawall.terms.actor import Actor
from seawall.terms.acts import Outcome, Params, Refusal
from seawall.terms.codes import SiteState
from seawall.terms.sites import DoorSet, SessionMark
from seawall.terms.visits import SessionPlan

from .. import events, pace, tables
from ..models import Session

SITES = "SELECT site_id, state, stations, seats FROM sites_site WHERE site_id = ANY(%s)"
DAYS = sql.unnest({"site_id": "bigint", "day": "date"})
SESSIONS = f"""
SELECT s.site_id, s.day, s.state FROM sites_session s JOIN {DAYS} ON s.site_id = u.site_id AND s.day = u.day
ORDER BY s.site_id, s.day FOR UPDATE OF s
"""
PLAN = {"site_id": "bigint", "day": "date", "opens": "timestamptz", "closes": "timestamptz", "seats": "text"}
SHRINK = f"""
WITH over AS MATERIALIZED (
    SELECT s.site_id, s.starts_at FROM sites_slot s JOIN {sql.unnest(PLAN)} ON s.site_id = u.site_id AND s.day = u.day
    WHERE s.starts_at < u.opens OR s.starts_at >= u.closes ORDER BY s.site_id, s.starts_at FOR UPDATE OF s)
UPDATE sites_slot s SET capacity = s.taken FROM over o WHERE s.site_id = o.site_id AND s.starts_at = o.starts_at
"""
SLOTS = f"""
INSERT INTO sites_slot (site_id, starts_at, day, capacity, taken)
SELECT u.site_id, g.at, u.day, (string_to_array(u.seats, ' '))[g.nth]::int, 0
FROM {sql.unnest(PLAN)},
  generate_series(u.opens, u.closes - interval '1 second', interval '15 minutes') WITH ORDINALITY g(at, nth)
ORDER BY u.site_id, g.at
ON CONFLICT (site_id, starts_at) DO UPDATE SET capacity = greatest(excluded.capacity, sites_slot.taken)
"""
FOUND = f"""
SELECT r.site_id, r.day, r.code, r.ready, '' FROM sites_readiness r
JOIN {DAYS} ON r.site_id = u.site_id AND r.day = u.day
UNION ALL
SELECT t.site_id, t.day, '', true, t.role FROM sites_teammember t JOIN {DAYS} ON t.site_id = u.site_id AND t.day = u.day
"""
PLANNED, OPEN, CLOSED = "planned", "open", "closed"
QUARTER = 15
Day = tuple[int, date]


def session_plan(actor: Actor, items: Sequence[SessionPlan]) -> list[Outcome]:
    """Plan days in quarter-hours, or plan them anew; seats that are taken stay."""
    return run_verb(actor, "session_plan", items, owner="site", owner_id=lambda i: i.site_id, work=_plan)


def _plan(w: Work, items: list[SessionPlan]) -> Mapping[UUID, Refusal | Params]:
    sites = {
        site: (state, room, chairs) for site, state, room, chairs in sql.fetch(SITES, [[i.site_id for i in items]])
    }
    states = _states([(i.site_id, i.day) for i in items])
    answers: dict[UUID, Refusal | Params] = {}
    good: dict[Day, SessionPlan] = {}
    for item in items:
        key = item.site_id, item.day
        refusal = _plannable(item, sites.get(item.site_id), states.get(key, ""))
        if refusal or key in good:
            answers[item.act] = refusal or Refusal("PLANNED_TWICE", {"day": item.day.isoformat()})
        else:
            good[key] = item
    sizes = {i.act: _sizes(i, sites[i.site_id][2]) for i in good.values()}
    _write(list(good.values()), sizes)
    return answers | {i.act: {"slots": len(sizes[i.act]), "seats": sum(sizes[i.act])} for i in good.values()}


def _sizes(item: SessionPlan, chairs: int) -> tuple[int, ...]:
    """Seats of each quarter-hour: the number asked for, or what the flow engine allows with these stations and chairs."""
    if item.seats_per_slot is None:
        return pace.quarter_sizes(_quarters(item), item.stations, chairs)
    return (item.seats_per_slot,) * _quarters(item)


def _states(days: list[Day]) -> dict[Day, str]:
    return {(site, day): state for site, day, state in sql.fetch(SESSIONS, sql.turn(days, 2))}


def _plannable(item: SessionPlan, site: tuple[str, int, int] | None, state: str) -> Refusal | None:
    if site is None or site[0] != SiteState.OPEN:
        return Refusal("SITE_NOT_OPEN", {"site_id": item.site_id})
    if state == CLOSED:
        return Refusal("SESSION_CLOSED", {"day": item.day.isoformat()})
    if item.opens >= item.closes or any(t.minute % QUARTER or t.second for t in (item.opens, item.closes)):
        return Refusal(
            "BAD_HOURS", {"opens": item.opens.isoformat("minutes"), "closes": item.closes.isoformat("minutes")}
        )
    if not 1 <= item.stations <= site[1]:
        return Refusal("MORE_STATIONS_THAN_SITE", {"stations": item.stations, "there": site[1]})
    most = tables.most_seats(item.stations)
    if item.seats_per_slot is not None and not 0 <= item.seats_per_slot <= most:
        return Refusal(
            "SLOT_ABOVE_STATION_RATE", {"seats": item.seats_per_slot, "most": most, "stations": item.stations}
        )
    return None


def _moment(day: date, at: time) -> datetime:
    return datetime.combine(day, at, clock.zone())


def _quarters(item: SessionPlan) -> int:
    span = _moment(item.day, item.closes) - _moment(item.day, item.opens)
    return int(span.total_seconds()) // (QUARTER * 60)


def _write(items: list[SessionPlan], sizes: Mapping[UUID, tuple[int, ...]]) -> None:
    columns = ("site_id", "day", "opens_at", "closes_at", "stations", "state")
    hours = {i.act: (_moment(i.day, i.opens), _moment(i.day, i.closes)) for i in items}
    sql.insert(
        Session,
        columns,
        [(i.site_id, i.day, *hours[i.act], i.stations, PLANNED) for i in items],
        on_conflict="(site_id, day) DO UPDATE SET opens_at = excluded.opens_at, closes_at = excluded.closes_at, "
        "stations = excluded.stations",
    )
    rows = sql.turn([(i.site_id, i.day, *hours[i.act], " ".join(map(str, sizes[i.act]))) for i in items], 5)
    sql.execute(SHRINK, rows)
    sql.execute(SLOTS, rows)


def session_open(actor: Actor, items: Sequence[SessionMark]) -> list[Outcome]:
    """Open the day of a site, once everything that stops is in place."""
    return run_verb(actor, "session_open", items, owner="site", owner_id=lambda i: i.site_id, work=_open)


def _open(w: Work, items: list[SessionMark]) -> Mapping[UUID, Refusal | Params]:
    days = sorted({(i.site_id, i.day) for i in items})
    sites = {site: state for site, state, *_ in sql.fetch(SITES, [[i.site_id for i in items]])}
    states, missing = _states(days), missing_at(days)
    answers: dict[UUID, Refusal | Params] = {}
    for i in items:
        key = i.site_id, i.day
        if sites.get(i.site_id) != SiteState.OPEN:
            answers[i.act] = Refusal("SITE_NOT_OPEN", {"site_id": i.site_id})
        elif key not in states:
            answers[i.act] = Refusal("NO_SESSION", {"site_id": i.site_id, "day": i.day.isoformat()})
        elif states[key] == CLOSED:
            answers[i.act] = Refusal("SESSION_CLOSED", {"day": i.day.isoformat()})
        elif missing[key]:
            answers[i.act] = Refusal("NOT_READY", {"missing": ", ".join(missing[key]), "day": i.day.isoformat()})
        else:
            answers[i.act] = {"site_id": i.site_id, "day": i.day.isoformat()}
    _mark(w, [i for i in items if not isinstance(answers[i.act], Refusal)], OPEN, events.SESSION_OPENED)
    return answers


def missing_at(days: list[Day]) -> dict[Day, list[str]]:
    """What still stops each day from opening; a member of the team in the role counts, unless found missing."""
    found: dict[Day, dict[str, bool]] = {day: {} for day in days}
    for site, day, code, ready, role in sql.fetch(FOUND, sql.turn(days, 2) * 2):
        if code:
            found[site, day][code] = ready
        else:
            found[site, day].setdefault(f"role {role}", True)
    stops = [need for need in tables.needs().values() if need.stops]
    return {
        day: [n.code for n in stops if not there.get(n.code, f"role {n.by_role}" in there)]
        for day, there in found.items()
    }


def session_close(actor: Actor, items: Sequence[SessionMark]) -> list[Outcome]:
    """Close the day of a site; called by the closing of the day."""
    return run_verb(actor, "session_close", items, owner="site", owner_id=lambda i: i.site_id, work=_close)


def _close(w: Work, items: list[SessionMark]) -> Mapping[UUID, Refusal | Params]:
    states = _states(sorted({(i.site_id, i.day) for i in items}))
    answers: dict[UUID, Refusal | Params] = {}
    for i in items:
        if states.get((i.site_id, i.day), CLOSED) != CLOSED:
            answers[i.act] = {"site_id": i.site_id, "day": i.day.isoformat()}
        elif (i.site_id, i.day) in states:
            answers[i.act] = Refusal("SESSION_CLOSED", {"day": i.day.isoformat()})
        else:
            answers[i.act] = Refusal("NO_SESSION", {"site_id": i.site_id, "day": i.day.isoformat()})
    _mark(w, [i for i in items if not isinstance(answers[i.act], Refusal)], CLOSED, events.SESSION_CLOSED)
    return answers


def _mark(w: Work, items: list[SessionMark], state: str, fact: str) -> None:
    column = "opened_at" if state == OPEN else "closed_at"
    sql.execute(
        f"UPDATE sites_session s SET state = '{state}', {column} = coalesce(s.{column}, u.at) "
        f"FROM {sql.unnest({'site_id': 'bigint', 'day': 'date', 'at': 'timestamptz'})} "
        "WHERE s.site_id = u.site_id AND s.day = u.day",
        sql.turn([(i.site_id, i.day, i.occurred_at) for i in items], 3),
    )
    for i in items:
        w.announce(fact, "site", i.site_id, i, {"site_id": i.site_id, "day": i.day.isoformat()})


def door_set(actor: Actor, items: Sequence[DoorSet]) -> list[Outcome]:
    """Let people in as planned, slowly, or not for now; the post that said so is shown."""
    return run_verb(actor, "door_set", items, owner="site", owner_id=lambda i: i.site_id, work=_door)


def _door(w: Work, items: list[DoorSet]) -> Mapping[UUID, Refusal | Params]:
    sites = {site: state for site, state, *_ in sql.fetch(SITES, [[i.site_id for i in items]])}
    good = {i.site_id: i for i in items if sites.get(i.site_id) == SiteState.OPEN}
    sql.execute(
        "UPDATE sites_site s SET door = u.door, door_reason = u.reason, door_post_id = u.post "
        f"FROM {sql.unnest({'site_id': 'bigint', 'door': 'text', 'reason': 'text', 'post': 'bigint'})} "
        "WHERE s.site_id = u.site_id",
        sql.turn([(i.site_id, i.state.value, i.reason, w.actor.post_id) for i in good.values()], 4),
    )
    answers: dict[UUID, Refusal | Params] = {}
    for i in items:
        if i.site_id not in good:
            answers[i.act] = Refusal("SITE_NOT_OPEN", {"site_id": i.site_id})
            continue
        answers[i.act] = {"door": i.state.value}
        w.announce(events.DOOR_CHANGED, "site", i.site_id, i, {"door": i.state.value, "reason": i.reason})
    return answers
