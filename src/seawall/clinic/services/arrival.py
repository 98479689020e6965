"""A person stands at the door: identity, appointment or walk-in, what is due, and a ticket."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import transaction

from seawall.clinic import asks, judge, tables
from seawall.clinic.models import Visit
from seawall.platform import clock, sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.terms import interlocks
from seawall.terms.actor import Actor
from seawall.terms.acts import Outcome, Refusal
from seawall.terms.codes import AppointmentState, Owner, VisitState
from seawall.terms.people import DueRow
from seawall.terms.visits import AppointmentRow, Arrival

IDENTITIES = ("document", "code", "manual")
BOOKED = (AppointmentState.BOOKED,)
HERE = """
SELECT v.person_id, v.ticket, v.site_id FROM clinic_visit v
WHERE v.person_id = ANY(%s) AND v.day = ANY(%s) AND v.state IN ('arrived', 'screened', 'consented', 'observing')
"""
OPEN_DAY = f"""
INSERT INTO clinic_siteday (site_id, day, tickets, closed)
SELECT u.site_id, u.day, 0, false FROM {sql.unnest({"site_id": "bigint", "day": "date"})} ORDER BY u.site_id, u.day
ON CONFLICT (site_id, day) DO UPDATE SET tickets = clinic_siteday.tickets
RETURNING site_id, day, closed
"""
TICKETS = f"""
UPDATE clinic_siteday d SET tickets = d.tickets + u.more
FROM {sql.unnest({"site_id": "bigint", "day": "date", "more": "int"})} WHERE d.site_id = u.site_id AND d.day = u.day
RETURNING d.site_id, d.day, d.tickets
"""
VISIT = ("site_id", "act", "person_id", "campaign", "programme", "appointment", "walk_in", "day", "ticket", "state", "reason",
         "identity", "second_person_post_id", "dose_rank", "birth", "arrived_at")  # fmt: skip


def visit_ask(actor: Actor, items: Sequence[Arrival]) -> list[Outcome]:
    """What the door would answer now: the verb itself, with everything taken back. A page that shows it cannot disagree with it."""
    with transaction.atomic():
        outcomes = visit_arrive(actor, items)
        transaction.set_rollback(True)
    return outcomes


@verb(Owner.SITE, zh="到场取号", en="Record arrivals")
def visit_arrive(w: Work, items: list[Arrival], *, happened: bool = False) -> Answers:
    """Let people in who are due here today; the act is the visit's id, the answer holds the ticket.

    `happened`: they were let in already, where there was no link; only what no visit can be without stops it then.
    """
    door = _Door(w, items, happened)
    answers: Answers = {}
    judged = [(item, door.refuses(item)) for item in items]
    answers.update({item.act: refusal for item, refusal in judged if refusal is not None})
    welcome = [item for item, refusal in judged if refusal is None]
    walk_ins = asks.book_walk_ins(w, [i for i in welcome if i.appointment is None])
    if happened:  # whoever came without a seat came all the same
        walk_ins = {act: act for act in walk_ins}
    answers.update({act: booked for act, booked in walk_ins.items() if isinstance(booked, Refusal)})
    welcome = [i for i in welcome if i.act not in answers]
    booked = [(i.person_id, i.appointment, i) for i in welcome if i.appointment is not None and door.fits(i)]
    lost = asks.appointments_mark(w, AppointmentState.ARRIVED, booked)
    answers.update({item.act: lost[appointment] for _, appointment, item in booked if appointment in lost})
    welcome = [i for i in welcome if i.act not in answers]
    rows = door.rows(welcome, walk_ins)
    sql.insert(Visit, VISIT, rows)
    answers.update({row[1]: {"visit": str(row[1]), "ticket": row[8], "dose_rank": row[13]} for row in rows})
    return answers


class _Door:
    """What the rooms know about a batch of arrivals, read once."""

    def __init__(self, w: Work, items: list[Arrival], happened: bool) -> None:
        self.w = w
        self.rules = [row for row in judge.RULES["arrive"] if row.always or not happened]
        self.happened = happened
        self.days = {i.act: clock.civil_day(i.occurred_at) for i in items}
        persons = sorted({i.person_id for i in items})
        self.programme = {code: asks.programme_of(code) for code in {i.campaign for i in items}}
        wanted = [(p, i.person_id, self.days[i.act]) for i in items if (p := self.programme[i.campaign])]
        self.births = asks.births(wanted)
        self.due = asks.due(wanted)
        self.sessions = asks.open_sessions((i.site_id, self.days[i.act]) for i in items)
        booked = asks.appointments([i.person_id for i in items if i.appointment is not None])
        self.appointments = {(row.person_id, row.appointment): row for row in booked}
        inside = sql.fetch(HERE, [persons, sorted(set(self.days.values()))])
        self.here = {person: (ticket, site) for person, ticket, site in inside}
        unbooked = [i.person_id for i in items if i.appointment is None]
        self.unseen = asks.not_looked_up(w.actor, unbooked, datetime.combine(clock.today(), time(), clock.zone()))
        keys = sorted({(i.site_id, self.days[i.act]) for i in items})
        # Locks the counters first: a day cannot be closed between this question and the ticket.
        self.closed = {(site, day) for site, day, closed in sql.fetch(OPEN_DAY, sql.turn(keys, 2)) if closed}

    here: dict[int, tuple[int | None, int]]  # ticket (none yet within a batch) and site of who is inside

    def refuses(self, item: Arrival) -> Refusal | None:
        """The first reason to send this person elsewhere; one person enters once in a batch."""
        refusal = interlocks.first(self.rules, self._facts(item), self._values(item))
        if refusal is None and not self.happened:
            refusal = judge.not_due(self._due(item), self.programme[item.campaign] or "")
        if refusal is None:
            self.here[item.person_id] = None, item.site_id
        return refusal

    def _facts(self, item: Arrival) -> dict[str, str]:
        where = item.site_id, self.days[item.act]
        second = item.second_person_post_id not in (None, self.w.actor.post_id)
        return {
            "identity": item.identity if item.identity in IDENTITIES else "other",
            "second": judge.answer(second),
            "campaign": "some" if self.programme[item.campaign] else "none",
            "inside": judge.answer(item.person_id in self.here),
            "site_day": "closed" if where in self.closed else "open",
            "session": "open" if where in self.sessions else "closed",
            "appointment": self._seat(item),
            "looked_up": judge.answer(item.person_id not in self.unseen),
            "roll": judge.answer(item.person_id in self.births),
        }

    def fits(self, item: Arrival) -> bool:
        """Whether the appointment is one that this arrival uses up."""
        return self._seat(item) in ("fits", "early")

    def _seat(self, item: Arrival) -> str:
        """How the appointment fits this moment, if one is named."""
        if item.appointment is None:
            return "none"
        row = self.appointments.get((item.person_id, item.appointment))
        if row is None or row.campaign != item.campaign:
            return "unknown"
        if row.site_id != item.site_id:
            return "other_site"
        if clock.civil_day(row.starts_at) != self.days[item.act]:
            return "other_day"
        if row.state not in BOOKED:
            return "held" if row.state == AppointmentState.HELD else "ended"
        return "early" if item.occurred_at < _opens(row, self.days[item.act]) else "fits"

    def _values(self, item: Arrival) -> dict[str, str | int | None]:
        day = self.days[item.act]
        told: dict[str, str | int | None] = {
            "identity": item.identity, "campaign": item.campaign, "day": day.isoformat(), "person_id": item.person_id,
            "appointment": str(item.appointment),
        }  # fmt: skip
        told["ticket"], told["site_id"] = self.here.get(item.person_id, (None, None))
        row = self.appointments.get((item.person_id, item.appointment)) if item.appointment else None
        if row is None:
            return told
        return told | {
            "booked_site": row.site_id,
            "booked_day": clock.civil_day(row.starts_at).isoformat(),
            "starts_at": row.starts_at.isoformat(),
            "state": row.state.value,
            "from": _opens(row, day).isoformat(),
        }

    def _due(self, item: Arrival) -> DueRow | None:
        return self.due.get((self.programme[item.campaign] or "", item.person_id, self.days[item.act]))

    def rows(self, items: list[Arrival], walk_ins: Mapping[UUID, UUID | Refusal]) -> list[tuple[Any, ...]]:
        """Visit rows with their tickets, numbered per site and day in the order of arrival."""
        order = sorted(items, key=lambda i: (i.site_id, self.days[i.act], i.occurred_at, i.act))
        groups = {key: list(g) for key, g in groupby(order, key=lambda i: (i.site_id, self.days[i.act]))}
        counters = sql.fetch(TICKETS, sql.turn([(*key, len(g)) for key, g in groups.items()], 3)) if groups else []
        made = []
        for site, day, last in counters:
            group = groups[site, day]
            made += [self._row(item, day, last - len(group) + n, walk_ins) for n, item in enumerate(group, 1)]
        return made

    def _row(self, item: Arrival, day: date, ticket: int, walk_ins: Mapping[UUID, UUID | Refusal]) -> tuple[Any, ...]:
        due = self._due(item)
        appointment = item.appointment or walk_ins[item.act]
        rank = (due.dose_rank or due.doses_given + 1) if due else 1
        return (item.site_id, item.act, item.person_id, item.campaign, self.programme[item.campaign], appointment,
                item.appointment is None, day, ticket, VisitState.ARRIVED, "", item.identity, item.second_person_post_id,
                rank, self.births[item.person_id], item.occurred_at)  # fmt: skip


def _opens(row: AppointmentRow, day: date) -> datetime:
    return row.starts_at - timedelta(minutes=tables.limit("ARRIVE_EARLY", day))
