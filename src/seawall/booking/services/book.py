"""A seat for a person: eligible on the day, one at a time, and never more than the slot has."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from seawall.platform import access, clock, sql
from seawall.platform.verbs import Work, run_verb
from seawall.sites import services as sites
from seawall.terms.actor import Actor
from seawall.terms.acts import Outcome, Params, Refusal
from seawall.terms.codes import AppointmentState
from seawall.terms.people import DueRow
from seawall.terms.visits import AppointmentBook

from .. import facts, tables
from ..models import Appointment
from ..rules import Rules, judge

ACTIVE = """
SELECT person_id, campaign, act, site_id, starts_at, state FROM booking_appointment
WHERE person_id = ANY(%s) AND state IN ('held', 'booked', 'arrived')
"""
LET_GO = """
WITH stale AS MATERIALIZED (
    SELECT person_id, act FROM booking_appointment
    WHERE person_id = ANY(%s) AND state = 'held' AND held_until < %s ORDER BY person_id, act FOR UPDATE)
UPDATE booking_appointment a SET state = 'expired', changed_at = %s FROM stale s
WHERE a.person_id = s.person_id AND a.act = s.act RETURNING a.site_id, a.starts_at
"""
COLUMNS: tuple[str, ...] = ("person_id", "act", "campaign", "site_id", "starts_at", "state", "dose_rank", "walk_in")
COLUMNS += ("held_until", "booked_at", "changed_at", "reason")
Seat = tuple[int, datetime]


class Kept(NamedTuple):
    """An appointment that a person already has."""

    act: UUID
    site_id: int
    starts_at: datetime
    state: str

    def refusal(self) -> Refusal:
        told: Params = {"appointment": str(self.act), "site_id": self.site_id, "starts_at": self.starts_at.isoformat()}
        return Refusal("ALREADY_BOOKED", {**told, "state": self.state})


def appointment_book(
    actor: Actor, items: Sequence[AppointmentBook], *, rules_for: facts.RulesFor = facts.campaign_rules
) -> list[Outcome]:
    """Book seats, or hold them ten minutes. The act is the appointment's id; a walk-in has arrived already."""

    def work(w: Work, fresh: list[AppointmentBook]) -> Mapping[UUID, Refusal | Params]:
        return _book(w, fresh, rules_for)

    return run_verb(actor, "appointment_book", items, owner="person", owner_id=lambda i: i.person_id, work=work)


def _book(w: Work, items: list[AppointmentBook], rules_for: facts.RulesFor) -> Mapping[UUID, Refusal | Params]:
    system_now = clock.system_now()
    persons = sorted({i.person_id for i in items})
    case = Cases(w, items, rules_for)
    given_up: list[Seat] = sql.fetch(LET_GO, [persons, system_now, w.recorded_at])
    kept = {(row[0], row[1]): Kept(*row[2:]) for row in sql.fetch(ACTIVE, [persons])}
    answers: dict[UUID, Refusal | Params] = {}
    wanted: list[AppointmentBook] = []
    for item in items:
        key = item.person_id, item.campaign
        refusal = case.refuses(item) or (kept[key].refusal() if key in kept else None)
        if refusal:
            answers[item.act] = refusal
        else:
            kept[key] = Kept(item.act, item.site_id, item.starts_at, state_of(item))
            wanted.append(item)
    seats = sites.seats_take(w, [(i.act, i.site_id, i.starts_at) for i in wanted], given_up)
    seated = [i for i in wanted if not isinstance(seats[i.act], Refusal)]
    until = system_now + tables.limits()["hold"]
    sql.insert(Appointment, COLUMNS, [_row(w, i, case.rank(i), until) for i in seated])
    return answers | seats | {i.act: _told(i, case.rank(i), until) for i in seated}


def state_of(item: AppointmentBook) -> AppointmentState:
    if item.walk_in:
        return AppointmentState.ARRIVED
    return AppointmentState.HELD if item.hold else AppointmentState.BOOKED


def _row(w: Work, i: AppointmentBook, rank: int, until: datetime) -> tuple[object, ...]:
    held = until if i.hold and not i.walk_in else None
    head = (i.person_id, i.act, i.campaign, i.site_id, i.starts_at, state_of(i), rank, i.walk_in)
    return (*head, held, i.occurred_at, w.recorded_at, "")


def _told(i: AppointmentBook, rank: int, until: datetime) -> Params:
    told: dict[str, str | int | float | bool | None] = {
        "appointment": str(i.act),
        "site_id": i.site_id,
        "starts_at": i.starts_at.isoformat(),
        "state": state_of(i).value,
        "dose_rank": rank,
    }
    return told | {"held_until": until.isoformat()} if i.hold and not i.walk_in else told


class Cases:
    """What earlier rooms say about a batch, read once."""

    def __init__(self, w: Work, items: Sequence[AppointmentBook], rules_for: facts.RulesFor) -> None:
        self.w = w
        self.day: dict[UUID, date] = {i.act: clock.civil_day(i.starts_at) for i in items}
        asked: dict[tuple[str, date], set[int]] = {}
        for i in items:
            asked.setdefault((i.campaign, self.day[i.act]), set()).add(i.person_id)
        self.rules: dict[tuple[str, date], Rules | None] = {
            (code, day): rules_for(code, day, persons) for (code, day), persons in asked.items()
        }
        self.due = facts.due_on(
            (rules.programme, i.person_id, self.day[i.act]) for i in items if (rules := self._rules(i)) is not None
        )
        self.reached = facts.reached(w.actor, {(i.person_id, i.site_id) for i in items})

    def _rules(self, item: AppointmentBook) -> Rules | None:
        return self.rules[item.campaign, self.day[item.act]]

    def _due(self, item: AppointmentBook) -> DueRow | None:
        rules = self._rules(item)
        return self.due.get((rules.programme, item.person_id, self.day[item.act])) if rules else None

    def rank(self, item: AppointmentBook) -> int:
        due = self._due(item)
        return (due.dose_rank or due.doses_given + 1) if due else 1

    def refuses(self, item: AppointmentBook) -> Refusal | None:
        """The first reason against this seat, but for what only a lock can tell."""
        if (item.person_id, item.site_id) not in self.reached:
            return Refusal(access.OUT_OF_AREA)
        if item.walk_in and not access.sees_site(self.w.actor, item.site_id):
            return Refusal(access.OUT_OF_AREA)
        if item.starts_at + tables.limits()["slot"] <= item.occurred_at:
            return Refusal("SLOT_PAST", {"starts_at": item.starts_at.isoformat()})
        return judge(item.person_id, self._due(item), self._rules(item), item.campaign, self.day[item.act])
