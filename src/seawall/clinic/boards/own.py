"""What one may know of oneself: what is due, what was given, what is booked, and which seats are free."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

from seawall.booking import selectors as booking
from seawall.campaigns import selectors as campaigns
from seawall.campaigns.selectors import CampaignRow
from seawall.people import selectors as people
from seawall.platform import clock
from seawall.reference import selectors as reference
from seawall.sites import selectors as sites
from seawall.terms.acts import Refusal
from seawall.terms.codes import AppointmentState, DueStatus
from seawall.terms.names import Name
from seawall.terms.people import DoseRow, DueRow
from seawall.terms.sites import SiteRow
from seawall.terms.visits import AppointmentRow, SeatRow

from .. import selectors as clinic
from .desk import guardian_below

FEW = 0.2  # of the seats of a quarter-hour; the last one is always few
GIVEN = {"valid", "valid_by_grace"}


@dataclass(frozen=True, slots=True)
class OwnDue:
    """What is due next and why; `series` is of how many doses one's series is."""

    status: DueStatus
    dose_rank: int | None = None
    series: int = 0
    choices: tuple[tuple[str, Name], ...] = ()  # the vaccines that may be given, by code
    earliest: date | None = None
    why: Refusal | None = None

    @property
    def products(self) -> tuple[Name, ...]:
        return tuple(name for _, name in self.choices)

    @property
    def open(self) -> bool:
        return self.status in {DueStatus.DUE, DueStatus.OVERDUE}


@dataclass(frozen=True, slots=True)
class FreeSeats:
    """A quarter-hour with room."""

    starts_at: datetime
    free: int
    capacity: int

    @property
    def few(self) -> bool:
        return self.free <= max(1, FEW * self.capacity)


@dataclass(frozen=True, slots=True)
class HalfDay:
    """A morning or an afternoon with its quarter-hours."""

    morning: bool
    slots: tuple[FreeSeats, ...]


@dataclass(frozen=True, slots=True)
class SeatsPage:
    """What a person is due, whether they may book, and the free quarter-hours of a site on a day."""

    person: str
    due: OwnDue
    refusal: Refusal | None
    halves: tuple[HalfDay, ...]
    returns: "Returns"
    wish: str = ""  # the vaccine chosen
    other: Refusal | None = None  # why the vaccine asked for may not be chosen


@dataclass(frozen=True, slots=True)
class Returns:
    """The announced times of a day at which cancelled seats can be booked again, and when the next of this place do, if any wait."""

    times: tuple[time, ...]
    at: datetime | None


@dataclass(frozen=True, slots=True)
class OwnDose:
    """A dose of one's history."""

    given_on: date
    product: Name | None
    lot: str | None
    place: Name | None
    verdict: str


@dataclass(frozen=True, slots=True)
class OwnSite:
    """Where an appointment is."""

    name: Name
    address: Name
    phone: str


@dataclass(frozen=True, slots=True)
class OwnAppointment:
    """An appointment, kept, held or past; `visited`: a round comes to the person."""

    appointment: UUID
    campaign: str
    called: Name
    starts_at: datetime
    site: OwnSite | None
    state: AppointmentState
    dose_rank: int
    visited: bool
    product: Name | None = None  # the vaccine chosen

    @property
    def coming(self) -> bool:
        return self.state in {AppointmentState.BOOKED, AppointmentState.HELD}


@dataclass(frozen=True, slots=True)
class OwnProgramme:
    """One's doses of a programme and the next step; `campaign` is the one that runs for it, where one may book."""

    name: Name
    campaign: str | None
    next: OwnDue
    doses: tuple[OwnDose, ...]

    @property
    def steps(self) -> tuple[bool, ...]:
        """The doses of the series, each done or still to come."""
        given = sum(dose.verdict in GIVEN for dose in self.doses)
        return tuple(n < given for n in range(max(self.next.series, given)))


@dataclass(frozen=True, slots=True)
class RecordPage:
    """One's own record: programmes with their doses and next steps, appointments."""

    person: str
    programmes: tuple[OwnProgramme, ...]
    appointments: tuple[OwnAppointment, ...]

    @property
    def doses(self) -> tuple[OwnDose, ...]:
        """Of all programmes, by day."""
        return tuple(sorted((dose for row in self.programmes for dose in row.doses), key=lambda dose: dose.given_on))

    def appointment(self, act: UUID) -> OwnAppointment | None:
        return next((row for row in self.appointments if row.appointment == act), None)


def seats_for(
    person_id: int, campaign: CampaignRow, site_id: int | None, day: date, together: int = 1, product: str = ""
) -> SeatsPage:
    """Of one person, one site and one day; whoever comes with others is shown where all of them have room.

    `product`: the vaccine that the person would have; where it may not be chosen, the page says why.
    """
    due, now = _next(person_id, campaign.programme, day), clock.now()
    other = booking.other_product(product, person_id, campaign.programme, day) if product and together == 1 else None
    wish = product if product and not other and together == 1 else ""
    fits = _fitting(due, wish, campaign.programme) if together == 1 else people.products_of(campaign.programme)
    gives = site_id and all(s.gives(fits) for s in sites.sessions(day, [site_id]))
    seats = [s for s in (sites.seats([site_id], day) if site_id and gives else []) if s.starts_at > now]
    free = [s for s in seats if s.free >= together]
    waits = min((s.returns_at for s in seats if s.returns_at), default=None)
    returns = Returns(sites.return_times(day), waits)
    refusal = None if due.open else due.why
    return SeatsPage(people.masked(person_id), due, refusal, _halves(free), returns, wish, other)


