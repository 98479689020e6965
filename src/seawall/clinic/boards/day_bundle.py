"""What a tablet takes along for the days ahead: who comes and what is due, what lies in the house, who is on duty, by which rules."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from seawall.booking import selectors as booking
from seawall.campaigns import selectors as campaigns
from seawall.people import selectors as people
from seawall.platform import clock
from seawall.reference import selectors as reference
from seawall.sites import selectors as sites
from seawall.sites.boards.week import reached
from seawall.staff import selectors as staff
from seawall.supply import selectors as supply
from seawall.supply.selectors import PackHeld
from seawall.terms.actor import Actor
from seawall.terms.codes import AppointmentState, DueStatus
from seawall.terms.names import Name
from seawall.terms.people import DueRow, PersonRow, age_on
from seawall.terms.visits import AppointmentRow

from .. import asks, questions, selectors, tables
from ..rows import InsideRow
from ..services import STEPS
from .desk import guardian_below, series_of

RIGHTS = ("tablet_enrol",)
LOOK = "tablet"
PACKS, ASKED_AGAIN = 5_000, 10_000
CAME_BEFORE = timedelta(
    days=90
)  # how long ago a first dose may have been given here for its person to be expected again
COMES = (AppointmentState.BOOKED, AppointmentState.HELD, AppointmentState.ARRIVED)
OPEN = ("planned", "open")


@dataclass(frozen=True, slots=True)
class OnDuty:
    """A post of the site, what its holder may do there, and until when they are certified, by programme."""

    post: int
    account: int
    name: str
    duty: Name
    may: tuple[str, ...]
    certified: Mapping[str, date]


@dataclass(frozen=True, slots=True)
class Serves:
    """A campaign that the site serves on one of the days."""

    code: str
    programme: str
    name: Name


@dataclass(frozen=True, slots=True)
class DueFrom:
    """What is due from a day on, until the next answer."""

    since: date
    row: DueRow
    last: str | None


@dataclass(frozen=True, slots=True)
class Expected:
    """Somebody who may come: named whole, with the engine's answers for the days, the doses had and the questions to ask."""

    person: PersonRow
    keys: tuple[bytes, ...]
    ask: Mapping[str, tuple[str, ...]]
    due: Mapping[str, tuple[DueFrom, ...]]
    doses: Mapping[str, tuple[tuple[date, str | None], ...]]
    minor: Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class Given:
    """How a product is given."""

    name: Name
    volume_ml: float
    platform: str
    route: tables.Route
    series: int | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of the inquiry, what a yes means, and whether it decides how long the person is observed."""

    code: str
    text: Name
    effect: str
    risk: bool


@dataclass(frozen=True, slots=True)
class Programme:
    """What one programme asks, tells and observes."""

    questions: tuple[Asked, ...]
    consents: tuple[tables.ConsentVersion, ...]
    observation: tuple[tuple[str, str, int], ...]  # product, risk, minutes


@dataclass(frozen=True, slots=True)
class DayBundle:
    """All of it, as of one moment."""

    site: int
    name: Name
    leaf: int
    made_at: datetime
    until: datetime
    days: tuple[date, ...]
    open: tuple[date, ...]
    on_duty: tuple[OnDuty, ...]
    serves: tuple[Serves, ...]
    persons: tuple[Expected, ...]
    appointments: tuple[AppointmentRow, ...]
    inside: tuple[InsideRow, ...]
    packs: tuple[PackHeld, ...]
    products: Mapping[str, Given]
    programmes: Mapping[str, Programme]


def day_bundle(actor: Actor, site_id: int, salt: bytes) -> DayBundle:
    """For a post that reaches the site and may sign on its tablets. Whoever is in it was looked at: that is on record once a day."""
    site, now, on = reached(actor, site_id), clock.now(), clock.today()
    days = tuple(on + timedelta(days=n) for n in range(int(tables.limit("BUNDLE_DAYS", on))))
    sessions = [row for row in sites.sessions_over(days[0], days[-1], [site_id]) if row.state in OPEN]
    serves = {
        row.code: Serves(row.code, row.programme, Name.of(row))
        for session in sessions
        for row in campaigns.running(session.day)
        if session.gives(people.products_of(row.programme))
    }
    names = sorted({row.programme for row in serves.values()})
    seats = [row for day in days for row in booking.day_list([site_id], day) if row.state in COMES]
    inside = selectors.inside_rows(site_id, on)
    wanted = dict.fromkeys([*(v.person_id for v in inside), *(a.person_id for a in seats)])
    wanted |= dict.fromkeys(selectors.came_here(site_id, on))  # a second look at a card finds who has left already
    wanted |= dict.fromkeys(_expected_again(site_id, names, on))
    ids = list(wanted)[: int(tables.limit("BUNDLE_PERSONS", on))]
    products = _products(on, names)
    return DayBundle(
        site=site_id,
        name=Name.of(site),
        leaf=site.leaf_id,
        made_at=now,
        until=datetime.combine(days[-1] + timedelta(days=1), time(), clock.zone()),
        days=days,
        open=tuple(row.day for row in sessions),
        on_duty=_on_duty(site_id, on, names),
        serves=tuple(serves.values()),
        persons=_persons(people.reaching(actor, ids), ids, names, days, salt),
        appointments=tuple(row for row in seats if row.person_id in wanted),
        inside=tuple(inside),
        packs=tuple(supply.packs_held(site_id, PACKS)),
        products=products,
        programmes={name: _programme(name, on, products) for name in names},
    )


def _expected_again(site_id: int, programmes: Sequence[str], on: date) -> list[int]:
    """Who had a dose here and may have the next one now."""
    came = selectors.given_once_here(site_id, on - CAME_BEFORE, ASKED_AGAIN)
    return [
        person
        for programme in programmes
        for person, row in people.due_rows(came, programme, on).items()
        if row.doses_given and row.status in (DueStatus.DUE, DueStatus.OVERDUE)
    ]


def _on_duty(site_id: int, on: date, programmes: Sequence[str]) -> tuple[OnDuty, ...]:
    rows = staff.posts(site_id=site_id, on=on)
    known, accounts = staff.roles(on), staff.accounts([row.post_id for row in rows])
    until = {name: staff.certified_until([row.post_id for row in rows], name) for name in programmes}
    return tuple(
        OnDuty(
            post=row.post_id,
            account=accounts.get(row.post_id, 0),
            name=row.person,
            duty=row.name,
            may=tuple(sorted(STEPS.keys() & known[row.role].grants)),
            certified={name: until[name][row.post_id] for name in programmes if row.post_id in until[name]},
        )
        for row in rows
        if STEPS.keys() & known[row.role].grants
    )


def _persons(
    actor: Actor, ids: Sequence[int], programmes: Sequence[str], days: Sequence[date], salt: bytes
) -> tuple[Expected, ...]:
    midnight = datetime.combine(days[0], time(), clock.zone())
    named, keys = people.taken_along(actor, ids, LOOK, RIGHTS, midnight), people.card_keys(ids, salt)
    due = {name: _due(ids, name, days) for name in programmes}
    doses = {name: people.dose_rows(ids, name) for name in programmes}
    below = {name: guardian_below(name, days[0]) for name in programmes}
    inquiry = _Inquiry(days[0])
    return tuple(
        Expected(
            person=row,
            keys=tuple(keys.get(row.person_id, ())),
            ask={name: inquiry.codes(name, row, due[name].get(person, ()), days[0]) for name in programmes},
            due={name: due[name][person] for name in programmes if person in due[name]},
            doses={name: tuple((d.given_on, d.product) for d in doses[name].get(person, ())) for name in programmes},
            minor={name: age_on(row.birth, days[0]) < below[name] for name in programmes},
        )
        for person, row in named.items()
    )


def _due(ids: Sequence[int], programme: str, days: Sequence[date]) -> dict[int, tuple[DueFrom, ...]]:
    """The engine's answers: that of the first day, and each later one that differs."""
    last = asks.last_products((programme, person, days[0]) for person in ids) if ids else {}
    found: dict[int, tuple[DueFrom, ...]] = {}
    for day in days:
        for person, row in people.due_rows(ids, programme, day).items():
            before = found.get(person, ())
            if not before or before[-1].row != row:
                found[person] = (*before, DueFrom(day, row, last.get((programme, person, days[0]))))
    return found


