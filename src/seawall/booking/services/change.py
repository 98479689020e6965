"""Held becomes booked; a booking is given back, or moved to another seat."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from seawall.people import selectors as people
from seawall.platform import access, clock, sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.sites import services as sites
from seawall.terms.acts import Params, Refusal
from seawall.terms.bookings import AppointmentMove
from seawall.terms.codes import AppointmentState, Owner
from seawall.terms.visits import AppointmentBook, AppointmentChange

from .. import facts
from .book import Cases, StandingAppointment, standing, state_of

KEYS = sql.unnest({"person_id": "bigint", "act": "uuid"})
LOCK = f"""
SELECT a.person_id, a.act, a.campaign, a.site_id, a.starts_at, a.state, a.held_until, a.walk_in, a.product
FROM booking_appointment a JOIN {KEYS} ON a.person_id = u.person_id AND a.act = u.act
ORDER BY a.person_id, a.act FOR UPDATE OF a
"""
SET_STATE = f"""
UPDATE booking_appointment a SET state = u.state, changed_at = u.at, held_until = NULL
FROM {sql.unnest({"person_id": "bigint", "act": "uuid", "state": "text", "at": "timestamptz"})}
WHERE a.person_id = u.person_id AND a.act = u.act
"""
MOVE = f"""
UPDATE booking_appointment a SET site_id = u.site_id, starts_at = u.starts_at, changed_at = u.at, dose_rank = u.rank,
    arrangement = NULL
FROM {
    sql.unnest(
        {"person_id": "bigint", "act": "uuid", "site_id": "bigint", "starts_at": "timestamptz"}
        | {"at": "timestamptz", "rank": "int"}
    )
} WHERE a.person_id = u.person_id AND a.act = u.act
"""
OPEN = frozenset({AppointmentState.HELD, AppointmentState.BOOKED})


class LockedAppointment(NamedTuple):
    """An appointment locked by this transaction."""

    person_id: int
    act: UUID
    campaign: str
    site_id: int
    starts_at: datetime
    state: str
    held_until: datetime | None
    walk_in: bool
    product: str

    @property
    def seat(self) -> tuple[int, datetime]:
        return self.site_id, self.starts_at

    @property
    def held(self) -> bool:
        return self.state == AppointmentState.HELD

    @property
    def stale(self) -> bool:
        return self.held and self.held_until is not None and self.held_until < clock.system_now()


def _locked(items: Sequence[AppointmentChange | AppointmentMove]) -> dict[UUID, LockedAppointment]:
    keys = sorted({(i.person_id, i.appointment) for i in items})
    return {row[1]: LockedAppointment(*row) for row in sql.fetch(LOCK, sql.turn(keys, 2), prepared=True)}


def _refuses(
    w: Work,
    item: AppointmentChange | AppointmentMove,
    had: LockedAppointment | None,
    reached: frozenset[tuple[int, int | None]],
) -> Refusal | None:
    if had is None or had.person_id != item.person_id:
        return Refusal("APPOINTMENT_UNKNOWN", {"appointment": str(item.appointment)})
    if (had.person_id, had.site_id) not in reached:
        return Refusal(access.OUT_OF_AREA)
    if had.stale or had.state == AppointmentState.EXPIRED:
        return Refusal("HOLD_EXPIRED", {"starts_at": had.starts_at.isoformat()})
    if had.state not in OPEN:
        return Refusal("APPOINTMENT_SETTLED", {"state": had.state})
    return None


def _reached(w: Work, had: Mapping[UUID, LockedAppointment]) -> frozenset[tuple[int, int | None]]:
    return people.reached(w.actor, {(h.person_id, h.site_id) for h in had.values()})


@verb(Owner.PERSON, zh="确认预约", en="Confirm held seats", judged_by_room=facts.BY_SEAT_OR_PERSON)
def appointment_confirm(w: Work, items: list[AppointmentChange]) -> Answers:
    """A seat that is held becomes booked; one that is booked already stays so."""
    had = _locked(items)
    reached = _reached(w, had)
    answers: dict[UUID, Refusal | Params] = {}
    for item in items:
        refusal = _refuses(w, item, had.get(item.appointment), reached)
        answers[item.act] = refusal or {"appointment": str(item.appointment), "state": AppointmentState.BOOKED.value}
    good = [i for i in items if not isinstance(answers[i.act], Refusal)]
    _set(w, good, AppointmentState.BOOKED)
    return answers


def _set(w: Work, items: Sequence[AppointmentChange], state: AppointmentState) -> None:
    rows = sorted({(i.person_id, i.appointment, state.value, w.recorded_at) for i in items})
    sql.execute(SET_STATE, sql.turn(rows, 4), prepared=True)


@verb(Owner.PERSON, zh="取消预约", en="Cancel appointments", judged_by_room=facts.BY_SEAT_OR_PERSON, destroys=True)
def appointment_cancel(w: Work, items: list[AppointmentChange]) -> Answers:
    """Give seats back; those that were booked can be booked again at the city's next announced time."""
    had = _locked(items)
    reached = _reached(w, had)
    answers: dict[UUID, Refusal | Params] = {}
    good: dict[UUID, AppointmentChange] = {}
    for item in items:
        refusal = _refuses(w, item, had.get(item.appointment), reached)
        if refusal or item.appointment in good:
            answers[item.act] = refusal or Refusal("APPOINTMENT_SETTLED", {"state": AppointmentState.CANCELLED.value})
        else:
            good[item.appointment] = item
            answers[item.act] = {"appointment": str(item.appointment), "state": AppointmentState.CANCELLED.value}
    _set(w, list(good.values()), AppointmentState.CANCELLED)
    held, booked = ([had[a].seat for a in good if had[a].held is held] for held in (True, False))
    sites.seats_release(w, held, cancelled=booked)
    return answers


