"""A site leaves service, or doses run short: bookings go to the nearest free seats, of the same day or soon after, or are withdrawn."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID, uuid5

from seawall.platform import clock, sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.sites import selectors as around
from seawall.sites import services as sites
from seawall.terms.acts import Item, Params, Refusal
from seawall.terms.bookings import SiteDay
from seawall.terms.codes import AppointmentState, Owner
from seawall.terms.visits import AppointmentBook

from .. import events, facts
from ..matching import Booked, Doses, Kind, kinds_of
from .batches import spare_withdraw
from .book import Cases, standing
from .sweep import midnight

THEIRS = f"""
SELECT a.person_id, a.act, a.site_id, a.starts_at, a.state, a.campaign FROM booking_appointment a
JOIN {sql.unnest({"site_id": "bigint", "since": "timestamptz", "until": "timestamptz"})}
  ON a.site_id = u.site_id AND a.starts_at >= u.since AND (u.until IS NULL OR a.starts_at < u.until)
WHERE a.state IN ('held', 'booked') ORDER BY a.person_id, a.act FOR UPDATE OF a
"""
SETTLE = f"""
UPDATE booking_appointment a SET site_id = u.site_id, starts_at = u.starts_at, state = u.state, reason = %s,
    changed_at = %s, held_until = NULL
