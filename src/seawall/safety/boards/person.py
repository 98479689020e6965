"""The person page: what this person has had, what is due and why, and who looked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from seawall.booking import selectors as booking
from seawall.campaigns import selectors as campaigns
from seawall.clinic import selectors as clinic
from seawall.people import selectors as people
from seawall.platform import access, clock
from seawall.platform import selectors as platform
from seawall.reference import selectors as reference
from seawall.staff import selectors as staff
from seawall.staff.selectors import Owner
from seawall.supply import selectors as supply
from seawall.supply.selectors import UsedPack
from seawall.terms.actor import Actor
from seawall.terms.acts import Refusal
from seawall.terms.codes import AppointmentState, DueStatus
from seawall.terms.names import Name
from seawall.terms.people import DoseRow, PersonRow, age_on

from .. import selectors as safety

CHECKING = ("arrival", "screening", "injection", "observation")
"""Stations whose posts compare the name with the person who stands there: they see it whole, others masked."""
GONE = Name("已撤岗位", "closed post")


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A document by its kind, its number masked as the post may see it."""

    kind: Name
    number: str


@dataclass(frozen=True, slots=True)
class GroupLine:
    """The group that somebody is in, in one campaign."""

    campaign: Name
    group: Name


@dataclass(frozen=True, slots=True)
class Identity:
    """Who this is, where they live and belong, and who answers for them."""

    person_id: int
    name: str
    birth: date
    age: int
    documents: tuple[DocumentLine, ...]
    phone: str
    leaf: Name | None
    unit: Name | None
    responsible: Owner | None
    groups: tuple[GroupLine, ...]
    organisations: tuple[Name, ...]
    guardian_id: int | None


@dataclass(frozen=True, slots=True)
class Window:
    """Days from the earliest to the overdue day of a dose, and how many of them are gone."""

    span: int
    gone: int


@dataclass(frozen=True, slots=True)
class DueLine:
    """What is due in one programme on a day, and why."""

    programme: Name
    status: DueStatus
    dose_rank: int | None
    earliest: date | None
    overdue_from: date | None
    products: tuple[Name, ...]
    why: Refusal
    on: date

    @property
    def bar(self) -> Window | None:
        first, last = self.earliest, self.overdue_from
        if first is None or last is None or last <= first:
            return None
        span = (last - first).days
        return Window(span, min(max((self.on - first).days, 0), span))


@dataclass(frozen=True, slots=True)
class DoseLine:
    """A line of the history with its names and its verdict."""

    programme: Name
    dose: DoseRow
    product: Name | None
    place: Name | None
    why: Refusal | None
    pack: UsedPack | None  # where the stock was kept here, and only for who may see it


@dataclass(frozen=True, slots=True)
class FindingLine:
    """A health finding while it holds."""

    name: Name
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class Booking:
    """An appointment with the name of its site."""

    starts_at: datetime
    site: Name | None
    state: AppointmentState


@dataclass(frozen=True, slots=True)
class ReactionLine:
    """An adverse event and its clock."""

    name: Name
    onset_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class LookLine:
    """Looks of one post within an hour."""

    at: datetime
    post: Name
    count: int


@dataclass(frozen=True, slots=True)
class Alike:
    """Somebody who may be the same person, and what speaks for it."""

    person_id: int
    name: str
    why: str


@dataclass(frozen=True, slots=True)
class PersonPage:
    """Everything the page shows; `whole` says that the post may read the whole name."""

    person: Identity
    whole: bool
    dues: tuple[DueLine, ...]
    doses: tuple[DoseLine, ...]
    conditions: tuple[FindingLine, ...]
    appointments: tuple[Booking, ...]
    events: tuple[ReactionLine, ...]
    looks: tuple[LookLine, ...]
    candidates: tuple[Alike, ...]
    aliases: tuple[int, ...]


def person_page(actor: Actor, person_id: int) -> PersonPage:
    """Of a person inside the actor's reach; the look is recorded first."""
    on = clock.today()
    row = people.person(actor, person_id, "person")
    programmes = reference.programmes_in_use()
    health = access.may(actor, "see:conditions")
    return PersonPage(
        person=_identity(row, on),
        whole=any(access.may(actor, f"see:{station}") for station in CHECKING),
        dues=tuple(due for p in programmes if (due := _due(row.person_id, p, on))),
        doses=_doses(actor, row.person_id, sorted(reference.releases_in_force(on)), on),
        conditions=_conditions(row.person_id, programmes, on) if health else (),
        appointments=_appointments(row.person_id),
        events=_events(row.person_id) if health else (),
        looks=_looks(row.person_id, on),
        candidates=_candidates(actor, row.person_id),
        aliases=tuple(people.aliases(row.person_id)),
    )


