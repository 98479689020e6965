"""The days of a site: planned in quarter-hours, opened when everything needed is in place, closed; and its door."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from seawall.platform import clock, sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.reference import selectors as reference
from seawall.terms.acts import Params, Refusal
from seawall.terms.codes import Owner, SiteState
from seawall.terms.sites import DoorSet, SessionMark, SessionOpen
from seawall.terms.visits import SessionPlan

from .. import events, pace, tables
from ..models import Session
from .teams import keep_readiness

SITES = "SELECT site_id, state, stations, seats FROM sites_site WHERE site_id = ANY(%s)"
DAYS = sql.unnest({"site_id": "bigint", "day": "date"})
SESSIONS = f"""
SELECT s.site_id, s.day, s.state, s.closes_at FROM sites_session s JOIN {DAYS} ON s.site_id = u.site_id AND s.day = u.day
ORDER BY s.site_id, s.day FOR UPDATE OF s
"""
PLAN = {"site_id": "bigint", "day": "date", "opens": "timestamptz", "closes": "timestamptz", "seats": "text"}
SHRINK = f"""
WITH over AS MATERIALIZED (
    SELECT s.site_id, s.starts_at FROM sites_slot s JOIN {sql.unnest(PLAN)} ON s.site_id = u.site_id AND s.day = u.day
    WHERE s.starts_at < u.opens OR s.starts_at >= u.closes ORDER BY s.site_id, s.starts_at FOR UPDATE OF s)
UPDATE sites_slot s SET planned = 0, capacity = s.taken FROM over o WHERE s.site_id = o.site_id AND s.starts_at = o.starts_at
"""
SLOTS = f"""
INSERT INTO sites_slot (site_id, starts_at, day, planned, capacity, taken)
SELECT u.site_id, g.at, u.day, p.seats, p.seats, 0
FROM {sql.unnest(PLAN)},
  generate_series(u.opens, u.closes - interval '1 second', %s::interval) WITH ORDINALITY g(at, nth),
  LATERAL (SELECT (string_to_array(u.seats, ' '))[g.nth]::int AS seats) p
ORDER BY u.site_id, g.at
ON CONFLICT (site_id, starts_at) DO UPDATE SET planned = excluded.planned,
    capacity = greatest(excluded.capacity, sites_slot.taken)
