"""The one count of capacity: seats are taken and given back here, by guarded updates, in (site, time) order."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from seawall.platform import sql
from seawall.platform.verbs import Work
from seawall.terms.acts import Params, Refusal
from seawall.terms.codes import SiteState

from . import tables

Seat = tuple[int, datetime]

# The site is held as well: one that is closing waits for the seats being taken, and is seen closed by those that follow.
LOCK = f"""
SELECT s.site_id, s.starts_at, s.capacity, s.taken, d.state, p.state, p.closed_on <= s.day, s.set_aside, s.returns_at
FROM sites_slot s JOIN {sql.unnest({"site_id": "bigint", "starts_at": "timestamptz"})}
  ON s.site_id = u.site_id AND s.starts_at = u.starts_at
JOIN sites_session d ON d.site_id = s.site_id AND d.day = s.day JOIN sites_site p ON p.site_id = s.site_id
ORDER BY s.site_id, s.starts_at FOR UPDATE OF s FOR KEY SHARE OF p
"""
SHIFT = f"""
UPDATE sites_slot s SET taken = s.taken + u.delta, set_aside = u.set_aside, returns_at = u.returns_at
FROM {
    sql.unnest(
        {"site_id": "bigint", "starts_at": "timestamptz", "delta": "int"}
        | {"set_aside": "int", "returns_at": "timestamptz"}
    )
}
WHERE s.site_id = u.site_id AND s.starts_at = u.starts_at AND s.taken + u.delta BETWEEN 0 AND s.capacity
"""
KEPT = "CASE WHEN s.returns_at > %s THEN s.set_aside ELSE 0 END"
"""Seats of a quarter-hour `s` that were cancelled and are kept from who books ahead, at a moment."""
NEAREST = f"""
SELECT u.site_id, u.starts_at, array_agg(n.starts_at ORDER BY n.away)
FROM {sql.unnest({"site_id": "bigint", "starts_at": "timestamptz"})}, LATERAL (
    SELECT s.starts_at, abs(extract(epoch FROM s.starts_at - u.starts_at)) AS away
    FROM sites_slot s JOIN sites_session d ON d.site_id = s.site_id AND d.day = s.day
    WHERE s.site_id = u.site_id AND s.taken + {KEPT} < s.capacity AND d.state <> 'closed' AND s.starts_at <> u.starts_at
      AND s.starts_at BETWEEN greatest(u.starts_at - interval '3 days', %s) AND u.starts_at + interval '3 days'
    ORDER BY away, s.starts_at LIMIT 3) n
GROUP BY u.site_id, u.starts_at
"""


FIT = f"""
WITH mine AS MATERIALIZED (
    SELECT s.site_id, s.starts_at, u.bears FROM sites_slot s
    JOIN {sql.unnest({"site_id": "bigint", "starts_at": "timestamptz", "bears": "int"})}
      ON s.site_id = u.site_id AND s.starts_at = u.starts_at ORDER BY s.site_id, s.starts_at FOR UPDATE OF s)
