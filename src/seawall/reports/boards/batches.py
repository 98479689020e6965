"""Batches of an organisation: which part goes when, who of it can, and where seats are free; and one batch with its people."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from seawall.booking import selectors as booking
from seawall.campaigns.selectors import CampaignRow
from seawall.clinic import selectors as clinic
from seawall.people import selectors as people
from seawall.platform import clock
from seawall.reference import selectors as reference
from seawall.sites import selectors as sites
from seawall.terms.actor import Actor
from seawall.terms.acts import Refused
from seawall.terms.bookings import BatchMember, BatchRow
from seawall.terms.names import Name
from seawall.terms.rosters import MemberRow

from .roster import STANDING, MemberLine, PartCount, member_line, organisation_name

PARTS = ("done", "booked", "now", "from_date", "withheld")


@dataclass(frozen=True, slots=True)
class TeamLine:
    """A workshop, class or shift, by how many stand where on the day in view."""

    label: str
    people: int
    parts: tuple[PartCount, ...]

    @property
    def able(self) -> int:
        return next(part.people for part in self.parts if part.code == "now")


@dataclass(frozen=True, slots=True)
class SiteChoice:
    """A site with a session on the day in view, and its free seats."""

    site_id: int
    name: Name
    free: int


@dataclass(frozen=True, slots=True)
class SlotChoice:
    """A quarter-hour that has free seats."""

    starts_at: datetime
    free: int


@dataclass(frozen=True, slots=True)
class BatchLine:
    """A batch with the name of its site."""

    row: BatchRow
    site: Name

    @property
    def filled(self) -> int:
        return self.row.named + self.row.came


@dataclass(frozen=True, slots=True)
class BatchesPage:
    """What an organisation has arranged, and what it may arrange for a day and a part of its roster."""

    organisation_id: int
    name: Name
    deadline: date
    teams: tuple[TeamLine, ...]
    team: str
    able: tuple[MemberLine, ...]
    batches: tuple[BatchLine, ...]
    day: date
    days: tuple[date, ...]
    sites: tuple[SiteChoice, ...]
    site: SiteChoice | None
    slots: tuple[SlotChoice, ...]

    @property
    def people(self) -> int:
        return sum(team.people for team in self.teams)

    @property
    def waiting(self) -> int:
        return sum(team.able for team in self.teams)

    @property
    def spare(self) -> int:
        return sum(line.row.spare for line in self.batches)

    @property
    def most(self) -> int:
        """Seats to ask for: one for each who can go, as far as the site has them."""
        return min(len(self.able), sum(slot.free for slot in self.slots))

    @property
    def state(self) -> str:
        return "attention" if self.waiting or self.spare else "normal"


@dataclass(frozen=True, slots=True)
class Comer:
    """Somebody of a batch."""

    seat: BatchMember
    person: MemberLine


@dataclass(frozen=True, slots=True)
class BatchPage:
    """One batch: who comes when, who could come instead, until when names may change."""

    organisation_id: int
    name: Name
    batch: BatchLine
    address: Name
    phone: str
    people: tuple[Comer, ...]
    able: tuple[MemberLine, ...]
    final: bool


@dataclass(frozen=True, slots=True)
class Consent:
    """The consent text that is signed on paper."""

    version: str
    text: Name


@dataclass(frozen=True, slots=True)
class PackPage:
    """What is printed for a batch, in its order."""

    batch: BatchPage
    consent: Consent | None


DAYS_AHEAD = 14


def batches_page(
    actor: Actor, campaign: CampaignRow, organisation_id: int, team: str | None, day: date | None, site_id: int | None
) -> BatchesPage:
    """A day that may still be arranged, the sites of the organisation's unit, and the part with the most who can go."""
    organisation = people.organisation(actor, organisation_id)
    days = tuple(d for n in range(1, DAYS_AHEAD + 1) if _open(d := clock.today() + timedelta(days=n)))
    day = day if day in days else days[0]
    members = people.roster(actor, organisation_id, clock.today(), "batches")
    lines = _lines(members, campaign, day)
    teams = _teams(members, lines)
    chosen = team if team in {t.label for t in teams} else max(teams, key=lambda t: t.able).label if teams else ""
    choices = _sites(organisation.leaf_id, day, people.products_of(campaign.programme))
    site = next((s for s in choices if s.site_id == site_id), choices[0] if choices else None)
    return BatchesPage(
        organisation_id=organisation_id, name=organisation_name(organisation), deadline=campaign.deadline, teams=teams,
        team=chosen, able=tuple(lines[m.person_id] for m in members if m.role == chosen and lines[m.person_id].part == "now"),
        batches=_batches(booking.batches([organisation_id]), campaign.code), day=day, days=days, sites=choices, site=site,
        slots=_slots(site, day),
    )  # fmt: skip


