"""Doses left over in the last hour are offered to who lives near and said to come at short notice: never more offers than doses."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID, uuid5

from seawall.people import selectors as people
from seawall.platform import access, clock, sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.reference import selectors as reference
from seawall.sites import selectors as site_selectors
from seawall.sites import services as sites
from seawall.supply import selectors as supply
from seawall.terms.acts import Params, Refusal
from seawall.terms.bookings import StandbyCall, StandbyJoin, StandbyLeave
from seawall.terms.codes import AppointmentState, LotState, Owner, StockState
from seawall.terms.sites import SessionRow, SiteRow
from seawall.terms.visits import AppointmentBook

from .. import events, facts, tables
from ..models import Appointment, Standby
from ..models import StandbyCall as Call
from .book import COLUMNS, Cases, StandingAppointment, seat_of, standing
from .sweep import midnight

CALLS = UUID("3b1f5f0a-52a7-4c62-9a3c-6f0e1f2f7b11")
FARTHEST = 50  # km that somebody may say
NEXT = 60  # people judged for one site: more than the doses of an hour
KM_OF_A_DEGREE = 111.2
LEAVE = f"""
DELETE FROM booking_standby b USING {sql.unnest({"person_id": "bigint", "campaign": "text"})}
WHERE b.person_id = u.person_id AND b.campaign = u.campaign
"""
CALLED = """(site_id, campaign, day) DO UPDATE SET doses = excluded.doses, called_at = excluded.called_at,
    called_by = excluded.called_by"""
STALE = """
WITH late AS MATERIALIZED (
    SELECT person_id, act FROM booking_appointment WHERE arrangement = ANY(%s) AND state = 'held' AND held_until < %s
    ORDER BY person_id, act FOR UPDATE)
UPDATE booking_appointment a SET state = 'expired', changed_at = %s FROM late l
WHERE a.person_id = l.person_id AND a.act = l.act RETURNING a.site_id, a.starts_at
"""
UNDER = "SELECT arrangement, person_id, state FROM booking_appointment WHERE arrangement = ANY(%s)"
ON_LIST = f"""
SELECT s.campaign, s.person_id, l.leaf_id, s.km, s.since FROM booking_standby s
JOIN {people.LIVING_PERSONS} l ON l.id = s.person_id WHERE s.campaign = ANY(%s) AND l.leaf_id = ANY(%s)
  AND NOT EXISTS (SELECT 1 FROM booking_appointment a WHERE a.person_id = s.person_id AND a.campaign = s.campaign
      AND a.state IN ('held', 'booked', 'arrived'))
"""
TO_COME = """
SELECT site_id, count(*)::int FROM booking_appointment
WHERE site_id = ANY(%s) AND (arrangement IS NULL OR arrangement <> ALL(%s)) AND starts_at >= %s AND starts_at < %s
  AND (state = 'arrived' OR state IN ('held', 'booked') AND starts_at > %s) GROUP BY 1
"""
WAITING_ON = """
SELECT c.site_id, c.campaign, c.call, c.doses, (SELECT count(*) FROM booking_appointment a
    WHERE a.arrangement = c.call AND a.state = 'fulfilled' AND a.booked_at >= c.called_at)::int