"""
FOUND = f"""
SELECT r.site_id, r.day, r.code, r.ready, '' FROM sites_readiness r
JOIN {DAYS} ON r.site_id = u.site_id AND r.day = u.day
UNION ALL
SELECT t.site_id, t.day, '', true, t.role FROM sites_teammember t JOIN {DAYS} ON t.site_id = u.site_id AND t.day = u.day
"""
PLANNED, OPEN, CLOSED = "planned", "open", "closed"
Day = tuple[int, date]


@verb(Owner.SITE, zh="安排场次", en="Plan sessions")
def session_plan(w: Work, items: list[SessionPlan]) -> Answers:
    """Plan days in quarter-hours, or plan them anew; seats that are taken stay."""
    sites = {
        site: (state, room, chairs) for site, state, room, chairs in sql.fetch(SITES, [[i.site_id for i in items]])
    }
    states = _states([(i.site_id, i.day) for i in items])
    known = reference.product_names(max((i.day for i in items), default=clock.today()))
    answers: dict[UUID, Refusal | Params] = {}
    good: dict[Day, SessionPlan] = {}
    for item in items:
        key = item.site_id, item.day
        refusal = _plannable(item, sites.get(item.site_id), states.get(key, ""), known)
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
    return {(site, day): state for site, day, state, _closes in sql.fetch(SESSIONS, sql.turn(days, 2))}


def _plannable(
    item: SessionPlan, site: tuple[str, int, int] | None, state: str, known: Collection[str]
) -> Refusal | None:
    if site is None or site[0] != SiteState.OPEN:
        return Refusal("SITE_NOT_OPEN", {"site_id": item.site_id})
    if state == CLOSED:
        return Refusal("SESSION_CLOSED", {"day": item.day.isoformat()})
    if state and item.only_new:
        return Refusal("SESSION_STANDS", {"day": item.day.isoformat()})
    if item.opens >= item.closes or any(_since_midnight(t) % tables.slot() for t in (item.opens, item.closes)):
        return Refusal(
            "BAD_HOURS", {"opens": item.opens.isoformat("minutes"), "closes": item.closes.isoformat("minutes")}
        )
    if not 1 <= item.stations <= site[1]:
        return Refusal("MORE_STATIONS_THAN_SITE", {"stations": item.stations, "there": site[1]})
    if strange := sorted(item.products - set(known)):
        return Refusal("PRODUCT_UNKNOWN", {"product": ", ".join(strange)})
    if item.most_waiting is not None and item.most_waiting < 0:
        return Refusal("WAITING_BELOW_NOTHING", {"most": item.most_waiting})
    most = tables.most_seats(item.stations)
    if item.seats_per_slot is not None and not 0 <= item.seats_per_slot <= most:
        return Refusal(
            "SLOT_ABOVE_STATION_RATE", {"seats": item.seats_per_slot, "most": most, "stations": item.stations}
        )
    return None


def _moment(day: date, at: time) -> datetime:
    return datetime.combine(day, at, clock.zone())


def _quarters(item: SessionPlan) -> int:
    return (_moment(item.day, item.closes) - _moment(item.day, item.opens)) // tables.slot()


def _since_midnight(at: time) -> timedelta:
    return timedelta(hours=at.hour, minutes=at.minute, seconds=at.second)


def _write(items: list[SessionPlan], sizes: Mapping[UUID, tuple[int, ...]]) -> None:
    columns = ("site_id", "day", "opens_at", "closes_at", "stations", "state", "products", "most_waiting", "public")
    hours = {i.act: (_moment(i.day, i.opens), _moment(i.day, i.closes)) for i in items}
    sql.insert(
        Session,
        columns,
        [
            (i.site_id, i.day, *hours[i.act], i.stations, PLANNED, sorted(i.products), i.most_waiting, i.public)
            for i in items
        ],
        on_conflict="(site_id, day) DO UPDATE SET opens_at = excluded.opens_at, closes_at = excluded.closes_at, "
        "stations = excluded.stations, products = excluded.products, most_waiting = excluded.most_waiting, public = excluded.public",
    )
    rows = sql.turn([(i.site_id, i.day, *hours[i.act], " ".join(map(str, sizes[i.act]))) for i in items], 5)
    sql.execute(SHRINK, rows)
    sql.execute(SLOTS, [*rows, tables.slot()])


@verb(Owner.SITE, zh="开诊", en="Open sessions", tells=(events.SESSION_OPENED,))
def session_open(w: Work, items: list[SessionOpen]) -> Answers:
    """Record what was found in place, and open the day of a site once everything that stops is; what was found is kept either way."""
    days = sorted({(i.site_id, i.day) for i in items})
    sites = {site: state for site, state, *_ in sql.fetch(SITES, [[i.site_id for i in items]])}
    states, unknown = _states(days), keep_readiness(w, items)
    missing = missing_at(days)
    answers: dict[UUID, Refusal | Params] = {}
    for i in items:
        key = i.site_id, i.day
        if i.act in unknown:
            answers[i.act] = unknown[i.act]
        elif sites.get(i.site_id) != SiteState.OPEN:
            answers[i.act] = Refusal("SITE_NOT_OPEN", {"site_id": i.site_id})
        elif key not in states:
            answers[i.act] = Refusal("NO_SESSION", {"site_id": i.site_id, "day": i.day.isoformat()})
        elif states[key] == CLOSED:
            answers[i.act] = Refusal("SESSION_CLOSED", {"day": i.day.isoformat()})
        elif missing[key]:
            answers[i.act] = _not_ready(missing[key], i.day)
        else:
            answers[i.act] = {"site_id": i.site_id, "day": i.day.isoformat()}
    _mark(w, [i for i in items if not isinstance(answers[i.act], Refusal)], OPEN, events.SESSION_OPENED)
    return answers


def _not_ready(codes: list[str], day: date) -> Refusal:
    names = tables.need_names()
    needs = [names[code] for code in codes]
    zh, en = "、".join(need.zh for need in needs), "; ".join(need.en for need in needs)
    return Refusal(
        "NOT_READY", {"missing": ", ".join(codes), "missing_zh": zh, "missing_en": en, "day": day.isoformat()}
    )


def missing_at(days: list[Day]) -> dict[Day, list[str]]:
    """What still stops each day from opening; a member of the team in the role counts, unless found missing."""
    found: dict[Day, dict[str, bool]] = {day: {} for day in days}
    for site, day, code, ready, role in sql.fetch(FOUND, sql.turn(days, 2) * 2):
        if code:
            found[site, day][code] = ready
        else:
            found[site, day].setdefault(f"role {role}", True)
    needs = {on: tables.needs(on) for on in {on for _, on in days}}
    return {
        day: [n.code for n in needs[day[1]].values() if n.stops and not there.get(n.code, f"role {n.by_role}" in there)]
        for day, there in found.items()
    }


@verb(Owner.SITE, zh="结束场次", en="Close sessions", tells=(events.SESSION_CLOSED,))
def session_close(w: Work, items: list[SessionMark]) -> Answers:
    """Close the day of a site: at its end, or before it opens; then those booked on it are moved."""
    days = sorted({(i.site_id, i.day) for i in items})
    found = {(site, day): (state, closes) for site, day, state, closes in sql.fetch(SESSIONS, sql.turn(days, 2))}
    states = {key: state for key, (state, _closes) in found.items()}
    answers: dict[UUID, Refusal | Params] = {}
    for i in items:
        if states.get((i.site_id, i.day), CLOSED) != CLOSED:
            answers[i.act] = {"site_id": i.site_id, "day": i.day.isoformat()}
        elif (i.site_id, i.day) in states:
            answers[i.act] = Refusal("SESSION_CLOSED", {"day": i.day.isoformat()})
        else:
            answers[i.act] = Refusal("NO_SESSION", {"site_id": i.site_id, "day": i.day.isoformat()})
    closed = [i for i in items if not isinstance(answers[i.act], Refusal)]
    off = {i.act for i in closed if (s := found[i.site_id, i.day])[0] == PLANNED and i.occurred_at < s[1]}
    _mark(w, closed, CLOSED, events.SESSION_CLOSED, off)
    return answers


def _mark(w: Work, items: Sequence[SessionMark], state: str, fact: str, off: Collection[UUID] = ()) -> None:
    """`off`: acts by which a day is called off that was to come."""
    column = "opened_at" if state == OPEN else "closed_at"
    sql.execute(
        f"UPDATE sites_session s SET state = '{state}', {column} = coalesce(s.{column}, u.at) "
        f"FROM {sql.unnest({'site_id': 'bigint', 'day': 'date', 'at': 'timestamptz'})} "
        "WHERE s.site_id = u.site_id AND s.day = u.day",
        sql.turn([(i.site_id, i.day, i.occurred_at) for i in items], 3),
    )
    for i in items:
        told: Params = {"site_id": i.site_id, "day": i.day.isoformat(), "called_off": i.act in off}
        w.announce(fact, "site", i.site_id, i, told)


@verb(Owner.SITE, zh="调节进场", en="Set the door", tells=(events.DOOR_CHANGED,))
def door_set(w: Work, items: list[DoorSet]) -> Answers:
    """Let people in as planned, slowly, or not for now; the post that said so is shown."""
    sites = {site: state for site, state, *_ in sql.fetch(SITES, [[i.site_id for i in items]])}
    known = {(reason.code, state) for reason in tables.door_reasons() for state in reason.states}
    good = {
        i.site_id: i for i in items if sites.get(i.site_id) == SiteState.OPEN and (i.reason, i.state.value) in known
    }
    sql.execute(
        "UPDATE sites_site s SET door = u.door, door_reason = u.reason, door_post_id = u.post "
        f"FROM {sql.unnest({'site_id': 'bigint', 'door': 'text', 'reason': 'text', 'post': 'bigint'})} "
        "WHERE s.site_id = u.site_id",
        sql.turn([(i.site_id, i.state.value, i.reason, w.actor.post_id) for i in good.values()], 4),
    )
    answers: dict[UUID, Refusal | Params] = {}
    for i in items:
        if sites.get(i.site_id) != SiteState.OPEN:
            answers[i.act] = Refusal("SITE_NOT_OPEN", {"site_id": i.site_id})
            continue
        if (i.reason, i.state.value) not in known:
            answers[i.act] = Refusal("DOOR_REASON_NEEDED", {"state": i.state.value})
            continue
        answers[i.act] = {"door": i.state.value}
        w.announce(events.DOOR_CHANGED, "site", i.site_id, i, {"door": i.state.value, "reason": i.reason})
    return answers
