"""What the clinic asks of earlier rooms: each question in one place, and a constant number of statements for any batch."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

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
from seawall.terms.acts import Item, Refusal
from seawall.terms.codes import AppointmentState, StockState
from seawall.terms.people import ConditionRecord, DueRow
from seawall.terms.sites import SessionMark
from seawall.terms.stock import GoodsConsume
from seawall.terms.tally import TallyRecord
from seawall.terms.visits import AppointmentBook, AppointmentRow, Arrival, DayClose

from . import tables

LENT = frozenset({"dose_record", "condition_record", "appointment_book", "session_close"})


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


def goods_consume(w: Work, days: Sequence[tuple[DayClose, Mapping[str, int]]]) -> dict[UUID, int]:
    """The syringes and forms that days with these doses by vaccine used up leave the book; units that it lacked, by act."""
    items = [
        GoodsConsume(act=i.act, occurred_at=i.occurred_at, place_id=i.site_id, day=i.day, doses=dict(doses))
        for i, doses in days
    ]
    return {o.act: int(o.answer["short"] or 0) for o in supply_services.goods_consume(w.actor, items) if o.answer}


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


class Counted:
    """What earlier rooms say of tallies: how campaigns count, which vaccines are theirs, which streets and open sessions there are."""

    def __init__(
        self, items: Sequence[TallyRecord], days: Mapping[UUID, date], open_now: Collection[tuple[int, date]]
    ) -> None:
        self.days, self.open = days, open_now
        loaded = {row.code: row for row in campaigns.loaded()}
        self.counting = {code: row.counting for code, row in loaded.items()}
        wanted = {i.campaign for i in items if i.campaign in loaded}
        self.vaccines = {code: people.products_of(loaded[code].programme) for code in wanted}
        self.leaves = {row.area_id for day in set(days.values()) for row in reference.leaves(day)}

    def products(self, items: Sequence[TallyRecord]) -> dict[UUID, str]:
        """The product of the vial of each, where stock knows it."""
        known = supply.pack_products({(i.site_id, i.code) for i in items})
        return {i.act: known[i.site_id, i.code] for i in items if (i.site_id, i.code) in known}
