"""A site leaves service: its bookings go to the nearest free seats of the same day, and the rest are withdrawn."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from seawall.platform import clock, sql
from seawall.platform.verbs import Work, run_verb
from seawall.sites import selectors as around
from seawall.sites import services as sites
from seawall.terms.actor import Actor
from seawall.terms.acts import Item, Outcome, Params, Refusal
from seawall.terms.bookings import SiteDay
from seawall.terms.codes import AppointmentState

from .. import events
from .sweep import midnight

THEIRS = f"""
SELECT a.person_id, a.act, a.site_id, a.starts_at, a.state FROM booking_appointment a
JOIN {sql.unnest({"site_id": "bigint", "since": "timestamptz"})} ON a.site_id = u.site_id AND a.starts_at >= u.since
WHERE a.state IN ('held', 'booked') ORDER BY a.person_id, a.act FOR UPDATE OF a
"""
SETTLE = f"""
UPDATE booking_appointment a SET site_id = u.site_id, starts_at = u.starts_at, state = u.state, reason = 'SITE_CLOSED',
    changed_at = %s, held_until = NULL
FROM {
    sql.unnest({"person_id": "bigint", "act": "uuid", "site_id": "bigint", "starts_at": "timestamptz", "state": "text"})
} WHERE a.person_id = u.person_id AND a.act = u.act
"""
Seat = tuple[int, datetime]


class Theirs(NamedTuple):
    """An appointment at a site that leaves service, locked by this transaction."""

    person_id: int
    act: UUID
    site_id: int
    starts_at: datetime
    state: str


def site_withdraw(actor: Actor, items: Sequence[SiteDay]) -> list[Outcome]:
    """Everybody booked at a site from the day on gets another seat of that day near by, or loses theirs; both are told."""
    return run_verb(actor, "site_withdraw", items, owner="site", owner_id=lambda i: i.site_id, work=_withdraw)


def _withdraw(w: Work, items: list[SiteDay]) -> Mapping[UUID, Refusal | Params]:
    by_site = {i.site_id: i for i in items}
    since = [(i.site_id, midnight(i.day)) for i in by_site.values()]
    theirs = [Theirs(*row) for row in sql.fetch(THEIRS, sql.turn(since, 2))]
    wanted = _nearest(w, [t for t in theirs if t.state == AppointmentState.BOOKED], list(by_site))
    leaving = {t.act: (t.site_id, t.starts_at) for t in theirs if t.act in wanted}
    taken = sites.seats_take(w, [(act, *seat) for act, seat in wanted.items()], leaving=leaving)
    moved = {act: wanted[act] for act, answer in taken.items() if not isinstance(answer, Refusal)}
    lost = [t for t in theirs if t.act not in moved]
    sites.seats_release(w, [(t.site_id, t.starts_at) for t in lost])
    sql.execute(SETTLE, [w.recorded_at, *sql.turn([_settled(t, moved.get(t.act)) for t in theirs], 5)])
    counts: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for t in theirs:
        counts[t.site_id][t.act not in moved] += 1
        _tell(w, t, moved.get(t.act), by_site[t.site_id])
    return {i.act: {"moved": counts[i.site_id][0], "withdrawn": counts[i.site_id][1]} for i in items}


def _nearest(w: Work, booked: Sequence[Theirs], closed: Sequence[int]) -> dict[UUID, Seat]:
    """A free seat for each booking in order of time: at the nearest site that has one, at the time nearest to its own."""
    days = {clock.civil_day(t.starts_at) for t in booked}
    shift = around.move_shift()
    near: dict[int, dict[int, list[datetime]]] = defaultdict(lambda: defaultdict(list))
    free: dict[Seat, int] = {}
    for gone, site, _, at, seats in around.seats_near(closed, days, w.recorded_at) if days else ():
        near[gone][site].append(at)
        free[site, at] = seats
    found: dict[UUID, Seat] = {}
    for t in sorted(booked, key=lambda t: (t.starts_at, t.person_id)):
        for site, times in near[t.site_id].items():
            open_at = [at for at in times if free[site, at] and abs(at - t.starts_at) <= shift]
            if open_at:
                seat = site, min(open_at, key=lambda at: abs(at - t.starts_at))
                free[seat] -= 1
                found[t.act] = seat
                break
    return found


def _settled(t: Theirs, seat: Seat | None) -> tuple[object, ...]:
    site, at = seat or (t.site_id, t.starts_at)
    return t.person_id, t.act, site, at, AppointmentState.BOOKED if seat else AppointmentState.CANCELLED


def _tell(w: Work, t: Theirs, seat: Seat | None, closing: SiteDay) -> None:
    """One fact for each person: where they go now, or that the seat is gone."""
    item = Item(act=t.act, occurred_at=closing.occurred_at)
    site, at = seat or (t.site_id, t.starts_at)
    told: Params = {"appointment": str(t.act), "site_id": site, "starts_at": at.isoformat(), "reason": "SITE_CLOSED"}
    fact = events.APPOINTMENT_MOVED if seat else events.APPOINTMENT_WITHDRAWN
    w.announce(fact, "person", t.person_id, item, {**told, **({"from_site_id": t.site_id} if seat else {})})
