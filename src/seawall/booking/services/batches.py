"""Organisations book their rosters in batches: seats kept together, names filled in, leftovers given back to the public."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID, uuid5

from seawall.campaigns import selectors as campaigns
from seawall.people import selectors as people
from seawall.platform import access, clock, sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.sites import selectors as site_selectors
from seawall.sites import services as sites
from seawall.terms.acts import Params, Refusal
from seawall.terms.bookings import BatchArrange, BatchReturn, BatchSeat
from seawall.terms.codes import AppointmentState, Owner
from seawall.terms.visits import AppointmentBook

from .. import facts, tables
from ..models import Appointment, Batch, SpareSeat
from ..selectors import final_at
from .book import COLUMNS, REPLACE, Cases, StandingAppointment, let_go, seat_of, standing
from .sweep import midnight

MOST_SEATS = 1_000
LOCK = """
SELECT act, organisation_id, campaign, site_id, starts_at FROM booking_batch WHERE act = ANY(%s) ORDER BY act FOR UPDATE
"""
SPARE = """
SELECT batch, site_id, starts_at, seats FROM booking_spareseat WHERE batch = ANY(%s) AND seats > 0
ORDER BY batch, starts_at FOR UPDATE
"""
SPARE_AT = f"""
SELECT s.batch, s.site_id, s.starts_at, s.seats FROM booking_spareseat s
JOIN {sql.unnest({"site_id": "bigint", "since": "timestamptz", "until": "timestamptz"})}
  ON s.site_id = u.site_id AND s.starts_at >= u.since AND (u.until IS NULL OR s.starts_at < u.until)
WHERE s.seats > 0 ORDER BY s.batch, s.starts_at FOR UPDATE OF s
"""
SET_SPARE = f"""
UPDATE booking_spareseat s SET seats = u.seats FROM {sql.unnest({"batch": "uuid", "starts_at": "timestamptz", "seats": "int"})}
WHERE s.batch = u.batch AND s.starts_at = u.starts_at
"""
WHO = (
    "SELECT person_id, act, arrangement FROM booking_appointment WHERE person_id = ANY(%s) AND arrangement IS NOT NULL"
)
GIVE_BACK = """
WITH theirs AS MATERIALIZED (
    SELECT person_id, act FROM booking_appointment WHERE arrangement = ANY(%s) AND state IN ('held', 'booked')
    ORDER BY person_id, act FOR UPDATE)
