"""What the clinic asks of earlier rooms: each question in one place, and a constant number of statements for any batch."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Protocol, TypeVar
from uuid import UUID, uuid5

from django.db import transaction

from seawall.booking import selectors as booking
from seawall.booking import services as booking_services
from seawall.campaigns import selectors as campaigns
from seawall.people import selectors as people
from seawall.people import services as people_services
from seawall.platform import selectors as platform
from seawall.platform.verbs import Work
from seawall.reference import selectors as reference
from seawall.sites import selectors as sites
from seawall.sites import services as sites_services
from seawall.staff import selectors as staff
from seawall.supply import selectors as supply
from seawall.supply import services as supply_services
from seawall.terms.actor import Actor
from seawall.terms.acts import Item, Outcome, Refusal
from seawall.terms.codes import AppointmentState, DoseSource, StockState
from seawall.terms.people import ConditionRecord, DoseRecord, DueRow
from seawall.terms.sites import SessionMark
from seawall.terms.stock import DosePutBack, DoseUse
from seawall.terms.visits import AppointmentBook, AppointmentRow, Arrival, DayClose, DoseGive

from . import tables

LENT = frozenset({"dose_record", "condition_record", "appointment_book", "session_close"})
GIVES = {False: "dose_give", True: "dose_enter"}
NOT_COUNTED = frozenset({"not_valid", "extra"})


def lent(actor: Actor, persons: Iterable[int]) -> Actor:
    """A clinic verb carries the right to the writes that belong to it, for the people who stand before it, and no others."""
    return people.reaching(replace(actor, grants=actor.grants | LENT), persons)


def programme_of(campaign: str) -> str | None:
    row = campaigns.campaign(campaign)
    return row.programme if row else None


Wanted = tuple[str, int, date]  # programme, person (or post), day


def due(wanted: Iterable[Wanted]) -> dict[Wanted, DueRow]:
    """What each person is due in the programme on the day."""
    return {
        (programme, person, day): row
        for (programme, day), persons in _grouped(wanted).items()
        for person, row in people.due_rows(persons, programme, day).items()
    }


def _grouped(wanted: Iterable[Wanted]) -> dict[tuple[str, date], list[int]]:
    groups: dict[tuple[str, date], set[int]] = {}
    for programme, who, day in wanted:
        groups.setdefault((programme, day), set()).add(who)
    return {key: sorted(ids) for key, ids in groups.items()}


def births(wanted: Iterable[Wanted]) -> dict[int, date]:
    """Birth dates, for the age of a signature."""
    found: dict[int, date] = {}
    for (programme, day), ids in _grouped(wanted).items():
        roots = people.roots(ids)
        born = dict(people.due_frame(programme, day, sorted(roots.values())).select("person", "birth").iter_rows())
        found |= {person: born[root] for person, root in roots.items() if root in born}
    return found


def open_sessions(wanted: Iterable[tuple[int, date]]) -> set[tuple[int, date]]:
    """Those of site and day whose session is open."""
    days: dict[date, set[int]] = {}
    for site, day in wanted:
        days.setdefault(day, set()).add(site)
    return {
        (r.site_id, day) for day, ids in days.items() for r in sites.sessions(day, sorted(ids)) if r.state == "open"
    }


def sessions_close(w: Work, items: Sequence[DayClose]) -> None:
    """A closed day has no session any more; one that never opened, or was closed before, is left as it is."""
    marks = [SessionMark(act=i.act, occurred_at=i.occurred_at, site_id=i.site_id, day=i.day) for i in items]
    sites_services.session_close(lent(w.actor, ()), marks)


def appointments(person_ids: Sequence[int]) -> list[AppointmentRow]:
    return list(booking.appointments(sorted(set(person_ids)))) if person_ids else []


def certified(wanted: Iterable[Wanted]) -> set[Wanted]:
    """Those of programme, post and day that are certified."""
    return {
        (programme, post, day)
        for (programme, day), posts in _grouped(wanted).items()
        for post in staff.certified(posts, day, programme)
    }


Duty = tuple[int, int, date]  # post, site, day


def on_duty(wanted: Iterable[Duty], verb: str) -> set[Duty]:
    """Those whose post may do the verb at the site on the day."""
    days: dict[date, set[Duty]] = {}
    for duty in wanted:
        days.setdefault(duty[2], set()).add(duty)
    there: set[Duty] = set()
    for day, duties in days.items():
        sites_of = staff.stationed({post for post, _, _ in duties}, day, verb)
        there |= {duty for duty in duties if duty[1] in sites_of.get(duty[0], ())}
    return there


def sexes(persons: Iterable[Wanted]) -> dict[int, int]:
    """Sex by person, as the roll has it."""
    found: dict[int, int] = {}
    for (programme, day), ids in _grouped(persons).items():
        roots = people.roots(ids)
        known = dict(people.due_frame(programme, day, sorted(roots.values())).select("person", "sex").iter_rows())
        found |= {person: known[root] for person, root in roots.items() if root in known}
    return found


def not_looked_up(actor: Actor, persons: Iterable[int], since: datetime) -> set[int]:
    """Those of the persons that the actor neither reaches nor has had at the desk since then: nobody takes a ticket unseen."""
    ids = set(persons)
    if actor.reach.everywhere or not ids:
        return set()
    return ids - platform.looked_up(actor.post_id, ids, "arrival", since)


def accounts(post_ids: Iterable[int | None]) -> dict[int, int]:
    """Who is behind the posts."""
    return staff.accounts({post for post in post_ids if post})


def last_products(wanted: Iterable[Wanted]) -> dict[Wanted, str]:
    """Product of the last dose that counted."""
    last: dict[Wanted, str] = {}
    for (programme, day), persons in _grouped(wanted).items():
        for person, lines in people.dose_rows(persons, programme).items():
            counted = [line.product for line in lines if line.product and line.dose_rank is not None]
            if counted:
                last[programme, person, day] = counted[-1]
    return last


@dataclass(frozen=True, slots=True)
class Product:
    """What the injection needs to know of a product."""

    volume_ml: float
    platform: str
    route: tables.Route


def products(days: Iterable[date]) -> dict[str, Product]:
    """Products in use on the last of the days, by code."""
    on = max(days)
    given = tables.routes(*reference.rule_tables(on, "routes.csv").values())
    return {
        row.code: Product(row.volume_ml, row.platform, given.get(row.code, tables.usual_route()))
        for row in reference.products(on)
    }


def arms(wanted: Collection[str], on: date) -> tuple[str, ...]:
    """Sites of the body at which any of these products is given."""
    return tuple(dict.fromkeys(arm for code, row in products([on]).items() if code in wanted for arm in row.route.arms))


def consents(programme: str, on: date) -> tuple[tables.ConsentVersion, ...]:
    """Consent texts of a programme in force, newest last."""
    return tables.consents(reference.rule_table(programme, on, "consents.csv"), programme, on)


def programme_tables(days: Iterable[date], name: str) -> dict[date, dict[str, str]]:
    """The same table of every programme that has it, on each of the days."""
    return {day: reference.rule_tables(day, name) for day in set(days)}


def condition_rows(programme: str, on: date) -> tuple[tables.Condition, ...]:
    return tables.condition_rows(reference.rule_table(programme, on, "conditions.csv"), on)


def findings(programme: str, on: date) -> dict[str, str]:
    """Condition codes of the rules in force, with their effect: see `tables.conditions`."""
    return tables.conditions(reference.rule_table(programme, on, "conditions.csv"), on)


def conditions_record(w: Work, items: Sequence[ConditionRecord]) -> None:
    """Write findings to the persons; a finding that people does not take undoes the whole step."""
    if not items:
        return
    outcomes = people_services.condition_record(lent(w.actor, {i.person_id for i in items}), items)
    for outcome in outcomes:
        if outcome.refusal:
            raise Undone({outcome.act: outcome.refusal})


class Undone(Exception):
    """An earlier room refused a part of what a step needs: the savepoint takes everything of this step back."""

    def __init__(self, refusals: Mapping[UUID, Refusal]) -> None:
        super().__init__(str(dict(refusals)))
        self.refusals = dict(refusals)


class Dosed(Protocol):
    """A case of a dose, as far as stock and history need it."""

    @property
    def item(self) -> DoseGive: ...
    @property
    def person_id(self) -> int: ...
    @property
    def programme(self) -> str: ...
    @property
    def day(self) -> date: ...
    @property
    def later(self) -> bool: ...


class Acted(Protocol):
    """A case of any act."""

    @property
    def item(self) -> Item: ...


Case = TypeVar("Case", bound=Acted)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RecordedDose:
    """What stock and history answered for one dose."""

    lot: str
    dose_rank: int
    dose_number: int
    next_on: str | None
    against: Refusal | None = None  # what stock had to say of a dose that happened all the same


def use_and_record(w: Work, cases: Sequence[Dosed], *, happened: bool = False) -> dict[UUID, RecordedDose | Refusal]:
    """Take the doses from their packs and write them to the histories: both for each person, or neither.

    History is judged again under the lock of the person, so a dose that came in between shows here. Such a dose is taken
    out and the others are done once more: two rounds at most for a batch that one stranger disturbed.
    """
    return _both_or_neither(cases, lambda left: _use_and_record(w, left, happened))


def _both_or_neither(cases: Sequence[Case], once: Callable[[list[Case]], dict[UUID, T]]) -> dict[UUID, T | Refusal]:
    answers: dict[UUID, T | Refusal] = {}
    left = list(cases)
    while left:
        try:
            with transaction.atomic():
                return answers | once(left)
        except Undone as undone:
            answers |= undone.refusals
            left = [c for c in left if c.item.act not in undone.refusals]
    return answers


def _use_and_record(w: Work, cases: Sequence[Dosed], happened: bool) -> dict[UUID, RecordedDose | Refusal]:
    answers: dict[UUID, RecordedDose | Refusal] = {}
    lots: dict[UUID, tuple[str | None, Refusal | None]] = {}
    for outcome in supply_services.dose_use(w.actor, [_use(c, happened) for c in cases]):
        if outcome.done:
            against = str(outcome.answer.get("incident") or "")
            lots[outcome.act] = str(outcome.answer["lot"]), Refusal(against) if against else None
        elif happened:
            lots[outcome.act] = None, outcome.refusal
        elif outcome.refusal:
            answers[outcome.act] = outcome.refusal
    used = [c for c in cases if c.item.act in lots]
    undone: dict[UUID, Refusal] = {}
    actor = lent(w.actor, {c.person_id for c in used})
    for outcome in people_services.dose_record(actor, [_line(c, lots[c.item.act][0]) for c in used]):
        refusal = outcome.refusal or (None if happened else _not_counted(outcome))
        if refusal:
            undone[outcome.act] = refusal
        else:
            answers[outcome.act] = _taken(*lots[outcome.act], outcome)
    if undone:
        raise Undone(undone)
    return answers


def _use(case: Dosed, happened: bool) -> DoseUse:
    item = case.item
    return DoseUse(
        act=item.act,
        occurred_at=item.occurred_at,
        place_id=item.site_id,
        code=item.code,
        product=item.product,
        happened=happened,
        typed=isinstance(item, DoseGive) and item.typed,
        later=case.later,
    )


def _line(case: Dosed, lot: str | None) -> DoseRecord:
    item = case.item
    return DoseRecord(
        act=item.act,
        occurred_at=item.occurred_at,
        person_id=case.person_id,
        programme=case.programme,
        given_on=case.day,
        product=item.product,
        lot=lot,
        source=DoseSource.CLINIC,
        evidence=str(item.visit),
        place_id=item.site_id,
    )


@dataclass(frozen=True, slots=True)
class Righting:
    """A dose on record, and what is true instead: another person, another pack, or no dose at all.

    `line` is the line of the history that holds for it; without `lot` stock never gave it up.
    """

    item: Item
    site_id: int
    visit: UUID
    line: UUID
    person_id: int
    programme: str
    day: date
    given_at: datetime
    product: str
    lot: str
    code: str
    dose_rank: int
    to_person: int | None = None
    to_code: str = ""
    not_given: bool = False


@dataclass(frozen=True, slots=True)
class PutRight:
    """What holds since: `line` the new line of the history, `used` the act of the dose taken from the other pack."""

    product: str
    lot: str
    dose_rank: int
    next_on: str | None
    line: UUID | None = None
    used: UUID | None = None


def put_right(w: Work, cases: Sequence[Righting]) -> dict[UUID, PutRight | Refusal]:
    """Packs and histories follow what is true of doses on record: both for each person, or neither."""
    return _both_or_neither(cases, lambda left: _put_right(w, left))


def _put_right(w: Work, cases: Sequence[Righting]) -> dict[UUID, PutRight]:
    back = [c for c in cases if c.lot and (c.to_code or c.not_given)]
    put = supply_services.dose_put_back(w.actor, [_put_back(c) for c in back])
    uses = {c.item.act: _use_other(c) for c in cases if c.to_code}
    by_use = {use.act: act for act, use in uses.items()}
    used = supply_services.dose_use(w.actor, list(uses.values()))
    lots = {by_use[o.act]: (str(o.answer["product"]), str(o.answer["lot"])) for o in used if o.done}
    undone = {o.act: o.refusal for o in put if o.refusal} | {by_use[o.act]: o.refusal for o in used if o.refusal}
    if undone:
        raise Undone(undone)
    lines = {c.item.act: _lines_of(c, *lots.get(c.item.act, (c.product, c.lot))) for c in cases}
    by_line = {line.act: act for act, own in lines.items() for line in own}
    actor = lent(w.actor, {line.person_id for own in lines.values() for line in own})
    written = people_services.dose_record(actor, [line for own in lines.values() for line in own])
    undone = {by_line[o.act]: o.refusal for o in written if o.refusal}
    if undone:
        raise Undone(undone)
    said = {o.act: o for o in written}
    return {
        c.item.act: _right(c, lots.get(c.item.act, (c.product, c.lot)), said.get(c.item.act), uses.get(c.item.act))
        for c in cases
    }


def _put_back(case: Righting) -> DosePutBack:
    """Dated as the dose was, so that the use of its day is what it was."""
    return DosePutBack(
        act=case.item.act, occurred_at=case.given_at, place_id=case.site_id, code=case.code, later=case.dose_rank > 1
    )


def _use_other(case: Righting) -> DoseUse:
    return DoseUse(
        act=uuid5(case.item.act, "use"), occurred_at=case.given_at, place_id=case.site_id, code=case.to_code,
        product=case.product, happened=True, later=case.dose_rank > 1,
    )  # fmt: skip


def _lines_of(case: Righting, product: str, lot: str) -> list[DoseRecord]:
    """The line that replaces or takes back the one that holds; for another person one is taken back and one written."""
    if not (case.not_given or case.to_person or case.to_code):
        return []
    holds = DoseRecord(
        act=case.item.act, occurred_at=case.item.occurred_at, person_id=case.person_id, programme=case.programme,
        given_on=case.day, product=product, lot=lot or None, source=DoseSource.CLINIC, evidence=str(case.visit),
        place_id=case.site_id, corrects=case.line, withdrawn=case.not_given,
    )  # fmt: skip
    if not case.to_person or case.not_given:
        return [holds]
    gone = replace(holds, act=uuid5(case.item.act, "from"), withdrawn=True)
    return [gone, replace(holds, person_id=case.to_person, corrects=None)]


def _right(case: Righting, of: tuple[str, str], line: Outcome | None, use: DoseUse | None) -> PutRight:
    told = _taken(of[1], None, line) if line else None
    return PutRight(
        product=of[0],
        lot=of[1],
        dose_rank=told.dose_rank if told and not case.not_given else case.dose_rank,
        next_on=told.next_on if told else None,
        line=case.item.act if line and not case.not_given else None,
        used=use.act if use else None,
    )


def _not_counted(outcome: Outcome) -> Refusal | None:
    """A dose that would not count is not given: its history changed since it was judged."""
    if outcome.answer.get("verdict") in NOT_COUNTED:
        return Refusal("DOSE_WOULD_NOT_COUNT", {k: outcome.answer.get(k) for k in ("verdict", "reason", "rule")})
    return None


def _taken(lot: str | None, against: Refusal | None, outcome: Outcome) -> RecordedDose:
    answer = outcome.answer
    number = int(answer.get("dose_number") or 1)
    coming = answer.get("next_earliest")
    return RecordedDose(
        lot or "", int(answer.get("dose_rank") or number), number, str(coming) if coming else None, against
    )


def book_walk_ins(w: Work, items: Sequence[Arrival]) -> dict[UUID, UUID | Refusal]:
    """A seat in the quarter-hour that is running, for each person without an appointment."""
    if not items:
        return {}
    wanted = [
        AppointmentBook(
            act=i.act,
            occurred_at=i.occurred_at,
            person_id=i.person_id,
            campaign=i.campaign,
            site_id=i.site_id,
            starts_at=sites.slot_of(i.occurred_at),
            walk_in=True,
        )
        for i in items
    ]
    outcomes = booking_services.appointment_book(lent(w.actor, {i.person_id for i in items}), wanted)
    return {o.act: o.refusal or o.act for o in outcomes}


def appointments_mark(w: Work, state: AppointmentState, rows: Sequence[tuple[int, UUID, Item]]) -> dict[UUID, Refusal]:
    """Tell booking what became of appointments: person, appointment and the act that says so. Those that cannot, by appointment."""
    return booking_services.appointments_mark(w, state, rows)


def appointments_reopen(w: Work, rows: Sequence[tuple[int, UUID, Item]]) -> None:
    """Appointments whose dose was not given after all stand where they stood before it."""
    booking_services.appointments_reopen(w, rows)


def stock(site_ids: Iterable[int]) -> tuple[dict[int, dict[str, int]], dict[str, str]]:
    """Doses in the house by site and lot, whatever their state but on the road; and the product of each lot."""
    book: dict[int, dict[str, int]] = {}
    product: dict[str, str] = {}
    for row in supply.stock(sorted(set(site_ids))):
        if row.state is not StockState.IN_TRANSIT:
            lots = book.setdefault(row.place_id, {})
            lots[row.lot] = lots.get(row.lot, 0) + row.doses
            product[row.lot] = row.product
    return book, product


@dataclass(frozen=True, slots=True)
class Moved:
    given: int
    wasted: int


def moved(keys: Iterable[tuple[int, date]]) -> dict[tuple[int, date], Moved]:
    """What the ledger of each site says was given and wasted on the day."""
    wanted: dict[date, set[int]] = {}
    for site, day in keys:
        wanted.setdefault(day, set()).add(site)
    totals: dict[tuple[int, date], Moved] = {}
    for day, sites_of_day in wanted.items():
        given, wasted = _by_place(supply.used(day, 1, sites_of_day)), _by_place(supply.wasted(day, 1, sites_of_day))
        totals |= {(site, day): Moved(given.get(site, 0), wasted.get(site, 0)) for site in sites_of_day}
    return totals


def _by_place(counts: Mapping[tuple[int, str], int]) -> dict[int, int]:
    totals: dict[int, int] = {}
    for (place, _), doses in counts.items():
        totals[place] = totals.get(place, 0) + doses
    return totals