FROM {
    sql.unnest({"person_id": "bigint", "act": "uuid", "site_id": "bigint", "starts_at": "timestamptz", "state": "text"})
} WHERE a.person_id = u.person_id AND a.act = u.act
"""
Seat = tuple[int, datetime]
DAY = timedelta(days=1)


class Theirs(NamedTuple):
    """An appointment at a site that leaves service, locked by this transaction."""

    person_id: int
    act: UUID
    site_id: int
    starts_at: datetime
    state: str
    campaign: str

    @property
    def day(self) -> date:
        return clock.civil_day(self.starts_at)

    @property
    def key(self) -> Booked:
        return self.person_id, self.campaign


@verb(
    Owner.SITE,
    zh="移走停诊当日的预约",
    en="Move bookings of a closed day",
    tells=(
        events.APPOINTMENT_WITHDRAWN,
        events.APPOINTMENT_MOVED,
    ),
    inside=True,
)
def site_withdraw(w: Work, items: list[SiteDay]) -> Answers:
    """Everybody booked at a site on these days gets another seat near by, or loses theirs; both are told."""
    by_site = {i.site_id: i for i in items}
    spare_withdraw(w, _spans(by_site.values()))
    theirs = booked_at(by_site.values())
    near = seats_around(w, theirs, by_site)
    counts = move_out(
        w, theirs, FreeSeats(around.move_rule(), near, kinds_of([t.key for t in theirs])), by_site, "SITE_CLOSED"
    )
    return {i.act: {"moved": counts[i.site_id][0], "withdrawn": counts[i.site_id][1]} for i in items}


def booked_at(spans: Iterable[SiteDay]) -> list[Theirs]:
    """What is held or booked at these sites on these days, locked."""
    return [Theirs(*row) for row in sql.fetch(THEIRS, sql.turn(_spans(spans), 3))]


def _spans(spans: Iterable[SiteDay]) -> list[tuple[int, datetime, datetime | None]]:
    return [(i.site_id, midnight(i.day), midnight(i.last + DAY) if i.last else None) for i in spans]


def seats_around(
    w: Work, theirs: Iterable[Theirs], site_ids: Collection[int], *, own: bool = False
) -> list[tuple[int, int, float, datetime, int, list[str]]]:
    """Free seats around the sites on the days on which a booking may come; `own`: those of the sites themselves too."""
    days = {t.day + timedelta(n) for t in theirs for n in range(around.move_rule().days + 1)}
    return around.seats_near(site_ids, days, w.recorded_at, own=own) if days else []


def move_out(
    w: Work,
    theirs: Sequence[Theirs],
    free: "FreeSeats",
    by_site: Mapping[int, SiteDay],
    reason: str,
    *,
    stay: bool = False,
) -> dict[int, list[int]]:
    """Give these bookings other seats, or take theirs back, and tell each person; moved and withdrawn by site.

    Who is on a round is not sent elsewhere: they wait for the next one.

    `stay`: whoever finds no other seat keeps theirs instead.
    """
    visited = around.not_public({(t.site_id, t.day) for t in theirs})  # a round goes to who cannot come anywhere else
    booked = [t for t in theirs if t.state == AppointmentState.BOOKED and (t.site_id, t.day) not in visited]
    wanted = _nearest(w, booked, free)
    leaving = {t.act: (t.site_id, t.starts_at) for t in theirs if t.act in wanted}
    taken = sites.seats_take(w, [(act, *seat) for act, seat in wanted.items()], leaving=leaving, first=wanted)
    moved = {act: wanted[act] for act, answer in taken.items() if not isinstance(answer, Refusal)}
    if stay:
        theirs = [t for t in theirs if t.act in moved]
    lost = [t for t in theirs if t.act not in moved]
    sites.seats_release(w, [(t.site_id, t.starts_at) for t in lost])
    sql.execute(SETTLE, [reason, w.recorded_at, *sql.turn([_settled(t, moved.get(t.act)) for t in theirs], 5)])
    counts: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for t in theirs:
        counts[t.site_id][t.act not in moved] += 1
        _tell(w, t, moved.get(t.act), by_site[t.site_id], reason)
    return counts


def _nearest(w: Work, booked: Sequence[Theirs], free: "FreeSeats") -> dict[UUID, Seat]:
    """A free seat for each booking in order of time: near by on its day, else near by on a later day, else farther away."""
    rule = free.rule
    ordered = sorted(booked, key=lambda t: (t.starts_at, t.person_id))
    found = {t.act: seat for t in ordered if (seat := free.take(t, t.day, near=True))}
    left = [t for t in ordered if t.act not in found]
    admitted = _admitted(w, left, rule.days)
    for t in left:
        later = [day for n in range(1, rule.days + 1) if (t.act, day := t.day + timedelta(n)) in admitted]
        tries = [*((day, True) for day in later), (t.day, False), *((day, False) for day in later)]
        seat = next((seat for day, near in tries if (seat := free.take(t, day, near=near))), None)
        if seat:
            found[t.act] = seat
    return found


class FreeSeats:
    """Seats that are free around the sites that close, nearest site first; each is taken once."""

    def __init__(
        self, rule: around.MoveRule, rows: Iterable[tuple[int, int, float, datetime, int, list[str]]],
        kinds: Mapping[Booked, Kind], doses: Doses | None = None,
    ) -> None:  # fmt: skip
        self.rule, self.kinds, self.doses = rule, kinds, doses
        self.given: dict[tuple[int, date], list[str]] = {}
        self.sites: dict[int, dict[int, bool]] = defaultdict(dict)
        self.times: dict[tuple[int, date], list[datetime]] = defaultdict(list)
        self.free: dict[Seat, int] = {}
        for gone, site, km, at, seats, products in rows:
            self.sites[gone][site] = km <= rule.near_km
            if (site, at) not in self.free:
                self.times[site, clock.civil_day(at)].append(at)
                self.given[site, clock.civil_day(at)] = products
            self.free[site, at] = seats

    def _gives(self, site: int, day: date, kind: Kind) -> bool:
        """Whether a session gives something that the person may have, and a dose of it is left."""
        if self.doses and not self.doses.left(site, day, kind):
            return False
        given = self.given.get((site, day))
        return not given or not kind.isdisjoint(given)

    def take(self, t: Theirs, day: date, *, near: bool) -> Seat | None:
        """At the nearest site, in the same part of the day where one can, at the time nearest to its own."""
        wished, kind = t.starts_at + (day - t.day), self.kinds.get(t.key, frozenset())
        open_at = [
            (abs(at - wished) > self.rule.shift, place, abs(at - wished), site, at)
            for place, (site, close) in enumerate(self.sites[t.site_id].items())
            if close is near and self._gives(site, day, kind)
            for at in self.times[site, day]
        ]
        if not open_at:
            return None
        *_, site, at = min(open_at)
        if self.doses:
            self.doses.take(site, day, kind)
        self.free[site, at] -= 1
        if not self.free[site, at]:
            self.times[site, day].remove(at)
        return site, at


def _admitted(w: Work, left: Sequence[Theirs], days: int) -> set[tuple[UUID, date]]:
    """Bookings and later days on which medicine, the campaign and a seat of another campaign let the person come."""
    asked = {
        (t.act, t.day + timedelta(n)): AppointmentBook(
            act=uuid5(t.act, str(n)),
            occurred_at=w.recorded_at,
            person_id=t.person_id,
            campaign=t.campaign,
            site_id=t.site_id,
            starts_at=t.starts_at + timedelta(n),
        )
        for t in left
        for n in range(1, days + 1)
    }
    case, kept = (
        Cases(w, list(asked.values()), facts.campaign_rules),
        standing((t.person_id for t in left), locked=False),
    )
    return {key for key, item in asked.items() if (case.refuses(item) or case.near(item, kept)) is None}


def _settled(t: Theirs, seat: Seat | None) -> tuple[object, ...]:
    site, at = seat or (t.site_id, t.starts_at)
    return t.person_id, t.act, site, at, AppointmentState.BOOKED if seat else AppointmentState.CANCELLED


def _tell(w: Work, t: Theirs, seat: Seat | None, closing: SiteDay, reason: str) -> None:
    """One fact for each person: where they go now, or that the seat is gone."""
    item = Item(act=t.act, occurred_at=closing.occurred_at)
    site, at = seat or (t.site_id, t.starts_at)
    told: Params = {"appointment": str(t.act), "site_id": site, "starts_at": at.isoformat(), "reason": reason}
    fact = events.APPOINTMENT_MOVED if seat else events.APPOINTMENT_WITHDRAWN
    w.announce(fact, "person", t.person_id, item, {**told, **({"from_site_id": t.site_id} if seat else {})})