UPDATE booking_appointment a SET state = 'cancelled', reason = 'BATCH_RETURNED', changed_at = %s, held_until = NULL
FROM theirs t WHERE a.person_id = t.person_id AND a.act = t.act RETURNING a.arrangement, a.site_id, a.starts_at
"""
LEFT_OVER = """
SELECT DISTINCT b.act, b.organisation_id FROM booking_spareseat s JOIN booking_batch b ON b.act = s.batch
WHERE s.seats > 0 AND s.starts_at < %s ORDER BY 1
"""
Place = tuple[int, datetime]


class LockedBatch(NamedTuple):
    """A batch locked by this transaction."""

    act: UUID
    organisation_id: int
    campaign: str
    site_id: int
    starts_at: datetime


@verb(
    Owner.ORGANISATION, zh="安排单位批次", en="Arrange batches of organisations", judged_by_room=facts.BY_ORGANISATION
)
def batch_arrange(w: Work, items: list[BatchArrange], *, rules_for: facts.RulesFor = facts.campaign_rules) -> Answers:
    """Keep seats together for a part of an organisation, and seat whom it names, in their order; the rest stay without a name.

    The answer counts who could not be seated and never says why: an organisation learns no health reason.
    """
    refused = _not_arranged(w, items)
    good = [i for i in items if i.act not in refused]
    able = _able(w, good, rules_for)
    places, refused_room = _places(good)
    wanted = [
        (uuid5(i.act, f"seat/{n}"), *place) for i in good if i.act in places for n, place in enumerate(places[i.act])
    ]
    taken = sites.seats_take(w, wanted, able.given_up)
    kept: list[BatchArrange] = []
    for i in good:
        mine = [taken[uuid5(i.act, f"seat/{n}")] for n in range(len(places.get(i.act, ())))]
        stopped = refused_room.get(i.act) or next((answer for answer in mine if isinstance(answer, Refusal)), None)
        if stopped:
            refused[i.act] = stopped
        else:
            kept.append(i)
    lost = [
        (site, at)
        for i in good
        if i.act in refused
        for n, (site, at) in enumerate(places.get(i.act, ()))
        if not isinstance(taken[uuid5(i.act, f"seat/{n}")], Refusal)
    ]
    sites.seats_release(w, lost)
    return refused | _arranged(w, kept, able, places)


class _Able(NamedTuple):
    """Who of each batch may have a seat, in order; what the campaign says of them; seats of holds that ran out."""

    of: Mapping[UUID, Sequence[AppointmentBook]]
    case: Cases
    given_up: Sequence[Place]


def _not_arranged(w: Work, items: Sequence[BatchArrange]) -> dict[UUID, Refusal | Params]:
    """Batches that cannot be, whatever seats there are."""
    reached = people.organisations_reached(w.actor, (i.organisation_id for i in items))
    known = {code for code in {i.campaign for i in items} if campaigns.campaign(code)}
    refused: dict[UUID, Refusal | Params] = {}
    for i in items:
        if i.organisation_id not in reached:
            refused[i.act] = Refusal(access.OUT_OF_AREA)
        elif i.campaign not in known:
            refused[i.act] = Refusal("CAMPAIGN_NOT_HERE", {"campaign": i.campaign})
        elif not i.label.strip():
            refused[i.act] = Refusal("BATCH_WITHOUT_LABEL")
        elif min(i.per_slot, i.seats) < 1 or max(i.per_slot, i.seats) > MOST_SEATS:
            refused[i.act] = Refusal("BATCH_SIZE", {"seats": i.seats, "per_slot": i.per_slot, "most": MOST_SEATS})
        elif final_at(i.starts_at) <= w.recorded_at:
            refused[i.act] = _final(i.starts_at)
    return refused


def _final(starts_at: datetime) -> Refusal:
    return Refusal("BATCH_FINAL", {"starts_at": final_at(starts_at).isoformat()})


def _able(w: Work, items: Sequence[BatchArrange], rules_for: facts.RulesFor) -> _Able:
    """Members of the organisation without a seat, whom medicine, campaign and release let come on the day."""
    asked = {i.act: [_booking(i, person) for person in dict.fromkeys(i.persons)] for i in items}
    every = [booking for bookings in asked.values() for booking in bookings]
    persons = sorted({b.person_id for b in every})
    had, case = standing(persons), Cases(w, every, rules_for)
    given_up = let_go(w, had, clock.system_now())
    belong = people.members((i.organisation_id for i in items), clock.civil_day(w.recorded_at))
    able: dict[UUID, list[AppointmentBook]] = defaultdict(list)
    for i in items:
        for booking in asked[i.act]:
            if (i.organisation_id, booking.person_id) in belong and _withheld(case, booking, had) is None:
                able[i.act].append(booking)
                had[booking.person_id, booking.campaign] = seat_of(booking)
    return _Able(able, case, given_up)


def _withheld(
    case: Cases, booking: AppointmentBook, had: Mapping[tuple[int, str], StandingAppointment]
) -> Refusal | None:
    """Why this person cannot be seated; whoever holds a seat of their own choice keeps it."""
    before = had.get((booking.person_id, booking.campaign))
    found = case.refuses(booking) or case.misfit(booking) or case.unreleased(booking) or case.near(booking, had)
    return found or (before.refusal() if before else None)


def _booking(i: BatchArrange, person: int) -> AppointmentBook:
    return AppointmentBook(
        act=uuid5(i.act, str(person)), occurred_at=i.occurred_at, person_id=person, campaign=i.campaign,
        site_id=i.site_id, starts_at=i.starts_at,
    )  # fmt: skip


def _places(items: Sequence[BatchArrange]) -> tuple[dict[UUID, list[Place]], dict[UUID, Refusal]]:
    """Free seats from the beginning of each batch on, no more in a quarter-hour than it wants; or how many there are."""
    by_day: dict[date, set[int]] = defaultdict(set)
    for i in items:
        by_day[clock.civil_day(i.starts_at)].add(i.site_id)
    rows = [seat for day, site_ids in by_day.items() for seat in site_selectors.seats(site_ids, day)]
    free = {(row.site_id, row.starts_at): row.free for row in rows}
    places: dict[UUID, list[Place]] = {}
    refused: dict[UUID, Refusal] = {}
    for i in items:
        day = clock.civil_day(i.starts_at)
        mine = [
            (site, at)
            for site, at in sorted(free)
            if site == i.site_id and at >= i.starts_at and clock.civil_day(at) == day
            for _ in range(min(i.per_slot, max(0, free[site, at])))
        ]
        if len(mine) < i.seats:
            told: Params = {"seats": i.seats, "free": len(mine), "site_id": i.site_id, "day": day.isoformat()}
            refused[i.act] = Refusal("BATCH_NO_ROOM", told)
            continue
        places[i.act] = mine[: i.seats]
        for place in places[i.act]:
            free[place] -= 1
    return places, refused


def _arranged(w: Work, items: Sequence[BatchArrange], able: _Able, places: Mapping[UUID, list[Place]]) -> Answers:
    """The batches with their seats, the first of them with names."""
    heads, seats, spare = [], [], []
    answers: dict[UUID, Refusal | Params] = {}
    for i in items:
        seated = [
            (replace(booking, starts_at=at), i.act)
            for booking, (_, at) in zip(able.of.get(i.act, ()), places[i.act], strict=False)
        ]
        seats += seated
        left = Counter(places[i.act])
        left.subtract((b.site_id, b.starts_at) for b, _ in seated)
        spare += [(i.act, site, at, n) for (site, at), n in sorted(left.items())]
        heads.append(
            (i.act, i.organisation_id, i.campaign, i.label.strip(), i.site_id, i.starts_at, i.seats, i.per_slot)
            + (w.recorded_at, w.actor.post_id)
        )
        can = len(able.of.get(i.act, ()))
        told = {"seated": len(seated), "over": can - len(seated), "withheld": len(set(i.persons)) - can}
        answers[i.act] = {"batch": str(i.act), "seats": i.seats, **told}
    columns = ("act", "organisation_id", "campaign", "label", "site_id", "starts_at", "seats", "per_slot")
    sql.insert(Batch, (*columns, "arranged_at", "arranged_by"), heads)
    sql.insert(SpareSeat, ("batch", "site_id", "starts_at", "seats"), spare)
    _insert(w, able.case, seats)
    return answers


def _insert(w: Work, case: Cases, seats: Iterable[tuple[AppointmentBook, UUID]]) -> None:
    """Appointments that stand under a batch."""
    rows = [
        (b.person_id, b.act, b.campaign, b.site_id, b.starts_at, AppointmentState.BOOKED, case.rank(b), False, None)
        + (b.occurred_at, w.recorded_at, "", batch)
        for b, batch in seats
    ]
    sql.insert(Appointment, (*COLUMNS, "arrangement"), rows)


def _locked(batches: Iterable[UUID]) -> dict[UUID, LockedBatch]:
    return {row[0]: LockedBatch(*row) for row in sql.fetch(LOCK, [sorted(set(batches))])}


def _unreached(
    w: Work, items: Sequence[BatchSeat | BatchReturn], had: Mapping[UUID, LockedBatch]
) -> dict[UUID, Refusal]:
    reached = people.organisations_reached(w.actor, (b.organisation_id for b in had.values()))
    found: dict[UUID, Refusal] = {}
    for i in items:
        batch = had.get(i.batch)
        if batch is None or batch.organisation_id != i.organisation_id:
            found[i.act] = Refusal("BATCH_UNKNOWN", {"batch": str(i.batch)})
        elif batch.organisation_id not in reached:
            found[i.act] = Refusal(access.OUT_OF_AREA)
    return found


@verb(
    Owner.ORGANISATION, zh="填补或替换批次人员", en="Name who comes with a batch", judged_by_room=facts.BY_ORGANISATION
)
def batch_seat(w: Work, items: list[BatchSeat], *, rules_for: facts.RulesFor = facts.campaign_rules) -> Answers:
    """Until the eve somebody takes a seat without a name, or the seat of somebody who then comes no more."""
    had = _locked(i.batch for i in items)
    answers: dict[UUID, Refusal | Params] = {**_unreached(w, items, had)}
    answers |= {
        i.act: _final(had[i.batch].starts_at) for i in items if i.act not in answers and _ended(w, had[i.batch])
    }
    good = [i for i in items if i.act not in answers]
    spare = {row[0:3]: row[3] for row in sql.fetch(SPARE, [sorted({i.batch for i in good})])}
    kept = standing({p for i in good for p in (i.person_id, i.instead_of) if p is not None})
    under = {
        (person, act): batch for person, act, batch in sql.fetch(WHO, [[i.instead_of for i in good if i.instead_of]])
    }
    asked = {i.act: _named(i, had[i.batch]) for i in good}
    case = Cases(w, list(asked.values()), rules_for)
    belong = people.members((i.organisation_id for i in good), clock.civil_day(w.recorded_at))
    seated: list[tuple[AppointmentBook, UUID]] = []
    gone: list[tuple[int, UUID]] = []
    used: Counter[tuple[UUID, int, datetime]] = Counter()
    for i in good:
        booking, batch = asked[i.act], had[i.batch]
        before = kept.get((i.instead_of, batch.campaign)) if i.instead_of else None
        if (i.organisation_id, i.person_id) not in belong or _withheld(case, booking, kept):
            answers[i.act] = Refusal("BATCH_PERSON_WITHHELD")
            continue
        if i.instead_of and (
            before is None or under.get((i.instead_of, before.act)) != i.batch or before.state != "booked"
        ):
            answers[i.act] = Refusal("BATCH_NOT_IN_IT")
            continue
        place = (before.site_id, before.starts_at) if before else _spare_of(i.batch, spare, used)
        if place is None:
            answers[i.act] = Refusal("BATCH_FULL")
            continue
        if before and i.instead_of:
            gone.append((i.instead_of, before.act))
            del kept[i.instead_of, batch.campaign]
        else:
            used[(i.batch, *place)] += 1
        booking = replace(booking, site_id=place[0], starts_at=place[1])
        kept[i.person_id, batch.campaign] = seat_of(booking)
        seated.append((booking, i.batch))
        answers[i.act] = {"appointment": str(booking.act), "site_id": place[0], "starts_at": place[1].isoformat()}
    sql.execute(REPLACE, [w.recorded_at, *sql.turn(gone, 2)])
    sql.execute(SET_SPARE, sql.turn([(b, at, spare[b, site, at] - n) for (b, site, at), n in used.items()], 3))
    _insert(w, case, seated)
    return answers


def _ended(w: Work, batch: LockedBatch) -> bool:
    return final_at(batch.starts_at) <= w.recorded_at


def _named(i: BatchSeat, batch: LockedBatch) -> AppointmentBook:
    return AppointmentBook(
        act=i.act, occurred_at=i.occurred_at, person_id=i.person_id, campaign=batch.campaign, site_id=batch.site_id,
        starts_at=batch.starts_at,
    )  # fmt: skip


def _spare_of(
    batch: UUID, spare: Mapping[tuple[UUID, int, datetime], int], used: Mapping[tuple[UUID, int, datetime], int]
) -> Place | None:
    """The first seat of a batch that has no name."""
    found = (key for key in sorted(spare) if key[0] == batch and spare[key] > used[key])
    key = next(found, None)
    return (key[1], key[2]) if key else None


@verb(
    Owner.ORGANISATION, zh="退回批次号源", en="Give seats of batches back", judged_by_room=facts.BY_ORGANISATION, destroys=True
)  # fmt: skip
def batch_return(w: Work, items: list[BatchReturn]) -> Answers:
    """Seats without a name go back to the public; with `everybody` the seats that have one too.

    On the eve, from the moment at which names stand, at once: that moment is known to all. Before it at the announced times.
    """
    had = _locked(i.batch for i in items)
    answers: dict[UUID, Refusal | Params] = {**_unreached(w, items, had)}
    good = {i.batch: i for i in items if i.act not in answers}
    whole = [batch for batch, i in good.items() if i.everybody]
    cancelled = sql.fetch(GIVE_BACK, [whole, w.recorded_at]) if whole else []
    spare = sql.fetch(SPARE, [sorted(good)])
    sql.execute(SET_SPARE, sql.turn([(batch, at, 0) for batch, _, at, _ in spare], 3))
    back = [(batch, site, at) for batch, site, at, n in spare for _ in range(n)] + cancelled
    due, early = ([(site, at) for b, site, at in back if _ended(w, had[b]) is ended] for ended in (True, False))
    sites.seats_release(w, due, cancelled=early)
    returned: Counter[UUID] = Counter()
    for batch, _, _, n in spare:
        returned[batch] += n
    people_of = Counter(batch for batch, _, _ in cancelled)
    told = {i.act: {"returned": returned[i.batch], "cancelled": people_of[i.batch]} for i in good.values()}
    return answers | {i.act: told.get(i.act, {"returned": 0, "cancelled": 0}) for i in items if i.act not in answers}


def spare_withdraw(w: Work, spans: Sequence[tuple[int, datetime, datetime | None]]) -> None:
    """Seats without a name at sites that leave service (site, from, until) are kept no more."""
    rows = sql.fetch(SPARE_AT, sql.turn(spans, 3))
    sql.execute(SET_SPARE, sql.turn([(batch, at, 0) for batch, _, at, _ in rows], 3))
    sites.seats_release(w, [(site, at) for _, site, at, n in rows for _ in range(n)])


def left_over() -> list[tuple[UUID, int]]:
    """Batches whose names stand and that have seats without one: batch and organisation."""
    day = clock.civil_day(clock.now() + tables.limits()["batch_final"])
    return sql.fetch(LEFT_OVER, [midnight(day + timedelta(days=1))])