def _fitting(due: OwnDue, wish: str, programme: str) -> frozenset[str]:
    """The vaccines of which one will do: the one chosen, else those that may be given."""
    may = {code for code, _ in due.choices}
    return frozenset({wish}) if wish else frozenset(may) or people.products_of(programme)


def first_day(person_id: int, campaign: CampaignRow, site_id: int | None, days: int, product: str = "") -> date | None:
    """The first of the coming days with a free seat at the site, not before the person is due."""
    if site_id is None:
        return None
    today, products = clock.today(), people.products_of(campaign.programme)
    due = people.due_rows([person_id], campaign.programme, today).get(person_id)
    since = max(today, due.earliest) if due and due.earliest else today
    fits = {product} if product else set(due.products) if due else set()
    return sites.first_free(site_id, since, today + timedelta(days=days - 1), fits or products)


def _halves(seats: list[SeatRow]) -> tuple[HalfDay, ...]:
    local = [
        (s.starts_at.astimezone(clock.zone()).hour < 12, FreeSeats(s.starts_at, s.free, s.capacity)) for s in seats
    ]
    halves = (HalfDay(early, tuple(seat for half, seat in local if half is early)) for early in (True, False))
    return tuple(half for half in halves if half.slots)


def record(person_id: int) -> RecordPage:
    """Of today: programmes of campaigns that run, then others in which something is on record."""
    on = clock.today()
    products = {p.code: Name.of(p) for p in reference.products(on)}
    running = {row.programme: row.code for row in reversed(campaigns.running(on))}
    kept = {p: people.dose_rows([person_id], p).get(person_id, []) for p in (*running, *_others(running))}
    given_at = {dose.place_id for rows in kept.values() for dose in rows if dose.place_id}
    where = {p.place_id: Name.of(p) for p in reference.places(place_ids=given_at)}
    return RecordPage(
        person=people.masked(person_id),
        programmes=tuple(
            OwnProgramme(
                name=people.programme_name(p, on),
                campaign=running.get(p),
                next=_next(person_id, p, on),
                doses=tuple(_dose(row, products, where) for row in rows),
            )
            for p, rows in kept.items()
            if p in running or rows
        ),
        appointments=tuple(row for _, row in appointments_of([person_id])),
    )


def children_of(person_id: int, on: date) -> tuple[int, ...]:
    """Those whose guardian this person is on record as, as long as a guardian signs for them; the youngest first."""
    below = max((guardian_below(programme, on) for programme in reference.programmes_in_use()), default=0)
    return tuple(people.wards(person_id, below, on)) if below else ()


def appointments_of(persons: Collection[int]) -> list[tuple[int, OwnAppointment]]:
    """Every appointment of these persons, with whose it is, latest seat first."""
    places = {s.site_id: s for s in sites.sites(clock.today())}
    names = {row.code: Name.of(row) for row in campaigns.loaded()}
    rows, vaccines = booking.appointments(persons), reference.product_names(clock.today())
    visited = sites.not_public({(row.site_id, clock.civil_day(row.starts_at)) for row in rows})
    return [(row.person_id, _appointment(row, names, places, visited, vaccines)) for row in rows]


def _others(running: Collection[str]) -> list[str]:
    """Programmes that people here are judged by and that no campaign runs for."""
    return [programme for programme in reference.programmes_in_use() if programme not in running]


def _next(person_id: int, programme: str, on: date) -> OwnDue:
    """What is due; a doctor's word at a site goes before the schedule until its day has come."""
    row = people.due_rows([person_id], programme, on).get(person_id)
    due, until = _due(row, on), clinic.deferred_until(person_id)
    if until is None or until <= on:
        return due
    why = Refusal("DEFERRED_UNTIL", {"earliest": until.isoformat()})
    return replace(due, status=DueStatus.DEFERRED, earliest=until, why=why)


def _due(row: DueRow | None, on: date) -> OwnDue:
    if row is None:
        return OwnDue(DueStatus.INELIGIBLE)
    products = {p.code: p for p in reference.products(on)}
    offered = [products[code] for code in row.products if code in products]
    series = products[row.products[0]].doses_per_series if row.products and row.products[0] in products else None
    return OwnDue(
        status=row.status,
        dose_rank=row.dose_rank,
        series=row.doses_given if series is None else series,
        choices=tuple((product.code, Name.of(product)) for product in offered),
        earliest=row.earliest,
        why=people.why_due(row, on),
    )


def _dose(row: DoseRow, products: Mapping[str, Name], where: Mapping[int, Name]) -> OwnDose:
    product, place = products.get(row.product or ""), where.get(row.place_id or 0)
    return OwnDose(row.given_on, product, row.lot, place, row.verdict)


def _appointment(
    row: AppointmentRow,
    names: Mapping[str, Name],
    places: Mapping[int, SiteRow],
    visited: Collection[tuple[int, date]],
    vaccines: Mapping[str, Name],
) -> OwnAppointment:
    site = places.get(row.site_id)
    there = OwnSite(Name.of(site), Name(site.address_zh, site.address_en), site.phone) if site else None
    called = names.get(row.campaign, Name.code(row.campaign))
    at_home = (row.site_id, clock.civil_day(row.starts_at)) in visited
    chosen = vaccines.get(row.product, Name.code(row.product)) if row.product else None
    return OwnAppointment(
        row.appointment, row.campaign, called, row.starts_at, there, row.state, row.dose_rank, at_home, chosen
    )