FROM booking_standbycall c WHERE c.day = %s AND c.doses > 0 ORDER BY c.site_id, c.campaign
"""
STANDING = frozenset({"held", "booked", "arrived"})
Key = tuple[int, str]


class _Near(NamedTuple):
    """Somebody on standby, and how far from the site they live."""

    km: float
    since: datetime
    person_id: int


@verb(Owner.PERSON, zh="登记余苗候补", en="Stand by for left-over doses", judged_by_room=facts.BY_SEAT_OR_PERSON)
def standby_join(w: Work, items: list[StandbyJoin]) -> Answers:
    """Come at short notice when a dose is left over near by; joining again changes the distance and keeps the turn."""
    reached = people.reached(w.actor, {(i.person_id, None) for i in items})
    answers: dict[UUID, Refusal | Params] = {}
    for i in items:
        if (i.person_id, None) not in reached:
            answers[i.act] = Refusal(access.OUT_OF_AREA)
        elif not 1 <= i.km <= FARTHEST:
            answers[i.act] = Refusal("STANDBY_DISTANCE", {"km": i.km, "most": FARTHEST})
        else:
            answers[i.act] = {"standby": True}
    last = {(i.person_id, i.campaign): i for i in items if not isinstance(answers[i.act], Refusal)}
    sql.insert(
        Standby, ("person_id", "campaign", "km", "since"), [(*key, i.km, i.occurred_at) for key, i in last.items()],
        on_conflict="(person_id, campaign) DO UPDATE SET km = excluded.km",
    )  # fmt: skip
    return answers


@verb(Owner.PERSON, zh="退出余苗候补", en="Stand by no longer", judged_by_room=facts.BY_SEAT_OR_PERSON)
def standby_leave(w: Work, items: list[StandbyLeave]) -> Answers:
    """No more offers; one that is open stays until it is answered or runs out."""
    reached = people.reached(w.actor, {(i.person_id, None) for i in items})
    good = [i for i in items if (i.person_id, None) in reached]
    sql.execute(LEAVE, sql.turn([(i.person_id, i.campaign) for i in good], 2))
    refused: dict[UUID, Refusal | Params] = {i.act: Refusal(access.OUT_OF_AREA) for i in items}
    return refused | {i.act: {"standby": False} for i in good}


@verb(Owner.SITE, zh="呼叫余苗候补", en="Call those on standby", tells=(events.STANDBY_OFFERED,))
def standby_call(w: Work, items: list[StandbyCall], *, rules_for: facts.RulesFor = facts.campaign_rules) -> Answers:
    """In the last hour offer each dose that is left over to one person at a time: later doses first, then who lives nearest.

    An offer is a seat held for some minutes; confirmed, it is a booking; declined or run out, the next call offers it on.
    """
    day = clock.civil_day(w.recorded_at)
    last: dict[Key, StandbyCall] = {(i.site_id, i.campaign): i for i in items}
    calls = {key: call_of(*key, day) for key in last}
    rows = [(*key, day, calls[key], i.doses, w.recorded_at, w.actor.post_id) for key, i in sorted(last.items())]
    columns = ("site_id", "campaign", "day", "call", "doses", "called_at", "called_by")
    sql.insert(
        Call, columns, rows, on_conflict=CALLED
    )  # one call of a site at a time: offers are counted under this lock
    given_up = sql.fetch(STALE, [list(calls.values()), clock.system_now(), w.recorded_at])
    under = sql.fetch(UNDER, [list(calls.values())])
    open_now = {call: sum(c == call and state in STANDING for c, _, state in under) for call in calls.values()}
    left = left_at({site for site, _ in last}, w.recorded_at, list(calls.values()))
    sessions = {s.site_id: s for s in site_selectors.sessions(day, {site for site, _ in last})}
    answers: dict[UUID, Refusal | Params] = {
        i.act: why
        for i in items
        if (why := _refusal(i, last[i.site_id, i.campaign], left[i.site_id], sessions.get(i.site_id), w.recorded_at))
    }
    good = [i for i in items if i.act not in answers]
    more = {i.act: max(0, i.doses - open_now[calls[i.site_id, i.campaign]]) for i in good}
    offers, case = _offers(w, good, more, _near(calls, {(call, person) for call, person, _ in under}), rules_for)
    wanted = [(o.act, o.site_id, o.starts_at) for made in offers.values() for o in made]
    taken = sites.seats_take(w, wanted, given_up, first={act for act, *_ in wanted})
    held: list[tuple[StandbyCall, AppointmentBook]] = []
    for i in good:
        mine = [o for o in offers[i.act] if not isinstance(taken[o.act], Refusal)]
        held += [(i, o) for o in mine]
        answers[i.act] = {"offered": len(mine), "open": open_now[calls[i.site_id, i.campaign]] + len(mine)}
    _hold(w, held, calls, case)
    return answers


def call_of(site_id: int, campaign: str, day: date) -> UUID:
    """The number under which the offers of a site, campaign and day stand."""
    return uuid5(CALLS, f"{site_id}/{campaign}/{day}")


def opens_at(session: SessionRow) -> datetime:
    """From when doses left over of a session may be offered."""
    return session.closes_at - tables.limits()["standby_window"]


def _refusal(i: StandbyCall, last: StandbyCall, left: int, session: SessionRow | None, now: datetime) -> Refusal | None:
    if session is None or session.state == "closed" or now >= session.closes_at:
        return Refusal("SITE_NOT_OPEN", {"site_id": i.site_id})
    if now < opens_at(session):
        return Refusal("STANDBY_TOO_EARLY", {"starts_at": opens_at(session).isoformat()})
    if i is not last or not 0 <= i.doses <= left:
        return Refusal("STANDBY_DOSES", {"doses": i.doses, "left": left})
    return None


def left_at(site_ids: Iterable[int], now: datetime, calls: Collection[UUID]) -> dict[int, int]:
    """Usable doses of each site that nobody is here or booked for; offers under these calls are not counted against them."""
    ids, today = sorted(site_ids), clock.civil_day(now)
    doses = dict.fromkeys(ids, 0)
    for row in supply.stock(ids):
        if row.state == StockState.ON_HAND and row.lot_state == LotState.RELEASED and row.expires >= today:
            doses[row.place_id] += row.doses
    span = midnight(today), midnight(today + timedelta(days=1)), now - site_selectors.slot_length()
    coming = dict(sql.fetch(TO_COME, [ids, list(calls), *span]))
    return {site: max(0, n - coming.get(site, 0)) for site, n in doses.items()}


def _near(calls: Mapping[Key, UUID], offered: Collection[tuple[UUID, int]]) -> dict[Key, list[_Near]]:
    """For each call who is on standby within the distance that they said, and was not offered a dose of it yet; nearest first."""
    today = clock.today()
    places = {s.site_id: s for s in site_selectors.sites(today) if s.site_id in {site for site, _ in calls}}
    away = {site: _distances(row) for site, row in places.items()}
    leaves = {leaf for found in away.values() for leaf, km in found.items() if km <= FARTHEST}
    rows = sql.fetch(ON_LIST, [[campaign for _, campaign in calls], list(leaves)])
    near: dict[Key, list[_Near]] = {}
    for (site, campaign), call in calls.items():
        found = [
            _Near(away[site][leaf], since, person)
            for code, person, leaf, km, since in rows
            if site in away and code == campaign and away[site][leaf] <= km and (call, person) not in offered
        ]
        near[site, campaign] = sorted(found)[:NEXT]
    return near


def _distances(site: SiteRow) -> dict[int, float]:
    """Km from a site to the middle of each street; its own street, and one whose middle is unknown, is near."""
    east = math.cos(math.radians(site.latitude)) * KM_OF_A_DEGREE
    return {
        a.area_id: 0.0 if a.area_id == site.leaf_id or a.longitude is None or a.latitude is None
        else math.hypot((a.longitude - site.longitude) * east, (a.latitude - site.latitude) * KM_OF_A_DEGREE)
        for a in reference.leaves(clock.today())
    }  # fmt: skip


def _free(site_ids: Collection[int], now: datetime) -> dict[int, list[datetime]]:
    """Quarter-hours of today that have not ended, once for each free seat, soonest first."""
    found: dict[int, list[datetime]] = {site: [] for site in site_ids}
    for row in site_selectors.seats(sorted(site_ids), clock.civil_day(now)):
        if row.starts_at + site_selectors.slot_length() > now:
            found[row.site_id] += [row.starts_at] * row.unbooked
    return found


def _offers(
    w: Work, items: Sequence[StandbyCall], more: Mapping[UUID, int], near: Mapping[Key, Sequence[_Near]],
    rules_for: facts.RulesFor,
) -> tuple[dict[UUID, list[AppointmentBook]], Cases]:  # fmt: skip
    """For each call a seat for the first who may have a dose today, as many as doses and seats go round; nobody has two."""
    free = _free({i.site_id for i in items}, w.recorded_at)
    asked = {
        i.act: [
            AppointmentBook(
                act=uuid5(i.act, str(n.person_id)), occurred_at=w.recorded_at, person_id=n.person_id, campaign=i.campaign,
                site_id=i.site_id, starts_at=free[i.site_id][0], hold=True,
            )
            for n in near[i.site_id, i.campaign]
            if more[i.act] and free[i.site_id]
        ]
        for i in items
    }  # fmt: skip
    every = [a for found in asked.values() for a in found]
    had, case = standing([a.person_id for a in every]), Cases(w, every, rules_for)
    offers: dict[UUID, list[AppointmentBook]] = {}
    for i in items:
        able = [a for a in asked[i.act] if _may(a, case, had)]
        first = sorted(able, key=lambda a: -case.rank(a))[: more[i.act]]
        offers[i.act] = [replace(a, starts_at=at) for a, at in zip(first, free[i.site_id], strict=False)]
        free[i.site_id] = free[i.site_id][len(offers[i.act]) :]
        had |= {(a.person_id, a.campaign): seat_of(a) for a in offers[i.act]}
    return offers, case


def _may(a: AppointmentBook, case: Cases, had: Mapping[tuple[int, str], StandingAppointment]) -> bool:
    """Whoever is called at short notice is asked as at the door: releases of seats are for who books ahead."""
    return not (case.refuses(a) or case.misfit(a) or case.near(a, had) or (a.person_id, a.campaign) in had)


def _hold(w: Work, held: Sequence[tuple[StandbyCall, AppointmentBook]], calls: Mapping[Key, UUID], case: Cases) -> None:
    """The seats are theirs until the offer runs out; each is told."""
    until = clock.system_now() + tables.limits()["standby_offer"]
    rows = [
        (o.person_id, o.act, o.campaign, o.site_id, o.starts_at, AppointmentState.HELD, case.rank(o), False, until)
        + (o.occurred_at, w.recorded_at, "", calls[i.site_id, i.campaign])
        for i, o in held
    ]
    sql.insert(Appointment, (*COLUMNS, "arrangement"), rows)
    for i, o in held:
        told: Params = {
            "appointment": str(o.act),
            "site_id": o.site_id,
            "starts_at": o.starts_at.isoformat(),
            "dose_rank": case.rank(o),
        }
        item = replace(i, act=o.act)
        w.announce(events.STANDBY_OFFERED, "person", o.person_id, item, {**told, "campaign": o.campaign})


def waiting_on(day: date) -> list[tuple[int, str, int]]:
    """Calls of a day that may go on: site, campaign, and the doses that are left of them."""
    rows = sql.fetch(WAITING_ON, [day])
    left = left_at({row[0] for row in rows}, clock.now(), [row[2] for row in rows]) if rows else {}
    return [(site, campaign, min(doses - given, left[site])) for site, campaign, _, doses, given in rows]
