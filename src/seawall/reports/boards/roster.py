"""Rosters: which of our people are still to come, and when may they go? No health reason is ever shown."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from seawall.booking import selectors as booking
from seawall.campaigns import selectors as campaigns
from seawall.campaigns.selectors import CampaignRow
from seawall.people import selectors as people
from seawall.platform import clock
from seawall.reference import selectors as reference
from seawall.terms import figures
from seawall.terms.actor import Actor
from seawall.terms.codes import AppointmentState, DueStatus
from seawall.terms.names import Name
from seawall.terms.people import DueRow, age_on
from seawall.terms.rosters import ImportRow, MemberRow, OrganisationRow
from seawall.terms.visits import AppointmentRow

from .. import selectors as reports

PARTS = ("done", "booked", "now", "from_date", "withheld", "correct")
SETTLED = 0.9  # of an organisation's people: above it nothing needs doing
STANDING = {AppointmentState.HELD, AppointmentState.BOOKED, AppointmentState.ARRIVED}


@dataclass(frozen=True, slots=True)
class OrganisationLine:
    """An organisation with how many of its people are settled and what the next day asks of it."""

    organisation_id: int
    name: Name
    kind: Name
    unit: Name | None
    people: int
    done: int
    quota: int

    @property
    def due(self) -> int:
        return self.people - self.done

    @property
    def behind(self) -> bool:
        return self.people > 0 and figures.ratio(self.done, self.people) <= SETTLED


@dataclass(frozen=True, slots=True)
class RostersPage:
    """The organisations of a post, most people still to come first."""

    organisations: tuple[OrganisationLine, ...]
    deadline: date
    quota_day: date
    imports: Sequence[ImportRow]

    @property
    def behind(self) -> int:
        return sum(o.behind for o in self.organisations)

    @property
    def due(self) -> int:
        return sum(o.due for o in self.organisations)

    @property
    def state(self) -> str:
        return "attention" if self.behind else "normal"


@dataclass(frozen=True, slots=True)
class MemberLine:
    """What a roster may say of somebody: the part, and its day where it has one."""

    person_id: int
    name: str
    age: int
    part: str
    on: date | None
    dose_rank: int | None
    team: str


@dataclass(frozen=True, slots=True)
class PartCount:
    """How many people stand in one part of the roster."""

    code: str
    people: int


@dataclass(frozen=True, slots=True)
class Quota:
    """The next day's doses asked of an organisation, by dose rank."""

    day: date
    ranks: tuple[tuple[int, int], ...]

    @property
    def doses(self) -> int:
        return sum(doses for _rank, doses in self.ranks)


@dataclass(frozen=True, slots=True)
class RosterPage:
    """One organisation with its people, those who can go now first."""

    organisation_id: int
    name: Name
    deadline: date
    quota: Quota
    people: tuple[MemberLine, ...]
    imports: Sequence[ImportRow]

    @property
    def parts(self) -> tuple[PartCount, ...]:
        counts = Counter(line.part for line in self.people)
        return tuple(PartCount(code, counts[code]) for code in PARTS)

    @property
    def settled(self) -> int:
        return sum(line.part in {"done", "booked", "withheld"} for line in self.people)

    @property
    def state(self) -> str:
        return "normal" if figures.ratio(self.settled, len(self.people)) > SETTLED else "attention"


def rosters_page(actor: Actor, campaign: CampaignRow) -> RostersPage:
    on = clock.today()
    rows = people.organisations(actor)
    day, quotas = _quotas(campaign.code)
    lines = _lines(rows, reports.settled_members([o.organisation_id for o in rows], campaign.programme), quotas, on)
    ordered = tuple(sorted(lines, key=lambda o: (-o.due, o.organisation_id)))
    return RostersPage(ordered, campaign.deadline, day, people.imports(actor))


def _lines(
    rows: Sequence[OrganisationRow], done: Mapping[int, int], quotas: Mapping[int, Counter[int]], on: date
) -> list[OrganisationLine]:
    units, unit_of = {u.unit_id: Name.of(u) for u in reference.units(on)}, reference.leaf_units(on)
    kinds = reference.organisation_kinds()
    return [
        OrganisationLine(
            organisation_id=o.organisation_id,
            name=organisation_name(o),
            kind=Name(*kinds.get(o.kind, (o.kind, o.kind))),
            unit=units.get(unit_of.get(o.leaf_id, 0)),
            people=o.people,
            done=done.get(o.organisation_id, 0),
            quota=quotas[o.organisation_id].total() if o.organisation_id in quotas else 0,
        )
        for o in rows
    ]


def organisation_name(row: OrganisationRow) -> Name:
    return Name(row.name_zh, row.name_en or row.name_zh)


def roster_page(actor: Actor, campaign: CampaignRow, organisation_id: int) -> RosterPage:
    on = clock.today()
    organisation = people.organisation(actor, organisation_id)
    members = people.roster(actor, organisation_id, on)
    ids = [m.person_id for m in members]
    due = people.due_rows(ids, campaign.programme, on)
    booked = {a.person_id: a for a in booking.appointments(ids) if a.campaign == campaign.code and a.state in STANDING}
    rows = [member_line(m, due.get(m.person_id), booked.get(m.person_id), on) for m in members]
    parts = {o.organisation_id for o in people.organisations(actor) if o.parent_id == organisation_id}
    return RosterPage(
        organisation_id=organisation_id,
        name=organisation_name(organisation),
        deadline=campaign.deadline,
        quota=_quota(campaign.code, {organisation_id, *parts}),
        people=tuple(sorted(rows, key=lambda r: (r.part != "now", r.part, r.person_id))),
        imports=people.imports(actor, organisation_id),
    )


def _quota(code: str, organisations: Collection[int]) -> Quota:
    """Asked of an organisation and of what is part of it."""
    day, quotas = _quotas(code)
    total: Counter[int] = Counter()
    for one in organisations:
        total.update(quotas.get(one, {}))
    return Quota(day, tuple(sorted(total.items())))


def _quotas(code: str) -> tuple[date, dict[int, Counter[int]]]:
    """The next day's part of each organisation in the published quotas: doses by dose rank."""
    day = (reports.last_closing(code) or clock.today()) + timedelta(days=1)
    found: dict[int, Counter[int]] = defaultdict(Counter)
    rows = campaigns.organisation_quotas(code, day).drop_nulls("organisation_id")
    for organisation, rank, doses in rows.select("organisation_id", "dose_rank", "doses").iter_rows():
        found[organisation][rank] += doses
    return day, found


def member_line(member: MemberRow, due: DueRow | None, booked: AppointmentRow | None, on: date) -> MemberLine:
    part, day = _part(due, booked)
    return MemberLine(
        member.person_id, member.name, age_on(member.birth, on), part, day, due.dose_rank if due else None, member.role
    )


def _part(due: DueRow | None, booked: AppointmentRow | None) -> tuple[str, date | None]:
    """Done, booked, can go now, from a date, not needed or withheld."""
    if due is None:
        return "withheld", None
    if due.status == DueStatus.COMPLETE:
        return "done", due.complete_on
    if booked:
        return "booked", clock.civil_day(booked.starts_at)
    if due.status in {DueStatus.DUE, DueStatus.OVERDUE}:
        return "now", None  # the day from which the rule allowed it says nothing to this person
    return ("from_date", due.earliest) if due.status == DueStatus.NOT_YET else ("withheld", None)
