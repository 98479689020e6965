"""The desk at the door: who stands here, what the door would answer, and who is expected today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import floor
from uuid import UUID, uuid4

from seawall.booking import selectors as booking
from seawall.campaigns import selectors as campaigns
from seawall.campaigns.selectors import CampaignRow
from seawall.people import selectors as people
from seawall.platform import clock
from seawall.sites import selectors as sites
from seawall.sites.boards.week import reached
from seawall.staff import selectors as staff
from seawall.staff.selectors import PostRow
from seawall.terms.actor import Actor
from seawall.terms.acts import Refusal
from seawall.terms.codes import AppointmentState
from seawall.terms.names import Name
from seawall.terms.people import PersonRow, age_on
from seawall.terms.visits import AppointmentRow, Arrival

from .. import selectors, services
from .desk import AtDesk, at_desk
from .serving import serving_at
from .station import Station, station

OPEN = {AppointmentState.BOOKED, AppointmentState.HELD, AppointmentState.ARRIVED}
FEWEST_DIGITS = 6  # from so many on, what was typed may be a document


@dataclass(frozen=True, slots=True)
class Expected:
    """Somebody booked here today, named as lists name people."""

    appointment: UUID
    starts_at: datetime
    name: str
    age: int
    state: str
    dose_rank: int


@dataclass(frozen=True, slots=True)
class Quarter:
    """Who is booked for one quarter-hour."""

    starts_at: datetime
    people: tuple[Expected, ...]


@dataclass(frozen=True, slots=True)
class SeatBooked:
    """The open appointment nearest to today."""

    appointment: UUID
    starts_at: datetime
    state: str
    site: Name | None
    early_minutes: int
    late: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """Who this may be, how that was shown (code, document, manual), and why the door would not let them in now."""

    desk: AtDesk
    identity: str
    campaign: str
    called: Name
    appointment: SeatBooked | None
    refusal: Refusal | None


@dataclass(frozen=True, slots=True)
class LookedUp:
    """What a look at the desk found; `seconds` may confirm who somebody without a document is."""

    candidates: tuple[Candidate, ...] = ()
    listed: tuple[Expected, ...] = ()
    refusal: Refusal | None = None
    seconds: tuple[PostRow, ...] = ()


@dataclass(frozen=True, slots=True)
class ArrivalPage:
    """The station, with what was looked for, or the list of the day."""

    station: Station
    found: LookedUp | None
    listed: tuple[Quarter, ...] | None


def arrival(
    actor: Actor,
    campaign: CampaignRow,
    site_id: int,
    text: str = "",
    appointment: UUID | None = None,
    *,
    listed: bool = False,
) -> ArrivalPage:
    """With a text or an appointment, who that may be; with `listed`, everybody booked here today.

    `campaign` is that of whoever comes without an appointment, where the day's session serves several.
    """
    return ArrivalPage(
        station=station(actor, site_id, "arrival"),
        found=find_arrival(actor, campaign, site_id, text, appointment) if text or appointment else None,
        listed=day_list(actor, site_id) if listed else None,
    )


def find_arrival(
    actor: Actor, campaign: CampaignRow, site_id: int, text: str, appointment: UUID | None = None
) -> LookedUp:
    """Who may this be: by the document on the desk, by whole name and birth date in the city, by a booking of today."""
    reached(actor, site_id)
    booked = booking.day_list([site_id], clock.today())
    chosen = next((a for a in booked if a.appointment == appointment), None)
    near = people.reaching(actor, [a.person_id for a in booked])
    if chosen:
        return _found(near, campaign, site_id, [people.facing(near, chosen.person_id, "arrival")], "code")
    card = people.present(actor, text) if sum(c.isdigit() for c in text) >= FEWEST_DIGITS else None
    if card:
        return _found(near, campaign, site_id, [card], "document")
    named = people.introduced(actor, text)
    if named:
        return _found(near, campaign, site_id, named, "manual")
    wanted = {row.person_id: row for row in people.search(near, text, "arrival")}
    listed = tuple(_expected(a, wanted[a.person_id]) for a in booked if a.person_id in wanted)
    return LookedUp(listed=listed, refusal=None if listed else Refusal("NOBODY_FOUND"))


def _found(actor: Actor, campaign: CampaignRow, site_id: int, rows: Sequence[PersonRow], identity: str) -> LookedUp:
    """The persons, each with what the door itself would answer now; once for each campaign that they may have come for."""
    actor = people.reaching(actor, [row.person_id for row in rows])
    booked = {row.person_id: _appointment(row.person_id) for row in rows}
    serve = serving_at(site_id, clock.today(), campaign)
    found = [(row, of) for row in rows for of in _campaigns(booked[row.person_id], serve)]
    items = [_item(site_id, row.person_id, booked[row.person_id], of.code) for row, of in found]
    answers = {o.act: o.refusal for o in services.visit_ask(actor, items)}
    seconds = [p for p in staff.posts(site_id=site_id) if p.post_id != actor.post_id] if identity == "manual" else []
    candidates = tuple(
        _candidate(actor, row, booked[row.person_id], of, answers[item.act], identity)
        for (row, of), item in zip(found, items, strict=True)
    )
    return LookedUp(candidates=candidates, seconds=tuple(seconds))


def _item(site_id: int, person_id: int, booked: AppointmentRow | None, campaign: str) -> Arrival:
    return Arrival(
        act=uuid4(), occurred_at=clock.now(), site_id=site_id, person_id=person_id,
        campaign=campaign,
        appointment=booked.appointment if booked else None,
    )  # fmt: skip


def _campaigns(booked: AppointmentRow | None, serve: Sequence[CampaignRow]) -> Sequence[CampaignRow]:
    """That of the appointment; of who comes without one, each that the session serves."""
    own = campaigns.campaign(booked.campaign) if booked else None
    return [own] if own else serve


def _appointment(person_id: int) -> AppointmentRow | None:
    today = clock.today()
    rows = [a for a in booking.appointments([person_id]) if a.state in OPEN and clock.civil_day(a.starts_at) >= today]
    return min(rows, key=lambda a: a.starts_at, default=None)


def _candidate(
    actor: Actor,
    row: PersonRow,
    booked: AppointmentRow | None,
    campaign: CampaignRow,
    refusal: Refusal | None,
    identity: str,
) -> Candidate:
    return Candidate(
        desk=at_desk(actor, row.person_id, campaign.programme, "arrival", shown=row),
        identity=identity,
        campaign=campaign.code,
        called=Name.of(campaign),
        appointment=_seat(booked) if booked else None,
        refusal=refusal,
    )


def _seat(row: AppointmentRow) -> SeatBooked:
    site = sites.site(row.site_id)
    early = floor((row.starts_at - clock.now()).total_seconds() / 60)
    return SeatBooked(
        appointment=row.appointment,
        starts_at=row.starts_at,
        state=str(row.state),
        site=Name.of(site) if site else None,
        early_minutes=early,
        late=early < -selectors.limit("ARRIVE_LATE", clock.today()),
    )


def day_list(actor: Actor, site_id: int) -> tuple[Quarter, ...]:
    """Everybody booked here today by quarter-hour, named as lists name people."""
    reached(actor, site_id)
    rows = booking.day_list([site_id], clock.today())
    shown = people.persons(people.reaching(actor, [r.person_id for r in rows]), [r.person_id for r in rows], "day list")
    quarters: dict[datetime, list[Expected]] = {}
    for row in rows:
        if row.person_id in shown:
            quarters.setdefault(row.starts_at, []).append(_expected(row, shown[row.person_id]))
    return tuple(Quarter(at, tuple(persons)) for at, persons in quarters.items())


def _expected(row: AppointmentRow, person: PersonRow) -> Expected:
    return Expected(
        appointment=row.appointment,
        starts_at=row.starts_at,
        name=person.name,
        age=age_on(person.birth, clock.today()),
        state=str(row.state),
        dose_rank=row.dose_rank,
    )