def _identity(row: PersonRow, on: date) -> Identity:
    living = people.living([row.person_id], on)[row.person_id]
    units = {u.unit_id: u for u in reference.units(on)}
    unit_id = reference.leaf_units(on).get(row.leaf_id)
    leaf = reference.area(row.leaf_id, on)
    return Identity(
        person_id=row.person_id,
        name=row.name,
        birth=row.birth,
        age=age_on(row.birth, on),
        documents=tuple(
            DocumentLine(Name.of(d), d.number) for d in people.documents([row.person_id]).get(row.person_id, [])
        ),
        phone=row.phone,
        leaf=Name.of(leaf) if leaf else None,
        unit=Name.of(units[unit_id]) if unit_id else None,
        responsible=staff.owner(living.contact_post_id),
        groups=tuple(_groups(row.person_id, on)),
        organisations=tuple(Name.of(o) for o in people.organisation_rows(living.organisations).values()),
        guardian_id=row.guardian_id,
    )


def _groups(person_id: int, on: date) -> Iterator[GroupLine]:
    """In every campaign; those of one say nothing of another."""
    for campaign in campaigns.loaded():
        names = {g.code: Name.of(g) for g in campaigns.groups(campaign.code)}
        code = campaigns.group_of([person_id], campaign.code, on).get(person_id, "")
        if code in names:
            yield GroupLine(Name.of(campaign), names[code])


def _due(person_id: int, programme: str, on: date) -> DueLine | None:
    due = people.due_rows([person_id], programme, on).get(person_id)
    if due is None:
        return None
    names = reference.product_names(on)
    return DueLine(
        programme=people.programme_name(programme, on),
        status=due.status,
        dose_rank=due.dose_rank,
        earliest=due.earliest,
        overdue_from=due.overdue_from,
        products=tuple(names[p] for p in due.products if p in names),
        why=people.why_due(due, on),
        on=on,
    )


def _doses(actor: Actor, person_id: int, programmes: Sequence[str], on: date) -> tuple[DoseLine, ...]:
    """Of all programmes, by day."""
    products = reference.product_names(on)
    kept = [(p, d) for p in programmes for d in people.dose_rows([person_id], p, corrected=True).get(person_id, [])]
    names = {p: people.programme_name(p, on) for p in programmes}
    places = reference.place_names({d.place_id for _, d in kept if d.place_id})
    here = {(d.place_id, d.act) for _, d in kept if d.place_id and access.sees_site(actor, d.place_id)}
    packs = supply.used_from(here if access.may(actor, "see:supply") else ())
    return tuple(
        DoseLine(
            names[programme],
            d,
            products.get(d.product) or Name(*people.vaccine_name(d.product)) if d.product else None,
            places.get(d.place_id or 0),
            people.why_dose(d, programme, d.given_on) if d.reason else None,
            packs.get(d.act),
        )
        for programme, d in sorted(kept, key=lambda row: row[1].given_on)
    )


def _conditions(person_id: int, programmes: Sequence[str], on: date) -> tuple[FindingLine, ...]:
    names = {row.code: Name(row.zh, row.en) for p in programmes for row in clinic.findings(p, on)}
    found = people.conditions([person_id]).get(person_id, [])
    return tuple(FindingLine(names.get(c.kind, Name.code(c.kind)), c.since, c.until) for c in found)


def _appointments(person_id: int) -> tuple[Booking, ...]:
    rows = booking.appointments([person_id])
    places = reference.place_names({a.site_id for a in rows})
    return tuple(Booking(a.starts_at, places.get(a.site_id), a.state) for a in rows)


def _events(person_id: int) -> tuple[ReactionLine, ...]:
    kinds = safety.kinds()
    return tuple(
        ReactionLine(Name(kinds[e.kind].zh, kinds[e.kind].en), e.onset_at, e.clock_due)
        for e in safety.events_of([person_id])
    )


def _looks(person_id: int, on: date) -> tuple[LookLine, ...]:
    """Who looked, folded by post and hour."""
    rows = platform.looks(person_id)
    posts = staff.posts_by_id({post_id for _at, post_id, _count in rows}, on)
    return tuple(LookLine(at, posts[post_id].name if post_id in posts else GONE, count) for at, post_id, count in rows)


def _candidates(actor: Actor, person_id: int) -> tuple[Alike, ...]:
    rows = people.candidates(actor, [person_id])
    others = {r.other_id if r.person_id == person_id else r.person_id: r.reason for r in rows}
    shown = people.persons(actor, list(others), "person")
    return tuple(Alike(key, row.name, others[key]) for key, row in shown.items())
