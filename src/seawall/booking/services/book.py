"""A seat for a person: eligible on the day, one at a time, and never more than the slot has."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import NamedTuple
from uuid import UUID

from seawall.campaigns import selectors as campaigns
from seawall.people import selectors as people
from seawall.platform import access, clock, sql
from seawall.platform.verbs import Answers, Work, verb
from seawall.sites import selectors as site_selectors
from seawall.sites import services as sites
from seawall.terms.acts import Params, Refusal
from seawall.terms.codes import AppointmentState, Owner
from seawall.terms.people import DueRow
from seawall.terms.visits import AppointmentBook

from .. import facts, tables
from ..models import Appointment
from ..rules import WISHES, Rules, judge, other_product, unreleased

ACTIVE = """
SELECT person_id, campaign, act, site_id, starts_at, state, held_until FROM booking_appointment
WHERE person_id = ANY(%s) AND state IN ('held', 'booked', 'arrived') ORDER BY person_id, act
"""
REPLACE = f"""
UPDATE booking_appointment a SET state = 'cancelled', reason = 'REPLACED', changed_at = %s, held_until = NULL
FROM {sql.unnest({"person_id": "bigint", "act": "uuid"})} WHERE a.person_id = u.person_id AND a.act = u.act
"""
LET_GO = f"""
UPDATE booking_appointment a SET state = 'expired', changed_at = %s
FROM {sql.unnest({"person_id": "bigint", "act": "uuid"})} WHERE a.person_id = u.person_id AND a.act = u.act
"""
COLUMNS: tuple[str, ...] = ("person_id", "act", "campaign", "site_id", "starts_at", "state", "dose_rank", "walk_in")
COLUMNS += ("held_until", "booked_at", "changed_at", "reason")
Seat = tuple[int, datetime]
NOTHING: Mapping[UUID, UUID] = {}


class StandingAppointment(NamedTuple):
    """An appointment that a person already has."""

    act: UUID
    site_id: int
    starts_at: datetime
    state: str
    held_until: datetime | None = None

    def refusal(self) -> Refusal:
        told: Params = {"appointment": str(self.act), "site_id": self.site_id, "starts_at": self.starts_at.isoformat()}
        return Refusal("ALREADY_BOOKED", {**told, "state": self.state})


@verb(Owner.PERSON, zh="预约", en="Book or hold seats", judged_by_room=facts.BY_SEAT_OR_PERSON)
def appointment_book(
    w: Work, items: list[AppointmentBook], *, rules_for: facts.RulesFor = facts.campaign_rules,
    under: Mapping[UUID, UUID] = NOTHING,
) -> Answers:  # fmt: skip
    """Book seats, or hold them ten minutes. The act is the appointment's id; a walk-in has arrived already.

    under: by act the arrangement that somebody is named in, as a round: it opens the seats that nobody else may have.

    A seat that is only held gives way to the person's new choice, and goes back when the new one is had.
    """
    system_now = clock.system_now()
    persons = sorted({i.person_id for i in items})
    case = Cases(w, items, rules_for, named=under.keys())
    kept = standing(persons)
    given_up = let_go(w, kept, system_now)
    answers, wanted, replaced = _choices(items, case, kept)
    seats = _seats(w, wanted, replaced, given_up)
    seated = [i for i in wanted if not isinstance(seats[i.act], Refusal)]
    gone = [(i.person_id, replaced[i.act].act) for i in seated if i.act in replaced]
    if gone:
        sql.execute(REPLACE, [w.recorded_at, *sql.turn(gone, 2)])
    until = system_now + tables.limits()["hold"]
    rows = [(*_row(w, i, case.rank(i), until), i.wish, i.product, under.get(i.act)) for i in seated]
    sql.insert(Appointment, (*COLUMNS, "wish", "product", "arrangement"), rows)
    return answers | seats | {i.act: _told(i, case.rank(i), until) for i in seated}


def let_go(w: Work, kept: dict[tuple[int, str], StandingAppointment], now: datetime) -> list[Seat]:
    """Take back what these persons held for too long, out of what they are told to have; the seats."""
    stale = {key: had for key, had in kept.items() if had.held_until is not None and had.held_until < now}
    if stale:
        sql.execute(LET_GO, [w.recorded_at, *sql.turn([(person, had.act) for (person, _), had in stale.items()], 2)])
    for key in stale:
        del kept[key]
    return [(had.site_id, had.starts_at) for had in stale.values()]


def standing(persons: Iterable[int], *, locked: bool = True) -> dict[tuple[int, str], StandingAppointment]:
    """The seats that these persons hold or have booked, by person and campaign."""
    query = f"{ACTIVE} FOR UPDATE" if locked else ACTIVE
    return {
        (row[0], row[1]): StandingAppointment(*row[2:])
        for row in sql.fetch(query, [sorted(set(persons))], prepared=True)
    }


def _choices(
    items: Sequence[AppointmentBook], case: "Cases", kept: dict[tuple[int, str], StandingAppointment]
) -> tuple[dict[UUID, Refusal | Params], list[AppointmentBook], dict[UUID, StandingAppointment]]:
    """Refusals, those who may have a seat, and the seat that each of them only held before."""
    answers: dict[UUID, Refusal | Params] = {}
    wanted: list[AppointmentBook] = []
    replaced: dict[UUID, StandingAppointment] = {}
    made: set[UUID] = set()
    for item in items:
        key = item.person_id, item.campaign
        before = kept.get(key)
        stands = before is not None and (before.state != AppointmentState.HELD or before.act in made)
        refusal = case.refuses(item) or case.misfit(item) or case.unreleased(item) or case.near(item, kept)
        refusal = refusal or (before.refusal() if before and stands else None)
        if refusal:
            answers[item.act] = refusal
            continue
        if before:
            replaced[item.act] = before
        kept[key] = seat_of(item)
        made.add(item.act)
        wanted.append(item)
    return answers, wanted, replaced


def _seats(
    w: Work, wanted: Sequence[AppointmentBook], replaced: Mapping[UUID, StandingAppointment], given_up: Sequence[Seat]
) -> dict[UUID, Refusal | Params]:
    """A seat for each; whoever chooses the seat again that they hold keeps it."""
    leaving = {act: (had.site_id, had.starts_at) for act, had in replaced.items()}
    same = {i.act for i in wanted if leaving.get(i.act) == (i.site_id, i.starts_at)}
    others = [(i.act, i.site_id, i.starts_at) for i in wanted if i.act not in same]
    leaving = {act: seat for act, seat in leaving.items() if act not in same}
    at_the_door = {i.act for i in wanted if i.walk_in}
    return sites.seats_take(w, others, given_up, leaving, first=at_the_door) | {act: {} for act in same}


def seat_of(item: AppointmentBook) -> StandingAppointment:
    """What a booking that is made now leaves its person with."""
    return StandingAppointment(item.act, item.site_id, item.starts_at, state_of(item))


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


def _programme(campaign: str) -> str:
    found = campaigns.campaign(campaign)
    return found.programme if found else ""


class Cases:
    """What earlier rooms say about a batch, read once."""

    def __init__(
        self, w: Work, items: Sequence[AppointmentBook], rules_for: facts.RulesFor, *, named: Collection[UUID] = ()
    ) -> None:
        self.w, self.named = w, named
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
        self._programme, self._vaccines, self._apart = cache(_programme), cache(people.products_of), cache(people.apart)
        days = {(i.site_id, self.day[i.act]) for i in items}
        self.given = site_selectors.products_given(days)
        self.kept_apart = site_selectors.not_public(days)
        self.reached = people.reached(w.actor, {(i.person_id, i.site_id) for i in items})

    def _rules(self, item: AppointmentBook) -> Rules | None:
        return self.rules[item.campaign, self.day[item.act]]

    def _due(self, item: AppointmentBook) -> DueRow | None:
        rules = self._rules(item)
        return self.due.get((rules.programme, item.person_id, self.day[item.act])) if rules else None

    def rank(self, item: AppointmentBook) -> int:
        due = self._due(item)
        return (due.dose_rank or due.doses_given + 1) if due else 1

    def misfit(self, item: AppointmentBook) -> Refusal | None:
        """Whether the seats of this session are for others, the vaccine chosen is not for this dose, or none that is is given."""
        day, rules, due = self.day[item.act], self._rules(item), self._due(item)
        if (item.site_id, day) in self.kept_apart and item.act not in self.named and not item.walk_in:
            return Refusal("SEATS_OF_A_ROUND", {"day": day.isoformat()})
        if due is not None and (refusal := other_product(item.product, due)):
            return refusal
        given = self.given.get((item.site_id, day))
        if rules is None or given is None:
            return None
        fits = {item.product} if item.product else set(due.products) if due else set()
        if given & (fits or self._vaccines(rules.programme)):
            return None
        return Refusal("SESSION_OTHER_VACCINE", {"day": day.isoformat(), "products": ", ".join(sorted(given))})

    def unreleased(self, item: AppointmentBook) -> Refusal | None:
        """Whether this day is announced for later, or for others; who stands at the door is not asked."""
        if item.walk_in:
            return None
        return unreleased(item.person_id, self._rules(item), self.day[item.act], self.w.recorded_at)

    def near(self, item: AppointmentBook, kept: Mapping[tuple[int, str], StandingAppointment]) -> Refusal | None:
        """Whether a seat of another campaign that the person has is too few days from this one."""
        for code in {campaign for _, campaign in kept} - {item.campaign}:
            had, mine, theirs = kept.get((item.person_id, code)), self._programme(item.campaign), self._programme(code)
            if had is None or not mine or not theirs or mine == theirs:
                continue
            day, other = self.day[item.act], clock.civil_day(had.starts_at)
            pair = (mine, theirs, other) if other <= day else (theirs, mine, day)
            bound = self._apart(*pair)
            if bound and max(day, other) < bound:
                earliest = self._apart(mine, theirs, other) or other
                return Refusal("BOOKED_TOO_NEAR", {"day": other.isoformat(), "earliest": earliest.isoformat()})
        return None

    def refuses(self, item: AppointmentBook) -> Refusal | None:
        """The first reason against this seat, but for what only a lock can tell."""
        if (item.person_id, item.site_id) not in self.reached:
            return Refusal(access.OUT_OF_AREA)
        if item.wish not in WISHES:
            return Refusal("WISH_UNKNOWN", {"wish": item.wish})
        if item.walk_in and not access.sees_site(self.w.actor, item.site_id):
            return Refusal(access.OUT_OF_AREA)
        # A device whose clock is behind books no hour that has passed; what was done at the door is told later.
        moment = item.occurred_at if item.walk_in else max(item.occurred_at, self.w.recorded_at)
        if item.starts_at + site_selectors.slot_length() <= moment:
            return Refusal("SLOT_PAST", {"starts_at": item.starts_at.isoformat()})
        return judge(item.person_id, self._due(item), self._rules(item), item.campaign, self.day[item.act])