def _open(day: date) -> bool:
    """Whether a batch of the day can still be arranged."""
    return booking.final_at(datetime.combine(day, datetime.min.time(), clock.zone())) > clock.now()


def _lines(members: Sequence[MemberRow], campaign: CampaignRow, day: date) -> Mapping[int, MemberLine]:
    """Members with the part in which they stand on a day."""
    ids = [m.person_id for m in members]
    due = people.due_rows(ids, campaign.programme, day)
    booked = {a.person_id: a for a in booking.appointments(ids) if a.campaign == campaign.code and a.state in STANDING}
    found = {m.person_id: member_line(m, due.get(m.person_id), booked.get(m.person_id), day) for m in members}
    may = booking.may_book([p for p, line in found.items() if line.part == "now"], campaign.code, day)
    return {p: replace(line, part="withheld") if may.get(p) else line for p, line in found.items()}


def _teams(members: Sequence[MemberRow], lines: Mapping[int, MemberLine]) -> tuple[TeamLine, ...]:
    counts: dict[str, Counter[str]] = {}
    for m in members:
        counts.setdefault(m.role, Counter())[lines[m.person_id].part] += 1
    return tuple(
        TeamLine(label, found.total(), tuple(PartCount(code, found[code]) for code in PARTS))
        for label, found in sorted(counts.items())
    )


def _sites(leaf_id: int, day: date, products: frozenset[str]) -> tuple[SiteChoice, ...]:
    """Sites of the organisation's planning unit that give the campaign's vaccine that day, its own street first."""
    unit_of, rows = reference.leaf_units(day), {s.site_id: s for s in sites.sites(day)}
    unit = unit_of.get(leaf_id)
    near = [s for s, row in rows.items() if unit is not None and unit_of.get(row.leaf_id) == unit]
    found = [s for s in sites.sessions(day, near) if s.state != "closed" and s.gives(products)]
    ordered = sorted(found, key=lambda s: (rows[s.site_id].leaf_id != leaf_id, s.taken - s.capacity, s.site_id))
    return tuple(SiteChoice(s.site_id, Name.of(rows[s.site_id]), s.capacity - s.taken) for s in ordered)


def _slots(site: SiteChoice | None, day: date) -> tuple[SlotChoice, ...]:
    rows = sites.seats([site.site_id], day) if site else []
    return tuple(SlotChoice(row.starts_at, row.free) for row in rows if row.free > 0)


def _batches(rows: Sequence[BatchRow], campaign: str) -> tuple[BatchLine, ...]:
    """Those with a seat in use; what was given back whole is history."""
    own = [r for r in rows if r.campaign == campaign and (r.spare or r.named or r.came or r.missed)]
    names = {p.place_id: Name.of(p) for p in reference.places(place_ids={r.site_id for r in own})} if own else {}
    return tuple(BatchLine(r, names[r.site_id]) for r in own)


def batch_page(
    actor: Actor, campaign: CampaignRow, organisation_id: int, batch: UUID, *, whole: bool = False
) -> BatchPage:
    """`whole`: with whole names, for what is printed and handed out; the looks say so."""
    organisation, row = people.organisation(actor, organisation_id), booking.batch(batch)
    if row is None or row.organisation_id != organisation_id:
        raise Refused("BATCH_UNKNOWN", batch=str(batch))
    members = people.roster(actor, organisation_id, clock.today(), "batch", whole=whole)
    lines = _lines(members, campaign, clock.civil_day(row.starts_at))
    seats, site = booking.batch_members([batch]), sites.site(row.site_id)
    left = {s.person_id for s in seats} - set(
        lines
    )  # who has left the organisation keeps the seat, without a name here
    assert site is not None
    return BatchPage(
        organisation_id=organisation_id, name=organisation_name(organisation), batch=BatchLine(row, Name.of(site)),
        address=Name(site.address_zh, site.address_en), phone=site.phone,
        people=tuple(Comer(s, lines[s.person_id]) for s in seats if s.person_id not in left),
        able=tuple(line for line in lines.values() if line.part == "now"), final=row.final_at <= clock.now(),
    )  # fmt: skip


def pack_page(actor: Actor, campaign: CampaignRow, organisation_id: int, batch: UUID) -> PackPage:
    """Attendance list, slips and consent forms."""
    page = batch_page(actor, campaign, organisation_id, batch, whole=True)
    texts = clinic.consents(campaign.programme, clock.civil_day(page.batch.row.starts_at))
    last = texts[-1] if texts else None
    return PackPage(page, Consent(last.version, Name(last.zh, last.en)) if last else None)