UPDATE sites_slot s SET capacity = greatest(least(s.planned, m.bears), s.taken)
FROM mine m WHERE s.site_id = m.site_id AND s.starts_at = m.starts_at
"""


PLAN = f"""
UPDATE sites_slot s SET planned = u.seats, capacity = greatest(u.seats, s.taken)
FROM {sql.unnest({"site_id": "bigint", "starts_at": "timestamptz", "seats": "int"})}
WHERE s.site_id = u.site_id AND s.starts_at = u.starts_at
"""


class SeatsBroken(Exception):
    """A locked slot did not take what it had room for: nothing is written."""


class _Slot(NamedTuple):
    capacity: int
    taken: int
    session: str
    site: str
    ended: bool | None
    set_aside: int
    returns_at: datetime | None

    def kept(self, now: datetime) -> int:
        """Free seats that are kept from who books ahead."""
        return self.set_aside if self.returns_at and now < self.returns_at else 0


def seats_take(
    w: Work,
    wanted: Sequence[tuple[UUID, int, datetime]],
    given_up: Sequence[Seat] = (),
    leaving: Mapping[UUID, Seat] | None = None,
    *,
    cancelled: Sequence[Seat] = (),
    cancels: Collection[UUID] = (),
    first: Collection[UUID] = (),
) -> dict[UUID, Refusal | Params]:
    """Take one seat for each act, in the order given; inside the caller's transaction.

    Slots are locked in (site, time) order together with those of `given_up`, whose seats go back first. Where a slot
    cannot take all, the first have it and the others hear of the three nearest seats that are free. `leaving` names the
    seat that an act moves from: it goes back only if the act has its new one, and not to others of this batch.

    `cancelled` seats, and those left by the acts `cancels`, were somebody's booking: they are kept from who books ahead
    until the city's next announced time. The acts `first` may have them all the same: who stands at the door, or lost a seat.
    """
    leaving = leaving or {}
    back = Counter(given_up) + Counter(cancelled)
    keys = sorted({(site, at) for _, site, at in wanted} | back.keys() | set(leaving.values()))
    if not keys:
        return {}
    slots = {(row[0], row[1]): _Slot(*row[2:]) for row in sql.fetch(LOCK, sql.turn(keys, 2), prepared=True)}
    free = {key: slot.capacity - slot.taken + back[key] for key, slot in slots.items()}
    late = Counter(cancelled) + Counter(leaving[act] for act in cancels if act in leaving)
    returns = {key: tables.seats_return(w.recorded_at, key[1]) for key in late}
    kept = Counter({key: slot.kept(w.recorded_at) for key, slot in slots.items()})
    kept.update({key: n for key, n in Counter(cancelled).items() if returns[key]})
    answers: dict[UUID, Refusal | Params] = {}
    deltas = Counter({key: -n for key, n in back.items()})
    gone: dict[UUID, Seat] = {}
    for act, site, at in wanted:
        refusal = _closed(slots.get((site, at)), site, at)
        if refusal:
            answers[act] = refusal
        elif free[site, at] - (0 if act in first else kept[site, at]) < 1:
            gone[act] = (site, at)
        else:
            free[site, at] -= 1
            deltas[site, at] += 1
            answers[act] = {}
            if act in leaving:
                deltas[leaving[act]] -= 1
                rests = act in cancels and leaving[act] != (site, at) and returns[leaving[act]]
                kept[leaving[act]] += bool(rests)
    _shift(w, deltas, slots, kept, returns)
    return answers | _told(w, gone, slots)


def seats_release(w: Work, given_up: Sequence[Seat] = (), *, cancelled: Sequence[Seat] = ()) -> None:
    """Give seats back, at once or, of a booking, at the announced time; inside the caller's transaction."""
    seats_take(w, (), given_up, cancelled=cancelled)


def seats_fit(bears: Sequence[tuple[int, datetime, int]]) -> None:
    """Offer in each quarter-hour what it bears, at most what is planned; seats that are taken stay. Inside the caller's transaction."""
    sql.execute(FIT, sql.turn(sorted(bears), 3))


def seats_plan(seats: Mapping[Seat, int]) -> None:
    """Plan quarter-hours each with its own number, as a round needs them. Inside the caller's transaction, which planned the day."""
    sql.execute(PLAN, sql.turn([(*seat, number) for seat, number in sorted(seats.items())], 3))


def _closed(slot: _Slot | None, site: int, at: datetime) -> Refusal | None:
    if slot is None:
        return Refusal("NO_SUCH_SLOT", {"site_id": site, "starts_at": at.isoformat()})
    if slot.site != SiteState.OPEN or slot.ended or slot.session == "closed":
        return Refusal("SITE_NOT_OPEN", {"site_id": site})
    return None


def _shift(
    w: Work,
    deltas: Counter[Seat],
    slots: Mapping[Seat, _Slot],
    kept: Counter[Seat],
    returns: Mapping[Seat, datetime | None],
) -> None:
    """Write the count of each slot, and how many of its free seats are kept until when."""
    rows = []
    for key in sorted(key for key, delta in deltas.items() if delta or returns.get(key)):
        slot, set_aside = slots.get(key), 0
        if slot is not None:
            set_aside = max(0, min(kept[key], slot.capacity - slot.taken - deltas[key]))
        until = (returns.get(key) or (slot and slot.returns_at)) if set_aside else None
        rows.append((*key, deltas[key], set_aside, until))
    if rows and sql.execute(SHIFT, sql.turn(rows, 5), prepared=True) != len(rows):
        raise SeatsBroken(rows)


def _told(w: Work, gone: Mapping[UUID, Seat], slots: Mapping[Seat, _Slot]) -> dict[UUID, Refusal | Params]:
    """SEAT_GONE for each, or when cancelled seats return; with the site's nearest free seats as ISO times parted by spaces."""
    if not gone:
        return {}
    keys, now = sorted(set(gone.values())), w.recorded_at
    rows = sql.fetch(NEAREST, [*sql.turn(keys, 2), now, now])
    near = {(site, at): " ".join(moment.isoformat() for moment in found) for site, at, found in rows}
    told: dict[UUID, Refusal | Params] = {}
    for act, seat in gone.items():
        params: Params = {"site_id": seat[0], "starts_at": seat[1].isoformat(), "alternatives": near.get(seat, "")}
        slot = slots[seat]
        if slot.returns_at and slot.kept(now):
            told[act] = Refusal("SEAT_RETURNS", {**params, "returns_at": slot.returns_at.isoformat()})
        else:
            told[act] = Refusal("SEAT_GONE", params)
    return told
