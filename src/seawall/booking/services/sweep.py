"""What happens to many appointments at once: marked by a visit, missed, holds run out."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from seawall.platform import clock, sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.sites import services as sites
from seawall.terms.actor import Actor, Reach
from seawall.terms.acts import Item, Refusal
from seawall.terms.bookings import SiteDay
from seawall.terms.codes import AppointmentState, Owner

SYSTEM = Actor(
    account_id=0,
    post_id=0,
    role="SYSTEM",
    grants=frozenset(
        {"batch_return", "capacity_follow", "holds_expire", "short_withdraw", "site_withdraw", "standby_call"}
    ),
    reach=Reach(everywhere=True),
)
FROM = {
    AppointmentState.ARRIVED: ["held", "booked"],
    AppointmentState.FULFILLED: ["booked", "arrived"],
    AppointmentState.CANCELLED: ["held", "booked", "arrived"],
    AppointmentState.MISSED: ["booked"],
}
MARK = f"""
WITH mine AS MATERIALIZED (
    SELECT a.person_id, a.act, a.state = ANY(%s) AS may, a.state FROM booking_appointment a
    JOIN {sql.unnest({"person_id": "bigint", "act": "uuid"})} ON a.person_id = u.person_id AND a.act = u.act
    ORDER BY a.person_id, a.act FOR UPDATE OF a),
done AS (
    UPDATE booking_appointment a SET state = %s, changed_at = %s, held_until = NULL FROM mine m
    WHERE m.may AND a.person_id = m.person_id AND a.act = m.act RETURNING a.act, a.site_id, a.starts_at)
SELECT m.act, m.may, m.state, d.site_id, d.starts_at FROM mine m LEFT JOIN done d ON d.act = m.act
"""
MISS = f"""
WITH late AS MATERIALIZED (
    SELECT a.person_id, a.act FROM booking_appointment a
    JOIN {sql.unnest({"site_id": "bigint", "since": "timestamptz", "until": "timestamptz"})}
      ON a.site_id = u.site_id AND a.starts_at >= u.since AND a.starts_at < u.until
    WHERE a.state = 'booked' ORDER BY a.person_id, a.act FOR UPDATE OF a)
UPDATE booking_appointment a SET state = 'missed', changed_at = %s FROM late l
WHERE a.person_id = l.person_id AND a.act = l.act RETURNING a.site_id
"""
STALE = "SELECT 1 FROM booking_appointment WHERE state = 'held' AND held_until < %s LIMIT 1"
EXPIRE = """
WITH stale AS MATERIALIZED (
    SELECT person_id, act FROM booking_appointment WHERE state = 'held' AND held_until < %s
    ORDER BY person_id, act FOR UPDATE SKIP LOCKED)
UPDATE booking_appointment a SET state = 'expired', changed_at = %s FROM stale s
WHERE a.person_id = s.person_id AND a.act = s.act RETURNING a.site_id, a.starts_at
"""


Marked = Sequence[tuple[int, UUID, Item]]  # person, appointment, and the act that says so


def appointments_mark(w: Work, state: AppointmentState, rows: Marked) -> dict[UUID, Refusal]:
    """Say what became of appointments, inside the transaction of a visit; those that cannot, by appointment."""
    return _mark(w, FROM[state], state, rows)


def appointments_reopen(w: Work, rows: Marked) -> None:
    """Kept appointments whose dose was not given after all: the person has arrived and waits."""
    _mark(w, [AppointmentState.FULFILLED.value], AppointmentState.ARRIVED, rows)


def _mark(w: Work, before: list[str], state: AppointmentState, rows: Marked) -> dict[UUID, Refusal]:
    if not rows:
        return {}
    keys = sorted({(person, appointment) for person, appointment, _ in rows})
    found = sql.fetch(MARK, [before, *sql.turn(keys, 2), state.value, w.recorded_at])
    if state == AppointmentState.CANCELLED:
        sites.seats_release(w, [(site, at) for _, may, _, site, at in found if may])
    known = {act: Refusal("APPOINTMENT_SETTLED", {"state": was}) for act, may, was, _, _ in found if not may}
    lost = {appointment for _, appointment in keys} - {row[0] for row in found}
    return known | {act: Refusal("APPOINTMENT_UNKNOWN", {"appointment": str(act)}) for act in lost}


def midnight(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), clock.zone())


@verb(Owner.SITE, zh="标记失约", en="Mark who did not come")
def appointments_miss(w: Work, items: list[SiteDay]) -> Answers:
    """Mark everybody who was booked at these sites on the day and did not come by the moment of the act."""
    spans = [
        (i.site_id, midnight(i.day), min(i.occurred_at, midnight(date.fromordinal(i.day.toordinal() + 1))))
        for i in items
    ]
    missed: dict[int, int] = {}
    for (site,) in sql.fetch(MISS, [*sql.turn(spans, 3), w.recorded_at]):
        missed[site] = missed.get(site, 0) + 1
    return {i.act: {"missed": missed.get(i.site_id, 0)} for i in items}


def holds_ran_out() -> bool:
    """Whether there is anything to expire: nothing is recorded for nothing."""
    return bool(sql.fetch(STALE, [clock.system_now()]))


@verb(Owner.CITY, zh="收回过期占位", en="Take back expired holds", inside=True)
def holds_expire(w: Work, items: list[Item]) -> Answers:
    """Give back the seats of holds that ran out by the system clock; the answer counts them."""
    seats = sql.fetch(EXPIRE, [clock.system_now(), w.recorded_at])
    sites.seats_release(w, [(site, at) for site, at in seats])
    return {i.act: {"expired": len(seats)} for i in items}