@verb(Owner.PERSON, zh="改期", en="Move appointments", judged_by_room=facts.BY_SEAT_OR_PERSON)
def appointment_move(
    w: Work, items: list[AppointmentMove], *, rules_for: facts.RulesFor = facts.campaign_rules
) -> Answers:
    """Move bookings to other seats; whoever cannot have the new seat keeps the old one."""
    kept = standing(i.person_id for i in items)  # all that a person has is locked at once, in one order
    had = _locked(items)
    reached = _reached(w, had)
    asked = {i.act: _as_booking(i, had[i.appointment]) for i in items if i.appointment in had}
    case = Cases(w, list(asked.values()), rules_for)
    answers: dict[UUID, Refusal | Params] = {}
    wanted: dict[UUID, AppointmentMove] = {}
    for item in items:
        refusal = _refuses(w, item, had.get(item.appointment), reached) or case.refuses(asked[item.act])
        refusal = refusal or case.misfit(asked[item.act]) or case.unreleased(asked[item.act])
        refusal = refusal or case.near(asked[item.act], kept)
        if refusal or item.appointment in wanted:
            answers[item.act] = refusal or Refusal("APPOINTMENT_SETTLED", {"state": AppointmentState.BOOKED.value})
        else:
            wanted[item.appointment] = item
            booking = asked[item.act]
            seat = StandingAppointment(item.appointment, item.site_id, item.starts_at, state_of(booking))
            kept[item.person_id, booking.campaign] = seat
    leaving = {i.act: had[a].seat for a, i in wanted.items()}
    cancels = {i.act for a, i in wanted.items() if not had[a].held}
    asked_for = [(i.act, i.site_id, i.starts_at) for i in wanted.values()]
    seats = sites.seats_take(w, asked_for, leaving=leaving, cancels=cancels)
    moved = [i for i in wanted.values() if not isinstance(seats[i.act], Refusal)]
    rows = [(i.person_id, i.appointment, i.site_id, i.starts_at, w.recorded_at, case.rank(asked[i.act])) for i in moved]
    sql.execute(MOVE, sql.turn(rows, 6))
    told: dict[UUID, Refusal | Params] = {i.act: _told(i) for i in moved}
    return answers | seats | told


def _as_booking(item: AppointmentMove, had: LockedAppointment) -> AppointmentBook:
    return AppointmentBook(
        act=item.act,
        occurred_at=item.occurred_at,
        person_id=item.person_id,
        campaign=had.campaign,
        site_id=item.site_id,
        starts_at=item.starts_at,
        product=had.product,
    )


def _told(item: AppointmentMove) -> Params:
    return {"appointment": str(item.appointment), "site_id": item.site_id, "starts_at": item.starts_at.isoformat()}