class _Inquiry:
    """Which questions fit whom, asked once for people who are alike."""

    def __init__(self, on: date) -> None:
        self.on = on
        self.known: dict[tuple[object, ...], tuple[str, ...]] = {}

    def codes(self, programme: str, row: PersonRow, due: Sequence[DueFrom], on: date) -> tuple[str, ...]:
        now = due[0].row if due else None
        given, products = (now.doses_given, now.products) if now else (0, ())
        alike = (programme, row.sex, age_on(row.birth, on), given, products)
        if alike not in self.known:
            asked = questions.asked(
                programme, self.on, sex=int(row.sex), age=age_on(row.birth, on), doses=given, products=products
            )
            self.known[alike] = tuple(q.code for q in asked)
        return self.known[alike]


def _products(on: date, programmes: Iterable[str]) -> dict[str, Given]:
    names, how = reference.product_names(on), asks.products([on])
    own = {code for name in programmes for code in people.products_of(name)}
    return {
        code: Given(names.get(code, Name.code(code)), row.volume_ml, row.platform, row.route, series_of((code,)))
        for code, row in how.items()
        if code in own
    }


def _programme(name: str, on: date, products: Mapping[str, Given]) -> Programme:
    effects = asks.findings(name, on)
    texts = questions.all_of(name, on)
    observed = reference.rule_table(name, on, "observation.csv")
    risks = sorted(tables.risks())
    return Programme(
        questions=tuple(
            Asked(code, Name(q.zh, q.en), effects.get(code, "note"), code in tables.risks())
            for code, q in texts.items()
        ),
        consents=asks.consents(name, on),
        observation=tuple(
            (product, risk, tables.observation_minutes(observed, product, risk, on))
            for product in sorted(products.keys() & people.products_of(name))
            for risk in risks
        ),
    )
